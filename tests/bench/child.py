"""Jobs measured in a process of their own, so that time and memory are theirs alone: `python -m tests.bench.child`."""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coinbudget.domain.drafts import NumberStyle
from coinbudget.formats.source import Answers, GiftAmount, TypeMeaning
from coinbudget.services import household, transfer
from coinbudget.services.ledger import open_ledger
from coinbudget.services.opening import Wishes
from tests.bench import anchors, source_files
from tests.bench.workload import NOW

MIB = 1024 * 1024


def rss() -> float:
    """MiB this process holds now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / MIB


def peak() -> float:
    """MiB this process ever held; of its own memory, where ru_maxrss still knows that of the process it came from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def timed(call: Callable[[], object]) -> dict[str, float]:
    """Seconds of the call, and MiB before and at the peak."""
    before, start = rss(), time.perf_counter()
    call()
    return {"seconds": time.perf_counter() - start, "before": before, "peak": peak()}


def import_anchor(ledger: str, file: str) -> dict[str, float]:
    """Plain executemany."""
    return timed(lambda: anchors.import_csv(Path(ledger), Path(file)))


def import_ours(ledger: str, file: str) -> dict[str, float]:
    """The service that the window and the command line call."""
    opened = open_ledger(Path(ledger), now=NOW)
    result = timed(lambda: transfer.import_file(opened, Path(file), now=NOW))
    opened.close()
    return result


def source_anchor(ledger: str, file: str, source: str) -> dict[str, float]:
    """The stock parser and plain executemany."""
    return timed(lambda: source_files.bare(source, Path(ledger), Path(file)))


def source_ours(ledger: str, file: str, source: str) -> dict[str, float]:
    """The service, from the file's bytes to the commit."""
    opened = open_ledger(Path(ledger), now=NOW)
    owner = household.profiles(opened)[0]
    said = Answers(
        zone="UTC",
        currency="EUR",
        gift_amount=GiftAmount.COINS,
        types={"recharge": TypeMeaning.BOUGHT},
    )
    wishes = Wishes(sheets=source == "sheet")
    later = datetime(2100, 1, 1, tzinfo=UTC)
    result = timed(
        lambda: transfer.import_file(opened, Path(file), owner=owner, answers=said, wishes=wishes, now=later)
    )
    opened.close()
    return result


def export_anchor(ledger: str, target: str) -> dict[str, float]:
    """csv.writer over a cursor."""
    return timed(lambda: anchors.export_csv(Path(ledger), Path(target)))


def export_ours(ledger: str, target: str, form: str) -> dict[str, float]:
    """The service, in the exact or the spreadsheet form."""
    opened = open_ledger(Path(ledger), now=NOW, read_only=True)
    result = timed(
        lambda: transfer.export_entries(
            opened, Path(target), form=form, profile_ids=None, from_on=None, to_on=None, style=NumberStyle()
        )
    )
    opened.close()
    return result


JOBS: dict[str, Callable[..., dict[str, float]]] = {
    job.__name__: job for job in (import_anchor, import_ours, source_anchor, source_ours, export_anchor, export_ours)
}


def main(arguments: list[str]) -> None:
    """Run the job named first with the JSON given second; its answer is the last line of stdout."""
    given: dict[str, Any] = json.loads(arguments[1])
    sys.stdout.write(json.dumps(JOBS[arguments[0]](**given)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
