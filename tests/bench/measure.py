"""Medians of interleaved runs, goals, and the table they are shown in."""

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Goal(StrEnum):
    """How a figure is held against its goal."""

    RATIO = "ratio"  # ours / anchor <= most
    UNDER = "under"  # ours <= most
    MORE = "more"  # ours - anchor <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        work: the row of the table of promises it belongs to.
        what: what exactly was measured.
        anchor: what ours is held against, in words.
        unit: "ms" or "MiB", of `ours` and `base`.
        ours: None where it could not be measured; `why` then says so.
        base: the anchor's figure.
        most: the goal.
    """

    work: str
    what: str
    anchor: str = ""
    unit: str = "ms"
    ours: float | None
    base: float | None = None
    goal: Goal
    most: float
    why: str = ""

    @property
    def value(self) -> float | None:
        """What the goal speaks of: ratio, amount or difference."""
        if self.ours is None:
            return None
        if self.goal is Goal.UNDER:
            return self.ours
        if self.base is None:
            return None
        if self.goal is Goal.MORE:
            return self.ours - self.base
        return self.ours / self.base if self.base else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where nothing was measured."""
        value = self.value
        return None if value is None else value <= self.most

    @property
    def goal_text(self) -> str:
        """The goal in words."""
        match self.goal:
            case Goal.RATIO:
                return f"<= {self.most:g}x"
            case Goal.UNDER:
                return f"<= {self.most:g} {self.unit}"
            case Goal.MORE:
                return f"+{self.most:g} {self.unit}"

    @property
    def value_text(self) -> str:
        """Ratio or difference in words; an amount needs none."""
        value = self.value
        if value is None or self.goal is Goal.UNDER:
            return ""
        return f"{value:.2f}x" if self.goal is Goal.RATIO else f"{value:+.1f} {self.unit}"

    @property
    def verdict(self) -> str:
        """met, MISSED, or why there is no figure."""
        match self.met:
            case True:
                return "met"
            case False:
                return f"MISSED {self.why}".rstrip()
            case None:
                return f"not measured: {self.why or 'no anchor'}"


def seconds(call: Callable[[], object]) -> float:
    """How long one call takes, without the collector."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        call()
        return time.perf_counter() - start
    finally:
        gc.enable()


def interleaved(*timed: Callable[[], float], rounds: int = 5) -> list[float]:
    """Medians of self-timed calls, run A B A B so that what disturbs the machine disturbs them all."""
    taken: list[list[float]] = [[] for _ in timed]
    for _ in range(rounds):
        for call, kept in zip(timed, taken, strict=True):
            kept.append(call())
    return [median(kept) for kept in taken]


def compared(anchor: Callable[[], object], ours: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Medians in ms of two calls, anchor first; each has run once before, so that both are warm."""
    anchor()
    ours()
    base, mine = interleaved(lambda: seconds(anchor), lambda: seconds(ours), rounds=rounds)
    return base * 1000, mine * 1000


def _number(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.{0 if value >= 1000 else 1 if value >= 10 else 2}f} {unit}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as one table of plain text."""
    heads = ("work", "measured", "anchor", "its figure", "ours", "value", "goal", "")
    lines: list[Sequence[str]] = [heads]
    last = ""
    for figure in figures:
        lines.append(
            (
                "" if figure.work == last else figure.work,
                figure.what,
                figure.anchor,
                _number(figure.base, figure.unit),
                _number(figure.ours, figure.unit),
                figure.value_text,
                figure.goal_text,
                figure.verdict,
            )
        )
        last = figure.work
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    right = {3, 4, 5, 6}
    shown = [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([shown[0], "-" * max(map(len, shown)), *shown[1:]])
