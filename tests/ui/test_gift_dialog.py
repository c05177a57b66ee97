"""The form for a gift, filled by keys on a real ledger."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import Draft, draft_of
from coinbudget.domain.entries import Gift
from coinbudget.domain.limits import Level
from coinbudget.services import limits, record
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.gift import GiftDialog
from tests import make
from tests.ui.person import CTRL, Key, Person


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


@pytest.fixture
def ready(context: Context, now: datetime) -> Context:
    """A ledger with 350 coins bought for 5.29 EUR and one gift to @luna yesterday."""
    ledger = context.operations.ledger
    record.add(ledger, make.purchase(at="2026-11-18T18:30"), now=now)
    record.add(ledger, make.gift(gift="Rose", coins="1", creator="luna", at="2026-11-21T20:00"), now=now)
    return context


def gifts(context: Context) -> list[Gift]:
    return [one for one in make.all_entries(context.operations.ledger) if isinstance(one, Gift)]


def opened(person: Person, context: Context) -> GiftDialog:
    form = GiftDialog(context)
    person.sees(form)
    return form


def test_a_gift_takes_six_keys_when_creator_and_time_are_the_last_ones(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    # Ctrl+G opened it: that is one key.
    person.types("ro")
    person.presses(Key.Key_Return)
    person.presses(Key.Key_Return)
    assert not form.isVisible()
    newest = gifts(ready)[-1]
    assert (newest.gift_name, newest.coins, newest.quantity, newest.creator) == ("Rose", 1, 1, "luna")
    assert newest.at == datetime(2026, 11, 22, 21, 30, tzinfo=UTC)


def test_keys_typed_faster_than_suggestions_come_do_the_same(
    ready: Context, person: Person, settled: Callable[[], None]
) -> None:
    form = opened(person, ready)
    person.dashes_off("ro")
    person.strikes(Key.Key_Return)
    settled()
    person.strikes(Key.Key_Return)
    settled()
    assert not form.isVisible()
    assert gifts(ready)[-1].gift_name == "Rose"


def test_five_times_thirty_is_five_pieces_of_thirty(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("5x30")
    assert (form.pieces.text(), form.coins.text()) == ("5", "150")
    person.presses(Key.Key_Return)
    newest = gifts(ready)[-1]
    assert (newest.gift_name, newest.quantity, newest.coins) == ("", 5, 150)


def test_a_gift_is_found_by_its_coins(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("299")
    assert form.gift.popup is not None
    assert form.gift.popup.isVisible()
    assert all("299" in row.detail for row in form.gift.popup.model.rows[:1])
    person.presses(Key.Key_Down)
    person.presses(Key.Key_Return)
    assert form.coins.text() == "299"
    assert form.gift.text() != "299"


def test_coins_alone_need_no_name(ready: Context, person: Person) -> None:
    opened(person, ready)
    person.types("37")
    person.presses(Key.Key_Return)
    newest = gifts(ready)[-1]
    assert (newest.gift_name, newest.coins) == ("", 37)


def test_pieces_multiply_the_coins(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("ro")
    person.presses(Key.Key_Return)
    person.fills("gift.pieces", "7")
    assert form.coins.text() == "7"
    person.presses(Key.Key_Return)
    assert (gifts(ready)[-1].quantity, gifts(ready)[-1].coins) == (7, 7)


def test_the_true_cost_stands_in_the_form_before_saving(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("100")
    # 349 coins are left of 350 for 5.29: coins 1..101 cost floor(529*101/350) - floor(529*1/350).
    assert form.money.figure.text() == "€1.51"
    assert "100 coins" in form.money.words.text()
    person.fills("gift.coins", "400")
    assert "51 coins with unknown cost" in form.money.words.text()


def test_a_coin_limit_is_shown_before_and_after(ready: Context, person: Person, now: datetime) -> None:
    profile = ready.session.profiles[0]
    limits.add(
        ready.operations.ledger, profile_id=profile.id, measure="coins", period="24h", amount_text="150", now=now
    )
    form = opened(person, ready)
    assert [row.left.text() for row in form.outlook.rows] == ["150 coins left"]
    person.types("140")
    assert [row.left.text() for row in form.outlook.rows] == ["10 coins left"]
    assert form.badge.look() == Level.NEARING
    person.fills("gift.coins", "160")
    assert form.outlook.rows[0].left.text() == "10 coins over"
    assert form.badge.look() == Level.BREACHED
    person.presses(Key.Key_Return)
    assert gifts(ready)[-1].coins == 160, "recording is never refused"


def test_it_is_spoken_once_when_typing_has_stopped(
    ready: Context, person: Person, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        lambda event: said.append(event.message()) if hasattr(event, "message") else None,
    )
    form = opened(person, ready)
    person.dashes_off("100")
    qtbot.waitUntil(lambda: bool(form.last_spoken), timeout=5000)
    assert len([text for text in said if "100 coins" in text]) == 1
    assert form.last_spoken.startswith("€1.51")


def test_save_and_next_keeps_the_creator_and_starts_anew(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("12")
    person.presses(Key.Key_Return, CTRL)
    assert form.isVisible()
    assert (form.gift.text(), form.coins.text(), form.pieces.text()) == ("", "", "1")
    assert form.creator.text() == "@luna"
    assert person.focus is form.gift
    person.types("13")
    person.presses(Key.Key_Return)
    assert [one.coins for one in gifts(ready)[-2:]] == [12, 13]
    assert not form.isVisible()


def test_a_known_creator_is_found_by_part_of_the_name(ready: Context, person: Person) -> None:
    opened(person, ready)
    person.types("5")
    person.fills("gift.creator", "una")
    person.presses(Key.Key_Tab)
    person.presses(Key.Key_Return)
    assert gifts(ready)[-1].creator == "luna"


def test_a_new_creator_is_a_row_of_the_list(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("5")
    person.fills("gift.creator", "@lun")
    assert form.creator.popup is not None
    assert [row.text for row in form.creator.popup.model.rows] == ["@luna", "@lun"]
    person.presses(Key.Key_Up)
    person.presses(Key.Key_Return)
    person.presses(Key.Key_Return)
    assert gifts(ready)[-1].creator == "lun"


def test_yesterday_evening_is_a_moment(ready: Context, person: Person) -> None:
    opened(person, ready)
    person.types("5")
    person.fills("gift.at", "yesterday 21:10")
    person.presses(Key.Key_Return)
    assert gifts(ready)[-1].at == datetime(2026, 11, 21, 20, 10, tzinfo=UTC)


def test_about_to_shows_what_would_be_and_writes_nothing(ready: Context, person: Person) -> None:
    before = len(make.all_entries(ready.operations.ledger))
    form = opened(person, ready)
    person.types("100")
    person.presses(Key.Key_T, CTRL)
    assert form.money.figure.text() == "€1.51"
    assert form.cancel.text() == "Not now"
    person.presses(Key.Key_Escape)  # the list of gifts of 100 coins
    person.presses(Key.Key_Escape)
    assert not form.isVisible()
    assert len(make.all_entries(ready.operations.ledger)) == before


def test_amending_begins_with_the_entry_and_changes_it_alone(ready: Context, person: Person) -> None:
    entry = gifts(ready)[-1]
    form = GiftDialog(ready, amending=entry)
    person.sees(form)
    assert (form.gift.text(), form.coins.text(), form.creator.text()) == ("Rose", "1", "@luna")
    person.fills("gift.pieces", "4")
    person.presses(Key.Key_Return)
    changed = gifts(ready)[-1]
    assert (changed.id, changed.quantity, changed.coins, changed.at) == (entry.id, 4, 4, entry.at)
    assert len(gifts(ready)) == 1


def test_escape_closes_the_list_before_the_form(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    person.types("ro")
    person.presses(Key.Key_Escape)
    assert form.isVisible()
    assert form.gift.popup is not None
    assert not form.gift.popup.isVisible()
    person.presses(Key.Key_Escape)
    assert not form.isVisible()


def test_untouched_time_follows_the_clock(ready: Context, person: Person, now: datetime) -> None:
    form = opened(person, ready)
    assert form.when.text() == "today 22:30"
    ready.operations.clock = lambda: now + timedelta(minutes=3)
    form.when.start(form.zone, ready.operations.clock)
    assert form.when.text() == "today 22:33"
    assert form.when.draft_text() == ""


def test_every_control_has_a_name(ready: Context, person: Person) -> None:
    form = opened(person, ready)
    for field in form.fields.values():
        assert field.widget.accessibleName()
        assert field.label.buddy() is field.widget
        assert field.widget.objectName().startswith("gift.")
    assert QApplication.focusWidget() is form.gift


def test_same_again_begins_with_date_and_creator_of_the_last(ready: Context, person: Person) -> None:
    entry = gifts(ready)[-1]
    draft = draft_of(entry, ready.session.profiles[0])
    form = GiftDialog(ready, prefill=draft)
    person.sees(form)
    assert (form.when.text(), form.creator.text()) == ("21/11/2026 20:00", "@luna")
    person.presses(Key.Key_Return)
    again = gifts(ready)[-1]
    assert again.id != entry.id
    assert (again.at, again.creator, again.coins) == (entry.at, entry.creator, entry.coins)


@pytest.mark.parametrize("creator", ["luna", "@luna", "@@luna"])
def test_a_creator_has_one_at_sign_however_it_came(context: Context, person: Person, creator: str) -> None:
    form = GiftDialog(context, prefill=Draft(kind="gift", gift="Rose", creator=creator))
    person.sees(form)
    assert form.creator.text() == "@luna"


def test_what_the_coins_cost_does_not_wait_for_the_creator(context: Context, person: Person, now: datetime) -> None:
    record.add(context.operations.ledger, make.purchase(at="2026-11-18T18:30"), now=now)
    form = opened(person, context)
    person.types("5x30")
    assert form.creator.text() == ""
    assert "2.26" in form.money.spoken() or "2.27" in form.money.spoken()
    person.presses(Key.Key_Return)
    assert form.isVisible()
    assert form.fields["creator"].problem()
    assert gifts(context) == []
