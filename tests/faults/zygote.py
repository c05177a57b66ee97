"""A warmed process that forks the program, so that hundreds of crashes take seconds instead of minutes.

Speaks JSON lines on stdin and stdout, one answer for each order:

    {"do": "start", "job": name, "given": {...}, "out": path, "err": path, "gate": path or "", "umask": n} -> {"pid": n}
    {"do": "wait", "pid": n, "seconds": s} -> {"status": exit code, -signal, or null while it still runs}

A job with a gate waits for a byte in that FIFO, so that strace can attach before the program takes its first step.
The program itself runs unmodified; only its imports and the bundled facts are already in memory.
"""

import contextlib
import ctypes
import gc
import json
import os
import select
import sys
import traceback
from typing import Any

from tests.faults import jobs

#: prctl(2): lets any process of this user attach, where the kernel otherwise allows ancestors alone.
_PR_SET_PTRACER = 0x59616D61
#: What the shell sees of an uncaught exception is 1, which `verify` uses too; this one cannot be mistaken.
CRASHED = 70


def _become_job(order: dict[str, Any], ready: int) -> int:
    """Run one job in the forked child and return its exit status; `ready` is told just before the gate."""
    os.umask(order["umask"])
    for number, key in ((1, "out"), (2, "err")):
        opened = os.open(order[key], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if order["gate"]:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
        gate = os.open(order["gate"], os.O_RDWR)
        os.write(ready, b".")
        os.read(gate, 1)
    try:
        return jobs.JOBS[order["job"]](**order["given"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - a crash is what the harness looks for
        traceback.print_exc()
        return CRASHED


def _start(order: dict[str, Any]) -> dict[str, Any]:
    told, ready = os.pipe()
    pid = os.fork()
    if pid:
        os.close(ready)
        if order["gate"]:
            os.read(told, 1)
        os.close(told)
        return {"pid": pid}
    status = CRASHED
    try:
        status = _become_job(order, ready)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    finally:
        # Not sys.exit: the child must not run what the zygote registered for its own end.
        os._exit(status)


def _wait(order: dict[str, Any]) -> dict[str, Any]:
    handle = os.pidfd_open(order["pid"])
    try:
        ended, _, _ = select.select([handle], [], [], order["seconds"])
    finally:
        os.close(handle)
    if not ended:
        return {"status": None}
    _, status = os.waitpid(order["pid"], 0)
    return {"status": os.waitstatus_to_exitcode(status)}


def main() -> None:
    """Warm up, say so, then answer orders until stdin closes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever the warm-up prints is nobody's answer.
    os.dup2(2, 1)
    sys.dont_write_bytecode = True  # a step's cached bytecode would be one more file to write
    jobs.warm_up()
    gc.collect()
    gc.freeze()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        answer = _start(order) if order["do"] == "start" else _wait(order)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
