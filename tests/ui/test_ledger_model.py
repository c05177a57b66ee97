"""The rows of the ledger table and what they say."""

import os
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import Adjustment, Entry, EntryId, Gift, Purchase, Reason, Refund
from coinbudget.domain.money import Currency, Money
from coinbudget.domain.profiles import HomeSettings, Profile, ProfileId
from coinbudget.domain.rates import Rate, RateSource
from coinbudget.domain.summaries import LedgerLine, Sort
from coinbudget.domain.valuation import Cost
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.models.ledger_model import KEPT_ROWS, PAGE_ROWS, Column, LedgerModel
from coinbudget.ui.models.line_texts import LineTexts
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.ledger_table import LedgerTable

NOW = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
EUR, USD, JPY = (
    Currency(code="EUR", digits=2),
    Currency(code="USD", digits=2),
    Currency(code="JPY", digits=0),
)
MIA = Profile(
    id=ProfileId(1),
    name="Mia",
    region="DE",
    currency="EUR",
    settings=(HomeSettings(effective_on=date.min, zone="Europe/Berlin"),),
    created_at=NOW,
)
DISPLAY, SPOKEN, TIP = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.ToolTipRole,
)


def base(sequence: int = 1, **given: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 22, 20, 14, tzinfo=UTC) - timedelta(minutes=sequence)
    common = {"id": EntryId(f"e{sequence}"), "profile_id": MIA.id, "at": at, "home_on": at.date()}
    return {**common, "zone": "Europe/Berlin", "sequence": sequence, **given}


def gift(sequence: int = 1, *, cost: Cost | None = None, **given: Any) -> LedgerLine:
    entry = Gift(**base(sequence, coins=299, gift_name="Corgi", creator="lunabeats") | given)
    shown = cost if cost is not None else Cost(minor=358, unknown_coins=0)
    return LedgerLine(entry=entry, profile=MIA, amount_minor=None, cost=shown, on_hand=746)


def purchase(sequence: int = 1, *, amount: int | None = 529, refunded: int = 0, **given: Any) -> LedgerLine:
    entry = Purchase(**base(sequence, coins=350, paid=Money(minor=529, currency=EUR), channel=Channel.WEB) | given)
    return LedgerLine(entry=entry, profile=MIA, amount_minor=amount, cost=None, on_hand=1045, refunded_minor=refunded)


@pytest.fixture
def texts() -> LineTexts:
    amounts = Amounts(Locale.parse("en_GB"), {"EUR": EUR, "USD": USD, "JPY": JPY})
    return LineTexts(amounts, lambda: NOW)


class Source:
    """Hands out lines when told to, and remembers what was asked."""

    def __init__(self, line: Callable[[int], LedgerLine] = gift) -> None:
        self.asked: list[tuple[int, ...]] = []
        self._line = line
        self._waiting: list[tuple[tuple[int, ...], Callable[[Sequence[LedgerLine]], None], Callable[[], None]]] = []

    def __call__(
        self, sequences: Sequence[int], arrived: Callable[[Sequence[LedgerLine]], None], failed: Callable[[], None]
    ) -> None:
        self.asked.append(tuple(sequences))
        self._waiting.append((tuple(sequences), arrived, failed))

    def answer(self) -> None:
        sequences, arrived, _ = self._waiting.pop(0)
        arrived([self._line(sequence) for sequence in sequences])

    def refuse(self) -> None:
        self._waiting.pop(0)[2]()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def model(qapp: QApplication, texts: LineTexts, source: Source) -> Iterator[LedgerModel]:
    assert qapp is not None
    made = LedgerModel(texts, source)
    yield made
    made.deleteLater()


def text(model: QAbstractItemModel, row: int, column: Column, role: int = DISPLAY) -> Any:
    return model.data(model.index(row, column), role)


# Rows


def test_first_page_is_shown_at_once_and_the_rest_is_added_below(
    qtbot: QtBot, model: LedgerModel, source: Source
) -> None:
    model.set_first([gift(n) for n in range(1, PAGE_ROWS + 1)])
    assert text(model, 0, Column.WHAT) == "Corgi"
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsInserted):
        model.set_sequences(array("q", range(1, 1001)))
    assert model.rowCount() == 1000
    assert source.asked == []


def test_missing_rows_are_placeholders_until_their_page_has_come(
    qtbot: QtBot, model: LedgerModel, source: Source
) -> None:
    model.set_sequences(array("q", range(1, 1001)))
    assert text(model, 500, Column.WHAT) is None
    assert text(model, 500, Column.WHAT, SPOKEN) == "Loading"
    qtbot.waitUntil(lambda: len(source.asked) == 1)
    first = 500 // PAGE_ROWS * PAGE_ROWS
    assert source.asked[0] == tuple(range(first + 1, first + PAGE_ROWS + 1))
    with qtbot.waitSignal(model.dataChanged):
        source.answer()
    assert text(model, 500, Column.WHAT) == "Corgi"


def test_after_fast_scrolling_only_the_newest_pages_are_fetched(
    qtbot: QtBot, model: LedgerModel, source: Source
) -> None:
    model.set_sequences(array("q", range(1, 1_000_001)))
    for row in range(0, 1_000_000, 10_000):
        text(model, row, Column.WHAT)
    qtbot.waitUntil(lambda: bool(source._waiting))
    source.answer()
    qtbot.wait(20)
    assert len(source.asked) == 1
    assert len(source.asked[0]) == 3 * PAGE_ROWS
    assert source.asked[0][-PAGE_ROWS] == 990_000 // PAGE_ROWS * PAGE_ROWS + 1


def test_answers_about_rows_of_before_are_dropped(qtbot: QtBot, model: LedgerModel, source: Source) -> None:
    model.set_sequences(array("q", range(1, 11)))
    text(model, 0, Column.WHAT)
    qtbot.waitUntil(lambda: len(source.asked) == 1)
    model.set_sequences(array("q", range(100, 105)))
    source.answer()
    assert model.line_at(0) is None


def test_a_failed_page_is_asked_for_again_when_it_is_looked_at(
    qtbot: QtBot, model: LedgerModel, source: Source
) -> None:
    model.set_sequences(array("q", range(1, 11)))
    text(model, 0, Column.WHAT)
    qtbot.waitUntil(lambda: len(source.asked) == 1)
    source.refuse()
    text(model, 0, Column.WHAT)
    qtbot.waitUntil(lambda: len(source.asked) == 2)


def test_changed_amounts_keep_the_old_line_on_screen_until_the_new_one_comes(
    qtbot: QtBot, model: LedgerModel, source: Source
) -> None:
    rows = array("q", range(1, 11))
    model.set_first([gift(n) for n in rows])
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_sequences(array("q", rows))
    assert text(model, 3, Column.WHAT) == "Corgi"
    qtbot.waitUntil(lambda: len(source.asked) == 1)


def test_only_the_lines_of_the_last_screens_are_kept(qtbot: QtBot, model: LedgerModel, source: Source) -> None:
    model.set_sequences(array("q", range(1, 10 * KEPT_ROWS)))
    for row in range(0, 5 * KEPT_ROWS, PAGE_ROWS):
        text(model, row, Column.WHAT)
        qtbot.waitUntil(lambda: bool(source._waiting))
        source.answer()
    assert len(model._rows) <= KEPT_ROWS


def test_sorting_is_asked_of_the_owner_and_only_for_what_the_database_sorts(qtbot: QtBot, model: LedgerModel) -> None:
    with qtbot.waitSignal(model.sort_requested) as asked:
        model.sort(Column.COINS, Qt.SortOrder.DescendingOrder)
    assert asked.args == [Sort.COINS, True]
    with qtbot.assertNotEmitted(model.sort_requested):
        model.sort(Column.WHO, Qt.SortOrder.AscendingOrder)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads memory from /proc, which only Linux has")
def test_a_million_rows_take_at_most_25_mib_and_the_end_is_one_page_away(
    qtbot: QtBot, theme: Theme, texts: LineTexts
) -> None:
    source = Source()
    model = LedgerModel(texts, source)
    table = LedgerTable(theme, model)
    qtbot.addWidget(table)
    table.resize(1000, 700)
    table.show()
    qtbot.waitExposed(table)
    before = _resident_mib()
    model.set_sequences(array("q", range(1, 1_000_001)))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_End)
    while model.line_at(999_999) is None:
        qtbot.waitUntil(lambda: bool(source._waiting))
        source.answer()
    assert table.currentIndex().row() == 999_999
    assert len(source.asked) <= 3
    assert _resident_mib() - before <= 25
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0


def _resident_mib() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - a file of the kernel, not a path
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


# Words


def cell(texts: LineTexts, line: LedgerLine, column: Column) -> str:
    return texts.cells(line).texts[column]


def test_a_row_is_read_as_kind_subject_coins_and_money(texts: LineTexts) -> None:
    assert texts.spoken(gift()) == "Gift, Corgi to @lunabeats, 299 coins, 3.58 euros"
    assert texts.spoken(purchase()) == "Purchase, 350 coins, Web, 5.29 euros"


def test_coins_carry_their_sign_and_money_its_symbol(texts: LineTexts) -> None:
    assert cell(texts, gift(), Column.COINS) == "−299"
    assert cell(texts, purchase(), Column.COINS) == "+350"
    assert cell(texts, purchase(), Column.PAID) == "€5.29"
    assert cell(texts, gift(), Column.COST) == "€3.58"


def test_unknown_cost_is_called_unknown_and_never_zero(texts: LineTexts) -> None:
    unknown = gift(cost=Cost(minor=0, unknown_coins=299))
    assert cell(texts, unknown, Column.COST) == "unknown"
    assert Column.COST in texts.cells(unknown).unsure
    assert texts.spoken(unknown).endswith("cost unknown")
    partly = gift(cost=Cost(minor=120, unknown_coins=7))
    assert cell(texts, partly, Column.COST) == "≥ €1.20"
    assert "at least 1.20 euros" in texts.spoken(partly)
    assert cell(texts, gift(coins=None), Column.COINS) == "unknown"
    assert cell(texts, purchase(amount=None, paid=None), Column.PAID) == "unknown"


def test_bonus_coins_cost_nothing_and_that_is_known(texts: LineTexts) -> None:
    assert cell(texts, gift(cost=Cost(minor=0, unknown_coins=0)), Column.COST) == "€0.00"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (purchase(rate_source=RateSource.PROVISIONAL), "provisional"),
        (purchase(amount=None, paid=Money(minor=1500, currency=JPY)), "not converted"),
        (gift(about=True), "about"),
        (gift(voided_at=NOW), "voided"),
        (purchase(planned=True), "planned"),
        (purchase(refunded=529), "refunded"),
        (purchase(refunded=100), "partly refunded"),
    ],
)
def test_a_state_is_a_word_of_the_row_and_is_spoken(texts: LineTexts, line: LedgerLine, word: str) -> None:
    assert [badge.word for badge in texts.cells(line).badges] == [word]
    assert texts.spoken(line).endswith(word)


def test_an_amount_that_was_not_converted_is_shown_as_paid(texts: LineTexts) -> None:
    line = purchase(amount=None, paid=Money(minor=1500, currency=JPY))
    assert cell(texts, line, Column.PAID) == "JP¥1,500"
    assert Column.PAID in texts.cells(line).unsure


def test_a_foreign_price_stands_beside_the_converted_one(texts: LineTexts) -> None:
    rate = Rate(base="USD", quote="EUR", value=Decimal("0.863"), on=date(2026, 11, 20), source=RateSource.PROVISIONAL)
    line = purchase(
        amount=862, paid=Money(minor=999, currency=USD), rate=rate, rate_source=RateSource.PROVISIONAL, order_ref="5512"
    )
    assert cell(texts, line, Column.PAID) == "€8.62"
    assert texts.cells(line).detail == "order 5512 · US$9.99"
    assert "of 20 Nov 2026" in texts.tip(line)


def test_refund_and_adjustment_say_what_they_are(texts: LineTexts) -> None:
    refund: Entry = Refund(**base(), refers_to=EntryId("e2"), paid=Money(minor=299, currency=EUR), coins=220)
    line = LedgerLine(entry=refund, profile=MIA, amount_minor=299, cost=None, on_hand=0)
    assert [cell(texts, line, c) for c in (Column.WHAT, Column.COINS, Column.PAID)] == ["Refund", "−220", "−€2.99"]
    assert texts.spoken(line) == "Refund, 220 coins, 2.99 euros"
    bonus: Entry = Adjustment(**base(), coins=50, reason=Reason.BONUS)
    line = LedgerLine(entry=bonus, profile=MIA, amount_minor=None, cost=None, on_hand=50)
    assert [cell(texts, line, c) for c in (Column.WHAT, Column.COINS)] == ["Bonus coins", "+50"]


def test_pieces_are_counted_before_the_gift(texts: LineTexts) -> None:
    assert cell(texts, gift(quantity=5, gift_name="Rose", coins=5), Column.WHAT) == "5 × Rose"


def test_the_year_is_said_only_where_it_is_another(texts: LineTexts) -> None:
    assert cell(texts, gift(), Column.WHEN) == "22 Nov 21:13"
    line = gift()
    older = replace(line, entry=replace(line.entry, at=NOW.replace(year=2025), home_on=date(2025, 11, 22)))
    assert cell(texts, older, Column.WHEN) == "22 Nov 2025 22:30"


def test_a_date_without_hour_shows_no_hour(texts: LineTexts) -> None:
    assert cell(texts, gift(hour_known=False), Column.WHEN) == "22 Nov"
    assert "hour not given" in texts.tip(gift(hour_known=False))


def test_data_in_a_tooltip_is_never_html(texts: LineTexts) -> None:
    tip = texts.tip(gift(gift_name="<b>Rose</b>", note="<img src=x>"))
    assert "<b>" not in tip
    assert "<img" not in tip
    assert "&lt;b&gt;Rose" in tip


def test_a_copied_row_is_one_line_of_cells_without_hidden_signs(texts: LineTexts) -> None:
    copied = texts.copied(gift(creator="مغنية", gift_name="Ro\nse\tred", note="one\r\ntwo"))
    assert copied.split("\t") == ["22 Nov 21:13", "Ro se red", "@مغنية · one two", "Mia", "−299", "", "€3.58", "746"]


def test_a_refund_names_the_purchase_it_returns_money_of(texts: LineTexts) -> None:
    bought = purchase(2).entry
    assert isinstance(bought, Purchase)
    refund: Entry = Refund(**base(), refers_to=bought.id, paid=Money(minor=299, currency=EUR), coins=220)
    line = LedgerLine(entry=refund, profile=MIA, amount_minor=299, cost=None, on_hand=0, purchase=bought)
    assert cell(texts, line, Column.WHO) == "of 350 coins, 22 Nov"
    assert texts.cells(line).detail == "Web"
    assert texts.spoken(line) == "Refund, of 350 coins, 22 Nov, 220 coins, 2.99 euros"
    unknown = replace(line, purchase=replace(bought, coins=None))
    assert cell(texts, unknown, Column.WHO) == "of a purchase, 22 Nov"
