"""Over all widgets of all pages and dialogs: everything has a name, and data is never read as HTML."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from coinbudget.domain.entries import Purchase
from coinbudget.services import limits, record, transfer
from coinbudget.services.earlier import Bought, EarlierCoins
from coinbudget.services.household import profiles
from coinbudget.services.ledger import Ledger
from coinbudget.ui.amounts import Amounts
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.adjustment import AdjustmentDialog
from coinbudget.ui.dialogs.earlier import EarlierDialog
from coinbudget.ui.dialogs.export_file import ExportDialog
from coinbudget.ui.dialogs.gift import GiftDialog
from coinbudget.ui.dialogs.import_file import ImportDialog
from coinbudget.ui.dialogs.import_start import ImportStartDialog
from coinbudget.ui.dialogs.limit import LimitDialog
from coinbudget.ui.dialogs.preferences import PreferencesDialog
from coinbudget.ui.dialogs.profile import ProfileDialog
from coinbudget.ui.dialogs.purchase import PurchaseDialog
from coinbudget.ui.dialogs.refund import RefundDialog
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.bars import LimitBar, MiniBars, ShareBar
from coinbudget.ui.widgets.figures import MonthFigure
from coinbudget.ui.widgets.labels import no_mnemonic, plain_tip
from coinbudget.ui.workspace import Workspace
from tests import make
from tests.services import tiktok_files

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QAbstractItemView)
PAINTED = (LimitBar, MiniBars, ShareBar, MonthFigure)
EVIL = "<b>bold</b> & <img src=x>"
#: Parts that Qt makes inside its own widgets; their parent speaks for them.
OF_QT = ("qt_", "ScrollLeftButton", "ScrollRightButton")


@pytest.fixture
def workspace(
    qtbot: QtBot, theme: Theme, context: Context, file_ledger: Ledger, now: datetime, tmp_path: Path
) -> Workspace:
    """A window on a ledger whose names look like HTML."""
    mia = profiles(file_ledger)[0]
    limits.add(file_ledger, profile_id=mia.id, measure="money", period="week", amount_text="5.00", now=now)
    record.add(
        file_ledger, make.purchase(note=EVIL, order_ref=EVIL, at=(now - timedelta(hours=1)).isoformat()), now=now
    )
    record.add(file_ledger, make.gift(gift=EVIL, creator=EVIL), now=now)
    window = MainWindow(theme, context.settings)
    made = Workspace(
        window,
        file_ledger,
        Amounts(context.amounts.locale, file_ledger.reference.currencies),
        tuple(replace(one, name=EVIL) for one in profiles(file_ledger)),
        clock=lambda: now,
        settings=context.settings,
        first=True,
    )
    transfer.export_entries(file_ledger, tmp_path / f"{'x'}.csv", form="exact")

    def leave(_window: QWidget) -> None:
        _rest(qtbot, made)
        window.close()
        made.context.operations.close()

    # pytest-qt closes its widgets before fixtures are torn down, and what a gone window waits for never answers.
    qtbot.addWidget(window, before_close_func=leave)
    window.show()
    return made


def _rest(qtbot: QtBot, workspace: Workspace) -> None:
    for _round in range(3):
        QApplication.processEvents()
        qtbot.waitUntil(workspace.context.operations.idle_now, timeout=20_000)


def _path(widget: QWidget) -> str:
    names = []
    here: QWidget | None = widget
    while here is not None:
        names.append(f"{type(here).__name__}({here.objectName()})")
        here = here.parentWidget()
    return " < ".join(names[:4])


def _inside_qt(widget: QWidget) -> bool:
    if widget.objectName().startswith(OF_QT):
        return True
    parent = widget.parentWidget()
    # The list of a combo box hangs in a frame of its own.
    above = (parent, parent.parentWidget() if parent is not None else None)
    inside = any(isinstance(one, QComboBox | QAbstractSpinBox | QAbstractItemView) for one in above)
    return inside or type(widget).__name__ in {"QTableCornerButton", "QHeaderView", "QLineEditIconButton"}


def unnamed(root: QWidget) -> list[str]:
    """Controls without an accessible name, and painted widgets without a sentence."""
    found = []
    for widget in root.findChildren(QWidget):
        if _inside_qt(widget):
            continue
        if isinstance(widget, CONTROLS) and not (widget.accessibleName() or _said(widget)):
            found.append(_path(widget))
        if isinstance(widget, PAINTED) and widget.isVisible() and not widget.accessibleName():
            found.append(_path(widget))
    return found


def _said(widget: QWidget) -> str:
    """What a screen reader would say of a button without a name of its own: its words."""
    return widget.text().strip() if isinstance(widget, QAbstractButton) else ""


def html_readers(root: QWidget) -> list[str]:
    """Labels and tooltips that would read data as HTML."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText and widget.text():
            found.append(_path(widget))
        if isinstance(widget, QTextEdit):
            found.append(_path(widget))
        tip = widget.toolTip()
        if "<b>bold</b>" in tip or "<img" in tip:
            found.append(f"tooltip of {_path(widget)}")
    return found


def check(root: QWidget) -> None:
    assert unnamed(root) == []
    assert html_readers(root) == []


def test_every_page_names_its_controls_and_reads_no_html(workspace: Workspace, qtbot: QtBot) -> None:
    window = workspace.window
    _rest(qtbot, workspace)
    check(window)
    window.leave_first()
    for name in workspace.pages:
        window.show_page(name)
        _rest(qtbot, workspace)
        check(window)


def _purchase(ledger: Ledger) -> Purchase:
    found = next(entry for entry in make.all_entries(ledger) if isinstance(entry, Purchase))
    assert isinstance(found, Purchase)
    return found


def _export(folder: Path) -> Path:
    path = folder / "user_data_tiktok.json"
    return tiktok_files.write(
        path, coins=[("2026-05-14 21:03:11", EVIL, 350)], gifts=[("2026-05-14 21:03:11", 1, EVIL)]
    )


DIALOGS: dict[str, Callable[[Workspace, Ledger, Path], QDialog]] = {
    "purchase": lambda w, _l, _p: PurchaseDialog(w.context, w.window),
    "amend purchase": lambda w, ledger, _p: PurchaseDialog(w.context, w.window, amending=_purchase(ledger)),
    "gift": lambda w, _l, _p: GiftDialog(w.context, w.window),
    "refund": lambda w, ledger, _p: RefundDialog(w.context, _purchase(ledger), w.window),
    "adjustment": lambda w, _l, _p: AdjustmentDialog(w.context, w.window),
    "limit": lambda w, _l, _p: LimitDialog(w.context, w.window),
    "change limit": lambda w, ledger, _p: LimitDialog(w.context, w.window, limit=limits.limits(ledger)[0]),
    "preferences": lambda w, _l, _p: PreferencesDialog(w.context, w.window),
    "profile": lambda w, _l, _p: ProfileDialog(w.context, w.window),
    "import": lambda w, _l, path: ImportDialog(w.context, path / "x.csv", w.window),
    "import refused": lambda w, _l, path: ImportDialog(w.context, path / "none.csv", w.window),
    "import mapping": lambda w, _l, _p: ImportDialog(w.context, None, w.window, rows=f"date\t{EVIL}\n2026-05-14\t5\n"),
    "import questions": lambda w, _l, path: ImportDialog(w.context, _export(path), w.window),
    "import start": lambda w, _l, path: ImportStartDialog(w.context, w.window, dropped=(EVIL, str(path))),
    "earlier": lambda w, ledger, _p: EarlierDialog(
        w.context, profiles(ledger)[0], EarlierCoins(coins=5, bought=Bought.WEB, low_minor=5, high_minor=7), w.window
    ),
    "export": lambda w, _l, _p: ExportDialog(w.context, w.window),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_every_dialog_names_its_controls_and_reads_no_html(
    name: str, workspace: Workspace, qtbot: QtBot, file_ledger: Ledger, tmp_path: Path
) -> None:
    _rest(qtbot, workspace)
    dialog = DIALOGS[name](workspace, file_ledger, tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    _rest(qtbot, workspace)
    check(dialog)
    dialog.reject()


def test_message_boxes_read_no_html(workspace: Workspace, qtbot: QtBot) -> None:
    workspace.show_about()
    boxes = workspace.window.findChildren(QMessageBox)
    assert [box.textFormat() for box in boxes] == [Qt.TextFormat.PlainText]
    boxes[0].close()
    _rest(qtbot, workspace)


def test_names_in_menus_keep_their_ampersands(workspace: Workspace, qtbot: QtBot) -> None:
    _rest(qtbot, workspace)
    workspace.context.session.set_profiles(tuple(replace(one, name=EVIL) for one in workspace.context.session.profiles))
    texts = [action.text() for action in workspace.window.findChildren(QAction)]
    assert no_mnemonic(EVIL) in texts
    assert plain_tip(EVIL).count("&lt;") == 3


def test_scroll_areas_take_no_focus_of_their_own(workspace: Workspace) -> None:
    areas = [area for area in workspace.window.findChildren(QScrollArea) if type(area) is QScrollArea]
    assert areas
    assert all(area.focusPolicy() == Qt.FocusPolicy.NoFocus for area in areas)


def test_the_walk_finds_an_unnamed_control_and_a_label_that_reads_html(qtbot: QtBot) -> None:
    """The control of this file's tests: each finds what it looks for."""
    root = QWidget()
    qtbot.addWidget(root)
    QLineEdit(root)
    label = QLabel(EVIL, root)
    label.setToolTip(EVIL)
    assert len(unnamed(root)) == 1
    assert len(html_readers(root)) == 2
