"""Commands that move much at once: export, backup, restore; and what coins cost."""

import argparse
import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from coinbudget.cli.answers import Reply, Speaker
from coinbudget.domain.catalog import Channel
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.money import MAX_COINS, NumberFault, NumberStyle, parse_coins
from coinbudget.domain.profiles import ProfileId
from coinbudget.domain.summaries import Grouping
from coinbudget.services import backup, household, rates, transfer
from coinbudget.services.ledger import Ledger

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def export(ledger: Ledger, options: argparse.Namespace, *, as_json: bool) -> Reply:
    """Write entries or totals to a file, or to stdout."""
    target = "" if options.output == "-" else options.output
    if as_json and not target:
        raise Refusal(problem("o", "json_needs_file"))
    chosen: dict[str, Any] = {
        "profile_ids": _profile_ids(ledger, options.profile),
        "from_on": _day("from", options.from_on),
        "to_on": _day("to", options.to_on),
        "form": options.form or "exact",
    }
    if chosen["form"] == "spreadsheet":
        chosen["style"] = system_style()
    place = Path(target) if target else sys.stdout.buffer
    if options.what == "summary":
        rows = transfer.export_summary(ledger, place, by=groupings(options.by), **chosen)
    elif options.by:
        raise Refusal(problem("by", "only_for_summary"))
    else:
        rows = transfer.export_entries(ledger, place, **chosen)
    if not target:
        return Reply()
    return Reply(
        document={"file": target, "rows": rows}, lines=[f"{rows} {'row' if rows == 1 else 'rows'} in {target}"]
    )


def _profile_ids(ledger: Ledger, name: str) -> list[ProfileId] | None:
    return [household.profile(ledger, name).id] if name else None


def _day(field: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise Refusal(problem(field, "not_a_date")) from None


def groupings(text: str) -> list[Grouping]:
    """The groupings of `--by`; by month when it is left out.

    Raises:
        Refusal: one is unknown or named twice.
    """
    found: list[Grouping] = []
    for name in (text or "month").lower().split(","):
        try:
            found.append(Grouping(name.strip()))
        except ValueError:
            raise Refusal(problem("by", "unknown_grouping", name=name, known=", ".join(Grouping))) from None
    if len(set(found)) < len(found):
        raise Refusal(problem("by", "grouping_twice"))
    return found


def system_style() -> NumberStyle:
    """The decimal sign of the user's locale, for spreadsheets."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - only this needs it
    from babel.core import default_locale  # noqa: PLC0415 - as above
    from babel.numbers import get_decimal_symbol  # noqa: PLC0415 - as above

    try:
        name = default_locale("LC_NUMERIC") or "en_US"
        return NumberStyle(decimal=get_decimal_symbol(Locale.parse(name)))
    except (UnknownLocaleError, ValueError):
        return NumberStyle()


def convert(ledger: Ledger, speaks: Speaker, options: argparse.Namespace, *, now: datetime) -> Reply:
    """What coins cost, with basis and date."""
    coins = parse_coins(options.coins)
    if isinstance(coins, NumberFault):
        raise Refusal(problem("coins", coins.value, most=MAX_COINS))
    profile_id = _own(ledger, options.profile)
    answer = rates.convert(
        ledger,
        coins=coins,
        region=options.region.upper() or None,
        channel=channel_of(options.channel),
        profile_id=profile_id,
        currency=options.currency.upper() or None,
        now=now,
    )
    currency = answer.amount.currency.code
    amount = speaks.money(answer.amount.minor, currency)
    document = {
        "coins": answer.coins,
        "region": answer.region,
        "channel": answer.channel.value,
        "amount": amount,
        "currency": currency,
        "basis": answer.basis,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
    }
    where = f"{answer.region}, {answer.channel.value}"
    words = f"{answer.coins} coins cost {amount} {currency} ({where}): {rates.basis_text(answer)}"
    return Reply(document=document, lines=[words])


def _own(ledger: Ledger, name: str) -> ProfileId | None:
    """Whose own prices count: the profile named, or the only one."""
    if name:
        return household.profile(ledger, name).id
    found = household.profiles(ledger)
    return found[0].id if len(found) == 1 else None


def channel_of(text: str) -> Channel | None:
    """The channel named; None when none was.

    Raises:
        Refusal: unknown.
    """
    try:
        return Channel(text.lower()) if text else None
    except ValueError:
        raise Refusal(problem("channel", "unknown_channel", channel=text)) from None


def backup_to(ledger: Ledger, target: Path, *, force: bool, now: datetime) -> Reply:
    """Write a checked copy."""
    backup.backup(ledger, target, force=force, now=now)
    return Reply(document={"file": str(target)}, lines=[f"Checked copy in {target}"])


def restore_from(live: Path, source: Path, *, now: datetime) -> Reply:
    """Put a backup in the ledger's place."""
    saved = backup.restore(live, source, now=now)
    lines = [f"Restored {source}."]
    if saved is not None:
        lines.append(f"What was there before is in {saved}")
    return Reply(document={"file": str(source), "saved": None if saved is None else str(saved)}, lines=lines)
