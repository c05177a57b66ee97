"""What each command does: options to drafts and calls of services, results to a Reply. No rule is decided here."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coinbudget.cli import DONE, WRONG, past
from coinbudget.cli.answers import Reply, Speaker, past_line
from coinbudget.cli.imports import import_file, not_imported
from coinbudget.cli.moves import backup_to, convert, export, restore_from
from coinbudget.domain.drafts import Draft
from coinbudget.domain.entries import EntryId
from coinbudget.domain.errors import Refusal, problem
from coinbudget.domain.limits import LimitId
from coinbudget.domain.profiles import Profile
from coinbudget.paths import user_data_file
from coinbudget.services import browse, household, limits, record, verify, watch
from coinbudget.services.changes import Changes
from coinbudget.services.ledger import Ledger, open_ledger
from coinbudget.services.wording import sentence

_DIGITS_OF_ID = 18


def run(options: argparse.Namespace) -> Reply:
    """Carry out a parsed command line.

    Raises:
        Refusal: it was refused, and nothing was written.
    """
    for looked_up in ("profile", "entry"):
        # Bytes that are no text in this locale name nothing in the ledger, but must not break the look-up either.
        text = getattr(options, looked_up, "")
        setattr(options, looked_up, text.encode("utf-8", "backslashreplace").decode("utf-8"))
    name = options.command or "window"
    for unfinished in ("action", "kind"):
        name = f"{name} {getattr(options, unfinished)}" if getattr(options, unfinished, None) else name
    return _COMMANDS[name](options)


def ledger_path(options: argparse.Namespace) -> Path:
    """Which file the command is about."""
    return Path(options.data).expanduser() if getattr(options, "data", "") else user_data_file()


def now() -> datetime:
    """The one clock of the command line."""
    return datetime.now(UTC)


@contextmanager
def opened(options: argparse.Namespace, *, read_only: bool = False) -> Iterator[tuple[Ledger, Speaker]]:
    """The ledger of a command, closed afterwards."""
    ledger = open_ledger(ledger_path(options), now=now(), read_only=read_only)
    try:
        yield ledger, speaker(ledger)
    finally:
        ledger.close()


def speaker(ledger: Ledger) -> Speaker:
    """The one who turns this ledger's values into texts."""
    return Speaker(ledger=ledger, profiles={profile.id: profile for profile in household.profiles(ledger)})


def the_profile(ledger: Ledger, name: str) -> Profile:
    """The profile named, or the only one there is; refused where there are several and none was named."""
    if name:
        return household.profile(ledger, name)
    found = household.profiles(ledger)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(problem("profile", "no_profile"))
    raise Refusal(problem("profile", "which_profile", names=", ".join(sorted(profile.name for profile in found))))


def not_available(_options: argparse.Namespace) -> Reply:
    """A command whose name is kept for later."""
    raise Refusal(problem("", "not_available"))


# -- the window


def _window(options: argparse.Namespace) -> Reply:
    _needs_display()
    from coinbudget import app  # noqa: PLC0415 - commands of text need no window

    return Reply(status=app.run(ledger_path(options)))


def _demo(options: argparse.Namespace) -> Reply:
    _needs_display()
    from coinbudget import app  # noqa: PLC0415 - commands of text need no window
    from coinbudget.paths import demo_file  # noqa: PLC0415 - as above

    path = Path(options.data).expanduser() if getattr(options, "data", "") else demo_file()
    return Reply(status=app.run(path, demo=True))


def _screenshots(options: argparse.Namespace) -> Reply:
    from coinbudget import app  # noqa: PLC0415 - commands of text need no window

    # Drawn in memory: pictures come out the same with and without a display.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    directory = Path(options.directory)
    status = app.screenshots(directory)
    return Reply(status=status, lines=[f"Pictures in {directory}"], document={"directory": str(directory)})


def _needs_display() -> None:
    """Qt would abort the program without a display.

    Raises:
        Refusal: there is none.
    """
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in named):
        raise Refusal(problem("", "no_display"))


# -- profiles


def _profile_add(options: argparse.Namespace) -> Reply:
    path, moment = ledger_path(options), now()
    year = _year(options.birth_year)

    def add(ledger: Ledger) -> Reply:
        household.add_profile(
            ledger,
            name=options.name,
            region=options.region,
            currency=options.currency,
            zone=options.time_zone,
            birth_year=year,
            now=moment,
        )
        reply = speaker(ledger).profile_list()
        return replace(reply, lines=[f"Added profile {reply.document['profiles'][-1]['name']}."])

    if not _may_be_there(path):
        # Refused in memory, a wrong word leaves neither a file nor a folder behind.
        rehearsal = open_ledger(None, now=moment, create=True)
        try:
            add(rehearsal)
        finally:
            rehearsal.close()
    ledger = open_ledger(path, now=moment, create=True)
    try:
        return add(ledger)
    finally:
        ledger.close()


def _may_be_there(path: Path) -> bool:
    """Whether there is a file, or no telling; opening it says why."""
    try:
        return path.exists()
    except OSError:
        return True


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4):  # noqa: PLR2004 - digits of a year
        raise Refusal(problem("birth_year", "not_a_year"))
    return int(text)


def _profile_list(options: argparse.Namespace) -> Reply:
    with opened(options, read_only=True) as (_, speaks):
        return speaks.profile_list()


# -- entries

_DRAFTED = (
    *("paid", "currency", "coins", "charged", "channel", "region", "at", "order_ref", "note", "gift", "quantity"),
    *("creator", "reason", "profile"),
)


def draft_from_options(options: argparse.Namespace) -> Draft:
    """The draft that the options of `add` and `what-if` hold; codes may be typed in either case."""
    given: dict[str, Any] = {name: getattr(options, name, "") for name in _DRAFTED}
    for name in ("currency", "region"):
        given[name] = given[name].upper()
    for name in ("channel", "reason"):
        given[name] = given[name].lower()
    planned = "1" if getattr(options, "planned", False) else ""
    return Draft(kind=options.kind, planned=planned, refers_to=getattr(options, "entry", ""), **given)


def _add(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, speaks):
        draft = draft_from_options(options)
        if draft.profile:
            # An unknown profile is said before anything else that may be wrong.
            household.profile(ledger, draft.profile)
        changes = record.add(ledger, draft, now=now())
        return _entry_reply(ledger, speaks, "Recorded", changes)


def _void(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, speaks):
        entry = record.entry(ledger, EntryId(options.entry))
        changes = record.void(ledger, [entry.id], now=now())
        return _entry_reply(ledger, speaks, "Voided", changes, entry.id)


def _unvoid(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, speaks):
        entry = record.entry(ledger, EntryId(options.entry))
        changes = record.unvoid(ledger, [entry.id], now=now())
        return _entry_reply(ledger, speaks, "Brought back", changes, entry.id)


def _entry_reply(
    ledger: Ledger, speaks: Speaker, done: str, changes: Changes, entry_id: EntryId | None = None
) -> Reply:
    entry = record.entry(ledger, entry_id or changes.entries[0])
    (line,) = browse.lines(ledger, [entry.sequence])
    document = {"entry": speaks.entry(line), "alerts": [speaks.alert(alert) for alert in changes.alerts]}
    lines = speaks.entry_lines(done, line, changes.alerts)
    others = len(changes.entries) - 1
    if others:
        lines.append(f"{others} {'refund' if others == 1 else 'refunds'} of it too.")
    if changes.past_windows_over:
        lines.append(past_line(changes.past_windows_over))
    return Reply(document=document, lines=lines)


# -- limits


def _limit_add(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, speaks):
        profile = the_profile(ledger, options.profile)
        changes = limits.add(
            ledger,
            profile_id=profile.id,
            measure=options.measure,
            period=options.period,
            amount_text=options.amount,
            cap=options.cap,
            creator=options.creator,
            channel=options.channel,
            now=now(),
        )
        return _limit_reply(ledger, speaks, "Added", changes)


def _limit_change(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, speaks):
        if not options.amount and not options.period:
            raise Refusal(problem("amount", "nothing_to_change"))
        changes = limits.change(
            ledger,
            limit_id(options.limit),
            amount_text=options.amount or None,
            period=options.period or None,
            now=now(),
        )
        return _limit_reply(ledger, speaks, "Changed", changes)


def _limit_remove(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, _):
        limits.remove(ledger, limit_id(options.limit), now=now())
    return Reply(document={"removed": int(options.limit)}, lines=[f"Removed limit {options.limit}."])


def limit_id(text: str) -> LimitId:
    """The id a person typed.

    Raises:
        Refusal: it cannot be one.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_OF_ID):
        raise Refusal(problem("limit", "unknown_limit", limit=text))
    return LimitId(int(text))


def _limit_reply(ledger: Ledger, speaks: Speaker, done: str, changes: Changes) -> Reply:
    moment = now()
    found = [status for status in watch.status(ledger, now=moment) if status.limit.id in changes.limits]
    reply = speaks.statuses(found, at=moment)
    lines = [f"{done} limit {status.limit.id}: {speaks.limit_words(status.limit)}." for status in found]
    return replace(reply, lines=lines)


def _status(options: argparse.Namespace) -> Reply:
    with opened(options, read_only=True) as (ledger, speaks):
        chosen = None if not options.profile else [household.profile(ledger, options.profile).id]
        moment = now()
        return speaks.statuses(watch.status(ledger, profile_ids=chosen, now=moment), at=moment)


def _what_if(options: argparse.Namespace) -> Reply:
    with opened(options, read_only=True) as (ledger, speaks):
        profile, moment = the_profile(ledger, options.profile), now()
        preview = watch.preview(ledger, draft_from_options(options)._replace(profile=profile.name), now=moment)
        if preview.problems:
            raise Refusal(*preview.problems)
        reply = speaks.statuses(preview.statuses, at=moment)
        return replace(reply, lines=["After this entry, which is not saved:", *reply.lines])


# -- prices and the file itself


def _convert(options: argparse.Namespace) -> Reply:
    if options.money:
        return not_available(options)
    if not options.coins:
        raise Refusal(problem("coins", "required"))
    path = ledger_path(options)
    if not options.profile and not _may_be_there(path):
        # Prices of the catalogue need no ledger; one in memory is gone when the answer is given.
        with closing(open_ledger(None, now=now(), create=True)) as catalogue:
            return convert(catalogue, speaker(catalogue), options, now=now())
    with opened(options, read_only=True) as (ledger, speaks):
        return convert(ledger, speaks, options, now=now())


def _verify(options: argparse.Namespace) -> Reply:
    with opened(options, read_only=True) as (ledger, _):
        found = verify.verify(ledger)
    document = {"ok": not found, "problems": [sentence(each) for each in found]}
    lines = [sentence(each) for each in found] or ["The ledger is whole: file, totals, history and true cost agree."]
    return Reply(document=document, lines=lines, status=WRONG if found else DONE)


def _import(options: argparse.Namespace) -> Reply:
    try:
        with opened(options, read_only=options.dry_run) as (ledger, speaks):
            return import_file(ledger, speaks, options, now=now())
    except Refusal as refusal:
        return not_imported(refusal)


def _imports_list(options: argparse.Namespace) -> Reply:
    with opened(options, read_only=True) as (ledger, _):
        return past.listed(ledger)


def _imports_undo(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, _):
        return past.taken_back(ledger, options.number, now=now())


def _imports_bring_back(options: argparse.Namespace) -> Reply:
    with opened(options) as (ledger, _):
        return past.brought_back(ledger, options.number, now=now())


def _export(options: argparse.Namespace) -> Reply:
    if options.what == "bundle":
        return not_available(options)
    if options.what not in {"entries", "summary"}:
        raise Refusal(problem("what", "unknown_export", what=options.what))
    with opened(options, read_only=True) as (ledger, _):
        return export(ledger, options, as_json=getattr(options, "json", False))


def _backup(options: argparse.Namespace) -> Reply:
    with opened(options, read_only=True) as (ledger, _):
        return backup_to(ledger, Path(options.file), force=options.force, now=now())


def _restore(options: argparse.Namespace) -> Reply:
    return restore_from(ledger_path(options), Path(options.file), now=now())


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], Reply]] = {
    "window": _window,
    "demo": _demo,
    "screenshots": _screenshots,
    "profile add": _profile_add,
    "profile list": _profile_list,
    **{f"add {kind}": _add for kind in ("purchase", "gift", "refund", "adjustment")},
    **{f"what-if {kind}": _what_if for kind in ("purchase", "gift")},
    "void": _void,
    "unvoid": _unvoid,
    "limit add": _limit_add,
    "limit list": _status,
    "limit change": _limit_change,
    "limit remove": _limit_remove,
    "limit confirm": not_available,
    "limit cancel": not_available,
    "status": _status,
    "convert": _convert,
    "import": _import,
    "imports list": _imports_list,
    "imports undo": _imports_undo,
    "imports bring-back": _imports_bring_back,
    "export": _export,
    "verify": _verify,
    "backup": _backup,
    "restore": _restore,
}
