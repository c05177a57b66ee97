"""The bench's own arithmetic: ratios, goals, medians, interleaving and the table."""

import gc

import pytest

from tests.bench.measure import Figure, Goal, interleaved, seconds, table


def _figure(ours: float | None, base: float | None, goal: Goal, most: float, why: str = "") -> Figure:
    return Figure(work="w", what="x", anchor="a", ours=ours, base=base, goal=goal, most=most, why=why)


@pytest.mark.parametrize(
    ("figure", "value", "met"),
    [
        (_figure(15, 10, Goal.RATIO, 1.5), 1.5, True),
        (_figure(15.1, 10, Goal.RATIO, 1.5), 1.51, False),
        (_figure(5, None, Goal.UNDER, 5), 5, True),
        (_figure(5.01, None, Goal.UNDER, 5), 5.01, False),
        (_figure(90, 65, Goal.MORE, 25), 25, True),
        (_figure(91, 65, Goal.MORE, 25), 26, False),
        (_figure(None, 10, Goal.RATIO, 1), None, None),
        (_figure(10, None, Goal.RATIO, 1), None, None),
        (_figure(10, 0, Goal.RATIO, 1), None, None),
    ],
)
def test_a_goal_is_met_up_to_its_figure_and_not_beyond(figure: Figure, value: float | None, met: bool | None) -> None:
    assert figure.value == pytest.approx(value)
    assert figure.met is met


def test_what_was_not_measured_is_never_called_met() -> None:
    assert _figure(None, None, Goal.RATIO, 1, "no such tool").verdict == "not measured: no such tool"


def test_a_missed_goal_is_said_plainly() -> None:
    shown = table([_figure(30, 10, Goal.RATIO, 1.5)])
    assert "MISSED" in shown
    assert "3.00x" in shown
    assert "<= 1.5x" in shown


def test_the_table_has_a_line_for_every_figure_and_names_each_work_once() -> None:
    lines = table([_figure(1, 1, Goal.RATIO, 1), _figure(2, 1, Goal.RATIO, 1)]).splitlines()
    assert len(lines) == 4
    assert [line.startswith("w ") for line in lines[2:]] == [True, False]


def test_runs_are_interleaved_and_medians_taken() -> None:
    order: list[str] = []
    taken = {"a": iter((1.0, 9.0, 2.0)), "b": iter((5.0, 5.0, 100.0))}

    def run(name: str) -> float:
        order.append(name)
        return next(taken[name])

    assert interleaved(lambda: run("a"), lambda: run("b"), rounds=3) == [2.0, 5.0]
    assert order == ["a", "b"] * 3


def test_a_call_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ZeroDivisionError):
        seconds(lambda: 1 / 0)
    assert gc.isenabled()
