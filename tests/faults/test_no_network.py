"""Nothing leaves the machine: every command works without a network, and none asks for one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.jobs import csv_text
from tests.faults.rig import ROOT, lacking

_TALK = """
import socket
socket.create_connection(("192.0.2.1", 80), timeout=0.2)
"""


def _commands(folder: Path) -> list[list[str]]:
    rows = folder / "rows.csv"
    rows.write_text(csv_text([f"n-{number}" for number in range(8)]), encoding="utf-8", newline="")
    return [
        ["profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin"],
        ["import", str(rows)],
        ["add", "purchase", "--paid", "9.99", "--currency", "USD", "--at", "2024-05-01"],
        ["convert", "1000"],
        ["status"],
        ["export", "summary", "--by", "month,profile"],
    ]


def test_the_program_works_without_a_network(tmp_path: Path) -> None:
    if reason := lacking("unshare"):
        pytest.skip(reason)
    allowed = subprocess.run(["unshare", "-n", "true"], capture_output=True, text=True, check=False)
    if allowed.returncode:
        pytest.skip(f"no network namespace to be had here: {allowed.stderr.strip()}")
    for arguments in _commands(tmp_path):
        ran = subprocess.run(
            ["unshare", "-n", sys.executable, "-m", "coinbudget", "--data", str(tmp_path / "n" / "n.db"), *arguments],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, (arguments, ran.stderr)


def _asked(trace: Path, command: list[str]) -> list[str]:
    """Calls of `command` that would reach beyond this machine."""
    subprocess.run(
        ["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=connect,sendto,sendmsg,bind", *command],
        cwd=ROOT, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if "AF_INET" in line]


def test_no_command_asks_for_a_network(tmp_path: Path) -> None:
    if reason := lacking("strace"):
        pytest.skip(reason)
    trace = tmp_path / "trace.txt"
    if not _asked(trace, [sys.executable, "-c", _TALK]):
        pytest.skip("strace may not trace here, or does not see a connection that was made")
    for arguments in _commands(tmp_path):
        command = [sys.executable, "-m", "coinbudget", "--data", str(tmp_path / "c" / "c.db"), *arguments]
        assert _asked(trace, command) == [], arguments
