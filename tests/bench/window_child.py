"""The window measured in a process of its own: `python -m tests.bench.window_child JOB {"started": ..., ...}`.

`started` is the caller's monotonic clock just before this process began (one clock for all processes on Linux), so that
first paint counts everything from the first instruction on. The program runs as it always does; only MainWindow is
watched from outside.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

PATIENCE = 60.0


def rss() -> float:
    """MiB this process holds now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20


class FirstPaint(QObject):
    """Calls back once, right after the widget was painted for the first time."""

    def __init__(self, widget: QWidget, painted: Callable[[], None]) -> None:
        super().__init__(widget)
        self._painted = painted
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Override of QObject: lets everything through."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The paint itself follows this filter; the next turn of the loop comes after it.
            QTimer.singleShot(0, self._painted)
        return False


def until(condition: Callable[[], bool]) -> float:
    """Let events run until the condition holds; ms it took."""
    start = time.perf_counter()
    loop, timer = QEventLoop(), QTimer()

    def look() -> None:
        if condition() or time.perf_counter() - start > PATIENCE:
            loop.quit()

    # A loop that sleeps between looks: a busy one would keep the workers from running.
    timer.timeout.connect(look)
    timer.start(1)
    if not condition():
        loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError(condition)
    return (time.perf_counter() - start) * 1000


def minimal(started: float) -> dict[str, float]:
    """The smallest PySide6 window."""
    application = QApplication([])
    window = QMainWindow()
    answer: dict[str, float] = {}

    def painted() -> None:
        answer.update(paint=(time.monotonic() - started) * 1000, rss=rss())
        application.quit()

    FirstPaint(window, painted)
    window.show()
    application.exec()
    return answer


def program(ledger: str, started: float, then: Callable[[Any, dict[str, float]], None]) -> dict[str, float]:
    """Start the program on `ledger`; when its figures are on screen, go on with `then` and quit."""
    from coinbudget import app  # noqa: PLC0415 - not for the minimal window
    from coinbudget.ui.main_window import MainWindow  # noqa: PLC0415

    answer: dict[str, float] = {}
    failed: list[Exception] = []
    build = MainWindow.__init__

    def watch(window: MainWindow, *arguments: Any, **named: Any) -> None:
        build(window, *arguments, **named)

        def painted() -> None:
            answer["paint"] = (time.monotonic() - started) * 1000
            try:
                until(lambda: getattr(window.stack.currentWidget(), "shown", None) is not None)
                window.repaint()
                answer.update(figures=(time.monotonic() - started) * 1000, rss=rss())
                then(window, answer)
            except Exception as error:  # noqa: BLE001 - an exception of a slot would be printed and forgotten
                failed.append(error)
            finally:
                window.close()
                QCoreApplication.quit()

        FirstPaint(window, painted)

    MainWindow.__init__ = watch  # type: ignore[method-assign,assignment] # the one way in from outside
    app.run(Path(ledger))
    if failed:
        raise failed[0]
    return answer


def _nothing(_window: Any, _answer: dict[str, float]) -> None:
    """Starting was all."""


def start(ledger: str, started: float) -> dict[str, float]:
    """Time to first paint and to figures, and memory then."""
    return program(ledger, started, _nothing)


def _look_at_table(window: Any, answer: dict[str, float]) -> None:
    from coinbudget.ui.widgets.ledger_table import LedgerTable  # noqa: PLC0415 - only once the program has it

    answer["before"] = rss()
    # Everyone's entries, or a fifth of the ledger would be looked at.
    page = window._pages["ledger"]
    page._take(replace(page.filters.state(), everyone=True))
    begun = time.perf_counter()
    window.show_page("ledger")
    table = window.stack.currentWidget().findChild(LedgerTable)
    model = table.model()
    until(lambda: model.rowCount() > 0 and model.line_at(0) is not None)
    table.viewport().repaint()
    answer["first"] = (time.perf_counter() - begun) * 1000
    until(lambda: window_idle(window))
    answer["rows"] = model.rowCount()
    begun = time.perf_counter()
    table.scrollToBottom()
    table.viewport().repaint()
    until(lambda: model.line_at(model.rowCount() - 1) is not None)
    table.viewport().repaint()
    answer["end"] = (time.perf_counter() - begun) * 1000
    answer["after"] = rss()


def window_idle(window: Any) -> bool:
    """Whether the shown page waits for nothing."""
    page = window.stack.currentWidget()
    context = getattr(page, "context", None) or getattr(page, "_context", None)
    return context is None or bool(context.operations.idle_now())


def table(ledger: str, started: float) -> dict[str, float]:
    """The ledger page: first rows, the last row, memory."""
    return program(ledger, started, _look_at_table)


class Stalls(QObject):
    """How long the window answers nobody: a timer of one millisecond that comes late."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(1)

    def _look(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, (now - self._last) * 1000), now

    def end(self) -> float:
        """The longest one, ms."""
        self._timer.stop()
        self._look()
        return self.longest


def _drop(window: Any, path: str) -> None:
    """Let a file go over the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    middle = window.stack.rect().center()
    QCoreApplication.sendEvent(window.stack, QDragEnterEvent(QPoint(middle), *given))
    QCoreApplication.sendEvent(window.stack, QDropEvent(QPointF(middle), *given))


def _look_at_import(window: Any, answer: dict[str, float], *, file: str) -> None:
    # Forms load when the start has settled; nobody drops a file before that.
    until(lambda: "coinbudget.ui.dialogs.import_file" in sys.modules)
    from coinbudget.ui.dialogs.import_file import ImportDialog  # noqa: PLC0415 - only once the program has it

    stalls = Stalls()
    _drop(window, file)
    until(lambda: bool(window.findChildren(ImportDialog)))
    [dialog] = window.findChildren(ImportDialog)
    until(lambda: dialog._reading is not None)
    begun = time.perf_counter()
    model = dialog.preview.model
    until(lambda: dialog.preview.isVisible() and model.rowCount() > 0)
    dialog.preview.table.viewport().repaint()
    answer["shown"] = (time.perf_counter() - begun) * 1000
    answer["rows"] = model.rowCount()
    until(dialog.add.isEnabled)
    dialog.add.click()
    until(lambda: not window.findChildren(ImportDialog))
    until(lambda: window_idle(window))
    answer["stall"] = stalls.end()


def bring_in(ledger: str, file: str, started: float) -> dict[str, float]:
    """A file dropped on the window, previewed and imported: when its rows are on screen, and the longest stall."""
    return program(ledger, started, partial(_look_at_import, file=file))


def charts(started: float, rounds: int) -> dict[str, float]:
    """Both charts and the overview figure after one entry, against drawing both charts anew; ms, medians, A B A B."""
    del started
    from tests.bench import chart_child  # noqa: PLC0415 - matplotlib is only for this job

    return chart_child.measure(rounds)


JOBS: dict[str, Callable[..., dict[str, float]]] = {
    job.__name__: job for job in (minimal, start, table, bring_in, charts)
}


def main(arguments: list[str]) -> None:
    """Run the job named first with the JSON given second; its answer is the last line of stdout."""
    sys.stdout.write(json.dumps(JOBS[arguments[0]](**json.loads(arguments[1]))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
