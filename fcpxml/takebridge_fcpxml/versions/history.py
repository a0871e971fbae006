"""When each construct of FCPXML came and went: the differences of the DTDs 1.5 to 1.14, as facts in a table.

What is not listed here is either the same in all these versions or in none of them. A row has the first and the last
version that hold it, and, where an older or newer version has something near it, what to say instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

READABLE = ("1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12", "1.13", "1.14")
FIRST, LAST = READABLE[0], READABLE[-1]

#: ``exists``: the thing itself. ``repeats``: more than one such child. ``optional``: the attribute may be left out.
#: ``default``: a left-out attribute means ``value``.
Aspect = Literal["exists", "repeats", "optional", "default"]


@dataclass(frozen=True, slots=True)
class Life:
    """One construct and the versions that hold it, both ends inclusive.

    With ``attribute`` (and ``value``) the row is about that; with ``child`` about a child inside ``element`` where
    both exist on their own. ``neutral`` is the value that says the same as no attribute. ``instead`` is the nearest
    value of an older version. ``removes`` says what has to go when nothing can stand in for it.
    """

    element: str
    words: str
    since: str = FIRST
    until: str = LAST
    attribute: str = ""
    value: str = ""
    child: str = ""
    neutral: str | None = None
    instead: str | None = None
    removes: Literal["attribute", "element", "parent"] = "attribute"
    aspect: Aspect = "exists"

    @property
    def construct(self) -> str:
        """Its name in a loss report: ``element``, ``element@attribute`` or the child's name."""
        return f"{self.element}@{self.attribute}" if self.attribute else self.child or self.element

    @property
    def span(self) -> str:
        """The versions that hold it, in words."""
        if self.since == self.until:
            return f"only in {self.since}"
        return f"up to {self.until}" if self.since == FIRST else f"from {self.since} on"

    def holds(self, version: str) -> bool:
        """Whether this version has it."""
        return READABLE.index(self.since) <= READABLE.index(version) <= READABLE.index(self.until)


ELEMENTS = (
    Life("audio-source", "levels by channel of the main layout", until="1.5"),
    Life("audio-aux-source", "levels by channel of the connected layout", until="1.5"),
    Life("asset-clip", "asset clips", since="1.6"),
    Life("sync-clip", "synchronised clips", since="1.6"),
    Life("sync-source", "audible parts of synchronised clips", since="1.6"),
    Life("audio-channel-source", "audio channel settings over a range", since="1.6"),
    Life("audio-role-source", "audio settings by role", since="1.6"),
    Life("adjust-360-transform", "360° transforms", since="1.7"),
    Life("adjust-reorient", "360° reorientation", since="1.7"),
    Life("adjust-orientation", "360° viewing direction", since="1.7"),
    Life("caption", "captions", since="1.8"),
    Life("media-rep", "media representations", since="1.9"),
    Life("match-usage", "collection rules by use", since="1.9"),
    Life("locator", "locators of side data", since="1.10"),
    Life("object-tracker", "object trackers", since="1.10"),
    Life("tracking-shape", "tracking shapes", since="1.10"),
    Life("adjust-cinematic", "Cinematic mode adjustments", since="1.10"),
    Life("match-representation", "collection rules by media representation", since="1.10"),
    Life("match-markers", "collection rules by markers", since="1.10"),
    Life("live-drawing", "live drawings", since="1.11"),
    Life("adjust-colorConform", "colour conform", since="1.11"),
    Life("adjust-voiceIsolation", "voice isolation", since="1.11"),
    Life("adjust-stereo-3D", "stereo 3D adjustments", since="1.13"),
    Life("hidden-clip-marker", "hidden-clip marks", since="1.13"),
    Life("match-analysis-type", "collection rules by analysis", since="1.14"),
)


def _attributes(since: str, until: str, *rows: tuple[str, str, str] | tuple[str, str, str, str]) -> tuple[Life, ...]:
    return tuple(
        Life(element, words, since, until, attribute, neutral=neutral[0] if neutral else None)
        for element, attribute, words, *neutral in rows
    )


ATTRIBUTES = (
    *_attributes(FIRST, "1.5", ("asset", "colorOverride", "this colour override")),
    *_attributes(
        "1.6",
        "1.6",
        ("asset", "customLogOverride", "log overrides"),
        ("sequence", "renderColorSpace", "rendering colour spaces of sequences"),
        ("multicam", "renderColorSpace", "rendering colour spaces of multicams"),
    ),
    *_attributes(FIRST, "1.8", ("asset", "src", "a file in the asset itself")),
    *_attributes(
        "1.6",
        LAST,
        ("asset", "colorSpaceOverride", "colour space overrides"),
        ("audition", "modDate", "modification dates"),
        ("clip", "modDate", "modification dates"),
        ("mc-clip", "modDate", "modification dates"),
        ("media", "modDate", "modification dates"),
        ("project", "modDate", "modification dates"),
        ("ref-clip", "modDate", "modification dates"),
        ("effect", "src", "template files of effects"),
        ("library", "colorProcessing", "colour processing of libraries"),
        ("ref-clip", "useAudioSubroles", "the choice of sub-roles in compound clips", "0"),
        ("text-style", "baselineOffset", "baseline offsets"),
    ),
    *_attributes(
        "1.7",
        LAST,
        ("asset", "customLUTOverride", "LUT overrides"),
        ("asset", "projectionOverride", "projection overrides"),
        ("asset", "stereoscopicOverride", "stereoscopic overrides"),
        ("format", "colorSpace", "colour spaces of formats"),
        ("format", "projection", "projections"),
        ("format", "stereoscopic", "stereoscopic formats"),
    ),
    *_attributes(
        "1.8",
        LAST,
        ("text", "alignment", "caption alignment"),
        ("text", "display-style", "caption display styles"),
        ("text", "placement", "caption placement"),
        ("text", "position", "caption positions"),
        ("text", "roll-up-height", "roll-up heights of captions"),
        ("text-style", "backgroundColor", "text backgrounds"),
        ("text-style", "underline", "underlined text", "0"),
    ),
    *_attributes(
        "1.9",
        LAST,
        ("adjust-360-transform", "scale", "the scale of 360° transforms", "1 1"),
        ("adjust-orientation", "mapping", "360° mapping modes", "normal"),
        ("asset", "videoSources", "more than one video source", "1"),
    ),
    Life("mask-isolation", "HSL masks", "1.9", LAST, "type", neutral="3D", removes="parent"),
    Life("adjust-rollingShutter", "switch for this", "1.10", attribute="enabled", neutral="1", removes="element"),
    Life("adjust-stabilization", "switch for this", "1.10", attribute="enabled", neutral="1", removes="element"),
    *_attributes(
        "1.10",
        LAST,
        ("adjust-transform", "tracking", "tracked transforms"),
        ("mask-shape", "tracking", "tracked masks"),
        ("asset", "auxVideoFlags", "flags of auxiliary video"),
        ("match-text", "scope", "scopes of text rules", "all"),
    ),
    *_attributes(
        "1.11",
        LAST,
        ("keyframe", "auxValue", "auxiliary keyframe values"),
        ("param", "auxValue", "auxiliary parameter values"),
    ),
    *_attributes(
        "1.12",
        LAST,
        ("filter-audio", "nameOverride", "names given to effects"),
        ("filter-video", "nameOverride", "names given to effects"),
    ),
    *_attributes(
        "1.13",
        LAST,
        ("asset", "heroEyeOverride", "hero eye overrides"),
        ("format", "heroEye", "hero eyes"),
    ),
)


def _value(element: str, attribute: str, value: str, since: str, instead: str | None = None, until: str = LAST) -> Life:
    words = f'{attribute} "{value}"'
    return Life(element, words, since, until, attribute, value, instead=instead)


def _rule(element: str, attribute: str, value: str, since: str) -> Life:
    """A value without which its collection rule means something else, so the rule goes."""
    return Life(element, f'{attribute} "{value}"', since, LAST, attribute, value, removes="element")


VALUES = (
    _value("timeMap", "frameSampling", "nearest-neighbor", "1.6", "floor"),
    _value("timeMap", "frameSampling", "optical-flow-frc", "1.12", "optical-flow"),
    _value("conform-rate", "frameSampling", "optical-flow-frc", "1.12", "optical-flow"),
    *(_value("conform-rate", "srcFrameRate", rate, "1.13") for rate in ("90", "100", "119.88", "120")),
    _value("library", "colorProcessing", "wide-hdr", "1.7", "wide"),
    _value("adjust-stabilization", "type", "alignment-360", "1.9", "automatic", until="1.9"),
    _rule("match-property", "key", "projection", "1.9"),
    _rule("match-property", "key", "stereoscopic", "1.9"),
    _rule("match-property", "key", "cinematic", "1.10"),
    _rule("match-property", "rule", "isSet", "1.9"),
    _rule("match-property", "rule", "isNotSet", "1.9"),
    _value("match-property", "rule", "startsWith", "1.12", "includes"),
    _value("match-property", "rule", "endsWith", "1.12", "includes"),
    _value("match-text", "rule", "startsWith", "1.12", "includes"),
    _value("match-text", "rule", "endsWith", "1.12", "includes"),
    _value("match-text", "rule", "isRelatedTo", "1.14", "includes"),
    _rule("match-text", "scope", "transcript", "1.14"),
    _rule("match-text", "scope", "visual", "1.14"),
    _value("match-text", "scope", "all-text", "1.14", "all"),
)

_ENHANCEMENTS = {
    "adjust-loudness": "loudness",
    "adjust-noiseReduction": "noise reduction",
    "adjust-humReduction": "hum reduction",
    "adjust-EQ": "equalisation",
    "adjust-matchEQ": "matched equalisation",
}
#: Audio enhancements moved from the clip into its audio sources with 1.6.
_ENHANCED_CLIPS = ("audio", "clip", "mc-clip", "ref-clip")
_ROOT_ITEMS = (
    "audition",
    "clip",
    "collection-folder",
    "event",
    "keyword-collection",
    "mc-clip",
    "project",
    "ref-clip",
    "smart-collection",
)

CHILDREN = (
    *(
        Life(clip, f"{words} on a whole clip", until="1.5", child=tag, removes="element")
        for tag, words in _ENHANCEMENTS.items()
        for clip in _ENHANCED_CLIPS
    ),
    Life("audio", "panning on an audio component", until="1.5", child="adjust-panner", removes="element"),
    *(Life("fcpxml", f"<{tag}> outside a library", since="1.6", child=tag) for tag in _ROOT_ITEMS),
    Life("asset", "a bookmark in the asset itself", until="1.8", child="bookmark"),
    # No DTD declares the element: its own comments say the values stand in an XML comment.
    Life("filter-video", "colour decision lists as an element", until="1.9", child="info-asc-cdl"),
    Life("filter-video", "more than one block of effect data", since="1.9", child="data", aspect="repeats"),
)

OTHERS = (
    Life(
        "match-property",
        "a property rule without a value",
        since="1.9",
        attribute="value",
        aspect="optional",
        neutral="",
    ),
    Life("text", "text at the bottom by default", "1.8", "1.8", "placement", "bottom", aspect="default"),
)

HISTORY: tuple[Life, ...] = (*ELEMENTS, *ATTRIBUTES, *VALUES, *CHILDREN, *OTHERS)
