"""Fusion's preferences file as Fusion writes it: a Lua table as text, tabs, one entry a line, a new file each save.

Strings escape the quote, the backslash and the line feed and nothing else (measured by others on 21.1, macOS).
"""

from __future__ import annotations

import os
from pathlib import Path

Entries = dict[str, object]


class PrefsFile:
    """Preferences by dotted name; `save` replaces the file in one go."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: Entries = {
            "Locked": False,
            "Global": {
                "Paths": {"Map": {"Comps:": "UserDocs:Comps", "LowQuality": '"a" \\ b\nc'}},
                "UserInterface": {"Language": "en_US", "AutoSave": 1},
            },
        }

    def set(self, key: str, value: object) -> None:
        """Set one; sections on the way are made. None takes it away."""
        section, name = self._section(key)
        section[name] = value
        if value is None:
            del section[name]

    def get(self, key: str) -> object:
        """Return one, None where there is none."""
        section, name = self._section(key)
        return section.get(name)

    def save(self) -> None:
        """Write the file anew and put it in the old one's place."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(self.path.name + ".new")
        draft.write_bytes(prefs_text(self._entries).encode("utf-8"))
        os.replace(draft, self.path)

    def _section(self, key: str) -> tuple[Entries, str]:
        *sections, name = key.split(".")
        entries = self._entries
        for section in sections:
            inside = entries.setdefault(section, {})
            if not isinstance(inside, dict):
                raise ValueError(f"{section} is no section.")
            entries = inside
        return entries, name


def prefs_text(entries: Entries) -> str:
    """Return the text of a preferences file."""
    return "{\n" + _lines(entries, 1) + "}"


def _lines(entries: Entries, depth: int) -> str:
    indent = "\t" * depth
    return "".join(f"{indent}{_name(name)} = {_value(value, depth)},\n" for name, value in entries.items())


def _name(name: str) -> str:
    return name if name.isidentifier() else f"[{_quoted(name)}]"


def _value(value: object, depth: int) -> str:
    if isinstance(value, dict):
        return "{\n" + _lines(value, depth + 1) + "\t" * depth + "}"
    if isinstance(value, str):
        return _quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
