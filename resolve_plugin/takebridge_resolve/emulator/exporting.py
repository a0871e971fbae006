"""Timeline.Export: which constant writes what (resolve.md §1.4, §5.19)."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from .constants import named
from .export_edl import write_edl
from .export_fcpxml import write_fcpxml
from .export_otio import write_otio
from .export_xmeml import write_xmeml
from .profiles import Profile
from .state import Timeline

if TYPE_CHECKING:
    from .world import World

Writer = Callable[[Profile, Timeline, str], None]
WRITERS: dict[str, Writer] = {
    "EXPORT_OTIO": write_otio,
    "EXPORT_FCPXML_1_8": lambda profile, timeline, path: write_fcpxml(profile, timeline, path, "1.8"),
    "EXPORT_FCPXML_1_9": lambda profile, timeline, path: write_fcpxml(profile, timeline, path, "1.9"),
    "EXPORT_FCPXML_1_10": lambda profile, timeline, path: write_fcpxml(profile, timeline, path, "1.10"),
    "EXPORT_FCP_7_XML": lambda _, timeline, path: write_xmeml(timeline, path),
    "EXPORT_EDL": lambda _, timeline, path: write_edl(timeline, path),
}
"""What really writes. AAF, DRT, ALE, the texts and the HDR formats answer False, honestly."""


def export(world: World, timeline: Timeline, path: str, kind: object, subtype: object) -> bool:
    """Write the timeline; False for anything but constants, a format not written, or a place that cannot be."""
    name = named(world.profile, kind)
    if name not in WRITERS or not named(world.profile, subtype).startswith("EXPORT_"):
        return False
    if not os.path.isabs(path) or not os.path.isdir(os.path.dirname(path)) or os.path.isdir(path):
        return False
    try:
        WRITERS[name](world.profile, timeline, path)
    except OSError:
        return False
    return True
