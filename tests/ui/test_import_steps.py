"""The steps before the preview: mapping a sheet, mappings kept by name, and files of which nothing comes in."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from coinbudget.services.sheet_source import saved_mappings
from coinbudget.ui.amounts import FIRST_STRONG_ISOLATE, POP_ISOLATE
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel
from tests import make
from tests.services import tiktok_files
from tests.ui.person import SHIFT, Key, Person, child

ROWS = "Datum\tAn\tMünzen\n14.05.2026\t@luna\t350\n03.04.2026\t@bo\t5\n"


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


@pytest.fixture
def sheet(context: Context, person: Person) -> ImportDialog:
    form = ImportDialog(context, None, rows=ROWS)
    person.sees(form)
    return form


def ways(form: ImportDialog) -> list[str]:
    found = form.refused.findChildren(QPushButton)
    return [one.objectName().removeprefix("import.refused.") for one in found if one.isVisible()]


def test_tab_goes_through_a_mapping_as_one_reads_it(sheet: ImportDialog, person: Person) -> None:
    sheet.mapping.saved.name.setText("x")
    seen = [person.focus.objectName()]
    while person.focus.objectName() != "import.mapping.save":
        person.presses(Key.Key_Tab)
        seen.append(person.focus.objectName())
        assert len(seen) < 30
    boxes = [name for name in seen if name.startswith(("import.role", "import.form", "import.sheet", "import.mapping"))]
    places = [_place(child(sheet, name)) for name in boxes]
    assert {"import.role.0", "import.role.1", "import.role.2"} <= set(boxes)
    assert boxes[-2:] == ["import.mapping.name", "import.mapping.save"]
    assert places == sorted(places)


def _place(widget: QWidget) -> tuple[int, int]:
    where = widget.mapTo(widget.window(), widget.rect().center())
    return where.y(), where.x()


def test_enter_in_the_name_of_a_mapping_saves_it_and_does_not_go_on(
    sheet: ImportDialog, person: Person, context: Context
) -> None:
    assert sheet.add.isEnabled()
    sheet.mapping.saved.name.setFocus()
    person.types("my log")
    person.presses(Key.Key_Return)
    assert sheet.mapping.isVisible()
    assert list(saved_mappings(context.operations.ledger)) == ["my log"]


def test_a_kept_mapping_is_deleted_and_put_back(
    sheet: ImportDialog, context: Context, settled: Callable[[], None]
) -> None:
    saved = sheet.mapping.saved
    saved.name.setText("my log")
    saved.save.click()
    settled()
    assert saved.saved.currentText() == "my log"
    before = saved_mappings(context.operations.ledger)
    assert saved.delete.accessibleName() == "Delete: my log"
    saved.delete.click()
    settled()
    assert saved_mappings(context.operations.ledger) == {}
    assert saved.delete.text() == "Put back"
    saved.delete.click()
    settled()
    assert saved_mappings(context.operations.ledger) == before
    assert saved.delete.text() == "Delete"


def test_why_nobody_can_go_on_stands_above_the_columns(context: Context, person: Person) -> None:
    form = ImportDialog(context, None, rows="Datum\tMünzen\n14.05.2026\t350\n")
    person.sees(form)
    assert not form.add.isEnabled()
    assert form.mapping.open.text()
    assert form.mapping.open.y() < form.mapping.columns.y()


def test_a_file_of_something_else_offers_another_file_and_the_guide(
    context: Context, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str] = []
    context.session.import_requested.connect(wanted.append)
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dark"}', encoding="utf-8")
    form = ImportDialog(context, path)
    person.sees(form)
    assert form.refused.isVisible()
    assert "Nothing was written" in form.refused.text.text()
    assert ways(form) == ["other", "guide"]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("/some/export.zip", ""))
    child(form, "import.refused.other").click()
    assert not form.isVisible()
    again = ImportDialog(context, path)
    person.sees(again)
    child(again, "import.refused.guide").click()
    assert wanted == ["/some/export.zip", ""]


@pytest.mark.parametrize(
    "content", ['{"Your Activity": {"Purchases": {"SendGifts":', '{"Your Activity": ]', "[1, 2]", ""]
)
def test_a_broken_export_is_not_offered_as_a_sheet(
    context: Context, person: Person, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "user_data_tiktok.json"
    path.write_text(content, encoding="utf-8")
    form = ImportDialog(context, path)
    person.sees(form)
    assert ways(form) == ["other", "guide"]


def test_an_export_without_coins_or_gifts_says_so_and_offers_ways_on(
    context: Context, person: Person, tmp_path: Path
) -> None:
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json"))
    person.sees(form)
    assert form.refused.isVisible()
    assert "No coins or gifts" in form.refused.headline.text()
    assert ways(form) == ["other", "guide"]
    assert not form.add.isVisible()
    assert form.cancel.text() == "Close"


def test_a_text_that_cannot_be_read_as_what_it_seems_is_read_as_a_sheet(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes("kind,at,coins,creator\r\ngift,2026-05-14,5,@Zo\xeb\r\n".encode("latin-1"))
    form = ImportDialog(context, path)
    person.sees(form)
    assert ways(form) == ["format.sheet", "other", "guide"]
    child(form, "import.refused.format.sheet").click()
    settled()
    assert form.mapping.isVisible()


def test_of_several_sources_one_is_chosen_and_comes_in(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    tiktok = json.dumps(tiktok_files.export(gifts=[("2026-05-14 21:09:40", 1, "some_creator")]))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("user_data_tiktok.json", tiktok)
        archive.writestr("ledger.csv", "kind,at,coins,creator\r\ngift,2026-05-14,5,@luna\r\n")
    form = ImportDialog(context, tmp_path / "all.zip")
    person.sees(form)
    assert ways(form) == ["format.ledger-csv", "format.tiktok", "other", "guide"]
    assert "--" not in form.refused.text.text()
    child(form, "import.refused.format.ledger-csv").click()
    settled()
    assert form.preview.isVisible()
    form.add.click()
    settled()
    assert [entry.coins for entry in make.all_entries(context.operations.ledger)] == [5]
    assert ways(form) == ["format.tiktok"]
    assert form.refused.headline.text() == "Ledger CSV is in"
    child(form, "import.refused.format.tiktok").click()
    settled()
    answer = "import.answer.gift_amount.1.coins"
    assert not child(form, answer).isChecked()
    child(form, answer).click()
    settled()
    while not form.preview.isVisible():
        form.add.click()
        settled()
    form.add.click()
    settled()
    assert not form.isVisible()
    assert [entry.coins for entry in make.all_entries(context.operations.ledger)] == [5, 1]


def test_a_date_that_can_be_read_in_two_ways_is_not_called_unreadable(context: Context, person: Person) -> None:
    form = ImportDialog(context, None, rows="Date\tWho\tCoins\n03.04.2026\t@bo\t5\n\t@bo\t5\n05.06.2026\t@bo\t5\n")
    person.sees(form)
    shown = [sample.text() for sample in form.mapping.samples]
    assert shown[0].startswith("“03.04.2026” can be read with the day or the month first")
    assert shown[1] == "The row has no date."


def test_a_text_without_rows_opens_no_mapping(context: Context, person: Person) -> None:
    form = ImportDialog(context, None, rows="Hello")
    person.sees(form)
    assert form.refused.isVisible()
    assert form.refused.headline.text() == "No rows in it"
    assert ways(form) == ["other", "guide"]


def test_a_sheet_whose_column_says_the_kind_is_no_ledger_csv_and_asks_for_none(
    context: Context, person: Person, tmp_path: Path
) -> None:
    (tmp_path / "mine.csv").write_text("Date,Kind,Coins\n2026-05-14,gift,5\n2026-05-15,purchase,70\n", encoding="utf-8")
    form = ImportDialog(context, tmp_path / "mine.csv")
    person.sees(form)
    assert form.mapping.isVisible()
    assert not form.mapping.kind.isVisible()


def test_what_is_no_currency_leaves_the_currency_open(context: Context, person: Person) -> None:
    form = ImportDialog(context, None, rows="Date\tCoins\tPrice\n2026-05-14\t350\t3.70\n2026-05-15\t70\t0.85\n")
    person.sees(form)
    assert (form.mapping.currency.code(), form.add.isEnabled()) == ("EUR", True)
    for typed, taken in (("zzz", False), ("usd", True), ("us", False)):
        person.fills("import.sheet.currency", typed)
        assert form.add.isEnabled() is taken, typed
        assert form.mapping.open.isVisible() is not taken, typed
    assert "Choose the currency" in form.mapping.open.text()
    person.presses(Key.Key_Return)
    assert form.add.isEnabled()
    assert "US$3.70" in form.mapping.samples[0].text()


@pytest.mark.parametrize(
    ("price", "currency", "proposed"),
    [("3.70", "", "EUR"), ("€3.70", "", ""), ("$1,003.70", "", ""), ("3.70", "$", ""), ("3.70", "€", "EUR")],
)
def test_the_currency_of_the_profile_is_proposed_only_where_no_sign_speaks_against_it(
    context: Context, person: Person, price: str, currency: str, proposed: str
) -> None:
    rows = "".join(f"2026-05-{day}\t350\t{price}\t{currency}\n" for day in (14, 15, 16))
    form = ImportDialog(context, None, rows=f"Date\tCoins\tPrice\tCurrency\n{rows}")
    person.sees(form)
    assert form.mapping.currency.code() == proposed
    assert form.add.isEnabled() is ("$" not in price + currency)


def test_rows_without_a_kind_leave_it_open_but_for_a_line_that_sums_up(context: Context, person: Person) -> None:
    rows = "Date\tKind\tCoins\n2026-05-14\tgift\t5\n2026-05-15\t{kind}\t70\nTotal\t\t75\n"
    for kind, open_ in (("", True), ("purchase", False)):
        form = ImportDialog(context, None, rows=rows.format(kind=kind))
        person.sees(form)
        assert form.mapping.kind.isVisible() is open_
        assert form.add.isEnabled() is not open_
        assert ("rows without a kind are" in form.mapping.open.text()) is open_
        if open_:
            child(form, "import.kind.purchase").click()
            assert form.add.isEnabled()
        form.reject()


def test_arrow_keys_pass_an_encoding_that_does_not_fit(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tmp_path / "mine.csv"
    # In Shift JIS, which it is, as well as in others, but in neither UTF-16 nor the one before Shift JIS.
    path.write_bytes("日付,コイン,相手\n2026-05-14,5,ルナ\n".encode("shift_jis"))
    form = ImportDialog(context, path)
    person.sees(form)
    box = child(form, "import.sheet.encoding")
    box.setFocus()
    seen = []
    for _ in range(2 * box.count()):
        person.presses(Key.Key_Down)
        settled()
        seen.append(box.currentText())
    assert seen[-1] == "Turkish (ISO 8859-9)"
    assert "Japanese (Shift JIS)" in seen
    for _ in range(2 * box.count()):
        person.presses(Key.Key_Up)
    assert box.currentIndex() <= 2


def test_an_encoding_that_does_not_fit_is_told_as_it_is_called_in_the_choice(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes("日付,コイン,相手\n2026-05-14,5,ルナ\n".encode("shift_jis"))
    form = ImportDialog(context, path)
    person.sees(form)
    box, before = form.mapping.encoding, form.mapping.encoding.currentText()
    place = box.findData("euc_kr")
    box.setCurrentIndex(place)
    box.activated.emit(place)
    settled()
    assert "no text in the encoding Korean (EUC-KR);" in form.general.text()
    assert box.currentText() == before


def test_a_mapping_has_the_focus_on_the_kind_that_is_chosen(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    form = ImportDialog(context, None, rows="Date\tWho\tCoins\n2026-05-14\t@bo\t5\n2026-05-15\t@bo\t5\n")
    person.sees(form)
    assert form.mapping.kind.value() == "gift"
    child(form, "import.kind.purchase").setFocus()
    form.add.click()
    settled()
    form.back.click()
    settled()
    assert person.focus.objectName() == "import.kind.gift"


def test_enter_leads_to_an_open_question_with_its_heading(context: Context, person: Person, tmp_path: Path) -> None:
    kinds = [(f"2026-05-{day} 21:03:11", f"Kind {day}", 350) for day in range(10, 18)]
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=kinds))
    person.sees(form)
    form.resize(form.width(), 420)
    for _ in range(3):
        [area] = [one for one in form.findChildren(QScrollArea) if one.isAncestorOf(form.questions)]
        where = form.questions.open_places()[0]
        answers = where.findChildren(QPushButton)
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        person.presses(Key.Key_Return)
        assert person.focus in answers
        card = where.parentWidget()
        assert card is not None
        top, bottom = (card.mapTo(area.viewport(), at).y() for at in (card.rect().topLeft(), card.rect().bottomLeft()))
        assert 0 <= top < bottom <= area.viewport().height()
        answers[0].click()


def test_written_heads_no_empty_column(context: Context, person: Person) -> None:
    for date, shown in (("soon", False), ("14.05.2026", True)):
        form = ImportDialog(context, None, rows=f"Date\tWho\tCoins\n{date}\t@bo\t5\n{date}\t@bo\t7\n")
        person.sees(form)
        heads = [label for label in form.mapping.columns.findChildren(PlainLabel) if label.text() == "Written"]
        assert [label.isVisible() for label in heads] == [shown]
        assert any(box.isVisible() for box in form.mapping.columns.forms.values()) is shown
        form.reject()


def test_of_very_many_columns_those_that_matter_are_shown_and_the_others_are_counted(
    context: Context, person: Person
) -> None:
    names = [f"x{place}" for place in range(60)]
    cells = ["?"] * 60
    for place, (name, cell) in {50: ("When", "2026-05-14"), 52: ("Who", "@bo"), 55: ("Coins", "5")}.items():
        names[place], cells[place] = name, cell
    row = "\t".join(cells)
    form = ImportDialog(context, None, rows="\n".join(("\t".join(names), row, row)))
    person.sees(form)
    columns = form.mapping.columns
    assert list(columns.roles) == [*range(40), 50, 52, 55]
    assert child(form, "import.columns.more").text() == "17 more columns are not shown: nothing of them is read."
    assert form.add.isEnabled()
    box = columns.roles[50]
    box.setCurrentIndex(box.findData(""))
    box.activated.emit(box.currentIndex())
    assert list(columns.roles) == [*range(40), 50, 52, 55]
    assert not form.add.isEnabled()


def test_where_no_date_is_known_columns_that_may_be_it_are_shown(context: Context, person: Person) -> None:
    names, cells = [f"x{place}" for place in range(45)], ["?"] * 45
    cells[41], cells[43] = "2026-05-14", "2026-05-15"
    row = "\t".join(cells)
    form = ImportDialog(context, None, rows="\n".join(("\t".join(names), row, row)))
    person.sees(form)
    assert list(form.mapping.columns.roles) == [*range(40), 41, 43]


def test_a_kept_mapping_that_gives_a_column_its_meaning_back_is_not_contradicted(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    form = ImportDialog(context, None, rows=OWN)
    person.sees(form)
    saved = form.mapping.saved
    saved.name.setText("my log")
    saved.save.click()
    settled()
    person.chooses("import.role.3", "Price paid")
    assert form.mapping.columns.taken.isVisible()
    saved.saved.activated.emit(saved.saved.currentIndex())
    assert _meanings(form)[2:] == ["Price paid", "Not read"]
    assert not form.mapping.columns.taken.isVisible()


OWN = "when,coins,cost me,slip\n2026-05-14,350,4.50,17\n2026-05-15,70,0.90,18\n"


def _bare(text: str) -> str:
    return text.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")


def _meanings(form: ImportDialog) -> list[str]:
    return [box.currentText() for box in form.mapping.columns.roles.values()]


def test_what_other_columns_mean_comes_back_when_arrow_keys_only_pass_it(context: Context, person: Person) -> None:
    form = ImportDialog(context, None, rows=OWN)
    person.sees(form)
    before = _meanings(form)
    assert before == ["Date, or date and time", "Coins", "Price paid", "Not read"]
    box = form.mapping.columns.roles[3]
    box.setFocus()
    person.chooses(box.objectName(), "Order number")
    assert _meanings(form) == [*before[:3], "Order number"]
    assert not form.mapping.columns.taken.isVisible()


def test_a_line_says_what_a_column_lost_to_another_and_only_what_was_left_is_lost(
    context: Context, person: Person
) -> None:
    form = ImportDialog(context, None, rows=OWN)
    person.sees(form)
    person.chooses("import.role.3", "Coins")
    taken = form.mapping.columns.taken
    assert taken.isVisible()
    assert _bare(taken.text()) == "“coins” is not read any more: “slip” means “Coins” now."
    # Enter settles it, where it can be read, and goes on only when pressed again.
    person.presses(Key.Key_Return)
    assert form.mapping.isVisible()
    assert taken.isVisible()
    person.chooses("import.role.3", "Not read")
    assert _meanings(form)[1] == "Not read"
    assert not taken.isVisible()
    person.chooses("import.role.3", "Price paid")
    person.presses(Key.Key_Tab)
    assert _bare(taken.text()) == "“cost me” is not read any more: “slip” means “Price paid” now."
    person.chooses("import.role.3", "Order number")
    assert _meanings(form)[2] == "Not read"


LATIN = "Datum;Empfänger;Münzen\n14.05.2026;@luna;350\n03.04.2026;@bo;5\n"


def _latin(context: Context, person: Person, tmp_path: Path, text: str = LATIN) -> ImportDialog:
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode("cp1252"))
    form = ImportDialog(context, path)
    person.sees(form)
    return form


def test_letters_that_look_right_are_said_to_in_one_step(context: Context, person: Person, tmp_path: Path) -> None:
    form = _latin(context, person, tmp_path)
    assert not form.add.isEnabled()
    button = person.goes_to("import.letters_right")
    assert button.isVisible()
    person.presses(Key.Key_Return)
    assert form.mapping.encoding.currentData() == "cp1252"
    assert not button.isVisible()
    assert form.add.isEnabled()
    assert person.focus.objectName() == "import.sheet.encoding"


@pytest.mark.parametrize("said", [False, True])
def test_a_mapping_keeps_the_encoding_that_was_said_and_asks_no_more(
    context: Context, person: Person, tmp_path: Path, settled: Callable[[], None], *, said: bool
) -> None:
    form = _latin(context, person, tmp_path)
    if said:
        form.mapping.letters_right.click()
        settled()
    form.mapping.saved.name.setText("my log")
    form.mapping.saved.save.click()
    settled()
    form.reject()
    again = _latin(context, person, tmp_path, LATIN.replace("350", "70"))
    assert _bare(again.mapping.saved.told.text()) == "Mapping “my log” is used"
    assert again.mapping.letters_right.isVisible() is not said
    assert again.add.isEnabled() is said


def test_a_mapping_of_the_same_columns_is_used_where_it_is_the_only_one(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    form = ImportDialog(context, None, rows=OWN)
    person.sees(form)
    person.chooses("import.role.3", "Note")
    for name in ("my log", "another"):
        form.mapping.saved.name.setText(name)
        form.mapping.saved.save.click()
        settled()
        assert form.mapping.saved.saved.currentData() == name
        assert form.mapping.saved.delete.isEnabled()
        assert form.mapping.saved.delete.accessibleName() == f"Delete: {name}"
        again = ImportDialog(context, None, rows=OWN.replace("350", "70"))
        person.sees(again)
        only = name == "my log"
        assert again.mapping.saved.saved.currentData() == ("my log" if only else "")
        assert _meanings(again)[3] == ("Note" if only else "Not read")
        assert ("is used" in again.mapping.saved.told.text()) is only
        again.reject()
    other = ImportDialog(context, None, rows=OWN.replace("cost me", "price"))
    person.sees(other)
    assert other.mapping.saved.saved.currentData() == ""


def test_a_kept_mapping_whose_forms_are_none_of_a_sheet_is_not_used_by_itself(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    for rows, kept in (("14.05.2026", "my log"), ("2026-05-14", "")):
        form = ImportDialog(context, None, rows=f"Date\tWho\tCoins\n{rows}\t@bo\t5\n")
        person.sees(form)
        if kept:
            form.mapping.saved.name.setText(kept)
            form.mapping.saved.save.click()
            settled()
        assert form.mapping.saved.saved.currentData() == kept
        form.reject()


def test_enter_on_an_answer_chooses_it_as_space_does_and_then_goes_on(
    context: Context, person: Person, tmp_path: Path
) -> None:
    rows = [("2026-05-15 21:03:11", "Gift card", 350)]
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=rows))
    person.sees(form)
    person.presses(Key.Key_Return)
    answer = person.focus
    assert isinstance(answer, QPushButton)
    assert not answer.isChecked()
    person.presses(Key.Key_Return)
    assert answer.isChecked()
    assert form.questions.isVisible()
    person.presses(Key.Key_Return)
    assert not form.questions.isVisible()


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ("Datum\tMünzen\n14.05.2026\t350\n", ["import.kind.purchase"]),
        ("Date\tWho\tCoins\n03/04/2026\t@bo\t5\n", ["import.form.0"]),
        ("x\ty\tWho\tCoins\n2026-05-14\t2026-05-15\t@bo\t5\n", ["import.role.0"]),
        ("Date\tCoins\tCoins\n2026-05-14\t5\t7\n", ["import.kind.purchase", "import.role.1"]),
        ("Date\tWho\tCoins\tPrice\n2026-05-14\t\t5\t$1,003.70\n", ["import.kind.purchase", "import.sheet.currency"]),
    ],
)
def test_what_is_open_of_a_mapping_is_counted_and_enter_leads_to_it(
    context: Context, person: Person, rows: str, names: list[str]
) -> None:
    form = ImportDialog(context, None, rows=rows)
    person.sees(form)
    count = len(form.mapping.open_places())
    assert form.still_open.text() == ("1 question is open" if count == 1 else f"{count} questions are open")
    found = []
    for _ in names:
        form.still_open.click()
        found.append(person.focus.objectName())
        if found[-1].startswith("import.kind"):
            person.presses(Key.Key_Return)
            assert person.focus.objectName() == found[-1]
    assert found == names


def test_letters_that_may_be_wrong_are_where_enter_leads_to(context: Context, person: Person, tmp_path: Path) -> None:
    form = _latin(context, person, tmp_path)
    person.presses(Key.Key_Return)
    assert person.focus.objectName() == "import.letters_right"
    person.presses(Key.Key_Return)
    assert not form.still_open.isVisible()


def test_a_question_that_tab_comes_back_to_is_shown_with_its_words(
    context: Context, person: Person, tmp_path: Path
) -> None:
    kinds = [(f"2026-05-{day} 21:03:11", f"Kind {day}", 350) for day in range(10, 18)]
    form = ImportDialog(context, tiktok_files.write(tmp_path / "user_data_tiktok.json", coins=kinds))
    person.sees(form)
    form.resize(form.width(), 420)
    [area] = [one for one in form.findChildren(QScrollArea) if one.isAncestorOf(form.questions)]
    first = person.focus
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    person.presses(Key.Key_Tab, SHIFT)
    while person.focus is not first:
        assert area.isAncestorOf(person.focus) is _shown(person.focus, area)
        person.presses(Key.Key_Tab, SHIFT)
    assert _shown(first, area)


def _shown(part: QWidget, area: QScrollArea) -> bool:
    """Whether the card of a part is seen as a whole."""
    around: QWidget | None = part
    while around is not None and not isinstance(around, Card):
        around = around.parentWidget()
    if around is None:
        return False
    top, bottom = (around.mapTo(area.viewport(), at).y() for at in (QPoint(0, 0), around.rect().bottomLeft()))
    return 0 <= top < bottom <= area.viewport().height()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("5", "7", "x", "9"), "1 of 4 values of “n” cannot be read: its row stays out."),
        (("5", "7", "x", "y", "9"), "2 of 5 values of “n” cannot be read: their rows stay out."),
    ],
)
def test_how_many_values_cannot_be_read_is_said_in_whole_words(
    context: Context, person: Person, values: tuple[str, ...], words: str
) -> None:
    rows = "".join(f"2026-05-1{place}\t@bo\t{value}\n" for place, value in enumerate(values))
    form = ImportDialog(context, None, rows=f"Date\tWho\tn\n{rows}")
    person.sees(form)
    person.chooses("import.role.2", "Coins")
    assert words in _bare(form.mapping.open.text())
