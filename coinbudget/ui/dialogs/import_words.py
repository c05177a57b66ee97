"""What an import says: states of rows, reasons of pairs, questions, and a row in words."""

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.drafts import Draft
from coinbudget.domain.pairing import PairReason
from coinbudget.services.assessment import PreviewLine
from coinbudget.services.import_parts import State
from coinbudget.services.intake import Format
from coinbudget.services.sources import Question
from coinbudget.ui.problems import problem_text
from coinbudget.ui.widgets.labels import one_line


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportWords", text)


def row_state(state: State) -> tuple[str, str, str]:
    """Word, icon and colour of a row's state."""
    return {
        State.UNREAD: (_tr("Checking"), "clock", "faint"),
        State.NEW: (_tr("New"), "plus", "ok"),
        State.KNOWN: (_tr("Already there"), "check", "muted"),
        State.VOIDED: (_tr("There, voided"), "check", "muted"),
        State.MERGED: (_tr("Twice in the files"), "copy", "muted"),
        State.PAIR: (_tr("Pairs"), "link", "accent"),
        State.ASK: (_tr("Which one?"), "info", "near"),
        State.IGNORED: (_tr("Not counted"), "minus", "muted"),
    }.get(state, (_tr("Problem"), "warning", "near"))


def filter_word(name: str) -> str:
    """What a choice of the filter is called."""
    return {
        "": _tr("All"),
        "new": _tr("New"),
        "known": _tr("Already there"),
        "pair": _tr("Pairs"),
        "problem": _tr("Problems"),
        "ignored": _tr("Not counted"),
    }[name]


def reason_words(reason: PairReason) -> str:
    """Why a row is taken for a purchase that stands."""
    return {
        PairReason.ORDER: _tr("same order number"),
        PairReason.TIME_AND_AMOUNTS: _tr("same amount within minutes"),
        PairReason.TIME: _tr("within minutes; one has the coins, the other the price"),
        PairReason.DAY: _tr("same day, same amount"),
    }[reason]


def format_words(form: str) -> str:
    """What a source is called."""
    return (
        {
            Format.LEDGER: _tr("Ledger CSV"),
            Format.TIKTOK: _tr("TikTok data export"),
            Format.TIKTOK_TEXT: _tr("TikTok export as text, best effort"),
            Format.GOOGLE: _tr("Google Takeout"),
            Format.APPLE: _tr("Apple store history"),
            Format.SHEET: _tr("Sheet"),
        }.get(Format(form), form)
        if form
        else _tr("File")
    )


def note_words(line: PreviewLine) -> str:
    """What is to be said of a row beside its state."""
    if line.problems:
        return " ".join(one_line(problem_text(problem), most=300) for problem in line.problems)
    if line.state is State.ASK and line.pair is not None:
        return _tr("It may be one of {count} purchases in the ledger.").format(count=len(line.pair.choices))
    if line.state is State.PAIR and line.pair is not None:
        return _tr("With a purchase in the ledger: {reason}.").format(reason=reason_words(line.pair.reason))
    if line.state is State.VOIDED:
        return _tr("You voided it; tick it to bring it back.")
    if line.state is State.NEW and line.rows > 1:
        return _tr("Coins and price from two lists.")
    return line.draft.note if line.draft is not None else ""


def draft_words(draft: Draft) -> str:
    """A draft as one says it, in the very words of its file."""
    coins = _tr("1 coin") if draft.coins == "1" else ""
    if draft.coins and not coins:
        coins = _tr("{coins} coins").format(coins=draft.coins)
    if draft.kind == "gift":
        name = f"{draft.quantity} × {draft.gift}" if draft.gift and draft.quantity not in {"", "1"} else draft.gift
        if not name and not coins and draft.quantity:
            coins = _tr("{count} pieces").format(count=draft.quantity)
        creator = f"@{draft.creator.lstrip('@')}" if draft.creator else ""
        parts = [name or _tr("Gift"), coins, creator]
    elif draft.kind in {"purchase", "refund"}:
        first = _tr("Refund") if draft.kind == "refund" else _tr("Purchase")
        parts = [first, coins, f"{draft.paid} {draft.currency}".strip(), draft.order_ref or draft.refers_to]
    elif draft.kind == "adjustment":
        parts = [_tr("Adjustment"), coins, draft.reason]
    else:
        parts = [draft.kind, coins, draft.paid]
    return " · ".join(part for part in parts if part)


def question_words(question: Question) -> tuple[str, str]:
    """A question's heading, and what helps to answer it."""
    examples = ", ".join(one_line(example, most=60) for example in question.examples)
    heading, help_ = {
        "zone": (
            _tr("In which time zone are the times?"),
            _tr("Times such as {examples} carry no zone. In the exports seen so far they were UTC."),
        ),
        "gift_amount": (
            _tr("What does the number beside a gift count?"),
            _tr("The file does not say whether it is coins or pieces. For example: {examples}"),
        ),
        "currency": (
            _tr("In which currency are the prices?"),
            _tr("Prices such as {examples} name none."),
        ),
        "type": (
            _tr("What are rows of the kind “{subject}”?"),
            _tr("The list of coins has {count} of them."),
        ),
        "apple_dates": (
            _tr("Does the day or the month come first?"),
            _tr("Dates such as {examples} fit both, in every row."),
        ),
        "unpriced": (
            _tr("{subject} coins"),
            _tr("{count} purchases of {subject} coins have no price in the file."),
        ),
    }.get(question.code, (question.code, ""))
    values = {"examples": examples, "subject": one_line(question.subject, most=60), "count": question.count}
    return heading.format(**values), help_.format(**values)


def choice_words(code: str, choice: str) -> str:
    """An answer to choose."""
    return {
        ("gift_amount", "coins"): _tr("Coins"),
        ("gift_amount", "pieces"): _tr("Pieces of a gift"),
        ("type", "bought"): _tr("Coins bought"),
        ("type", "ignore"): _tr("Not a purchase"),
        ("apple_dates", "dmy"): _tr("Day first (14/05)"),
        ("apple_dates", "mdy"): _tr("Month first (05/14)"),
    }.get((code, choice), choice)
