"""What an import says: states of rows, reasons of pairs, questions, and a row in words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication

from coinbudget.domain.drafts import Draft
from coinbudget.domain.errors import Problem
from coinbudget.domain.money import PLAIN, NumberStyle, decimal_text, parse_decimal, parse_minor, parse_whole
from coinbudget.domain.pairing import PairReason
from coinbudget.domain.profiles import Profile
from coinbudget.services.assessment import PreviewLine
from coinbudget.services.import_parts import Cut, Pairing, State
from coinbudget.services.intake import Format
from coinbudget.services.sources import Question
from coinbudget.ui.amounts import FIRST_STRONG_ISOLATE, POP_ISOLATE, Amounts
from coinbudget.ui.problems import row_problem_text
from coinbudget.ui.widgets.labels import one_line

LEFT_TO_RIGHT_MARK = "\u200e"
RIGHT_TO_LEFT_MARK = "\u200f"
_DAY_LENGTH = len("2026-11-22")


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
        State.PAIR: (_tr("Pairs"), "pair", "accent"),
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
        PairReason.TIME_AND_AMOUNTS: _tr("within minutes, coins or price the same"),
        PairReason.TIME: _tr("within minutes; one has the coins, the other the price"),
        PairReason.PIECES: _tr("within minutes, as many pieces; one of them has no coins"),
        PairReason.DAY: _tr("same day, coins or price the same"),
        PairReason.CHANGED: _tr("the same row of a sheet, changed since"),
        PairReason.DAY_ALONE: _tr("same day; one has the coins, the other the price"),
        PairReason.ORDER_DIFFERS: _tr("same order number, other amounts"),
        PairReason.AMOUNT_DIFFERS: _tr("same time, other coins or another price"),
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


def encoding_words(name: str) -> str:
    """What an encoding of texts is called by people: whose letters it has, and its name."""
    return {
        "utf-8": "UTF-8",
        "utf-16": "UTF-16",
        "cp1252": _tr("Western European (Windows-1252)"),
        "cp1250": _tr("Central European (Windows-1250)"),
        "cp1251": _tr("Cyrillic (Windows-1251)"),
        "shift_jis": _tr("Japanese (Shift JIS)"),
        "gb18030": _tr("Simplified Chinese (GB 18030)"),
        "big5": _tr("Traditional Chinese (Big5)"),
        "euc_kr": _tr("Korean (EUC-KR)"),
        "iso8859_9": _tr("Turkish (ISO 8859-9)"),
    }.get(name, name)


def with_encoding_words(problem: Problem) -> Problem:
    """A problem that names an encoding as the choice of encodings names it."""
    values = tuple((key, encoding_words(said) if key == "encoding" else said) for key, said in problem.values)
    return replace(problem, values=values)


def row_words(line: PreviewLine, amounts: Amounts) -> str:
    """Which row of the file a line is, and of which list where there are several."""
    lists = {
        "coins": _tr("List of coins"),
        "prices": _tr("List of prices"),
        "gifts": _tr("List of gifts"),
        "orders": _tr("Order history"),
        "refunds": _tr("Refunds"),
        "purchases": _tr("Purchase history"),
    }
    places = [place for place in (isolated(one_line(line.file, most=60)), lists.get(line.list, "")) if place]
    words = _tr("{place}, row {row}") if places else _tr("Row {row}")
    return words.format(place=", ".join(places), row=amounts.number(line.row))


def _ignored_words(line: PreviewLine) -> str:
    """Why a row is not counted."""
    if line.ignored_as == "kind" and line.seen is not None:
        kind = isolated(one_line(line.seen.kind, most=40))
        words = _tr("By your answer “{kind}” is no purchase.")
        return words.format(kind=kind) if kind else _tr("By your answer rows without a kind are no purchase.")
    return {"free": _tr("It cost nothing."), "total": _tr("It sums up other rows.")}.get(line.ignored_as, "")


def note_words(line: PreviewLine, amounts: Amounts) -> str:
    """What is to be said of a row beside its state."""
    if line.problems:
        return " ".join(one_line(row_problem_text(problem, amounts), most=300) for problem in line.problems)
    if line.cut is not None:
        return _cut_words(line.cut, amounts)
    if line.state is State.ASK and line.pair is not None:
        several = len(line.pair.choices) > 1
        words = _tr("It may be one of {count} purchases in the ledger: {reason}.")
        words = words if several else _tr("It may be a purchase in the ledger: {reason}.")
        return words.format(count=amounts.number(len(line.pair.choices)), reason=reason_words(line.pair.reason))
    if line.state is State.PAIR and line.pair is not None:
        gift = line.draft is not None and line.draft.kind == "gift"
        if line.pair.rest and line.draft is not None:
            return _parted_words(line.draft, line.pair, amounts)
        words = _tr("With a gift in the ledger: {reason}.") if gift else _tr("With a purchase in the ledger: {reason}.")
        if line.pair.parts:
            words = _tr("With {count} gifts in the ledger: {reason}.")
        count = amounts.number(1 + len(line.pair.parts))
        said = words.format(reason=reason_words(line.pair.reason), count=count)
        return " ".join(part for part in (said, _kept_words(line, amounts)) if part)
    if line.state is State.IGNORED:
        return _ignored_words(line)
    if line.state is State.VOIDED:
        return _tr("You voided it; tick it to bring it back.")
    if line.state is State.NEW and line.rows > 1:
        return _tr("Coins and price from two lists.")
    return line.draft.note if line.draft is not None else ""


def _cut_words(cut: Cut, amounts: Amounts) -> str:
    """What a refund says beyond what is left of its purchase."""
    said, taken = (amounts.money(one.minor, one.currency.code) for one in cut)
    return _tr("The row says {said}, more than is left of what was paid; {taken} is taken.").format(
        said=said, taken=taken
    )


def _parted_words(draft: Draft, pair: Pairing, amounts: Amounts) -> str:
    """Of a row of several pieces, how many stand and how many come in."""
    pieces = parse_whole(draft.quantity, draft.numbers)
    known = pieces - pair.rest if isinstance(pieces, int) else 1 + len(pair.parts)
    stand = (
        _tr("1 of {count} pieces is in the ledger")
        if known == 1
        else _tr("{known} of {count} pieces are in the ledger")
    )
    come = _tr("1 comes in as new") if pair.rest == 1 else _tr("{new} come in as new")
    count = pieces if isinstance(pieces, int) else known + pair.rest
    return _tr("{stand}; {come}.").format(
        stand=stand.format(known=amounts.number(known), count=amounts.number(count)),
        come=come.format(new=amounts.number(pair.rest)),
    )


def _kept_words(line: PreviewLine, amounts: Amounts) -> str:
    """What a row says and its purchase does not take over."""
    coins, paid = line.pair.keeps if line.pair is not None else (None, None)
    if line.draft is None or (coins is None and paid is None):
        return ""
    said = [_coins_words(line.draft, amounts) if coins is not None else ""]
    said.append(_money_words(line.draft, amounts) if paid is not None else "")
    return _tr("The row says {amounts}, which is not taken over.").format(amounts=", ".join(filter(None, said)))


def kept_draft(line: PreviewLine, home: str, amounts: Amounts) -> Draft | None:
    """A row as the ledger will have it: a purchase keeps its own amounts, and all of one comes back with a refund.

    Args:
        home: currency code of the profile whose it is; "" where that is not known.
    """
    draft = line.draft
    if draft is not None and draft.kind == "refund" and not draft.paid and line.minor and home:
        minor, coins = decimal_text(line.minor, amounts.digits(home)), str(line.coins or "")
        return draft._replace(paid=minor, currency=home, coins=coins, numbers=PLAIN)
    if draft is None or line.pair is None:
        return draft
    return _with_kept(draft, line.pair.keeps, amounts)


def what_words(line: PreviewLine, profiles: Sequence[Profile], amounts: Amounts, *, most: int) -> str:
    """What a row is, as the ledger will have it; "" where nothing of it could be read."""
    profile = next((one for one in profiles if one.id == line.profile_id), None)
    shown = kept_draft(line, profile.currency if profile is not None else "", amounts) or line.seen
    return one_line(draft_words(shown, amounts), most=most) if shown else ""


def _with_kept(draft: Draft, keeps: tuple[int | None, tuple[int, str] | None], amounts: Amounts) -> Draft:
    coins, paid = keeps
    if coins is not None:
        draft = draft._replace(coins=str(coins))
    if paid is not None:
        minor, code = paid
        draft = draft._replace(paid=decimal_text(minor, amounts.digits(code)), currency=code)
    return draft if coins is None and paid is None else draft._replace(numbers=PLAIN)


def when_words(draft: Draft, amounts: Amounts, zone: str, now: datetime) -> str:
    """When a draft was, by the clock it will be shown by in the ledger; a text that is no time stays as it stands.

    Args:
        zone: of the profile at home; times given with an offset are shown by it.
    """
    text = draft.at
    try:
        if len(text) == _DAY_LENGTH:
            at, clock = datetime.fromisoformat(text), ""
        else:
            at = datetime.fromisoformat(text)
            if at.tzinfo is not None:
                at = at.astimezone(ZoneInfo(draft.zone or zone))
            clock = amounts.time(at)
        this_year = at.year == now.astimezone(ZoneInfo(zone)).year
    except (ValueError, OverflowError, OSError, KeyError):
        return isolated(text)
    day = amounts.date_short(at.date()) if this_year else amounts.date(at.date())
    return f"{day} {clock}".strip()


def isolated(text: str) -> str:
    """A text of the file, fenced off so that its direction cannot turn the words around it."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def in_line(parts: Iterable[str], *, mirrored: bool) -> str:
    """Texts of the file side by side in the direction of the window, whatever script each is written in."""
    mark = RIGHT_TO_LEFT_MARK if mirrored else LEFT_TO_RIGHT_MARK
    return mark + " · ".join(isolated(part) for part in parts if part)


def draft_words(draft: Draft, amounts: Amounts) -> str:
    """A draft as one says it; a number that is none stays in the very words of its file."""
    if draft.kind == "gift":
        parts = _gift_parts(draft, amounts)
    elif draft.kind in {"purchase", "refund"}:
        first = _tr("Refund") if draft.kind == "refund" else _tr("Purchase")
        reference = draft.order_ref or draft.refers_to
        parts = [first, _coins_words(draft, amounts), _money_words(draft, amounts), isolated(reference)]
    elif draft.kind == "adjustment":
        parts = [_tr("Adjustment"), _coins_words(draft, amounts), isolated(draft.reason)]
    else:
        parts = [isolated(draft.kind), _coins_words(draft, amounts), isolated(draft.paid)]
    return " · ".join(part for part in (*parts, isolated(draft.profile)) if part)


def _gift_parts(draft: Draft, amounts: Amounts) -> list[str]:
    coins = _coins_words(draft, amounts)
    name = isolated(draft.gift)
    if draft.quantity not in {"", "1"}:
        pieces = parse_whole(draft.quantity, draft.numbers)
        count = amounts.number(pieces) if isinstance(pieces, int) else isolated(draft.quantity)
        if name:
            name = f"{count} × {name}"
        elif not coins:
            coins = _tr("{count} pieces").format(count=count)
    elif draft.quantity and not name and not coins:
        coins = _tr("1 piece")
    creator = isolated(amounts.creator(draft.creator.lstrip("@")))
    return [name or _tr("Gift"), coins, creator]


def _coins_words(draft: Draft, amounts: Amounts) -> str:
    return coins_words(draft.coins, amounts, draft.numbers)


def coins_words(text: str, amounts: Amounts, style: NumberStyle = PLAIN) -> str:
    """A number of coins of a file; one that is none stays as it stands there."""
    if not text:
        return ""
    coins = parse_whole(text, style)
    if coins == 1:
        return _tr("1 coin")
    return _tr("{coins} coins").format(coins=amounts.coins(coins) if isinstance(coins, int) else isolated(text))


def _money_words(draft: Draft, amounts: Amounts) -> str:
    currency = amounts.currencies.get(draft.currency)
    minor = parse_minor(draft.paid, draft.numbers, currency, zero=True) if currency and draft.paid else None
    if isinstance(minor, int):
        return amounts.money(minor, draft.currency)
    number = parse_decimal(draft.paid, draft.numbers)
    paid = f"{number:f}".replace(".", amounts.style.decimal) if isinstance(number, Decimal) else draft.paid
    return isolated(f"{paid} {draft.currency}".strip())


def question_words(question: Question) -> tuple[str, str]:
    """A question's heading, and what helps to answer it."""
    examples = ", ".join(isolated(one_line(example, most=60)) for example in question.examples)
    heading, help_ = {
        "zone": (
            _tr("In which time zone are the times?"),
            _tr("Times such as {examples} carry no zone. In the exports seen so far they were UTC."),
        ),
        "gift_amount": (
            _tr("What does the number beside a gift count?"),
            _tr("The file does not say whether it is coins or pieces. Some rows, with day, number and creator:"),
        ),
        "currency": (
            _tr("In which currency are the prices?"),
            _tr("Prices such as {examples} name none."),
        ),
        "type": (
            _tr("What are rows of the kind “{subject}”?")
            if question.subject.strip()
            else _tr("What are rows without a kind?"),
            _tr("The list of coins has 1 of them:")
            if question.count == 1
            else _tr("The list of coins has {count} of them, such as:"),
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
    values = {"examples": examples, "subject": isolated(one_line(question.subject, most=60)), "count": question.count}
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
