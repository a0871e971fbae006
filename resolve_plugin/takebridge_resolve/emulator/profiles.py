"""Which Resolve the emulator is: version, edition, and the methods and habits that come with them.

The since-table is data beside the package (``api_since.json`` for the vendor's stub, ``api_additions.json`` for
what came after it), so the contract test and the emulator read the same numbers. A name in neither has been there
since before 18.5.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any

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
class Habits:
    """What a build does where the vendor's text is silent; each default is an assumption of docs/emulator.md.

    None means "as builds of this version are known to do it". Names are those a recorded profile uses.
    """

    add_take_selects: bool = False
    end_frame_inclusive: bool | None = None
    mark_out_inclusive: bool = True
    marker_keys: str = ""
    frame_rate_setting: str = ""
    unknown_metadata_accepted: bool = False
    third_party_survives_replace: bool = False
    takes_in_otio: bool = False
    takes_in_fcpxml: bool = False
    ids_survive_duplicate: bool = False
    same_media_take: str = "refused_with_selector"
    append_adds_audio_track: bool = True
    selected_take_deletable: bool = False
    take_range_checked: bool = True
    handles_survive_timeline_switch: bool = False
    current_timeline_deletable: bool = False
    other_timeline_renamable: bool = True
    locked_track_refuses_enable: bool = True
    duplicate_becomes_current: bool = True
    import_reuses_pool_items: bool = False
    quick_export_on_free: bool = False


WORDS = {
    "marker_keys": ("int", "float"),
    "frame_rate_setting": ("str", "float"),
    "same_media_take": ("refused", "refused_with_selector", "added"),
}
"""Facts that are one of some words; the others are true or false."""


@dataclass(frozen=True)
class Access:
    """How a build lets scripts in (resolve.md §0). ``lua_menu`` is "full" or "sandboxed"."""

    python_external: bool
    python_menu: bool
    lua_menu: str
    ui_manager: bool
    workflow_integration: bool


@dataclass(frozen=True)
class Profile:
    """A build. ``version`` is (major, minor, patch, build); ``methods`` are what a probe found, class by class."""

    version: Version
    studio: bool
    habits: Habits = Habits()
    methods: tuple[tuple[str, frozenset[str]], ...] = ()

    @classmethod
    def named(cls, name: str) -> Profile:
        """Read ``"20.3"``, ``"21.0 free"``, ``"21.0.4 studio"``; no edition means Studio. Raises ValueError.

        A name that ends in ``.json`` is a recorded profile (`from_probe`).
        """
        if name.strip().lower().endswith(".json"):
            return cls.from_probe(Path(name.strip()))
        text, _, edition = name.strip().partition(" ")
        if edition not in ("", "free", "studio"):
            raise ValueError(f"{name!r}: the edition is 'free' or 'studio'.")
        return cls(_supported(_BUILDS.get(text, text)), edition != "free")

    @classmethod
    def from_probe(cls, path: Path | str) -> Profile:
        """Read what the verb ``host.probe`` recorded, its ``facts`` or the whole answer. Raises ValueError.

        Facts nobody recorded are as builds of that version are known to be; unknown ones are ignored.
        """
        try:
            recorded = json.loads(Path(path).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"{path}: no recorded profile can be read there ({error}).") from error
        facts = recorded.get("facts", recorded) if isinstance(recorded, dict) else None
        if not isinstance(facts, dict):
            raise ValueError(f"{path}: a recorded profile is an object with 'facts'.")
        try:
            return cls.of_facts(facts)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    @classmethod
    def of_facts(cls, facts: Mapping[str, object]) -> Profile:
        """A profile of probe facts. Raises ValueError for a fact of the wrong kind."""
        version, edition = facts.get("version"), facts.get("edition", "studio")
        if not isinstance(version, str) or edition not in ("studio", "free"):
            raise ValueError("'version' is text such as '21.0.4.5', 'edition' is 'studio' or 'free'.")
        return cls(_supported(version), edition == "studio", _habits(facts), _methods(facts.get("methods", {})))

    @cached_property
    def _found(self) -> dict[str, frozenset[str]]:
        return dict(self.methods)

    def has(self, api_class: str, name: str) -> bool:
        """True when this build offers the method: what a probe listed, else the table."""
        listed = self._found.get(api_class)
        if listed is not None:
            return name in listed
        return self.version >= since_table().get((api_class, name), (0,))

    @property
    def end_frame_inclusive(self) -> bool:
        """18.x counts ``endFrame`` of clipInfo and AddTake in; 19 and later leave it out (resolve.md §3 trap 3)."""
        recorded = self.habits.end_frame_inclusive
        return self.version < (19,) if recorded is None else recorded

    @property
    def float_marker_keys(self) -> bool:
        """Marker frames come back as floats up to 21.0 and as ints from 21.1."""
        recorded = self.habits.marker_keys
        return recorded == "float" if recorded else self.version < (21, 1)

    @property
    def number_settings(self) -> bool:
        """``GetSetting("timelineFrameRate")`` is a number from 21.1, a label before."""
        recorded = self.habits.frame_rate_setting
        return recorded == "float" if recorded else self.version >= (21, 1)

    @property
    def access(self) -> Access:
        """The row of the support matrix: since 21.1 the free edition runs sandboxed Lua and nothing else."""
        if self.studio:
            return Access(True, True, "full", True, True)
        newest = self.version >= (21, 1)
        return Access(False, not newest, "sandboxed" if newest else "full", self.version < (19, 1), False)

    @property
    def product_name(self) -> str:
        """The edition test of builds before ``IsStudio``."""
        return "DaVinci Resolve Studio" if self.studio else "DaVinci Resolve"


def _supported(text: str) -> Version:
    """A full version of a build from 18.5 on. Raises ValueError."""
    version = parse_version(text)
    if version < (18, 5):
        raise ValueError(f"{text!r}: profiles start at 18.5, where the bridge's floor is.")
    return (*version, 0, 0)[:4]


def _habits(facts: Mapping[str, object]) -> Habits:
    known: dict[str, Any] = {}
    for habit in fields(Habits):
        value = facts.get(habit.name)
        if value is None:
            continue
        words = WORDS.get(habit.name)
        if value not in words if words else not isinstance(value, bool):
            raise ValueError(f"{habit.name!r} is {' or '.join(words) if words else 'true or false'}, not {value!r}.")
        known[habit.name] = value
    return Habits(**known)


def _methods(listed: object) -> tuple[tuple[str, frozenset[str]], ...]:
    """Names by class. Names of ``dir()`` that are no methods (constants) do no harm."""
    if not isinstance(listed, dict) or not all(isinstance(names, list) for names in listed.values()):
        raise ValueError("'methods' is an object of lists of names, by class.")
    return tuple(sorted((str(api_class), frozenset(map(str, names))) for api_class, names in listed.items() if names))
