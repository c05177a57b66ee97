"""Bringing it in: read a source once, say what would become of every line, write what is ticked.

`read_source` parses and keeps the lines aside; `assess` rehearses them against the ledger, which is only read;
`carry_out` writes in one transaction with one undo. What is rehearsed and what is written walk the same engine.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from coinbudget.domain.drafts import Facts
from coinbudget.domain.entries import BatchId
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.periods import zone_known
from coinbudget.domain.profiles import Profile, ProfileId
from coinbudget.formats.source import Answers, Format, GiftAmount, TypeMeaning
from coinbudget.services.assessment import Assessment, Ticked, Totals
from coinbudget.services.changes import UndoImport
from coinbudget.services.facts import facts_of
from coinbudget.services.garbage import uncollected
from coinbudget.services.import_parts import BATCH_ROWS, Count, Listener, Quiet, Target
from coinbudget.services.import_report import (
    CutTold,
    ImportChanges,
    ImportRefusal,
    PairTold,
    Unanswered,
    cuts_told,
    pairs_told,
    problems_in_order,
)
from coinbudget.services.import_targets import IntoLedger
from coinbudget.services.importing import Engine
from coinbudget.services.judging import judge
from coinbudget.services.ledger import Ledger
from coinbudget.services.pace import Cancelled, Pace, Progress
from coinbudget.services.rehearsal import Rehearsal
from coinbudget.services.sources import Question, Reading
from coinbudget.services.touched import Touched
from coinbudget.storage import household_store, journal, ledger_store, limit_store, totals
from coinbudget.storage.database import Transaction

__all__ = [
    "Answers",
    "CutTold",
    "Format",
    "GiftAmount",
    "ImportChanges",
    "ImportRefusal",
    "PairTold",
    "TypeMeaning",
    "Unanswered",
    "assess",
    "carry_out",
    "check_zone",
    "cuts_told",
    "pairs_told",
    "prepare",
    "problems_in_order",
    "refuse_open",
    "totals_now",
]


def prepare(
    reading: Reading, answers: Answers, *, owner: Profile | None = None, choices: Mapping[int, int] | None = None
) -> Assessment:
    """An assessment whose lines can be shown at once, and are not judged yet.

    Args:
        owner: whose the lines are that name no profile; without it the only one's.
        choices: which purchase a line is (an order of entry, or AS_NEW), where several may be meant.
    """
    return Assessment(reading, answers, owner, choices=dict(choices or {}))


@uncollected()
def assess(
    ledger: Ledger,
    assessment: Assessment,
    *,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Assessment:
    """Judge every line. The ledger is only read.

    Raises:
        Refusal: the zone is not known, or it was cancelled.
    """
    check_zone(assessment.answers.zone)
    reading, answers = assessment.reading, assessment.answers
    reading.staging.forget_told()
    with ledger.database.reading() as tx:
        facts = facts_of(ledger, tx, now=now, default_profile=assessment.owner)
        assessment.before = totals_now(tx)
        rehearsal = Rehearsal(ledger, tx, facts)
        try:
            engine = _engine(facts, rehearsal, reading, answers, assessment, progress, cancelled)
            assessment.count = engine.run(reading.heard(answers))
        finally:
            rehearsal.close()
    assessment.ready = True
    return assessment


@uncollected()
def carry_out(
    ledger: Ledger,
    work: Reading | Assessment,
    *,
    answers: Answers | None = None,
    skip_problems: bool = False,
    owner: Profile | None = None,
    choices: Mapping[int, int] | None = None,
    now: datetime,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ImportChanges:
    """Write lines in one transaction, or none.

    Args:
        work: an assessment, whose ticked lines come in as its answers have them; or a reading, all of whose lines come
            in that do so by themselves.
        answers, owner, choices: for a reading: what its lines mean, whose they are, and which purchase a line is.
        skip_problems: leave out lines with a problem instead of refusing all; an assessment's are never ticked.

    Raises:
        ImportRefusal: lines have problems.
        Refusal: the import was cancelled.
    """
    listener: Listener = Quiet(choices or {})
    if isinstance(work, Assessment):
        reading, answers, owner, listener, skip_problems = work.reading, work.answers, work.owner, Ticked(work), True
    else:
        reading, answers = work, answers or Answers()
    check_zone(answers.zone)
    with ledger.database.writing() as tx:
        before = totals_now(tx)
        batch = ledger_store.new_batch(tx, reading.name, str(reading.format), now=now)
        touched = Touched(frozenset(limit.profile_id for limit in limit_store.limits(tx)))
        target = IntoLedger(ledger, tx, batch, touched, now=now)
        facts = facts_of(ledger, tx, now=now, default_profile=owner)
        count = _engine(facts, target, reading, answers, listener, progress, cancelled).run(reading.heard(answers))
        if count.problems_all and not skip_problems:
            raise ImportRefusal(count, reading, pairs_told(tx, count, reading), before)
        told = replace(_nothing_new(count, reading, before, choices or {}), pairs=pairs_told(tx, count, reading))
        if not count.new and not count.paired:
            # Nothing to undo: not even the number of this import is kept.
            ledger_store.drop_batch(tx, batch)
            return told
        target.finish()
        _close(tx, batch, reading, count, now=now)
        alerts, past = judge(ledger, tx, touched.entries, now=now)
        done = replace(told, count=count.new, after=totals_now(tx), alerts=alerts, past_windows_over=past)
        return _with_target(done, target, batch)


def _with_target(told: ImportChanges, target: IntoLedger, batch: BatchId) -> ImportChanges:
    """With what was written, and how to take it back."""
    return replace(
        told,
        entries=target.first_entries,
        profiles=frozenset(target.profiles),
        undo=UndoImport(batch=batch, void=True),
    )


def _close(tx: Transaction, batch: BatchId, reading: Reading, count: Count, *, now: datetime) -> None:
    """Note what an import brought, among the imports and in the history."""
    ledger_store.end_batch(tx, batch, entries=count.new)
    detail = {"file": reading.name, "new": count.new, "duplicates": count.duplicates, "batch": batch}
    journal.append(tx, "import", "", detail | ({"paired": count.paired} if count.paired else {}), now=now)


def totals_now(tx: Transaction) -> dict[ProfileId, Totals]:
    """What the entries of every profile add up to."""
    found = {}
    for profile in household_store.profiles(tx):
        entries, bought, gifted, spent, refunded = totals.whole(tx, profile.id)
        found[profile.id] = Totals(
            entries=entries, coins_bought=bought, coins_gifted=gifted, spent_minor=spent, refunded_minor=refunded
        )
    return found


def _engine(
    facts: Facts,
    target: Target,
    reading: Reading,
    answers: Answers,
    listener: Listener,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Engine:
    pace = Pace(progress, cancelled)
    pace.total = reading.count
    return Engine(facts, target, partial(pace.step, BATCH_ROWS), reading.again(answers), listener)


def _nothing_new(
    count: Count, reading: Reading, before: Mapping[ProfileId, Totals], choices: Mapping[int, int]
) -> ImportChanges:
    return ImportChanges(
        action="import",
        count=0,
        rows=count.rows,
        duplicates=count.duplicates,
        paired=count.paired,
        left_out=count.left_out,
        problems=problems_in_order(count, reading),
        problems_all=count.problems_all,
        cuts=cuts_told(count, reading),
        before=before,
        after=before,
        idle=frozenset(number for number in choices if not count.took_up(number)),
    )


def refuse_open(reading: Reading, answers: Answers) -> tuple[Question, ...]:
    """Refuse where something must be answered first; else the questions that need no answer.

    Raises:
        Unanswered: its one line is the first question and how to answer it.
    """
    questions = reading.questions(answers)
    if any(question.needed for question in questions):
        raise Unanswered(questions)
    return questions


def check_zone(zone: str) -> None:
    """Refuse a zone nobody knows."""
    if zone and not zone_known(zone):
        raise Refusal(problem("zone", "unknown_zone", zone=zone))
