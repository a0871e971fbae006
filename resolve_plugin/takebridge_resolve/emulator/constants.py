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
    "EXPORT_HDR_10_PROFILE_A",
    "EXPORT_HDR_10_PROFILE_B",
    "EXPORT_TEXT_CSV",
    "EXPORT_TEXT_TAB",
    "EXPORT_DOLBY_VISION_VER_2_9",
    "EXPORT_DOLBY_VISION_VER_4_0",
    "EXPORT_DOLBY_VISION_VER_5_1",
    "EXPORT_ALE",
    "EXPORT_ALE_CDL",
    "EXPORT_AAF_NEW",
    "EXPORT_AAF_EXISTING",
    "EXPORT_CDL",
    "EXPORT_SDL",
    "EXPORT_MISSING_CLIPS",
)
"""FCPXML 1.3 to 1.7 were dropped in 18.1, below every profile."""


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


def named(profile: Profile, value: object) -> str:
    """Name of a constant a script handed back, "" for anything else: strings in its place are silently refused."""
    numbers = isinstance(value, int | float) and not isinstance(value, bool)  # Lua hands a whole float back as an int
    for name, constant in constants_of(profile).items():
        if value is constant or (numbers and isinstance(constant, float) and value == constant):
            return name
    return ""
