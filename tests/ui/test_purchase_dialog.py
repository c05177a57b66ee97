"""The form for a purchase, filled by keys on a real ledger."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from pytestqt.qtbot import QtBot

from coinbudget.domain.catalog import Channel
from coinbudget.domain.entries import Purchase
from coinbudget.domain.limits import Level
from coinbudget.domain.rates import RateSource
from coinbudget.services import limits, record
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.purchase import PurchaseDialog
from tests import make
from tests.ui.person import CTRL, Key, Person


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


def purchases(context: Context) -> list[Purchase]:
    return [one for one in make.all_entries(context.operations.ledger) if isinstance(one, Purchase)]


def opened(person: Person, context: Context) -> PurchaseDialog:
    form = PurchaseDialog(context)
    person.sees(form)
    return form


def in_german(context: Context) -> Context:
    amounts = Amounts(Locale.parse("de_DE"), context.amounts.currencies)
    return Context(context.theme, amounts, context.operations, context.session, context.settings)


def test_a_first_purchase_by_keys_alone(context: Context, person: Person) -> None:
    form = opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "5.29")
    assert form.paid.reading == "€5.29"
    person.presses(Key.Key_Return)
    assert not form.isVisible()
    (one,) = purchases(context)
    assert (one.coins, one.converted_minor, one.channel, one.region) == (350, 529, Channel.WEB, "DE")
    assert context.operations.undo_stack.undoText() == "purchase of 350 coins"


@pytest.mark.parametrize("typed", ["5,29", "5.29", "５．２９", " 5,29 "])
@pytest.mark.parametrize("german", [False, True])
def test_comma_and_point_are_both_fine(context: Context, person: Person, typed: str, german: bool) -> None:
    used = in_german(context) if german else context
    form = opened(person, used)
    person.types("350")
    person.fills("purchase.paid", typed)
    assert form.paid.reading == ("5,29\u00a0€" if german else "€5.29")
    person.presses(Key.Key_Return)
    assert purchases(context)[0].converted_minor == 529


def test_yen_have_no_decimals_and_thousands_are_read(context: Context, person: Person) -> None:
    form = opened(person, context)
    person.types("1,000")
    person.fills("purchase.paid", "1.500")
    person.fills("purchase.currency", "jpy")
    person.presses(Key.Key_Return)
    assert form.paid.reading.endswith("1,500")
    person.presses(Key.Key_Return)
    (one,) = purchases(context)
    assert one.paid is not None
    assert (one.coins, one.paid.minor, one.paid.currency.code) == (1000, 1500, "JPY")


def test_a_package_bought_before_fills_coins_and_price(context: Context, person: Person, now: datetime) -> None:
    record.add(context.operations.ledger, make.purchase(coins="700", paid="10.58", at="2026-11-03"), now=now)
    form = opened(person, context)
    person.types("700")
    person.presses(Key.Key_Return)
    assert (form.coins.text(), form.paid.text()) == ("700", "10.58")
    person.presses(Key.Key_Return)
    assert [one.converted_minor for one in purchases(context)] == [1058, 1058]


def test_a_package_is_found_by_its_price(context: Context, person: Person, now: datetime) -> None:
    record.add(context.operations.ledger, make.purchase(coins="700", paid="10.58", at="2026-11-03"), now=now)
    form = opened(person, context)
    person.goes_to("purchase.paid")
    person.types("10,5")
    person.presses(Key.Key_Down)
    person.presses(Key.Key_Return)
    assert (form.coins.text(), form.paid.text()) == ("700", "10.58")


def test_what_the_card_took_is_asked_before_any_rate(context: Context, person: Person) -> None:
    form = opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "120000")
    assert form.fields["charged"].isHidden()
    person.fills("purchase.currency", "VND")
    person.presses(Key.Key_Tab)
    assert person.focus is form.charged
    assert form.fields["rate"].isHidden()
    assert form.money.figure.text() == ""
    assert "No exchange rate for VND" in form.money.words.text()
    person.types("4.61")
    assert form.money.figure.text() == "€4.61"
    person.presses(Key.Key_Return)
    (one,) = purchases(context)
    assert (one.converted_minor, one.rate_source) == (461, RateSource.CHARGED)


def test_a_rate_may_be_typed_under_more(context: Context, person: Person) -> None:
    form = opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "120000")
    person.fills("purchase.currency", "VND")
    person.goes_to("purchase.more")
    person.presses(Key.Key_Return)
    person.fills("purchase.rate", "0.000038")
    assert form.money.figure.text() == "€4.56"
    person.presses(Key.Key_Return)
    (one,) = purchases(context)
    assert one.rate is not None
    assert (one.converted_minor, one.rate.value) == (456, Decimal("0.000038"))


def test_dollars_say_their_rate_and_its_day(context: Context, person: Person) -> None:
    form = opened(person, context)
    person.types("700")
    person.fills("purchase.paid", "9.99")
    person.fills("purchase.currency", "USD")
    person.presses(Key.Key_Tab)
    assert form.money.figure.text().startswith("€")
    assert "rate of" in form.money.words.text()
    assert "US$9.99" in form.money.words.text()


def test_every_limit_in_scope_is_told_before_saving(context: Context, person: Person, now: datetime) -> None:
    ledger, profile = context.operations.ledger, context.session.profiles[0]
    for period, amount in (("month", "25"), ("7d", "12")):
        limits.add(ledger, profile_id=profile.id, measure="money", period=period, amount_text=amount, now=now)
    limits.add(ledger, profile_id=profile.id, measure="coins", period="week", amount_text="10", now=now)
    record.add(ledger, make.purchase(paid="7.00", at="2026-11-20T10:00"), now=now)
    form = opened(person, context)
    assert [row.left.text() for row in form.outlook.rows] == ["€18.00 left", "€5.00 left"]
    person.types("350")
    person.fills("purchase.paid", "5.29")
    assert [row.left.text() for row in form.outlook.rows] == ["€12.71 left", "€0.29 over"]
    assert "the tightest" in form.outlook.rows[1].caption.text()
    assert form.outlook.rows[1].room.text().startswith("more room from")
    assert (form.badge.look(), form.badge.text()) == (Level.BREACHED, "Over by €0.29")
    person.presses(Key.Key_Return)
    assert len(purchases(context)) == 2, "recording is never refused"


def test_about_to_saves_as_planned_or_not_at_all(context: Context, person: Person, now: datetime) -> None:
    profile = context.session.profiles[0]
    limits.add(
        context.operations.ledger, profile_id=profile.id, measure="money", period="week", amount_text="6", now=now
    )
    form = opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "5.29")
    person.presses(Key.Key_T, CTRL)
    assert form.outlook.rows[0].left.text() == "€0.71 left"
    assert (form.cancel.text(), form.add.text()) == ("Not now", "Save as planned")
    assert form.next.isHidden()
    person.fills("purchase.at", "24/12/2026")
    person.presses(Key.Key_Return)
    (one,) = purchases(context)
    assert one.planned
    assert one.home_on == date(2026, 12, 24)


def test_coins_may_be_unknown(context: Context, person: Person) -> None:
    opened(person, context)
    person.fills("purchase.paid", "5.29")
    person.presses(Key.Key_Return)
    assert purchases(context)[0].coins is None


def test_order_number_and_note_are_under_more(context: Context, person: Person) -> None:
    opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "5.29")
    person.goes_to("purchase.more")
    person.presses(Key.Key_Space)
    person.fills("purchase.order_ref", "5512-0409")
    person.fills("purchase.note", "<b>birthday</b> & more")
    person.presses(Key.Key_Return)
    (one,) = purchases(context)
    assert (one.order_ref, one.note) == ("5512-0409", "<b>birthday</b> & more")


def test_channel_and_region_are_those_of_last_time(context: Context, person: Person, now: datetime) -> None:
    record.add(context.operations.ledger, make.purchase(channel="ios", region="AT", at="2026-11-03"), now=now)
    form = opened(person, context)
    assert form.channel.currentData() == "ios"
    assert form.region.code() == "AT"
    assert form.region.text() == "Austria"


def test_a_region_is_found_by_name(context: Context, person: Person) -> None:
    opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "5.29")
    person.fills("purchase.region", "jap")
    person.presses(Key.Key_Return)
    person.presses(Key.Key_Return)
    assert purchases(context)[0].region == "JP"


def test_save_and_next_starts_an_empty_form_in_the_same_storefront(context: Context, person: Person) -> None:
    form = opened(person, context)
    person.types("350")
    person.fills("purchase.paid", "5.29")
    person.chooses("purchase.channel", "Android")
    person.presses(Key.Key_Return, CTRL)
    assert form.isVisible()
    assert (form.coins.text(), form.paid.text()) == ("", "")
    assert form.channel.currentData() == "android"
    assert person.focus is form.coins


def test_amending_keeps_what_was_not_touched(context: Context, person: Person, now: datetime) -> None:
    draft = make.purchase(paid="9.99", currency="USD", at="2026-10-05T18:30:21", order_ref="A-1", region="AT")
    record.add(context.operations.ledger, draft, now=now)
    before = purchases(context)[0]
    form = PurchaseDialog(context, amending=before)
    person.sees(form)
    assert form.when.text() == "05/10/2026 18:30"
    person.fills("purchase.note", "late")
    person.presses(Key.Key_Return)
    after = purchases(context)[0]
    assert after.note == "late"
    assert (after.at, after.rate, after.converted_minor, after.order_ref, after.region) == (
        before.at,
        before.rate,
        before.converted_minor,
        "A-1",
        "AT",
    )


def test_amending_the_price_freezes_anew(context: Context, person: Person, now: datetime) -> None:
    record.add(context.operations.ledger, make.purchase(paid="5.29", at="2026-10-05"), now=now)
    form = PurchaseDialog(context, amending=purchases(context)[0])
    person.sees(form)
    assert form.when.text() == "05/10/2026"
    person.fills("purchase.paid", "6,29")
    person.presses(Key.Key_Return)
    after = purchases(context)[0]
    assert (after.converted_minor, after.hour_known, after.home_on) == (629, False, date(2026, 10, 5))


def test_the_moment_is_read_in_the_locales_order(context: Context, person: Person) -> None:
    german = in_german(context)
    form = opened(person, german)
    person.types("350")
    person.fills("purchase.paid", "5,29")
    person.fills("purchase.at", "3.4.2026 9:05")
    assert form.when.reading == "3. Apr. 2026"
    person.presses(Key.Key_Return)
    assert purchases(context)[0].at == datetime(2026, 4, 3, 7, 5, tzinfo=UTC)


def test_the_wheel_changes_no_combo_that_lacks_the_focus(context: Context, person: Person) -> None:
    from PySide6.QtCore import QPoint, QPointF, Qt  # noqa: PLC0415
    from PySide6.QtGui import QWheelEvent  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    form = opened(person, context)
    before = form.channel.currentIndex()
    middle = QPointF(form.channel.rect().center())
    event = QWheelEvent(
        middle,
        form.channel.mapToGlobal(middle),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(form.channel, event)
    assert form.channel.currentIndex() == before
