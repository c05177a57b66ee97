"""The wheel, unpacked away from the checkout and started from another folder: it opens, imports and exports."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from coinbudget import app
from coinbudget.ui.main_window import MainWindow
from coinbudget.ui.theme import Theme
application = app.make_application()
theme = Theme(application)
theme.apply()
settings = QSettings(sys.argv[2], QSettings.Format.IniFormat)
window = MainWindow(theme, settings)
opener = app.Opener(window, settings, app.utc_now)
def opened():
    print("opened", len(opener.workspace.context.session.profiles), not theme.icon("gift").isNull())
    window.close()
    application.quit()
opener.opened.connect(opened)
window.first_painted.connect(lambda: opener.open(Path(sys.argv[1])))
window.show()
application.exec()
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds nothing but what the wheel brings."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, elsewhere: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONPATH": str(installed),
        "COINBUDGET_DATA": str(elsewhere / "data" / "my.db"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_wheel_holds_the_package_its_resources_and_nothing_else(installed: Path) -> None:
    top = {path.name.split("-")[0] for path in installed.iterdir()}
    assert top == {"coinbudget"}
    resources = installed / "coinbudget" / "_resources"
    assert {"catalog", "icons", "style"} <= {path.name for path in resources.iterdir()}
    assert not list(installed.rglob("screenshots"))


def test_the_wheel_imports_and_exports_from_another_folder(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "-c", "import coinbudget; print(coinbudget.__file__)")
    assert where.stdout.startswith(str(installed)), where.stderr
    program = ("-m", "coinbudget")
    added = ("profile", "add", "Mia", "--region", "DE", "--currency", "EUR", "--time-zone", "Europe/Berlin")
    assert run(installed, tmp_path, *program, *added).returncode == 0
    sheet = tmp_path / "in.csv"
    sheet.write_text(
        "id,kind,at,profile,coins,quantity,paid,currency,channel,creator,gift\r\n"
        "a,purchase,2026-05-01T10:00:00+02:00,Mia,350,,5.29,EUR,web,,\r\n"
        "b,gift,2026-05-01T11:00:00+02:00,Mia,299,1,,,,luna,Corgi\r\n",
        encoding="utf-8",
    )
    imported = run(installed, tmp_path, *program, "import", str(sheet))
    assert imported.returncode == 0, imported.stderr
    summary = run(installed, tmp_path, *program, "export", "summary", "--by", "month")
    assert summary.stdout.splitlines()[1] == "2026-05-01,2026-06-01,EUR,5.29,0.00,5.29,1,350,1,299,4.51,0,0"


def test_the_wheel_opens_the_window_from_another_folder(installed: Path, tmp_path: Path) -> None:
    opened = run(installed, tmp_path, "-c", _WINDOW, str(tmp_path / "data" / "my.db"), str(tmp_path / "window.ini"))
    assert opened.returncode == 0, opened.stderr
    assert opened.stdout.split() == ["opened", "1", "True"]
