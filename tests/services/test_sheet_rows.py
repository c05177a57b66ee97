"""Rows of a sheet known again: read by other answers, grown, changed, undone, or kept in another sheet too."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql

from coinbudget.domain.entries import BatchId, Purchase
from coinbudget.domain.pairing import PairReason
from coinbudget.formats import sheet
from coinbudget.formats.sheet_mapping import Role, Said
from coinbudget.formats.source import Answers
from coinbudget.services import intake, past_imports, record, transfer, verify
from coinbudget.services.import_parts import Candidate, keys_of
from coinbudget.services.import_report import Unanswered
from coinbudget.services.ledger import Ledger
from coinbudget.services.opening import Wishes, read_source
from coinbudget.services.sheet_source import SheetReading, pasted
from tests import make

SHEET = """\
date,time,coins,net,gross,note
2026-05-01,10:00,350,3.70,4.40,
2026-05-01,10:00,350,3.70,4.40,
2026-05-02,11:00,70,0.80,0.95,
"""
NET = (("net", Role.PAID), ("gross", Role.IGNORE))
GROSS = (("net", Role.IGNORE), ("gross", Role.PAID))
Bring = Callable[..., intake.ImportChanges]


@pytest.fixture
def bring(ledger: Ledger, tmp_path: Path, now: datetime) -> Bring:
    """Imports a sheet, by default as purchases in euros at the net price."""

    def call(text: str = SHEET, *roles: Any, currency: str = "EUR", **more: Any) -> intake.ImportChanges:
        path = tmp_path / "mine.csv"
        path.write_text(text, encoding="utf-8")
        wishes = Wishes(sheets=True, said=Said(kind="purchase", roles=roles))
        return transfer.import_file(ledger, path, wishes=wishes, answers=Answers(currency=currency), now=now, **more)

    return call


def counted(done: intake.ImportChanges) -> tuple[int, int, int]:
    return done.count, done.duplicates, done.paired


def living(ledger: Ledger) -> list[Purchase]:
    found = [entry for entry in make.all_entries(ledger) if entry.voided_at is None]
    return [entry for entry in found if isinstance(entry, Purchase)]


def spent(ledger: Ledger) -> int:
    return sum(entry.paid.minor for entry in living(ledger) if entry.paid)


@pytest.mark.parametrize(
    ("first", "second", "currency"),
    [
        (NET, GROSS, "EUR"),
        (NET, NET, "USD"),
        (NET, (*NET, ("note", Role.ORDER)), "EUR"),
    ],
)
def test_a_row_of_a_sheet_is_known_whatever_its_columns_are_said_to_mean(
    ledger: Ledger, bring: Bring, first: Any, second: Any, currency: str
) -> None:
    assert counted(bring(SHEET, *first)) == (3, 0, 0)
    assert counted(bring(SHEET, *second, currency=currency)) == (0, 3, 0)
    assert spent(ledger) == 820


def test_a_row_of_a_sheet_that_is_read_with_its_time_gives_it_to_what_it_made(ledger: Ledger, bring: Bring) -> None:
    bring(SHEET, *NET, ("time", Role.IGNORE))
    assert not any(entry.hour_known for entry in living(ledger))
    assert counted(bring(SHEET, *NET)) == (0, 0, 3)
    assert all(entry.hour_known for entry in living(ledger))
    assert counted(bring(SHEET, *NET)) == (0, 3, 0)


def test_a_sheet_whose_columns_change_places_or_that_grew_by_an_empty_one_has_the_same_rows(
    ledger: Ledger, bring: Bring
) -> None:
    bring(SHEET, *NET)
    rows = [line.split(",") for line in SHEET.splitlines()]
    moved = "".join(f"{','.join([*reversed(row), 'new' if row is rows[0] else ''])}\n" for row in rows)
    assert counted(bring(moved, *GROSS)) == (0, 3, 0)
    assert len(living(ledger)) == 3


def test_a_note_or_a_column_filled_in_later_does_not_double_a_purchase(ledger: Ledger, bring: Bring) -> None:
    bring(SHEET, *NET)
    grown = SHEET.replace("note\n", "note,mood\n").replace(",\n", ",from a friend,good\n")
    grown += "2026-05-03,12:00,70,0.80,0.95,,bad\n"
    assert counted(bring(grown, *NET)) == (1, 3, 0)
    assert spent(ledger) == 900


def test_a_changed_row_never_takes_what_another_row_made_itself(ledger: Ledger, bring: Bring) -> None:
    head, one, *_ = SHEET.splitlines(keepends=True)
    bring(head + one.replace(",\n", ",mine\n"), *NET)
    both = head + one.replace(",\n", ",hers\n") + one.replace(",\n", ",mine\n")
    assert counted(bring(both, *NET)) == (1, 1, 0)
    assert sorted(entry.note for entry in living(ledger)) == ["hers", "mine"]


def test_a_note_taken_away_makes_two_rows_equal_and_none_new(ledger: Ledger, bring: Bring) -> None:
    head, one, *_ = SHEET.splitlines(keepends=True)
    bring(head + one.replace(",\n", ",mine\n") + one, *NET)
    assert counted(bring(head + one + one, *NET)) == (0, 2, 0)
    assert len(living(ledger)) == 2


def test_a_row_that_changed_and_is_read_otherwise_is_asked_about_never_doubled(ledger: Ledger, bring: Bring) -> None:
    bring(SHEET, *NET)
    changed = SHEET.replace("0.95,\n", "0.95,from a friend\n")
    with pytest.raises(intake.ImportRefusal) as refused:
        bring(changed, *GROSS)
    assert [found.code for found in refused.value.problems] == ["pair_unsure"]
    (pair,) = refused.value.pairs
    last = living(ledger)[-1]
    assert (pair.row, pair.entries, pair.sure) == (4, (last.id,), False)
    assert pair.reason is PairReason.CHANGED
    assert counted(bring(changed, *GROSS, pairs={"4": last.id})) == (0, 2, 1)
    assert counted(bring(changed, *GROSS)) == (0, 3, 0)
    assert spent(ledger) == 820


def test_a_row_beside_those_that_are_there_is_new_and_nothing_is_asked(bring: Bring) -> None:
    bring(SHEET, *NET)
    more = SHEET + "2026-05-02,11:00,70,0.80,0.95,another\n2026-05-02,11:05,70,0.80,0.95,\n"
    assert counted(bring(more, *NET)) == (2, 3, 0)
    later = SHEET.splitlines(keepends=True)[0] + "2026-05-02,11:06,70,0.80,0.95,\n"
    assert counted(bring(later, *NET)) == (1, 0, 0)


def test_a_purchase_kept_in_two_sheets_is_one(ledger: Ledger, bring: Bring) -> None:
    bring(SHEET, *NET)
    bank = "booked,amount,reference\n2026-05-02 11:03,0.80,A-1\n2026-05-09 11:03,0.80,A-2\n"
    said = (("booked", Role.DATE), ("amount", Role.PAID), ("reference", Role.ORDER))
    assert counted(bring(bank, *said)) == (1, 0, 1)
    assert counted(bring(bank, *said)) == (0, 2, 0)
    assert counted(bring(SHEET, *NET)) == (0, 3, 0)
    assert [entry.order_ref for entry in living(ledger)] == ["", "", "A-1", "A-2"]


def test_what_was_undone_as_read_wrongly_does_not_come_back_when_read_otherwise(
    ledger: Ledger, bring: Bring, now: datetime
) -> None:
    for price, minor in ((NET, 820), (GROSS, 975), (NET, 820)):
        done = bring(SHEET, *price)
        assert (done.count, spent(ledger)) == (3, minor)
        assert done.batch
        past_imports.undo_import(ledger, BatchId(done.batch), now=now)
    assert len(make.all_entries(ledger)) == 6
    assert verify.verify(ledger) == ()


def test_rows_imported_before_sheets_were_told_apart_are_known(
    ledger: Ledger, bring: Bring, tmp_path: Path, now: datetime
) -> None:
    bring(SHEET, *NET)
    reading = read_source(tmp_path / "mine.csv", wishes=Wishes(sheets=True, said=Said(kind="purchase", roles=NET)))
    assert isinstance(reading, SheetReading)
    heard = [one for _, one in reading.heard(Answers(currency="EUR")) if isinstance(one, Candidate)]
    before = [
        keys_of(entry.profile_id, (("sheet", sheet.said_by(one.draft)),))
        for one, entry in zip(heard, living(ledger), strict=True)
    ]
    reading.close()
    with ledger.database.writing() as tx:
        assert {one.also for one in heard}
        known = ", ".join(f"'{key}'" for ((key, _),) in before)
        tx.connection.execute(sql(f"DELETE FROM origin WHERE key NOT IN ({known})"))  # noqa: S608 - digests
        tx.connection.execute(sql("UPDATE origin SET source = 'sheet'"))
    assert counted(bring(SHEET, *NET)) == (0, 3, 0)
    with pytest.raises(intake.ImportRefusal):
        bring(SHEET, *GROSS)
    near = SHEET.splitlines(keepends=True)[0] + "2026-05-02,11:05,70,0.80,0.95,\n"
    assert counted(bring(near, *NET)) == (1, 0, 0)
    record.void(ledger, [living(ledger)[0].id], now=now)
    assert counted(bring(SHEET, *NET)) == (0, 3, 0)


@pytest.mark.parametrize("name", ["Coins each", "coins per gift", "Münzen pro Stück"])
def test_a_column_of_the_coins_of_one_piece_counts_for_all_pieces(
    ledger: Ledger, tmp_path: Path, now: datetime, name: str
) -> None:
    path = tmp_path / "each.csv"
    rows = "2026-05-14,20:03,@a,2,299\n2026-05-15,20:03,@a,,5\n"
    path.write_text(f"date,time,creator,quantity,{name}\n{rows}", encoding="utf-8")
    wishes = Wishes(sheets=True, said=Said(kind="gift"))
    transfer.import_file(ledger, path, wishes=wishes, now=now)
    assert [(one.coins, getattr(one, "quantity", 0)) for one in make.all_entries(ledger)] == [(598, 2), (5, 1)]


def test_fewer_coins_than_pieces_are_a_problem_until_they_are_said_to_be_of_one_piece(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "pieces.csv"
    text = "Date,Creator,Gift,Pieces,Coins\n2026-06-05,rosie,Rose,7,1\n2026-06-06,rosie,Corgi,2,299\n"
    path.write_text(text, encoding="utf-8")
    wishes = Wishes(sheets=True, said=Said(kind="gift"))
    looked = transfer.preview_import(ledger, path, wishes=wishes, now=now)
    assert [(found.code, found.row) for found in looked.problems] == [("fewer_coins_than_pieces", 2)]
    said = Wishes(sheets=True, said=Said(kind="gift", roles=(("Coins", Role.EACH),)))
    transfer.import_file(ledger, path, wishes=said, now=now)
    assert [one.coins for one in make.all_entries(ledger)] == [7, 598]


def test_several_packages_in_one_row_are_a_problem_and_one_is_none(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "several.csv"
    wishes = Wishes(sheets=True, said=Said(kind="purchase"))
    head = "date,time,quantity,coins,price,currency\n"
    path.write_text(f"{head}2026-05-14,20:03,1,350,3.70,EUR\n2026-05-15,20:03,3,350,3.70,EUR\n", encoding="utf-8")
    with pytest.raises(transfer.ImportRefusal) as refused:
        transfer.import_file(ledger, path, wishes=wishes, now=now)
    assert [(found.row, found.field) for found in refused.value.problems] == [(3, "quantity")]


def test_the_price_beside_a_gift_is_named_as_not_read_and_takes_no_row_away(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "gifts.csv"
    text = "Date,Creator,Gift,Coins,Price,Order\n14.05.2026,@luna,Rose,5,1.234,7\n15.05.2026,@luna,Rose,1,?,8\n"
    path.write_text(text, encoding="utf-8")
    wishes = Wishes(sheets=True, said=Said(kind="gift"))
    done = transfer.import_file(ledger, path, wishes=wishes, now=now)
    assert (done.count, done.columns_left_out) == (2, ("Price", "Order"))


def test_a_kept_mapping_answers_for_the_encoding_it_was_kept_with_and_for_no_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes("Datum;Empfänger;Münzen\n14.05.2026;@luna;350\n".encode("cp1252"))
    with_none = read_source(path, wishes=Wishes(sheets=True))
    assert isinstance(with_none, SheetReading)
    open_kept = with_none.keepable()
    with_none.read(encoding="cp1252")
    for mapping, points in ((open_kept, ["encoding"]), (with_none.keepable(), [])):
        reading = read_source(path, wishes=Wishes(sheets=True, mapping=mapping))
        assert isinstance(reading, SheetReading)
        assert [point.code for point in reading.open_points()] == points
        reading.close()
    with_none.close()


def test_the_currency_said_beside_a_sheet_settles_what_parts_its_decimals() -> None:
    reading = pasted('date,coins,paid\n2026-05-14,70,"¥1,050"\n', "mine")
    asked = {code: [one.code for one in reading.questions(Answers(currency=code))] for code in ("JPY", "CNY", "")}
    assert asked == {"JPY": [], "CNY": ["decimal"], "": ["currency", "decimal"]}
    [heard] = [one for _, one in reading.heard(Answers(currency="JPY")) if isinstance(one, Candidate)]
    assert heard.draft.paid == "1050"
    reading.close()


def test_what_one_sheet_left_to_its_currency_another_settles_by_its_rows() -> None:
    whole, parted = (pasted(f"date;coins;paid\n2026-05-14;70;{text}\n", "mine") for text in ("₩1,050", "3,70 €"))
    assert whole.questions(Answers()) == ()
    parted.use(whole.mapping)
    assert (parted.questions(Answers()), parted.mapping.forms[2]) == ((), ",")
    for reading in (whole, parted):
        reading.close()


@pytest.mark.parametrize(
    ("prices", "ways"),
    [
        (("$1,200",), "1200 (point) or 1.200 (comma)"),
        (("$1.234,50", "$2.345,60", "$1,234.50", "$2,345.60"), "no number (point) or 1234.50 (comma)"),
    ],
)
def test_the_question_about_decimals_says_what_either_answer_means(
    bring: Bring, prices: tuple[str, ...], ways: str
) -> None:
    rows = "".join(f'2026-05-14,70,"{price}"\n' for price in prices)
    with pytest.raises(Unanswered) as refused:
        bring(f"date,coins,paid\n{rows}", currency="USD")
    assert dict(refused.value.problems[0].values)["ways"] == ways
