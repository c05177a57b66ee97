"""Where nothing can come in: what the file is, and what to do next."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.services.intake import Format
from coinbudget.ui.dialogs.import_words import format_words
from coinbudget.ui.problems import problem_texts
from coinbudget.ui.theme import Theme
from coinbudget.ui.widgets.labels import PlainLabel

_WIDEST = 560
#: Faults with which a file cannot be a table either.
_NO_TABLE = frozenset(
    {
        *("not_text", "empty_text", "not_tiktok", "nul_character", "no_such_file", "not_readable", "is_a_folder"),
        *("not_a_file", "file_too_large", "several_formats", "too_many_files", "not_recognised", "broken_quotes"),
        *("archive_broken", "archive_encrypted", "archive_too_many", "archive_untrusted", "disk_full"),
        *("json_broken", "json_cut_off", "json_too_deep", "sheets_apart", "archive_inside", "json_not_utf8"),
        *("list_empty", "not_recognised_links"),
    }
)


class RefusedPage(QWidget):
    """An icon, a headline, a sentence, and ways on.

    Signals:
        other_wanted: choose another file.
        guide_wanted: show how to get each file.
        format_wanted: read it again as that format.
    """

    other_wanted = Signal()
    guide_wanted = Signal()
    format_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        icon = QLabel()
        icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.bind(icon, lambda: icon.setPixmap(theme.pixmap("import", "faint", 40)))
        self.headline = PlainLabel("", "title", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        self.headline.setObjectName("import.refused")
        self.text = PlainLabel("", "muted", wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        self.text.setObjectName("import.refused.why")
        ways = QWidget()
        self._ways = QVBoxLayout(ways)
        self._ways.setContentsMargins(0, 0, 0, 0)
        self._ways.setSpacing(theme.space(2))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.space(5), theme.space(4), theme.space(5), theme.space(4))
        column.setSpacing(theme.space(2))
        column.addStretch(2)
        column.addWidget(icon)
        for label in (self.headline, self.text):
            label.setMaximumWidth(_WIDEST)
            middle = QHBoxLayout()
            middle.addStretch(1)
            middle.addWidget(label, 20)
            middle.addStretch(1)
            column.addLayout(middle)
        column.addSpacing(theme.space(2))
        column.addWidget(ways, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_empty(self, words: str, *, sheet: bool) -> None:
        """The file was read, and has nothing in it that is of use here."""
        if sheet:
            said = self.tr("A sheet has a row for each purchase or gift, below a row that names its columns.")
            self._show(self.tr("No rows in it"), f"{words}. {said}", ())
            return
        said = self.tr(
            "It was read to its end and holds no purchase or gift. Perhaps it is an export of other data, of another "
            "account, or of too short a time."
        )
        self._show(self.tr("No coins or gifts in this file"), f"{words}. {said}", ())

    def show_problems(self, problems: Sequence[Problem], *, single: bool) -> tuple[str, ...]:
        """The file was refused.

        Args:
            single: whether it is a single file, which may be read as a sheet of one's own.

        Returns:
            The formats of its sources, where it holds several.
        """
        first = problems[0] if problems else None
        code = first.code if first is not None else ""
        several = [one.strip() for one in dict(first.values).get("known", "").split(",")] if first else []
        if code == "several_formats":
            known = tuple(name for name in several if name in set(Format))
            said = self.tr(
                "There are files of several sources. They come in one after another, each with its own undo."
            )
            self._show(self.tr("Which of these comes first?"), said, known)
            return known
        sheet = (Format.SHEET.value,) if single and code not in _NO_TABLE else ()
        why = self.tr("{why}\nNothing was written.").format(why=problem_texts(problems))
        self._show(self.tr("This cannot come in as it is"), why, sheet)
        return ()

    def show_rest(self, done: str, rest: Sequence[str]) -> None:
        """One of several sources in a folder or archive came in.

        Args:
            rest: formats of the others.
        """
        said = self.tr("What else lies there is not in yet. Choose what comes in next; each has its own undo.")
        self._show(self.tr("{format} is in").format(format=format_words(done)), said, tuple(rest), others=False)

    def _show(self, headline: str, text: str, formats: tuple[str, ...], *, others: bool = True) -> None:
        self.headline.setText(headline)
        self.text.setText(text)
        while (item := self._ways.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for name in formats:
            words = self.tr("Read it as a sheet…") if name == Format.SHEET else format_words(name)
            self._way(f"format.{name}", words).clicked.connect(
                lambda _on=False, name=name: self.format_wanted.emit(name)
            )
        if not others:
            return
        self._way("other", self.tr("Choose another file…")).clicked.connect(self.other_wanted)
        self._way("guide", self.tr("How to get each file")).clicked.connect(self.guide_wanted)

    def _way(self, key: str, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(f"import.refused.{key}")
        button.setAccessibleName(words)
        button.setAutoDefault(False)
        self._ways.addWidget(button)
        return button
