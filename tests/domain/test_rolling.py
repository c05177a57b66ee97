"""Rolling amounts at their exact edges, against a plain count at every microsecond that matters (rule 5)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from coinbudget.domain.limits import Mark, floors
from coinbudget.domain.rolling import Leaving, Occurrence, occurrences, room_again

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def amount_at(amounts: list[tuple[datetime, int]], at: datetime, length: timedelta) -> int:
    """What lies in (at - length, at], counted plainly."""
    return sum(amount for one, amount in amounts if at - length < one <= at)


def only_over(found: tuple[Occurrence, ...]) -> list[Occurrence]:
    return [one for one in found if one.mark is Mark.OVER]


def test_an_entry_has_left_exactly_one_length_later() -> None:
    handed_over = [(START, 60), (START + DAY, 60)]
    assert only_over(occurrences(handed_over, floors(100), DAY, from_at=START, to_at=START + 2 * DAY)) == []
    a_tick_early = [(START, 60), (START + DAY - TICK, 60)]
    (over,) = only_over(occurrences(a_tick_early, floors(100), DAY, from_at=START, to_at=START + 2 * DAY))
    assert (over.start_at, over.end_at, over.used) == (START + DAY - TICK, START + DAY, 120)


def test_an_amount_handed_over_without_a_dip_is_one_occurrence() -> None:
    amounts = [(START, 101), (START + DAY, 101)]
    (over,) = only_over(occurrences(amounts, floors(100), DAY, from_at=START, to_at=START + 2 * DAY))
    assert (over.start_at, over.end_at) == (START, START + 2 * DAY)


def test_what_stood_before_has_no_start_and_what_still_stands_no_end() -> None:
    amounts = [(START - HOUR, 101), (START + HOUR, 101)]
    (over,) = only_over(occurrences(amounts, floors(100), DAY, from_at=START, to_at=START + 2 * HOUR))
    assert (over.start_at, over.end_at) == (None, None)


amount_lists = st.lists(st.tuples(st.integers(0, 96), st.integers(0, 60)), max_size=25).map(
    lambda drawn: sorted((START + hours * HOUR, amount) for hours, amount in drawn)
)


@given(amount_lists, st.integers(0, 120))
@settings(max_examples=200, deadline=None)
def test_occurrences_are_what_a_plain_count_says(amounts: list[tuple[datetime, int]], limit: int) -> None:
    from_at, to_at = START, START + 96 * HOUR + DAY
    found = occurrences(amounts, floors(limit), DAY, from_at=from_at, to_at=to_at)
    for mark, floor in floors(limit):
        mine = [one for one in found if one.mark is mark]
        for hours in range(24 * 5 + 1):
            at = from_at + hours * HOUR
            inside = [
                one
                for one in mine
                if (one.start_at is None or one.start_at <= at) and (one.end_at is None or at < one.end_at)
            ]
            assert len(inside) == int(amount_at(amounts, at, DAY) >= floor)
        for one in mine:
            if one.start_at is not None:
                assert amount_at(amounts, one.start_at, DAY) == one.used
                assert amount_at(amounts, one.start_at - TICK, DAY) < floor


@given(amount_lists, st.integers(0, 120))
@settings(max_examples=200, deadline=None)
def test_room_comes_again_at_the_first_instant_with_more_left(amounts: list[tuple[datetime, int]], limit: int) -> None:
    now = START + 96 * HOUR
    inside = [(at, amount) for at, amount in amounts if at > now - DAY]
    used = sum(amount for _, amount in inside)
    by_day = [
        Leaving(used=sum(amount for _, amount in chunk), entries=lambda chunk=chunk: chunk)  # type: ignore[misc]
        for chunk in (inside[:3], inside[3:])
    ]
    found = room_again(by_day, DAY, used=used, amount=limit)
    wanted = max(limit - used, 0)
    later = [now + hours * HOUR for hours in range(26)]
    expected = next((at for at in later if limit - amount_at(amounts, at, DAY) > wanted), None)
    assert found == (expected if used and limit else None)
