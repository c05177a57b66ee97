"""Type-to-find lists, and how typed numbers and moments are read."""

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from babel import Locale
from PySide6.QtWidgets import QDialog, QVBoxLayout
from pytestqt.qtbot import QtBot

from coinbudget.domain.drafts import NumberStyle
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.dialogs.edits import moment_words, typed_moment
from coinbudget.ui.dialogs.suggestions import Suggestion, folded
from coinbudget.ui.dialogs.typed import read_moment, read_number
from coinbudget.ui.pickers import CodePicker, PickerEdit, matching, region_rows
from coinbudget.ui.theme import Theme
from tests.ui.person import Key, Person

ENGLISH, GERMAN = NumberStyle(decimal=".", group=","), NumberStyle(decimal=",", group=".")
HERE = datetime(2026, 11, 22, 22, 30)  # noqa: DTZ001 - a moment on the clock of the wall


@pytest.fixture
def person(qtbot: QtBot) -> Person:
    return Person(qtbot, lambda: None)


def rows(*names: str) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(text=name, value=name, key=folded(name)) for name in names)


@pytest.fixture
def picker(theme: Theme, person: Person) -> Iterator[Callable[..., PickerEdit]]:
    kept: list[QDialog] = []

    def show(*names: str, eager: bool = True) -> PickerEdit:
        dialog = QDialog()
        edit = PickerEdit(theme, eager=eager)
        edit.setObjectName("picker")
        edit.wanted.connect(lambda text: edit.offer(matching(text, rows(*names))))
        QVBoxLayout(dialog).addWidget(edit)
        kept.append(dialog)
        dialog.resize(400, 400)
        person.sees(dialog)
        edit.setFocus()
        return edit

    yield show
    kept.clear()


def test_a_match_may_lie_inside_and_folds_case_and_accents() -> None:
    known = rows("Grande Étoile", "étoile", "Rose")
    assert [row.text for row in matching("ETO", known)] == ["étoile", "Grande Étoile"]
    assert [row.text for row in matching("", known)] == ["Grande Étoile", "étoile", "Rose"]


def test_most_recent_stays_first_among_equals() -> None:
    assert [row.text for row in matching("ro", rows("Rosa", "Rose", "Zero"))] == ["Rosa", "Rose", "Zero"]


def test_enter_takes_the_first_row(picker: Callable[..., PickerEdit], person: Person) -> None:
    edit = picker("Rose", "Rosa")
    taken: list[object] = []
    edit.picked.connect(taken.append)
    person.types("ro")
    person.presses(Key.Key_Return)
    assert (edit.text(), taken) == ("Rose", ["Rose"])


def test_arrows_walk_and_tab_takes(picker: Callable[..., PickerEdit], person: Person) -> None:
    edit = picker("Rose", "Rosa", "Rock")
    person.types("ro")
    person.presses(Key.Key_Down)
    person.presses(Key.Key_Tab)
    assert edit.text() == "Rosa"


def test_a_list_that_is_not_eager_changes_nothing_by_itself(picker: Callable[..., PickerEdit], person: Person) -> None:
    edit = picker("350", "3500", eager=False)
    entered: list[bool] = []
    edit.entered.connect(lambda: entered.append(True))
    person.types("35")
    person.presses(Key.Key_Tab)
    assert edit.text() == "35"


def test_a_late_answer_still_takes_the_row(theme: Theme, person: Person) -> None:
    dialog = QDialog()
    edit = PickerEdit(theme)
    QVBoxLayout(dialog).addWidget(edit)
    person.sees(dialog)
    edit.setFocus()
    person.types("ro")
    person.presses(Key.Key_Return)
    assert edit.text() == "ro"
    edit.offer(rows("Rose"))
    assert edit.text() == "Rose"
    assert dialog.isVisible()


def test_names_are_painted_as_text(picker: Callable[..., PickerEdit], person: Person, qtbot: QtBot) -> None:
    edit = picker('<img src="file:///x">', "<b>bold</b> & $x$")
    person.types("b")
    assert edit.popup is not None
    qtbot.waitExposed(edit.popup)
    assert not edit.popup.grab().isNull()
    person.presses(Key.Key_Return)
    assert edit.text() == "<b>bold</b> & $x$"


def test_a_code_is_found_by_name_and_by_code(theme: Theme, person: Person) -> None:
    dialog = QDialog()
    edit = CodePicker(theme, region_rows(Locale.parse("en_GB"), ("DE", "JP", "FR")))
    QVBoxLayout(dialog).addWidget(edit)
    person.sees(dialog)
    edit.setFocus()
    person.types("jp")
    assert edit.code() == "JP"
    edit.clear()
    person.types("germ")
    person.presses(Key.Key_Return)
    assert (edit.code(), edit.text()) == ("DE", "Germany")
    edit.clear()
    person.types("Atlantis")
    assert edit.code() == "Atlantis"


@pytest.mark.parametrize(
    ("text", "style", "digits", "plain"),
    [
        ("5,29", ENGLISH, 2, "5.29"),
        ("5.29", GERMAN, 2, "5.29"),
        ("1.234,56", ENGLISH, 2, "1234.56"),
        ("1,234.56", GERMAN, 2, "1234.56"),
        ("1.234", GERMAN, 2, "1234"),
        ("1,234", ENGLISH, 2, "1234"),
        ("1.500", ENGLISH, 0, "1500"),
        ("1 234,50", GERMAN, 2, "1234.50"),
        ("1\u202f234,50", GERMAN, 2, "1234.50"),
        ("1'234.50", ENGLISH, 2, "1234.50"),
        ("1.234.567", ENGLISH, 2, "1234567"),
        ("0,123", GERMAN, 3, "0.123"),
        ("５，２９", ENGLISH, 2, "5.29"),
        ("٥٫٢٩", ENGLISH, 2, "5.29"),
        (",5", GERMAN, 2, "0.5"),
        ("-40", ENGLISH, 0, "-40"),
        ("−40", ENGLISH, 0, "-40"),
        ("1.234", ENGLISH, 3, "1.234"),
    ],
)
def test_a_number_is_read_where_one_reading_is_possible(text: str, style: NumberStyle, digits: int, plain: str) -> None:
    read = read_number(text, style, digits)
    assert (read.plain, read.readable, read.other) == (plain, True, "")


@pytest.mark.parametrize(
    ("text", "style", "digits"), [("1,234", ENGLISH, 3), ("1.234", GERMAN, 3), ("1.234", ENGLISH, 2)]
)
def test_a_number_with_two_readings_is_asked_about(text: str, style: NumberStyle, digits: int) -> None:
    assert {read_number(text, style, digits).plain, read_number(text, style, digits).other} == {"1234", "1.234"}


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1,23,456.7.8", "1 23", "1e5", "NaN", "--1", "1,2.3,4"])
def test_what_is_no_number_is_handed_on_as_typed(text: str) -> None:
    assert not read_number(text, ENGLISH, 2).readable


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("today 21:14", datetime(2026, 11, 22, 21, 14)),  # noqa: DTZ001
        ("21:14", datetime(2026, 11, 22, 21, 14)),  # noqa: DTZ001
        ("23:30", datetime(2026, 11, 21, 23, 30)),  # noqa: DTZ001 - not come yet, so it was yesterday
        ("9:05 pm", datetime(2026, 11, 22, 21, 5)),  # noqa: DTZ001
        ("yesterday", date(2026, 11, 21)),
        ("thu 19:40", datetime(2026, 11, 19, 19, 40)),  # noqa: DTZ001
        ("Sunday 10:00", datetime(2026, 11, 22, 10, 0)),  # noqa: DTZ001
        ("03/04/2026", date(2026, 4, 3)),
        ("3.4.26 9:05", datetime(2026, 4, 3, 9, 5)),  # noqa: DTZ001
        ("24/12", date(2025, 12, 24)),
        ("2026-11-03T18:30", datetime(2026, 11, 3, 18, 30)),  # noqa: DTZ001
        ("2026-11-03 18:30", datetime(2026, 11, 3, 18, 30)),  # noqa: DTZ001
        ("２０２６-11-03", date(2026, 11, 3)),
        ("31/02/2026", None),
        ("25:00", None),
        ("soon", None),
        ("12", None),
    ],
)
def test_moments_are_read_in_the_locales_order(text: str, read: datetime | date | None) -> None:
    words = moment_words(Amounts(Locale.parse("en_GB"), {}))
    assert read_moment(text, words, HERE) == read


def test_american_dates_have_the_month_first() -> None:
    words = moment_words(Amounts(Locale.parse("en_US"), {}))
    assert read_moment("03/04/2026", words, HERE) == date(2026, 3, 4)
    assert typed_moment(Amounts(Locale.parse("en_US"), {}), HERE) == "11/22/2026 22:30"
    assert typed_moment(Amounts(Locale.parse("de_DE"), {}), HERE) == "22.11.2026 22:30"


@pytest.mark.parametrize("name", ["de_DE", "fr_FR", "pl_PL", "ar_EG", "ja_JP", "en_US", "hu_HU", "nl_NL"])
def test_what_is_shown_is_read_again_in_every_locale(name: str) -> None:
    amounts = Amounts(Locale.parse(name), {})
    assert read_moment(typed_moment(amounts, HERE), moment_words(amounts), HERE) == HERE
