"""How everything looks: colours, spacing, type sizes, icons and the one stylesheet.

Colours are named by token and exist twice, for the light and the dark palette; lengths are device-independent
pixels on an 8-px rhythm. Nothing else in the window names a colour or a font size. `Theme.changed` tells painted
widgets to draw again; everything the stylesheet or the palette reaches changes by itself.
"""

from collections.abc import Callable
from string import Template
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleOption

from coinbudget.paths import resource

MODES = ("system", "light", "dark")

LIGHT = {
    "bg": "#F5F6F8",
    "surface": "#FFFFFF",
    "raised": "#FAFBFC",
    "border": "#E2E5EA",
    "field": "#C9CFD8",
    "text": "#1A1E26",
    "muted": "#596273",
    "faint": "#636C7C",
    "accent": "#3556D8",
    "accenthover": "#2B48BD",
    "accentbg": "#EAEEFD",
    "onaccent": "#FFFFFF",
    "hover": "#F0F2F6",
    "ok": "#1A744A",
    "okbg": "#E3F4EA",
    "near": "#855600",
    "nearbg": "#FFF3D1",
    "nearbar": "#E0A100",
    "breach": "#B3261E",
    "breachbg": "#FDE8E6",
    "breachbar": "#CC463D",
    "coin": "#946000",
    "track": "#E9ECF1",
    "planned": "#B9C5F5",
}
DARK = {
    "bg": "#13161B",
    "surface": "#1B1F26",
    "raised": "#21262E",
    "border": "#2D333D",
    "field": "#3B434F",
    "text": "#E7EAF0",
    "muted": "#A0A9B8",
    "faint": "#8E99A9",
    "accent": "#8EA6FF",
    "accenthover": "#A5B8FF",
    "accentbg": "#252E4D",
    "onaccent": "#10131A",
    "hover": "#252B34",
    "ok": "#63CF95",
    "okbg": "#173425",
    "near": "#F2BE55",
    "nearbg": "#3A2E12",
    "nearbar": "#E0A93A",
    "breach": "#FF8C80",
    "breachbg": "#41201E",
    "breachbar": "#F0766B",
    "coin": "#F0B64A",
    "track": "#2A303A",
    "planned": "#46548F",
}

SPACES = (4, 8, 12, 16, 24, 32)
RADII = {"card": 12, "button": 8, "field": 8, "chip": 6}
TYPE = {"caption": 12, "label": 13, "body": 14, "heading": 15, "title": 18, "figure": 28}
WEIGHTS = {"heading": QFont.Weight.DemiBold, "title": QFont.Weight.DemiBold, "figure": QFont.Weight.Bold}
RAIL_WIDTH = 84
ROW_HEIGHT = 36


class _TakesIcon(Protocol):
    def setIcon(self, icon: QIcon) -> None: ...


class Theme(QObject):
    """The look in force: one palette of two, following the system unless told otherwise.

    Signals:
        changed: another palette is in force; icons and colours taken before are stale.
    """

    changed = Signal()

    def __init__(self, application: QApplication, mode: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._mode = mode if mode in MODES else "system"
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._svgs: dict[str, str] = {}
        families = QFontDatabase.families()
        self._family = "Inter" if "Inter" in families else application.font().family()
        self._tokens = DARK if self._wants_dark() else LIGHT
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    @property
    def mode(self) -> str:
        """What was chosen: "system", "light" or "dark"."""
        return self._mode

    @property
    def dark(self) -> bool:
        """Whether the dark palette is in force."""
        return self._tokens is DARK

    def set_mode(self, mode: str) -> None:
        """Follow the system, or hold to one palette."""
        self._mode = mode if mode in MODES else "system"
        self._take()

    def apply(self) -> None:
        """Dress the whole application; once, before the first window."""
        self._application.setStyle("Fusion")
        self._application.setFont(self.font("body"))
        self._application.setPalette(self._palette())
        self._application.setStyleSheet(self.stylesheet())

    def color(self, token: str) -> QColor:
        """The colour of a token in the palette in force."""
        return QColor(self._tokens[token])

    def space(self, step: int) -> int:
        """Spacing step 1..6 in pixels: 4, 8, 12, 16, 24, 32."""
        return SPACES[step - 1]

    def radius(self, of: str) -> int:
        """Corner radius of "card", "button", "field" or "chip"."""
        return RADII[of]

    def font(self, role: str = "body", weight: QFont.Weight | None = None) -> QFont:
        """The font of a role (caption, label, body, heading, title, figure) with tabular digits."""
        font = QFont(self._family)
        font.setPixelSize(TYPE[role])
        font.setWeight(weight or WEIGHTS.get(role, QFont.Weight.Normal))
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, token: str = "text") -> QIcon:  # noqa: S107 - the token of a colour, no secret
        """An icon of our set in a token's colour, sharp at every scale."""
        key = (name, token)
        if key not in self._icons:
            color = self.color(token)
            self._icons[key] = QIcon(_Drawn(lambda px: self._render(name, color, px)))
        return self._icons[key]

    def pixmap(self, name: str, token: str, px: int) -> QPixmap:
        """An icon as a picture of `px` logical pixels, rendered for the sharpest screen."""
        ratio = self._application.devicePixelRatio()
        pixmap = self._render(name, self.color(token), round(px * ratio))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def bind_icon(self, target: _TakesIcon, name: str, token: str = "text") -> None:  # noqa: S107 - as above
        """Give `target` an icon now and again whenever the palette changes."""
        self.bind(target, lambda: target.setIcon(self.icon(name, token)))

    def bind(self, owner: object, dress: Callable[[], None]) -> None:
        """Call `dress` now and whenever the palette changes, as long as `owner` (a QObject) lives."""
        dress()
        connection = self.changed.connect(dress)
        if isinstance(owner, QObject):
            owner.destroyed.connect(lambda: QObject.disconnect(connection))

    def stylesheet(self) -> str:
        """The application's one stylesheet in the palette in force."""
        template = Template(resource("style/coinbudget.qss").read_text(encoding="utf-8"))
        folder = str(resource("style")).replace("\\", "/")
        return template.substitute(
            self._tokens,
            family=self._family,
            images=folder,
            scheme="dark" if self.dark else "light",
            **{f"px_{role}": str(px) for role, px in TYPE.items()},
        )

    def _wants_dark(self) -> bool:
        if self._mode == "system":
            return self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode == "dark"

    def _on_system_changed(self) -> None:
        if self._mode == "system":
            self._take()

    def _take(self) -> None:
        tokens = DARK if self._wants_dark() else LIGHT
        if tokens is self._tokens:
            return
        self._tokens = tokens
        self._icons.clear()
        self._application.setPalette(self._palette())
        self._application.setStyleSheet(self.stylesheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        """Fusion draws what the stylesheet does not reach from this palette."""
        roles = {
            QPalette.ColorRole.Window: "bg",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "raised",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.BrightText: "breach",
            QPalette.ColorRole.ToolTipBase: "surface",
            QPalette.ColorRole.ToolTipText: "text",
            QPalette.ColorRole.PlaceholderText: "faint",
            QPalette.ColorRole.Highlight: "accent",
            QPalette.ColorRole.HighlightedText: "onaccent",
            QPalette.ColorRole.Link: "accent",
            QPalette.ColorRole.LinkVisited: "accent",
            QPalette.ColorRole.Accent: "accent",
            QPalette.ColorRole.Light: "surface",
            QPalette.ColorRole.Midlight: "raised",
            QPalette.ColorRole.Mid: "border",
            QPalette.ColorRole.Dark: "border",
            QPalette.ColorRole.Shadow: "border",
        }
        palette = QPalette()
        for role, token in roles.items():
            palette.setColor(role, self.color(token))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return palette

    def _render(self, name: str, color: QColor, px: int) -> QPixmap:
        if name not in self._svgs:
            self._svgs[name] = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
        renderer = QSvgRenderer(QByteArray(self._svgs[name].replace("currentColor", color.name()).encode()))
        pixmap = QPixmap(QSize(px, px))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, px, px))
        painter.end()
        return pixmap


class _Drawn(QIconEngine):
    """An icon that is rendered when it is shown, at the size it is shown: most icons of menus never are.

    Args:
        render: the picture at so many device pixels.
    """

    def __init__(self, render: Callable[[int], QPixmap]) -> None:
        super().__init__()
        self._render = render
        self._pictures: dict[tuple[int, QIcon.Mode], QPixmap] = {}

    def clone(self) -> QIconEngine:
        """Override of QIconEngine."""
        return _Drawn(self._render)

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        """Override of QIconEngine: size in device pixels."""
        key = (min(size.width(), size.height()), mode)
        if key not in self._pictures:
            picture = self._render(key[0])
            if mode is not QIcon.Mode.Normal:
                option = QStyleOption()
                option.palette = QApplication.palette()
                picture = QApplication.style().generatedIconPixmap(mode, picture, option)
            self._pictures[key] = picture
        return QPixmap(self._pictures[key])

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """Override of QIconEngine: size in device-independent pixels."""
        return self.pixmap(QSize(round(size.width() * scale), round(size.height() * scale)), mode, state)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Override of QIconEngine."""
        ratio = painter.device().devicePixelRatio()
        picture = self.scaledPixmap(rect.size(), mode, state, ratio)
        picture.setDevicePixelRatio(ratio)
        box = QRectF(0, 0, picture.width() / ratio, picture.height() / ratio)
        box.moveCenter(QRectF(rect).center())
        painter.drawPixmap(box.topLeft(), picture)


#: Below this a channel of sRGB is linear.
_LINEAR = 0.04045


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two opaque colours as WCAG 2.2 defines it, 1..21."""

    def luminance(color: QColor) -> float:
        shares = (color.redF(), color.greenF(), color.blueF())
        red, green, blue = (part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4 for part in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
