"""The command that brings files in, and what it tells of what came of their rows."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from coinbudget.cli.answers import Reply, Speaker, past_line, problem_document, sentence_of
from coinbudget.cli.import_answers import answers_of, bought_before, pairs_of, wishes_of
from coinbudget.domain.catalog import folded
from coinbudget.domain.errors import Refusal
from coinbudget.domain.profiles import ProfileId
from coinbudget.services import earlier, household, transfer
from coinbudget.services.assessment import Totals
from coinbudget.services.ledger import Ledger
from coinbudget.services.sources import Question

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
    "column": "--column",
    "encoding": "--encoding",
}

_Outcome = transfer.ImportPreview | transfer.ImportChanges


def import_file(ledger: Ledger, speaks: Speaker, options: argparse.Namespace, *, now: datetime) -> Reply:
    """Import a file, folder or archive, or say what importing it would do."""
    bought = bought_before(options)
    chosen: dict[str, Any] = {
        "owner": household.profile(ledger, options.profile) if options.profile else None,
        "zone": options.time_zone or None,
        "answers": answers_of(ledger, options),
        "wishes": wishes_of(ledger, options),
        "pairs": pairs_of(options),
        "now": now,
    }
    path = Path(options.file)
    try:
        if options.dry_run:
            seen = transfer.preview_import(ledger, path, **chosen)
            return _looked_at(speaks, seen, options, _earlier(ledger, speaks, now=now))
        done = transfer.import_file(ledger, path, skip_problems=options.skip_problems, **chosen)
    except transfer.Unanswered as refusal:
        said = sentence_of(refusal.problems, 1)
        asked = {"questions": [_question(question) for question in refusal.questions]}
        return Reply(document=_document(asked, error=said), status=2, complaint=said)
    except transfer.ImportRefusal as refusal:
        return _refused(speaks, refusal, _unused(refusal.unused, options))
    if bought is not None:
        everyone = speaks.profiles if len(speaks.profiles) == 1 else ()
        for profile_id in sorted((chosen["owner"].id,) if chosen["owner"] else done.profiles or everyone):
            earlier.say_bought(ledger, profile_id, bought, now=now)
    range_of = _earlier(ledger, speaks, now=now)
    lines = [_summary(done.count, done.paired, done.duplicates)]
    if done.problems_all:
        lines.append(f"{done.problems_all} {_problems(done.problems_all)}; their rows were left out.")
    lines += _left_out_lines(done.left_out)
    lines += [_cut_line(speaks, cut) for cut in done.cuts]
    if done.past_windows_over:
        lines.append(past_line(done.past_windows_over))
    lines += _open_lines(done)
    lines += [_earlier_line(name, told) for name, told in range_of.items()]
    if (options.paid or options.gift_amount) and done.duplicates and not done.count and not done.paired:
        lines.append("What is already there stays as it is, whatever --paid and --gift-amount say.")
    idle = [*_unused(done.unused, options), *(["--earlier"] if bought is not None and not range_of else [])]
    document = _told(speaks, done, done.count, range_of) | {"batch": done.batch, "unused_options": idle}
    return Reply(document=document, lines=lines, complaint=_unused_line(idle))


def _looked_at(
    speaks: Speaker, seen: transfer.ImportPreview, options: argparse.Namespace, range_of: Mapping[str, Any]
) -> Reply:
    summary = _summary(seen.new, seen.paired, seen.duplicates).removesuffix(".")
    lines = [f"{summary}, {seen.problems_all} {_problems(seen.problems_all)}. Nothing was written."]
    lines += [_pair_line(speaks, pair) for pair in seen.pairs]
    lines += _left_out_lines(seen.left_out)
    lines += [_cut_line(speaks, cut) for cut in seen.cuts]
    lines += [line for each in seen.before for line in _totals_lines(speaks, each, seen)]
    if seen.without_money:
        many = "1 purchase is" if seen.without_money == 1 else f"{seen.without_money} purchases are"
        lines.append(f"{many} in no total of money: the price or its rate is not known.")
    for name, odd, filled in seen.odd_columns:
        lines.append(f"{odd} of {filled} cells of {name} cannot be read.")
    lines += _open_lines(seen)
    idle = _unused(seen.unused, options)
    document = _told(speaks, seen, seen.new, range_of) | {"unused_options": idle}
    reply = Reply(document=document, lines=lines, complaint=_unused_line(idle))
    if seen.problems and not options.skip_problems:
        return replace(reply, status=2, complaint=sentence_of(seen.problems, seen.problems_all), lines=())
    return reply


def not_imported(refusal: Refusal) -> Reply:
    """What is told where the file was not even looked at: it, the ledger or an option is at fault."""
    said = sentence_of(refusal.problems)
    told = {"problems": [problem_document(one) for one in refusal.problems], "problem_count": len(refusal.problems)}
    return Reply(document=_document(told, error=said), status=2, complaint=said)


def _refused(speaks: Speaker, refusal: transfer.ImportRefusal, idle: list[str]) -> Reply:
    count = refusal.count
    said = sentence_of(refusal.problems, count.problems_all)
    told = {
        "duplicates": count.duplicates,
        "pairs": [_pair(speaks, pair) for pair in refusal.pairs],
        "cuts": [_cut(speaks, cut) for cut in refusal.cuts],
        "problems": [problem_document(one) for one in refusal.problems],
        "problem_count": count.problems_all,
        "before": _totals(speaks, refusal.before),
        "after": _totals(speaks, refusal.before),
        "unused_options": idle,
    }
    return Reply(document=_document(told, error=said), status=2, complaint=said)


def _summary(new: int, paired: int, known: int) -> str:
    return f"{new} new, {f'{paired} paired, ' if paired else ''}{known} already there."


def _problems(count: int) -> str:
    return "problem" if count == 1 else "problems"


def _left_out_lines(refunds: int) -> list[str]:
    """That money came back of what a person took out."""
    many = "1 refund stays out: its purchase is" if refunds == 1 else f"{refunds} refunds stay out: their purchases are"
    return [f"{many} voided."] if refunds else []


def _open_lines(told: _Outcome) -> list[str]:
    """Columns nobody reads, and what could be said and need not."""
    lines = [f"Columns that are not read: {', '.join(told.columns_left_out)}"] if told.columns_left_out else []
    for one in told.questions:
        if one.code == "unpriced":
            rows = "1 purchase" if one.count == 1 else f"{one.count} purchases"
            lines.append(
                f"The file names no price for {rows} of {one.subject} coins; --paid {one.subject}=PRICE says it."
            )
    return lines


def _unused(unused: Sequence[tuple[str, str]], options: argparse.Namespace) -> list[str]:
    """Options that say nothing of the file, as they were written."""
    names = [text.rpartition("=")[0].strip() for text in options.type]
    written = {("type", folded(name)): name for name in names}
    return [f"--{option} {written.get((option, of), of)}".rstrip() for option, of in unused]


def _unused_line(idle: Sequence[str]) -> str:
    """The same as a sentence, "" without any. They are told and refuse nothing."""
    return f"Nothing in this file needed these: {', '.join(idle)}." if idle else ""


def _pair_line(speaks: Speaker, pair: transfer.PairTold) -> str:
    where = f"{pair.place}, row {pair.row}" if pair.place else f"row {pair.row}"
    names = ", ".join(entry[:8] for entry in pair.entries)
    words = {
        "order": "the same order number",
        "time_and_amounts": "minutes apart, coins or price the same",
        "time": "minutes apart",
        "pieces": "minutes apart, as many pieces; one of them has no coins",
        "day": "the same day, coins or price the same",
        "changed": "the same row of a sheet, changed since",
        "day_alone": "the same day; one has the coins, the other the price",
        "order_differs": "the same order number, but other amounts",
        "amount_differs": "minutes apart, but one of coins and price is another",
    }[pair.reason.value]
    if not pair.sure:
        return f"{where}: may be {'one of ' if len(pair.entries) > 1 else ''}{names} ({words})"
    coins, paid = pair.keeps
    kept = [f"{coins} coins" if coins is not None else "", f"{speaks.money(*paid)} {paid[1]}" if paid else ""]
    keeps = f"; the ledger keeps {', '.join(filter(None, kept))}" if any(kept) else ""
    return f"{where}: pairs with {names} ({words}){keeps}"


def _cut_line(speaks: Speaker, cut: transfer.CutTold) -> str:
    where = f"{cut.place}, row {cut.row}" if cut.place else f"row {cut.row}"
    said, taken = (speaks.money(one.minor, one.currency.code) for one in (cut.said, cut.taken))
    code = cut.said.currency.code
    return f"{where}: says {said} {code} came back, more than is left of what was paid; {taken} {code} is taken"


def _totals_lines(speaks: Speaker, profile_id: ProfileId, seen: transfer.ImportPreview) -> list[str]:
    before, after = seen.before[profile_id], seen.after[profile_id]
    if before == after:
        return []
    profile = speaks.profiles[profile_id]
    then, later = (speaks.money(one.spent_minor, profile.currency) for one in (before, after))
    returned, back = (speaks.money(one.refunded_minor, profile.currency) for one in (before, after))
    refunded = f", {returned} -> {back} {profile.currency} refunded" if returned != back else ""
    coins = f"{before.coins_bought} -> {after.coins_bought} coins bought"
    given = f"{before.coins_gifted} -> {after.coins_gifted} coins given"
    return [f"{profile.name}: {then} -> {later} {profile.currency} spent{refunded}, {coins}, {given}"]


def _document(told: Mapping[str, Any], *, error: str | None = None) -> dict[str, Any]:
    """What scripts read, with all its keys whatever came of the file."""
    counts: dict[str, Any] = {"new": 0, "duplicates": 0, "left_out": 0, "paired": 0, "pairs": []}
    rest: dict[str, Any] = {
        "problems": [],
        "problem_count": 0,
        "cuts": [],
        "questions": [],
        "unknown_columns": [],
        "unused_options": [],
        "before": {},
        "after": {},
        "earlier": {},
        "batch": None,
    }
    return {**counts, **rest, "error": error, **told}


def _told(speaks: Speaker, told: _Outcome, new: int, range_of: Mapping[str, Any]) -> dict[str, Any]:
    return _document(
        {
            "new": new,
            "duplicates": told.duplicates,
            "left_out": told.left_out,
            "paired": told.paired,
            "pairs": [_pair(speaks, pair) for pair in told.pairs],
            "cuts": [_cut(speaks, cut) for cut in told.cuts],
            "problems": [problem_document(one) for one in told.problems],
            "problem_count": told.problems_all,
            "questions": [_question(question) for question in told.questions],
            "unknown_columns": list(told.columns_left_out),
            "before": _totals(speaks, told.before),
            "after": _totals(speaks, told.after),
            "earlier": range_of,
        }
    )


def _pair(speaks: Speaker, pair: transfer.PairTold) -> dict[str, Any]:
    coins, paid = pair.keeps
    price = {"paid": speaks.money(*paid), "currency": paid[1]} if paid else {"paid": None, "currency": None}
    return {
        "list": pair.place or None,
        "row": pair.row,
        "reason": pair.reason.value,
        "sure": pair.sure,
        "entries": list(pair.entries),
        "keeps": {"coins": coins} | price,
    }


def _cut(speaks: Speaker, cut: transfer.CutTold) -> dict[str, Any]:
    said, taken = (speaks.money(one.minor, one.currency.code) for one in (cut.said, cut.taken))
    return {"list": cut.place or None, "row": cut.row, "says": said, "takes": taken, "currency": cut.said.currency.code}


def _earlier(ledger: Ledger, speaks: Speaker, *, now: datetime) -> dict[str, Any]:
    """By name of the profile, coins that were used before any were bought, and about what they cost."""
    found: dict[str, Any] = {}
    for profile in speaks.profiles.values():
        known = earlier.earlier_coins(ledger, profile.id, now=now)
        if known.coins:
            low, high = (
                None if minor is None else speaks.money(minor, profile.currency)
                for minor in (known.low_minor, known.high_minor)
            )
            told = {"coins": known.coins, "bought": known.bought, "low": low, "high": high}
            found[profile.name] = told | {"currency": profile.currency, "from_us": known.from_us}
    return found


def _earlier_line(name: str, told: Mapping[str, Any]) -> str:
    coins = f"{name}: {told['coins']} coins were bought before this ledger begins"
    if told["bought"] is None:
        return f"{coins}; --earlier app, web or both says where mostly."
    if told["low"] is None:
        return f"{coins}; no price of them is known."
    return f"{coins}, for about {told['low']} to {told['high']} {told['currency']}."


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
