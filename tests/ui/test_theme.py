"""Colours are readable in both palettes, follow the choice, and icons take them."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from coinbudget.paths import resource
from coinbudget.ui.theme import DARK, LIGHT, Theme, contrast
from coinbudget.ui.widgets.badges import LOOKS

READABLE = 4.5
GROUNDS = ("bg", "surface", "raised", "hover")
PAIRS = [
    *[
        (text, ground)
        for text in ("text", "muted", "faint", "accent", "coin", "breach", "near", "ok")
        for ground in GROUNDS
    ],
    *[(fore, back) for _icon, fore, back in LOOKS.values()],
    ("onaccent", "accent"),
    ("onaccent", "accenthover"),
    ("accent", "accentbg"),
    ("text", "accentbg"),
    ("muted", "accentbg"),
    ("muted", "track"),
    ("surface", "text"),
]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("fore", "back"), PAIRS)
def test_words_have_a_contrast_of_four_and_a_half(palette: dict[str, str], fore: str, back: str) -> None:
    assert contrast(QColor(palette[fore]), QColor(palette[back])) >= READABLE


def test_contrast_of_black_and_white_is_twenty_one() -> None:
    assert round(contrast(QColor("black"), QColor("white")), 2) == 21


def test_both_palettes_have_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_a_chosen_palette_holds_and_announces_itself(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.dark
    assert theme.color("bg") == QColor(DARK["bg"])
    assert DARK["surface"] in theme.stylesheet()
    theme.set_mode("light")
    assert not theme.dark


class _Desktop:
    """An application on a desktop with a colour scheme; the offscreen platform has none."""

    def __init__(self, real: QApplication) -> None:
        self._real = real
        self.scheme = Qt.ColorScheme.Light

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def styleHints(self) -> SimpleNamespace:  # noqa: N802 - Qt's name
        return SimpleNamespace(colorScheme=lambda: self.scheme)

    def turn(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self._real.styleHints().colorSchemeChanged.emit(scheme)


def test_the_system_s_change_is_followed_live_unless_a_palette_was_chosen(
    theme: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop = _Desktop(qapp)
    monkeypatch.setattr(theme, "_application", desktop)
    seen = []
    theme.set_mode("system")
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        desktop.turn(scheme)
        seen.append(theme.dark)
    theme.set_mode("light")
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        desktop.turn(scheme)
        seen.append(theme.dark)
    assert seen == [True, False, True, False, False]


def test_the_stylesheet_has_no_colour_of_its_own() -> None:
    text = resource("style/coinbudget.qss").read_text(encoding="utf-8")
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"#[a-z_]+\b(?=[\s,:{])", "", text))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_images_of_the_stylesheet_have_the_palette_s_colours(scheme: str) -> None:
    tokens = LIGHT if scheme == "light" else DARK
    for file in resource("style").glob(f"*-{scheme}.svg"):
        wanted = tokens["onaccent"] if file.name.startswith(("check", "dash")) else tokens["muted"]
        assert f'stroke="{wanted}"' in file.read_text(encoding="utf-8"), file.name


def _near(one: QColor, other: QColor) -> bool:
    parts = (one.red() - other.red(), one.green() - other.green(), one.blue() - other.blue())
    return all(abs(part) <= 2 for part in parts)


def test_every_icon_is_of_one_grid_and_takes_the_colour_it_is_given(theme: Theme) -> None:
    files = [file for file in resource("icons").glob("*.svg") if file.stem != "coinbudget"]
    assert len(files) > 40
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in text, file.name
        assert 'stroke-width="1.8"' in text, file.name
        assert 'stroke-linecap="round"' in text, file.name
        image = theme.pixmap(file.stem, "accent", 24).toImage()
        pixels = [image.pixelColor(x, y) for x in range(24) for y in range(24)]
        # Half-transparent edges are rounded by a step or two.
        assert all(_near(pixel, QColor(LIGHT["accent"])) for pixel in pixels if pixel.alpha() > 250), file.name
        assert any(pixel.alpha() > 120 for pixel in pixels), file.name


def test_a_bound_icon_follows_the_palette_and_a_gone_button_is_forgotten(theme: Theme, qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    theme.bind_icon(button, "gift", "accent")
    before = button.icon().pixmap(24).toImage()
    theme.set_mode("dark")
    assert button.icon().pixmap(24).toImage() != before
    button.deleteLater()
    qtbot.wait(1)
    theme.set_mode("light")


def test_digits_are_tabular(theme: Theme) -> None:
    metrics = QFontMetrics(theme.font("body"))
    assert len({metrics.horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1
