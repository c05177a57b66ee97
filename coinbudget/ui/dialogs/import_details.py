"""The row under the cursor in full, and which purchase or gift it is where that must be said or may be changed."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from coinbudget.domain.entries import Gift, Purchase
from coinbudget.domain.profiles import Profile
from coinbudget.domain.summaries import LedgerLine
from coinbudget.services import browse
from coinbudget.services.assessment import Assessment, PreviewLine
from coinbudget.services.import_parts import AS_NEW, State
from coinbudget.services.ledger import Ledger
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.import_words import isolated, note_words, row_state, row_words, what_words
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line

_LONGEST_SAID = 300


class RowDetails(QWidget):
    """What is to be said of one row.

    Signals:
        chosen: a line, and the purchase or gift it is: an order of entry or AS_NEW.
        choice_gone: the row has nothing to choose, and the choice had the focus.
    """

    chosen = Signal(int, int)
    choice_gone = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._line: PreviewLine | None = None
        self._assessment: Assessment | None = None
        self._standing: dict[int, LedgerLine] = {}
        # What a row was asked about stays on offer after the answer, so that it can be changed.
        self._offered: dict[tuple[Profile | None, int], tuple[int, ...]] = {}
        # A row of several pieces may be several gifts: one stands for all of them, and says how many more they are.
        self._more: dict[int, int] = {}
        self.setObjectName("import.details")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(context.theme.space(3))
        self.said = PlainLabel("", "caption", wrap=True)
        self.said.setObjectName("import.said")
        self.which = QuietComboBox()
        self.which.setObjectName("import.which")
        self.which.setAccessibleName(self.tr("Which entry the row is"))
        self.which.setMinimumWidth(300)
        self.which.activated.connect(self._on_chosen)
        row.addWidget(self.said, 1)
        row.addWidget(self.which)
        self.which.setVisible(False)
        self.setMinimumHeight(40)

    def forget(self) -> None:
        """Other rows: what was known of purchases is out of date."""
        self._standing, self._offered, self._more = {}, {}, {}

    def show_line(self, assessment: Assessment | None, line: PreviewLine | None) -> None:
        """Show a row; None shows nothing."""
        self._assessment, self._line = assessment, line
        if line is None or assessment is None:
            self.said.setText("")
            self._hide_choice()
            return
        self.say_again()
        wanted = self._wanted(assessment, line)
        if not wanted:
            self._hide_choice()
        elif any(sequence not in self._standing for sequence in wanted):
            self._read_standing(wanted)
        else:
            self._show_choices(assessment, line, wanted)

    def say_again(self) -> None:
        """Say the state of the row as it is by now: it may have been judged since it was shown."""
        assessment, line, amounts = self._assessment, self._line, self._context.amounts
        if line is None or assessment is None:
            return
        state = row_state(State(assessment.states[line.number]))[0]
        what = what_words(line, self._context.session.profiles, amounts, most=_LONGEST_SAID)
        words = (row_words(line, amounts), state, what, note_words(line, amounts))
        self.said.setText(" · ".join(part for part in words if part))

    def _wanted(self, assessment: Assessment, line: PreviewLine) -> tuple[int, ...]:
        """The purchases on offer for a line."""
        pair = assessment.pairs.get(line.number) or line.pair
        key = assessment.owner, line.number
        if pair is not None:
            self._more[pair.sequence] = len(pair.parts)
        if pair is not None and (pair.choices or line.number not in assessment.choices):
            self._offered[key] = pair.choices or (pair.sequence,)
        elif line.number not in assessment.choices:
            return ()
        return self._offered.get(key, (pair.possible or (pair.sequence,)) if pair is not None else ())

    def _hide_choice(self) -> None:
        focused = self.which.hasFocus()
        self.which.setVisible(False)
        if focused:
            self.choice_gone.emit()

    def _read_standing(self, wanted: Sequence[int]) -> None:
        """Ask what the purchases are that a row may be."""

        def call(ledger: Ledger, _now: datetime) -> tuple[LedgerLine, ...]:
            return browse.lines(ledger, wanted)

        def done(lines: tuple[LedgerLine, ...]) -> None:
            self._standing.update((line.entry.sequence, line) for line in lines)
            if all(sequence in self._standing for sequence in wanted):
                self.show_line(self._assessment, self._line)

        self._context.operations.read("import.standing", call, done, owner=self)

    def _show_choices(self, assessment: Assessment, line: PreviewLine, wanted: Sequence[int]) -> None:
        choice = assessment.choices.get(line.number)
        gift = line.draft is not None and line.draft.kind == "gift"
        self.which.blockSignals(True)
        self.which.clear()
        asked = choice is None and assessment.states[line.number] == State.ASK
        if asked:
            self.which.addItem(self.tr("Which purchase is it?"), None)
        for sequence in wanted:
            self.which.addItem(self._entry_words(sequence), sequence)
        self.which.addItem(self.tr("A gift of its own") if gift else self.tr("A purchase of its own"), AS_NEW)
        chosen = wanted[0] if choice is None and not asked else choice
        self.which.setCurrentIndex(max(self.which.findData(chosen), 0))
        self.which.blockSignals(False)
        self.which.setVisible(True)
        self.which.setEnabled(assessment.ready)

    def _entry_words(self, sequence: int) -> str:
        entry = self._standing[sequence].entry
        amounts = self._context.amounts
        when = amounts.moment(entry.at, entry.zone, self._context.operations.clock(), hour_known=entry.hour_known)
        coins = self.tr("1 coin") if entry.coins == 1 else self.tr("{count} coins")
        parts = [when, coins.format(count=amounts.coins(entry.coins)) if entry.coins else ""]
        if isinstance(entry, Purchase):
            parts += [amounts.of(entry.paid) if entry.paid else "", isolated(entry.order_ref)]
        elif isinstance(entry, Gift):
            parts += [isolated(entry.gift_name), isolated(amounts.creator(entry.creator))]
        words = one_line(" · ".join(part for part in parts if part), most=80)
        more = self._more.get(sequence, 0)
        if not more:
            return words
        with_more = self.tr("{entry}, and 1 more") if more == 1 else self.tr("{entry}, and {count} more")
        return with_more.format(entry=words, count=amounts.number(more))

    def _on_chosen(self, place: int) -> None:
        choice = self.which.itemData(place)
        if self._line is not None and choice is not None:
            self.chosen.emit(self._line.number, choice)
