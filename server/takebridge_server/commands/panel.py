"""``panel``: the window beside the editor."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import typer

from takebridge.errors import BridgeError, UsageError
from takebridge_server.commands.terminal import Home, Json, fail, settings_of

PIP = 'pip install "takebridge[panel]"'


def panel(home: Home = None, as_json: Json = False) -> None:
    """Open the panel beside the editor. A second start brings the first window to the front."""
    try:
        folder = settings_of(home).home
        _require_qt()
        _require_display()
    except BridgeError as error:
        fail(error, as_json)
    from takebridge_resolve.panel.main import run  # loads Qt, which no other command needs

    raise typer.Exit(run(folder))


def _require_qt() -> None:
    """Raise UsageError where PySide6 is not installed."""
    if find_spec("PySide6") is None:
        raise UsageError("The panel needs PySide6, which is not installed.", hint=f"Run: {PIP}")


def _require_display() -> None:
    """Raise UsageError where no window can be shown; Linux alone can be without a display."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise UsageError(
            "There is no display to open the panel on.",
            hint="Run it in a desktop session, on the machine the editor runs on.",
        )
