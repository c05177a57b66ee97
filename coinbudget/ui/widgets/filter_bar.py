"""The chips above the ledger table: what is shown, each opening its choices."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from coinbudget.domain.catalog import Channel
from coinbudget.ui.context import Context
from coinbudget.ui.models.filter_state import (
    FilterState,
    Preset,
    channel_words,
    creator_words,
    kinds_words,
    period_words,
    preset_words,
)
from coinbudget.ui.widgets.filter_chip import FilterChip
from coinbudget.ui.widgets.labels import no_mnemonic, one_line
from coinbudget.ui.widgets.menus import Menu
from coinbudget.ui.widgets.popups import PickPopup, RangePopup
from coinbudget.ui.widgets.wrap_layout import WrapLayout

_KINDS: tuple[tuple[str, ...], ...] = (
    (),
    ("purchase", "gift"),
    ("purchase",),
    ("gift",),
    ("refund",),
    ("adjustment",),
)
_PRESETS = tuple(preset for preset in Preset if preset is not Preset.CUSTOM)

FindCreators = Callable[[str, Callable[[Sequence[str]], None]], None]


class FilterBar(QWidget):
    """Chips for kind, period, profile, creator and channel.

    Signals:
        changed: the new FilterState.
    """

    changed = Signal(object)

    def __init__(self, context: Context, find_creators: FindCreators, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._state = FilterState()
        self._find_creators = find_creators
        self._menu: Menu | None = None
        self._pick: PickPopup | None = None
        self._range: RangePopup | None = None
        self._build()
        self.show_state(self._state)

    def _build(self) -> None:
        self.kind = self._chip("kind", self.tr("Kind"), self._open_kinds)
        self.period = self._chip("period", self.tr("Period"), self._open_periods)
        self.profile = self._chip("profile", self.tr("Profile"), self._open_profiles)
        self.creator = self._chip("creator", self.tr("Creator"), self._open_creators)
        self.channel = self._chip("channel", self.tr("Channel"), self._open_channels)
        self.text = self._chip("text", self.tr("Search"), lambda: self._choose(text=""), icon="close")
        self.clear = QPushButton(self.tr("Clear filter"))
        self.clear.setObjectName("ledger.clear_filter")
        self.clear.setProperty("role", "link")
        self.clear.clicked.connect(lambda: self._set(self._state.cleared()))
        self._row = WrapLayout(self, spacing=self._context.theme.space(2))
        for chip in (self.kind, self.period, self.profile, self.creator, self.channel, self.text, self.clear):
            self._row.addWidget(chip)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _chip(self, name: str, spoken: str, opens: Callable[[], None], icon: str = "chevron-down") -> FilterChip:
        chip = FilterChip(self._context.theme, spoken, icon=icon)
        chip.setObjectName(f"ledger.filter.{name}")
        chip.clicked.connect(opens)
        return chip

    def state(self) -> FilterState:
        """What is chosen."""
        return self._state

    def show_state(self, state: FilterState) -> None:
        """Show choices made elsewhere, without announcing them."""
        self._state = state
        amounts, session = self._context.amounts, self._context.session
        self.kind.show_state(kinds_words(state.kinds), active=bool(state.kinds))
        self.period.show_state(period_words(state, amounts), active=state.preset is not Preset.ALL)
        name = one_line(session.profile.name) if session.profile else ""
        everyone = self.tr("All profiles")
        self.profile.show_state(everyone if state.everyone else amounts.isolate(name), active=state.everyone)
        self.profile.setVisible(len(session.profiles) > 1)
        self.creator.show_state(creator_words(state.creator, amounts), active=bool(state.creator))
        self.channel.show_state(channel_words(state.channel), active=bool(state.channel))
        self.text.show_state(f"“{one_line(state.text)}”", active=True)
        self.text.setVisible(bool(state.text))
        self.clear.setVisible(state.narrows)

    def natural_width(self) -> int:
        """The width all chips need in one line."""
        return self._row.natural_width()

    # Choices

    def _choose(self, **choices: object) -> None:
        self._set(replace(self._state, **choices))  # type: ignore[arg-type] # names and types are those of our calls

    def _set(self, state: FilterState) -> None:
        if state != self._state:
            self.show_state(state)
            self.changed.emit(state)

    def _open(self, chip: FilterChip, entries: Sequence[tuple[str, bool, dict[str, object]]]) -> Menu:
        if self._menu is not None:
            self._menu.close()
            self._menu.deleteLater()
        menu = self._menu = Menu("", self)
        menu.setObjectName("ledger.filter.menu")
        group = QActionGroup(menu)
        for words, chosen, choices in entries:
            action = QAction(no_mnemonic(one_line(words, most=60)), menu)
            action.setCheckable(True)
            action.setChecked(chosen)
            action.triggered.connect(lambda _checked=False, choices=choices: self._choose(**choices))
            group.addAction(action)
            menu.addAction(action)
        menu.setMinimumWidth(chip.width())
        corner = QPoint(0, chip.height() + 4)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            corner.setX(chip.width() - menu.sizeHint().width())
        menu.popup(chip.mapToGlobal(corner))
        return menu

    def _open_kinds(self) -> None:
        now = self._state.kinds
        menu = self._open(self.kind, [(kinds_words(kinds), kinds == now, {"kinds": kinds}) for kinds in _KINDS])
        menu.addSeparator()
        voided = QAction(self.tr("Show voided entries"), menu)
        voided.setCheckable(True)
        voided.setChecked(self._state.voided)
        voided.triggered.connect(lambda shown: self._choose(voided=shown))
        menu.addAction(voided)

    def _open_periods(self) -> None:
        now = self._state.preset
        menu = self._open(
            self.period,
            [
                (preset_words(preset), preset is now, {"preset": preset, "from_on": None, "to_on": None})
                for preset in _PRESETS
            ],
        )
        menu.addSeparator()
        custom = QAction(preset_words(Preset.CUSTOM), menu)
        custom.setCheckable(True)
        custom.setChecked(now is Preset.CUSTOM)
        custom.triggered.connect(self._open_range)
        menu.addAction(custom)

    def _open_range(self) -> None:
        if self._range is None:
            locale = QLocale(str(self._context.amounts.locale))
            self._range = RangePopup(self._context.theme, locale, self)
            self._range.setObjectName("ledger.filter.range")
            self._range.chosen.connect(self._on_range)
        today = self._context.operations.clock().date()
        first, last = self._state.days(self._context.session.profile, self._context.operations.clock())
        self._range.choose(first or today - timedelta(days=29), last or today, self.period)

    def _on_range(self, first: date, last: date) -> None:
        self._choose(preset=Preset.CUSTOM, from_on=first, to_on=last)

    def _open_profiles(self) -> None:
        session, state = self._context.session, self._state
        entries: list[tuple[str, bool, dict[str, object]]] = [
            (self.tr("All profiles"), state.everyone, {"everyone": True})
        ]
        menu = self._open(self.profile, entries)
        menu.addSeparator()
        group = menu.actions()[0].actionGroup()
        for profile in session.profiles:
            shown = not state.everyone and session.profile is not None and session.profile.id == profile.id
            action = QAction(no_mnemonic(one_line(profile.name, most=60)), menu)
            action.setCheckable(True)
            action.setChecked(shown)
            action.triggered.connect(lambda _checked=False, wanted=profile.id: self._on_profile(wanted))
            group.addAction(action)
            menu.addAction(action)

    def _on_profile(self, profile_id: int) -> None:
        found = next((p for p in self._context.session.profiles if p.id == profile_id), None)
        if found is not None:
            self._choose(everyone=False)
            self._context.session.set_profile(found.id)

    def _open_creators(self) -> None:
        if self._pick is None:
            amounts = self._context.amounts
            self._pick = PickPopup(
                self._context.theme,
                self,
                find=self.tr("Find a creator"),
                everything=self.tr("All creators"),
                ask=self._find_creators,
                show=lambda name: creator_words(name, amounts),
            )
            self._pick.setObjectName("ledger.filter.pick")
            self._pick.picked.connect(lambda name: self._choose(creator=name))
        self._pick.choose(self._state.creator, self.creator)

    def _open_channels(self) -> None:
        now = self._state.channel
        channels = ["", *(channel.value for channel in Channel)]
        self._open(self.channel, [(channel_words(name), name == now, {"channel": name}) for name in channels])
