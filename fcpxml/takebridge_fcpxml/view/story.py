"""Story items: what stands on a timeline.

``offset`` is the item's place in the time of what holds it, ``start`` the beginning of its own local time (the source
in-point for media), ``duration`` its length in the time of what holds it. Absolute record ranges need the whole way up:
see ``takebridge_fcpxml.placement``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.errors import DanglingReferenceError, StructureError
from takebridge_fcpxml.view.attributes import Flag, Name, Text, Time, TimeOrZero, Whole
from takebridge_fcpxml.view.base import View, view_of, views
from takebridge_fcpxml.view.effects import (
    Adjustment,
    AudioChannelSource,
    AudioRoleSource,
    Filter,
    McSource,
    SyncSource,
    Transform,
    Volume,
)
from takebridge_fcpxml.view.notes import Marked
from takebridge_fcpxml.view.resources import Asset, Effect, Format, find
from takebridge_fcpxml.view.text import Worded
from takebridge_fcpxml.view.timing import ConformRate, TimeMap

if TYPE_CHECKING:
    from takebridge_fcpxml.view.containers import Media

_CHANNELS = frozenset({"audio-channel-source", "audio-source", "audio-aux-source"})


class Item(Marked):
    """Anything with a place on a timeline."""

    __slots__ = ()
    _role_attributes: ClassVar[tuple[str, ...]] = ("role",)
    name = Name("name")
    offset = Time("offset")
    start = TimeOrZero("start")
    lane = Whole("lane")
    enabled = Flag("enabled", True)
    duration = Time("duration")

    @property
    def length(self) -> Fraction:
        """Its duration, also where FCPXML lets it be left out (asset clips, auditions). Raises StructureError."""
        if self.duration is None:
            raise StructureError(
                f"<{self.tag}> has no duration.", hint="Export the file again.", path=self.path, line=self.line
            )
        return self.duration

    @property
    def items(self) -> list[Item]:
        """The items directly inside: contents and connected ones, in document order, storylines' left out."""
        return self.children(Item)

    @property
    def contents(self) -> list[Item]:
        """Items it contains (lane 0)."""
        return [item for item in self.items if item.lane == 0]

    @property
    def connected(self) -> list[Item | Spine]:
        """Items and storylines connected to it, lowest lane first, document order within a lane."""
        attached = [child for child in self.story if child.lane != 0]
        return sorted(attached, key=lambda child: child.lane)

    @property
    def story(self) -> list[Item | Spine]:
        """Everything with a place in its local time: items and storylines, in document order."""
        found = (view_of(child, self.document) for child in layout.elements(self.element))
        return [view for view in found if isinstance(view, (Item, Spine))]

    @property
    def conform_rate(self) -> ConformRate | None:
        """How media of another rate is conformed."""
        return self.first(ConformRate)

    @property
    def time_map(self) -> TimeMap | None:
        """Its retiming."""
        return self.first(TimeMap)

    @property
    def adjustments(self) -> list[Adjustment]:
        """Built-in adjustments in order."""
        return self.children(Adjustment)

    @property
    def volume(self) -> Volume | None:
        """Its level adjustment."""
        return self.first(Volume)

    @property
    def transform(self) -> Transform | None:
        """Its position, scale and rotation."""
        return self.first(Transform)

    @property
    def filters(self) -> list[Filter]:
        """Effects on it."""
        return self.children(Filter)

    @property
    def audio_channel_sources(self) -> list[AudioChannelSource]:
        """Channel configuration."""
        return self.children(AudioChannelSource)

    @property
    def audio_role_sources(self) -> list[AudioRoleSource]:
        """Role mix of compound clips."""
        return self.children(AudioRoleSource)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles it names itself: of the item, then of its channels, each once. ``dialogue.dialogue-1`` is a
        sub-role of ``dialogue``."""
        element = self.element
        found: list[str] = []
        for name in self._role_attributes:
            role = element.get(name)
            if role and role not in found:
                found.append(role)
        for child in element[:]:
            if child.tag in _CHANNELS:
                role = child.get("role")
                if role and role not in found:
                    found.append(role)
        return tuple(found)

    @property
    def reference(self) -> str | None:
        """The id of the resource it plays."""
        return self.element.get("ref")


@views("gap")
class Gap(Item):
    """Nothing, for a while. A gap is never connected; things connect to it."""

    __slots__ = ()


class MediaItem(Item):
    """An item that plays one asset or effect by ``ref``."""

    __slots__ = ()

    @property
    def asset(self) -> Asset | None:
        """The asset it plays, None for a generator or a dangling reference."""
        return find(self, self.element.get("ref"), Asset)

    @property
    def effect(self) -> Effect | None:
        """The generator it plays, if it is one."""
        return find(self, self.reference, Effect)


@views("asset-clip")
class AssetClip(MediaItem):
    """A whole asset's picture and sound (from 1.6 on)."""

    __slots__ = ()
    _role_attributes = ("audioRole", "videoRole")
    audio_role = Text("audioRole")
    video_role = Text("videoRole")
    source_enable = Text("srcEnable")
    audio_start = Time("audioStart")
    audio_duration = Time("audioDuration")
    format_id = Text("format")

    @property
    def length(self) -> Fraction:
        """Its duration, or what is left of its asset when it names none (DTD: optional from 1.6 on)."""
        if self.duration is not None:
            return self.duration
        asset = self.asset
        if asset is None or asset.duration is None:
            raise DanglingReferenceError(
                "The clip has no duration and no asset to take it from.",
                hint="Relink or remove the clip.",
                path=self.path,
                line=self.line,
            )
        inside = self.start - asset.start if self.element.get("start") is not None else Fraction(0)
        return asset.duration - inside


@views("clip")
class Clip(Item):
    """A container of explicit video and audio components."""

    __slots__ = ()
    audio_start = Time("audioStart")
    audio_duration = Time("audioDuration")
    format_id = Text("format")
    tc_start = Time("tcStart")

    @property
    def format(self) -> Format | None:
        """Its own format."""
        return find(self, self.format_id, Format)


@views("video")
class Video(MediaItem):
    """Picture only: a still, a generator, or a component of a clip."""

    __slots__ = ()
    role = Text("role")


@views("audio")
class Audio(MediaItem):
    """Sound only: some channels of an asset."""

    __slots__ = ()
    role = Text("role")
    source_channels = Text("srcCh")
    output_channels = Text("outCh")


@views("title")
class Title(MediaItem, Worded):
    """A title: an effect with text."""

    __slots__ = ()
    role = Text("role")


@views("caption")
class Caption(Item, Worded):
    """A caption; ``role`` carries format and language (``SRT?captionFormat=SRT.en``)."""

    __slots__ = ()
    role = Text("role")

    @property
    def caption_format(self) -> str | None:
        """``SRT``, ``ITT`` or ``CEA608``."""
        return (self.role or "").partition("?")[0] or None

    @property
    def language(self) -> str | None:
        """The language tag, such as ``en`` or ``de-DE``."""
        return (self.role or "").partition("captionFormat=")[2].partition(".")[2] or None


@views("live-drawing")
class LiveDrawing(Item):
    """A drawing made on the viewer (1.11)."""

    __slots__ = ()
    role = Text("role")


@views("ref-clip")
class RefClip(Item):
    """A compound clip: a sequence kept as media."""

    __slots__ = ()
    source_enable = Text("srcEnable")

    @property
    def media(self) -> Media | None:
        """The compound it plays."""
        return _media(self)


@views("mc-clip")
class McClip(Item):
    """A multicam clip with the angle it plays."""

    __slots__ = ()

    @property
    def media(self) -> Media | None:
        """The multicam it plays."""
        return _media(self)

    @property
    def mc_sources(self) -> list[McSource]:
        """Its chosen angles."""
        return self.children(McSource)


def _media(item: Item) -> Media | None:
    from takebridge_fcpxml.view.containers import Media

    return find(item, item.reference, Media)


@views("sync-clip")
class SyncClip(Item):
    """Picture and sound synchronised by content or timecode."""

    __slots__ = ()

    @property
    def sync_sources(self) -> list[SyncSource]:
        """Which parts are heard."""
        return self.children(SyncSource)


@views("audition")
class Audition(Item):
    """The editor's own version tray: the first child plays, the others wait."""

    __slots__ = ()

    @property
    def pick(self) -> Item:
        """The child that plays. Raises StructureError for an empty audition."""
        candidates = self.items
        if not candidates:
            raise StructureError("The audition is empty.", hint="Remove it.", path=self.path, line=self.line)
        return candidates[0]

    @property
    def alternates(self) -> list[Item]:
        """The children that wait, in tray order."""
        return self.items[1:]

    @property
    def length(self) -> Fraction:
        """The duration of the pick."""
        return self.pick.length


@views("transition")
class Transition(Item):
    """A transition between two spine items; it takes no time of its own in the spine."""

    __slots__ = ()


@views("spine")
class Spine(View):
    """A storyline: the primary one of a sequence, or one connected with a lane."""

    __slots__ = ()
    name = Text("name")
    offset = Time("offset")
    lane = Whole("lane")
    format_id = Text("format")

    @property
    def items(self) -> list[Item]:
        """Its items in order, transitions and gaps included."""
        return self.children(Item)

    @property
    def is_primary(self) -> bool:
        """Whether it is the primary storyline of a sequence."""
        above = self.element.getparent()
        return above is not None and above.tag == "sequence"


def is_item(tag: str) -> bool:
    """Whether elements of this name are story items."""
    return tag in grammar.ITEMS
