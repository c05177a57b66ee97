"""Bad input on every field of the forms: one clear sentence at the field, the focus there, and nothing written."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coinbudget.domain.entries import Purchase
from coinbudget.services import household, limits, record
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.adjustment import AdjustmentDialog
from coinbudget.ui.dialogs.export_file import ExportDialog
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.gift import GiftDialog
from coinbudget.ui.dialogs.limit import LimitDialog
from coinbudget.ui.dialogs.preferences import PreferencesDialog
from coinbudget.ui.dialogs.profile import ProfileDialog
from coinbudget.ui.dialogs.purchase import PurchaseDialog
from coinbudget.ui.dialogs.refund import RefundDialog
from tests import make
from tests.ui.person import Key, Person

LONG = "x" * 10_000
NAN_AND_MORE = ("NaN", "inf", "1e5", "--5", "5 29", "0x10", "five")

#: Form, fields to fill in order, the field whose line must speak, and a part of its sentence.
CASES: list[tuple[str, list[tuple[str, str]], str, str]] = [
    # The price of a purchase
    ("purchase", [("coins", "350")], "paid", "must be given"),
    *[("purchase", [("paid", text)], "paid", "not a number") for text in NAN_AND_MORE],
    ("purchase", [("paid", "5.299")], "paid", "can be read as"),
    ("purchase", [("paid", "5.2999")], "paid", "decimals"),
    ("purchase", [("paid", "0")], "paid", "bonus"),
    ("purchase", [("paid", "0.00")], "paid", "bonus"),
    ("purchase", [("paid", "-5.29")], "paid", "above zero"),
    ("purchase", [("paid", "(5.29)")], "paid", "above zero"),
    ("purchase", [("paid", "99999999999")], "paid", "at most"),
    ("purchase", [("paid", "9" * 300)], "paid", "at most"),
    ("purchase", [("paid", "1.2.3")], "paid", "not a number"),
    ("purchase", [("paid", "1,23,45")], "paid", "not a number"),
    ("purchase", [("paid", "1500.5"), ("currency", "JPY")], "paid", "0 decimals"),
    ("purchase", [("paid", "1,234"), ("currency", "KWD")], "paid", "can be read as"),
    # The coins of a purchase
    ("purchase", [("coins", "0"), ("paid", "5")], "coins", "above zero"),
    ("purchase", [("coins", "-350"), ("paid", "5")], "coins", "above zero"),
    ("purchase", [("coins", "3.5"), ("paid", "5")], "coins", "whole"),
    ("purchase", [("coins", "many"), ("paid", "5")], "coins", "not a number"),
    ("purchase", [("coins", "100000001"), ("paid", "5")], "coins", "at most"),
    ("purchase", [("coins", "1e3"), ("paid", "5")], "coins", "not a number"),
    # What else a purchase has
    ("purchase", [("paid", "5"), ("currency", "EURO")], "currency", "not a currency"),
    ("purchase", [("paid", "5"), ("currency", "ZZZ")], "currency", "not a currency"),
    ("purchase", [("paid", "5"), ("region", "Atlantis")], "region", "Atlantis"),
    ("purchase", [("paid", "5"), ("at", "soon")], "at", "not a time"),
    ("purchase", [("paid", "5"), ("at", "31/02/2026")], "at", "not a time"),
    ("purchase", [("paid", "5"), ("at", "25:61")], "at", "not a time"),
    ("purchase", [("paid", "5"), ("at", "24/12/2026")], "at", "future"),
    ("purchase", [("paid", "5"), ("at", "today 23:59")], "at", "future"),
    ("purchase", [("paid", "5"), ("at", "01/01/0001")], "at", "2016"),
    ("purchase", [("paid", "5"), ("at", "31/12/2015")], "at", "2016"),
    ("purchase", [("paid", "5"), ("at", "29/03/2026 02:30")], "at", "skipped"),
    ("purchase", [("paid", "5"), ("currency", "VND"), ("charged", "abc")], "charged", "not a number"),
    ("purchase", [("paid", "5"), ("currency", "VND"), ("charged", "0")], "charged", "above zero"),
    ("purchase", [("paid", "5"), ("currency", "VND"), ("charged", "1.2345")], "charged", "decimals"),
    ("purchase", [("paid", "5"), ("more", ""), ("order_ref", LONG)], "order_ref", "longer than 200"),
    ("purchase", [("paid", "5"), ("more", ""), ("note", LONG)], "note", "longer than 2000"),
    ("purchase", [("paid", "5"), ("more", ""), ("note", "a\u2028b")], "note", "control character"),
    ("purchase", [("paid", "5"), ("currency", "VND"), ("more", ""), ("rate", "abc")], "rate", "not a number"),
    ("purchase", [("paid", "5"), ("currency", "VND"), ("more", ""), ("rate", "0")], "rate", "too small"),
    # Gifts
    ("gift", [("gift", "No such gift at all"), ("creator", "@luna")], "coins", "not a known gift"),
    ("gift", [("creator", "@luna")], "coins", "must be given"),
    ("gift", [("gift", "30"), ("creator", "")], "creator", "must be given"),
    ("gift", [("gift", "30"), ("creator", "@")], "creator", "must be given"),
    ("gift", [("gift", "30"), ("creator", LONG)], "creator", "longer than 200"),
    ("gift", [("gift", "30"), ("creator", "lu\u2028na")], "creator", "control character"),
    ("gift", [("gift", "30"), ("pieces", "0"), ("creator", "@luna")], "quantity", "above zero"),
    ("gift", [("gift", "30"), ("pieces", "-2"), ("creator", "@luna")], "quantity", "above zero"),
    ("gift", [("gift", "30"), ("pieces", "two"), ("creator", "@luna")], "quantity", "not a number"),
    ("gift", [("gift", "30"), ("pieces", "1000001"), ("creator", "@luna")], "quantity", "at most"),
    ("gift", [("gift", "30"), ("coins", "0"), ("creator", "@luna")], "coins", "above zero"),
    ("gift", [("gift", "30"), ("coins", "1.5"), ("creator", "@luna")], "coins", "whole"),
    ("gift", [("gift", "999999999"), ("creator", "@luna")], "coins", "at most"),
    ("gift", [("gift", LONG), ("coins", "5"), ("creator", "@luna")], "gift", "longer than 200"),
    ("gift", [("gift", "30"), ("creator", "@luna"), ("at", "tomorrow 10:00")], "at", "future"),
    ("gift", [("gift", "30"), ("creator", "@luna"), ("at", "noonish")], "at", "not a time"),
    # Adjustment
    ("adjustment", [], "coins", "must be given"),
    ("adjustment", [("coins", "0")], "coins", "above zero"),
    ("adjustment", [("coins", "-5")], "coins", "adds coins"),
    ("adjustment", [("coins", "some")], "coins", "not a number"),
    ("adjustment", [("coins", "1.5")], "coins", "whole"),
    ("adjustment", [("coins", "100000001")], "coins", "at most"),
    ("adjustment", [("coins", "5"), ("note", LONG)], "note", "longer than 2000"),
    # Refunds of a purchase: 350 coins for 5.29
    ("refund", [("part", "")], "paid", "must be given"),
    ("refund", [("part", ""), ("paid", "5.30")], "paid", "Only 5.29 EUR"),
    ("refund", [("part", ""), ("paid", "x")], "paid", "not a number"),
    ("refund", [("part", ""), ("paid", "-1")], "paid", "above zero"),
    ("refund", [("part", ""), ("paid", "1"), ("coins", "351")], "coins", "only 350 coins"),
    ("refund", [("part", ""), ("paid", "1"), ("coins", "1.5")], "coins", "whole"),
    ("refund", [("at", "24/12/2026")], "at", "future"),
    # Limit
    ("limit", [], "amount", "must be given"),
    ("limit", [("amount", "-1")], "amount", "below zero"),
    ("limit", [("amount", "a lot")], "amount", "not a number"),
    ("limit", [("amount", "9.9999")], "amount", "decimals"),
    ("limit", [("amount", "9.999")], "amount", "can be read as"),
    ("limit", [("amount", "9" * 30)], "amount", "at most"),
    # Profile
    ("profile", [], "name", "name"),
    ("profile", [("name", "mia")], "name", "Mia"),
    ("profile", [("name", LONG)], "name", "at most 100"),
    ("profile", [("name", "Leo"), ("region", "Nowhere")], "region", "Nowhere"),
    ("profile", [("name", "Leo"), ("currency", "BTC")], "currency", "BTC"),
    ("profile", [("name", "Leo"), ("zone", "Mars/Base")], "zone", "Mars/Base"),
    ("profile", [("name", "Leo"), ("birth_year", "next")], "birth_year", "number"),
    ("profile", [("name", "Leo"), ("birth_year", "1800")], "birth_year", "1900"),
    ("profile", [("name", "Leo"), ("birth_year", "2100")], "birth_year", "2026"),
    # Preferences, of a profile whose currency is fixed
    ("preferences", [("name", "")], "name", "name"),
    ("preferences", [("currency", "USD")], "currency", "EUR"),
    ("preferences", [("zone", "Here")], "zone", "Here"),
    ("preferences", [("region", "??")], "region", "??"),
]


@pytest.fixture
def bought(context: Context, now: datetime) -> Purchase:
    """350 coins for 5.29 EUR."""
    record.add(context.operations.ledger, make.purchase(at="2026-11-18T18:30"), now=now)
    (entry,) = make.all_entries(context.operations.ledger)
    assert isinstance(entry, Purchase)
    return entry


def _form(name: str, context: Context, bought: Purchase) -> FormDialog:
    makers: dict[str, Callable[[], FormDialog]] = {
        "purchase": lambda: PurchaseDialog(context),
        "gift": lambda: GiftDialog(context),
        "adjustment": lambda: AdjustmentDialog(context),
        "refund": lambda: RefundDialog(context, bought),
        "limit": lambda: LimitDialog(context),
        "profile": lambda: ProfileDialog(context),
        "preferences": lambda: PreferencesDialog(context),
    }
    return makers[name]()


def _state(context: Context) -> tuple[object, ...]:
    ledger = context.operations.ledger
    return tuple(make.all_entries(ledger)), limits.limits(ledger), household.profiles(ledger)


@pytest.mark.parametrize(("name", "typed", "field", "part"), CASES)
def test_bad_input_is_one_sentence_at_its_field_and_writes_nothing(
    context: Context,
    bought: Purchase,
    qtbot: QtBot,
    settled: Callable[[], None],
    name: str,
    typed: list[tuple[str, str]],
    field: str,
    part: str,
) -> None:
    person = Person(qtbot, settled)
    form = _form(name, context, bought)
    person.sees(form)
    before = _state(context)
    for key, text in typed:
        if key in {"more", "part"}:
            person.goes_to(f"{name}.{key}" if key == "more" else "refund.whole")
            person.presses(Key.Key_Space if key == "more" else Key.Key_Right)
        elif len(text) > 200 or "\u2028" in text:
            person.goes_to(f"{name}.{key}")
            QApplication.clipboard().setText(text)
            person.pastes()
        else:
            person.fills(f"{name}.{key}", text)
    if _list_open():
        person.presses(Key.Key_Escape)
    person.presses(Key.Key_Return)
    assert form.isVisible()
    shown = form.problems_shown()
    assert field in shown, shown
    assert part in shown[field]
    assert shown[field].count("\n") == 0
    assert "{" not in shown[field]
    assert form.isAncestorOf(person.focus)
    assert _state(context) == before


def _list_open() -> bool:
    popup = getattr(QApplication.focusWidget(), "popup", None)
    return popup is not None and popup.isVisible()


def test_there_are_at_least_sixty_cases() -> None:
    assert len(CASES) >= 60


def test_the_focus_moves_to_the_first_problem(context: Context, qtbot: QtBot, settled: Callable[[], None]) -> None:
    person = Person(qtbot, settled)
    form = PurchaseDialog(context)
    person.sees(form)
    person.types("abc")
    person.goes_to("purchase.at")
    person.fills("purchase.at", "never")
    person.presses(Key.Key_Return)
    assert set(form.problems_shown()) == {"coins", "paid", "at"}
    assert person.focus is form.coins


def test_a_problem_goes_when_its_field_is_mended(context: Context, qtbot: QtBot, settled: Callable[[], None]) -> None:
    person = Person(qtbot, settled)
    form = PurchaseDialog(context)
    person.sees(form)
    person.types("abc")
    assert form.problems_shown() == {}, "nobody is told off while typing"
    person.presses(Key.Key_Tab)
    assert "coins" in form.problems_shown()
    person.fills("purchase.paid", "5")
    person.presses(Key.Key_Return)
    person.fills("purchase.coins", "350")
    assert form.problems_shown() == {}
    person.presses(Key.Key_Return)
    assert not form.isVisible()


def test_an_export_period_that_ends_before_it_begins(
    context: Context, qtbot: QtBot, settled: Callable[[], None], tmp_path: Path
) -> None:
    person = Person(qtbot, settled)
    form = ExportDialog(context)
    person.sees(form)
    person.chooses("export.period", "From … to …")
    person.fills("export.from", "05/11/2026")
    person.fills("export.to", "04/11/2026")
    assert "to" in form.problems_shown()
    form.write_to(tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
