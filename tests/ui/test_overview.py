"""The Overview says what a real ledger holds."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from coinbudget.domain.profiles import ProfileId
from coinbudget.services import limits, record
from coinbudget.services.household import profile
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.pages.overview import OverviewPage
from tests import make

Settled = Callable[[], None]


def add_limit(ledger: Ledger, now: datetime, period: str, amount: str) -> None:
    limits.add(ledger, profile_id=_mia(ledger), measure="money", period=period, amount_text=amount, now=now)


def _mia(ledger: Ledger) -> ProfileId:
    return profile(ledger, "Mia").id


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> OverviewPage:
    made = OverviewPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    return made


def shown(page: OverviewPage, settled: Settled) -> list[list[str]]:
    page.show()
    page.mark_stale()
    settled()
    return [card.texts() for card in page._left]


def test_an_empty_ledger_says_so_and_is_never_called_within_its_limit(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    add_limit(file_ledger, now, "week", "12.00")
    cards = shown(page, settled)
    assert cards[1][1] == "€12.00"
    assert "Nothing logged yet" in cards[1]
    assert not any("Within limit" in card for card in cards)
    assert page._empty.isVisible()
    assert page.findChild(QPushButton, "overview.first_purchase") is not None


def test_without_a_limit_a_card_says_what_was_paid_and_offers_one(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime, context: Context, qtbot: QtBot
) -> None:
    record.add(file_ledger, make.purchase(), now=now)
    cards = shown(page, settled)
    assert [card[:2] for card in cards] == [
        ["Paid today", "€5.29"],
        ["Paid this week", "€5.29"],
        ["Paid this month", "€5.29"],
    ]
    assert all("Logged up to today 22:30" in card for card in cards)
    with qtbot.waitSignal(context.session.limit_requested):
        page._left[0].set_limit.click()


def test_a_day_that_a_tighter_week_holds_says_so(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    add_limit(file_ledger, now, "24h", "12.00")
    add_limit(file_ledger, now, "week", "12.00")
    add_limit(file_ledger, now, "month", "40.00")
    record.add(file_ledger, make.purchase(paid="6.15", at=(now - timedelta(days=3)).isoformat()), now=now)
    record.add(file_ledger, make.purchase(paid="4.42"), now=now)
    today, week, month = shown(page, settled)
    assert today[:4] == ["Left today", "€1.43", "€4.42 of €12.00 in any 24 hours", "Held by €12.00 a week"]
    assert week[:4] == ["Left this week", "€1.43", "€10.57 of €12.00 since Mon 00:00", "The tightest of 3 limits"]
    assert week[4] == "88% used"
    assert month[:3] == ["Left this month", "€29.43", "€10.57 of €40.00 since 1 Nov"]


def test_over_a_limit_the_card_says_by_how_much(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    add_limit(file_ledger, now, "month", "5.00")
    record.add(file_ledger, make.purchase(), now=now)
    month = shown(page, settled)[2]
    assert month[:2] == ["Over this month", "€0.29"]
    assert month[4] == "Over by €0.29"


def test_coins_on_hand_stand_with_their_cost_and_the_latest_entries_with_money(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    record.add(file_ledger, make.purchase(at=(now - timedelta(hours=2)).isoformat()), now=now)
    record.add(file_ledger, make.gift(gift="Perfume", coins="20", creator="@luna"), now=now)
    shown(page, settled)
    coins = page._coins.texts()
    assert coins[:2] == ["330", "€4.99"]
    rows = [row.texts() for row in page._rows if row.isVisibleTo(page)]
    assert rows == [
        ("Perfume to @luna", "today 22:30 · 20 coins", "€0.30"),
        ("350 coins, Web", "today 20:30", "€5.29"),
    ]
    assert page._creators[0].accessibleName() == "@luna: €0.30, 20 coins"


def test_a_purchase_that_could_not_be_converted_is_named(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    record.add(file_ledger, make.purchase(paid="50000", currency="VND"), now=now)
    shown(page, settled)
    assert page._note.text() == "Not converted and in no sum: 1 purchase."
    assert page._noted.isVisible()


def test_the_figure_and_every_card_speak_a_sentence(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    add_limit(file_ledger, now, "month", "40.00")
    record.add(file_ledger, make.purchase(), now=now)
    shown(page, settled)
    assert page._figure.accessibleName() == "€5.29 paid in November so far, limit €40.00."
    assert all(card.accessibleName().endswith(".") for card in page._left)


def test_another_entry_is_shown_without_asking(page: OverviewPage, settled: Settled, context: Context) -> None:
    before = shown(page, settled)[0][1]
    context.operations.write("purchase", lambda ledger, now: record.add(ledger, make.purchase(), now=now))
    settled()
    settled()
    assert before == "€0.00"
    assert page._left[0].texts()[1] == "€5.29"


def test_a_hidden_page_reads_nothing_until_it_is_shown(page: OverviewPage, settled: Settled) -> None:
    page.mark_stale()
    settled()
    assert page.shown is None
    page.show()
    settled()
    assert page.shown is not None


def test_nothing_sticks_out_at_the_smallest_window(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    record.add(file_ledger, make.purchase(), now=now)
    record.add(file_ledger, make.gift(gift="A very long name of a gift " * 6, creator="x" * 200), now=now)
    page.resize(QSize(796, 480))
    shown(page, settled)
    for widget in (*page._left, page._coins, page._middle, page._latest_card):
        right = widget.mapTo(page, widget.rect().topRight()).x()
        assert right <= page.width(), widget


@pytest.mark.parametrize("width", [1400, 1100, 880, 640])
def test_figures_of_the_month_are_never_cut(
    page: OverviewPage, settled: Settled, file_ledger: Ledger, now: datetime, width: int
) -> None:
    record.add(file_ledger, make.purchase(paid="98765.43", coins="900"), now=now)
    page.resize(width, 700)
    shown(page, settled)
    page.resize(width - 10, 700)
    settled()
    beside, below = page._month_aside, page._month_below
    said = beside.full_text() or below.text()
    assert "This year €98,765.43 · in all €98,765.43" in said
    if beside.full_text():
        assert beside.text() == beside.full_text()
    else:
        assert below.isVisible()


def test_nothing_is_said_before_the_figures_are_read(page: OverviewPage) -> None:
    page.show()
    assert not page._left_row.isVisible()
    assert not page._middle.isVisible()
    assert not page._latest_card.isVisible()
