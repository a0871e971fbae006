"""Which Resolve the emulator is: version, edition, and the methods and habits that come with them.

The since-table is data beside the package (``api_since.json`` for the vendor's stub, ``api_additions.json`` for
what came after it), so the contract test and the emulator read the same numbers. A name in neither has been there
since before 18.5.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLES = Path(__file__).resolve().parents[1]
_BUILDS = {"18.6": "18.6.6.7", "19.1": "19.1.3.7", "20.3": "20.3.2.9", "21.0": "21.0.3.7", "21.1": "21.1.0.17"}
"""The build a bare ``major.minor`` stands for."""

NAMES: tuple[str, ...] = ("18.6", "19.1", "20.3", "21.0 free", "21.1 studio")
"""The profiles a suite should run over; any other ``version [free|studio]`` from 18.5 on works too."""

Version = tuple[int, ...]


def parse_version(text: str) -> Version:
    """``"19.0.2"`` → ``(19, 0, 2)``. Raises ValueError for anything else."""
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4}){1,3}", text):
        raise ValueError(f"{text!r} is not a version such as '20.3' or '21.0.4'.")
    return tuple(int(part) for part in text.split("."))


@cache
def since_table() -> dict[tuple[str, str], Version]:
    """``{(class, method): first version}`` from both tables."""
    table = {
        (api_class, name): parse_version(since)
        for api_class, names in json.loads((_TABLES / "api_since.json").read_text("utf-8"))["since"].items()
        for name, since in names.items()
    }
    for entry in json.loads((_TABLES / "api_additions.json").read_text("utf-8"))["methods"]:
        table[entry["class"], entry["name"]] = parse_version(entry["since"])
    return table


@dataclass(frozen=True)
class Profile:
    """A build. ``version`` is (major, minor, patch, build)."""

    version: Version
    studio: bool

    @classmethod
    def named(cls, name: str) -> Profile:
        """Read ``"20.3"``, ``"21.0 free"``, ``"21.0.4 studio"``; no edition means Studio. Raises ValueError."""
        text, _, edition = name.strip().partition(" ")
        if edition not in ("", "free", "studio"):
            raise ValueError(f"{name!r}: the edition is 'free' or 'studio'.")
        version = parse_version(_BUILDS.get(text, text))
        if version < (18, 5):
            raise ValueError(f"{name!r}: profiles start at 18.5, where the bridge's floor is.")
        return cls((*version, 0, 0)[:4], edition != "free")

    def has(self, api_class: str, name: str) -> bool:
        """True when this build offers the method."""
        return self.version >= since_table().get((api_class, name), (0,))

    @property
    def end_frame_inclusive(self) -> bool:
        """18.x counts ``endFrame`` of clipInfo and AddTake in; 19 and later leave it out (resolve.md §3 trap 3)."""
        return self.version < (19,)

    @property
    def float_marker_keys(self) -> bool:
        """Marker frames come back as floats up to 21.0 and as ints from 21.1."""
        return self.version < (21, 1)

    @property
    def number_settings(self) -> bool:
        """``GetSetting("timelineFrameRate")`` is a number from 21.1, a label before."""
        return self.version >= (21, 1)

    @property
    def product_name(self) -> str:
        """The edition test of builds before ``IsStudio``."""
        return "DaVinci Resolve Studio" if self.studio else "DaVinci Resolve"
