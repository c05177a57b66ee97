"""Mappings kept by name: one to use, one to save, one to delete and to put back."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.services.sheet_source import Mapping, keep_mapping, saved_mappings
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_words import isolated
from coinbudget.ui.problems import problem_text
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line


class _NameEdit(QLineEdit):
    """A name; with something in it Enter saves, and does not go on to the next step."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Overrides QLineEdit."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.text().strip():
            self.entered.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class SavedMappings(QWidget):
    """The row of kept mappings.

    Signals:
        used: a kept Mapping was chosen.
        save_wanted: keep the mapping as it is now, under the name in the field.
        found: what is kept was read.
    """

    used = Signal(str, object)
    save_wanted = Signal()
    found = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._found: dict[str, Mapping] = {}
        self._deleted: tuple[str, Mapping] | None = None
        # What is to be the chosen one once what is kept was read again.
        self._wanted = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(context.theme.space(2))
        self.saved = QuietComboBox(self)
        self.saved.setObjectName("import.mapping.saved")
        self.saved.setAccessibleName(self.tr("Use a saved mapping"))
        self.saved.setMinimumWidth(190)
        self.saved.activated.connect(lambda _place: self._on_chosen())
        self.delete = self._button("delete", self.tr("Delete"))
        self.delete.clicked.connect(self._on_delete)
        self.name = _NameEdit()
        self.name.setObjectName("import.mapping.name")
        self.name.setAccessibleName(self.tr("Name for this mapping"))
        self.name.setPlaceholderText(self.tr("Name for this mapping"))
        self.name.setFixedWidth(220)
        self.save = self._button("save", self.tr("Save mapping"))
        self.save.clicked.connect(self.save_wanted)
        self.name.entered.connect(self.save_wanted)
        self.name.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.told = PlainLabel("", "caption", elide=True)
        for widget in (self.saved, self.delete, self.name, self.save):
            row.addWidget(widget)
        row.addWidget(self.told, 1)
        self._show({})

    def _button(self, key: str, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(f"import.mapping.{key}")
        button.setAccessibleName(words)
        button.setAutoDefault(False)
        button.setEnabled(False)
        return button

    def read(self) -> None:
        """Ask which mappings are kept."""
        self._context.operations.read("import.mappings", _saved, self._on_read, owner=self)

    def _on_read(self, found: dict[str, Mapping]) -> None:
        self._show(found)
        self.found.emit()

    def use_if_alone(self, meets: Callable[[Mapping], bool]) -> None:
        """Choose and use the mapping that meets a sheet; of several none, which is for the person to say."""
        names = [name for name, mapping in self._found.items() if meets(mapping)]
        if len(names) == 1 and not self.saved.currentData():
            self.saved.setCurrentIndex(self.saved.findData(names[0]))
            self._on_chosen()

    def _show(self, found: dict[str, Mapping]) -> None:
        chosen = self._wanted or self.saved.currentData()
        self._wanted = ""
        self._found = found
        self.saved.clear()
        self.saved.addItem(self.tr("Saved mappings") if found else self.tr("No saved mappings"), "")
        for name in found:
            self.saved.addItem(one_line(name, most=40), name)
        self.saved.setCurrentIndex(max(self.saved.findData(chosen), 0))
        self.saved.setEnabled(bool(found))
        self._show_delete()

    def _show_delete(self) -> None:
        words = self.tr("Put back") if self._deleted is not None else self.tr("Delete")
        name = self._deleted[0] if self._deleted is not None else str(self.saved.currentData() or "")
        self.delete.setText(words)
        self.delete.setAccessibleName(f"{words}: {one_line(name, most=40)}" if name else words)
        self.delete.setEnabled(bool(name))

    def _on_chosen(self) -> None:
        name = str(self.saved.currentData() or "")
        self._deleted = None
        self._show_delete()
        if name in self._found:
            self.used.emit(name, self._found[name])

    def _on_delete(self) -> None:
        """Delete the chosen mapping; the same button puts it back."""
        if self._deleted is not None:
            name, mapping = self._deleted
            self._deleted = None
            self._keep(name, mapping, self.tr("“{name}” is back"))
            return
        name = str(self.saved.currentData() or "")
        if name in self._found:
            self._deleted = name, self._found[name]
            self._keep(name, None, self.tr("“{name}” was deleted"))

    def keep(self, mapping: Mapping) -> None:
        """Keep a mapping under the name in the field."""
        self._deleted = None
        self._keep(self.name.text().strip(), mapping, self.tr("Saved as “{name}”"))

    def _keep(self, name: str, mapping: Mapping | None, words: str) -> None:
        def call(ledger: Ledger, now: datetime) -> Changes:
            keep_mapping(ledger, name, mapping, now=now)
            return Changes(action="save mapping", count=0)

        def done(_changes: Changes) -> None:
            self.told.setText(words.format(name=isolated(one_line(name, most=40))))
            self._wanted = "" if mapping is None else name
            self.read()

        self._context.operations.write(
            self.tr("mapping"), call, done, lambda problems: self.told.setText(problem_text(problems[0]))
        )


def _saved(ledger: Ledger, _now: datetime) -> dict[str, Mapping]:
    return saved_mappings(ledger)
