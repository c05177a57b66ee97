"""What a service call touched, and how to take it back.

An undo is itself a value: `services.undo.revert(ledger, undo, now=...)` carries it out and returns Changes whose
own `undo` is the redo. An undo names the revision it expects, so one whose entry changed elsewhere is a Problem.
"""

from dataclasses import dataclass

from coinbudget.domain.entries import BatchId, Entry, EntryId
from coinbudget.domain.limits import Alert, LimitId
from coinbudget.domain.profiles import ProfileId


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoVoid:
    """Bring entries back that were voided or, with `void` True, void them.

    Attributes:
        entries: each with the revision it is expected to have.
        step: what the revision moves by. Taking a step back puts the old revision back too, so that what stands
            below on the undo stack still finds the revision it expects.
    """

    entries: tuple[tuple[EntryId, int], ...]
    void: bool
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAmend:
    """Put back an entry exactly as it was, frozen amounts included, expecting the revision it has now."""

    before: tuple[Entry, ...]
    expected: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoImport:
    """Void (or bring back) every living entry of an import."""

    batch: BatchId
    void: bool


Undo = UndoVoid | UndoAmend | UndoImport


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a service call touched.

    Attributes:
        action: code of what was done, for naming the undo: "add purchase", "amend gift", "void refund", "import", ...
        count: how many entries it concerns.
        entries: ids touched, for jumping to the row; of an import the first few.
        profiles: whose figures may differ now.
        limits: limits added, changed or removed.
        alerts: raised by this call, one per limit, its highest mark; those of closed windows come with seen True.
        past_windows_over: closed windows this call found over, for the one summing line.
        undo: how to take it back; None for what is not on the undo stack.
    """

    action: str
    count: int = 1
    entries: tuple[EntryId, ...] = ()
    profiles: frozenset[ProfileId] = frozenset()
    limits: tuple[LimitId, ...] = ()
    alerts: tuple[Alert, ...] = ()
    past_windows_over: int = 0
    undo: Undo | None = None
