"""Recording: what is frozen, what refunds give back, what amending and voiding do, and that it can be taken back."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from coinbudget.domain.belief import believe
from coinbudget.domain.drafts import Draft, Facts, draft_of
from coinbudget.domain.entries import Entry, EntryId, Gift, Purchase, Refund
from coinbudget.domain.errors import Refusal
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.rates import RateSource
from coinbudget.services import facts, record, undo
from coinbudget.services.changes import Changes, UndoImport
from coinbudget.services.facts import facts_of
from coinbudget.services.household import add_profile, profiles
from coinbudget.services.ledger import Ledger
from coinbudget.services.verify import verify
from coinbudget.services.writing import Pen
from coinbudget.storage import ledger_store
from coinbudget.storage.rate_store import freeze_rate
from tests import make
from tests.conftest import NOW


def added(ledger: Ledger, draft: Draft) -> EntryId:
    return record.add(ledger, draft, now=NOW).entries[0]


def purchase_of(ledger: Ledger, entry_id: str) -> Purchase:
    found = record.entry(ledger, entry_id)
    assert isinstance(found, Purchase)
    return found


def refund_of(ledger: Ledger, entry_id: str) -> Refund:
    found = record.entry(ledger, entry_id)
    assert isinstance(found, Refund)
    return found


def refused(ledger: Ledger, draft: Draft) -> set[tuple[str, str]]:
    before = make.all_entries(ledger)
    with pytest.raises(Refusal) as refusal:
        record.add(ledger, draft, now=NOW)
    assert make.all_entries(ledger) == before, "nothing was written"
    return {(fault.field, fault.code) for fault in refusal.value.problems}


def reverted(ledger: Ledger, changes: Changes) -> Changes:
    assert changes.undo is not None
    return undo.revert(ledger, changes.undo, now=NOW + timedelta(minutes=1))


def test_a_purchase_at_home_counts_as_paid(ledger: Ledger) -> None:
    found = purchase_of(ledger, added(ledger, make.purchase()))
    assert (found.converted_minor, found.rate_source, found.rate) == (529, RateSource.SAME, None)


def test_a_purchase_abroad_is_frozen_at_the_rate_of_its_home_day(ledger: Ledger) -> None:
    found = purchase_of(ledger, added(ledger, make.purchase(paid="9.99", currency="USD", at="2025-01-04")))
    # 3 January 2025, a Friday: 1 EUR = 1.0299 USD (European Central Bank).
    assert found.rate is not None
    assert (found.rate.on, found.rate_source) == (date(2025, 1, 3), RateSource.ECB)
    assert found.converted_minor == round(999 / 1.0299)


def test_what_the_card_was_charged_is_the_amount(ledger: Ledger) -> None:
    found = purchase_of(ledger, added(ledger, make.purchase(paid="159000", currency="VND", charged="5.77")))
    assert (found.converted_minor, found.rate_source) == (577, RateSource.CHARGED)


def test_an_unknown_rate_is_unknown_and_never_zero(ledger: Ledger) -> None:
    found = purchase_of(ledger, added(ledger, make.purchase(paid="159000", currency="VND")))
    assert (found.converted_minor, found.rate_source) == (None, RateSource.NONE)


def test_a_typed_rate_holds_and_is_rounded_half_even_once(ledger: Ledger) -> None:
    found = purchase_of(ledger, added(ledger, make.purchase(paid="0.05", currency="USD", rate="0.5")))
    assert (found.converted_minor, found.rate_source) == (2, RateSource.TYPED)


@pytest.mark.parametrize(("paid", "rate"), [("0.01", "0.1"), ("900000000", "5000")])
def test_a_converted_amount_out_of_bounds_is_a_problem(ledger: Ledger, paid: str, rate: str) -> None:
    found = refused(ledger, make.purchase(paid=paid, currency="USD", rate=rate))
    assert found == {("paid", "converted_out_of_range")}


def test_refunds_in_parts_add_up_to_exactly_the_purchase(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase(paid="10.00", currency="USD", coins="700", at="2025-03-03"))
    whole = purchase_of(ledger, bought).converted_minor
    parts = [added(ledger, make.refund(bought, paid="3.33", coins="233")) for _ in range(2)]
    parts.append(added(ledger, make.refund(bought)))
    frozen = [refund_of(ledger, part) for part in parts]
    assert [part.paid.minor for part in frozen] == [333, 333, 334]
    assert sum(part.coins for part in frozen) == 700
    assert sum(part.converted_minor or 0 for part in frozen) == whole
    assert make.totals_differ(ledger) == {}
    assert refused(ledger, make.refund(bought)) == {("refers_to", "nothing_left")}


def test_a_refund_in_money_alone_takes_no_coins(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase())
    assert refund_of(ledger, added(ledger, make.refund(bought, paid="1.00"))).coins == 0


def test_more_than_was_bought_is_a_problem(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase(coins="350"))
    found = refused(ledger, make.refund(bought, paid="5.30", coins="351"))
    assert found == {("paid", "refund_exceeds_paid"), ("coins", "refund_exceeds_coins")}


def test_voiding_a_purchase_voids_its_refunds_in_one_undo(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase())
    first = added(ledger, make.refund(bought, paid="1.00", coins="50"))
    changes = record.void(ledger, [bought], now=NOW)
    assert record.entry(ledger, first).voided_at == NOW
    assert make.totals_differ(ledger) == {}
    back = reverted(ledger, changes)
    assert [entry.voided_at for entry in make.all_entries(ledger)] == [None, None]
    reverted(ledger, back)
    assert None not in [entry.voided_at for entry in make.all_entries(ledger)]
    assert verify(ledger) == ()


def test_a_restored_purchase_brings_the_refunds_that_went_with_it_and_no_others(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase())
    earlier, with_it = (added(ledger, make.refund(bought, paid="1.00")) for _ in range(2))
    record.void(ledger, [earlier], now=NOW)
    record.void(ledger, [bought], now=NOW + timedelta(seconds=1))
    changes = record.unvoid(ledger, [bought], now=NOW + timedelta(seconds=2))
    assert set(changes.entries) == {bought, with_it}
    assert record.entry(ledger, earlier).voided_at == NOW
    assert verify(ledger) == ()


def test_a_refund_cannot_come_back_alone_or_beyond_its_purchase(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase())
    first = added(ledger, make.refund(bought, paid="5.00"))
    record.void(ledger, [first], now=NOW)
    added(ledger, make.refund(bought, paid="1.00"))
    with pytest.raises(Refusal) as refusal:
        record.unvoid(ledger, [first], now=NOW)
    assert refusal.value.problems[0].code == "refunds_exceed_paid"
    record.void(ledger, [bought], now=NOW)
    with pytest.raises(Refusal) as refusal:
        record.unvoid(ledger, [first], now=NOW)
    assert refusal.value.problems[0].code == "purchase_voided"


def amended(ledger: Ledger, entry_id: EntryId, **given: str) -> Changes:
    before = record.entry(ledger, entry_id)
    texts = draft_of(before, profiles(ledger)[0])
    names = {name: getattr(texts, name) for name in Draft._fields}
    return record.amend(ledger, entry_id, Draft(**{**names, **given}), now=NOW)


def test_amending_a_note_freezes_nothing_anew_and_a_date_does(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase(paid="9.99", currency="USD", at="2025-01-03"))
    before = purchase_of(ledger, bought)
    amended(ledger, bought, note="for the concert")
    after = purchase_of(ledger, bought)
    assert (after.converted_minor, after.rate) == (before.converted_minor, before.rate)
    changes = amended(ledger, bought, at="2025-07-01")
    moved = purchase_of(ledger, bought)
    assert moved.rate is not None
    assert moved.rate.on == date(2025, 7, 1)
    reverted(ledger, changes)
    back = purchase_of(ledger, bought)
    assert (back.converted_minor, back.rate, back.revision) == (before.converted_minor, before.rate, after.revision)


def test_an_amended_purchase_takes_its_refunds_along(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase(paid="10.00", currency="USD", at="2025-01-03"))
    back = added(ledger, make.refund(bought))
    before = refund_of(ledger, back)
    changes = amended(ledger, bought, at="2025-07-01")
    assert refund_of(ledger, back).converted_minor == purchase_of(ledger, bought).converted_minor
    assert refund_of(ledger, back).converted_minor != before.converted_minor
    reverted(ledger, changes)
    assert refund_of(ledger, back) == before
    assert verify(ledger) == ()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"paid": "0.99"}, "refunds_exceed_paid"),
        ({"coins": "49"}, "refunds_exceed_coins"),
        ({"coins": ""}, "refunds_exceed_coins"),
        ({"currency": "USD"}, "refunds_currency"),
        ({"planned": "1"}, "purchase_planned"),
        ({"kind": "gift"}, "kind_fixed"),
    ],
)
def test_an_amendment_that_refunds_would_not_fit_is_refused(ledger: Ledger, given: dict[str, str], code: str) -> None:
    bought = added(ledger, make.purchase())
    added(ledger, make.refund(bought, paid="1.00", coins="50"))
    before = make.all_entries(ledger)
    with pytest.raises(Refusal) as refusal:
        amended(ledger, bought, **given)
    assert refusal.value.problems[0].code == code
    assert make.all_entries(ledger) == before


def test_a_planned_purchase_counts_nowhere_until_it_is_confirmed(ledger: Ledger) -> None:
    planned = added(ledger, make.purchase(at="2026-12-24", planned="1", paid="9.99", currency="USD"))
    with ledger.database.reading() as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM day_total").scalar() == 0
    later = datetime(2026, 12, 24, 18, tzinfo=UTC)
    changes = record.confirm(ledger, planned, now=later)
    found = purchase_of(ledger, planned)
    assert (found.planned, found.at, found.home_on, found.hour_known) == (False, later, date(2026, 12, 24), True)
    assert make.totals_differ(ledger) == {}
    reverted(ledger, changes)
    assert purchase_of(ledger, planned).planned


def test_provisional_rates_are_settled_by_an_act_that_can_be_undone(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = added(ledger, make.purchase(paid="9.99", currency="USD"))
    assert purchase_of(ledger, bought).rate_source is RateSource.PROVISIONAL
    added(ledger, make.refund(bought, paid="4.99"))
    before = make.all_entries(ledger)
    known = freeze_rate

    def final(base: str, quote: str, on: date) -> object:
        rate = known(base, quote, on)
        assert rate is not None
        return type(rate)(base=base, quote=quote, value=Decimal("0.5"), on=on, source=RateSource.ECB)

    assert record.settle_rates(ledger, ProfileId(1), now=NOW).undo is None, "nothing is final yet"
    monkeypatch.setattr(facts, "freeze_rate", final)
    changes = record.settle_rates(ledger, ProfileId(1), now=NOW)
    assert changes.count == 1
    assert purchase_of(ledger, bought).converted_minor == 500
    assert verify(ledger) == ()
    reverted(ledger, changes)
    assert make.all_entries(ledger) == before


def test_an_undo_of_an_entry_that_changed_elsewhere_is_a_problem(ledger: Ledger) -> None:
    changes = record.add(ledger, make.gift(), now=NOW)
    amended(ledger, changes.entries[0], note="elsewhere")
    with pytest.raises(Refusal) as refusal:
        reverted(ledger, changes)
    assert refusal.value.problems[0].code == "changed_elsewhere"


def test_steps_are_undone_down_the_stack_and_redone_up_again(ledger: Ledger) -> None:
    stack = [record.add(ledger, make.purchase(), now=NOW)]
    (bought,) = stack[0].entries
    stack.append(amended(ledger, bought, paid="6.00"))
    stack.append(record.void(ledger, [bought], now=NOW))
    stack.append(record.unvoid(ledger, [bought], now=NOW))
    top = record.entry(ledger, bought)
    redo = [reverted(ledger, changes) for changes in reversed(stack)]
    assert record.entry(ledger, bought).voided_at is not None, "never deleted"
    for changes in reversed(redo):
        reverted(ledger, changes)
    assert record.entry(ledger, bought) == top
    assert verify(ledger) == ()


def test_an_entry_is_found_by_id_the_start_of_it_or_order_number(ledger: Ledger) -> None:
    bought = added(ledger, make.purchase(id="abcd-1", order_ref="GPA.1"))
    added(ledger, make.purchase(id="abce-2"))
    for named in ("abcd-1", "abcd", "GPA.1"):
        assert record.entry(ledger, named).id == bought
    for named, code in (
        ("abc", "unknown_entry"),
        ("zzzz", "unknown_entry"),
        ("", "unknown_entry"),
        ("ABCD", "unknown_entry"),
    ):
        with pytest.raises(Refusal) as refusal:
            record.entry(ledger, named)
        assert refusal.value.problems[0].code == code
    added(ledger, make.purchase(id="same-1"))
    added(ledger, make.purchase(id="same-2"))
    with pytest.raises(Refusal) as refusal:
        record.entry(ledger, "same")
    assert refusal.value.problems[0].code == "ambiguous_entry"
    assert refused(ledger, make.gift(id="abcd-1")) == {("id", "id_exists")}


def test_a_gift_name_is_remembered_with_its_price(ledger: Ledger) -> None:
    assert refused(ledger, make.gift(gift="Zorblax", coins="")) == {("coins", "unknown_gift")}
    added(ledger, make.gift(gift="Zorblax", coins="60", quantity="3"))
    found = record.entry(ledger, added(ledger, make.gift(gift="zorBLAX", coins="", quantity="2")))
    assert isinstance(found, Gift)
    assert (found.gift_name, found.coins) == ("Zorblax", 40)


def test_creators_are_one_whatever_case_their_handle_is_written_in(ledger: Ledger) -> None:
    for handle in ("@Luna", "luna", "LUNA "):
        added(ledger, make.gift(creator=handle))
    with ledger.database.reading() as tx:
        assert tx.connection.exec_driver_sql("SELECT handle FROM creator").scalars().all() == ["Luna"]


def test_without_a_profile_several_are_named(ledger: Ledger) -> None:
    add_profile(ledger, name="Leo", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    with pytest.raises(Refusal) as refusal:
        record.add(ledger, make.gift(), now=NOW)
    (fault,) = refusal.value.problems
    assert (fault.code, dict(fault.values)["names"]) == ("which_profile", "Leo, Mia")
    assert record.entry(ledger, added(ledger, make.gift(profile=" leo"))).profile_id == ProfileId(2)


def test_a_refund_may_stand_before_its_purchase_in_a_batch_and_an_import_is_undone_whole(ledger: Ledger) -> None:
    with ledger.database.writing() as tx:
        known = facts_of(ledger, tx, now=NOW)
        batch = ledger_store.new_batch(tx, "test", "ledger-csv", now=NOW)
        pen = Pen(ledger, tx, now=NOW, batch=batch)
        bought = believed(make.purchase(id="p"), known)
        assert isinstance(bought, Purchase)
        assert bought.paid is not None
        back = Refund(
            id=EntryId("r"),
            profile_id=bought.profile_id,
            at=NOW,
            home_on=date(2026, 11, 22),
            zone="Europe/Berlin",
            refers_to=EntryId("p"),
            paid=bought.paid,
            coins=350,
        )
        pen.insert([back, bought, believed(make.gift(id="g"), known)])
        pen.finish()
        ledger_store.end_batch(tx, batch, entries=3)
    assert [entry.id for entry in make.all_entries(ledger)] == ["r", "p", "g"]
    later = added(ledger, make.gift())
    changes = undo.revert(ledger, UndoImport(batch=batch, void=True), now=NOW)
    assert changes.count == 3
    assert [entry.id for entry in make.all_entries(ledger) if entry.voided_at is None] == [later]
    reverted(ledger, changes)
    assert verify(ledger) == ()
    assert all(entry.voided_at is None for entry in make.all_entries(ledger))


def believed(draft: Draft, facts: Facts) -> Entry:
    found = believe(draft, facts)
    assert not isinstance(found, tuple)
    return found


def test_recording_rolls_back_as_a_whole(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("judging failed")

    monkeypatch.setattr(record, "judge", broken)
    with pytest.raises(KeyError):
        record.add(ledger, make.purchase(), now=NOW)
    assert make.all_entries(ledger) == []
    assert verify(ledger) == ()


def test_new_ids_are_random_uuids_and_never_twice(ledger: Ledger) -> None:
    with ledger.database.reading() as tx:
        new_id = facts_of(ledger, tx, now=NOW).new_id
    made = [new_id() for _ in range(5000)]
    assert len(set(made)) == len(made)
    read = [uuid.UUID(text) for text in made]
    assert {one.version for one in read} == {4}
    assert {one.variant for one in read} == {uuid.RFC_4122}
    assert [str(one) for one in read] == made
