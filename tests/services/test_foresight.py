"""What limits would say of a file is what they say once it is in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coinbudget.domain.limits import Measure
from coinbudget.domain.periods import Period
from coinbudget.services import intake, limits, record, watch
from coinbudget.services.foresight import Foresight, foresee
from coinbudget.services.household import add_profile, profiles
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.services.opening import Wishes, read_source
from tests import make

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HEAD = "id,kind,at,paid,currency,coins,refers_to\n"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    opened = open_ledger(None, now=NOW, create=True)
    add_profile(opened, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=NOW)
    yield opened
    opened.close()


def limit(ledger: Ledger, amount: str, period: Period = Period.MONTH, *, room: bool = True) -> None:
    [mia] = profiles(ledger)
    limits.add(
        ledger,
        profile_id=mia.id,
        measure=Measure.MONEY,
        period=period,
        amount_text=amount,
        refunds_give_room=room,
        now=NOW,
    )


def bought(ledger: Ledger, day: str, paid: str) -> str:
    draft = make.purchase(at=f"{day}T10:00:00Z", paid=paid, currency="EUR", coins="")
    return record.add(ledger, draft, now=NOW).entries[0]


def looked(ledger: Ledger, folder: Path, rows: str) -> Foresight:
    """What the one limit would say of a file; the file comes in, and what the limit says then is the same."""
    path = folder / "rows.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    reading = read_source(path, wishes=Wishes())
    try:
        seen = intake.assess(ledger, intake.prepare(reading, intake.Answers()), now=NOW)
        [found] = foresee(ledger, seen, now=NOW)
        intake.carry_out(ledger, seen, now=NOW)
    finally:
        reading.close()
    [mia] = profiles(ledger)
    [status] = watch.status(ledger, profile_ids=(mia.id,), now=NOW)
    assert found.used_now == status.used
    return found


def test_a_limit_that_is_over_says_how_much_further_over_rows_would_bring_it(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "5")
    bought(ledger, "2026-11-20", "12.87")
    found = looked(ledger, tmp_path, "a,purchase,2026-11-22T10:00:00Z,99.00,EUR,,\n")
    assert (found.used_before, found.used_now) == (1287, 11187)


def test_a_refund_of_a_file_gives_room_where_its_purchase_took_it(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "20")
    rows = (
        "a,purchase,2026-11-02T10:00:00Z,30.00,EUR,,\n"
        "b,refund,2026-11-25T10:00:00Z,30.00,EUR,,a\n"
        "c,purchase,2026-11-03T10:00:00Z,1.09,EUR,,\n"
    )
    assert looked(ledger, tmp_path, rows).used_now == 109


def test_a_refund_counts_in_the_month_of_its_purchase(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "20")
    purchase = bought(ledger, "2026-10-02", "30.00")
    found = looked(ledger, tmp_path, f"b,refund,2026-11-25T10:00:00Z,30.00,EUR,,{purchase}\n")
    assert (found.used_before, found.used_now) == (0, 0)
    assert (found.past.before, found.past.after, found.past.more) == (1, 0, False)


def test_a_refund_gives_no_room_where_the_limit_has_it_so(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "20", room=False)
    rows = "a,purchase,2026-11-02T10:00:00Z,30.00,EUR,,\nb,refund,2026-11-25T10:00:00Z,30.00,EUR,,a\n"
    assert looked(ledger, tmp_path, rows).used_now == 3000


def test_a_past_month_that_was_over_would_be_further_over(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "5")
    bought(ledger, "2026-09-20", "12.87")
    found = looked(ledger, tmp_path, "a,purchase,2026-09-22T10:00:00Z,1.00,EUR,,\n")
    assert (found.past.before, found.past.after, found.past.more) == (1, 1, True)


def test_a_rolling_limit_is_not_passed_by_what_came_back(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "20", Period.ROLLING_DAY)
    rows = "a,purchase,2026-11-02T10:00:00Z,30.00,EUR,,\nb,refund,2026-11-03T10:00:00Z,30.00,EUR,,a\n"
    assert looked(ledger, tmp_path, rows).past.after == 0


def test_a_rolling_limit_that_was_passed_would_be_passed_further(ledger: Ledger, tmp_path: Path) -> None:
    limit(ledger, "5", Period.ROLLING_DAY)
    bought(ledger, "2026-11-02", "12.87")
    found = looked(ledger, tmp_path, "a,purchase,2026-11-02T11:00:00Z,1.00,EUR,,\n")
    assert (found.past.before, found.past.after, found.past.more) == (1, 1, True)
