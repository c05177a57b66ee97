"""Bringing a file in: it is read once, what it leaves open is asked, its rows are shown, and what is ticked is written.

A small frame over four steps: reading, the mapping of a sheet, questions, preview. Long steps run on a worker with
progress and Cancel; leaving stops them, and what an import had written by then is rolled back.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from coinbudget.domain.errors import Problem
from coinbudget.domain.profiles import Profile
from coinbudget.services import intake, opening
from coinbudget.services.assessment import Assessment
from coinbudget.services.import_parts import State
from coinbudget.services.intake import Answers, ImportChanges
from coinbudget.services.ledger import Ledger
from coinbudget.services.sheet_source import SheetReading, pasted
from coinbudget.services.sources import Question, Reading
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.form import FormDialog, announce
from coinbudget.ui.dialogs.import_mapping import MappingPage
from coinbudget.ui.dialogs.import_preview import PreviewPage
from coinbudget.ui.dialogs.import_questions import QuestionsPage
from coinbudget.ui.dialogs.import_words import format_words
from coinbudget.ui.operations import Cancelled, Progress
from coinbudget.ui.widgets.fields import QuietComboBox
from coinbudget.ui.widgets.labels import PlainLabel, one_line
from coinbudget.ui.widgets.work_row import WorkRow

_KILO = 1000
_WIDTH = 1000
_PROBLEMS_SHOWN = 4


class ImportDialog(FormDialog):
    """Look at a file, a folder or an archive, and bring it in.

    Attributes:
        path: what is brought in; None for pasted rows.
        preview, questions, mapping: the steps; one is shown at a time.
    """

    wide = _WIDTH

    def __init__(
        self, context: Context, path: str | Path | None, parent: QWidget | None = None, *, rows: str = ""
    ) -> None:
        super().__init__(context, "import", "import", self.tr("Import"), parent)
        self.path = None if path is None else Path(path)
        self._rows = rows
        self._reading: Reading | None = None
        self._assessment: Assessment | None = None
        self._answers = Answers()
        self._asked = False
        self._asked_prices = False
        self._questions: tuple[Question, ...] = ()
        self._busy = self._gone = False
        self._name = self.tr("Pasted rows") if self.path is None else one_line(self.path.name, most=120)
        self.whose.setText(self._name)
        self._build_head()
        self._build_pages()
        self._build_buttons()
        self.context.operations.busy.connect(self._on_busy)
        self._read()

    # Building

    def _build_head(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.theme.space(3))
        self.told = PlainLabel(self.tr("Reading the file…"), "muted", wrap=True)
        self.told.setObjectName("import.told")
        row.addWidget(self.told, 1)
        self.owner_label = PlainLabel(self.tr("Whose file is it?"), "label")
        self.owner = QuietComboBox()
        self.owner.setObjectName("import.owner")
        self.owner.setAccessibleName(self.owner_label.text())
        self.owner.setMinimumWidth(180)
        self.owner_label.setBuddy(self.owner)
        session = self.context.session
        for profile in session.profiles:
            self.owner.addItem(one_line(profile.name, most=60), profile.id)
        if session.profile is not None:
            self.owner.setCurrentIndex(self.owner.findData(session.profile.id))
        self.owner.activated.connect(lambda _place: self._on_owner())
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
        self.mapping = MappingPage(self.context)
        self.mapping.changed.connect(self._show_buttons)
        self.mapping.reread.connect(self._reread)
        self.questions = QuestionsPage(self.context)
        self.questions.changed.connect(self._show_buttons)
        self.preview = PreviewPage(self.context)
        self.preview.changed.connect(self._show_buttons)
        self.preview.grown.connect(self.fit_soon)
        self.preview.chosen.connect(self._on_chosen)
        for page in (self.mapping, self.questions, self.preview):
            page.setVisible(False)
            self.body.addWidget(page, 1)

    def _build_buttons(self) -> None:
        self.cancel = self.button("cancel", self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.back = self.button("back", self.tr("Back"))
        self.back.setVisible(False)
        self.back.clicked.connect(self._go_back)
        self.add = self.button("import", self.tr("Import"), "primary")
        self.add.setEnabled(False)
        self.add.clicked.connect(self._go_on)

    # Reading

    def _read(self) -> None:
        path, rows, name = self.path, self._rows, self._name

        def read(_ledger: Ledger, _now: datetime, progress: Progress, cancelled: Cancelled) -> Reading:
            reading = read_it(progress, cancelled)
            # What is open takes a look at every row of coins: it is worked out here, not by the window.
            self._questions = reading.questions(Answers())
            return reading

        def read_it(progress: Progress, cancelled: Cancelled) -> Reading:
            if path is None:
                return pasted(rows, name)

            def kilobytes(done: int, total: int) -> None:
                progress(done // _KILO, max(total // _KILO, 1))

            return opening.read_source(
                path, wishes=opening.Wishes(sheets=True), progress=kilobytes, cancelled=cancelled
            )

        self._long(self.tr("Reading {file}, kilobytes").format(file=self._name), read, self._on_read)

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
            if isinstance(found, Reading) and (self._gone or not self._valid()):
                found.close()
                return
            guarded(found)

        return taken

    def _valid(self) -> bool:
        import shiboken6  # noqa: PLC0415 - asked once, when a dialog went early

        return bool(shiboken6.isValid(self))

    def _on_read(self, reading: Reading) -> None:
        if self._gone:
            reading.close()
            return
        self._reading = reading
        several = len(self.context.session.profiles) > 1
        self._show_owner(shown=several)
        if isinstance(reading, SheetReading):
            self.told.setText(self.tr("{rows}. What do its columns mean?").format(rows=self._what(reading)))
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
            self.mapping.show_reading(found)

        self._long(self.tr("Reading {file} again").format(file=self._name), read, show)

    # Asking

    def _ask_or_assess(self) -> None:
        reading = self._reading
        if reading is None:
            return
        questions = self._questions
        if isinstance(reading, SheetReading) or self._asked or not questions:
            self._assess()
            return
        self._asked = True
        self.told.setText(self.tr("{format}. A few things the file does not say:").format(format=self._what(reading)))
        self.questions.show_questions(questions)
        self._show_page(self.questions)

    def _ask_prices_or_assess(self) -> None:
        """Which coins have no price is known once it was said which kinds of row are purchases."""
        reading, answers = self._reading, self._answers
        if reading is None or self._asked_prices:
            self._assess()
            return

        def look(_ledger: Ledger, _now: datetime, _progress: Progress, _cancelled: Cancelled) -> tuple[Question, ...]:
            return tuple(question for question in reading.questions(answers) if not question.needed)

        def ask(questions: tuple[Question, ...]) -> None:
            if not questions:
                self._assess()
                return
            self._asked_prices = True
            self.questions.show_questions(questions)
            self._show_page(self.questions)

        self._long(self.tr("Looking for prices in {file}").format(file=self._name), look, ask)

    def _what(self, reading: Reading) -> str:
        rows = sum(reading.sections.values())
        words = format_words(str(reading.format))
        if len(reading.members) > 1:
            words = self.tr("{format}, {count} files").format(format=words, count=len(reading.members))
        return self.tr("{format}: {rows} rows").format(format=words, rows=self.context.amounts.number(rows))

    # Judging

    def _owner(self) -> Profile | None:
        reading = self._reading
        if reading is None:
            return None
        wanted = self.owner.currentData()
        return next((profile for profile in self.context.session.profiles if profile.id == wanted), None)

    def _assess(self, choices: dict[int, int] | None = None) -> None:
        """Show the rows at once, and judge them meanwhile."""
        reading, before = self._reading, self._assessment
        if reading is None:
            return
        kept = before if choices is not None else None
        assessment = intake.prepare(reading, self._answers, owner=self._owner(), choices=choices)
        self._assessment = assessment
        self.told.setText(self._what(reading))
        self.preview.show_assessment(assessment)
        self._show_page(self.preview)

        def judge(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> Assessment:
            intake.assess(ledger, assessment, now=now, progress=progress, cancelled=cancelled)
            if kept is not None:
                _keep_ticks(kept, assessment)
            return assessment

        self._long(self.tr("Checking rows of {file}").format(file=self._name), judge, self._on_judged)

    def _on_judged(self, assessment: Assessment) -> None:
        if assessment is not self._assessment:
            return
        self.preview.judged()
        self.told.setText(self._summary(assessment))
        self._show_buttons()
        announce(self, self.told.text())

    def _summary(self, assessment: Assessment) -> str:
        reading = assessment.reading
        what = self._what(reading)
        parts = [what]
        faulty = assessment.tally("problem")
        if not reading.count:
            parts.append(self.tr("The file has no rows of purchases or gifts."))
        elif not assessment.tally("new") and not assessment.tally("pair") and not faulty:
            parts.append(
                self.tr("Everything in this file is in the ledger already.")
                if assessment.tally("known")
                else self.tr("By what was said, no row is a purchase or a gift.")
            )
        asked = sum(
            bool(pair.choices) and number not in assessment.choices for number, pair in assessment.pairs.items()
        )
        if asked:
            parts.append(
                self.tr("1 row may be one of several purchases and stays out until that is said.")
                if asked == 1
                else self.tr("{count} rows may be one of several purchases and stay out until that is said.").format(
                    count=self.context.amounts.number(asked)
                )
            )
        if faulty:
            number = self.context.amounts.number(faulty)
            parts.append(
                self.tr("1 row with a problem stays out.")
                if faulty == 1
                else self.tr("{count} rows with a problem stay out.").format(count=number)
            )
        left_out = reading.columns_left_out()
        if left_out:
            names = ", ".join(one_line(name, most=40) for name in left_out[:8])
            parts.append(self.tr("Columns that are not read: {names}.").format(names=names))
        return ". ".join(part.rstrip(".") for part in parts) + "."

    def _on_owner(self) -> None:
        if self.preview.isVisibleTo(self) and not self._busy:
            self._assess()

    def _on_chosen(self, number: int, choice: int) -> None:
        """The person said which purchase a row is."""
        if self._assessment is not None and not self._busy:
            self._assess({**self._assessment.choices, number: choice})

    # Steps

    def _show_page(self, page: QWidget) -> None:
        for each in (self.mapping, self.questions, self.preview):
            each.setVisible(each is page)
        self._show_buttons()
        self.fit_soon()
        QTimer.singleShot(0, self, lambda: self._focus(page))
        QTimer.singleShot(0, self, self.to_top)

    def _focus(self, page: QWidget) -> None:
        if page is self.preview and page.isVisible():
            self.preview.table.setFocus()
        elif page.isVisible():
            wanted = [each for each in page.findChildren(QWidget) if each.isVisible() and each.isEnabled()]
            takes = [each for each in wanted if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
            checked = [each for each in takes if not isinstance(each, QAbstractButton) or each.isChecked()]
            # Of a row of answers the chosen one, where the first thing to answer has one.
            first = next(iter(takes), None)
            same = [each for each in checked if first is not None and each.parent() is first.parent()]
            if first is not None:
                (same[0] if same else first).setFocus(Qt.FocusReason.TabFocusReason)

    def _go_on(self) -> None:
        if self._busy:
            return
        if self.mapping.isVisibleTo(self):
            self._answers = self.mapping.answers(self._answers)
            self._ask_or_assess()
        elif self.questions.isVisibleTo(self):
            self._answers = self.questions.answers(self._answers)
            self._ask_prices_or_assess()
        else:
            self.run_import()

    def _go_back(self) -> None:
        if self._busy:
            return
        if isinstance(self._reading, SheetReading):
            self._show_page(self.mapping)
        elif self._asked:
            self._show_page(self.questions)

    def _show_buttons(self) -> None:
        previewing = self.preview.isVisibleTo(self)
        self.back.setVisible(previewing and (self._asked or isinstance(self._reading, SheetReading)))
        self.back.setEnabled(not self._busy)
        if not previewing:
            page = self.mapping if self.mapping.isVisibleTo(self) else self.questions
            can = page.isVisibleTo(self) and page.answered()
            self._name_button(self.tr("Continue") if page.isVisibleTo(self) else self.tr("Import"))
            self.add.setEnabled(can and not self._busy)
            return
        assessment = self._assessment
        ticked = assessment.ticked if assessment is not None else 0
        self._name_button(self._import_words(assessment) if assessment is not None and ticked else self.tr("Import"))
        self.add.setEnabled(bool(ticked) and not self._busy and assessment is not None and assessment.ready)

    def _import_words(self, assessment: Assessment) -> str:
        number = self.context.amounts.number
        paired = assessment.ticked_in(State.PAIR, State.ASK)
        new = assessment.ticked - paired
        if not paired:
            return (
                self.tr("Import 1 entry") if new == 1 else self.tr("Import {count} entries").format(count=number(new))
            )
        if not new:
            return self.tr("Pair {count}").format(count=number(paired))
        return self.tr("Import {count}, pair {paired}").format(count=number(new), paired=number(paired))

    def _name_button(self, text: str) -> None:
        self.add.setText(text)
        self.add.setAccessibleName(text)

    # Writing

    def run_import(self) -> None:
        """Write what is ticked, in one transaction with one undo."""
        assessment = self._assessment
        if assessment is None or not assessment.ready:
            return
        self._busy = True
        self._show_buttons()

        def write(ledger: Ledger, now: datetime, progress: Progress, cancelled: Cancelled) -> ImportChanges:
            return intake.carry_out(ledger, assessment, now=now, progress=progress, cancelled=cancelled)

        def words(changes: ImportChanges) -> str:
            return self.tr("import of {count} rows").format(
                count=self.context.amounts.number(changes.count + changes.paired)
            )

        self.context.operations.long(
            self.tr("Importing rows of {file}").format(file=self._name),
            write,
            self.while_here(self._on_imported),
            self.while_here(self._on_refused),
            undo_text=words,
        )

    def _on_imported(self, changes: ImportChanges) -> None:
        self._set_idle()
        number = self.context.amounts.number
        text = self.tr("{count} entries imported").format(count=number(changes.count))
        if changes.count == 1:
            text = self.tr("1 entry imported")
        if changes.paired:
            text = self.tr("{count} entries imported, {paired} paired").format(
                count=number(changes.count), paired=number(changes.paired)
            )
        self.context.session.toast_requested.emit(text, True)
        self.context.session.earlier_requested.emit(True)
        self.accept()

    # Work under way, and leaving

    def _on_busy(self, text: str, done: int, total: int) -> None:
        self.work.show_work(text, done, total)

    def _set_idle(self) -> None:
        self._busy = False
        self.work.setVisible(False)
        self._show_buttons()

    def _on_refused(self, problems: tuple[Problem, ...]) -> None:
        self._set_idle()
        if self._assessment is None and not self.mapping.isVisibleTo(self):
            self.told.setText(self.tr("This cannot come in as it is. Nothing was written."))
        if self.mapping.isVisibleTo(self) and isinstance(self._reading, SheetReading):
            # Another encoding or separator did not work: what was read before stands, and is shown.
            self.mapping.show_reading(self._reading)
        self.show_problems(problems[:_PROBLEMS_SHOWN])

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


def _keep_ticks(before: Assessment, after: Assessment) -> None:
    """Let ticks of rows whose state did not change stay as the person left them."""
    for number, state in enumerate(before.states):
        if number and after.states[number] == state and before.ticks[number] != after.ticks[number]:
            after.set_tick(number, on=bool(before.ticks[number]))
