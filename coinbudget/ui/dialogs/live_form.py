"""A form that says at every keystroke what its entry would do: in money, and to every limit that counts it.

At every change the draft goes to `services.watch.preview` on the reader; the newest answer is shown and, 0.7 s after
the last key, spoken once. A problem of a field stays unsaid until the field was left or saving was tried.
"""

from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import Entry
from coinbudget.domain.errors import Problem
from coinbudget.domain.limits import Level, LimitStatus, Measure
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.services import watch
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.edits import MomentEdit, NumberReader, typed_moment
from coinbudget.ui.dialogs.form import FormDialog, announce
from coinbudget.ui.dialogs.money_box import MoneyBox
from coinbudget.ui.dialogs.outlook import OutlookPanel
from coinbudget.ui.limit_words import LimitWords
from coinbudget.ui.pickers import PickerEdit, region_name
from coinbudget.ui.widgets.badges import Badge

SPEAK_MS = 700
TICK_MS = 20_000

#: Faults of a form that is not filled in yet; they are said when saving is tried.
_UNFINISHED = {"required", "coins_or_paid"}


class LiveForm(FormDialog):
    """A form with a live preview.

    Attributes:
        measure: what the limits count that this kind of entry uses; None where it uses none.
        amending: the entry being changed; None for a new one.
        last_spoken: what was announced last.

    Signals:
        previewed: a preview was shown; None while a number has two readings.
    """

    previewed = Signal(object)
    measure: Measure | None = None

    def __init__(
        self, context: Context, name: str, icon: str, title: str, parent: QWidget | None, amending: Entry | None
    ) -> None:
        super().__init__(context, name, icon, title, parent)
        self.amending = amending
        self.profile = self._whose()
        self.numbers: list[NumberReader] = []
        self.last_spoken = ""
        self._touched: set[str] = set()
        self._tried = self._saving = False
        self._preview: watch.Preview | None = None
        self._statuses: tuple[LimitStatus, ...] = ()
        self._show_whose()
        self.money = MoneyBox(self.theme)
        self.outlook = OutlookPanel(self.theme, context.amounts, "")
        self.badge = Badge(self.theme)
        self._speaker = QTimer(self, singleShot=True, interval=SPEAK_MS)
        self._speaker.timeout.connect(self._speak)
        self._ticker = QTimer(self, interval=TICK_MS)
        self._ticker.timeout.connect(self._tick)
        self._ticker.start()

    # What each kind of entry adds

    def draft_to_preview(self) -> Draft:
        """The draft whose effect is shown."""
        raise NotImplementedError

    def show_money(self, preview: watch.Preview) -> None:
        """Say in the money box what a preview says."""
        raise NotImplementedError

    # Building

    def owner_id(self) -> ProfileId | None:
        """Whose entry it will be; None: of the profile shown in the window."""
        return self.amending.profile_id if self.amending is not None else None

    def _whose(self) -> Profile:
        session, owner = self.context.session, self.owner_id()
        if owner is not None:
            found = next((one for one in session.profiles if one.id == owner), None)
            if found is not None:
                return found
        if session.profile is None:
            raise RuntimeError("a form needs a profile")
        return session.profile

    def _show_whose(self) -> None:
        amounts = self.context.amounts
        where = amounts.isolate(region_name(amounts.locale, self.profile.region))
        who = amounts.isolate(self.profile.name)
        self.whose.setText(
            self.tr("for {name} · {region} · {currency}").format(name=who, region=where, currency=self.profile.currency)
        )

    @property
    def zone(self) -> str:
        """The zone moments are typed in."""
        return self.profile.settings[-1].zone

    def add_outlook(self, heading: str) -> None:
        """The panel of limits after saving."""
        self.outlook.heading.setText(heading)
        self.outlook.setObjectName(f"{self.name}.outlook")
        self.body.addWidget(self.outlook)

    def add_money(self) -> None:
        """The money box."""
        self.body.addWidget(self.money)

    def moment_field(self, label: str) -> MomentEdit:
        """The field for when it happened."""
        edit = MomentEdit(self.theme, self.context.amounts)
        self.field("at", label, edit, name="at")
        return edit

    def fill_moment(self, edit: MomentEdit, draft: Draft) -> None:
        """Now for a new entry, its own moment for one being changed."""
        edit.start(self.zone, self.context.operations.clock)
        entry = self.amending
        if entry is not None:
            local = entry.at.astimezone(ZoneInfo(entry.zone))
            if not entry.hour_known:
                local = datetime.combine(entry.home_on, local.time())
            edit.keep(draft.at, local, hour_known=entry.hour_known)
        elif draft.at:
            edit.setText(self._local_text(draft.at))
            edit.setModified(True)

    def _local_text(self, text: str) -> str:
        """A draft's moment as it is typed here; the text itself where it is none."""
        try:
            if len(text) <= len("2026-11-22"):
                return typed_moment(self.context.amounts, date.fromisoformat(text))
            at = datetime.fromisoformat(text)
        except ValueError:
            return text
        return typed_moment(self.context.amounts, at if at.tzinfo is None else at.astimezone(ZoneInfo(self.zone)))

    def typed_amount(self, text: str) -> str:
        """A draft's number as it is typed in the chosen locale."""
        return text.replace(".", self.context.amounts.style.decimal)

    # Typing

    def connect_fields(self) -> None:
        """Listen to every field."""
        for key, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, QLineEdit):
                widget.textEdited.connect(lambda _text, key=key: self._on_edited(key))
                widget.editingFinished.connect(self.while_here(partial(self._on_left, key)))
            if isinstance(widget, PickerEdit):
                widget.picked.connect(lambda _value, key=key: self._on_edited(key))
                widget.entered.connect(self.press_primary)
            if isinstance(widget, QComboBox):
                widget.currentIndexChanged.connect(lambda _index, key=key: self._on_edited(key))

    def _on_edited(self, key: str) -> None:
        self._touched.add(key)
        if self.fields[key].problem():
            self.fields[key].set_problem("")
        self.changed()

    def _on_left(self, key: str) -> None:
        if key in self._touched:
            self._show_left_problems()

    def changed(self) -> None:
        """Ask for a preview of the form as it stands; the newest answer wins."""
        self._speaker.start()
        if any(number.problem() for number in self.numbers):
            self._on_preview(None)
            return
        draft, entry_id = self.draft_to_preview(), self.amending.id if self.amending else None

        def look(ledger: Ledger, now: datetime) -> watch.Preview:
            return watch.preview(ledger, draft, now=now, amending=entry_id)

        self.context.operations.read(f"{self.name}.preview", look, self._on_preview, owner=self)

    def _on_preview(self, preview: watch.Preview | None) -> None:
        self._preview = preview
        if preview is not None:
            self.show_money(preview)
            self.fit_soon()
        self._show_outlook()
        self._show_left_problems()
        self.previewed.emit(preview)

    def _show_left_problems(self) -> None:
        """Mark fields that were typed in and left; a field someone is typing in is left alone."""
        if self._tried or self._saving:
            return
        problems = self.own_problems() or (self._preview.problems if self._preview is not None else ())
        focused = self.focusWidget()
        for problem in problems:
            key = self.field_of(problem)
            field = self.fields.get(key)
            if field is None or key not in self._touched or problem.code in _UNFINISHED:
                continue
            if field.widget is not focused and not field.problem():
                self.show_problem(key, problem)

    def show_problem(self, key: str, problem: Problem) -> None:
        """Mark one field without moving the focus."""
        self.fields[key].set_problem(self.sentence(problem))
        self.fit_soon()

    def own_problems(self) -> tuple[Problem, ...]:
        """Faults the form itself finds: numbers with two readings."""
        return tuple(found for number in self.numbers if (found := number.problem()) is not None)

    def _tick(self) -> None:
        when = self.fields.get("at")
        if when is not None and isinstance(when.widget, MomentEdit):
            when.widget.tick()

    # Limits

    def _read_statuses(self) -> None:
        if self.measure is None:
            return
        profile_id = self.profile.id

        def look(ledger: Ledger, now: datetime) -> tuple[LimitStatus, ...]:
            return watch.status(ledger, profile_ids=(profile_id,), now=now)

        self.context.operations.read(f"{self.name}.status", look, self._on_statuses, owner=self)

    def _on_statuses(self, statuses: tuple[LimitStatus, ...]) -> None:
        self._statuses = tuple(one for one in statuses if one.limit.measure is self.measure)
        self._show_outlook()

    def _pairs(self) -> tuple[list[tuple[LimitStatus, LimitStatus]], LimitStatus | None]:
        """Every limit in scope before and after, and the tightest of them after."""
        preview = self._preview
        if preview is not None and preview.entry is not None and preview.outlooks:
            binding = preview.binding.after if preview.binding is not None else None
            return [(one.before, one.after) for one in preview.outlooks], binding
        return [(one, one) for one in self._statuses], next((one for one in self._statuses if one.binding), None)

    def _show_outlook(self) -> None:
        if self.measure is None:
            return
        pairs, tightest = self._pairs()
        now = self.context.operations.clock()
        taller = self.outlook.show_limits(pairs, tightest.limit.id if tightest else None, self.zone, now)
        previewed = self._preview is not None and self._preview.entry is not None
        worst = max((after for _, after in pairs), key=_urgency, default=None) if previewed else None
        if worst is None or (worst.level is Level.WITHIN and worst.judged):
            self.badge.show_state("", "")
        else:
            look, words = LimitWords(self.context.amounts, self.zone).badge(worst)
            self.badge.show_state(words, look)
            self.badge.setAccessibleDescription(LimitWords(self.context.amounts, self.zone).name(worst.limit))
        if taller:
            self.fit_soon()

    def _speak(self) -> None:
        """Say once what the form shows, after the last key."""
        if self._preview is None or self._preview.entry is None or not self.isVisible():
            return
        _, tightest = self._pairs()
        said = [self.money.spoken()]
        if tightest is not None:
            name = LimitWords(self.context.amounts, self.zone).name(tightest.limit)
            said += [text for text in self.outlook.sentences if text.startswith(name)]
        text = ". ".join(part for part in said if part)
        self.last_spoken = text
        announce(self, text)


def _urgency(status: LimitStatus) -> tuple[int, int, int]:
    order = (Level.WITHIN, Level.NEARING, Level.REACHED, Level.BREACHED)
    share = status.used * 1000 // status.limit.amount if status.limit.amount else 0
    return order.index(status.level), int(not status.judged), share
