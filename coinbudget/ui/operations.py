"""The one door for work in the background: reading, writing, long work, undo, errors and the announcement.

Two workers: one reads, one writes; a ledger in memory has one connection and therefore one worker for both. Calls
run on a worker with the ledger and one `now`; their answers come back on the window's thread. A `Refusal` goes to
the caller's `failed`, else out as `problem`; any other exception is a fault of ours and is raised on the window's
thread, where the application's hook shows it.

Of reads with the same key only the newest answers. After every write `changed` is emitted once with its Changes
and, where it can be taken back, a named command stands on the undo stack. `undo` and `redo` run the service first
and move the stack only when it succeeded.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from coinbudget.domain.errors import LedgerFault, Problem, Refusal
from coinbudget.services.changes import Changes, Undo

if TYPE_CHECKING:
    from coinbudget.services.ledger import Ledger

T = TypeVar("T")
Failed = Callable[[tuple[Problem, ...]], None]
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

POLL_MS = 1500
PROGRESS_AFTER_S = 0.5
PROGRESS_EVERY_S = 0.1
#: How long work in the background may keep the interpreter to itself, seconds.
SWITCH_S = 0.00005


def utc_now() -> datetime:
    """The clock of the window."""
    return datetime.now(UTC)


class CancelledError(Exception):
    """Long work was cancelled by the user; nothing was written."""


def _was_cancelled(error: BaseException) -> bool:
    """Whether work ended because the user wished it; that is no problem to show."""
    if isinstance(error, Refusal):
        return any(problem.code == "cancelled" for problem in error.problems)
    return isinstance(error, CancelledError)


class _Command(QUndoCommand):
    """A write on the undo stack; `undo` is what takes the present state back (or, when undone, forward again)."""

    def __init__(self, text: str, undo: Undo) -> None:
        super().__init__(text)
        self.pending = undo


@dataclass(slots=True)
class _Job:
    """One call under way and what to do with its answer."""

    future: Future[Any]
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    current: Callable[[], bool]


class Operations(QObject):
    """Runs service calls for the window.

    Attributes:
        undo_stack: named commands, newest last; use `undo` and `redo` of this class to move it.
        clock: gives `now` for every call; tests and screenshots set their own.

    Signals:
        changed: Changes of a write, or empty Changes when another program wrote to the file.
        problem: problems nobody else showed, and what was tried.
        busy: name, done and total of long work, from half a second on.
        idle: the last call under way has answered.
        undo_moved: an undo or redo finished; its Changes.
    """

    changed = Signal(object)
    problem = Signal(object, str)
    busy = Signal(str, int, int)
    idle = Signal()
    undo_moved = Signal(object)
    _answered = Signal(object)
    _progressed = Signal(str, int, int)

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime] = utc_now, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ledger = ledger
        self.clock = clock
        self.undo_stack = QUndoStack(self)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="read")
        self._writer = self._reader if ledger.path is None else ThreadPoolExecutor(1, thread_name_prefix="write")
        self._newest: dict[str, int] = {}
        self._waiting = 0
        self._moving = False
        self._closed = self._settled = False
        # The window asks for the interpreter at every cell it paints, and would wait the usual 5 ms each time.
        sys.setswitchinterval(SWITCH_S)
        self._cancel: Event | None = None
        self._version: int | None = None
        self._answered.connect(self._on_answered)
        self._progressed.connect(self.busy)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look_for_foreign_writes)

    def read(
        self,
        key: str,
        call: Callable[[Ledger, datetime], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Run `call` on the reader; of the same key only the newest answers, and none once `owner` is gone."""
        number = self._newest[key] = self._newest.get(key, 0) + 1

        def current() -> bool:
            return self._newest.get(key) == number and (owner is None or shiboken6.isValid(owner))

        def run() -> Any:
            return call(self.ledger, self.clock()) if self._newest.get(key) == number else None

        self._start(self._reader, run, done, self._refused(failed, "", quiet=True), current)

    def write(
        self,
        text: str,
        call: Callable[[Ledger, datetime], Changes],
        done: Callable[[Changes], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run `call` on the writer, put `text` on the undo stack where it can be taken back, and announce it."""

        def finish(changes: Changes) -> None:
            self._announce(text, changes)
            if done is not None:
                done(changes)

        self._start(self._writer, lambda: call(self.ledger, self.clock()), finish, self._refused(failed, text))

    def long(
        self,
        text: str,
        call: Callable[[Ledger, datetime, Progress, Cancelled], T],
        done: Callable[[T], None],
        failed: Failed | None = None,
        *,
        undo_text: Callable[[T], str] | None = None,
        stopped: Callable[[], None] | None = None,
    ) -> None:
        """Run long work on the writer with progress and Cancel; Changes it returns are announced like a write's.

        Args:
            text: what is being done, shown with the progress: "Importing ledger.csv".
            call: is told to stop by `cancelled` and then raises a Refusal with code "cancelled", which is silent.
            done: takes the answer.
            failed: takes the problems instead of the window.
            undo_text: the name for the undo menu, from the answer: "import of 312 rows".
            stopped: hears that it was cancelled.
        """
        progress, cancelled = self._paced(text)
        refused = self._refused(failed, text)

        def finish(answer: T) -> None:
            if isinstance(answer, Changes):
                self._announce(undo_text(answer) if undo_text else text, answer)
            done(answer)

        if not self._settled:
            # A collection stops the window. What stands by now, libraries above all, stays: it is looked at no more.
            self._settled = True
            gc.freeze()

        def run() -> T:
            return call(self.ledger, self.clock(), progress, cancelled)

        def ended(error: BaseException) -> None:
            refused(error)
            if stopped is not None and _was_cancelled(error):
                stopped()

        self._start(self._writer, run, finish, ended)

    def cancel(self) -> None:
        """Ask the long work under way to stop; what it did is rolled back."""
        if self._cancel is not None:
            self._cancel.set()

    def after_all(self, call: Callable[[], object]) -> None:
        """Run `call` once everything that is under way now has finished; nobody hears of it."""
        if self._closed:
            call()
        elif self._writer is self._reader:
            self._reader.submit(call)
        else:
            self._writer.submit(lambda: None if self._closed else self._reader.submit(call))

    def undo(self) -> None:
        """Take back the newest write; the stack moves when that succeeded."""
        self._move(back=True)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._move(back=False)

    def idle_now(self) -> bool:
        """Whether no call is under way or waiting."""
        return self._waiting == 0

    def watch_file(self) -> None:
        """From now on announce what other programs write to the ledger's file."""
        if self.ledger.path is not None:
            self._poll.start()

    def close(self) -> None:
        """Finish what is under way, then close the ledger. Nothing answers after this."""
        self._closed = True
        self._poll.stop()
        self.cancel()
        self._newest.clear()
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._reader.shutdown(wait=True, cancel_futures=True)
        self.ledger.close()

    def _paced(self, text: str) -> tuple[Progress, Cancelled]:
        """What long work tells how far it is, and what it asks whether to stop."""
        self._cancel = cancel = Event()
        began, last = monotonic(), [0.0]

        def progress(count: int, total: int) -> None:
            moment = monotonic()
            if moment - began >= PROGRESS_AFTER_S and moment - last[0] >= PROGRESS_EVERY_S:
                last[0] = moment
                self._progressed.emit(text, count, total)

        return progress, cancel.is_set

    def _start(
        self,
        worker: ThreadPoolExecutor,
        call: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
        current: Callable[[], bool] = lambda: True,
    ) -> None:
        if self._closed:
            return  # a page that is about to go asks nothing any more
        self._waiting += 1
        future = worker.submit(call)
        job = _Job(future, done, failed, current)
        future.add_done_callback(lambda _future: self._answer(job))

    def _answer(self, job: _Job) -> None:
        if not job.future.cancelled() and shiboken6.isValid(self):
            self._answered.emit(job)

    def _on_answered(self, job: _Job) -> None:
        self._waiting -= 1
        try:
            if job.current():
                error = job.future.exception()
                if error is None:
                    job.done(job.future.result())
                else:
                    job.failed(error)
        finally:
            if self.idle_now():
                self.idle.emit()

    def _refused(self, failed: Failed | None, title: str, *, quiet: bool = False) -> Callable[[BaseException], None]:
        def handle(error: BaseException) -> None:
            if _was_cancelled(error):
                return
            if not isinstance(error, Refusal):
                raise error
            # A write that the machine refused is never a matter of one field: the window shows it in any case.
            if failed is None or (isinstance(error, LedgerFault) and not quiet):
                self.problem.emit(error.problems, title)
            if failed is not None:
                failed(error.problems)

        return handle

    def _announce(self, text: str, changes: Changes) -> None:
        if changes.undo is not None:
            self.undo_stack.push(_Command(text, changes.undo))
        self.changed.emit(changes)

    def _move(self, *, back: bool) -> None:
        stack = self.undo_stack
        if self._moving or not (stack.canUndo() if back else stack.canRedo()):
            return
        command = stack.command(stack.index() - 1 if back else stack.index())
        if not isinstance(command, _Command):
            raise TypeError(command)
        self._moving = True
        pending, name = command.pending, command.text()
        words = self.tr("Undo {what}") if back else self.tr("Redo {what}")
        progress, cancelled = self._paced(words.format(what=name))

        def call() -> Changes:
            from coinbudget.services import undo as undo_service  # noqa: PLC0415 - storage stays off the first paint

            return undo_service.revert(self.ledger, pending, now=self.clock(), progress=progress, cancelled=cancelled)

        def step() -> None:
            self._moving = False
            (stack.undo if back else stack.redo)()

        def finish(changes: Changes) -> None:
            if changes.undo is None:
                command.setObsolete(True)
            else:
                command.pending = changes.undo
            step()
            self.changed.emit(changes)
            self.undo_moved.emit(changes)

        def failed(problems: tuple[Problem, ...]) -> None:
            # What it would take back is not there any more; the command is of no use.
            command.setObsolete(True)
            step()
            self.problem.emit(problems, name)

        def handle(error: BaseException) -> None:
            self._moving = False
            if _was_cancelled(error):
                return  # it stands on the stack as before
            if isinstance(error, LedgerFault) or not isinstance(error, Refusal):
                self._refused(None, name)(error)
            else:
                failed(error.problems)

        self._start(self._writer, call, finish, handle)

    def _data_version(self, ledger: Ledger, _now: datetime) -> int:
        from coinbudget.services.ledger import data_version  # noqa: PLC0415 - storage stays off the first paint

        return data_version(ledger)

    def _look_for_foreign_writes(self) -> None:
        if self.idle_now():
            self.read("operations.version", self._data_version, self._on_version, self._on_no_version)

    def _on_version(self, version: int) -> None:
        before, self._version = self._version, version
        if before is not None and before != version:
            self.changed.emit(Changes(action="elsewhere", count=0))

    def _on_no_version(self, problems: tuple[Problem, ...]) -> None:
        """A busy file is asked again at the next tick; it is no news to anyone."""
