"""The command line: the other face of the services the window uses.

Exit status 0: done, whatever the limits say; 1: `verify` found something; 2: refused. A refusal is one line on
stderr, never a traceback, and leaves nothing written. This module imports nothing that --help does not need.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from coinbudget.cli.options import UsageError, parse, wants_json
from coinbudget.cli.terminal import answer, complain, hush, prepare, say

if TYPE_CHECKING:
    from coinbudget.cli.answers import Reply
    from coinbudget.domain.errors import Problem

DONE, WRONG, REFUSED, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Returns:
        The exit status.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    prepare()
    try:
        return _carried_out(words)
    except BrokenPipeError:
        hush()
        return DONE
    except KeyboardInterrupt:
        complain("interrupted; nothing was written")
        return INTERRUPTED
    except OSError as error:
        # What the services met is a Refusal by now: this is stdout itself, on a full disk perhaps.
        with suppress(OSError):
            complain(f"writing the answer failed: {error.strerror or error}")
        hush()
        return REFUSED


def _carried_out(words: list[str]) -> int:
    try:
        options = parse(words)
    except UsageError as error:
        return _refused(words, str(error), "usage")
    except SystemExit as done:
        # --help and --version print and leave; a closed pipe shows when they are flushed.
        sys.stdout.flush()
        return int(done.code or 0)
    from coinbudget.cli.answers import sentence_of  # noqa: PLC0415 - --help and --version need none of it
    from coinbudget.cli.commands import run  # noqa: PLC0415 - as above
    from coinbudget.domain.errors import Refusal  # noqa: PLC0415 - as above

    try:
        reply = run(options)
    except Refusal as refusal:
        return _refused(words, sentence_of(refusal.problems), "", refusal.problems)
    return _told(reply, as_json=wants_json(words))


def _told(reply: "Reply", *, as_json: bool) -> int:
    if as_json:
        answer(reply.document)
    elif reply.lines:
        say(reply.lines)
    if reply.complaint:
        complain(reply.complaint)
    return reply.status


def _refused(words: list[str], sentence: str, code: str, problems: "Sequence[Problem]" = ()) -> int:
    if wants_json(words):
        found = [{"row": each.row, "field": each.field, "code": each.code} for each in problems]
        answer({"error": sentence, "problems": found or [{"row": None, "field": "", "code": code}]})
    complain(sentence)
    return REFUSED
