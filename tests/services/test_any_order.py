"""Any order of actions is safe.

Whatever is added, amended, voided, restored, refunded, undone and redone: the ledger agrees with a plain model, its
kept totals with its entries, and every refund group adds up.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.services import record, undo
from coinbudget.services.changes import Changes, Undo
from coinbudget.services.household import add_profile
from coinbudget.services.ledger import open_ledger
from coinbudget.services.verify import verify
from tests import make
from tests.conftest import NOW

PRICES = st.sampled_from(["0.29", "5.29", "9.99", "100.00"])
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "VND"])
COINS = st.sampled_from(["", "1", "7", "350", "700"])
DAYS = st.sampled_from(["2026-11-22", "2026-11-21", "2026-03-29", "2025-12-31T23:30:00+01:00"])


@dataclass
class Kept:
    """What the model remembers of one entry: what it says and whether it lives."""

    said: tuple[Any, ...]
    lives: bool


def said(entry: Entry) -> tuple[Any, ...]:
    """The content of an entry, without its frozen amount, revision and life."""
    if isinstance(entry, Purchase):
        return ("purchase", entry.coins, entry.paid, entry.home_on)
    if isinstance(entry, Gift):
        return ("gift", entry.coins, entry.creator, entry.home_on)
    if isinstance(entry, Refund):
        return ("refund", entry.refers_to, entry.paid, entry.coins)
    return ("adjustment", entry.coins, entry.reason, entry.home_on)


class AnyOrder(RuleBasedStateMachine):
    """Drives a ledger and a dictionary side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = open_ledger(None, now=NOW, create=True)
        add_profile(self.ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
        self.model: dict[EntryId, Kept] = {}
        self.undos: list[tuple[Undo, dict[EntryId, Kept]]] = []
        self.redos: list[tuple[Undo, dict[EntryId, Kept]]] = []
        self.clock = NOW
        # Something to refund from the first step on, in a currency that must be converted.
        self.add(make.purchase(paid="9.99", currency="USD", coins="700", at="2025-03-03"))

    def teardown(self) -> None:
        self.ledger.close()

    def snapshot(self) -> dict[EntryId, Kept]:
        return {key: replace(kept) for key, kept in self.model.items()}

    def done(self, changes: Changes, before: dict[EntryId, Kept]) -> None:
        assert changes.undo is not None
        self.undos.append((changes.undo, before))
        self.redos.clear()

    def add(self, draft: Draft) -> None:
        self.clock += timedelta(seconds=1)
        try:
            changes = record.add(self.ledger, draft, now=self.clock)
        except Refusal:
            return
        before = self.snapshot()
        (added,) = changes.entries
        self.model[added] = Kept(said(record.entry(self.ledger, added)), lives=True)
        self.done(changes, before)

    def some(self, place: int, *kinds: str) -> EntryId | None:
        found = [key for key, kept in self.model.items() if not kinds or kept.said[0] in kinds]
        return found[place % len(found)] if found else None

    @rule(paid=PRICES, currency=CURRENCIES, coins=COINS, at=DAYS)
    def purchase(self, paid: str, currency: str, coins: str, at: str) -> None:
        whole = paid.split(".", maxsplit=1)[0] + "00" if currency in {"JPY", "VND"} else paid
        self.add(make.purchase(paid=whole.lstrip("0") or "100", currency=currency, coins=coins, at=at))

    @rule(coins=st.sampled_from(["1", "30", "500"]), at=DAYS)
    def gift(self, coins: str, at: str) -> None:
        self.add(make.gift(coins=coins, at=at))

    @rule(coins=st.sampled_from(["5", "-5"]), reason=st.sampled_from(["correction", "bonus", "other-use"]), at=DAYS)
    def adjustment(self, coins: str, reason: str, at: str) -> None:
        self.add(make.adjustment(coins=coins, reason=reason, at=at))

    @rule(
        place=st.integers(0, 99),
        paid=st.sampled_from(["", "0.10", "1", "3", "50"]),
        coins=st.sampled_from(["", "1", "200"]),
    )
    def refund(self, place: int, paid: str, coins: str) -> None:
        of = self.some(place, "purchase")
        if of is not None:
            self.add(make.refund(of, paid=paid, coins=coins if paid else ""))

    @rule(place=st.integers(0, 99), part=st.sampled_from(["0.07", "0.10", "1.11", "3"]))
    def refund_in_parts(self, place: int, part: str) -> None:
        of = self.some(place, "purchase")
        if of is not None:
            self.add(make.refund(of, paid=part))
            self.add(make.refund(of, paid=part, coins="1"))
            self.add(make.refund(of))

    @rule(place=st.integers(0, 99), paid=PRICES, currency=CURRENCIES, coins=COINS, at=DAYS)
    def amend_purchase(self, place: int, paid: str, currency: str, coins: str, at: str) -> None:
        of = self.some(place, "purchase")
        if of is not None:
            self.amend(of, make.purchase(paid=paid, currency=currency, coins=coins, at=at))

    @rule(place=st.integers(0, 99), coins=st.sampled_from(["2", "40"]), at=DAYS)
    def amend_gift(self, place: int, coins: str, at: str) -> None:
        of = self.some(place, "gift")
        if of is not None:
            self.amend(of, make.gift(coins=coins, at=at))

    @rule(place=st.integers(0, 99), paid=st.sampled_from(["0.05", "2"]))
    def amend_refund(self, place: int, paid: str) -> None:
        of = self.some(place, "refund")
        if of is not None:
            self.amend(of, make.refund("", paid=paid))

    def amend(self, of: EntryId, draft: Draft) -> None:
        before = self.snapshot()
        try:
            changes = record.amend(self.ledger, of, draft, now=self.clock)
        except Refusal:
            return
        self.model[of].said = said(record.entry(self.ledger, of))
        self.done(changes, before)

    @rule(place=st.integers(0, 99))
    def void(self, place: int) -> None:
        of = self.some(place)
        if of is None:
            return
        before = self.snapshot()
        self.clock += timedelta(seconds=1)
        try:
            changes = record.void(self.ledger, [of], now=self.clock)
        except Refusal:
            assert not self.model[of].lives
            return
        assert self.model[of].lives
        self.model[of].lives = False
        for kept in self.model.values():
            if kept.said[0] == "refund" and kept.said[1] == of:
                kept.lives = False
        self.done(changes, before)

    @rule(place=st.integers(0, 99))
    def unvoid(self, place: int) -> None:
        of = self.some(place)
        if of is None:
            return
        before = self.snapshot()
        try:
            changes = record.unvoid(self.ledger, [of], now=self.clock)
        except Refusal:
            return
        assert not self.model[of].lives
        for key in changes.entries:
            self.model[key].lives = True
        assert self.model[of].lives
        self.done(changes, before)

    @rule()
    def undo(self) -> None:
        if self.undos:
            step, before = self.undos.pop()
            now = self.snapshot()
            self.clock += timedelta(seconds=1)
            changes = undo.revert(self.ledger, step, now=self.clock)
            # An entry taken back is voided, never gone.
            self.model = {
                **{key: replace(kept, lives=False) for key, kept in now.items() if key not in before},
                **before,
            }
            assert changes.undo is not None
            self.redos.append((changes.undo, now))

    @rule()
    def redo(self) -> None:
        if self.redos:
            step, after = self.redos.pop()
            now = self.snapshot()
            changes = undo.revert(self.ledger, step, now=self.clock)
            self.model = {**now, **after}
            assert changes.undo is not None
            self.undos.append((changes.undo, now))

    @invariant()
    def agrees(self) -> None:
        entries = make.all_entries(self.ledger)
        assert {entry.id: (said(entry), entry.voided_at is None) for entry in entries} == {
            key: (kept.said, kept.lives) for key, kept in self.model.items()
        }
        assert verify(self.ledger) == ()


def figures(sequences: int, steps: int) -> settings:
    return settings(
        max_examples=sequences,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


class AnyOrderForARelease(AnyOrder):
    """The same machine once more, for the figure of a release."""


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = figures(200, 50)

AnyOrderForARelease.TestCase.settings = figures(5000, 100)
TestAnyOrderForARelease = pytest.mark.release(pytest.mark.timeout(0)(AnyOrderForARelease.TestCase))
