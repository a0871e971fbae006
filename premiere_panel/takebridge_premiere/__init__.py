"""Premiere side: the UXP panel as Premiere loads it, its package and what puts that into Premiere.

Standard library only; imports nothing of ours.
"""

from __future__ import annotations

from pathlib import Path

PANEL_VERSION = "0.1.0"
"""The panel's version (x.y.z), the same as in its manifest and in package.json."""


def plugin_folder() -> Path:
    """Return the folder Premiere loads: manifest.json at its root."""
    return Path(__file__).resolve().parent / "plugin"
