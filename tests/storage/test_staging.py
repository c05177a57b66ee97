"""Lines kept aside come back as they were, by number and in order, whatever way they were added."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinbudget.domain.errors import problem
from coinbudget.storage.staging import Line, Staging


@pytest.fixture
def staging() -> Iterator[Staging]:
    """Nothing is kept yet."""
    made = Staging()
    yield made
    made.close()


def _line(number: int) -> Line:
    return ("gifts" if number % 3 else "coins", number * 2, (f"2026-05-14 21:03:{number % 60:02}", "5", "\ud800 luna"))


@given(st.lists(st.integers(0, 300), max_size=6), st.data())
def test_lines_come_back_by_number_and_in_order(sizes: list[int], data: st.DataObject) -> None:
    staging = Staging()
    plain: dict[int, Line] = {}
    try:
        for size in sizes:
            page = [_line(len(plain) + place + 1) for place in range(size)]
            plain.update(enumerate(page, len(plain) + 1))
            staging.add(page)
        assert staging.count == len(plain)
        assert dict(staging.lines()) == plain
        assert [number for number, _ in staging.lines()] == sorted(plain)
        wanted = data.draw(st.lists(st.sampled_from(sorted(plain)), max_size=20)) if plain else []
        assert staging.some(wanted) == [(number, plain[number]) for number in wanted]
        first, last = data.draw(st.tuples(st.integers(1, 400), st.integers(0, 400)))
        assert list(staging.lines(first, last)) == [(n, plain[n]) for n in range(first, last + 1) if n in plain]
    finally:
        staging.close()


def test_lines_may_be_added_while_others_are_read(staging: Staging) -> None:
    staging.add(_line(number) for number in range(1, 200))
    assert staging.some([199, 5]) == [(199, _line(199)), (5, _line(5))]
    staging.add(_line(number) for number in range(200, 600))
    assert staging.some([199, 200, 599, 5]) == [(number, _line(number)) for number in (199, 200, 599, 5)]


def test_what_is_read_anew_starts_at_one(staging: Staging) -> None:
    staging.add(_line(number) for number in range(1, 400))
    assert staging.some([1]) == [(1, _line(1))]
    staging.tell([(7, [problem("at", "required", 3)])])
    staging.clear()
    assert (staging.count, list(staging.lines()), staging.problems_of(7)) == (0, [], ())
    staging.add([_line(9)])
    assert list(staging.lines()) == [(1, _line(9))]


def test_problems_of_a_line_are_those_told_last(staging: Staging) -> None:
    staging.tell([(7, [problem("at", "required", 3), problem("coins", "zero")])])
    assert staging.problems_of(7) == (problem("at", "required", 3), problem("coins", "zero"))
    staging.tell([(7, [problem("coins", "zero")])])
    assert staging.problems_of(7) == (problem("coins", "zero"),)
    assert staging.problems_of(8) == ()
