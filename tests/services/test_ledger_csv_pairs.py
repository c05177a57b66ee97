"""Lines of a ledger's own CSV that have no id: what a list told of already does not count twice."""

from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.entries import Gift
from coinbudget.formats.source import Answers, GiftAmount, TypeMeaning
from coinbudget.services import transfer, undo
from coinbudget.services.ledger import Ledger
from tests import make
from tests.conftest import NOW
from tests.services import tiktok_files
from tests.services.test_store_refunds import bring, google, purchases

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
    for _ in range(2):
        done = bring(ledger, mine)
        assert (done.count, done.paired, done.duplicates) == (0, 0, 1)
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


def test_as_many_lines_pair_as_a_store_told_of(ledger: Ledger, tmp_path: Path) -> None:
    bring(ledger, google(tmp_path / "g.json", {"GPA.1": 0}))
    lines = [f"purchase,2026-05-01T20:0{minute}:00Z,350,3.70,EUR,," for minute in (1, 3)]
    done = bring(ledger, csv(tmp_path / "mine.csv", *lines))
    assert (done.count, done.duplicates) == (1, 1)
    assert bring(ledger, tmp_path / "mine.csv").duplicates == 2


@pytest.mark.parametrize(("line", "count"), [("150,5", 0), ("30,1", 0), ("180,6", 1), ("31,1", 1)])
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
