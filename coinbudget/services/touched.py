"""Which of the entries an import wrote its limits are judged for."""

from collections.abc import Sequence
from datetime import date

from coinbudget.domain.entries import Entry, Refund
from coinbudget.domain.profiles import ProfileId


class Touched:
    """Entries of an import that limits must be judged for, thinned where there are very many.

    Every window and every stretch of a rolling one is still reached by the first and the last entry of its days.
    """

    MOST = 20_000

    def __init__(self, watched: frozenset[ProfileId]) -> None:
        self._watched = watched
        self._entries: list[Entry] = []
        self._thin_at = self.MOST

    def add(self, entries: Sequence[Entry]) -> None:
        """Note entries that were written."""
        if self._watched:
            self._entries += [entry for entry in entries if entry.profile_id in self._watched and entry.counts]
            if len(self._entries) > self._thin_at:
                self._thin()

    @property
    def entries(self) -> list[Entry]:
        """What to judge."""
        if self._thin_at > self.MOST:
            self._thin()
        return self._entries

    def _thin(self) -> None:
        ends: dict[tuple[ProfileId, type[Entry], date], tuple[Entry, Entry]] = {}
        for entry in self._entries:
            key = (entry.profile_id, type(entry), entry.home_on)
            first, last = ends.get(key, (entry, entry))
            ends[key] = (entry if entry.at < first.at else first, entry if entry.at >= last.at else last)
        refunds = [entry for entry in self._entries if isinstance(entry, Refund)]
        kept = {entry.id: entry for pair in ends.values() for entry in pair}
        kept.update((refund.id, refund) for refund in refunds)
        self._entries = list(kept.values())
        self._thin_at = len(self._entries) + self.MOST
