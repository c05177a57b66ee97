"""Random lives, the same for the same seed, and lives shrunk to the shortest that has the same fault."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tests.services.life_model import Fault
from tests.services.life_truth import Buying, Export, Sent
from tests.services.lives import Act, Life, fault_of

_SIZES = (70, 350, 700, 1400, 3500)
#: Minor units for a hundred coins, by channel.
_CENTS = {"web": 104, "google": 120, "apple": 133}
_EXPORTS = ("tiktok", "tiktok", "tiktok", "orders", "orders", "apple", "apple", "purchases", "sheet")
_ACTS = (
    *("import", "import", "import", "again", "undo", "undo", "redo", "probe"),
    *("void", "restore", "type", "price", "note", "gift"),
)


def a_life(seed: int, *, overlaps: bool = False) -> Life:
    """A life; see `lives.Life` for `overlaps`."""
    rng = random.Random(seed)
    crowded = rng.random() < 0.4
    buyings = _crowded(rng) if crowded else _far_apart(rng)
    gifts = _gifts(rng)
    return Life(buyings, gifts, _acts(rng, buyings, gifts), overlaps)


def _far_apart(rng: random.Random) -> tuple[Buying, ...]:
    """Buyings that files tell from each other: other days, or hours apart with other coins."""
    found = []
    day, at = 0, 3600
    lag = rng.choice((0, 0, 0, 2, 45))
    for n in range(rng.randint(1, 4)):
        day, at = day + rng.choice((0, 1, 1, 3)), at + rng.randint(3000, 5400)
        b = _buying(rng, n, day * 86400 + at, _SIZES[(n + day) % len(_SIZES)])
        found.append(replace(b, off=rng.choice((0, 5, 90, -100, 240)), lag=lag))
    return tuple(found)


def _crowded(rng: random.Random) -> tuple[Buying, ...]:
    """Buyings of one day, equal to the second or minutes apart, some of them lines of one Apple order."""
    found: list[Buying] = []
    at = 3600
    for n in range(rng.randint(2, 4)):
        at += rng.choice((0, 1, 30, 180, 600, 7200))
        b = replace(_buying(rng, n, at, rng.choice(_SIZES[:2])), off=rng.choice((0, 2, 20)))
        if b.channel == "apple" and found and found[-1].channel == "apple":
            b = replace(b, order=found[-1].order, at=found[-1].at, currency=found[-1].currency)
        at = b.at
        found.append(b)
    return tuple(found)


def _buying(rng: random.Random, n: int, at: int, coins: int) -> Buying:
    channel = rng.choice(("web", "google", "google", "apple", "apple"))
    paid = coins * _CENTS[channel] // 100
    backs = rng.choice(((), (), (paid,), (0, paid), (30, paid), (0, 10, 40), (20, 20, paid)))
    unnumbered = channel == "web" or (channel == "google" and rng.random() < 0.2)
    return Buying(
        n=n,
        at=at,
        coins=coins,
        paid=paid,
        currency=rng.choice(("EUR", "EUR", "EUR", "USD")),
        channel=channel,
        order="" if unnumbered else f"{channel}-{n}",
        priced=rng.random() < 0.6,
        backs=backs if channel != "web" else (),
        sheet=rng.choice(("", "", "cp", "cpo", "dcp", "dcpo", "c", "p", "dc", "dp")),
    )


def _gifts(rng: random.Random) -> tuple[Sent, ...]:
    """Gifts to one creator: equal ones, some of the same second."""
    at, coins = rng.randrange(7200), rng.choice((1, 30))
    many = range(rng.choice((0, 0, 1, 2, 3)))
    return tuple(Sent(n=n, at=at + rng.choice((0, 0, 60, 90000)), coins=coins, creator="luna") for n in many)


def _acts(rng: random.Random, buyings: Sequence[Buying], gifts: Sequence[Sent]) -> tuple[Act, ...]:
    """What is done; each kind of act may be missing from a life, so that the others are seen alone."""
    doing = [one for one in _ACTS if one == "import" or rng.random() < 0.6]
    acts: list[Act] = []
    for n in range(1, rng.randint(4, 10)):
        do = rng.choice(doing) if acts else rng.choice(("import", "import", "type"))
        if do == "import":
            acts.append(Act(n, do, export=_export(rng, n)))
        elif do in {"again", "undo", "redo", "probe"}:
            made = [act.n for act in acts if act.do in {"import", "again"}] or [0]
            acts.append(Act(n, do, made[-1] if do == "probe" else rng.choice(made)))
        elif do == "gift":
            acts.append(Act(n, do, rng.randrange(max(len(gifts), 1)), said=rng.choice(("", "d"))))
        else:
            acts.append(Act(n, do, rng.randrange(len(buyings)), said=rng.choice(("cp", "cp", "dcp", "dcp", "p", "dp"))))
    return tuple(acts)


def _export(rng: random.Random, n: int) -> Export:
    """A file of its time: refunds have come as far as acts have gone."""
    whole = rng.random() < 0.6
    coins, prices = rng.choice(((True, True), (True, True), (True, False), (False, True)))
    first = 0 if whole else rng.randint(0, 3)
    return Export(
        kind=rng.choice(_EXPORTS),
        first=first,
        last=99 if whole else first + rng.randint(0, 3),
        stage=rng.randint(0, min(n // 2, 2)),
        coins=coins,
        prices=prices,
    )


# -- shrinking


def shrunk(life: Life, kind: str, *, fault: Callable[[Life], Fault | None] = fault_of) -> Life:
    """The shortest life found that has the same fault: without acts, buyings and gifts, and with plainer ones."""
    smaller = True
    while smaller:
        smaller = False
        for one in _smaller(life):
            found = fault(one)
            if found is not None and found.kind == kind:
                life, smaller = one, True
                break
    return life


def _smaller(life: Life) -> Iterator[Life]:
    for length in range(1, len(life.acts)):
        yield life._replace(acts=life.acts[:length])
    for place in range(len(life.acts)):
        yield life._replace(acts=life.acts[:place] + life.acts[place + 1 :])
    for place in range(len(life.buyings)):
        yield life._replace(buyings=life.buyings[:place] + life.buyings[place + 1 :])
    for place in range(len(life.gifts)):
        yield life._replace(gifts=life.gifts[:place] + life.gifts[place + 1 :])
    for place, b in enumerate(life.buyings):
        for values in _PLAINER:
            plainer = replace(b, **values)
            if plainer != b:
                yield life._replace(buyings=(*life.buyings[:place], plainer, *life.buyings[place + 1 :]))
    for place, act in enumerate(life.acts):
        for plainer_act in _plainer_acts(act):
            yield life._replace(acts=(*life.acts[:place], plainer_act, *life.acts[place + 1 :]))


_PLAINER: tuple[dict[str, Any], ...] = (
    *({"backs": ()}, {"priced": False}, {"sheet": ""}, {"off": 0}, {"lag": 0}, {"currency": "EUR"}),
)
_PLAINER_EXPORTS: tuple[dict[str, Any], ...] = (
    *({"first": 0, "last": 99}, {"stage": 0}, {"coins": True}, {"prices": True}),
)


def _plainer_acts(act: Act) -> Iterator[Act]:
    if act.export is not None:
        for values in _PLAINER_EXPORTS:
            export = replace(act.export, **values)
            if export != act.export:
                yield act._replace(export=export)
    if act.said:
        yield act._replace(said="")
