"""The one door: the newest read wins, writes are named on the undo stack, problems find their way."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from coinbudget.domain.errors import LedgerFault, Problem, Refusal, problem
from coinbudget.services import record, transfer
from coinbudget.services.changes import Changes
from coinbudget.services.household import add_profile, profiles
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.ui.context import Context
from coinbudget.ui.operations import Operations
from tests import make

Settled = Callable[[], None]


def add_purchase(ledger: Ledger, now: datetime) -> Changes:
    return record.add(ledger, make.purchase(), now=now)


def living(ledger: Ledger) -> int:
    return sum(1 for entry in make.all_entries(ledger) if entry.voided_at is None)


def test_of_reads_with_one_key_only_the_newest_answers(context: Context, settled: Settled) -> None:
    answers: list[int] = []
    gate = Event()

    def slow(_ledger: Ledger, _now: datetime) -> int:
        gate.wait(5)
        return 1

    context.operations.read("x", slow, answers.append)
    context.operations.read("x", lambda _l, _n: 2, answers.append)
    context.operations.read("x", lambda _l, _n: 3, answers.append)
    context.operations.read("y", lambda _l, _n: 4, answers.append)
    gate.set()
    settled()
    assert answers == [3, 4]


def test_a_read_without_its_owner_answers_nobody(context: Context, settled: Settled) -> None:
    answers: list[int] = []
    owner = QObject()
    gate = Event()
    context.operations.read("x", lambda _l, _n: gate.wait(5), lambda _x: answers.append(1), owner=owner)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete.value)
    gate.set()
    settled()
    assert answers == []


def test_a_write_is_announced_once_and_named(context: Context, settled: Settled, file_ledger: Ledger) -> None:
    announced: list[Changes] = []
    context.operations.changed.connect(announced.append)
    context.operations.write("purchase of 350 coins", add_purchase)
    settled()
    assert len(announced) == 1
    assert context.operations.undo_stack.undoText() == "purchase of 350 coins"
    assert living(file_ledger) == 1


def test_undo_and_redo_go_through_the_service_and_keep_their_name(
    context: Context, settled: Settled, file_ledger: Ledger
) -> None:
    operations = context.operations
    operations.write("purchase", add_purchase)
    settled()
    for _round in range(3):
        operations.undo()
        settled()
        assert living(file_ledger) == 0
        assert operations.undo_stack.redoText() == "purchase"
        assert not operations.undo_stack.canUndo()
        operations.redo()
        settled()
        assert living(file_ledger) == 1
        assert operations.undo_stack.undoText() == "purchase"


def test_an_undo_whose_entry_changed_elsewhere_is_a_problem_and_leaves_the_stack(
    context: Context, settled: Settled, file_ledger: Ledger, now: datetime
) -> None:
    said: list[tuple[Problem, ...]] = []
    context.operations.problem.connect(lambda problems, _title: said.append(problems))
    context.operations.write("purchase", add_purchase)
    settled()
    entry = make.all_entries(file_ledger)[0]
    record.amend(file_ledger, entry.id, make.purchase(paid="6.00"), now=now)
    context.operations.undo()
    settled()
    assert [one.code for problems in said for one in problems] == ["changed_elsewhere"]
    assert context.operations.undo_stack.count() == 0
    assert living(file_ledger) == 1


def test_a_change_of_limits_is_not_on_the_stack(context: Context, settled: Settled) -> None:
    context.operations.write("limit", lambda _l, _n: Changes(action="add limit", count=0))
    settled()
    assert context.operations.undo_stack.count() == 0


def test_problems_go_to_the_form_that_asked_and_else_to_the_window(context: Context, settled: Settled) -> None:
    asked: list[tuple[Problem, ...]] = []
    window: list[str] = []
    context.operations.problem.connect(lambda _problems, title: window.append(title))

    def refuse(_ledger: Ledger, _now: datetime) -> Changes:
        raise Refusal(problem("paid", "zero"))

    context.operations.write("first", refuse, failed=asked.append)
    settled()
    assert len(asked) == 1
    assert window == []
    context.operations.write("second", refuse)
    settled()
    assert window == ["second"]


def test_a_fault_of_the_machine_reaches_the_window_and_the_form(context: Context, settled: Settled) -> None:
    asked: list[tuple[Problem, ...]] = []
    window: list[str] = []
    context.operations.problem.connect(lambda _problems, title: window.append(title))

    def full(_ledger: Ledger, _now: datetime) -> Changes:
        raise LedgerFault(problem("", "disk_full"))

    context.operations.write("purchase", full, failed=asked.append)
    settled()
    assert window == ["purchase"]
    assert len(asked) == 1


def test_a_fault_of_ours_is_raised_on_the_window_s_thread(context: Context, qtbot: QtBot, settled: Settled) -> None:
    def broken(_ledger: Ledger, _now: datetime) -> int:
        raise KeyError("ours")

    with qtbot.captureExceptions() as caught:
        context.operations.read("x", broken, lambda _x: None, lambda _p: None)
        settled()
    assert [kind for kind, _error, _trace in caught] == [KeyError]


def test_cancelled_long_work_is_silent(context: Context, settled: Settled) -> None:
    said: list[str] = []
    done: list[int] = []
    context.operations.problem.connect(lambda _problems, title: said.append(title))
    begun = Event()

    def work(
        _ledger: Ledger, _now: datetime, _progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> int:
        begun.set()
        while not cancelled():
            pass
        raise Refusal(problem("", "cancelled"))

    context.operations.long("Importing", work, done.append)
    begun.wait(5)
    context.operations.cancel()
    settled()
    assert said == []
    assert done == []


def test_cancelled_long_work_tells_whoever_wants_to_hear_of_it(context: Context, settled: Settled) -> None:
    heard: list[str] = []

    def work(
        _ledger: Ledger, _now: datetime, _progress: Callable[[int, int], None], _cancelled: Callable[[], bool]
    ) -> int:
        raise Refusal(problem("", "cancelled"))

    context.operations.long("Undo", work, lambda _x: None, stopped=lambda: heard.append("stopped"))
    settled()
    assert heard == ["stopped"]


def test_an_undo_of_an_import_that_is_cancelled_stays_to_be_undone(
    context: Context, settled: Settled, file_ledger: Ledger, tmp_path: Path
) -> None:
    operations, said = context.operations, list[str]()
    operations.problem.connect(lambda _problems, title: said.append(title))
    (tmp_path / "a.csv").write_text("kind,at,coins,creator\ngift,2026-11-02,5,@a\n", encoding="utf-8")
    operations.write("import", lambda ledger, now: transfer.import_file(ledger, tmp_path / "a.csv", now=now))
    settled()
    gate = Event()
    operations.write("wait", lambda _l, _n: Changes(action="wait", count=int(not gate.wait(5))))
    operations.undo()
    operations.cancel()
    gate.set()
    settled()
    assert living(file_ledger) == 1
    assert (operations.undo_stack.undoText(), operations.undo_stack.canRedo()) == ("import", False)
    assert said == []
    operations.undo()
    settled()
    assert living(file_ledger) == 0


def test_long_work_that_writes_is_named_from_its_answer(context: Context, settled: Settled) -> None:
    context.operations.long(
        "Importing x.csv",
        lambda ledger, now, _progress, _cancelled: add_purchase(ledger, now),
        lambda _changes: None,
        undo_text=lambda changes: f"import of {changes.count} row",
    )
    settled()
    assert context.operations.undo_stack.undoText() == "import of 1 row"


def test_progress_waits_for_half_a_second(context: Context, settled: Settled) -> None:
    shown: list[int] = []
    context.operations.busy.connect(lambda _text, done, _total: shown.append(done))

    def quick(_ledger: Ledger, _now: datetime, progress: Callable[[int, int], None], _stop: Callable[[], bool]) -> int:
        for number in range(100):
            progress(number, 100)
        return 0

    context.operations.long("Exporting", quick, lambda _x: None)
    settled()
    assert shown == []


def test_what_another_program_writes_is_announced(
    context: Context, qtbot: QtBot, file_ledger: Ledger, now: datetime
) -> None:
    context.operations.watch_file()
    context.operations._look_for_foreign_writes()
    qtbot.waitUntil(lambda: context.operations._version is not None)
    other = open_ledger(file_ledger.path, now=now)
    with qtbot.waitSignal(context.operations.changed, timeout=5000) as announced:
        record.add(other, make.purchase(profile="Mia"), now=now)
    other.close()
    assert announced.args is not None
    assert announced.args[0].action == "elsewhere"


def test_a_ledger_in_memory_works_too(qtbot: QtBot, ledger: Ledger, now: datetime) -> None:
    operations = Operations(ledger, lambda: now)
    counted: list[int] = []
    operations.write("purchase", add_purchase)
    operations.read("count", lambda ledger, _now: living(ledger), counted.append)
    qtbot.waitUntil(operations.idle_now)
    operations.undo()
    qtbot.waitUntil(operations.idle_now)
    operations.read("count", lambda ledger, _now: living(ledger), counted.append)
    qtbot.waitUntil(operations.idle_now)
    assert counted == [1, 0]


@pytest.mark.parametrize("name", ["Leo", "A & B"])
def test_profiles_are_taken_over_and_the_shown_one_stays(
    context: Context, file_ledger: Ledger, now: datetime, name: str
) -> None:
    shown = context.session.profile
    add_profile(file_ledger, name=name, region="DE", currency="EUR", zone="Europe/Berlin", now=now)
    context.session.set_profiles(profiles(file_ledger))
    assert context.session.profile == shown
    assert len(context.session.profiles) == 2
