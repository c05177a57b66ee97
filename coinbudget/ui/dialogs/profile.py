"""The form that adds a profile: another person whose spending is tracked."""

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import HomeSettings, Profile
from coinbudget.services import household
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.profile_fields import ProfileFields, ProfileTexts


class ProfileDialog(FormDialog):
    """Add a profile; it is shown in the window afterwards."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "profile", "person-add", self.tr("Add profile"), parent)
        self.whose.setText(self.tr("Names are for you; nothing is sent anywhere"))
        self.parts = ProfileFields(self, context)
        shown = context.session.profile
        if shown is not None:
            self.parts.show_profile(shown)
            self.parts.name.clear()
            self.parts.birth_year.clear()
        else:
            self.parts.show_settings(HomeSettings(effective_on=date.min, zone=context.session.zone))
        self.parts.follow_region()
        self.body.addStretch(1)
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.add = self.button("add", self.tr("Add profile"), "primary")
        self.add.clicked.connect(self.save)

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides QDialog."""
        super().showEvent(event)
        self.parts.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Write the profile."""
        texts = self.parts.texts()
        if isinstance(texts, Problem):
            self.show_problems((texts,))
            return
        self.add.setEnabled(False)
        self.context.operations.write(
            self.tr("new profile"), _writer(texts), self.while_here(self._on_saved), self.while_here(self._on_refused)
        )

    def _on_saved(self, changes: Changes) -> None:
        new = next(iter(changes.profiles), None)
        session = self.context.session
        self.accept()

        def show(profiles: tuple[Profile, ...]) -> None:
            session.set_profiles(profiles)
            if new is not None:
                session.set_profile(new)

        self.context.operations.read("profile.all", lambda ledger, _now: household.profiles(ledger), show)

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self.add.setEnabled(True)
        self.show_problems(problems)


def _writer(texts: ProfileTexts) -> Callable[[Ledger, datetime], Changes]:
    def write(ledger: Ledger, now: datetime) -> Changes:
        return household.add_profile(
            ledger,
            name=texts.name,
            region=texts.region,
            currency=texts.currency,
            zone=texts.zone,
            birth_year=texts.birth_year,
            day_start=texts.day_start,
            week_start=texts.week_start,
            month_start=texts.month_start,
            now=now,
        )

    return write
