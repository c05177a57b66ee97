"""How far long work is, and where it may be stopped."""

from collections.abc import Callable

from coinbudget.domain.errors import Refusal, problem

Progress = Callable[[int, int], object]
Cancelled = Callable[[], bool]


class Pace:
    """Counts the steps of long work inside one transaction, which a refusal rolls back.

    Attributes:
        total: how many things are worked at; 0 where nobody knows.
        rounds: how often each of them is taken in hand: read, then written.
    """

    def __init__(self, progress: Progress | None, cancelled: Cancelled | None, *, rounds: int = 1) -> None:
        self.total = 0
        self.rounds = rounds
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0

    def step(self, count: int = 0) -> None:
        """So many more are done, once.

        Raises:
            Refusal: the work was cancelled.
        """
        if self._cancelled is not None and self._cancelled():
            raise Refusal(problem("", "cancelled"))
        self._done += count
        if self._progress is not None:
            self._progress(min(self._done // self.rounds, self.total), self.total)
