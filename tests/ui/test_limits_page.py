"""The limits page on a real ledger, by keys and clicks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import Draft
from coinbudget.domain.limits import Level, Limit, LimitId
from coinbudget.domain.periods import Period
from coinbudget.services import household, limits, record
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.pages.limits import LimitsPage
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.limit_card import LimitCard, windows_words
from tests import make

W = TypeVar("W", bound=QWidget)
Settled = Callable[[], None]
AddLimit = Callable[..., LimitId]
AddEntry = Callable[[Draft], str]


@pytest.fixture
def limit(file_ledger: Ledger, now: datetime) -> AddLimit:
    """Adds a limit of 12.00 EUR a week, or as told."""

    def add(**given: Any) -> LimitId:
        mia = household.profile(file_ledger, "Mia")
        told = {"measure": "money", "period": "week", "amount_text": "12.00", **given}
        return limits.add(file_ledger, profile_id=mia.id, now=now, **told).limits[0]

    return add


@pytest.fixture
def add(file_ledger: Ledger, now: datetime) -> AddEntry:
    def write(draft: Draft) -> str:
        return record.add(file_ledger, draft, now=now).entries[0]

    return write


@pytest.fixture
def page(qtbot: QtBot, context: Context, settled: Settled) -> Callable[[], LimitsPage]:
    def show() -> LimitsPage:
        made = LimitsPage(context)
        qtbot.addWidget(made)
        made.resize(1100, 640)
        made.show()
        qtbot.waitExposed(made)
        settled()
        return made

    return show


def child(parent: QWidget, kind: type[W], name: str) -> W:
    found = parent.findChild(kind, name)
    assert isinstance(found, kind)
    return found


def standing(context: Context) -> tuple[Limit, ...]:
    return limits.limits(context.operations.ledger)


def choose(card: LimitCard, name: str) -> None:
    """Open the card's menu and choose from it."""
    QTest.mouseClick(card.more, Qt.MouseButton.LeftButton)
    (menu,) = (one for one in card.findChildren(QMenu, "limit.menu") if one.isVisible())
    found = menu.findChild(QAction, f"limit.menu.{name}")
    assert found is not None
    found.trigger()
    menu.close()


def offered(card: LimitCard) -> list[str]:
    QTest.mouseClick(card.more, Qt.MouseButton.LeftButton)
    (menu,) = (one for one in card.findChildren(QMenu, "limit.menu") if one.isVisible())
    names = [action.objectName() for action in menu.actions() if action.objectName()]
    menu.close()
    return names


def test_the_sentence_names_the_tightest_limit_and_what_it_leaves_until_when(
    page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry
) -> None:
    limit()
    limit(period="month", amount_text="40")
    add(make.purchase(paid="10.57", coins="900", at="2026-11-18T12:00"))
    it = page()
    assert it.sentence.text() == ("The tightest limit counts. Now it is €12.00 a week: €1.43 left until Monday 00:00.")
    assert it.reach.text() == "Logged up to Wed 12:00"


def test_a_card_says_state_use_what_counts_since_when_and_when_there_is_room(
    page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry
) -> None:
    week = limit()
    add(make.purchase(paid="10.57", coins="900", at="2026-11-18T12:00"))
    card = page().cards[week]
    assert card.title.text() == "€12.00 a week"
    assert (card.badge.text(), card.badge.look()) == ("88% used", Level.NEARING)
    assert card.used.text() == "€10.57 paid, €1.43 left"
    assert card.counts.text() == "money paid, since Monday 00:00, room again from Monday 00:00"
    assert card.legend.text() == "Last 12 weeks, none over"
    assert "€1.43 left" in card.bar.accessibleName()


def test_over_is_said_with_word_icon_and_amount(page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry) -> None:
    week = limit(amount_text="10")
    add(make.purchase(paid="12.52", at="2026-11-18T12:00"))
    it = page()
    assert (it.cards[week].badge.text(), it.cards[week].badge.look()) == ("Over by €2.52", Level.BREACHED)
    assert it.cards[week].used.text() == "€12.52 paid, €2.52 over"
    assert it.cards[week].legend.text() == "Last 12 weeks, 1 over (red)"
    assert it.sentence.text() == "Your limit is €10.00 a week: €2.52 over, room again from Monday 00:00."


def test_planned_purchases_are_said_apart(page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry) -> None:
    month = limit(period="month", amount_text="40")
    add(make.purchase(paid="27.05", at="2026-11-18T12:00"))
    add(make.purchase(paid="4.99", at="2026-11-25T12:00", planned="1"))
    card = page().cards[month]
    assert card.used.text() == "€27.05 paid, €12.95 left, €7.96 after €4.99 planned"


def test_rolling_limits_say_in_any_and_coins_are_gifted(
    page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry
) -> None:
    rolling = limit(measure="coins", period="24h", amount_text="1500")
    add(make.gift(coins="299", at="2026-11-22T21:14"))
    card = page().cards[rolling]
    assert card.title.text() == "1,500 coins in any 24 hours"
    assert card.used.text() == "299 coins gifted, 1,201 coins left"
    assert card.counts.text() == "coins gifted, in any 24 hours, more room from tomorrow 21:14"


def test_a_window_with_nothing_logged_says_so_and_never_within_limit(
    page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry
) -> None:
    week = limit()
    add(make.purchase(at="2026-11-01T12:00"))
    it = page()
    assert it.cards[week].badge.text() == "Nothing logged yet"
    assert it.cards[week].used.text() == "Nothing logged in this period yet, €12.00 left"
    assert it.sentence.text() == "Your limit is €12.00 a week: nothing is logged in this period yet."


def test_an_amount_that_is_not_known_cannot_be_judged(
    page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry
) -> None:
    week = limit()
    add(make.purchase(paid="3.00", at="2026-11-18T12:00"))
    add(make.purchase(paid="100", currency="ARS", at="2026-11-18T13:00"))
    it = page()
    card = it.cards[week]
    assert (card.badge.text(), card.badge.look()) == ("Cannot judge", "unknown")
    assert card.used.text() == "At least €3.00 paid"
    assert "could not be converted" in card.note.text()
    assert "cannot judge" in it.sentence.text()


def test_use_before_and_after_refunds_are_both_shown(
    page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry
) -> None:
    week = limit()
    bought = add(make.purchase(paid="10.57", at="2026-11-18T12:00"))
    add(make.refund(bought, paid="5.00", coins="0", at="2026-11-19T12:00"))
    card = page().cards[week]
    assert card.used.text() == "€5.57 paid, €6.43 left"
    assert card.note.text() == "After refunds; €10.57 before them."


def test_a_cap_says_who_set_it_and_that_refunds_give_no_room(page: Callable[[], LimitsPage], limit: AddLimit) -> None:
    cap = limit(cap=True)
    card = page().cards[cap]
    assert card.guarded.isVisible()
    assert card.note.text() == "Refunds give no room back."


def test_without_limits_a_free_amount_is_offered_and_set_by_keys(
    page: Callable[[], LimitsPage], context: Context, settled: Settled
) -> None:
    it = page()
    assert it.offer.isVisible()
    assert not it.add.isVisible()
    it.offer.amount.setFocus()
    QTest.keyClicks(it.offer.amount, "17.50")
    QTest.keyClick(it.offer.amount, Qt.Key.Key_Return)
    settled()
    settled()
    assert [(one.amount, one.period.value) for one in standing(context)] == [(1750, "month")]
    assert not it.offer.isVisible()
    assert len(it.cards) == 1


def test_an_amount_that_is_none_is_refused_at_the_field(
    page: Callable[[], LimitsPage], context: Context, settled: Settled
) -> None:
    it = page()
    QTest.keyClicks(it.offer.amount, "a lot")
    QTest.mouseClick(it.offer.button, Qt.MouseButton.LeftButton)
    settled()
    assert it.offer.field.problem()
    assert standing(context) == ()
    QTest.keyClick(it.offer.amount, Qt.Key.Key_Backspace)
    assert it.offer.field.problem() == ""


def test_a_removed_limit_may_be_taken_back(
    page: Callable[[], LimitsPage], context: Context, limit: AddLimit, settled: Settled
) -> None:
    week, month = limit(), limit(period="month", amount_text="40")
    it = page()
    choose(it.cards[week], "remove")
    settled()
    settled()
    assert list(it.cards) == [month]
    assert it.removed.isVisible()
    assert it.removed_words.full_text() == "Removed: €12.00 a week"
    QTest.mouseClick(it.bring_back, Qt.MouseButton.LeftButton)
    settled()
    settled()
    assert {one.id for one in standing(context)} == {week, month}
    assert not it.removed.isVisible()
    assert context.operations.undo_stack.count() == 0


def test_take_back_is_offered_only_while_it_is_possible(
    page: Callable[[], LimitsPage], limit: AddLimit, context: Context, settled: Settled
) -> None:
    week = limit()
    it = page()
    assert "limit.menu.take_back" in offered(it.cards[week])
    context.operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(), now=now))
    settled()
    settled()
    assert "limit.menu.take_back" not in offered(it.cards[week])


def test_a_cap_is_removed_only_after_asking(
    page: Callable[[], LimitsPage], context: Context, limit: AddLimit, settled: Settled
) -> None:
    cap = limit(cap=True)
    it = page()
    choose(it.cards[cap], "remove")
    settled()
    box = child(it.window(), QMessageBox, "limits.ask_cap")
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert len(standing(context)) == 1
    QTest.mouseClick(child(box, QWidget, "limits.ask_cap.remove"), Qt.MouseButton.LeftButton)
    settled()
    settled()
    assert standing(context) == ()


def test_edit_opens_the_form_of_the_limit(page: Callable[[], LimitsPage], limit: AddLimit, settled: Settled) -> None:
    week = limit()
    it = page()
    choose(it.cards[week], "edit")
    settled()
    form = QApplication.activeModalWidget()
    assert form is not None
    assert form.windowTitle() or form.objectName()
    form.close()


def test_what_if_opens_the_purchase_form_in_that_tense(
    page: Callable[[], LimitsPage], context: Context, limit: AddLimit, settled: Settled
) -> None:
    limit()
    it = page()
    QTest.mouseClick(it.what_if, Qt.MouseButton.LeftButton)
    settled()
    form = QApplication.activeModalWidget()
    assert form is not None
    assert child(form, QWidget, "purchase.about_to").property("checked") is True
    form.close()
    assert make.all_entries(context.operations.ledger) == []


def test_a_new_purchase_is_seen_on_the_card(
    page: Callable[[], LimitsPage], context: Context, limit: AddLimit, settled: Settled
) -> None:
    week = limit()
    it = page()
    context.operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(), now=now))
    settled()
    settled()
    assert it.cards[week].used.text() == "€5.29 paid, €6.71 left"


def has_room(label: QLabel) -> bool:
    needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
    return label.height() >= needed and (label.wordWrap() or label.width() >= label.sizeHint().width())


@pytest.mark.parametrize("width", [816, 1100])
def test_every_word_of_a_card_has_room(
    qtbot: QtBot, page: Callable[[], LimitsPage], limit: AddLimit, add: AddEntry, width: int
) -> None:
    cap = limit(cap=True, period="30d", amount_text="1234567.89")
    add(make.purchase(paid="1234.56", at="2026-11-18T12:00"))
    add(make.purchase(paid="4321.00", at="2026-11-28T12:00", planned="1"))
    it = page()
    it.resize(width, 500)
    qtbot.waitUntil(lambda: it.width() == width)
    card = it.cards[cap]

    def roomy() -> bool:
        return all(has_room(label) for label in (card.title, card.used, card.counts, card.legend, card.cap))

    qtbot.waitUntil(roomy)
    assert card.width() <= it.width()


def test_a_limit_alone_of_its_measure_is_not_called_the_tightest(
    page: Callable[[], LimitsPage], limit: AddLimit
) -> None:
    week = limit()
    it = page()
    assert it.cards[week].tightest.text() == ""
    limit(period="month", amount_text="40")
    it = page()
    assert "The tightest" in {card.tightest.text() for card in it.cards.values()}


@pytest.mark.parametrize("period", list(Period))
def test_the_words_of_the_small_columns_have_room(theme: Theme, period: Period) -> None:
    for tail in (", none over", ", nothing yet", ", 12 over (red)"):
        metrics = QFontMetrics(theme.font("caption"))
        assert metrics.horizontalAdvance(windows_words(period, 12) + tail) <= 208
