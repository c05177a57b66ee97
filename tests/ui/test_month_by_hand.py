"""A month typed by keys through the real window ends in the same ledger as the same month through the services.

Germany, EUR; limits 25 EUR a month and 12 EUR in any 7 days; purchases in EUR, USD, JPY and, with what the card took,
VND; gifts by name; a refund. The warning stands in the form before saving, the banner in the window afterwards.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from babel import Locale
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry, EntryId, Refund
from coinbudget.domain.limits import Alert, Level
from coinbudget.services import household, limits, record, watch
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme
from coinbudget.ui.workspace import Workspace
from tests import make
from tests.ui.person import CTRL, Key, Person

MONTH: tuple[Draft, ...] = (
    Draft(kind="purchase", coins="350", paid="5.29", currency="EUR", channel="web", region="DE", at="2026-11-03T18:30"),
    Draft(kind="gift", gift="Rose", coins="5", quantity="5", creator="luna", at="2026-11-03T20:05"),
    Draft(kind="purchase", coins="700", paid="9.99", currency="USD", channel="web", region="DE", at="2026-11-10T20:00"),
    Draft(kind="gift", gift="Corgi", coins="299", quantity="1", creator="chef.tomo", at="2026-11-11T21:00"),
    Draft(kind="purchase", coins="500", paid="1500", currency="JPY", channel="web", region="DE", at="2026-11-17T19:00"),
    Draft(
        kind="purchase",
        coins="350",
        paid="120000",
        currency="VND",
        charged="4.61",
        channel="web",
        region="DE",
        at="2026-11-22T20:00",
    ),
)


@pytest.fixture
def workspace(
    qtbot: QtBot, theme: Theme, file_ledger: Ledger, settings: QSettings, now: datetime
) -> Iterator[Workspace]:
    """The real window on a new ledger file with the profile Mia."""
    window = MainWindow(theme, settings)
    qtbot.addWidget(window)
    amounts = Amounts(Locale.parse("en_GB"), file_ledger.reference.currencies)
    made = Workspace(
        window, file_ledger, amounts, household.profiles(file_ledger), clock=lambda: now, settings=settings
    )
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield made
    made.close()


class Typist(Person):
    """A person in front of the window."""

    def __init__(self, qtbot: QtBot, workspace: Workspace) -> None:
        operations = workspace.context.operations

        def settled() -> None:
            for _ in range(3):
                QApplication.processEvents()
                qtbot.waitUntil(operations.idle_now, timeout=10_000)

        super().__init__(qtbot, settled)
        self.window = workspace.window
        self.bot = qtbot
        settled()

    def opens(self, key: Qt.Key, name: str) -> Any:
        """Press a shortcut of the window and get the form it opens."""
        QTest.keyClick(self.window, key, CTRL)
        return self.gets(name)

    def gets(self, name: str) -> Any:
        """The form of that name, once it has the focus."""

        def there() -> bool:
            focus, form = QApplication.focusWidget(), self.form(name)
            return form is not None and focus is not None and form.isAncestorOf(focus)

        self.bot.waitUntil(there)
        return self.form(name)

    def form(self, name: str) -> QDialog | None:
        """The form of that name, while it is open."""
        open_ones = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        return next((one for one in open_ones if one.objectName() == name), None)

    def saves(self, name: str) -> None:
        """Press Enter; the form closes."""
        self.presses(Key.Key_Return)
        self.bot.waitUntil(lambda: self.form(name) is None)
        # Off the screen there is no window manager to give the window the focus back.
        self.window.activateWindow()
        self.bot.waitUntil(self.window.isActiveWindow)


def by_services(now: datetime) -> Ledger:
    """The same month without the window."""
    ledger = open_ledger(None, now=now, create=True)
    household.add_profile(ledger, name="Mia", region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    (profile,) = household.profiles(ledger)
    for period, amount in (("month", "25"), ("7d", "12")):
        limits.add(ledger, profile_id=profile.id, measure="money", period=period, amount_text=amount, now=now)
    first, *_ = [record.add(ledger, draft, now=now).entries[0] for draft in MONTH]
    record.add(ledger, make.refund(first, paid="2.00", coins="100"), now=now)
    return ledger


def content(ledger: Ledger) -> list[Entry]:
    """Every entry without the ids that differ from ledger to ledger."""
    entries = make.all_entries(ledger)
    places = {entry.id: EntryId(f"#{number}") for number, entry in enumerate(entries)}
    same: list[Entry] = []
    for entry in entries:
        plain: Entry = replace(entry, id=places[entry.id])
        same.append(replace(plain, refers_to=places[plain.refers_to]) if isinstance(plain, Refund) else plain)
    return same


def told(ledger: Ledger) -> list[tuple[object, ...]]:
    """Every alert without ids."""

    def key(alert: Alert) -> tuple[object, ...]:
        return alert.limit.period, alert.level, alert.mark, alert.window, alert.used, alert.seen

    return sorted((key(alert) for alert in watch.alerts(ledger, unseen_only=False)), key=str)


def type_limits(typist: Typist) -> None:
    for amount, period in (("25", "a month"), ("12", "in any 7 days")):
        typist.opens(Key.Key_L, "limit")
        typist.types(amount)
        typist.chooses("limit.period", period)
        typist.saves("limit")


def type_purchase(typist: Typist, draft: Draft, at: str) -> Any:
    """Fill the form for a purchase and leave it open."""
    form = typist.opens(Key.Key_N, "purchase")
    typist.types(draft.coins)
    typist.fills("purchase.paid", draft.paid)
    if draft.currency != "EUR":
        typist.fills("purchase.currency", draft.currency)
    if draft.charged:
        typist.fills("purchase.charged", draft.charged.replace(".", ","))
    typist.fills("purchase.at", at)
    return form


def type_gift(typist: Typist, letters: str, pieces: str, creator: str, at: str) -> None:
    typist.opens(Key.Key_G, "gift")
    typist.types(letters)
    typist.presses(Key.Key_Return)
    if pieces != "1":
        typist.fills("gift.pieces", pieces)
    typist.fills("gift.creator", creator)
    if _list_open():
        typist.presses(Key.Key_Escape)
    typist.fills("gift.at", at)
    typist.saves("gift")


def _list_open() -> bool:
    popup = getattr(QApplication.focusWidget(), "popup", None)
    return popup is not None and popup.isVisible()


def test_a_month_typed_by_hand_ends_in_the_same_ledger(
    qtbot: QtBot, workspace: Workspace, file_ledger: Ledger, now: datetime
) -> None:
    typist = Typist(qtbot, workspace)
    type_limits(typist)

    type_purchase(typist, MONTH[0], "03/11/2026 18:30")
    typist.saves("purchase")
    type_gift(typist, "rose", "5", "@luna", "03/11/2026 20:05")
    form = type_purchase(typist, MONTH[2], "10/11/2026 20:00")
    assert "US$9.99" in form.money.words.text()
    typist.saves("purchase")
    type_gift(typist, "corgi", "1", "@chef.tomo", "11/11/2026 21:00")
    type_purchase(typist, MONTH[4], "17/11/2026 19:00")
    typist.saves("purchase")

    form = type_purchase(typist, MONTH[5], "today 20:00")
    over = [row.left.text() for row in form.outlook.rows if "over" in row.left.text()]
    assert len(over) == 2, [row.left.text() for row in form.outlook.rows]
    assert form.badge.look() == Level.BREACHED
    assert form.badge.isVisible()
    typist.saves("purchase")
    assert workspace.window.banner.isVisible()
    assert "over the limit" in workspace.window.banner.text()

    type_refund(typist, qtbot)

    expected = by_services(now)
    assert content(file_ledger) == content(expected)
    assert told(file_ledger) == told(expected)
    assert [(one.used, one.gross, one.left, one.level) for one in watch.status(file_ledger, now=now)] == [
        (one.used, one.gross, one.left, one.level) for one in watch.status(expected, now=now)
    ]
    assert make.totals_differ(file_ledger) == {}
    expected.close()


def type_refund(typist: Typist, qtbot: QtBot) -> None:
    """Go to the oldest row of the ledger page and refund a part of that purchase."""
    QTest.keyClick(typist.window, Key.Key_2, CTRL)
    page: Any = typist.window.stack.currentWidget()
    qtbot.waitUntil(lambda: page.model.rowCount() == len(MONTH))
    page.table.setFocus()
    typist.presses(Key.Key_End)
    QTest.keyClick(page.table, Key.Key_Menu)
    (menu,) = [one for one in page.findChildren(QMenu, "ledger.menu") if one.isVisible()]
    for _ in range(len(menu.actions())):
        chosen = menu.activeAction()
        if chosen is not None and chosen.text().startswith("Refund"):
            break
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    typist.gets("refund")
    typist.presses(Key.Key_Right)
    typist.fills("refund.paid", "2,00")
    typist.fills("refund.coins", "100")
    typist.saves("refund")


def test_every_step_of_the_month_can_be_taken_back(qtbot: QtBot, workspace: Workspace, file_ledger: Ledger) -> None:
    typist = Typist(qtbot, workspace)
    type_purchase(typist, MONTH[0], "03/11/2026 18:30")
    typist.saves("purchase")
    assert [one.voided_at for one in make.all_entries(file_ledger)] == [None]
    QTest.keyClick(typist.window, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: all(one.voided_at is not None for one in make.all_entries(file_ledger)))
