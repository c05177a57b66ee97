"""The installed PySide6 survives many calls that return nothing."""

import os
import subprocess
import sys

_CHILD = """
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPen
application = QGuiApplication([])
image = QImage(8, 8, QImage.Format.Format_ARGB32)
thing, painter, pen = QObject(), QPainter(image), QPen(QColor("red"))
for _ in range(34_000):
    thing.setObjectName("x")
    painter.setPen(pen)
    painter.drawLine(0, 0, 7, 7)
painter.end()
print("alive")
"""


def test_a_hundred_thousand_void_calls_do_not_abort() -> None:
    """PySide6 6.12.0 aborts on Python 3.11: each such call drops a reference to None."""
    answer = subprocess.run(
        [sys.executable, "-c", _CHILD],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "alive"
