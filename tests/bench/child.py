"""Jobs measured in a process of their own, so that time and memory are theirs alone: `python -m tests.bench.child`."""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coinbudget.domain.drafts import NumberStyle
from coinbudget.services import transfer
from coinbudget.services.ledger import open_ledger
from tests.bench import anchors
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
    job.__name__: job for job in (import_anchor, import_ours, export_anchor, export_ours)
}


def main(arguments: list[str]) -> None:
    """Run the job named first with the JSON given second; its answer is the last line of stdout."""
    given: dict[str, Any] = json.loads(arguments[1])
    sys.stdout.write(json.dumps(JOBS[arguments[0]](**given)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
