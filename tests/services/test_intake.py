"""TikTok's export on its way in: answers, duplicates by counting, pairs, ticks and undo, on a real ledger."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from coinbudget.domain.entries import Gift, Purchase
from coinbudget.domain.errors import Refusal
from coinbudget.formats.source import Answers, GiftAmount, TypeMeaning
from coinbudget.services import intake, opening, past_imports, record, transfer, undo, verify
from coinbudget.services.assessment import Assessment
from coinbudget.services.import_parts import AS_NEW, State
from coinbudget.services.ledger import Ledger
from coinbudget.services.sheet_source import Role, SheetReading
from tests import make
from tests.services import tiktok_files

SAID = Answers(zone="UTC", currency="EUR", gift_amount=GiftAmount.COINS, types={"recharge": TypeMeaning.BOUGHT})
COIN = ("2026-05-14 21:03:11", "Recharge", 350)
PRICE = ("2026-05-14 21:03:40", "3.70")
ROSE = ("2026-05-14 21:09:40", 1, "some_creator")
LATER = ("2026-05-15 20:00:00", "99", "other.creator")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str = "user_data_tiktok.json", **rows: Any) -> Path:
        return tiktok_files.write(tmp_path / name, **rows)

    return write


def bring(ledger: Ledger, path: Path, now: datetime, said: Answers = SAID, **more: Any) -> intake.ImportChanges:
    return transfer.import_file(ledger, path, answers=said, now=now, **more)


def looked_at(ledger: Ledger, path: Path, now: datetime, said: Answers = SAID) -> Assessment:
    reading = opening.read_source(path, wishes=opening.Wishes())
    return intake.assess(ledger, intake.prepare(reading, said), now=now)


def states(assessment: Assessment) -> list[str]:
    return [State(state).name for state in assessment.states[1:]]


def living(ledger: Ledger) -> list[Any]:
    return [entry for entry in make.all_entries(ledger) if entry.voided_at is None]


def test_a_buying_listed_twice_is_one_purchase_with_coins_and_price(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    done = bring(ledger, file(coins=[COIN], prices=[PRICE], gifts=[ROSE]), now)
    bought, sent = make.all_entries(ledger)
    assert (done.count, done.duplicates) == (2, 0)
    assert isinstance(bought, Purchase)
    assert (bought.coins, bought.paid and bought.paid.minor, bought.converted_minor) == (350, 370, 370)
    assert bought.at.isoformat() == "2026-05-14T21:03:11+00:00"
    assert isinstance(sent, Gift)
    assert (sent.coins, sent.creator) == (1, "some_creator")


def test_equal_rows_are_counted_and_importing_again_adds_none(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    rows = {"coins": [COIN], "prices": [PRICE], "gifts": [ROSE] * 5 + [LATER]}
    assert bring(ledger, file(**rows), now).count == 7
    again = bring(ledger, file(**rows), now)
    assert (again.count, again.duplicates, again.paired) == (0, 7, 0)
    assert bring(ledger, file(gifts=[ROSE] * 7), now).count == 2
    assert len(living(ledger)) == 9


def test_overlapping_halves_bring_each_row_once(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    gifts = [(f"2026-05-{day:02d} 20:00:00", 5, "a") for day in range(1, 21)]
    assert bring(ledger, file(gifts=gifts[:14]), now).count == 14
    second = bring(ledger, file(gifts=gifts[8:]), now)
    assert (second.count, second.duplicates) == (6, 6)


def test_a_row_is_known_again_whatever_was_answered_and_whatever_became_of_the_entry(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    path = file(coins=[COIN], gifts=[ROSE])
    bring(ledger, path, now)
    bought, sent = make.all_entries(ledger)
    record.amend(ledger, sent.id, make.gift(coins="7", creator="renamed", at="2026-05-14T22:00"), now=now)
    record.amend(ledger, bought.id, make.purchase(coins="351", paid="4.00", at="2026-05-14"), now=now)
    other = Answers(zone="Asia/Tokyo", gift_amount=GiftAmount.PIECES, types={"recharge": TypeMeaning.BOUGHT})
    assert bring(ledger, path, now, other).count == 0
    assert len(make.all_entries(ledger)) == 2


def test_rows_of_the_ledgers_own_csv_are_known_by_content(
    ledger: Ledger, file: Callable[..., Path], tmp_path: Path, now: datetime
) -> None:
    """A ledger that was rebuilt from its export has no origins."""
    path = file(coins=[COIN], prices=[PRICE], gifts=[ROSE] * 3)
    bring(ledger, path, now)
    with (tmp_path / "out.csv").open("wb") as out:
        transfer.export_entries(ledger, out)
    with ledger.database.writing() as tx:
        tx.connection.exec_driver_sql("DELETE FROM origin")
    again = bring(ledger, path, now)
    assert (again.count, again.paired) == (0, 4)
    again = bring(ledger, path, now)
    assert (again.count, again.paired, again.duplicates) == (0, 0, 4)


def test_a_row_the_user_voided_stays_voided_unless_asked_for(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    path = file(gifts=[ROSE, LATER])
    bring(ledger, path, now)
    record.void(ledger, [make.all_entries(ledger)[0].id], now=now)
    assert bring(ledger, path, now).count == 0
    assert len(living(ledger)) == 1
    seen = looked_at(ledger, path, now)
    assert states(seen) == ["VOIDED", "KNOWN"]
    assert not seen.ticked
    seen.set_tick(1, on=True)
    done = intake.carry_out(ledger, seen, now=now)
    assert done.count == 1
    assert len(living(ledger)) == 2


def test_an_undone_import_can_be_imported_again(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    path = file(coins=[COIN], prices=[PRICE], gifts=[ROSE] * 2)
    first = bring(ledger, path, now)
    assert first.undo is not None
    undo.revert(ledger, first.undo, now=now)
    assert living(ledger) == []
    assert bring(ledger, path, now).count == 3
    assert bring(ledger, path, now).count == 0
    assert len(make.all_entries(ledger)) == 3


def test_what_is_ticked_is_what_is_written(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    path = file(coins=[COIN], prices=[PRICE], gifts=[ROSE] * 5)
    bring(ledger, file("half.json", gifts=[ROSE] * 2), now)
    seen = looked_at(ledger, path, now)
    assert states(seen) == ["NEW", "KNOWN", "KNOWN", "NEW", "NEW", "NEW", "PART"]
    assert seen.ticked == 4
    seen.set_tick(5, on=False)
    done = intake.carry_out(ledger, seen, now=now)
    assert (done.count, done.left_out, done.duplicates) == (3, 1, 2)
    assert sum(isinstance(entry, Gift) for entry in living(ledger)) == 4


def test_totals_before_and_after_follow_every_tick(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    record.add(ledger, make.purchase(at="2026-01-01"), now=now)
    seen = looked_at(ledger, file(coins=[COIN], prices=[PRICE], gifts=[ROSE, LATER]), now)
    (mia,) = seen.profiles
    assert (seen.before[mia].entries, seen.before[mia].spent_minor) == (1, 529)
    after = seen.after(mia)
    assert (after.entries, after.coins_bought, after.coins_gifted, after.spent_minor) == (4, 700, 100, 899)
    seen.set_tick(1, on=False)
    assert (seen.after(mia).entries, seen.after(mia).spent_minor) == (3, 529)
    seen.set_tick(1, on=True)
    assert seen.after(mia) == after
    intake.carry_out(ledger, seen, now=now)
    with ledger.database.reading() as tx:
        assert intake.totals_now(tx)[mia] == after


def test_what_is_open_is_asked_in_one_line(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    path = file(coins=[COIN], prices=[PRICE], gifts=[ROSE])
    asked = []
    said = Answers()
    for step in (
        {"zone": "UTC"},
        {"gift_amount": GiftAmount.COINS},
        {"currency": "EUR"},
        {"types": {"recharge": TypeMeaning.BOUGHT}},
    ):
        with pytest.raises(Refusal) as refused:
            bring(ledger, path, now, said)
        asked.append(refused.value.problems[0].code)
        said = Answers(**{name: getattr(said, name) for name in Answers.__slots__} | step)
    assert sorted(asked) == ["ask_currency", "ask_gift_amount", "ask_type", "ask_zone"]
    assert bring(ledger, path, now, said).count == 2


def test_kinds_of_rows_said_to_be_no_purchase_stay_out(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    path = file(coins=[COIN, ("2026-05-15 10:00:00", "Reward", 10)])
    said = Answers(zone="UTC", types={"recharge": TypeMeaning.BOUGHT, "reward": TypeMeaning.IGNORE})
    assert states(looked_at(ledger, path, now, said)) == ["NEW", "IGNORED"]


def test_coins_without_a_price_stay_not_converted_or_take_what_was_said(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    path = file(coins=[COIN, ("2026-06-14 21:03:11", "Recharge", 70)])
    said = Answers(zone="UTC", currency="EUR", types=SAID.types, paid={350: "4.29"})
    reading = opening.read_source(path, wishes=opening.Wishes())
    unpriced = [question.subject for question in reading.questions(Answers(zone="UTC", types=SAID.types))]
    assert sorted(unpriced) == ["350", "70"]
    bring(ledger, path, now, said)
    assert [entry.converted_minor for entry in make.all_entries(ledger) if isinstance(entry, Purchase)] == [429, None]


def test_pieces_are_pieces_and_their_coins_unknown(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    bring(ledger, file(gifts=[LATER]), now, Answers(zone="UTC", gift_amount=GiftAmount.PIECES))
    (sent,) = make.all_entries(ledger)
    assert isinstance(sent, Gift)
    assert (sent.coins, sent.quantity) == (None, 99)


def test_a_gift_keeps_the_live_it_fell_into(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    lives = {
        "7301234567890123456": {"WatchTime": "2026-05-14 21:00:00", "Link": "x", "Comments": None, "Questions": None},
        "7301234567890123457": {"WatchTime": "2026-05-14 23:00:00", "Link": "x", "Comments": None, "Questions": None},
        "-1": {"WatchTime": "2026-05-15 19:00:00", "Link": "", "Comments": None, "Questions": None},
    }
    bring(ledger, file(gifts=[ROSE, LATER], lives=lives), now)
    notes = [entry.note for entry in make.all_entries(ledger)]
    assert notes[0] == "LIVE 7301234567890123456, opened 2026-05-14 21:00:00 UTC"
    assert notes[1] == ""


# Pairing


def typed(**given: Any) -> Any:
    return make.purchase(**{"at": "2026-05-14T23:05", "paid": "3.70", "coins": "350", "channel": "other"} | given)


def test_a_purchase_typed_by_hand_pairs_and_keeps_what_it_said(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    added = record.add(ledger, typed(coins="", note="mine"), now=now)
    seen = looked_at(ledger, file(coins=[COIN]), now)
    assert states(seen) == ["PAIR"]
    done = intake.carry_out(ledger, seen, now=now)
    (only,) = make.all_entries(ledger)
    assert (done.count, done.paired) == (0, 1)
    assert isinstance(only, Purchase)
    assert (only.id, only.coins, only.paid and only.paid.minor, only.note) == (added.entries[0], 350, 370, "mine")
    again = bring(ledger, file(coins=[COIN]), now)
    assert (again.count, again.paired, again.duplicates) == (0, 0, 1)
    assert verify.verify(ledger) == ()


def test_the_undo_of_a_pair_gives_back_exactly_what_stood(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    record.add(ledger, typed(coins=""), now=now)
    path = file(coins=[COIN], gifts=[ROSE])
    done = bring(ledger, path, now)
    assert done.undo is not None
    back = undo.revert(ledger, done.undo, now=now)
    after = living(ledger)
    assert [(entry.coins, entry.converted_minor) for entry in after] == [(None, 370)]
    assert make.totals_differ(ledger) == {}
    assert back.undo is not None
    undo.revert(ledger, back.undo, now=now)
    assert [entry.coins for entry in living(ledger)] == [350, 1]
    undo.revert(ledger, done.undo, now=now)
    assert bring(ledger, path, now).paired == 1
    assert make.totals_differ(ledger) == {}
    assert verify.verify(ledger) == ()


def test_what_was_changed_since_stays_when_the_import_is_undone(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    added = record.add(ledger, typed(coins=""), now=now)
    done = bring(ledger, file(coins=[COIN]), now)
    record.amend(ledger, added.entries[0], typed(coins="351"), now=now)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=now)
    assert [entry.coins for entry in living(ledger)] == [351]


def test_two_purchases_of_one_list_are_never_one(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    second = ("2026-05-14 21:04:00", "Recharge", 350)
    bring(ledger, file(coins=[COIN]), now)
    assert states(looked_at(ledger, file(coins=[second]), now)) == ["NEW"]


def test_where_two_purchases_are_as_likely_it_is_asked(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    record.add(ledger, typed(at="2026-05-14T23:02"), now=now)
    record.add(ledger, typed(at="2026-05-14T23:04"), now=now)
    path = file(coins=[COIN])
    with pytest.raises(Refusal) as refused:
        bring(ledger, path, now)
    assert [found.code for found in refused.value.problems] == ["pair_ambiguous"]
    seen = looked_at(ledger, path, now)
    assert states(seen) == ["ASK"]
    assert sorted(seen.pairs[1].choices) == [1, 2]
    assert not seen.can_tick(1)
    reading = seen.reading
    for choice, entries in ((2, 2), (AS_NEW, 3)):
        chosen = intake.assess(ledger, intake.prepare(reading, SAID, choices={1: choice}), now=now)
        assert states(chosen) == (["PAIR"] if choice else ["NEW"])
        done = intake.carry_out(ledger, chosen, now=now)
        assert len(living(ledger)) == entries
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=now)


def test_past_imports_are_listed_each_with_its_undo(ledger: Ledger, file: Callable[..., Path], now: datetime) -> None:
    bring(ledger, file("one.json", gifts=[ROSE]), now)
    bring(ledger, file("two.json", gifts=[LATER]), now)
    newest, oldest = past_imports.past_imports(ledger)
    assert (newest.file, oldest.file, oldest.format, oldest.living) == ("two.json", "one.json", "tiktok", 1)
    past_imports.undo_import(ledger, oldest.batch, now=now)
    assert [entry.creator for entry in living(ledger)] == ["other.creator"]
    undone = past_imports.past_imports(ledger)[1]
    assert (undone.living, undone.undone_at) == (0, now)
    past_imports.redo_import(ledger, oldest.batch, now=now)
    assert len(living(ledger)) == 2


def test_a_row_of_a_kind_that_is_no_purchase_takes_no_price(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    coins = [("2026-05-14 21:03:11", "Recharge", 350), ("2026-05-14 21:03:40", "Bonus", 35)]
    said = Answers(zone="UTC", currency="EUR", types={"recharge": TypeMeaning.BOUGHT, "bonus": TypeMeaning.IGNORE})
    bring(ledger, file(coins=coins, prices=[PRICE]), now, said)
    (bought,) = make.all_entries(ledger)
    assert isinstance(bought, Purchase)
    assert (bought.coins, bought.paid and bought.paid.minor) == (350, 370)


def test_times_with_and_without_a_zone_are_joined_by_the_instant(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    said = Answers(zone="Europe/Berlin", currency="EUR", types={"recharge": TypeMeaning.BOUGHT})
    coins = [("2026-05-14 23:03:11", "Recharge", 350), ("2026-05-15 21:00:00", "Recharge", 70)]
    prices = [("2026-05-14 21:03:12 UTC", "3.70"), ("2026-05-15 21:00:01 UTC", "9.99")]
    bring(ledger, file(coins=coins, prices=prices), now, said)
    found = sorted((e.coins or 0, e.paid.minor if e.paid else 0) for e in living(ledger))
    assert found == [(0, 999), (70, 0), (350, 370)]


def test_what_is_utc_in_the_file_is_shown_by_the_clock_at_home(
    ledger: Ledger, file: Callable[..., Path], now: datetime
) -> None:
    bring(ledger, file(gifts=[("2026-05-01 23:30:00", 5, "a")]), now)
    (sent,) = living(ledger)
    assert (sent.zone, sent.home_on.isoformat()) == ("Europe/Berlin", "2026-05-02")


def google(path: Path, *orders: tuple[str, str, str]) -> Path:
    """An order history with lines that name no coins: order number, time, price."""
    rows = [
        {
            "orderHistory": {
                "orderId": number,
                "creationTime": at,
                "totalPrice": price,
                "lineItem": [{"doc": {"documentType": "In App Item", "title": "TikTok coins"}, "quantity": "1"}],
            }
        }
        for number, at, price in orders
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("turned", [False, True])
def test_the_nearest_rows_are_paired_first_whatever_stands_first(
    ledger: Ledger, file: Callable[..., Path], tmp_path: Path, now: datetime, *, turned: bool
) -> None:
    bring(ledger, google(tmp_path / "orders.json", ("GPA.1", "2026-05-14T14:14:14Z", "0,99 €")), now)
    coins = [("2026-05-14 14:02:00", "Recharge", 7000), ("2026-05-14 14:14:10", "Recharge", 70)]
    done = bring(ledger, file(coins=coins[::-1] if turned else coins), now)
    found = sorted((e.coins, e.paid.minor if e.paid else None) for e in living(ledger))
    assert (done.count, done.paired) == (1, 1)
    assert found == [(70, 99), (7000, None)]


@pytest.mark.parametrize("turned", [False, True])
def test_the_nearest_order_is_taken_first_whatever_stands_first(
    ledger: Ledger, file: Callable[..., Path], tmp_path: Path, now: datetime, *, turned: bool
) -> None:
    bring(ledger, file(coins=[("2026-05-14 14:14:10", "Recharge", 70)]), now)
    orders = [("GPA.0", "2026-05-14T14:02:00Z", "99,99 €"), ("GPA.1", "2026-05-14T14:14:14Z", "0,99 €")]
    bring(ledger, google(tmp_path / "orders.json", *(orders[::-1] if turned else orders)), now)
    found = sorted((e.coins or 0, e.paid.minor, e.order_ref) for e in living(ledger))
    assert found == [(0, 9999, "GPA.0"), (70, 99, "GPA.1")]


def test_a_sheet_read_by_another_encoding_keeps_what_was_said_and_one_that_fails_changes_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes("date,coins,who\n03/04/2026,5,Jos\u00e9\n".encode("latin-1"))
    reading = opening.read_source(path, wishes=opening.Wishes(sheets=True))
    assert isinstance(reading, SheetReading)
    reading.mapping = replace(
        reading.mapping.with_role(0, Role.DATE, "mdy").with_role(2, Role.NOTE), kind="purchase", currency="EUR"
    )
    reading.read(encoding="cp1252")
    said = reading.mapping
    assert (said.kind, said.currency, said.forms[0]) == ("purchase", "EUR", "mdy")
    assert said.roles == (Role.DATE, Role.COINS, Role.NOTE)
    assert said.encoding == "cp1252"
    with pytest.raises(Refusal):
        reading.read(encoding="utf-16")
    assert (reading.count, reading.facts.encoding, reading.mapping) == (2, "cp1252", said)
    reading.close()


def test_an_order_is_one_row_of_the_purchase_history_and_never_two(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "Google Play Store"
    folder.mkdir()
    google(folder / "Order History.json", ("GPA.1", "2026-05-14T14:14:14Z", "3,70 €"))
    bought = [
        {
            "purchaseHistory": {
                "purchaseTime": at,
                "invoicePrice": "3,70 €",
                "doc": {"documentType": "In App Item", "title": "TikTok coins"},
            }
        }
        for at in ("2026-05-14T14:15:20Z", "2026-05-14T14:14:20Z")
    ]
    (folder / "Purchase History.json").write_text(json.dumps(bought), encoding="utf-8")
    bring(ledger, folder, now)
    assert [entry.order_ref for entry in living(ledger)] in (["GPA.1", ""], ["", "GPA.1"])


@pytest.mark.parametrize("first", [GiftAmount.COINS, GiftAmount.PIECES])
def test_gifts_read_otherwise_after_an_undo_are_as_they_are_read_now(
    ledger: Ledger, file: Callable[..., Path], now: datetime, first: GiftAmount
) -> None:
    path = file(gifts=[("2026-05-14 21:09:40", 1, "luna"), ("2026-05-14 21:10:40", 5, "luna")])
    then = GiftAmount.PIECES if first is GiftAmount.COINS else GiftAmount.COINS
    wrong = transfer.import_file(ledger, path, answers=replace(SAID, gift_amount=first), now=now)
    assert wrong.undo is not None
    undo.revert(ledger, wrong.undo, now=now)
    right = replace(SAID, gift_amount=then)
    assert transfer.import_file(ledger, path, answers=right, now=now).count == 2
    standing = [(one.coins, one.quantity) for one in make.all_entries(ledger) if isinstance(one, Gift) and one.counts]
    assert standing == ([(1, 1), (5, 1)] if then is GiftAmount.COINS else [(None, 1), (None, 5)])
    assert transfer.import_file(ledger, path, answers=right, now=now).count == 0
