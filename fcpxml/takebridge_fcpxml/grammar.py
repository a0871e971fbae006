"""The order of children inside each element, and which elements are story items.

One table for all versions: a newer version only puts new names between old ones (DTDs 1.5 to 1.14 compared). Names of
one group may stand in any order among themselves; groups follow one another. An element that is not listed has no
order of its own, and a child the table does not know goes last.
"""

from __future__ import annotations

from functools import lru_cache

from lxml import etree

from takebridge_fcpxml import layout

#: Items with a place on a timeline of their own.
ITEMS = frozenset(
    {
        "asset-clip",
        "clip",
        "video",
        "audio",
        "title",
        "caption",
        "ref-clip",
        "mc-clip",
        "sync-clip",
        "audition",
        "gap",
        "transition",
        "live-drawing",
    }
)
STORY = ITEMS | {"spine"}
#: What may be connected (given a lane): everything but gaps and transitions.
ANCHORED = STORY - {"gap", "transition"}
#: What an audition may hold (no multicam clips and no storylines).
PICKS = frozenset({"audio", "video", "title", "ref-clip", "asset-clip", "clip", "sync-clip", "live-drawing"})
MARKERS = frozenset({"marker", "chapter-marker", "rating", "keyword", "analysis-marker", "hidden-clip-marker"})
RESOURCES = frozenset({"asset", "effect", "format", "media", "locator"})

_NOTE = ("note",)
_TIMING = ("conform-rate", "timeMap")
_PICTURE = (
    "object-tracker",
    "adjust-crop",
    "adjust-corners",
    "adjust-conform",
    "adjust-transform",
    "adjust-blend",
    "adjust-stabilization",
    "adjust-rollingShutter",
    "adjust-360-transform",
    "adjust-reorient",
    "adjust-orientation",
    "adjust-cinematic",
    "adjust-colorConform",
    "adjust-stereo-3D",
)
_SOUND = ("adjust-volume", "adjust-panner")
# DTD 1.5 keeps these beside the volume; from 1.6 on they live in the audio sources.
_ENHANCED = (
    "adjust-loudness",
    "adjust-noiseReduction",
    "adjust-humReduction",
    {"adjust-EQ", "adjust-matchEQ"},
    "adjust-voiceIsolation",
)
_STORY = STORY - {"transition"}
_ANCHORED = ANCHORED
_MARKERS = MARKERS
_OLD_SOUND = ("audio-source", "audio-aux-source")
_FILTERS = {"filter-video", "filter-video-mask"}

_COLLECTIONS = {"collection-folder", "keyword-collection", "smart-collection"}

Group = str | frozenset[str] | set[str]

ORDER: dict[str, tuple[Group, ...]] = {
    "fcpxml": ("import-options", "resources", {"library", "event", "project", *ITEMS, *_COLLECTIONS}),
    "media": ({"multicam", "sequence"},),
    "asset": ("bookmark", "media-rep", "metadata"),
    "media-rep": ("bookmark",),
    "sequence": (*_NOTE, "spine", *_OLD_SOUND, "metadata"),
    "multicam": ("mc-angle", "metadata"),
    "mc-angle": (ITEMS, *_OLD_SOUND),
    "asset-clip": (
        *_NOTE,
        *_TIMING,
        *_PICTURE,
        *_SOUND,
        _ANCHORED,
        _MARKERS,
        "audio-channel-source",
        _FILTERS,
        "filter-audio",
        "metadata",
    ),
    "clip": (
        *_NOTE,
        *_TIMING,
        *_PICTURE,
        *_ENHANCED,
        *_SOUND,
        _STORY,
        _MARKERS,
        *_OLD_SOUND,
        "audio-channel-source",
        _FILTERS,
        "filter-audio",
        "metadata",
    ),
    "ref-clip": (
        *_NOTE,
        *_TIMING,
        *_PICTURE,
        *_ENHANCED,
        *_SOUND,
        _ANCHORED,
        _MARKERS,
        *_OLD_SOUND,
        "audio-role-source",
        _FILTERS,
        "filter-audio",
        "metadata",
    ),
    "sync-clip": (
        *_NOTE,
        *_TIMING,
        *_PICTURE,
        *_SOUND,
        _STORY,
        _MARKERS,
        "sync-source",
        _FILTERS,
        "filter-audio",
        "metadata",
    ),
    "mc-clip": (
        *_NOTE,
        *_TIMING,
        *_ENHANCED,
        *_SOUND,
        "mc-source",
        _ANCHORED,
        _MARKERS,
        "filter-audio",
        "metadata",
    ),
    "mc-source": (*_OLD_SOUND, "audio-role-source", *_PICTURE, _FILTERS),
    "audio": (*_NOTE, *_TIMING, *_ENHANCED, *_SOUND, _ANCHORED, _MARKERS, "filter-audio"),
    "video": ("param", *_NOTE, *_TIMING, *_PICTURE, _ANCHORED, _MARKERS, _FILTERS, "reserved"),
    "live-drawing": ("param", *_NOTE, *_PICTURE, _ANCHORED, _MARKERS, _FILTERS),
    "title": (
        "param",
        "text",
        "text-style-def",
        *_NOTE,
        *_PICTURE,
        _ANCHORED,
        _MARKERS,
        _FILTERS,
        "metadata",
    ),
    "caption": ("text", "text-style-def", *_NOTE),
    "gap": (*_NOTE, _ANCHORED, _MARKERS, "metadata"),
    "transition": ("filter-video", "filter-audio", _MARKERS, "metadata", "reserved"),
    "audio-source": (*_ENHANCED, *_SOUND, "filter-audio", "mute"),
    "audio-aux-source": (*_ENHANCED, *_SOUND, "filter-audio", "mute"),
    "audio-channel-source": (*_ENHANCED, *_SOUND, "filter-audio", "mute"),
    "audio-role-source": (*_ENHANCED, *_SOUND, "filter-audio", "mute"),
    "filter-video": ("info-asc-cdl", "data", "param"),
    "filter-audio": ("data", "param"),
    "filter-video-mask": ({"mask-shape", "mask-isolation"}, "filter-video"),
    "mask-isolation": ("data", "param"),
    "param": ("fadeIn", "fadeOut", "keyframeAnimation", "param"),
    "adjust-crop": ("crop-rect", "trim-rect", "pan-rect"),
    "mute": ("fadeIn", "fadeOut"),
}


@lru_cache(maxsize=4096)
def rank(parent: str, child: str) -> int:
    """The group of ``child`` in ``parent``, counting from 0; unknown children stand after all groups."""
    groups = ORDER.get(parent, ())
    for index, group in enumerate(groups):
        if child == group or (not isinstance(group, str) and child in group):
            return index
    return len(groups)


def insert(parent: etree._Element, child: etree._Element, before: etree._Element | None = None) -> None:
    """Insert ``child`` where the order of ``parent`` allows it: last of its group, or just before ``before``."""
    if before is not None:
        layout.insert(parent, parent.index(before), child)
        return
    own = rank(str(parent.tag), str(child.tag))
    following = None
    # From the end: most children go last, and reading all siblings for each of n children would take n².
    for sibling in parent.iterchildren(reversed=True):
        if isinstance(sibling.tag, str) and rank(str(parent.tag), sibling.tag) <= own:
            break
        following = sibling
    layout.put(parent, following, child)


def misplaced(parent: etree._Element) -> etree._Element | None:
    """The first child that stands before one it must follow, or None."""
    highest = -1
    for child in layout.elements(parent):
        own = rank(str(parent.tag), str(child.tag))
        if own < highest:
            return child
        highest = max(highest, own)
    return None
