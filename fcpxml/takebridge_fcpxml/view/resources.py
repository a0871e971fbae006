"""Resources: what stories refer to by id."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from takebridge_fcpxml import urls
from takebridge_fcpxml.rates import named_rate
from takebridge_fcpxml.view.attributes import Flag, Name, Text, Time, TimeOrZero, Whole
from takebridge_fcpxml.view.base import View, view_of, views
from takebridge_fcpxml.view.notes import Metadata

R = TypeVar("R", bound="Resource")


class Resource(View):
    """Anything with an id in ``resources``."""

    __slots__ = ()
    id = Name("id")
    name = Name("name")


@views("format")
class Format(Resource):
    """Size, rate and colour. A still's format has no frame duration (FFVideoFormatRateUndefined)."""

    __slots__ = ()
    frame_duration = Time("frameDuration")
    width = Whole("width")
    height = Whole("height")
    field_order = Text("fieldOrder")
    color_space = Text("colorSpace")

    @property
    def rate(self) -> Fraction | None:
        """Frames per second: by the frame duration, else by a standard format's name; None where neither says it."""
        if not (self.element.get("frameDuration") or "").strip():
            return named_rate(self.name)
        duration = self.frame_duration
        return 1 / duration if duration and duration > 0 else None


@views("media-rep")
class MediaRep(View):
    """One file of an asset: the original or a proxy."""

    __slots__ = ()
    src = Name("src")
    sig = Text("sig")
    suggested_filename = Text("suggestedFilename")

    @property
    def kind(self) -> str:
        """``original-media`` (the default) or ``proxy-media``."""
        return self.element.get("kind", "original-media")


@views("asset")
class Asset(Resource):
    """A media file. ``start`` is its embedded timecode in seconds, ``duration`` its length; a still has 0."""

    __slots__ = ()
    uid = Text("uid")
    start = TimeOrZero("start")
    duration = Time("duration")
    format_id = Text("format")
    has_video = Flag("hasVideo", False)
    has_audio = Flag("hasAudio", False)
    video_sources = Whole("videoSources")
    audio_sources = Whole("audioSources")
    audio_channels = Whole("audioChannels")
    audio_rate = Text("audioRate")

    @property
    def media_reps(self) -> list[MediaRep]:
        """Its files (from 1.9 on)."""
        return self.children(MediaRep)

    @property
    def src(self) -> str | None:
        """The URL of the original: ``media-rep@src``, or ``asset@src`` below 1.9."""
        other: str | None = None
        for child in self.element[:]:
            if child.tag == "media-rep":
                src = child.get("src", "")
                if child.get("kind", "original-media") == "original-media":
                    return src
                other = src if other is None else other
        return self.element.get("src") if other is None else other

    @property
    def media_path(self) -> str | None:
        """The decoded path of the original; relative ones are resolved inside the bundle."""
        url = self.src
        path = urls.to_path(url) if url else None
        if path and self.document.bundle and not path.startswith("/") and ":" not in path[:2]:
            return str(Path(self.document.bundle, path))
        return path

    @property
    def file_name(self) -> str:
        """The file's name with extension."""
        url = self.src
        return urls.file_name(url) if url else ""

    @property
    def format(self) -> Format | None:
        """Its format, None when it names none or a missing one."""
        return find(self, self.format_id, Format)

    @property
    def metadata(self) -> Metadata | None:
        """Its metadata, if any."""
        return self.first(Metadata)

    @property
    def is_still(self) -> bool:
        """Whether it is a still picture: no duration of its own, or a format without a rate."""
        if self.has_audio or not self.has_video:
            return False
        form = self.format
        # A moving picture of an odd size has that name too, with its frame duration beside it.
        return self.duration == 0 or (
            form is not None and form.name == "FFVideoFormatRateUndefined" and form.rate is None
        )


@views("effect")
class Effect(Resource):
    """A title, generator, transition or filter template."""

    __slots__ = ()
    uid = Name("uid")
    src = Text("src")


@views("locator")
class Locator(Resource):
    """Side data of a bundle (1.10)."""

    __slots__ = ()
    url = Name("url")


def find(view: View, identifier: str | None, kind: type[R]) -> R | None:
    """The resource of this kind with this id, or None."""
    element = view.document.resource(identifier)
    found = None if element is None else view_of(element, view.document)
    return found if isinstance(found, kind) else None
