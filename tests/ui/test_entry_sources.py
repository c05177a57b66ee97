"""An entry that is looked at says which files told of it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coinbudget.domain.entries import Purchase
from coinbudget.formats.source import Answers, TypeMeaning
from coinbudget.services import record, transfer, undo
from coinbudget.ui.context import Context
from coinbudget.ui.dialogs.purchase import PurchaseDialog
from tests import make
from tests.services import tiktok_files
from tests.ui.person import Person

ORDERS = Path(__file__).parents[1] / "data" / "google" / "Order History.json"


@pytest.fixture
def person(qtbot: QtBot, settled: Callable[[], None]) -> Person:
    return Person(qtbot, settled)


def said(context: Context, person: Person) -> str:
    (entry,) = [
        one for one in make.all_entries(context.operations.ledger) if isinstance(one, Purchase) and one.coins == 350
    ]
    form = PurchaseDialog(context, amending=entry)
    person.sees(form)
    text = form.sources.text() if form.sources.isVisible() else ""
    form.reject()
    return text


def test_an_entry_names_every_import_that_told_of_it_and_stands(
    context: Context, person: Person, tmp_path: Path, now: datetime
) -> None:
    ledger = context.operations.ledger
    listed = tiktok_files.write(tmp_path / "mine.json", coins=[("2026-05-14 21:03:11", "Recharge", 350)])
    answers = Answers(zone="UTC", types={"recharge": TypeMeaning.BOUGHT})
    transfer.import_file(ledger, listed, answers=answers, now=now)
    assert said(context, person) == "From TikTok data export (mine.json), imported 22 Nov 2026."
    paired = transfer.import_file(ledger, ORDERS, skip_problems=True, now=now)
    text = said(context, person)
    assert text.startswith("From TikTok data export (mine.json), imported 22 Nov 2026; Google Takeout (")
    assert "Order History.json" in text
    assert paired.undo is not None
    undo.revert(ledger, paired.undo, now=now)
    assert said(context, person) == "From TikTok data export (mine.json), imported 22 Nov 2026."


def test_an_entry_typed_by_hand_names_no_file(context: Context, person: Person, now: datetime) -> None:
    record.add(context.operations.ledger, make.purchase(coins="350", at="2026-05-14T21:03:11Z"), now=now)
    assert said(context, person) == ""
