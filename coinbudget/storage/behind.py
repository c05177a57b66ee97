"""Work that is done behind its caller's back, so that the next lines are made ready while SQLite writes the last ones.

One thread does it, in the order it was given; little waits at a time, so memory stays flat. Nothing is done any more
once a piece has failed: SQLite may have ended the transaction, and what came then would stand for itself.
"""

from collections.abc import Callable
from queue import Queue
from threading import Thread

#: Pieces that may wait; who gives more waits himself.
_MOST = 2


class Behind:
    """The work of one transaction. Whoever looks at what was done must `wait` first."""

    def __init__(self) -> None:
        self._waiting: Queue[Callable[[], object] | None] = Queue(_MOST)
        self._thread: Thread | None = None
        self._failed: BaseException | None = None
        self._over = False

    def do(self, piece: Callable[[], object]) -> None:
        """Have a piece of work done, soon; what failed before is raised."""
        if self._failed is not None:
            raise self._failed
        if self._thread is None:
            self._thread = Thread(target=self._run, name="behind")
            self._thread.start()
        self._waiting.put(piece)

    def wait(self) -> None:
        """Until all is done; what failed is raised."""
        if self._thread is not None:
            self._waiting.join()
        if self._failed is not None:
            raise self._failed

    def end(self) -> None:
        """Give up what waits still, and let what is being done come to its end."""
        self._over = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (piece := self._waiting.get()) is not None:
            try:
                if self._failed is None and not self._over:
                    piece()
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                self._failed = error
            finally:
                self._waiting.task_done()
