"""Whatever is done to a ledger, limits stand as a naive look at every entry says, and so do their marks."""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coinbudget.domain.errors import Refusal
from coinbudget.domain.limits import Mark
from coinbudget.domain.periods import day_bounds
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import household, limits, record, watch
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.storage import alert_store
from tests import make
from tests.services import plain_limits as plain

MIA = ProfileId(1)
START = datetime(2026, 3, 20, 12, tzinfo=UTC)
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
LIMITS = [
    ("money", "day", "12.00"),
    ("money", "week", "20.00"),
    ("money", "month", "40.00"),
    ("money", "year", "0"),
    ("money", "24h", "12.00"),
    ("money", "7d", "25.00"),
    ("coins", "30d", "500"),
    ("coins", "24h", "120"),
    ("coins", "week", "200"),
]


class Life:
    """A random life of a ledger: entries early and late, amended, voided, refunded, and a profile that moves."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.now = START
        self.ledger: Ledger = open_ledger(None, now=START, create=True)
        household.add_profile(
            self.ledger,
            name="Mia",
            region="DE",
            currency="EUR",
            zone="Europe/Berlin",
            week_start=self.rng.randrange(7),
            month_start=self.rng.choice([1, 15, 31]),
            now=START,
        )
        for measure, period, amount in LIMITS:
            limits.add(
                self.ledger,
                profile_id=MIA,
                measure=measure,
                period=period,
                amount_text=amount,
                cap=self.rng.random() < 0.3,
                now=START,
            )

    def step(self) -> None:
        """One act of a person, now or about a while ago; what the ledger refuses is not done."""
        self.now += timedelta(hours=self.rng.choice([0, 1, 5, 24, 40]), minutes=self.rng.randrange(60))
        acts = [self._buy, self._buy, self._give, self._give, self._void, self._unvoid, self._refund, self._amend]
        with suppress(Refusal):
            self.rng.choice([*acts, self._change_limit, self._move])()

    def _at(self) -> str:
        ago = self.rng.choice([0, 0, 0, 3, 23, 24, 30, 170, 800])
        at = self.now - timedelta(hours=ago)
        return at.date().isoformat() if self.rng.random() < 0.15 else at.isoformat()

    def _purchase(self) -> object:
        foreign = self.rng.random() < 0.1
        return make.purchase(
            at=self._at(),
            paid="90000" if foreign else self.rng.choice(["1.00", "5.29", "9.99"]),
            currency="VND" if foreign else "EUR",
        )

    def _buy(self) -> None:
        record.add(self.ledger, self._purchase(), now=self.now)  # type: ignore[arg-type]  # a draft

    def _give(self) -> None:
        record.add(self.ledger, make.gift(coins=self.rng.choice(["1", "30", "99"]), at=self._at()), now=self.now)

    def _some(self) -> str:
        entries = make.all_entries(self.ledger)
        return str(self.rng.choice(entries).id) if entries else ""

    def _void(self) -> None:
        record.void(self.ledger, [self._some()], now=self.now)

    def _unvoid(self) -> None:
        record.unvoid(self.ledger, [self._some()], now=self.now)

    def _refund(self) -> None:
        part = {"paid": "1.00"} if self.rng.random() < 0.5 else {}
        record.add(self.ledger, make.refund(self._some(), **part), now=self.now)

    def _amend(self) -> None:
        draft = self._purchase() if self.rng.random() < 0.7 else make.gift(coins="50", at=self._at())
        record.amend(self.ledger, self._some(), draft, now=self.now)  # type: ignore[arg-type]  # a draft

    def _change_limit(self) -> None:
        chosen = self.rng.choice(limits.limits(self.ledger))
        amount = str(self.rng.choice([0, 5, 10, 50]))
        period = self.rng.choice([None, None, "week", "7d"])
        limits.change(self.ledger, chosen.id, amount_text=amount, period=period, now=self.now)

    def _move(self) -> None:
        household.amend_profile(
            self.ledger,
            MIA,
            zone=self.rng.choice(["Europe/Berlin", "Pacific/Niue", "Pacific/Kiritimati"]),
            week_start=self.rng.randrange(7),
            now=self.now,
        )


def assert_stands(life: Life) -> None:
    """The status from kept sums equals the one recomputed from every entry."""
    entries = make.all_entries(life.ledger)
    profile = household.profile(life.ledger, MIA)
    statuses = watch.status(life.ledger, now=life.now)
    assert len(statuses) == len(LIMITS)
    for found in statuses:
        gross, used, judged = plain.use_now(entries, found.limit, profile, life.now)
        assert (found.gross, found.used, found.judged) == (gross, used, judged), found.limit
        assert found.left == found.limit.amount - used
        assert found.level is plain.level(used, found.limit.amount)
    for measure in ("money", "coins"):
        mine = [found for found in statuses if found.limit.measure.value == measure]
        tight = min((found.left, found.window.end_at, found.limit.id) for found in mine)
        assert [found.limit.id for found in mine if found.binding] == [tight[2]]


def assert_marks(life: Life) -> None:
    """What stands as passed is passed, and what is passed stands, in every window there ever was."""
    entries = make.all_entries(life.ledger)
    profile = household.profile(life.ledger, MIA)
    for limit in limits.limits(life.ledger):
        with life.ledger.database.reading() as tx:
            stands = alert_store.standing(tx, limit.id, *EVER)
        if limit.period.length is None:
            expected = plain.calendar_marks(entries, limit, profile)
            starts = {(day_bounds(profile.settings, start)[0], mark) for start, mark in expected}
            assert {(key, mark) for _, key, mark in stands} == starts, limit
            assert len(stands) == len(expected)
            continue
        stretches = plain.rolling_stretches(entries, limit)
        for mark in Mark:
            keys = [key for _, key, one in stands if one is mark]
            assert all(any(start <= key < end for start, end in stretches[mark]) for key in keys), limit
            assert all(any(start <= key < end for key in keys) for start, end in stretches[mark]), limit


@given(st.integers(0, 2**32))
# Lives that once went wrong: a zone changed twice in a day, marks whose beginning moved, a clock at midnight.
@example(1_754_587_849)
@example(2_250_540_410)
@example(3_504_993_540)
@example(3_624_761_913)
@example(4_164_378_003)
@example(2_469_201_032)
@settings(max_examples=30, deadline=None)
def test_limits_and_marks_stand_as_every_entry_says(seed: int) -> None:
    life = Life(seed)
    try:
        for _ in range(25):
            life.step()
            assert_stands(life)
        assert_marks(life)
    finally:
        life.ledger.close()


@pytest.mark.parametrize("seed", range(12))
def test_a_preview_tells_what_recording_does(seed: int) -> None:
    life = Life(seed)
    try:
        for _ in range(20):
            life.step()
        for draft in (make.purchase(paid="7.77", at=life.now.isoformat()), make.gift(coins="77")):
            shown = watch.preview(life.ledger, draft, now=life.now)
            assert shown.entry is not None
            record.add(life.ledger, draft, now=life.now)
            assert watch.status(life.ledger, now=life.now) == shown.statuses
            after = {outlook.after.limit.id: outlook for outlook in shown.outlooks}
            assert all(outlook.over_by == max(-outlook.after.left, 0) for outlook in after.values())
    finally:
        life.ledger.close()
