"""Lines of a ledger's own CSV that have no id: what a list told of already does not count twice."""

from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.entries import BatchId, Gift
from coinbudget.formats.source import Answers, Format, GiftAmount, TypeMeaning
from coinbudget.services import past_imports, record, transfer, undo
from coinbudget.services.ledger import Ledger
from coinbudget.services.opening import Wishes
from tests import make
from tests.conftest import NOW
from tests.services import tiktok_files
from tests.services.test_store_refunds import bring, google, purchases, refunds

HEAD = "kind,at,coins,paid,currency,order_ref,channel\n"


def csv(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "line",
    [
        "purchase,2026-05-01T20:03:00Z,350,3.70,EUR,GPA.1,android",
        "purchase,2026-05-01T20:03:00Z,350,3.70,EUR,,",
        "purchase,2026-05-01,350,3.70,EUR,,",
    ],
)
def test_a_purchase_that_a_store_told_of_is_there(ledger: Ledger, tmp_path: Path, line: str) -> None:
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0}))
    mine = csv(tmp_path / "mine.csv", line)
    for counts in ((0, 1, 0), (0, 0, 1)):
        done = bring(ledger, mine)
        assert (done.count, done.paired, done.duplicates) == counts
    assert len(purchases(ledger)) == 1


def test_what_a_line_adds_is_filled_in_and_taken_out_by_its_undo(ledger: Ledger, tmp_path: Path) -> None:
    said = Answers(zone="UTC", types={"recharge": TypeMeaning.BOUGHT})
    path = tiktok_files.write(tmp_path / "t.json", coins=[("2026-05-01 20:00:00", "Recharge", 350)])
    transfer.import_file(ledger, path, answers=said, now=NOW)
    done = bring(ledger, csv(tmp_path / "mine.csv", "purchase,2026-05-01T20:03:00Z,350,3.70,EUR,,web"))
    assert (done.count, done.paired) == (0, 1)
    assert [one.paid and one.paid.minor for one in purchases(ledger)] == [370]
    assert bring(ledger, tmp_path / "mine.csv").duplicates == 1
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert [one.paid for one in purchases(ledger)] == [None]


def test_lines_that_nothing_but_a_person_told_of_are_never_paired(ledger: Ledger, tmp_path: Path) -> None:
    one, other = ("purchase,2026-05-01T20:00:00Z,350,3.70,EUR,,", "purchase,2026-05-01T20:05:00Z,350,3.70,EUR,,")
    assert bring(ledger, csv(tmp_path / "1.csv", one)).count == 1
    assert bring(ledger, csv(tmp_path / "2.csv", other)).count == 1
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0, "GPA.2": 0}))
    assert bring(ledger, csv(tmp_path / "3.csv", one, other)).duplicates == 2


@pytest.mark.parametrize("at", ["2026-05-01T20:03:00Z", "2026-05-01"])
def test_a_line_that_was_taken_back_comes_again_as_what_a_store_told_of_since(
    ledger: Ledger, tmp_path: Path, at: str
) -> None:
    mine = csv(tmp_path / "mine.csv", f"purchase,{at},350,3.70,EUR,,")
    done = bring(ledger, mine)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0}))
    assert bring(ledger, mine).paired == 1
    assert len([one for one in purchases(ledger) if one.counts]) == 1


def test_a_line_that_filled_in_a_purchase_is_known_when_that_import_was_taken_back(
    ledger: Ledger, tmp_path: Path
) -> None:
    first = bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0}))
    mine = csv(tmp_path / "mine.csv", "purchase,2026-05-01T20:03:00Z,350,3.70,EUR,,web")
    bring(ledger, mine)
    assert first.undo is not None
    undo.revert(ledger, first.undo, now=NOW)
    assert bring(ledger, mine).duplicates == 1
    assert len([one for one in purchases(ledger) if one.counts]) == 1


@pytest.mark.parametrize("at", ["2026-05-01T20:03:00Z", "2026-05-01"])
def test_what_was_voided_stays_so_though_a_line_tells_of_it_again(ledger: Ledger, tmp_path: Path, at: str) -> None:
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0}))
    mine = csv(tmp_path / "mine.csv", f"purchase,{at},350,3.70,EUR,,")
    bring(ledger, mine)
    record.void(ledger, [str(purchases(ledger)[0].id)], now=NOW)
    assert bring(ledger, mine).count == 0
    assert [one for one in purchases(ledger) if one.counts] == []


@pytest.mark.parametrize(("back", "said"), [(100, "1.00"), (370, "3.70")])
def test_a_refund_that_a_store_told_of_is_there(ledger: Ledger, tmp_path: Path, back: int, said: str) -> None:
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": back}))
    lines = ("purchase,2026-05-01T20:03:00Z,350,3.70,EUR,GPA.1,,", f"refund,2026-05-20T10:00:00Z,,{said},EUR,,,GPA.1")
    head = "kind,at,coins,paid,currency,order_ref,channel,refers_to\n"
    mine = csv(tmp_path / "mine.csv", *lines, head=head)
    for _ in range(2):
        assert bring(ledger, mine).count == 0
        assert sum(one.paid.minor for one in refunds(ledger)) == back


def test_as_many_lines_pair_as_a_store_told_of(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0}))
    lines = [f"purchase,2026-05-01T20:0{minute}:00Z,350,3.70,EUR,," for minute in (1, 3)]
    done = bring(ledger, csv(tmp_path / "mine.csv", *lines))
    assert (done.count, done.paired) == (1, 1)
    assert bring(ledger, tmp_path / "mine.csv").duplicates == 2


@pytest.mark.parametrize(("line", "count"), [("150,5", 0), ("30,1", 0), ("180,6", 1), ("31,1", 1), ("240,8", 1)])
def test_a_gift_that_a_list_told_of_is_there(
    ledger: Ledger, tmp_path: Path, now: datetime, line: str, count: int
) -> None:
    sent = [(f"2026-05-14 20:04:0{second}", 30, "luna") for second in range(5)]
    said = Answers(zone="UTC", gift_amount=GiftAmount.COINS)
    path = tiktok_files.write(tmp_path / "t.json", gifts=sent)
    transfer.import_file(ledger, path, answers=said, now=now)
    head = "kind,at,creator,gift,coins,quantity\n"
    mine = csv(tmp_path / "mine.csv", f"gift,2026-05-14T20:06:00Z,@luna,Rose,{line}", head=head)
    assert bring(ledger, mine).count == count
    assert bring(ledger, mine).count == 0
    gifts = [one for one in make.all_entries(ledger) if isinstance(one, Gift)]
    assert len(gifts) == 5 + count
    coins = int(line.partition(",")[0])
    assert sum(one.coins or 0 for one in gifts) == (150 + coins if coins % 30 else max(150, coins))


HEAD_OF_GIFTS = "kind,at,creator,gift,coins,quantity\n"


@pytest.mark.parametrize("had", [1, 2, 5])
def test_a_row_a_line_and_a_sheet_of_the_same_pieces_are_one(
    ledger: Ledger, tmp_path: Path, now: datetime, had: int
) -> None:
    said = Answers(zone="UTC", gift_amount=GiftAmount.COINS)
    sent = [(f"2026-05-14 20:04:0{second}", 30, "luna") for second in range(had)]
    rows = tiktok_files.write(tmp_path / "t.json", gifts=sent)
    mine = csv(tmp_path / "mine.csv", "gift,2026-05-14,@luna,Rose,150,5", head=HEAD_OF_GIFTS)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Date,Creator,Gift,Pieces,Coins\n2026-05-14,luna,Rose,5,150\n", encoding="utf-8")
    wishes = Wishes(format=Format.SHEET)
    for _ in range(2):
        transfer.import_file(ledger, rows, answers=said, now=now)
        bring(ledger, mine)
        transfer.import_file(ledger, sheet, answers=said, wishes=wishes, now=now)
        assert sum(one.coins or 0 for one in make.all_entries(ledger) if one.counts) == 150


def test_a_line_of_pieces_comes_again_after_both_imports_were_taken_back(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    said = Answers(zone="UTC", gift_amount=GiftAmount.COINS)
    rows = tiktok_files.write(tmp_path / "t.json", gifts=[("2026-05-14 20:04:00", 30, "luna")])
    mine = csv(tmp_path / "mine.csv", "gift,2026-05-14,@luna,Rose,90,3", head=HEAD_OF_GIFTS)
    first = transfer.import_file(ledger, rows, answers=said, now=now)
    second = bring(ledger, mine)
    for done in (second, first):
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=NOW)
    transfer.import_file(ledger, rows, answers=said, now=now)
    bring(ledger, mine)
    assert sum(one.coins or 0 for one in make.all_entries(ledger) if one.counts) == 90


@pytest.mark.parametrize("turned", [False, True])
def test_a_line_of_a_refund_comes_in_beside_a_purchase_that_was_taken_back(
    ledger: Ledger, tmp_path: Path, *, turned: bool
) -> None:
    head = "kind,at,coins,paid,currency,order_ref,refers_to\n"
    lines = ("purchase,2026-05-01T20:00:00Z,350,3.70,EUR,GPA.1,", "refund,2026-05-28T10:00:00Z,,1.00,EUR,,GPA.1")
    mine, store = csv(tmp_path / "mine.csv", *lines, head=head), google(tmp_path / "g.json", {"GPA.1": 100})
    first, second = (store, mine) if turned else (mine, store)
    done = bring(ledger, first)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    for path in (second, first, second):
        bring(ledger, path)
        assert [one.paid and one.paid.minor for one in purchases(ledger) if one.counts] == [370]
        assert sum(one.paid.minor for one in refunds(ledger) if one.counts) == 100


@pytest.mark.parametrize("turned", [False, True])
def test_a_refund_that_two_files_told_of_outlives_the_undo_of_either(
    ledger: Ledger, tmp_path: Path, *, turned: bool
) -> None:
    head = "kind,at,coins,paid,currency,order_ref,refers_to\n"
    lines = ("purchase,2026-05-01T20:00:00Z,350,3.70,EUR,GPA.1,", "refund,2026-05-28T10:00:00Z,,1.00,EUR,,GPA.1")
    mine = csv(tmp_path / "mine.csv", *lines, head=head)
    said = Answers(zone="UTC", types={"recharge": TypeMeaning.BOUGHT})
    rows = tiktok_files.write(tmp_path / "t.json", coins=[("2026-05-01 20:00:00", "Recharge", 350)])
    first = bring(ledger, mine)
    second = bring(ledger, google(tmp_path / "g.json", {"GPA.1": 100}))
    third = transfer.import_file(ledger, rows, answers=said, now=NOW)

    def stands() -> tuple[int, int]:
        paid = sum(one.paid.minor for one in purchases(ledger) if one.counts and one.paid)
        return paid, sum(one.paid.minor for one in refunds(ledger) if one.counts)

    for done in (second, first) if turned else (first, second):
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=NOW)
        assert stands() == ((370, 100) if done is not ((second, first) if turned else (first, second))[1] else (0, 0))
    assert third.undo is not None
    undo.revert(ledger, third.undo, now=NOW)
    for done in (third, second, first):
        past_imports.redo_import(ledger, BatchId(done.batch or 0), now=NOW)
        assert stands() == ((0, 0) if done is third else (370, 100))
