"""Marks: once per occurrence, seen where a window is closed, silent below the highest (rules 5, 8, 9)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coinbudget.domain.limits import Level, LimitId, Mark
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import limits, record, watch
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.services.writing import Pen
from coinbudget.storage import alert_store
from tests import make

MIA = ProfileId(1)


def add(ledger: Ledger, now: datetime, period: str, amount: str, **given: object) -> LimitId:
    values = {"profile_id": MIA, "measure": "money", **given}
    return limits.add(ledger, period=period, amount_text=amount, **values, now=now).limits[0]  # type: ignore[arg-type]  # any


def marks(changes: Changes) -> list[tuple[str, bool]]:
    return [(alert.mark.value, alert.seen) for alert in changes.alerts]


def standing(ledger: Ledger, limit_id: LimitId) -> list[Mark]:
    ever = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    with ledger.database.reading() as tx:
        return [mark for _, _, mark in alert_store.standing(tx, limit_id, *ever)]


@pytest.fixture(params=["day", "week", "month", "24h", "7d", "30d"])
def period(request: pytest.FixtureRequest) -> str:
    """Marks are the same for every period while all is of today."""
    return str(request.param)


def test_each_mark_is_told_once_as_it_is_passed(ledger: Ledger, now: datetime, period: str) -> None:
    limit_id = add(ledger, now, period, "10.00")
    told = [marks(record.add(ledger, make.purchase(paid="2.50"), now=now)) for _ in range(6)]
    assert told == [[], [("50", False)], [], [("100", False)], [("OVER", False)], []]
    assert standing(ledger, limit_id) == [Mark.HALF, Mark.MOST, Mark.ALL, Mark.OVER]


def test_one_entry_speaks_of_its_highest_mark_and_keeps_the_lower_ones_silent(
    ledger: Ledger, now: datetime, period: str
) -> None:
    limit_id = add(ledger, now, period, "5.28")
    (alert,) = record.add(ledger, make.purchase(), now=now).alerts
    assert (alert.mark, alert.level, alert.used, alert.limit.amount) == (Mark.OVER, Level.BREACHED, 529, 528)
    assert standing(ledger, limit_id) == [Mark.HALF, Mark.MOST, Mark.ALL, Mark.OVER]
    assert watch.alerts(ledger, unseen_only=False) == (alert,)


def test_a_mark_is_told_again_only_after_the_amount_fell_below_it(ledger: Ledger, now: datetime, period: str) -> None:
    limit_id = add(ledger, now, period, "10.00")
    first = record.add(ledger, make.purchase(paid="6.00"), now=now)
    assert marks(first) == [("50", False)]
    assert marks(record.void(ledger, first.entries, now=now)) == []
    assert standing(ledger, limit_id) == []
    again = record.unvoid(ledger, first.entries, now=now)
    assert marks(again) == [("50", False)]
    assert again.alerts[0].occurrence == 2


def test_a_refund_clears_marks_and_its_voiding_passes_them_again(ledger: Ledger, now: datetime, period: str) -> None:
    limit_id = add(ledger, now, period, "10.00")
    bought = record.add(ledger, make.purchase(paid="9.00"), now=now).entries[0]
    back = record.add(ledger, make.refund(bought), now=now)
    assert marks(back) == []
    assert standing(ledger, limit_id) == []
    assert marks(record.void(ledger, back.entries, now=now)) == [("80", False)]


def test_a_refund_clears_no_mark_of_a_cap(ledger: Ledger, now: datetime, period: str) -> None:
    limit_id = add(ledger, now, period, "10.00", cap=True)
    bought = record.add(ledger, make.purchase(paid="9.00"), now=now).entries[0]
    record.add(ledger, make.refund(bought), now=now)
    assert standing(ledger, limit_id) == [Mark.HALF, Mark.MOST]


def test_amending_moves_marks_with_the_amount(ledger: Ledger, now: datetime, period: str) -> None:
    limit_id = add(ledger, now, period, "10.00")
    bought = record.add(ledger, make.purchase(paid="9.00"), now=now).entries[0]
    assert marks(record.amend(ledger, bought, make.purchase(paid="6.00"), now=now)) == []
    assert standing(ledger, limit_id) == [Mark.HALF]
    assert marks(record.amend(ledger, bought, make.purchase(paid="10.01"), now=now)) == [("OVER", False)]


def test_amending_the_date_judges_both_windows(ledger: Ledger, now: datetime) -> None:
    limit_id = add(ledger, now, "week", "10.00")
    bought = record.add(ledger, make.purchase(paid="9.00"), now=now).entries[0]
    moved = record.amend(ledger, bought, make.purchase(paid="9.00", at="2026-11-10T12:00"), now=now)
    assert marks(moved) == [("80", True)]
    assert standing(ledger, limit_id) == [Mark.HALF, Mark.MOST]
    assert watch.alerts(ledger) == ()


def test_a_planned_purchase_passes_nothing_until_it_happens(ledger: Ledger, now: datetime, period: str) -> None:
    add(ledger, now, period, "5.00")
    planned = record.add(ledger, make.purchase(planned="1", at="2026-11-22T23:00"), now=now)
    assert marks(planned) == []
    assert marks(record.confirm(ledger, planned.entries[0], now=now)) == [("OVER", False)]


@pytest.mark.parametrize("period", ["day", "week", "24h", "7d"])
def test_marks_of_closed_windows_are_kept_as_seen(ledger: Ledger, now: datetime, period: str) -> None:
    add(ledger, now, period, "5.00")
    late = record.add(ledger, make.purchase(at="2026-11-10T12:00"), now=now)
    assert marks(late) == [("OVER", True)]
    assert late.past_windows_over == 1
    assert watch.alerts(ledger) == ()
    assert [alert.mark for alert in watch.alerts(ledger, unseen_only=False)] == [Mark.OVER]


def test_windows_before_the_limit_existed_are_judged(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "5.00")
    old = record.add(ledger, make.purchase(at="2020-02-03T12:00"), now=now)
    assert marks(old) == [("OVER", True)]


@pytest.mark.parametrize("period", ["week", "7d", "24h", "year"])
def test_marks_passed_when_a_limit_is_set_are_kept_as_seen(ledger: Ledger, now: datetime, period: str) -> None:
    for moment in ("2026-11-03T12:00", "2026-11-22T12:00"):
        record.add(ledger, make.purchase(paid="9.00", at=moment), now=now)
    limit_id = add(ledger, now, period, "10.00")
    assert watch.alerts(ledger) == ()
    # Nothing new is passed in the old window nor in the one of now.
    assert marks(record.add(ledger, make.purchase(paid="0.01", at="2026-11-03T12:01"), now=now)) == []
    if period == "year":
        return
    limits.change(ledger, limit_id, amount_text="9.01", now=now)
    assert watch.alerts(ledger) == ()
    # Exactly the limit in the old window, over in the one of now.
    assert marks(record.add(ledger, make.purchase(paid="0.02", at="2026-11-22T12:01"), now=now)) == [("OVER", False)]


def test_a_raised_limit_clears_marks_and_they_may_be_passed_again(ledger: Ledger, now: datetime, period: str) -> None:
    limit_id = add(ledger, now, period, "5.00")
    record.add(ledger, make.purchase(), now=now)
    limits.change(ledger, limit_id, amount_text="10.00", now=now)
    assert standing(ledger, limit_id) == [Mark.HALF]
    assert marks(record.add(ledger, make.purchase(), now=now)) == [("OVER", False)]


def test_another_period_begins_anew_and_silent(ledger: Ledger, now: datetime) -> None:
    limit_id = add(ledger, now, "week", "5.00")
    record.add(ledger, make.purchase(), now=now)
    limits.change(ledger, limit_id, period="7d", now=now)
    assert standing(ledger, limit_id) == [Mark.HALF, Mark.MOST, Mark.ALL, Mark.OVER]
    assert marks(record.add(ledger, make.purchase(), now=now)) == []


def test_a_zero_limit_is_passed_by_the_first_unit_only_once(ledger: Ledger, now: datetime, period: str) -> None:
    add(ledger, now, period, "0")
    assert marks(record.add(ledger, make.gift(), now=now)) == []
    assert marks(record.add(ledger, make.purchase(paid="0.01"), now=now)) == [("OVER", False)]
    assert marks(record.add(ledger, make.purchase(), now=now)) == []


def test_five_limits_each_tell_their_own_mark(ledger: Ledger, now: datetime) -> None:
    for period, amount in (("24h", "5.28"), ("week", "5.29"), ("7d", "6.00"), ("month", "10.00"), ("year", "99.00")):
        add(ledger, now, period, amount)
    told = record.add(ledger, make.purchase(), now=now)
    assert [(alert.limit.period.value, alert.mark.value) for alert in told.alerts] == [
        ("24h", "OVER"),
        ("week", "100"),
        ("7d", "80"),
        ("month", "50"),
    ]


def test_coins_of_gifts_and_only_they_pass_a_limit_of_coins(ledger: Ledger, now: datetime, period: str) -> None:
    add(ledger, now, period, "100", measure="coins")
    assert marks(record.add(ledger, make.purchase(coins="5000"), now=now)) == []
    assert marks(record.add(ledger, make.adjustment(coins="-500", reason="other-use"), now=now)) == []
    assert marks(record.add(ledger, make.gift(), now=now)) == [("100", False)]


def test_a_rolling_limit_tells_again_once_the_amount_fell_as_time_passed(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "24h", "5.00")
    assert marks(record.add(ledger, make.purchase(), now=now)) == [("OVER", False)]
    inside = now + timedelta(hours=23, minutes=59)
    assert marks(record.add(ledger, make.purchase(), now=inside)) == []
    # The first has left, the second stands: no dip below.
    assert marks(record.add(ledger, make.purchase(), now=now + timedelta(hours=24))) == []
    apart = now + timedelta(hours=48, seconds=1)
    (alert,) = record.add(ledger, make.purchase(), now=apart).alerts
    assert (alert.mark, alert.window.start_at, alert.window.end_at) == (Mark.OVER, apart - timedelta(hours=24), apart)


def test_a_late_entry_is_judged_at_each_later_entry_within_the_length(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "24h", "10.00")
    record.add(ledger, make.purchase(paid="4.00", at="2026-11-22T20:00"), now=now)
    # At its own instant 7.00, at the later entry 11.00.
    late = record.add(ledger, make.purchase(paid="7.00", at="2026-11-22T08:00"), now=now)
    (alert,) = late.alerts
    assert (alert.mark, alert.used, alert.seen, alert.entry_id) == (Mark.OVER, 1100, False, late.entries[0])
    assert alert.window.end_at == datetime(2026, 11, 22, 19, tzinfo=UTC)


def test_a_late_entry_that_opens_an_occurrence_earlier_does_not_tell_again(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "24h", "5.00")
    record.add(ledger, make.purchase(at="2026-11-22T20:00"), now=now)
    assert marks(record.add(ledger, make.purchase(at="2026-11-22T08:00"), now=now)) == []


def test_a_mark_that_was_moved_to_an_earlier_entry_is_cleared_with_it(ledger: Ledger, now: datetime) -> None:
    limit_id = add(ledger, now, "7d", "10.00")
    late = (now - timedelta(days=1)).isoformat()
    bought = record.add(ledger, make.purchase(paid="11.00", at=late), now=now).entries[0]
    earlier = (now - timedelta(days=2)).isoformat()
    assert marks(record.amend(ledger, bought, make.purchase(paid="11.00", at=earlier), now=now)) == []
    with ledger.database.reading() as tx:
        keys = {key for _, key, _ in alert_store.standing(tx, limit_id, now - timedelta(days=9), now)}
    assert keys == {now - timedelta(days=2)}
    record.void(ledger, [bought], now=now)
    assert standing(ledger, limit_id) == []


def test_voiding_in_the_middle_of_an_occurrence_tells_nothing(ledger: Ledger, now: datetime) -> None:
    limit_id = add(ledger, now, "24h", "5.00")
    record.add(ledger, make.purchase(at="2026-11-20T00:00"), now=now)
    middle = record.add(ledger, make.purchase(at="2026-11-20T20:00"), now=now)
    record.add(ledger, make.purchase(at="2026-11-21T19:00"), now=now)
    assert marks(record.void(ledger, middle.entries, now=now)) == []
    assert standing(ledger, limit_id).count(Mark.OVER) == 2


def test_many_entries_at_once_judge_each_window_once(ledger: Ledger, now: datetime) -> None:
    limit_id = add(ledger, now, "week", "10.00")
    for number in range(12):
        record.add(ledger, make.purchase(paid="4.00", at=f"2026-11-{1 + number % 4 * 7:02}T12:{number:02}"), now=now)
    limits.remove(ledger, limit_id, now=now)
    limit_id = add(ledger, now, "week", "10.00")
    assert standing(ledger, limit_id).count(Mark.OVER) == 4
    entries = make.all_entries(ledger)
    with ledger.database.writing() as tx:
        alert_store.clear_all(tx, limit_id, now=now)
        raised, past = watch.judge(ledger, tx, entries, now=now)
    assert [(alert.mark, alert.seen) for alert in raised] == [(Mark.OVER, False)]
    assert past == 3
    assert standing(ledger, limit_id).count(Mark.OVER) == 4
    with ledger.database.writing() as tx:
        assert watch.judge(ledger, tx, entries, now=now) == ((), 0)


def test_seeing_an_alert_sees_the_earlier_ones_of_its_limit(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "10.00")
    other = add(ledger, now, "7d", "10.00")
    record.add(ledger, make.purchase(), now=now)
    record.add(ledger, make.purchase(), now=now)
    shown = watch.alerts(ledger, profile_id=MIA)
    assert [(alert.limit.id, alert.mark) for alert in shown] == [(1, Mark.OVER), (other, Mark.OVER)]
    watch.mark_seen(ledger, [shown[0].id], now=now)
    assert [alert.limit.id for alert in watch.alerts(ledger)] == [other]
    assert watch.alerts(ledger, profile_id=ProfileId(2)) == ()


def test_a_limit_with_an_unseen_alert_is_told_as_it_stands_now(ledger: Ledger, now: datetime) -> None:
    limit_id = add(ledger, now, "week", "5.00")
    assert watch.warned(ledger, MIA, now=now) == ()
    record.add(ledger, make.purchase(paid="5.50"), now=now)
    record.add(ledger, make.purchase(paid="2.24"), now=now)
    (told,) = watch.warned(ledger, MIA, now=now)
    assert [told.status] == [replace(one, binding=False) for one in watch.status(ledger, now=now)]
    assert (told.status.limit.id, told.status.used, told.status.level) == (limit_id, 774, Level.BREACHED)
    assert watch.warned(ledger, MIA, now=now + timedelta(days=7)) == (), "the week after is another one"
    watch.mark_seen(ledger, [told.alert_id], now=now)
    assert watch.warned(ledger, MIA, now=now) == ()


def test_who_saw_the_newest_alert_of_a_limit_has_seen_all_of_it(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "5.00")
    record.add(ledger, make.purchase(paid="5.50"), now=now)
    later = now + timedelta(days=7)
    record.add(ledger, make.purchase(at=later.strftime("%Y-%m-%dT%H:%M"), paid="4.00"), now=later)
    (told,) = watch.warned(ledger, MIA, now=later)
    assert told.status.level is Level.NEARING
    watch.mark_seen(ledger, [told.alert_id], now=later)
    assert watch.alerts(ledger) == ()


def test_an_alert_of_a_calendar_window_knows_its_days(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "5.00")
    (raised,) = record.add(ledger, make.purchase(), now=now).alerts
    (kept,) = watch.alerts(ledger)
    assert kept == raised
    assert str(kept.window.start_on) == "2026-11-16"


def test_nothing_is_judged_where_nothing_is_limited(ledger: Ledger, now: datetime) -> None:
    add(ledger, now, "week", "5", measure="coins")
    assert record.add(ledger, make.purchase(), now=now).alerts == ()
    with ledger.database.writing() as tx:
        pen = Pen(ledger, tx, now=now)
        pen.finish()
        assert watch.judge(ledger, tx, [], now=now) == ((), 0)
