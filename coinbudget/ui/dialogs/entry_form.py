"""What the forms of purchase, gift, refund and adjustment share: the two tenses and saving.

Nobody is ever kept from recording: a limit passed only changes what the form says.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from coinbudget.domain.drafts import Draft, draft_of
from coinbudget.domain.entries import Entry, EntryId
from coinbudget.domain.errors import Problem
from coinbudget.services import record
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.services.past_imports import CameFrom, came_from
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import MomentEdit
from coinbudget.ui.dialogs.form import announce
from coinbudget.ui.dialogs.import_words import format_words
from coinbudget.ui.dialogs.live_form import LiveForm
from coinbudget.ui.dialogs.money_box import Segments, segment
from coinbudget.ui.widgets.labels import PlainLabel, one_line


class EntryForm(LiveForm):
    """A form for one entry.

    Attributes:
        base: the draft the form began with; what no field shows is kept from it.

    Signals:
        saved: Changes of each save.
    """

    saved = Signal(object)

    def __init__(
        self,
        context: Context,
        name: str,
        icon: str,
        title: str,
        parent: QWidget | None = None,
        *,
        amending: Entry | None = None,
        prefill: Draft | None = None,
    ) -> None:
        super().__init__(context, name, icon, title, parent, amending)
        self.base = Draft(kind=name)
        if amending is not None:
            self.base = draft_of(amending, self.profile)
        elif prefill is not None:
            self.base = prefill._replace(id="", kind=name)
        self.build()
        self._build_foot()
        self.connect_fields()
        self.fill(self.base)
        # Filling in is not typing.
        self._touched.clear()
        self._read_statuses()

    # What each kind of entry adds

    def build(self) -> None:
        """Make the fields, the money box and the limits panel."""
        raise NotImplementedError

    def fill(self, draft: Draft) -> None:
        """Put a draft's texts into the fields."""
        raise NotImplementedError

    def draft(self) -> Draft:
        """The draft as the fields stand, without the tense."""
        raise NotImplementedError

    def undo_text(self) -> str:
        """What the undo menu calls the entry: "purchase of 350 coins"."""
        raise NotImplementedError

    def start_over(self) -> None:
        """Make ready for the next entry after Ctrl+Enter."""
        raise NotImplementedError

    def first_field(self) -> QWidget:
        """Where typing begins."""
        raise NotImplementedError

    # Building

    def add_tenses(self, happened: str, about_to: str) -> None:
        """The choice between what happened and what is only considered."""
        self.tenses = Segments(self.theme)
        self.happened = segment(self.tenses, f"{self.name}.happened", happened)
        self.about_to = segment(self.tenses, f"{self.name}.about_to", about_to)
        self.happened.setChecked(True)
        self.happened.setToolTip(self.tr("It happened: save it (Ctrl+T switches)"))
        self.about_to.setToolTip(self.tr("Only look at what it would do (Ctrl+T switches)"))
        self.about_to.toggled.connect(lambda _on: self._on_tense())
        QShortcut(QKeySequence("Ctrl+T"), self, self._other_tense)
        row = QHBoxLayout()
        row.addWidget(self.tenses)
        row.addStretch(1)
        self.body.addLayout(row)
        self.tenses.setVisible(self.amending is None)

    def _build_foot(self) -> None:
        self._build_sources()
        self.body.addStretch(1)
        self.badge.setObjectName(f"{self.name}.badge")
        self.badge.setVisible(False)
        self.footer.insertWidget(0, self.badge)
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.next = self.button("next", self.tr("Save and next"), keys="Ctrl ↵")
        self.next.clicked.connect(lambda: self.save(stay=True))
        self.next.setVisible(self.amending is None)
        self.add = self.button("add", self.tr("Save") if self.amending else self.add_words(), "primary")
        self.add.clicked.connect(lambda: self.save(stay=False))

    def _build_sources(self) -> None:
        """Which files told of an entry that is amended."""
        self.sources = PlainLabel("", "caption", wrap=True)
        self.sources.setObjectName(f"{self.name}.sources")
        self.sources.setVisible(False)
        self.body.addWidget(self.sources)
        entry = self.amending
        if entry is not None:
            self.context.operations.read(
                f"{self.name}.sources", lambda ledger, _now: came_from(ledger, entry), self._show_sources, owner=self
            )

    def _show_sources(self, found: tuple[CameFrom, ...]) -> None:
        zone = ZoneInfo(self.context.session.zone)
        told = [
            self.tr("{source} ({file}), imported {day}").format(
                source=format_words(one.format),
                file=one_line(one.file, most=60),
                day=self.context.amounts.date(one.imported_at.astimezone(zone).date()),
            )
            for one in found
        ]
        self.sources.setText(self.tr("From {sources}.").format(sources="; ".join(told)) if told else "")
        self.sources.setVisible(bool(told))
        if told:
            self.fit_soon()

    def add_words(self) -> str:
        """Words of the primary button."""
        return self.tr("Add")

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides QDialog."""
        super().showEvent(event)
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    # Tense

    @property
    def considering(self) -> bool:
        """Whether the form only looks ahead."""
        return hasattr(self, "about_to") and self.about_to.isChecked()

    def _other_tense(self) -> None:
        (self.happened if self.considering else self.about_to).setChecked(True)

    def _on_tense(self) -> None:
        considering = self.considering
        self.cancel.setText(self.tr("Not now") if considering else self.tr("Cancel"))
        self.next.setVisible(not considering and self.amending is None)
        self.add.setText(self.planned_words() if considering else self.add_words())
        for button in (self.cancel, self.add):
            button.setAccessibleName(button.text())
        when = self.fields.get("at")
        if when is not None and isinstance(when.widget, MomentEdit):
            when.widget.ahead = considering
        self.on_tense()
        self.changed()

    def planned_words(self) -> str:
        """Words of the primary button while only looking ahead."""
        return self.tr("Save as planned")

    def on_tense(self) -> None:
        """What else changes with the tense."""

    def draft_to_preview(self) -> Draft:
        """Overrides LiveForm: what is only considered, as if it happened now."""
        draft, when = self.draft(), self.fields.get("at")
        if not self.considering or when is None or not isinstance(when.widget, MomentEdit):
            return draft
        readable = not when.widget.text().strip() or when.widget.typed() is not None
        return draft._replace(at="", zone="", planned="") if readable else draft

    # Saving

    def press_next(self) -> None:
        """Overrides FormDialog."""
        if self.next.isVisible() and self.next.isEnabled():
            self.next.click()
        else:
            self.press_primary()

    def save(self, *, stay: bool) -> None:
        """Write the entry; `stay` starts the next one afterwards."""
        if self._saving:
            return
        self._tried = True
        problems = self.own_problems()
        if problems:
            self.show_problems(problems)
            self._tried = False
            return
        draft, amending = self.draft_to_save(), self.amending

        def write(ledger: Ledger, now: datetime) -> Changes:
            if amending is not None:
                return record.amend(ledger, EntryId(amending.id), draft, now=now)
            return record.add(ledger, draft, now=now)

        self._set_saving(True)
        text = self.undo_text()
        if amending is not None:
            text = self.tr("change of {entry}").format(entry=text)
        saved = self._on_saved_next if stay else self._on_saved
        self.context.operations.write(text, write, self.while_here(saved), self.while_here(self._on_refused))

    def draft_to_save(self) -> Draft:
        """The draft with the tense."""
        return self.draft()._replace(planned="1") if self.considering else self.draft()

    def _set_saving(self, saving: bool) -> None:
        self._saving = saving
        self.add.setEnabled(not saving)
        self.next.setEnabled(not saving)

    def _on_saved(self, changes: Changes) -> None:
        self._set_saving(False)
        self.saved.emit(changes)
        self.accept()

    def _on_saved_next(self, changes: Changes) -> None:
        self._set_saving(False)
        self._tried = False
        self.saved.emit(changes)
        announce(self, self.tr("Saved. Next one."))
        self._preview = None
        self.clear_problems()
        self.start_over()
        self._touched.clear()
        self._read_statuses()
        self.first_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self._set_saving(False)
        self.show_problems(problems)
        self._tried = False
