"""The command that brings files in: what its options answer, and what it tells of what came of the rows."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from coinbudget.cli.answers import Reply, Speaker, problem_document
from coinbudget.domain.catalog import folded
from coinbudget.domain.errors import Problem, Refusal, problem
from coinbudget.domain.money import MAX_COINS, NumberFault, parse_coins
from coinbudget.domain.profiles import ProfileId
from coinbudget.formats.sheet import Role, Said
from coinbudget.formats.sheet_facts import ENCODINGS, SEPARATORS
from coinbudget.formats.source import Answers, Format, GiftAmount, TypeMeaning
from coinbudget.services import household, opening, sheet_source, transfer
from coinbudget.services.assessment import Totals
from coinbudget.services.ledger import Ledger
from coinbudget.services.sources import Question

#: Other names of formats that commands have had.
_FORMATS = {"ledger": "ledger-csv", "tiktok-export": "tiktok"}
_ORDERS = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
_DECIMALS = {"comma": ",", "point": ".", ",": ",", ".": "."}
_KINDS = {"purchase": "purchase", "purchases": "purchase", "gift": "gift", "gifts": "gift"}
_SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", **{sign: sign for sign in SEPARATORS}}
#: Which option answers a question.
_OPTION_OF = {
    "zone": "--time-zone",
    "gift_amount": "--gift-amount",
    "currency": "--currency",
    "type": "--type",
    "unpriced": "--paid",
    "apple_dates": "--date-order",
    "date_order": "--date-order",
    "decimal": "--decimal",
    "kind": "--kind",
    "date_column": "--column",
    "encoding": "--encoding",
}

Sentence = Callable[[tuple[Problem, ...], int], str]
_Outcome = transfer.ImportPreview | transfer.ImportChanges


def import_file(
    ledger: Ledger, speaks: Speaker, options: argparse.Namespace, sentence: Sentence, *, now: datetime
) -> Reply:
    """Import a file, folder or archive, or say what importing it would do; `sentence` says why it was refused."""
    path = Path(options.file)
    chosen: dict[str, Any] = {
        "owner": household.profile(ledger, options.profile) if options.profile else None,
        "zone": options.time_zone or None,
        "answers": _answers(ledger, options),
        "wishes": _wishes(ledger, options),
        "pairs": dict(_named(text, "pair") for text in options.pair),
        "now": now,
    }
    try:
        if options.dry_run:
            return _looked_at(speaks, transfer.preview_import(ledger, path, **chosen), options, sentence)
        done = transfer.import_file(ledger, path, skip_problems=options.skip_problems, **chosen)
    except transfer.Unanswered as refusal:
        said = sentence(refusal.problems, 1)
        asked = {"error": said, "questions": [_question(question) for question in refusal.questions]}
        return Reply(document=asked, status=2, complaint=said)
    except transfer.ImportRefusal as refusal:
        count = refusal.count
        document = {
            "new": 0,
            "duplicates": count.duplicates,
            "paired": 0,
            **_problems(refusal.problems, count.problems_all),
            "batch": None,
        }
        return Reply(document=document, status=2, complaint=sentence(refusal.problems, count.problems_all))
    lines = [_summary(done.count, done.paired, done.duplicates)]
    if done.problems_all:
        lines.append(f"{done.problems_all} problems; their rows were left out.")
    if done.past_windows_over:
        lines.append(f"{done.past_windows_over} past windows were over.")
    return Reply(document=_document(speaks, done, done.count) | {"batch": done.batch}, lines=lines)


def _looked_at(speaks: Speaker, seen: transfer.ImportPreview, options: argparse.Namespace, sentence: Sentence) -> Reply:
    summary = _summary(seen.new, seen.paired, seen.duplicates).removesuffix(".")
    lines = [f"{summary}, {seen.problems_all} problems. Nothing was written."]
    lines += [_pair_line(pair) for pair in seen.pairs]
    lines += [line for each in seen.before for line in _totals_lines(speaks, each, seen)]
    if seen.unknown_columns:
        lines.append(f"Columns that are not read: {', '.join(seen.unknown_columns)}")
    document = _document(speaks, seen, seen.new) | {"batch": None, "unknown_columns": list(seen.unknown_columns)}
    reply = Reply(document=document, lines=lines)
    if seen.problems and not options.skip_problems:
        return replace(reply, status=2, complaint=sentence(seen.problems, seen.problems_all), lines=())
    return reply


def _summary(new: int, paired: int, known: int) -> str:
    return f"{new} new, {f'{paired} paired, ' if paired else ''}{known} already there."


def _pair_line(pair: transfer.PairTold) -> str:
    where = f"{pair.place}, row {pair.row}" if pair.place else f"row {pair.row}"
    names = ", ".join(entry[:8] for entry in pair.entries)
    words = {
        "order": "the same order number",
        "time_and_amounts": "minutes apart, the same amount",
        "time": "minutes apart",
        "day": "the same day and amount",
    }[pair.reason.value]
    return f"{where}: pairs with {names} ({words})" if pair.sure else f"{where}: may be one of {names} ({words})"


def _totals_lines(speaks: Speaker, profile_id: ProfileId, seen: transfer.ImportPreview) -> list[str]:
    before, after = seen.before[profile_id], seen.after[profile_id]
    if before == after:
        return []
    profile = speaks.profiles[profile_id]
    then, later = (speaks.money(one.spent_minor, profile.currency) for one in (before, after))
    coins = f"{before.coins_bought} -> {after.coins_bought} coins bought"
    given = f"{before.coins_gifted} -> {after.coins_gifted} coins given"
    return [f"{profile.name}: {then} -> {later} {profile.currency} spent, {coins}, {given}"]


def _document(speaks: Speaker, told: _Outcome, new: int) -> dict[str, Any]:
    return {
        "new": new,
        "duplicates": told.duplicates,
        "paired": told.paired,
        "pairs": [
            {
                "list": pair.place,
                "row": pair.row,
                "reason": pair.reason.value,
                "sure": pair.sure,
                "entries": list(pair.entries),
            }
            for pair in told.pairs
        ],
        **_problems(told.problems, told.problems_all),
        "before": _totals(speaks, told.before),
        "after": _totals(speaks, told.after),
    }


def _problems(found: Sequence[Problem], count: int) -> dict[str, Any]:
    return {"problems": [problem_document(one) for one in found], "problem_count": count}


def _totals(speaks: Speaker, totals: Mapping[ProfileId, Totals]) -> dict[str, Any]:
    def told(profile_id: ProfileId, one: Totals) -> dict[str, Any]:
        currency = speaks.profiles[profile_id].currency
        return {
            "entries": one.entries,
            "coins_bought": one.coins_bought,
            "coins_given": one.coins_gifted,
            "spent": speaks.money(one.spent_minor, currency),
            "refunded": speaks.money(one.refunded_minor, currency),
            "currency": currency,
        }

    return {speaks.profiles[profile_id].name: told(profile_id, one) for profile_id, one in totals.items()}


def _question(question: Question) -> dict[str, Any]:
    return {
        "code": question.code,
        "subject": question.subject,
        "examples": list(question.examples),
        "choices": list(question.choices),
        "needed": question.needed,
        "option": _OPTION_OF.get(question.code),
    }


# What options answer


def _named(text: str, option: str) -> tuple[str, str]:
    """What stands before and behind the last "=" of an option that says something of something.

    Raises:
        Refusal: there is none.
    """
    name, sign, said = text.rpartition("=")
    if not sign or not name.strip() or not said.strip():
        raise Refusal(problem(option, "unknown_answer", text=text, known="NAME=MEANING"))
    return name.strip(), said.strip()


def _chosen(text: str, option: str, known: Mapping[str, str]) -> str:
    """What an option's word stands for; "" where it was not given.

    Raises:
        Refusal: it is no word of these.
    """
    found = known.get(text if text in known else text.strip().lower(), "")
    if text and not found:
        raise Refusal(problem(option, "unknown_answer", text=text, known=", ".join(known)))
    return found


def _format(text: str) -> Format | None:
    """The format named; None where it is to be told by content.

    Raises:
        Refusal: it is not known.
    """
    name = text.strip().lower()
    try:
        return Format(_FORMATS.get(name, name)) if name else None
    except ValueError:
        raise Refusal(problem("format", "unknown_format", format=text, known=", ".join(Format))) from None


def _wishes(ledger: Ledger, options: argparse.Namespace) -> opening.Wishes:
    """What the options say about the file before it is read.

    Raises:
        Refusal: one of them says nothing that is known.
    """
    encoding = options.encoding.strip().lower()
    if encoding and encoding not in (known := ("utf-8", "utf-16", *ENCODINGS)):
        raise Refusal(problem("encoding", "unknown_encoding", name=options.encoding, known=", ".join(known)))
    roles = [_named(text, "column") for text in options.column]
    known_roles = {role.value: role.value for role in Role if role.value}
    said = Said(
        kind=_chosen(options.sheet_kind, "kind", _KINDS),
        date_order=_chosen(options.date_order, "date-order", _ORDERS),
        decimal=_chosen(options.decimal, "decimal", _DECIMALS),
        roles=tuple((name.casefold(), Role(_chosen(role, "column", known_roles))) for name, role in roles),
    )
    separator = _chosen(options.separator, "separator", _SEPARATORS)
    wants_sheet = said != Said(date_order=said.date_order) or bool(encoding or separator)
    return opening.Wishes(
        format=_format(options.format),
        mapping=sheet_source.mapping_named(ledger, options.mapping) if options.mapping else None,
        sheets=wants_sheet,
        encoding=encoding,
        separator=separator,
        said=said,
    )


def _answers(ledger: Ledger, options: argparse.Namespace) -> Answers:
    """What the options say about the rows.

    Raises:
        Refusal: one of them says nothing that is known.
    """
    try:
        amount = GiftAmount(options.gift_amount.strip().lower()) if options.gift_amount else None
    except ValueError:
        raise Refusal(problem("gift-amount", "unknown_gift_amount", text=options.gift_amount)) from None
    currency = options.currency.strip().upper()
    if currency and currency not in ledger.reference.currencies:
        raise Refusal(problem("currency", "unknown_currency", currency=options.currency))
    if options.paid and not currency:
        raise Refusal(problem("paid", "paid_needs_currency"))
    order = _chosen(options.date_order, "date-order", _ORDERS)
    return Answers(
        gift_amount=amount, currency=currency, types=_types(options.type), paid=_paid(options.paid), date_order=order
    )


def _types(said: Sequence[str]) -> dict[str, TypeMeaning]:
    types: dict[str, TypeMeaning] = {}
    for text in said:
        name, sign, word = text.rpartition("=")
        try:
            meaning = TypeMeaning(word.strip().lower() if sign else "")
        except ValueError:
            raise Refusal(problem("type", "unknown_type_meaning", text=text)) from None
        if types.setdefault(folded(name.strip()), meaning) is not meaning:
            raise Refusal(problem("type", "said_twice", name=name.strip()))
    return types


def _paid(said: Sequence[str]) -> dict[int, str]:
    paid: dict[int, str] = {}
    for text in said:
        name, price = _named(text, "paid")
        coins = parse_coins(name, most=MAX_COINS)
        if isinstance(coins, NumberFault):
            raise Refusal(problem("paid", "unknown_answer", text=text, known="COINS=PRICE, such as 350=3.70"))
        if paid.setdefault(coins, price) != price:
            raise Refusal(problem("paid", "said_twice", name=name))
    return paid
