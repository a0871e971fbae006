"""Adjustments, filters and audio sources of a clip."""

from __future__ import annotations

from fractions import Fraction

from takebridge_fcpxml.view.attributes import Flag, Name, Text, Time
from takebridge_fcpxml.view.base import View, views


@views("param")
class Param(View):
    """A parameter of an effect; it may be nested and animated."""

    __slots__ = ()
    name = Name("name")
    key = Text("key")
    value = Text("value")

    @property
    def params(self) -> list[Param]:
        """Parameters inside it."""
        return self.children(Param)

    @property
    def is_animated(self) -> bool:
        """Whether it has keyframes."""
        return self.element.find("keyframeAnimation") is not None


class Adjustment(View):
    """A built-in adjustment. Its tag says which: ``adjust-transform``, ``adjust-volume`` …."""

    __slots__ = ()
    enabled = Flag("enabled", True)
    amount = Text("amount")

    @property
    def kind(self) -> str:
        """The tag without ``adjust-``."""
        return self.tag.removeprefix("adjust-")

    @property
    def params(self) -> list[Param]:
        """Its parameters, animated or not."""
        return self.children(Param)


views(
    "adjust-crop",
    "adjust-corners",
    "adjust-conform",
    "adjust-blend",
    "adjust-stabilization",
    "adjust-rollingShutter",
    "adjust-360-transform",
    "adjust-reorient",
    "adjust-orientation",
    "adjust-cinematic",
    "adjust-colorConform",
    "adjust-stereo-3D",
    "adjust-panner",
    "adjust-loudness",
    "adjust-noiseReduction",
    "adjust-humReduction",
    "adjust-EQ",
    "adjust-matchEQ",
    "adjust-voiceIsolation",
)(Adjustment)


@views("adjust-volume")
class Volume(Adjustment):
    """Level. Final Cut Pro writes ``-13.1dB``; Resolve reads only the bare number."""

    __slots__ = ()

    @property
    def decibels(self) -> float | None:
        """The level in dB, None when it is not a number (``-infdB`` is minus infinity)."""
        text = (self.amount or "0dB").strip().removesuffix("dB").strip()
        try:
            return float(text)
        except ValueError:
            return None


@views("adjust-transform")
class Transform(Adjustment):
    """Position (percent of frame height), scale, rotation (degrees) and anchor, as written."""

    __slots__ = ()
    position = Text("position")
    scale = Text("scale")
    rotation = Text("rotation")
    anchor = Text("anchor")


@views("filter-video", "filter-audio", "filter-video-mask")
class Filter(View):
    """An effect on a clip or transition. ``effect_id`` names the effect resource."""

    __slots__ = ()
    name = Text("name")
    effect_id = Text("ref")
    enabled = Flag("enabled", True)

    @property
    def params(self) -> list[Param]:
        """Its parameters."""
        return self.children(Param)


class AudioSource(View):
    """Levels and effects of some channels or one role, over the whole clip or a range in its local time."""

    __slots__ = ()
    role = Text("role")
    start = Time("start")
    duration = Time("duration")
    enabled = Flag("enabled", True)
    active = Flag("active", True)

    @property
    def volume(self) -> Volume | None:
        """Its level adjustment, if any."""
        return self.first(Volume)


@views("audio-channel-source", "audio-source", "audio-aux-source")
class AudioChannelSource(AudioSource):
    """Channels of the source, by number (``1, 2``), with the role they play."""

    __slots__ = ()
    source_channels = Name("srcCh")
    output_channels = Text("outCh")


@views("audio-role-source")
class AudioRoleSource(AudioSource):
    """One role of a compound, multicam or synchronised clip."""

    __slots__ = ()


@views("mc-source")
class McSource(View):
    """Which angle of a multicam clip plays, for picture, sound or both."""

    __slots__ = ()
    angle_id = Name("angleID")

    @property
    def enabled_source(self) -> str:
        """``all`` (the default), ``audio``, ``video`` or ``none``."""
        return self.element.get("srcEnable", "all")


@views("sync-source")
class SyncSource(View):
    """Which part of a synchronised clip is heard: ``storyline`` or ``connected``."""

    __slots__ = ()
    source_id = Name("sourceID")

    @property
    def role_sources(self) -> list[AudioRoleSource]:
        """Its roles."""
        return self.children(AudioRoleSource)


def level(decibels: float | Fraction) -> str:
    """A level as Final Cut Pro writes it."""
    return f"{float(decibels):g}dB"
