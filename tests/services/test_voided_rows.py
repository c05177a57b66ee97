"""What a person voided stays voided whichever list tells of it; asked for, it comes back as the preview said."""

import json
from pathlib import Path

import pytest

from coinbudget.domain.entries import Entry
from coinbudget.formats.source import Answers, TypeMeaning
from coinbudget.services import household, intake, opening, past_imports, record, transfer, undo, verify
from coinbudget.services.assessment import Assessment, Totals
from coinbudget.services.import_parts import State
from coinbudget.services.ledger import Ledger
from tests import make
from tests.conftest import NOW
from tests.services import tiktok_files
from tests.services.test_store_refunds import bring, google, purchases, refunds

BOUGHT = Answers(zone="UTC", types={"recharge": TypeMeaning.BOUGHT})
NAMED, UNNAMED = "350 Coins (TikTok)", "Pack (TikTok)"


def order(path: Path, title: str, price: str, back: str = "") -> Path:
    """One order, half a minute before TikTok's row of it."""
    said = {
        "orderId": "GPA.1",
        "creationTime": "2026-05-01T20:00:00Z",
        "totalPrice": price,
        "lineItem": [{"doc": {"documentType": "In App Item", "title": title}, "quantity": "1"}],
    }
    path.write_text(json.dumps([{"orderHistory": said | ({"refundAmount": back} if back else {})}]), encoding="utf-8")
    return path


def voided(ledger: Ledger, tmp_path: Path) -> Entry:
    """Coins of TikTok's list, voided by the person."""
    rows = tiktok_files.write(tmp_path / "t.json", coins=[("2026-05-01 20:00:30", "Recharge", 350)])
    transfer.import_file(ledger, rows, answers=BOUGHT, now=NOW)
    record.void(ledger, [str(purchases(ledger)[0].id)], now=NOW)
    return purchases(ledger)[0]


def looked_at(ledger: Ledger, path: Path) -> Assessment:
    reading = opening.read_source(path, wishes=opening.Wishes())
    return intake.assess(ledger, intake.prepare(reading, Answers()), now=NOW)


def totals(ledger: Ledger) -> Totals:
    assert verify.verify(ledger) == ()
    with ledger.database.reading() as tx:
        return next(iter(intake.totals_now(tx).values()))


def living(ledger: Ledger) -> list[Entry]:
    return [one for one in make.all_entries(ledger) if one.counts]


@pytest.mark.parametrize("title", [NAMED, UNNAMED])
@pytest.mark.parametrize("back", ["", "3,70", "1,00"])
@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_asked_for_a_voided_purchase_lives_again_as_the_preview_said_and_its_undo_leaves_it_voided(
    ledger: Ledger, tmp_path: Path, title: str, back: str, currency: str
) -> None:
    before = voided(ledger, tmp_path)
    path = order(tmp_path / "g.json", title, f"3,70 {currency}", back and f"{back} {currency}")
    assert bring(ledger, path).count == 0
    for _ in range(2):
        seen = looked_at(ledger, path)
        assert {State(state) for state in seen.states[1:]} == {State.VOIDED}
        assert not seen.ticked
        seen.set_tick(1, on=True)
        (after,) = (seen.after(profile) for profile in seen.profiles)
        done = intake.carry_out(ledger, seen, now=NOW)
        assert totals(ledger) == after
        assert (after.spent_minor > 0, after.refunded_minor > 0) == (True, bool(back))
        assert past_imports.past_imports(ledger)[0].paired == 0
        assert bring(ledger, path).count == 0
        assert done.undo is not None
        undone = undo.revert(ledger, done.undo, now=NOW)
        assert living(ledger) == []
        (now,) = purchases(ledger)
        assert (now.coins, now.paid, now.order_ref, now.voided_at) == (350, None, "", before.voided_at)
        assert undone.undo is not None
        again = undo.revert(ledger, undone.undo, now=NOW)
        assert totals(ledger) == after
        assert again.undo is not None
        undo.revert(ledger, again.undo, now=NOW)
        assert bring(ledger, path).count == 0
        assert living(ledger) == []


def test_the_undo_of_an_import_that_was_asked_for_a_voided_row_leaves_that_voided(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = google(tmp_path / "1.json", {"GPA.1": 100})
    bring(ledger, path)
    record.void(ledger, [str(purchases(ledger)[0].id)], now=NOW)
    seen = looked_at(ledger, path)
    seen.set_tick(1, on=True)
    done = intake.carry_out(ledger, seen, now=NOW)
    assert (done.count, len(living(ledger))) == (2, 2)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=NOW)
    assert (bring(ledger, path).count, living(ledger)) == (0, [])


def test_a_purchase_that_is_not_ticked_keeps_its_refund_out_and_that_is_no_problem(
    ledger: Ledger, tmp_path: Path
) -> None:
    seen = looked_at(ledger, google(tmp_path / "1.json", {"GPA.1": 100}))
    seen.set_tick(1, on=False)
    done = intake.carry_out(ledger, seen, now=NOW)
    assert (done.count, done.problems_all, done.left_out) == (0, 0, 2)


def test_a_refund_never_goes_to_another_persons_order_of_the_same_number(ledger: Ledger, tmp_path: Path) -> None:
    household.add_profile(ledger, name="Ben", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    mia, ben = household.profiles(ledger)
    transfer.import_file(ledger, google(tmp_path / "1.json", {"GPA.1": 0}), owner=mia, now=NOW)
    grown = google(tmp_path / "2.json", {"GPA.1": 100})
    reading = opening.read_source(grown, wishes=opening.Wishes())
    seen = intake.assess(ledger, intake.prepare(reading, Answers(), owner=ben), now=NOW)
    seen.set_tick(1, on=False)
    seen.ticks[2] = True
    intake.carry_out(ledger, seen, now=NOW)
    assert refunds(ledger) == []
    assert transfer.import_file(ledger, grown, owner=ben, now=NOW).count == 2
    assert {one.profile_id for one in refunds(ledger)} == {ben.id}
