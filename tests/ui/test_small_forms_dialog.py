"""The forms for refund, adjustment, limit, profile and preferences, filled by keys on a real ledger."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from coinbudget.domain.entries import Adjustment, Purchase, Reason, Refund
from coinbudget.domain.limits import Level, Measure
from coinbudget.domain.periods import Period
from coinbudget.services import household, limits, record
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.adjustment import AdjustmentDialog
from coinbudget.ui.dialogs.export_file import ExportDialog
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.gift import GiftDialog
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.limit import LimitDialog
from coinbudget.ui.dialogs.preferences import THEME_KEY, PreferencesDialog
from coinbudget.ui.dialogs.profile import ProfileDialog
from coinbudget.ui.dialogs.purchase import PurchaseDialog
from coinbudget.ui.dialogs.refund import RefundDialog
from tests import make
from tests.ui.person import Key, Person


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


@pytest.fixture
def bought(context: Context, now: datetime) -> Purchase:
    """700 coins for 9.99 USD this week."""
    draft = make.purchase(coins="700", paid="9.99", currency="USD", charged="9.20", at="2026-11-18T18:30")
    record.add(context.operations.ledger, draft, now=now)
    (entry,) = make.all_entries(context.operations.ledger)
    assert isinstance(entry, Purchase)
    return entry


def newest(context: Context) -> object:
    return make.all_entries(context.operations.ledger)[-1]


def test_a_refund_is_of_all_that_is_left_with_one_key(context: Context, person: Person, bought: Purchase) -> None:
    form = RefundDialog(context, bought)
    person.sees(form)
    assert "US$9.99 and 700 coins are left" in form.left.full_text()
    assert form.money.figure.text() == "€9.20"
    person.presses(Key.Key_Return)
    refund = newest(context)
    assert isinstance(refund, Refund)
    assert (refund.paid.minor, refund.coins, refund.converted_minor) == (999, 700, 920)


def test_a_part_is_refunded_and_the_form_says_what_is_left(context: Context, person: Person, bought: Purchase) -> None:
    form = RefundDialog(context, bought)
    person.sees(form)
    person.presses(Key.Key_Right)
    person.fills("refund.paid", "4,99")
    person.fills("refund.coins", "300")
    assert form.money.figure.text() == "€4.60"
    person.presses(Key.Key_Return)
    again = RefundDialog(context, bought)
    person.sees(again)
    assert "US$5.00 and 400 coins are left" in again.left.full_text()


def test_a_refund_shows_the_room_it_gives(context: Context, person: Person, bought: Purchase, now: datetime) -> None:
    profile = context.session.profiles[0]
    limits.add(
        context.operations.ledger, profile_id=profile.id, measure="money", period="week", amount_text="10", now=now
    )
    form = RefundDialog(context, bought)
    person.sees(form)
    assert form.outlook.rows[0].left.text() == "€10.00 left"


def test_a_refund_is_amended_in_its_own_form(context: Context, person: Person, bought: Purchase, now: datetime) -> None:
    record.add(context.operations.ledger, make.refund(bought.id, paid="2.00", coins="10"), now=now)
    refund = newest(context)
    assert isinstance(refund, Refund)
    form = RefundDialog(context, None, amending=refund)
    person.sees(form)
    person.fills("refund.paid", "3")
    person.presses(Key.Key_Return)
    after = newest(context)
    assert isinstance(after, Refund)
    assert (after.id, after.paid.minor, after.coins) == (refund.id, 300, 10)


@pytest.mark.parametrize(
    ("choice", "typed", "reason", "coins"),
    [
        ("Coins I already had", "120", Reason.OPENING, 120),
        ("Bonus coins", "50", Reason.BONUS, 50),
        ("Spent on something else", "40", Reason.OTHER_USE, -40),
        ("Correction", "-7", Reason.CORRECTION, -7),
        ("Correction", "7", Reason.CORRECTION, 7),
    ],
)
def test_an_adjustment_says_what_it_does_to_the_coins_on_hand(
    context: Context, person: Person, bought: Purchase, choice: str, typed: str, reason: Reason, coins: int
) -> None:
    form = AdjustmentDialog(context)
    person.sees(form)
    person.types(typed)
    person.chooses("adjustment.reason", choice)
    assert form.money.figure.text() == context.amounts.coins(coins, sign=True)
    assert f"{(bought.coins or 0) + coins} on hand" in form.money.words.text()
    person.presses(Key.Key_Return)
    entry = newest(context)
    assert isinstance(entry, Adjustment)
    assert (entry.reason, entry.coins) == (reason, coins)


def test_a_limit_takes_two_fields_and_shows_its_effect_at_once(
    context: Context, person: Person, bought: Purchase
) -> None:
    assert bought.converted_minor == 920
    form = LimitDialog(context)
    person.sees(form)
    person.types("10")
    assert form.effect.words.text() == "Today this would be 92% used: €0.80 left"
    assert form.bar.isVisible()
    person.chooses("limit.period", "a month")
    person.presses(Key.Key_Return)
    (limit,) = limits.limits(context.operations.ledger)
    assert (limit.measure, limit.period, limit.amount, limit.cap, limit.refunds_give_room) == (
        Measure.MONEY,
        Period.MONTH,
        1000,
        False,
        True,
    )


def test_a_cap_gives_no_room_back_unless_someone_says_so(context: Context, person: Person) -> None:
    form = LimitDialog(context)
    person.sees(form)
    person.types("10")
    person.goes_to("limit.more")
    person.presses(Key.Key_Return)
    person.goes_to("limit.cap")
    person.presses(Key.Key_Space)
    assert not form.refunds.isChecked()
    person.presses(Key.Key_Return)
    (limit,) = limits.limits(context.operations.ledger)
    assert limit.cap
    assert not limit.refunds_give_room


def test_a_limit_on_coins_is_under_more(context: Context, person: Person) -> None:
    form = LimitDialog(context)
    person.sees(form)
    person.goes_to("limit.more")
    person.presses(Key.Key_Return)
    person.chooses("limit.measure", "Coins gifted")
    assert not form.refunds.isVisible()
    for _ in range(20):
        if person.focus.objectName() == "limit.amount":
            break
        person.presses(Key.Key_Tab)
    person.types("1.500")
    person.presses(Key.Key_Return)
    (limit,) = limits.limits(context.operations.ledger)
    assert (limit.measure, limit.amount, limit.currency) == (Measure.COINS, 1500, None)


def test_a_limit_of_zero_is_allowed(context: Context, person: Person) -> None:
    form = LimitDialog(context)
    person.sees(form)
    person.types("0")
    assert "Nothing" in form.effect.words.text()
    person.presses(Key.Key_Return)
    assert limits.limits(context.operations.ledger)[0].amount == 0


def test_a_limit_is_changed_in_the_same_form(context: Context, person: Person, now: datetime) -> None:
    ledger, profile = context.operations.ledger, context.session.profiles[0]
    limits.add(ledger, profile_id=profile.id, measure="money", period="week", amount_text="12.50", now=now)
    form = LimitDialog(context, limit=limits.limits(ledger)[0])
    person.sees(form)
    assert form.amount.text() == "12.50"
    person.types("9")
    person.presses(Key.Key_Return)
    assert [limit.amount for limit in limits.limits(ledger)] == [900]


def test_over_already_is_said_while_a_limit_is_typed(context: Context, person: Person, bought: Purchase) -> None:
    assert bought.converted_minor == 920
    form = LimitDialog(context)
    person.sees(form)
    person.types("9")
    assert "€0.20 over" in form.effect.words.text()
    assert "room again" in form.effect.aside.text()
    assert Level.BREACHED.value in form.bar.accessibleName().upper() or "Over by" in form.bar.accessibleName()


def test_a_profile_is_added_and_shown(context: Context, person: Person) -> None:
    form = ProfileDialog(context)
    person.sees(form)
    person.types("Leo & <b>Ann</b>")
    person.fills("profile.region", "japan")
    person.presses(Key.Key_Return)
    assert form.parts.currency.code() == "JPY", "a region brings its currency along"
    person.fills("profile.zone", "tokyo")
    person.presses(Key.Key_Return)
    person.presses(Key.Key_Return)
    assert not form.isVisible()
    shown = context.session.profile
    assert shown is not None
    assert (shown.name, shown.region, shown.currency, shown.settings[-1].zone) == (
        "Leo & <b>Ann</b>",
        "JP",
        "JPY",
        "Asia/Tokyo",
    )


def test_preferences_change_the_profile(context: Context, person: Person) -> None:
    form = PreferencesDialog(context)
    person.sees(form)
    person.types("Mia Sophie")
    person.chooses("preferences.week_start", "Sunday")
    person.chooses("preferences.month_start", "day 15")
    person.chooses("preferences.day_start", "04:00")
    person.presses(Key.Key_Return)
    assert not form.isVisible()
    (profile,) = household.profiles(context.operations.ledger)
    settings = profile.settings[-1]
    assert (profile.name, settings.week_start, settings.month_start, settings.day_start) == ("Mia Sophie", 6, 15, 4)
    assert context.session.profile == profile


def test_the_look_is_tried_out_at_once_and_goes_back_with_cancel(context: Context, person: Person) -> None:
    form = PreferencesDialog(context)
    person.sees(form)
    person.goes_to("preferences.theme_light")
    person.presses(Key.Key_Right)
    tried = context.theme.mode
    person.presses(Key.Key_Escape)
    assert (tried, context.theme.mode) == ("dark", "light")
    again = PreferencesDialog(context)
    person.sees(again)
    person.goes_to("preferences.theme_light")
    person.presses(Key.Key_Right)
    person.presses(Key.Key_Return)
    assert context.theme.mode == "dark"
    assert context.settings.value(THEME_KEY) == "dark"


def test_preferences_say_where_the_data_lies(context: Context, person: Person) -> None:
    form = PreferencesDialog(context)
    person.sees(form)
    assert form.where.full_text() == str(context.operations.ledger.path)


def _forms(context: Context, bought: Purchase, nowhere: Path) -> list[FormDialog]:
    return [
        PurchaseDialog(context),
        GiftDialog(context),
        RefundDialog(context, bought),
        AdjustmentDialog(context),
        LimitDialog(context),
        ProfileDialog(context),
        PreferencesDialog(context),
        ExportDialog(context),
        ImportDialog(context, nowhere),
    ]


def test_every_control_of_every_form_has_a_name(
    context: Context, bought: Purchase, tmp_path: Path, qtbot: QtBot, settled: Callable[[], None]
) -> None:
    kinds = (QLineEdit, QComboBox, QAbstractButton, QAbstractItemView)
    for form in _forms(context, bought, tmp_path / "none.csv"):
        qtbot.addWidget(form)
        settled()
        for kind in kinds:
            for control in form.findChildren(kind):
                if control.objectName().startswith("qt_") or isinstance(
                    control.parent(), QComboBox | QAbstractItemView
                ):
                    continue
                if control.window() is not form:
                    continue  # the list a combo box opens is a window of its own
                assert control.objectName(), (form.name, control)
                assert control.accessibleName(), (form.name, control.objectName())


def test_every_form_fits_a_small_screen_and_shows_no_data_as_html(
    context: Context, bought: Purchase, tmp_path: Path, qtbot: QtBot, settled: Callable[[], None]
) -> None:
    for form in _forms(context, bought, tmp_path / "none.csv"):
        qtbot.addWidget(form)
        form.show()
        settled()
        assert form.minimumSizeHint().width() <= 900, form.name
        assert form.minimumSizeHint().height() <= 600, form.name
        for label in form.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText or not label.text(), (form.name, label.text())


def test_closing_a_form_while_it_saves_is_no_fault(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    form = AdjustmentDialog(context)
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    person.sees(form, closes_itself=True)
    person.types("50")
    person.strikes(Key.Key_Return)
    person.strikes(Key.Key_Escape)
    settled()
    assert isinstance(newest(context), Adjustment)


def test_a_birth_year_is_cleared_by_emptying_its_field(context: Context, person: Person, now: datetime) -> None:
    ledger = context.operations.ledger
    (profile,) = household.profiles(ledger)
    household.amend_profile(ledger, profile.id, birth_year=2001, now=now)
    context.session.set_profiles(household.profiles(ledger))
    form = PreferencesDialog(context)
    person.sees(form)
    edit = person.goes_to("preferences.birth_year")
    assert isinstance(edit, QLineEdit)
    edit.selectAll()
    person.presses(Key.Key_Delete)
    person.presses(Key.Key_Return)
    assert household.profiles(ledger)[0].birth_year is None


def test_a_refund_shortens_the_bar_of_a_limit(
    context: Context, person: Person, bought: Purchase, now: datetime
) -> None:
    profile_id = bought.profile_id
    limits.add(
        context.operations.ledger, profile_id=profile_id, measure="money", period="week", amount_text="12", now=now
    )
    form = RefundDialog(context, bought)
    person.sees(form)
    (row,) = (one for one in form.outlook.rows if one.left.text())
    assert (row.bar._used, row.bar._planned) == (0, 0)
