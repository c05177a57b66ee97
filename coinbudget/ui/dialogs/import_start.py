"""Where importing starts: drop, choose or paste; how to get each file; imports of the past."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.import_guide import guides
from coinbudget.ui.dialogs.import_questions import Segments
from coinbudget.ui.dialogs.import_words import isolated
from coinbudget.ui.dialogs.past_imports import PastImports
from coinbudget.ui.dropped import dropped_paths
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel, middle_elided, no_mnemonic, one_line, plain_tip
from coinbudget.ui.widgets.wrap_layout import WrapLayout

_WIDTH = 860
#: Of many files dropped together, those that have a button; the others are named.
_DROPPED_SHOWN = 24
_OTHERS_NAMED = 12


class ImportStartDialog(FormDialog):
    """Choose what to bring in."""

    wide = _WIDTH

    def __init__(self, context: Context, parent: QWidget | None = None, *, dropped: tuple[str, ...] = ()) -> None:
        super().__init__(context, "import_start", "import", self.tr("Import"), parent)
        self.setAcceptDrops(True)
        self.tabs = Segments(
            self.theme,
            "import_start.tab",
            [("new", self.tr("A new file")), ("past", self.tr("Past imports"))],
            self,
        )
        self.tabs.choose("new")
        self.tabs.chosen.connect(self._show_tab)
        self.body.addWidget(self.tabs)
        self.several = self._build_several()
        self.body.addWidget(self.several)
        self.new = self._build_new()
        self.past = PastImports(context)
        self.past.setVisible(False)
        self.past.changed.connect(self.fit_soon)
        self.past.listed.connect(self._order_tabs)
        self.body.addWidget(self.new)
        self.body.addWidget(self.past, 1)
        self._build_buttons()
        self._order_tabs()
        if dropped:
            self.show_dropped(dropped)

    def _build_several(self) -> Card:
        """What is said when several files were dropped together, and which of them to begin with."""
        self._dropped: list[QPushButton] = []
        card = Card(self.theme, surface="raised", margin=24)
        card.setObjectName("import_start.several")
        card.body.addWidget(PlainLabel(self.tr("Files come in one at a time"), "heading"))
        said = self.tr(
            "Choose the one to begin with, and drop the next when it is in. Files of one export that belong together "
            "can be dropped as a folder."
        )
        card.body.addWidget(PlainLabel(said, "muted", wrap=True))
        self._names = WrapLayout(spacing=self.theme.space(2))
        card.body.addLayout(self._names)
        self._others = PlainLabel("", "caption", wrap=True)
        self._others.setObjectName("import_start.others")
        card.body.addWidget(self._others)
        card.setVisible(False)
        return card

    def show_dropped(self, paths: tuple[str, ...]) -> None:
        """Ask which of several files comes in."""
        self._dropped = []
        while (item := self._names.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, path in enumerate(paths[:_DROPPED_SHOWN]):
            name = Path(path).name
            button = QPushButton(no_mnemonic(middle_elided(name, most=60)))
            button.setObjectName(f"import_start.dropped.{place}")
            button.setAccessibleName(one_line(name))
            button.setToolTip(plain_tip(one_line(path)))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, path=path: self._bring(path))
            self._names.addWidget(button)
            self._dropped.append(button)
        self._show_others(paths[_DROPPED_SHOWN:])
        self.tabs.choose("new")
        self._show_tab("new")
        self._order_tabs()
        # Which of them comes in is what is asked.
        self._dropped[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_others(self, paths: tuple[str, ...]) -> None:
        """Say which files were dropped and have no button."""
        names = [isolated(middle_elided(Path(path).name, most=40)) for path in paths[:_OTHERS_NAMED]]
        if len(paths) > _OTHERS_NAMED:
            names.append("…")
        words = (
            self.tr("1 more was dropped: {names}") if len(paths) == 1 else self.tr("{count} more were dropped: {names}")
        )
        self._others.setText(words.format(count=self.context.amounts.number(len(paths)), names=", ".join(names)))
        self._others.setVisible(bool(paths))

    def _build_new(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.theme.space(4))
        card = Card(self.theme, surface="raised", margin=24)
        card.body.addWidget(PlainLabel(self.tr("Drop a file, a folder or a ZIP anywhere in the window"), "heading"))
        said = self.tr(
            "TikTok’s data export, Google Takeout, Apple’s store history, a ledger CSV, or any sheet. What would come "
            "in is shown before anything is written. Nothing is unpacked, and nothing leaves this computer."
        )
        card.body.addWidget(PlainLabel(said, "muted", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(self.theme.space(2))
        for key, words, act in (
            ("folder", self.tr("Choose a folder…"), self._choose_folder),
            ("paste", self.tr("Paste rows"), self._paste),
        ):
            button = QPushButton(words)
            button.setObjectName(f"import_start.{key}")
            button.setAccessibleName(words)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        card.body.addLayout(row)
        column.addWidget(card)
        column.addLayout(self._build_guides())
        return box

    def _build_guides(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.theme.space(4))
        grid.setVerticalSpacing(self.theme.space(4))
        for place, (name, time, steps) in enumerate(guides()):
            box = QWidget()
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(self.theme.space(1))
            column.addWidget(PlainLabel(name, "strong"))
            column.addWidget(PlainLabel(time, "caption"))
            column.addLayout(self._build_steps(steps))
            column.addStretch(1)
            grid.addWidget(box, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place % 2, 1)
        return grid

    def _build_steps(self, steps: Sequence[str]) -> QGridLayout:
        """Steps one below the other; further lines of one stand below its words, not below its number."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.theme.space(1))
        grid.setVerticalSpacing(self.theme.space(1))
        grid.setColumnStretch(1, 1)
        for number, step in enumerate(steps, 1):
            words = PlainLabel(step, "label", wrap=True)
            words.setAccessibleName(f"{number}. {step}")
            grid.addWidget(PlainLabel(f"{number}.", "label"), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, number, 1)
        return grid

    def _build_buttons(self) -> None:
        self.cancel = self.button("cancel", self.tr("Close"))
        self.cancel.clicked.connect(self.reject)
        self.choose = self.button("file", self.tr("Choose a file…"), "primary")
        self.choose.clicked.connect(self._choose_file)

    def _show_tab(self, name: str) -> None:
        self.new.setVisible(name == "new")
        self.past.setVisible(name == "past")
        self.several.setVisible(name == "new" and bool(self._dropped))
        if name == "past":
            self.past.read()
        self.fit_soon()

    def _order_tabs(self) -> None:
        """Tab goes as one reads: what stands below the tabs comes before the buttons at the foot."""
        tabs, ways = self.tabs.findChildren(QPushButton), self.new.findChildren(QPushButton)
        chain = (*tabs, *self._dropped, *ways, self.past.stop, *self.past.buttons, self.cancel, self.choose)
        for one, after in pairwise(chain):
            QWidget.setTabOrder(one, after)

    # Choosing

    def _choose_file(self) -> None:
        kinds = self.tr("All that can be read (*.zip *.json *.csv *.txt *.tsv);;All files (*)")
        path, _kind = QFileDialog.getOpenFileName(self, self.tr("Import"), "", kinds)
        self._bring(path)

    def _choose_folder(self) -> None:
        self._bring(QFileDialog.getExistingDirectory(self, self.tr("Import a folder")))

    def _bring(self, path: str) -> None:
        if path:
            self.accept()
            self.context.session.import_requested.emit(path)

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.general.setText(self.tr("The clipboard holds no rows."))
            self.general.setVisible(True)
            return
        self.accept()
        self.context.session.rows_pasted.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides FormDialog: Ctrl+V pastes rows."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Overrides QWidget."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Overrides QWidget."""
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
        if len(paths) == 1:
            self._bring(paths[0])
        elif paths:
            self.show_dropped(paths)
