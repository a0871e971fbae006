"""The panel's looks, made of tokens.json: palette, style sheet, colours, glyphs and words of states.

Colours are asked for by their token's name, never written down elsewhere. One theme is in use at a time (`use`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from takebridge_resolve.panel.style_sheet import style_sheet

THEMES = ("dark", "light", "system")
LEAST_SCALE, MOST_SCALE = 0.8, 2.0

_in_use: dict[str, Any] = {"dark": True, "scale": 1.0}


@cache
def tokens() -> Mapping[str, Any]:
    """The tokens as they are written in tokens.json."""
    text = files("takebridge_resolve.panel").joinpath("tokens.json").read_text("utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def use(*, dark: bool, scale: float = 1.0) -> None:
    """Make a theme the one in use. ``scale`` enlarges all type, 1.0 to 2.0; spaces keep their size."""
    _in_use["dark"] = dark
    _in_use["scale"] = min(MOST_SCALE, max(LEAST_SCALE, scale))


def is_dark() -> bool:
    """Say whether the dark theme is in use."""
    return bool(_in_use["dark"])


def scale() -> float:
    """How much larger than designed type is drawn."""
    return float(_in_use["scale"])


def hex_of(name: str, dark: bool | None = None) -> str:
    """Return a colour token as ``#rrggbb``; ``dark`` None: of the theme in use. Raises KeyError."""
    return str(tokens()["dark" if (is_dark() if dark is None else dark) else "light"][name])


@cache
def _color(text: str) -> QColor:
    return QColor(text)


def color(name: str) -> QColor:
    """Return a colour token of the theme in use. Raises KeyError."""
    return QColor(_color(hex_of(name)))


def glyph(name: str) -> str:
    """The mark of a state or badge (``stale``, ``in_progress``, ``pinned`` …): a shape of its own."""
    return str(tokens()["glyphs"][name])


def word(name: str) -> str:
    """The word of a state or badge as people read it."""
    return str(tokens()["words"][name])


def marked(name: str) -> str:
    """Glyph and word together."""
    return f"{glyph(name)} {word(name)}"


_STATUSES = {
    "InProgress": "in_progress",
    "PendingReview": "pending_review",
}


def token_of(status: str) -> str:
    """The token of a node's state (``STALE``) or a job's status (``InProgress``); ``unknown`` for any other word."""
    name = _STATUSES.get(status, status.lower())
    return name if name in tokens()["words"] else "unknown"


def space(name: str) -> int:
    """A space in pixels: ``xs s m l xl`` are 4 8 12 16 24."""
    return int(tokens()["space"][name])


def size(name: str) -> int:
    """A size in pixels, such as ``control`` (28) or ``target`` (24)."""
    return int(tokens()["size"][name])


def font(name: str = "body", *, bold: bool = False, figures: bool = False) -> QFont:
    """The application's face in a size of the tokens. ``figures``: digits of one width, for timecode and prices."""
    made = QFont(QGuiApplication.font())
    made.setPixelSize(round(int(tokens()["type"][name]) * scale()))
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    if figures and hasattr(made, "setFeature"):
        made.setFeature(QFont.Tag("tnum"), 1)  # from Qt 6.7 on
    return made


_ROLES = {
    QPalette.ColorRole.Window: "bg1",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "bg0",
    QPalette.ColorRole.AlternateBase: "bg2",
    QPalette.ColorRole.ToolTipBase: "bg3",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text3",
    QPalette.ColorRole.Button: "bg2",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "text",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Light: "bg3",
    QPalette.ColorRole.Midlight: "bg3",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "bg0",
    QPalette.ColorRole.Shadow: "bg0",
}
_DIMMED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


def palette(dark: bool) -> QPalette:
    """Return the palette of a theme."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, _color(hex_of(name, dark)))
    for role in _DIMMED:
        made.setColor(QPalette.ColorGroup.Disabled, role, _color(hex_of("text3", dark)))
    return made


def stylesheet(dark: bool) -> str:
    """Return the style sheet of a theme, at the scale in use."""
    return style_sheet(tokens(), dark=dark, scale=scale())


def apply(app: QApplication, theme: str = "dark", *, text_scale: float = 1.0) -> None:
    """Dress the whole application. ``theme`` is one of `THEMES`; ``system`` follows the desktop."""
    dark = system_is_dark() if theme == "system" else theme != "light"
    use(dark=dark, scale=text_scale)
    if app.style().objectName().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(dark))
    app.setFont(font("body"))
    app.setStyleSheet(stylesheet(dark))


def system_is_dark() -> bool:
    """Say whether the desktop asks for dark windows; dark too where it does not say."""
    hints = QGuiApplication.styleHints()
    return not hasattr(hints, "colorScheme") or hints.colorScheme().name != "Light"


def give_role(widget: QWidget, **roles: str | bool) -> None:
    """Set dynamic properties that the style sheet selects by (``role="primary"``), and draw the widget anew."""
    for name, value in roles.items():
        widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
