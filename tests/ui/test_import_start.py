"""Where importing starts, imports of the past, and coins of before the ledger, by keys and clicks."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from coinbudget.formats.source import Answers, TypeMeaning
from coinbudget.services import earlier, record, transfer, undo
from coinbudget.services.changes import Changes
from coinbudget.services.earlier import Bought
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.earlier import EarlierDialog
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.import_start import ImportStartDialog
from coinbudget.ui.widgets.labels import PlainLabel
from tests import make
from tests.services import tiktok_files
from tests.ui.person import CTRL, Key, Person, child

OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


def test_enter_asks_for_a_file_and_hands_it_on(
    context: Context, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[str] = []
    context.session.import_requested.connect(wanted.append)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: ("/some/export.zip", ""))
    form = ImportStartDialog(context)
    person.sees(form)
    person.goes_to("import_start.file")
    person.presses(Key.Key_Return)
    assert wanted == ["/some/export.zip"]
    assert not form.isVisible()


@pytest.mark.parametrize("dropped", [(), ("/some/one.csv", "/some/two.csv")])
def test_tab_goes_as_one_reads_and_begins_with_the_files_that_were_dropped(
    context: Context, person: Person, dropped: tuple[str, ...]
) -> None:
    form = ImportStartDialog(context, dropped=dropped)
    person.sees(form)
    seen = [person.focus.objectName().removeprefix("import_start.")]
    while len(seen) < 5 + len(dropped):
        person.presses(Key.Key_Tab)
        seen.append(person.focus.objectName().removeprefix("import_start."))
    names, tabs = [f"dropped.{place}" for place in range(len(dropped))], ["tab.new"]
    ways = ["folder", "paste", "cancel", "file"]
    assert seen == ([*names, *ways, *tabs] if dropped else [*tabs, *ways])


def test_rows_on_the_clipboard_are_pasted_and_an_empty_one_says_so(context: Context, person: Person) -> None:
    rows: list[str] = []
    context.session.rows_pasted.connect(rows.append)
    form = ImportStartDialog(context)
    person.sees(form)
    QApplication.clipboard().setText(" ")
    person.presses(Key.Key_V, CTRL)
    assert form.general.isVisible()
    QApplication.clipboard().setText("date\tcoins\twho\n2026-05-14\t5\t@a\n")
    person.presses(Key.Key_V, CTRL)
    assert len(rows) == 1
    assert not form.isVisible()


def test_pasted_rows_come_in_like_a_sheet(context: Context, person: Person, settled: Callable[[], None]) -> None:
    form = ImportDialog(context, None, rows="date\tcoins\twho\n2026-05-14\t5\t@a\n2026-05-15\t7\t@b\n")
    person.sees(form)
    form.add.click()
    settled()
    assert form.add.text() == "Import 2 entries"
    form.add.click()
    settled()
    assert [entry.coins for entry in make.all_entries(context.operations.ledger)] == [5, 7]


def test_every_source_has_its_steps_and_how_long_it_takes(context: Context, person: Person) -> None:
    form = ImportStartDialog(context)
    person.sees(form)
    words = " ".join(label.text() for label in form.findChildren(type(form.title)))
    for part in ("TikTok", "JSON", "takeout.google.com", "privacy.apple.com", "Ready within", "No waiting", "CSV"):
        assert part in words


def test_a_step_that_needs_two_lines_stays_behind_its_number(context: Context, person: Person) -> None:
    form = ImportStartDialog(context)
    person.sees(form)
    labels = form.findChildren(PlainLabel)
    numbers = [label for label in labels if label.text() == "1."]
    assert len(numbers) == 4
    for number in numbers:
        [step] = [label for label in labels if label.accessibleName().startswith("1. ") and _beside(label, number)]
        assert step.x() >= number.geometry().right()


def _beside(one: QWidget, other: QWidget) -> bool:
    return one.parent() is other.parent() and one.y() == other.y()


def test_a_past_import_is_undone_and_brought_back(
    context: Context, person: Person, tmp_path: Path, now: datetime, settled: Callable[[], None]
) -> None:
    ledger = context.operations.ledger
    (tmp_path / "mine.csv").write_text("kind,at,coins,creator\ngift,2026-11-02,5,@a\n", encoding="utf-8")
    done = transfer.import_file(ledger, tmp_path / "mine.csv", now=now)
    form = ImportStartDialog(context)
    person.sees(form)
    child(form, "import_start.tab.past").click()
    settled()
    name = f"import.past.{done.batch}"
    button = form.findChild(QPushButton, name)
    assert button is not None
    assert (button.text(), button.accessibleName()) == ("Undo", "Undo: mine.csv")
    button.click()
    settled()
    assert make.all_entries(ledger)[0].voided_at is not None
    again = [one for one in form.findChildren(QPushButton, name) if one.text() == "Bring back"]
    again[-1].click()
    settled()
    assert make.all_entries(ledger)[0].voided_at is None


def test_a_long_undo_of_a_past_import_is_seen_and_can_be_cancelled(
    context: Context, person: Person, tmp_path: Path, now: datetime, settled: Callable[[], None]
) -> None:
    operations = context.operations
    (tmp_path / "mine.csv").write_text("kind,at,coins,creator\ngift,2026-11-02,5,@a\n", encoding="utf-8")
    done = transfer.import_file(operations.ledger, tmp_path / "mine.csv", now=now)
    form = ImportStartDialog(context)
    person.sees(form)
    child(form, "import_start.tab.past").click()
    settled()
    gate = Event()
    operations.write("wait", lambda _l, _n: Changes(action="wait", count=int(not gate.wait(5))))
    person.goes_to(name := f"import.past.{done.batch}")
    assert not form.past.stop.isVisible()
    person.strikes(Key.Key_Space)
    operations.busy.emit("Taking back the import of mine.csv", 120_000, 400_000)
    assert form.past.work.words.text() == "Taking back the import of mine.csv: 120,000 of 400,000"
    assert [one.isEnabled() for one in form.past.buttons] == [False]
    assert person.focus is form.past.stop
    person.strikes(Key.Key_Space)
    gate.set()
    settled()
    assert make.all_entries(operations.ledger)[0].voided_at is None
    assert not form.past.work.isVisible()
    assert [one.isEnabled() for one in form.past.buttons] == [True]
    assert person.focus.objectName() == name
    person.presses(Key.Key_Space)
    assert make.all_entries(operations.ledger)[0].voided_at is not None
    assert operations.undo_stack.undoText() == "taking back mine.csv"
    person.presses(Key.Key_Space)
    assert operations.undo_stack.undoText() == "bringing back mine.csv"


def test_tab_comes_to_the_past_imports_in_their_order_and_undo_keeps_the_focus(
    context: Context, person: Person, tmp_path: Path, now: datetime, settled: Callable[[], None]
) -> None:
    batches = []
    for day in (2, 3):
        path = tmp_path / f"{day}.csv"
        path.write_text(f"kind,at,coins,creator\ngift,2026-11-0{day},5,@a\n", encoding="utf-8")
        batches.append(transfer.import_file(context.operations.ledger, path, now=now).batch)
    form = ImportStartDialog(context)
    person.sees(form)
    child(form, "import_start.tab.past").click()
    settled()
    child(form, "import_start.tab.past").setFocus()
    seen = []
    for _ in range(4):
        person.presses(Key.Key_Tab)
        seen.append(person.focus.objectName())
    newest, oldest = f"import.past.{batches[1]}", f"import.past.{batches[0]}"
    assert seen == [newest, oldest, "import_start.cancel", "import_start.file"]
    person.goes_to(oldest)
    person.presses(Key.Key_Space)
    assert person.focus.objectName() == oldest
    assert isinstance(person.focus, QPushButton)
    assert person.focus.text() == "Bring back"


def test_an_import_that_would_count_twice_stays_taken_back_and_says_why(
    context: Context, person: Person, tmp_path: Path, now: datetime, settled: Callable[[], None]
) -> None:
    ledger = context.operations.ledger
    rows = tiktok_files.write(tmp_path / "t.json", coins=[("2026-11-02 10:00:30", "Recharge", 350)])
    said = Answers(zone="UTC", types={"recharge": TypeMeaning.BOUGHT})
    done = transfer.import_file(ledger, rows, answers=said, now=now)
    assert done.undo is not None
    undo.revert(ledger, done.undo, now=now)
    record.add(ledger, make.purchase(at="2026-11-02T10:00:00Z"), now=now)
    form = ImportStartDialog(context)
    person.sees(form)
    child(form, "import_start.tab.past").click()
    settled()
    child(form, f"import.past.{done.batch}").click()
    settled()
    told = form.findChild(PlainLabel, "import.past.problem")
    assert told is not None
    assert told.isVisible()
    assert "Import the file again" in told.text()
    assert sum(entry.counts for entry in make.all_entries(ledger)) == 1


def test_where_earlier_coins_were_bought_is_said_with_one_click_and_shows_a_range(
    context: Context, person: Person, now: datetime, settled: Callable[[], None]
) -> None:
    ledger = context.operations.ledger
    record.add(ledger, make.gift(at="2026-11-02", coins="10000"), now=now)
    profile = context.session.profile
    assert profile is not None
    form = EarlierDialog(context, profile, earlier.earlier_coins(ledger, profile.id, now=now))
    person.sees(form)
    assert form.range.text() == ""
    child(form, "earlier.where.web").click()
    settled()
    assert form.range.text() == "About €109 to €121"
    assert earlier.earlier_coins(ledger, profile.id, now=now).bought is Bought.WEB


def test_nothing_scrolls_where_all_of_it_has_just_room(
    context: Context, person: Person, settled: Callable[[], None]
) -> None:
    form = ImportStartDialog(context)
    person.sees(form)
    form.resize(form.width(), 420)
    settled()
    [body] = [area for area in form.findChildren(QScrollArea) if area.horizontalScrollBarPolicy() is OFF]
    assert body.verticalScrollBar().isVisible()
    content = body.widget()
    assert content is not None
    layout = content.layout()
    assert layout is not None
    for width in range(form.minimumSizeHint().width(), 900):
        form.resize(width, 420)
        settled()
        wanted = layout.totalHeightForWidth(body.width())
        if wanted < layout.totalHeightForWidth(body.viewport().width()):
            break  # beside the bar the words need more lines
    form.resize(form.width(), form.height() + wanted - body.height())
    settled()
    assert not body.verticalScrollBar().isVisible()
