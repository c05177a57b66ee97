"""Bringing a file in: it is read once, what it leaves open is asked, its rows are shown, and what is ticked is written.

A small frame over its steps: reading, the mapping of a sheet, questions, preview; or why nothing can come in. Long
steps run on a worker with progress and Cancel; leaving stops them, and what an import had written by then is rolled
back.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import Profile
from coinbudget.services import intake, opening
from coinbudget.services.assessment import Assessment
from coinbudget.services.intake import Answers, Format, ImportChanges
from coinbudget.services.ledger import Ledger
from coinbudget.services.sheet_source import SheetReading, pasted
from coinbudget.services.sources import Question, Reading
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import announce
from coinbudget.ui.dialogs.import_frame import ImportFrame
from coinbudget.ui.dialogs.import_mapping import MappingPage
from coinbudget.ui.dialogs.import_preview import PreviewPage
from coinbudget.ui.dialogs.import_questions import QuestionsPage
from coinbudget.ui.dialogs.import_refused import RefusedPage
from coinbudget.ui.dialogs.import_summary import button_words, imported_words, source_words, summary_words, undo_words
from coinbudget.ui.dialogs.import_ticks import KeptChoices, KeptTicks
from coinbudget.ui.dialogs.import_words import with_encoding_words
from coinbudget.ui.operations import Cancelled, Progress

_MEGA = 1_000_000
#: By then the window has painted what it was told to show.
_SOON_MS = 40
_PROBLEMS_SHOWN = 4


class ImportDialog(ImportFrame):
    """Look at a file, a folder or an archive, and bring it in."""

    def __init__(
        self, context: Context, path: str | Path | None, parent: QWidget | None = None, *, rows: str = ""
    ) -> None:
        super().__init__(context, None if path is None else Path(path), parent)
        self._rows = rows
        self._assessment: Assessment | None = None
        self._answers = Answers()
        self._ticks, self._choices = KeptTicks(), KeptChoices()
        self._asked = self._came_in = False
        # Sources of a folder or archive that may come in yet.
        self._rest: tuple[str, ...] = ()
        self._questions: tuple[Question, ...] = ()
        self._unpriced: tuple[Question, ...] = ()
        self._connect()
        self._read(opening.Wishes(sheets=True))
        # Made while the file is read; to make it and show its rows in one turn would be felt.
        QTimer.singleShot(2 * _SOON_MS, self, lambda: self.preview)

    def _connect(self) -> None:
        self.owner.activated.connect(lambda _place: self._on_owner())
        self.back.clicked.connect(self._go_back)
        self.add.clicked.connect(self._go_on)

    def _connect_page(self, page: QWidget) -> None:
        """Overrides ImportFrame."""
        if isinstance(page, MappingPage | QuestionsPage | PreviewPage):
            page.changed.connect(self._show_buttons)
        if isinstance(page, MappingPage):
            page.reread.connect(self._reread)
        elif isinstance(page, PreviewPage):
            page.chosen.connect(self._on_chosen)
        elif isinstance(page, RefusedPage):
            page.other_wanted.connect(self._choose_other)
            page.guide_wanted.connect(lambda: self.leave_for(""))
            page.format_wanted.connect(self._read_as)

    def _painted(self) -> Callable[[], object]:
        """What a worker waits for: that the window has painted; both at once take the interpreter from each other."""
        done = Event()
        QTimer.singleShot(_SOON_MS, self, done.set)
        return lambda: done.wait(2 * _SOON_MS / 1000)

    # Reading

    def _read_as(self, name: str) -> None:
        """Read as one format: of several that lie there, or a file that is none of them as a sheet."""
        self._assessment = None
        self._answers, self._asked = Answers(), False
        self._forget_rows()
        self._read(opening.Wishes(format=Format(name), sheets=name == Format.SHEET))

    def _forget_rows(self) -> None:
        """The rows are other ones now: nothing that was ticked or chosen is about them."""
        self._ticks.forget()
        self._choices.forget()
        if "preview" in self.__dict__:
            self.preview.forget()

    def _read(self, wishes: opening.Wishes) -> None:
        path, rows, name = self.path, self._rows, self._name
        painted = self._painted()

        def read(_ledger: Ledger, _now: datetime, progress: Progress, cancelled: Cancelled) -> Reading:
            painted()
            reading = read_it(progress, cancelled)
            # What is open takes a look at every row of coins: it is worked out here, not by the window.
            self._questions = reading.questions(Answers())
            return reading

        def read_it(progress: Progress, cancelled: Cancelled) -> Reading:
            if path is None:
                return pasted(rows, name)

            def megabytes(done: int, total: int) -> None:
                progress(-(-done // _MEGA), max(-(-total // _MEGA), 1))

            return opening.read_source(path, wishes=wishes, progress=megabytes, cancelled=cancelled)

        self._long(self.tr("Reading {file}, MB").format(file=self._name), read, self._on_read)

    def _on_read(self, reading: Reading) -> None:
        self._reading = reading
        what = source_words(reading, self.context.amounts)
        sheet = isinstance(reading, SheetReading)
        if not reading.count or (sheet and not sum(reading.sections.values())):
            self.told.setText("")
            self.refused.show_empty(what, sheet=sheet)
            self._show_page(self.refused)
            return
        self._show_owner(shown=len(self.context.session.profiles) > 1)
        if isinstance(reading, SheetReading):
            self.told.setText(self.tr("{rows}. What do its columns mean?").format(rows=what))
            self.mapping.show_reading(reading)
            self._show_page(self.mapping)
            return
        self._ask_or_assess()

    def _reread(self, encoding: str, separator: str) -> None:
        """Cut a sheet into rows anew, by another encoding or separator."""
        reading = self._reading
        if not isinstance(reading, SheetReading):
            return

        def read(_ledger: Ledger, _now: datetime, _progress: Progress, _cancelled: Cancelled) -> SheetReading:
            reading.read(encoding=encoding, separator=separator)
            return reading

        def show(found: SheetReading) -> None:
            self.show_problems(())
            self._assessment = None
            self._forget_rows()
            self.mapping.show_reading(found)

        self._long(self.tr("Reading {file} again").format(file=self._name), read, show)

    # Asking

    def _ask_or_assess(self) -> None:
        reading = self._reading
        if reading is None:
            return
        if isinstance(reading, SheetReading):
            self._assess()
            return
        needed = tuple(question for question in self._questions if question.needed)
        if not needed:
            self._ask_prices_or_assess()
            return
        self._asked = True
        what = source_words(reading, self.context.amounts)
        self.told.setText(self.tr("{format}. A few things the file does not say:").format(format=what))
        self.questions.show_questions(needed)
        self._show_page(self.questions)

    def _ask_prices_or_assess(self) -> None:
        """Which coins have no price is known once it was said which kinds of row are purchases."""
        reading, answers = self._reading, self._answers
        if reading is None:
            return

        def look(_ledger: Ledger, _now: datetime, _progress: Progress, _cancelled: Cancelled) -> tuple[Question, ...]:
            return tuple(question for question in reading.questions(answers) if not question.needed)

        def ask(questions: tuple[Question, ...]) -> None:
            before, self._unpriced = self._unpriced, questions
            if not questions:
                self._assess()
                return
            if questions != before:
                self.prices.show_questions(questions, currency=answers.currency)
            self._show_page(self.prices)

        self._long(self.tr("Looking for prices in {file}").format(file=self._name), look, ask)

    # Judging

    def _assess(self) -> None:
        """Show the rows at once, and judge them meanwhile."""
        assessment = self._prepared(self._owner())
        if assessment is None:
            return
        self._assessment = assessment
        self.told.setText(source_words(assessment.reading, self.context.amounts))
        self.preview.show_assessment(assessment)
        self._show_page(self.preview)
        self._judge(assessment)

    def _judge_again(self, chosen: int = 0) -> None:
        """Judge the rows anew behind those shown, which change when it is done: nobody loses the place."""
        assessment = self._prepared(self._owner())
        if assessment is not None:
            self.preview.hold(on=True)
            self._judge(assessment, chosen)

    def _prepared(self, owner: Profile | None) -> Assessment | None:
        if self._reading is None:
            return None
        if self._assessment is not None and self._assessment.ready:
            self._ticks.note(self._assessment)
        return intake.prepare(self._reading, self._answers, owner=owner, choices=self._choices.of(owner))

    def _judge(self, assessment: Assessment, chosen: int = 0) -> None:
        """Judge rows on a worker.

        Args:
            chosen: the row of which was said just now what it is: it tells where it cannot be that, while the rows
                answered before are asked again where another owner or other answers leave no such pair.
        """
        ticks, painted = self._ticks, self._painted()

        def judge(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> Assessment:
            painted()
            judged = intake.assess(ledger, assessment, now=now, progress=progress, cancelled=cancelled)
            possible = KeptChoices.still_possible(judged)
            possible |= {number: choice for number, choice in judged.choices.items() if number == chosen}
            if possible != judged.choices:
                again = intake.prepare(judged.reading, judged.answers, owner=judged.owner, choices=possible)
                judged = intake.assess(ledger, again, now=now, progress=progress, cancelled=cancelled)
            ticks.apply(judged)
            return judged

        self._long(self.tr("Checking rows of {file}").format(file=self._name), judge, self._on_judged)

    def _on_judged(self, assessment: Assessment) -> None:
        if self._owner() != assessment.owner:
            # Somebody else was chosen meanwhile.
            self._judge_again()
            return
        self._assessment = assessment
        self.preview.show_assessment(assessment)
        self.told.setText(summary_words(assessment, self.context.amounts))
        self._show_buttons()
        announce(self, self.told.text())

    def _on_owner(self) -> None:
        if self._shows("preview") and not self._busy:
            self._judge_again()

    def _on_chosen(self, number: int, choice: int) -> None:
        """The person said which purchase a row is."""
        if self._assessment is not None and not self._busy:
            self._choices.say(number, choice, self._assessment.owner)
            self._judge_again(number)

    # Steps

    def _go_on(self) -> None:
        if self._busy:
            return
        if self._shows("mapping"):
            self._ask_or_assess()
        elif self._shows("questions"):
            self._answers = self.questions.answers(Answers())
            self._ask_prices_or_assess()
        elif self._shows("prices"):
            self._answers = self.prices.answers(self.questions.answers(Answers()))
            self._assess()
        else:
            self.run_import()

    def _go_back(self) -> None:
        if self._busy:
            return
        self.show_problems(())
        if isinstance(self._reading, SheetReading):
            self._show_page(self.mapping)
        elif self._unpriced and not self._shows("prices"):
            self._show_page(self.prices)
        elif self._asked:
            self._show_page(self.questions)

    def _show_buttons(self) -> None:
        previewing, refused = self._shows("preview"), self._shows("refused")
        asked = self._asked or isinstance(self._reading, SheetReading)
        pricing = self._shows("prices")
        self.back.setVisible((previewing and (asked or bool(self._unpriced))) or (pricing and self._asked))
        self.back.setEnabled(not self._busy)
        self.owner.setEnabled(not self._writing)
        if previewing:
            self.preview.details.setEnabled(not self._writing)
        self.add.setVisible(not refused)
        words = self.cancel.text()
        if words != (wanted := self.tr("Close") if refused else self.tr("Cancel")):
            self.cancel.setText(wanted)
            self.cancel.setAccessibleName(wanted)
        page = self._asking()
        self._show_open(len(page.open_places()) if page is not None and not self._busy else 0)
        if not previewing:
            self._name_button(self.tr("Import") if page is None else self.tr("Continue"))
            self.add.setEnabled(page is not None and page.answered() and not self._busy)
            return
        assessment = self._assessment
        if assessment is not None:
            self._name_button(button_words(assessment, self.context.amounts))
        ready = assessment is not None and assessment.ready and bool(assessment.ticked)
        self.add.setEnabled(ready and not self._busy)

    # Writing

    def run_import(self) -> None:
        """Write what is ticked, in one transaction with one undo."""
        assessment = self._assessment
        if assessment is None or not assessment.ready:
            return
        self._busy = self._writing = True
        # Before what has the focus is disabled: Qt would hand it to Cancel, and Enter pressed twice would cancel.
        self.preview.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.preview.hold(on=True)
        self._show_buttons()

        def write(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> ImportChanges:
            return intake.carry_out(ledger, assessment, now=now, progress=progress, cancelled=cancelled)

        amounts, session = self.context.amounts, self.context.session
        cancelled = self.tr("The import was cancelled; nothing came in.")

        def done(changes: ImportChanges) -> None:
            if shiboken6.isValid(self) and not self._gone:
                self._on_imported(changes)
            else:
                # It was cancelled too late.
                session.toast_requested.emit(imported_words(changes, amounts), True)

        self.context.operations.long(
            self.tr("Importing rows of {file}").format(file=self._name),
            write,
            done,
            self.while_here(self._on_refused),
            undo_text=lambda changes: undo_words(changes, amounts),
            stopped=lambda: session.toast_requested.emit(cancelled, False),
        )

    def _on_imported(self, changes: ImportChanges) -> None:
        self._set_idle()
        self.context.session.toast_requested.emit(imported_words(changes, self.context.amounts), True)
        self._came_in = True
        if self._reading is not None:
            done = str(self._reading.format)
            self._rest = tuple(name for name in self._rest if name != done)
            if self._rest:
                self._offer_rest(done)
                return
        self.accept()

    def _offer_rest(self, done: str) -> None:
        """One source of several is in: the others are a press away."""
        self._close_reading()
        self.told.setText("")
        self._show_owner(shown=False)
        self.refused.show_rest(done, self._rest)
        self._show_page(self.refused)
        announce(self, self.refused.headline.text())

    # Leaving

    def done(self, result: int) -> None:
        """Overrides ImportFrame: coins of before are asked about once nothing else of it is to come."""
        super().done(result)
        if self._came_in:
            self.context.session.earlier_requested.emit(self._owner(), True)

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        written = self._writing
        self._set_idle()
        if written:
            self.preview.table.setFocus(Qt.FocusReason.OtherFocusReason)
        unfit = [dict(problem.values)["encoding"] for problem in problems if problem.code == "not_this_encoding"]
        problems = tuple(map(with_encoding_words, problems))
        if self._reading is None:
            self.told.setText("")
            path = self.path
            single = path is not None and path.is_file() and path.suffix.lower() != ".zip"
            self._rest = self.refused.show_problems(problems[:_PROBLEMS_SHOWN], single=single)
            self._show_page(self.refused)
            announce(self, self.refused.text.text())
            return
        if self._shows("mapping") and isinstance(self._reading, SheetReading):
            # Another encoding or separator did not work: what was read before stands, and is shown.
            self.mapping.show_reading(self._reading)
            self.mapping.leave_out_encodings(unfit)
        self.show_problems(problems[:_PROBLEMS_SHOWN])

    def _choose_other(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self, self.tr("Import"))
        if path:
            self.leave_for(path)
