"""The preview of an import and the form of an export, by keys on a real ledger."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from coinbudget.services import record
from coinbudget.services.import_parts import State
from coinbudget.services.sheet_source import saved_mappings
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import ReadingEdit
from coinbudget.ui.dialogs.export_file import ExportDialog
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.models.preview_model import Column
from coinbudget.ui.widgets.labels import PlainLabel
from tests import make
from tests.services import tiktok_files
from tests.ui.person import Key, Person

HEAD = "kind,at,coins,quantity,paid,currency,channel,creator,gift,mood"
GOOD = "purchase,2026-10-01T18:30,350,,5.29,EUR,web,,,fine"
GIFT = "gift,2026-10-03T18:30,100,5,,,,@<b>luna</b>,Perfume,fine"
BAD = "gift,2026-14-03T18:30,100,5,,,,@luna,Perfume,fine"


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str) -> Path:
        path = tmp_path / "ledger.csv"
        path.write_text("\r\n".join((HEAD, *rows)) + "\r\n", encoding="utf-8")
        return path

    return write


def count(context: Context) -> int:
    return len(make.all_entries(context.operations.ledger))


def counts(form: ImportDialog) -> tuple[int, int, int]:
    seen = form.preview.model
    states = [seen.state(row) for row in range(seen.rowCount())]
    return (
        states.count(State.NEW),
        states.count(State.KNOWN),
        states.count(State.PROBLEM),
    )


def cell(form: ImportDialog, row: int, column: Column) -> str:
    return str(form.preview.model.data(form.preview.model.index(row, column)))


def test_a_file_is_counted_before_anything_is_written(
    context: Context, person: Person, file: Callable[..., Path], now: datetime
) -> None:
    record.add(context.operations.ledger, make.purchase(at="2026-10-01T18:30", region="DE"), now=now)
    form = ImportDialog(context, file(GOOD, GIFT, GIFT))
    person.sees(form)
    assert counts(form) == (2, 1, 0)
    assert count(context) == 1
    assert [cell(form, row, Column.STATE) for row in range(3)] == ["Already there", "New", "New"]
    assert "mood" in form.told.text()


def test_what_was_counted_is_what_comes_in_with_one_undo(
    context: Context, person: Person, file: Callable[..., Path], settled: Callable[[], None]
) -> None:
    form = ImportDialog(context, file(GOOD, GIFT, GIFT))
    person.sees(form)
    assert form.add.text() == "Import 3 entries"
    person.presses(Key.Key_Return)
    assert not form.isVisible()
    assert count(context) == 3
    assert context.operations.undo_stack.undoText() == "import of 3 rows"
    context.operations.undo()
    settled()
    assert all(entry.voided_at is not None for entry in make.all_entries(context.operations.ledger))


def test_what_is_unticked_stays_out(context: Context, person: Person, file: Callable[..., Path]) -> None:
    form = ImportDialog(context, file(GOOD, GIFT, GIFT, GIFT))
    person.sees(form)
    assert form.focusWidget() is form.preview.table
    person.presses(Key.Key_Space)
    person.presses(Key.Key_Down)
    person.presses(Key.Key_Space)
    assert form.add.text() == "Import 2 entries"
    person.presses(Key.Key_Return)
    kinds = [type(entry).__name__ for entry in make.all_entries(context.operations.ledger)]
    assert kinds == ["Gift", "Gift"]


def test_a_row_with_a_problem_stays_out_and_the_rest_comes_in(
    context: Context, person: Person, file: Callable[..., Path]
) -> None:
    form = ImportDialog(context, file(GOOD, BAD))
    person.sees(form)
    assert counts(form) == (1, 0, 1)
    assert "1 row with a problem stays out" in form.told.text()
    assert cell(form, 1, Column.NOTE)
    person.presses(Key.Key_Return)
    assert count(context) == 1


def test_names_of_a_file_are_shown_as_text(context: Context, person: Person, file: Callable[..., Path]) -> None:
    form = ImportDialog(context, file(GIFT))
    person.sees(form)
    index = form.preview.model.index(0, Column.WHAT)
    assert "@<b>luna</b>" in form.preview.model.data(index)
    assert "<b>" not in form.preview.model.data(index, Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize("content", ["", "not,a,ledger\r\n1,2,3\r\n", "\x00\x01\x02", "kind,at\r\ngift"])
def test_a_file_that_is_no_ledger_brings_nothing(
    context: Context, person: Person, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "strange.csv"
    path.write_text(content, encoding="utf-8")
    form = ImportDialog(context, path)
    person.sees(form)
    assert not form.add.isEnabled()
    assert form.refused.text.text() or counts(form)[2] or form.mapping.open.text()
    assert count(context) == 0


def test_everything_already_there_has_nothing_to_import(
    context: Context, person: Person, file: Callable[..., Path]
) -> None:
    first = ImportDialog(context, file(GOOD))
    person.sees(first)
    person.presses(Key.Key_Return)
    again = ImportDialog(context, file(GOOD))
    person.sees(again)
    assert counts(again) == (0, 1, 0)
    assert "already" in again.told.text()
    assert not again.add.isEnabled()


def test_a_file_of_an_export_is_asked_about_shown_unticked_imported_and_undone(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    rose = ("2026-05-14 21:09:40", 1, "some_creator")
    path = tiktok_files.write(
        tmp_path / "user_data_tiktok.json",
        coins=[("2026-05-14 21:03:11", "Recharge", 350)],
        prices=[("2026-05-14 21:03:40", "3.70")],
        gifts=[rose] * 5,
    )
    form = ImportDialog(context, path)
    person.sees(form)
    assert form.questions.isVisible()
    assert not form.add.isEnabled()
    coins = form.findChild(QPushButton, "import.answer.gift_amount.1.coins")
    assert coins is not None
    coins.click()
    assert form.add.isEnabled()
    form.add.click()
    settled()
    assert counts(form)[0] == 6
    person.presses(Key.Key_Down)
    person.presses(Key.Key_Space)
    person.presses(Key.Key_Down)
    person.presses(Key.Key_Space)
    person.presses(Key.Key_Return)
    assert count(context) == 4
    context.operations.undo()
    settled()
    assert all(entry.voided_at is not None for entry in make.all_entries(context.operations.ledger))


def test_what_coins_without_a_price_cost_is_asked_once_their_kind_is_said(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    coins = [("2026-05-14 21:03:11", "Recharge", 350), ("2026-05-15 21:03:11", "Gift card", 70)]
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=coins))
    person.sees(form)
    assert not form.add.isEnabled()  # nobody said what a "Gift card" is
    for answer in form.questions.findChildren(QPushButton):
        if answer.objectName().endswith(".bought"):
            answer.click()
    form.add.click()
    settled()
    price = form.findChild(QLineEdit, "import.price.350")
    assert price is not None
    assert price.isVisible()
    price.setText("3.70")
    form.add.click()
    settled()
    form.add.click()
    settled()
    found = [getattr(entry, "converted_minor", None) for entry in make.all_entries(context.operations.ledger)]
    assert found == [370, None]


def test_a_question_has_the_focus_as_soon_as_it_is_asked(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    form = ImportDialog(context, path)
    person.sees(form)
    settled()
    focused = form.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.objectName() == "import.answer.zone.UTC"
    assert focused.isChecked()


def test_a_sheet_is_mapped_and_its_mapping_saved(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("Datum;An;Münzen\n14.05.2026;@luna;350\n03.04.2026;@bo;5\n", encoding="utf-8")
    form = ImportDialog(context, path)
    person.sees(form)
    assert form.mapping.isVisible()
    assert "350" in form.mapping.samples[0].text()
    form.mapping.saved.name.setText("my log")
    form.mapping.saved.save.click()
    settled()
    assert list(saved_mappings(context.operations.ledger)) == ["my log"]
    assert form.add.isEnabled()
    form.add.click()
    settled()
    assert counts(form) == (2, 0, 0)
    form.add.click()
    settled()
    days = [entry.home_on.isoformat() for entry in make.all_entries(context.operations.ledger)]
    assert days == ["2026-05-14", "2026-04-03"]


@pytest.fixture
def filled(context: Context, now: datetime) -> Context:
    for day in range(1, 9):
        record.add(context.operations.ledger, make.purchase(at=f"2026-11-0{day}T18:30"), now=now)
    record.add(context.operations.ledger, make.gift(creator="=cmd", at="2026-11-09T18:30"), now=now)
    return context


def test_the_first_five_rows_stand_in_the_form(filled: Context, person: Person) -> None:
    form = ExportDialog(filled)
    person.sees(form)
    assert form.table.rowCount() == 5
    model = form.table.model()
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    assert "kind" in heads
    assert heads[-1] == "form"


def test_an_export_is_written_as_shown_under_a_name_with_its_period(
    filled: Context, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def chosen(*given: object) -> tuple[str, str]:
        offered.append(Path(str(given[2])).name)
        return str(tmp_path / "out.csv"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    form = ExportDialog(filled)
    person.sees(form)
    person.chooses("export.period", "This month")
    person.presses(Key.Key_Return)
    assert offered == ["coinbudget-entries-2026-11-01_2026-11-22.csv"]
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert text.count("\n") == 10
    assert "'=cmd" in text
    assert not form.isVisible()


def test_a_summary_is_grouped_as_chosen(filled: Context, person: Person, tmp_path: Path) -> None:
    form = ExportDialog(filled)
    person.sees(form)
    person.goes_to("export.entries")
    person.presses(Key.Key_Right)
    person.goes_to("export.spreadsheet")
    person.presses(Key.Key_Right)
    person.chooses("export.by", "Day")
    form.write_to(tmp_path / "sums.csv")
    person.presses(Key.Key_Tab)
    lines = (tmp_path / "sums.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 10
    assert lines[1].startswith("2026-11-01,2026-11-02,")


def test_an_export_that_cannot_be_written_says_so(
    filled: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    form = ExportDialog(filled)
    person.sees(form)
    form.write_to(tmp_path / "no such folder" / "out.csv")
    settled()
    assert form.isVisible()
    assert "" in form.problems_shown()


def test_an_empty_period_says_so(filled: Context, person: Person) -> None:
    form = ExportDialog(filled)
    person.sees(form)
    person.chooses("export.period", "Last month")
    assert form.table.isHidden()
    assert "Nothing lies in this period" in form.empty.text()


def test_the_sentence_of_a_problem_is_shown_in_full_below(
    context: Context, person: Person, file: Callable[..., Path]
) -> None:
    form = ImportDialog(context, file(GOOD, BAD.replace("@luna,Perfume", "@a_creator_with_a_long_name,A long gift")))
    person.sees(form)
    person.presses(Key.Key_Down)
    assert cell(form, 1, Column.NOTE) in form.preview.details.said.text()
    assert form.preview.table.horizontalHeader().length() <= form.preview.table.viewport().width()


def test_without_a_problem_there_is_no_empty_column_for_one(
    context: Context, person: Person, file: Callable[..., Path]
) -> None:
    form = ImportDialog(context, file(GOOD))
    person.sees(form)
    assert form.preview.table.isColumnHidden(Column.NOTE)


def test_long_work_says_how_much_of_it_is_done(context: Context, person: Person, file: Callable[..., Path]) -> None:
    path = file(GOOD)
    for make_form in (lambda: ImportDialog(context, path), lambda: ExportDialog(context)):
        form = make_form()
        person.sees(form)
        assert not form.work.isVisible()
        context.operations.busy.emit("Importing rows of ledger.csv", 12_000, 60_000)
        assert form.work.isVisible()
        assert form.work.words.text() == "Importing rows of ledger.csv: 12,000 of 60,000"
        assert (form.work.bar.value(), form.work.bar.maximum()) == (12_000, 60_000)
        assert form.cancel.isEnabled()
        form.reject()


def test_open_questions_are_counted_and_enter_leads_to_the_first_of_them(
    context: Context, person: Person, tmp_path: Path
) -> None:
    rows = [("2026-05-14 21:03:11", "Recharge", 350), ("2026-05-15 21:03:11", "Gift card", 70)]
    gifts = [("2026-05-15 21:03:11", 1, "bo")]
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=rows, gifts=gifts))
    person.sees(form)
    assert form.still_open.text() == "2 questions are open"
    person.presses(Key.Key_Return)
    assert person.focus.objectName() == "import.answer.gift_amount.1.coins"
    person.presses(Key.Key_Space)
    assert form.still_open.text() == "1 question is open"
    person.presses(Key.Key_Return)
    person.presses(Key.Key_Space)
    assert not form.still_open.isVisible()
    person.presses(Key.Key_Return)
    assert form.prices.isVisible() or form.preview.isVisible()


@pytest.mark.parametrize("text", ["-1", "0", "0.855", "abc", "0.85 USD"])
def test_a_price_that_no_purchase_can_have_is_not_taken_and_not_passed_over(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], text: str
) -> None:
    form = ImportDialog(
        context, tiktok_files.write(tmp_path / "t.json", coins=[("2026-05-14 21:03:11", "Recharge", 70)])
    )
    person.sees(form)
    form.add.click()
    settled()
    price = person.goes_to("import.price.70")
    assert isinstance(price, ReadingEdit)
    person.types(text)
    assert form.still_open.text() == "1 price cannot be read"
    # Half a price is no fault while it is typed.
    assert price.property("problem") is not True
    person.presses(Key.Key_Return)
    assert price.property("problem") is True
    assert price.reading == ""
    assert price.accessibleDescription() == "This is no price in EUR, such as €3.70."
    [line] = [one for one in form.prices.findChildren(PlainLabel) if one.text() == price.accessibleDescription()]
    assert line.isVisible()
    assert not form.add.isEnabled()
    for given in ("€0.85", "0,85 EUR", "0.85 €"):
        price.setText(given)
        assert price.reading == "0.85 EUR"
        assert not price.property("problem")
        assert not line.isVisible()
        assert form.add.isEnabled()
    price.setText("")
    assert form.add.isEnabled()
