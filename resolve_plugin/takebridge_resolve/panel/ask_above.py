"""The amount above which a person wants to be asked with Cancel in focus, kept in the panel's settings."""

from __future__ import annotations

from pathlib import Path

from takebridge_resolve.panel.memory import Memory

KEY = "money/ask_above_micros"
DEFAULT_MICROS = 1_000_000
"""One dollar, or one of whatever the plan is paid in: what is dearer is not confirmed by a key pressed in passing."""


def ask_above(home: Path) -> int:
    """Return the amount in micros; what cannot be is the one that ships."""
    found = Memory(home).number(KEY, DEFAULT_MICROS)
    return found if found >= 0 else DEFAULT_MICROS


def keep_ask_above(home: Path, micros: int) -> None:
    """Keep another amount."""
    memory = Memory(home)
    memory.put(KEY, micros)
    memory.sync()
