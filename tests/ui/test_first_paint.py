"""The frame is on the screen before anything heavy is imported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("sqlmodel", "sqlalchemy", "alembic", "matplotlib", "numpy")
_CHILD = """
import json, linecache, sys
from pathlib import Path
from coinbudget import app
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme

heavy = {heavy!r}
application = app.make_application()
theme = Theme(application)
theme.apply()
settings = QSettings({ini!r}, QSettings.Format.IniFormat)
window = MainWindow(theme, settings)
opener = app.Opener(window, settings, app.utc_now)
seen = {{}}

def painted():
    seen["at_paint"] = [name for name in heavy if name in sys.modules]
    opener.open(Path({file!r}))

def opened():
    seen["profiles"] = [profile.name for profile in opener.workspace.context.session.profiles]
    seen["first"] = opener.workspace.first is not None
    seen["charts"] = "matplotlib" in sys.modules
    seen["sources"] = [name for name in linecache.cache if "sqlalchemy" in name and name.endswith(".py")]
    window.close()
    application.quit()

window.first_painted.connect(painted)
opener.opened.connect(opened)
window.show()
application.exec()
print(json.dumps(seen))
"""


@pytest.fixture
def started(tmp_path: Path) -> dict[str, object]:
    """What a child process saw that opened the window on a file that was not there."""
    child = _CHILD.format(heavy=HEAVY, ini=str(tmp_path / "window.ini"), file=str(tmp_path / "data" / "coinbudget.db"))
    answer = subprocess.run(
        [sys.executable, "-c", child],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    seen: dict[str, object] = json.loads(answer.stdout.splitlines()[-1])
    return seen


def test_nothing_heavy_is_imported_at_first_paint_and_no_chart_when_the_window_is_open(
    started: dict[str, object],
) -> None:
    assert started["at_paint"] == []
    assert started["charts"] is False


def test_what_is_imported_is_not_read_as_source_too(started: dict[str, object]) -> None:
    assert started["sources"] == []


def test_the_first_start_makes_a_ledger_with_one_profile_and_shows_the_first_page(started: dict[str, object]) -> None:
    assert started["profiles"] == ["Me"]
    assert started["first"] is True


def test_a_file_that_is_no_ledger_is_refused_and_left_untouched(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"these are my notes\n" * 400)
    before = file.read_bytes()
    child = (
        "import sys; from pathlib import Path; from coinbudget import app; from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication, QMessageBox\n"
        "application = app.make_application()\n"
        "def look():\n"
        "    boxes = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]\n"
        "    for box in boxes: print(box.informativeText()); box.close()\n"
        "timer = QTimer(); timer.timeout.connect(look); timer.start(50)\n"
        f"sys.exit(app.run(Path({str(file)!r})))\n"
    )
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_RUNTIME_DIR": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-c", child],
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 2, answer.stderr
    assert "notes.db" in answer.stdout
    assert file.read_bytes() == before
