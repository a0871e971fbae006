"""Enum constants of the root object: opaque values up to 21.0, floats from 21.1 (resolve.md §1)."""

from __future__ import annotations

from functools import cache

from .profiles import Profile

KEYFRAME_MODES = ("KEYFRAME_MODE_ALL", "KEYFRAME_MODE_COLOR", "KEYFRAME_MODE_SIZING")
EXPORTS = (
    "EXPORT_NONE",
    "EXPORT_AAF",
    "EXPORT_DRT",
    "EXPORT_EDL",
    "EXPORT_FCP_7_XML",
    "EXPORT_FCPXML_1_8",
    "EXPORT_FCPXML_1_9",
    "EXPORT_FCPXML_1_10",
    "EXPORT_OTIO",
)


class Constant:
    """An enum value a script can only hand back."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"<constant {self._name}>"


@cache
def constants_of(profile: Profile) -> dict[str, object]:
    """Constants of a build by name."""
    names = (*KEYFRAME_MODES, *EXPORTS)
    if profile.version >= (21, 1):
        return {name: float(number) for number, name in enumerate(names)}
    return {name: Constant(name) for name in names}
