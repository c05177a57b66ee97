"""Every check in one command: ruff, mypy, then pytest; further arguments go to pytest.

The window's tests draw offscreen, so that no display is needed. Exit status: the first check that failed.
"""

import os
import subprocess
import sys


def main(arguments: list[str]) -> int:
    """Run the checks in turn and stop at the first that fails."""
    python = sys.executable
    environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
    for check in (
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "ruff", "format", "--check", "."],
        [python, "-m", "mypy"],
        [python, "-m", "pytest", *arguments],
    ):
        print("$", " ".join(check[1:]), flush=True)  # noqa: T201 - the output of this command is for reading
        status = subprocess.run(check, env=environment, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
