"""The frame of an import: whose file it is, its steps of which one is shown, its buttons, and work under way."""

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPushButton, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import Profile
from coinbudget.services.sources import Reading
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_mapping import MappingPage
from coinbudget.ui.dialogs.import_preview import PreviewPage
from coinbudget.ui.dialogs.import_questions import QuestionsPage
from coinbudget.ui.dialogs.import_refused import RefusedPage
from coinbudget.ui.dialogs.kept_size import KeptSizeForm
from coinbudget.ui.dropped import dropped_paths
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.fields import ElidedComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line
from coinbudget.ui.widgets.work_row import WorkRow

_P = TypeVar("_P", bound=QWidget)
_WIDTH = 1000
#: A long name is shown in part: the sentence beside it wants the room.
_OWNER_WIDTH = 240


def _card_of(part: QWidget) -> QWidget:
    """The card a part lies in, or the part."""
    around: QObject | None = part
    while around is not None and not isinstance(around, Card):
        around = around.parent()
    return around or part


class ImportFrame(KeptSizeForm):
    """Everything of the import dialog but what it does.

    Attributes:
        path: what is brought in; None for pasted rows.
        mapping, questions, prices, preview, refused: the steps; one is shown at a time.
    """

    wide = _WIDTH

    def __init__(self, context: Context, path: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(context, "import", "import", self.tr("Import"), parent)
        self.path = path
        self._reading: Reading | None = None
        self._busy = self._writing = self._gone = False
        self._pages: list[QWidget] = []
        self._name = self.tr("Pasted rows") if path is None else one_line(path.name, most=120)
        self.whose.setText(self._name)
        self._build_head()
        self._build_pages()
        self._build_buttons()
        self.context.operations.busy.connect(self._on_busy)
        self.setAcceptDrops(True)

    # Building

    def _build_head(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.theme.space(3))
        self.told = PlainLabel(self.tr("Reading the file…"), "muted", wrap=True)
        self.told.setObjectName("import.told")
        row.addWidget(self.told, 1)
        self.owner_label = PlainLabel(self.tr("Whose file is it?"), "label")
        self.owner = ElidedComboBox()
        self.owner.setObjectName("import.owner")
        self.owner.setAccessibleName(self.owner_label.text())
        self.owner.setMinimumWidth(180)
        self.owner.setMaximumWidth(_OWNER_WIDTH)
        self.owner_label.setBuddy(self.owner)
        session = self.context.session
        for profile in session.profiles:
            self.owner.addItem(one_line(profile.name, most=60), profile.id)
        if session.profile is not None:
            self.owner.setCurrentIndex(self.owner.findData(session.profile.id))
        row.addWidget(self.owner_label)
        row.addWidget(self.owner)
        self._show_owner(shown=False)
        self.body.addLayout(row)

    def _show_owner(self, *, shown: bool) -> None:
        for widget in (self.owner_label, self.owner):
            widget.setVisible(shown)

    def _build_pages(self) -> None:
        self.work = WorkRow(self.theme, self.context.amounts.number)
        self.work.bar.setObjectName("import.progress")
        self.body.addWidget(self.work)
        # While the file is read there is no page: what is free stands below the bar, not around it.
        self.body.addStretch(0)

    @cached_property
    def mapping(self) -> MappingPage:
        """What the columns of a sheet mean. A page is made when it is first needed: all at once would be felt."""
        return self._built(MappingPage(self.context))

    @cached_property
    def questions(self) -> QuestionsPage:
        """What the file does not say."""
        return self._built(QuestionsPage(self.context))

    @cached_property
    def prices(self) -> QuestionsPage:
        """What was paid for coins of which the file names no price."""
        return self._built(QuestionsPage(self.context))

    @cached_property
    def preview(self) -> PreviewPage:
        """The rows, with ticks."""
        return self._built(PreviewPage(self.context))

    @cached_property
    def refused(self) -> RefusedPage:
        """Why nothing can come in."""
        return self._built(RefusedPage(self.theme))

    def _built(self, page: _P) -> _P:
        """A page among the others, above what is free and before the buttons."""
        page.setVisible(False)
        self._pages.append(page)
        self.body.insertWidget(self.body.count() - 1, page, 1)
        self._connect_page(page)
        # The list that a box opens is a window of its own.
        inside = [each for each in page.findChildren(QWidget) if each.window() is self.window()]
        last = [each for each in inside if each.focusPolicy() & Qt.FocusPolicy.TabFocus][-1:]
        for before, after in pairwise((*last, self.still_open, self.cancel, self.back, self.add)):
            QWidget.setTabOrder(before, after)
        return page

    def _connect_page(self, page: QWidget) -> None:
        """Listen to a page that was just made."""
        raise NotImplementedError

    def _shows(self, name: str) -> bool:
        """Whether a page is shown, by the name of its attribute."""
        page = self.__dict__.get(name)
        return isinstance(page, QWidget) and page.isVisibleTo(self)

    def _build_buttons(self) -> None:
        self.still_open = QPushButton()
        self.still_open.setObjectName("import.still_open")
        self.still_open.setProperty("role", "link")
        self.still_open.setCursor(Qt.CursorShape.PointingHandCursor)
        self.still_open.setAutoDefault(False)
        self.still_open.setVisible(False)
        self.still_open.clicked.connect(self._go_to_open)
        self.footer.insertWidget(0, self.still_open)
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.back = self.button("back", self.tr("Back"))
        self.back.setVisible(False)
        self.add = self.button("import", self.tr("Import"), "primary")
        self.add.setEnabled(False)

    def _owner(self) -> Profile | None:
        wanted = self.owner.currentData()
        return next((profile for profile in self.context.session.profiles if profile.id == wanted), None)

    # Steps

    def _show_page(self, page: QWidget) -> None:
        for each in self._pages:
            each.setVisible(each is page)
        self._show_buttons()
        self.fit_soon()
        QTimer.singleShot(0, self, lambda: self._focus(page))
        QTimer.singleShot(0, self, self.to_top)

    def _focus(self, page: QWidget) -> None:
        if isinstance(page, PreviewPage) and page.isVisible():
            page.table.setFocus()
        elif page.isVisible():
            wanted = [each for each in page.findChildren(QWidget) if each.isVisible() and each.isEnabled()]
            first = next((each for each in wanted if each.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
            # Of a row of answers the chosen one, which Qt lets Tab pass by once another had the focus.
            group = first.group() if isinstance(first, QAbstractButton) else None
            first = (group.checkedButton() if group is not None else None) or first
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)

    def _asking(self) -> MappingPage | QuestionsPage | None:
        """The step that is shown, where it asks something."""
        asking = (each for each in self._pages if isinstance(each, MappingPage | QuestionsPage))
        return next((each for each in asking if each.isVisibleTo(self)), None)

    def _go_to_open(self) -> None:
        """Show the first question that is open, with the focus on it."""
        page = self._asking()
        where = next(iter(page.open_places()), None) if page is not None else None
        if where is None:
            return
        inside = [where, *where.findChildren(QWidget)]
        takes = [
            each
            for each in inside
            if each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if takes:
            takes[0].setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll_to_card(where)

    def _scroll_to_card(self, part: QWidget) -> None:
        """Show a part with the heading and examples of its card; the part alone where all of it has no room."""
        card = _card_of(part)
        if card.height() <= self._scroll.viewport().height():
            self.scroll_to(card)
        self.scroll_to(part)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - as Qt has it
        """Overrides QDialog: what Tab comes to is shown with the words that ask for it."""
        moved = super().focusNextPrevChild(next)
        page, part = self._asking(), self.focusWidget()
        if moved and page is not None and part is not None and page.isAncestorOf(part):
            self._scroll_to_card(part)
        return moved

    def _show_open(self, count: int) -> None:
        """Say how many questions are open, or how many prices cannot be read."""
        if self._shows("prices"):
            words = self.tr("1 price cannot be read") if count == 1 else self.tr("{count} prices cannot be read")
        else:
            words = self.tr("1 question is open") if count == 1 else self.tr("{count} questions are open")
        words = words.format(count=self.context.amounts.number(count))
        self.still_open.setText(words)
        self.still_open.setAccessibleName(words)
        self.still_open.setVisible(count > 0)

    def press_primary(self) -> None:
        """Overrides FormDialog: where Enter cannot go on, it leads to what is open."""
        if self.still_open.isVisible() and not self._busy:
            self._go_to_open()
        else:
            super().press_primary()

    def _name_button(self, text: str) -> None:
        self.add.setText(text)
        self.add.setAccessibleName(text)

    def _show_buttons(self) -> None:
        """Name and enable the buttons as the step wants it."""
        raise NotImplementedError

    # Work under way, and leaving

    def _long(self, text: str, call: Callable[..., object], done: Callable[..., None]) -> None:
        """Run a long step; until it answers there is nothing to press but Cancel."""
        self._busy = True
        self._show_buttons()

        def answer(found: object) -> None:
            self._set_idle()
            done(found)

        self.context.operations.long(text, call, self._here_or_close(answer), self.while_here(self._on_refused))

    def _here_or_close(self, answer: Callable[..., None]) -> Callable[..., None]:
        """`answer`, or where the dialog is gone by then, the end of what was read."""
        guarded = self.while_here(answer)

        def taken(found: object) -> None:
            if isinstance(found, Reading) and (self._gone or not shiboken6.isValid(self)):
                found.close()
                return
            guarded(found)

        return taken

    def _on_busy(self, text: str, done: int, total: int) -> None:
        if self._reading is None:
            self.told.setText("")  # the bar says it now
        self.work.show_work(text, done, total)

    def _set_idle(self) -> None:
        self._busy = self._writing = False
        if "preview" in self.__dict__:
            self.preview.hold(on=False)
        self.work.setVisible(False)
        self._show_buttons()

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        """Say why a long step could not be done."""
        raise NotImplementedError

    def leave_for(self, path: str) -> None:
        """Close, and bring in something else; "" asks for it."""
        self.reject()
        self.context.session.import_requested.emit(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Overrides QWidget: where nothing comes in of this file, the next one may be dropped right here."""
        if self._shows("refused") and len(dropped_paths(event.mimeData())) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Overrides QWidget."""
        event.acceptProposedAction()
        self.leave_for(dropped_paths(event.mimeData())[0])

    def done(self, result: int) -> None:
        """Overrides QDialog: leaving stops what is under way; what that did is rolled back."""
        self._gone = True
        if self._busy:
            self.context.operations.cancel()
        super().done(result)
        self._close_reading()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Overrides QDialog."""
        if self._busy:
            self.context.operations.cancel()
        super().closeEvent(event)

    def _close_reading(self) -> None:
        """Forget the rows, behind whatever still uses them."""
        reading, self._reading = self._reading, None
        if reading is not None:
            self.context.operations.after_all(reading.close)
