"""A gift typed by hand, or told of by another list, is not counted again when TikTok's list tells of it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from coinbudget.domain.entries import BatchId, Gift
from coinbudget.domain.errors import Refusal
from coinbudget.formats.sheet_mapping import Said
from coinbudget.formats.source import Answers, Format, GiftAmount
from coinbudget.services import intake, opening, past_imports, record, transfer, undo, verify
from coinbudget.services.changes import UndoImport
from coinbudget.services.import_parts import State
from coinbudget.services.ledger import Ledger
from tests import make
from tests.services import tiktok_files

SAID = Answers(zone="UTC", gift_amount=GiftAmount.COINS)
Bring = Callable[..., transfer.ImportChanges]


def as_seen(ledger: Ledger, looked: transfer.ImportPreview, done: transfer.ImportChanges) -> transfer.ImportChanges:
    """An import that did what its preview said, and left a sound ledger."""
    assert (looked.new, looked.paired, looked.duplicates) == (done.count, done.paired, done.duplicates)
    mia = next(iter(looked.after))
    assert looked.after[mia] == done.after.get(mia, looked.after[mia])
    assert verify.verify(ledger) == ()
    return done


@pytest.fixture
def bring(ledger: Ledger, tmp_path: Path, now: datetime) -> Bring:
    """Import gifts: time of a day of May, coins, creator."""

    def call(*gifts: tuple[str, int, str]) -> transfer.ImportChanges:
        sent = [(f"2026-05-14 {clock}", coins, who) for clock, coins, who in gifts]
        path = tiktok_files.write(tmp_path / "a.json", gifts=sent)
        looked = transfer.preview_import(ledger, path, answers=SAID, now=now)
        done = transfer.import_file(ledger, path, answers=SAID, now=now)
        return as_seen(ledger, looked, done)

    return call


def type_in(ledger: Ledger, now: datetime, at: str, coins: str = "5", creator: str = "Luna", **more: str) -> None:
    record.add(ledger, make.gift(gift="Rose", coins=coins, creator=creator, at=at, **more), now=now)


def gifts(ledger: Ledger) -> list[Gift]:
    return [one for one in make.all_entries(ledger) if isinstance(one, Gift) and one.counts]


def test_a_gift_typed_minutes_away_is_the_same_gift(ledger: Ledger, bring: Bring, now: datetime) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z")
    done = bring(("20:00:00", 5, "luna"))
    assert (done.count, done.paired) == (0, 1)
    (gift,) = gifts(ledger)
    assert (gift.gift_name, gift.creator, gift.coins) == ("Rose", "Luna", 5)
    again = bring(("20:00:00", 5, "luna"))
    assert (again.count, again.paired, again.duplicates) == (0, 0, 1)


@pytest.mark.parametrize(
    ("clock", "coins", "creator"),
    [("20:20:01", 5, "luna"), ("20:00:00", 6, "luna"), ("20:00:00", 5, "lina")],
)
def test_another_time_number_or_creator_is_another_gift(
    ledger: Ledger, bring: Bring, now: datetime, clock: str, coins: int, creator: str
) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z")
    done = bring((clock, coins, creator))
    assert (done.count, done.paired, len(gifts(ledger))) == (1, 0, 2)


def test_a_gift_of_which_only_the_day_is_known_is_found_on_that_home_day(
    ledger: Ledger, bring: Bring, now: datetime
) -> None:
    type_in(ledger, now, "2026-05-14")
    # 22:30 UTC is the next day in Berlin.
    assert bring(("22:30:00", 5, "luna")).paired == 0
    assert bring(("01:00:00", 5, "luna"), ("22:30:00", 5, "luna")).paired == 1
    assert len(gifts(ledger)) == 2


def test_as_many_equal_gifts_pair_as_were_typed(ledger: Ledger, bring: Bring, now: datetime) -> None:
    for second in range(3):
        type_in(ledger, now, f"2026-05-14T20:05:0{second}Z", coins="1")
    roses = [(f"20:04:0{second}", 1, "luna") for second in range(5)]
    done = bring(*roses)
    assert (done.count, done.paired, len(gifts(ledger))) == (2, 3, 5)
    assert bring(*roses).duplicates == 5


@pytest.mark.parametrize("seconds", ["01234", "00000", "00112", "012"])
def test_a_gift_of_several_pieces_is_a_row_a_piece(ledger: Ledger, bring: Bring, now: datetime, seconds: str) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z", coins="150", quantity="5")
    before = make.all_entries(ledger)
    rows = [(f"20:04:0{second}", 30, "luna") for second in seconds]
    done = bring(*rows)
    assert (done.count, done.paired, len(gifts(ledger))) == (0, len(rows), 1)
    assert bring(*rows).duplicates == len(rows)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=now)
    assert make.all_entries(ledger) == before
    assert bring(*rows).paired == len(rows)


def test_rows_beyond_the_pieces_of_a_gift_are_gifts_of_their_own(ledger: Ledger, bring: Bring, now: datetime) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z", coins="90", quantity="3")
    rows = [(f"20:04:0{second}", 30, "luna") for second in "00112"]
    assert (bring(*rows).paired, len(gifts(ledger))) == (3, 3)
    assert bring(*rows).duplicates == 5
    assert bring(*rows, ("20:04:02", 30, "luna")).count == 1


def test_pieces_of_a_gift_come_in_overlapping_parts(ledger: Ledger, bring: Bring, now: datetime) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z", coins="150", quantity="5")
    rows = [(f"20:04:0{second}", 30, "luna") for second in "00112"]
    assert bring(*rows[:3]).paired == 3
    done = bring(*rows[1:])
    assert (done.count, done.duplicates + done.paired, len(gifts(ledger))) == (0, 4, 1)
    assert bring(*rows).duplicates == 5


def test_a_row_of_all_pieces_comes_before_rows_of_one(ledger: Ledger, bring: Bring, now: datetime) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z", coins="150", quantity="5")
    rows = [("20:05:00", 30, "luna"), ("20:04:00", 150, "luna")]
    done = bring(*rows)
    assert (done.count, done.paired) == (1, 1)
    assert sum(one.coins or 0 for one in gifts(ledger)) == 180
    assert bring(*rows).duplicates == 2
    # The list told of it as a whole; another piece is none of it.
    assert bring(("20:06:00", 30, "luna")).count == 1


def test_a_gift_that_pieces_told_of_goes_and_comes_with_the_import_it_was_handed_to(
    ledger: Ledger, bring: Bring, tmp_path: Path, now: datetime
) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z")
    sheet = tmp_path / "mine.csv"
    sheet.write_text("Date,Creator,Coins,Quantity,Gift\n2026-05-14 22:05,luna,150,5,Rose\n", encoding="utf-8")
    said, mine = Answers(zone="Europe/Berlin"), opening.Wishes(format=Format.SHEET)
    first = transfer.import_file(ledger, sheet, answers=said, wishes=mine, now=now)
    rows = [(f"20:04:0{second}", 30, "luna") for second in "00112"]
    second = bring(*rows)
    assert (first.count, second.paired) == (1, 5)
    for done, left in ((first, 155), (second, 5)):
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=now)
        assert sum(one.coins or 0 for one in gifts(ledger)) == left
    bring(*rows)
    assert sum(one.coins or 0 for one in gifts(ledger)) == 155
    assert transfer.import_file(ledger, sheet, answers=said, wishes=mine, now=now).count == 0
    assert bring(*rows).duplicates == 5


def test_a_voided_gift_of_several_pieces_has_one_line_to_be_asked_for(
    ledger: Ledger, bring: Bring, tmp_path: Path, now: datetime
) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z", coins="150", quantity="5")
    rows = [(f"20:04:0{second}", 30, "luna") for second in "00112"]
    bring(*rows)
    record.void(ledger, [str(make.all_entries(ledger)[0].id)], now=now)
    done = bring(*rows)
    assert (done.count, done.duplicates, gifts(ledger)) == (0, 5, [])
    reading = opening.read_source(tmp_path / "a.json", wishes=opening.Wishes())
    seen = intake.assess(ledger, intake.prepare(reading, SAID), now=now)
    assert [State(state) for state in seen.states[1:]] == [State.VOIDED, *[State.KNOWN] * 4]
    seen.set_tick(1, on=True)
    (after,) = (seen.after(profile) for profile in seen.profiles)
    intake.carry_out(ledger, seen, now=now)
    assert ([one.coins for one in gifts(ledger)], after.coins_gifted) == ([150], 150)
    assert verify.verify(ledger) == ()


def test_rows_of_one_list_are_never_one_gift(ledger: Ledger, bring: Bring) -> None:
    assert bring(("20:00:00", 5, "luna")).count == 1
    assert bring(("20:01:00", 5, "luna")).count == 1
    assert len(gifts(ledger)) == 2


def test_the_undo_of_an_import_forgets_its_pairs(ledger: Ledger, bring: Bring, now: datetime) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z")
    before = make.all_entries(ledger)
    done = bring(("20:00:00", 5, "luna"), ("21:00:00", 7, "luna"))
    assert (done.count, done.paired) == (1, 1)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=now)
    assert [one for one in make.all_entries(ledger) if one.counts] == before
    again = bring(("20:00:00", 5, "luna"), ("21:00:00", 7, "luna"))
    assert (again.count, again.paired) == (1, 1)


@pytest.mark.parametrize(("at", "clock"), [("2026-05-14T20:05:00Z", "20:20:01"), ("2026-05-14", "20:00:00")])
def test_a_voided_gift_of_another_time_or_of_a_day_alone_is_nothing_to_pair_with(
    ledger: Ledger, bring: Bring, now: datetime, at: str, clock: str
) -> None:
    type_in(ledger, now, at)
    record.void(ledger, [str(make.all_entries(ledger)[0].id)], now=now)
    assert bring((clock, 5, "luna")).count == 1


def test_a_gift_that_was_voided_stays_so_whoever_tells_of_it(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime
) -> None:
    type_in(ledger, now, "2026-05-14T20:05:00Z", coins="150", quantity="5")
    record.void(ledger, [str(make.all_entries(ledger)[0].id)], now=now)
    rows = [(f"20:04:0{second}", 30, "luna") for second in "00112"]
    for done in (bring(*rows), bring(*rows), sheet(("2026-05-14 20:06", 150, 5))):
        assert (done.count, gifts(ledger)) == (0, [])
    # One piece more than that is another gift.
    assert bring(*rows, ("20:04:03", 30, "luna")).count == 1


def test_equal_gifts_pair_with_those_that_live_before_a_voided_one(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime
) -> None:
    bring(*[(f"20:04:0{second}", 30, "luna") for second in "01234"])
    record.void(ledger, [str(gifts(ledger)[2].id)], now=now)
    lines = [("2026-05-14 20:09", 30, 1)] * 5
    done = sheet(*lines)
    assert (done.count, done.paired, done.duplicates, coins(ledger)) == (0, 4, 1, 120)
    assert (sheet(*lines).duplicates, coins(ledger)) == (5, 120)
    assert (sheet(*lines, lines[0]).count, coins(ledger)) == (1, 150)


@pytest.mark.parametrize("typed", [True, False])
def test_a_voided_gift_that_was_asked_for_is_voided_again_by_the_undo(
    ledger: Ledger, bring: Bring, tmp_path: Path, now: datetime, *, typed: bool
) -> None:
    if typed:
        type_in(ledger, now, "2026-05-14T20:05:00Z")
    bring(("20:04:00", 5, "luna"))
    record.void(ledger, [str(make.all_entries(ledger)[0].id)], now=now)
    reading = opening.read_source(tmp_path / "a.json", wishes=opening.Wishes())
    seen = intake.assess(ledger, intake.prepare(reading, SAID), now=now)
    seen.set_tick(1, on=True)
    back = intake.carry_out(ledger, seen, now=now)
    assert len(gifts(ledger)) == 1
    assert back.undo is not None
    undo.revert(ledger, back.undo, now=now)
    assert gifts(ledger) == []
    assert bring(("20:04:00", 5, "luna")).count == 0


@pytest.fixture
def sheet(ledger: Ledger, tmp_path: Path, now: datetime) -> Bring:
    """Import a sheet's gifts of several pieces, all of 20:04 UTC and some day: day, coins, pieces."""

    def call(*lines: tuple[str, int, int]) -> transfer.ImportChanges:
        path = tmp_path / "mine.csv"
        rows = "".join(f"{at},luna,{coins},{pieces},Rose\n" for at, coins, pieces in lines)
        path.write_text(f"Date,Creator,Coins,Quantity,Gift\n{rows}", encoding="utf-8")
        said, wishes = Answers(zone="UTC"), opening.Wishes(format=Format.SHEET)
        looked = transfer.preview_import(ledger, path, answers=said, wishes=wishes, now=now)
        done = transfer.import_file(ledger, path, answers=said, wishes=wishes, now=now)
        return as_seen(ledger, looked, done)

    return call


LINE = ("2026-05-14 20:09", 150, 5)


def coins(ledger: Ledger) -> int:
    return sum(one.coins or 0 for one in gifts(ledger))


@pytest.mark.parametrize("at", ["2026-05-14 20:09", "2026-05-14"])
def test_a_row_of_several_pieces_is_as_many_gifts_that_stand(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime, at: str
) -> None:
    rows = [(f"20:04:0{second}", 30, "luna") for second in "00112"]
    bring(*rows)
    done = sheet((at, 150, 5))
    assert (done.count, done.paired, coins(ledger)) == (0, 1, 150)
    assert sheet((at, 150, 5)).duplicates == 1
    assert bring(*rows).duplicates == 5
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=now)
    assert len(gifts(ledger)) == 5
    assert sheet((at, 150, 5)).paired == 1


def test_a_second_row_of_as_many_pieces_is_other_gifts(ledger: Ledger, bring: Bring, sheet: Bring) -> None:
    bring(*[(f"20:04:0{second}", 30, "luna") for second in "00112"])
    lines = [("2026-05-14 20:09", 150, 5)] * 2
    done = sheet(*lines)
    assert (done.count, done.paired, coins(ledger)) == (1, 1, 300)
    assert sheet(*lines).duplicates == 2
    assert sheet(*lines, lines[0]).count == 1
    assert coins(ledger) == 450


def test_gifts_of_other_coins_are_none_of_a_row(ledger: Ledger, bring: Bring, sheet: Bring) -> None:
    bring(*[(f"20:04:0{second}", 31, "luna") for second in "00112"])
    assert sheet(("2026-05-14 20:09", 150, 5)).count == 1
    assert coins(ledger) == 305


@pytest.mark.parametrize("at", ["2026-05-14 20:09", "2026-05-14"])
@pytest.mark.parametrize(("lines", "had"), [(1, 3), (2, 9), (2, 4), (2, 5)])
def test_of_a_row_of_which_some_pieces_stand_only_the_others_come_in(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime, at: str, lines: int, had: int
) -> None:
    rows = [(f"20:04:{second:02}", 30, "luna") for second in range(5 * lines)]
    bring(*rows[:had])
    mine = [(at, 150, 5)] * lines
    done = sheet(*mine)
    assert coins(ledger) == 150 * lines
    assert sheet(*mine).duplicates == lines
    whole = bring(*rows)
    assert (whole.count, whole.paired, coins(ledger)) == (0, 5 * lines - had, 150 * lines)
    assert bring(*rows).duplicates == 5 * lines
    assert whole.undo is not None
    undo.revert(ledger, whole.undo, now=now)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=now)
    assert coins(ledger) == 30 * had
    sheet(*mine)
    assert coins(ledger) == 150 * lines
    bring(*rows)
    assert coins(ledger) == 150 * lines


def test_a_piece_that_was_voided_is_none_of_those_that_come_in(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime
) -> None:
    bring(*[(f"20:04:0{second}", 30, "luna") for second in "01234"])
    record.void(ledger, [str(gifts(ledger)[2].id)], now=now)
    for _ in range(2):
        assert (sheet(("2026-05-14 20:09", 150, 5)).count, coins(ledger)) == (0, 120)


def test_gifts_a_row_of_pieces_told_of_go_and_come_with_the_import_that_tells_of_them(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime
) -> None:
    rows, line = [(f"20:04:0{second}", 30, "luna") for second in "00112"], ("2026-05-14 20:09", 150, 5)
    first = bring(*rows)
    second = sheet(line)
    for done, left in ((first, 150), (second, 0)):
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=now)
        assert coins(ledger) == left
    assert (sheet(line).count, coins(ledger)) == (1, 150)
    assert (bring(*rows).paired, coins(ledger)) == (5, 150)
    assert (sheet(line).duplicates, coins(ledger)) == (1, 150)


def test_gifts_voided_that_are_a_row_of_pieces_come_back_together(
    ledger: Ledger, bring: Bring, sheet: Bring, tmp_path: Path, now: datetime
) -> None:
    bring(*[(f"20:04:0{second}", 30, "luna") for second in "00112"])
    line = ("2026-05-14 20:09", 150, 5)
    sheet(line)
    record.void(ledger, [str(one.id) for one in gifts(ledger)], now=now)
    assert (sheet(line).count, coins(ledger)) == (0, 0)
    reading = opening.read_source(tmp_path / "mine.csv", wishes=opening.Wishes(format=Format.SHEET))
    seen = intake.assess(ledger, intake.prepare(reading, Answers(zone="UTC")), now=now)
    number = next(place for place, state in enumerate(seen.states) if State(state) is State.VOIDED)
    seen.set_tick(number, on=True)
    (after,) = (seen.after(profile) for profile in seen.profiles)
    intake.carry_out(ledger, seen, now=now)
    assert (coins(ledger), after.coins_gifted) == (150, 150)
    assert verify.verify(ledger) == ()


@pytest.mark.parametrize("had", [3, 5])
def test_a_sheet_of_pieces_does_not_stand_again_beside_rows_that_told_some_of_them(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime, had: int
) -> None:
    first = sheet(("2026-05-14 20:09", 150, 5))
    assert first.undo is not None
    assert first.batch is not None
    undo.revert(ledger, first.undo, now=now)
    bring(*[(f"20:04:0{second}", 30, "luna") for second in range(had)])
    with pytest.raises(Refusal):
        past_imports.redo_import(ledger, BatchId(first.batch), now=now)
    sheet(("2026-05-14 20:09", 150, 5))
    with pytest.raises(Refusal):
        past_imports.redo_import(ledger, BatchId(first.batch), now=now)
    assert coins(ledger) == 150


@pytest.mark.parametrize("had", [3, 5, 8])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("again", [False, True])
def test_rows_and_a_row_of_their_pieces_go_and_come_in_any_order(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime, had: int, *, turned: bool, again: bool
) -> None:
    one, other = bring(*[(f"20:04:0{second}", 30, "luna") for second in range(had)]), sheet(LINE)
    both = coins(ledger)
    assert both == 30 * max(had, 5)
    for done in (other, one) if turned else (one, other):
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=now)
    assert coins(ledger) == 0
    for place, done in enumerate((other, one) if again else (one, other)):
        assert done.batch is not None
        past_imports.redo_import(ledger, BatchId(done.batch), now=now)
        assert coins(ledger) == (both if place else 30 * had if done is one else 150)
        assert verify.verify(ledger) == ()


def taken_back(ledger: Ledger, bring: Bring, sheet: Bring, had: int, now: datetime) -> list[tuple[str, int, str]]:
    """Rows that came in behind a row of pieces, after both were taken back."""
    rows = [(f"20:04:0{second}", 30, "luna") for second in range(had)]
    first, second = sheet(LINE), bring(*rows)
    for done in (first, second):
        assert done.undo is not None
        undo.revert(ledger, done.undo, now=now)
    return rows


@pytest.mark.parametrize("had", [3, 5, 7])
def test_rows_whose_gift_of_pieces_was_taken_back_come_again_beside_another(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime, had: int
) -> None:
    rows = taken_back(ledger, bring, sheet, had, now)
    sheet(LINE)
    for _ in range(2):
        bring(*rows)
        assert coins(ledger) == 30 * max(had, 5)


@pytest.mark.parametrize("had", [3, 5, 7])
def test_rows_whose_gift_of_pieces_was_taken_back_come_again_alone(
    ledger: Ledger, bring: Bring, sheet: Bring, now: datetime, had: int
) -> None:
    rows = taken_back(ledger, bring, sheet, had, now)
    for _ in range(2):
        bring(*rows)
        assert coins(ledger) == 30 * had


IN_PIECES = Answers(zone="UTC", gift_amount=GiftAmount.PIECES)
TOLD_OTHERWISE = {
    "sheet": "Date;Creator;Quantity;Coins\n2026-05-14T21:09:40Z;luna;3;90\n",
    "ledger": "kind,at,coins,quantity,creator\ngift,2026-05-14T21:11:40Z,90,3,luna\n",
}


@pytest.mark.parametrize("told", TOLD_OTHERWISE)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_gift_of_known_pieces_takes_its_coins_from_who_knows_them_and_gives_them_back(
    ledger: Ledger, tmp_path: Path, now: datetime, told: str, order: tuple[int, int]
) -> None:
    counted = tiktok_files.write(tmp_path / "a.json", gifts=[("2026-05-14 21:09:40", 3, "luna")])
    named = tmp_path / "b.csv"
    named.write_text(TOLD_OTHERWISE[told], encoding="utf-8")
    batches: dict[int, BatchId] = {}
    for each in order:
        path, said = (named, Answers()) if each else (counted, IN_PIECES)
        wishes = opening.Wishes(sheets=True, said=Said(kind="gift")) if told == "sheet" and each else opening.Wishes()
        looked = transfer.preview_import(ledger, path, answers=said, wishes=wishes, now=now)
        done = as_seen(ledger, looked, transfer.import_file(ledger, path, answers=said, wishes=wishes, now=now))
        if isinstance(done.undo, UndoImport):
            batches[each] = done.undo.batch
        again = transfer.import_file(ledger, path, answers=said, wishes=wishes, now=now)
        assert (again.count, again.paired) == (0, 0)
    assert [(one.quantity, one.coins) for one in gifts(ledger)] == [(3, 90)]
    stand = set(batches)
    for each in (*batches, *batches, *reversed(batches)):
        act = past_imports.undo_import if each in stand else past_imports.redo_import
        act(ledger, batches[each], now=now)
        stand ^= {each}
        left = [] if not stand else [(3, 90 if 1 in stand else None)]
        assert [(one.quantity, one.coins) for one in gifts(ledger)] == left
        assert verify.verify(ledger) == ()
