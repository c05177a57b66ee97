"""Preferences: the shown profile, the look, and where the data lies. What concerns the profile holds after Save."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import Profile
from coinbudget.services import household
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import FormDialog
from coinbudget.ui.dialogs.money_box import Segments, segment
from coinbudget.ui.dialogs.profile_fields import ProfileFields, ProfileTexts
from coinbudget.ui.widgets.cards import Card
from coinbudget.ui.widgets.labels import PlainLabel

THEME_KEY = "window/theme"


class PreferencesDialog(FormDialog):
    """The settings of the shown profile and of the window."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, "preferences", "settings", self.tr("Preferences"), parent)
        profile = context.session.profile
        if profile is None:
            raise RuntimeError("preferences need a profile")
        self.profile = profile
        self._mode_before = context.theme.mode
        self._build_profile()
        self._build_look()
        self._build_data()
        self.body.addStretch(1)
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.add = self.button("save", self.tr("Save"), "primary")
        self.add.clicked.connect(self.save)

    def _heading(self, text: str) -> PlainLabel:
        label = PlainLabel(text, "heading")
        self.body.addWidget(label)
        return label

    def _build_profile(self) -> None:
        self._heading(self.tr("Profile"))
        self.parts = ProfileFields(self, self.context)
        self.parts.show_profile(self.profile)
        self.fields["currency"].set_hint(self.tr("Fixed from the first purchase on."))
        note = PlainLabel(
            self.tr("A new zone, day, week or month start holds from the next midnight on; nothing earlier moves."),
            "caption",
            wrap=True,
        )
        self.body.addWidget(note)

    def _build_look(self) -> None:
        self._heading(self.tr("Look"))
        self.look = Segments(self.theme)
        words = {"system": self.tr("Follow the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for mode, text in words.items():
            button = segment(self.look, f"preferences.theme_{mode}", text)
            button.setChecked(mode == self.theme.mode)
            button.toggled.connect(partial(self._on_mode, mode))
        row = QHBoxLayout()
        row.addWidget(self.look)
        row.addStretch(1)
        self.body.addLayout(row)

    def _on_mode(self, mode: str, on: bool) -> None:
        if on:
            self.theme.set_mode(mode)

    def _build_data(self) -> None:
        self._heading(self.tr("Data"))
        path = self.context.operations.ledger.path
        card = Card(self.theme, surface="raised", margin=12)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.where = PlainLabel(str(path) if path else self.tr("In memory only, gone with the window"), elide=True)
        self.where.setObjectName("preferences.path")
        words.addWidget(self.where)
        words.addWidget(
            PlainLabel(self.tr("On this computer only. Copies stand beside it in “backups”."), "caption", wrap=True)
        )
        row = QHBoxLayout()
        row.setSpacing(self.theme.space(2))
        row.addLayout(words, 1)
        self.open_folder = self._small("open_folder", self.tr("Open folder"), "folder")
        self.copy_path = self._small("copy_path", self.tr("Copy path"), "copy")
        for button in (self.open_folder, self.copy_path):
            button.setEnabled(path is not None)
            row.addWidget(button)
        if path is not None:
            folder = QUrl.fromLocalFile(str(path.parent))
            self.open_folder.clicked.connect(lambda: QDesktopServices.openUrl(folder))
            self.copy_path.clicked.connect(lambda: QApplication.clipboard().setText(str(path)))
        card.body.addLayout(row)
        self.body.addWidget(card)

    def _small(self, key: str, text: str, icon: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"preferences.{key}")
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        self.theme.bind_icon(button, icon)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Overrides QDialog."""
        super().showEvent(event)
        self.parts.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Keep the look, and write the profile where something of it changed."""
        texts = self.parts.texts()
        if isinstance(texts, Problem):
            self.show_problems((texts,))
            return
        self.context.settings.setValue(THEME_KEY, self.theme.mode)
        self._mode_before = self.theme.mode
        if texts == _texts_of(self.profile):
            self.accept()
            return
        self.add.setEnabled(False)
        write = _writer(self.profile, texts)
        self.context.operations.write(
            self.tr("change of profile"),
            write,
            self.while_here(lambda _changes: self._on_saved()),
            self.while_here(self._on_refused),
        )

    def _on_saved(self) -> None:
        self.context.operations.read(
            "preferences.profiles",
            lambda ledger, _now: household.profiles(ledger),
            self.context.session.set_profiles,
        )
        self.accept()

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self.add.setEnabled(True)
        self.show_problems(problems)

    def reject(self) -> None:
        """Overrides QDialog: the look tried out goes back."""
        self.theme.set_mode(self._mode_before)
        super().reject()


def _texts_of(profile: Profile) -> ProfileTexts:
    settings = profile.settings[-1]
    return ProfileTexts(
        name=profile.name,
        region=profile.region,
        currency=profile.currency,
        zone=settings.zone,
        birth_year=profile.birth_year,
        day_start=settings.day_start,
        week_start=settings.week_start,
        month_start=settings.month_start,
    )


def _writer(profile: Profile, texts: ProfileTexts) -> Callable[[Ledger, datetime], Changes]:
    def write(ledger: Ledger, now: datetime) -> Changes:
        return household.amend_profile(
            ledger,
            profile.id,
            name=texts.name,
            region=texts.region,
            currency=texts.currency,
            birth_year=texts.birth_year,
            clear_birth_year=texts.birth_year is None,
            zone=texts.zone,
            day_start=texts.day_start,
            week_start=texts.week_start,
            month_start=texts.month_start,
            now=now,
        )

    return write
