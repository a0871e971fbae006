"""The files of a document being written: one id and one definition for each distinct media.

Two media of one path with other timecodes are two files. A file that came from a document keeps its id and its text;
one whose path, name, length or timecode was changed since gets an id of its own and the changes in its text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil

from lxml import etree

from takebridge.cut.model import Cut, Media, TrackKind, clips_of
from takebridge.interchange.xmeml_build import FILE_ORDER, add, drop, place, put, swap
from takebridge.interchange.xmeml_keep import kept, kept_text
from takebridge.interchange.xmeml_media import media_of, media_values
from takebridge.interchange.xmeml_parse import Element, parse_kept
from takebridge.interchange.xmeml_times import is_writable, rate_element, rescaled, timecode_element
from takebridge.interchange.xmeml_urls import to_pathurl
from takebridge.timebase import FrameRate

SIZE = "size"
"""Key of a media's extras: width and height of its picture, where somebody looked."""


def size_of(media: Media) -> tuple[int, int] | None:
    """Return the picture size a media says, None where it says none: then it counts as the sequence's."""
    said = media.extras.get(SIZE)
    if isinstance(said, list) and len(said) == 2 and all(isinstance(one, int) and one > 0 for one in said):
        return int(str(said[0])), int(str(said[1]))
    return None


@dataclass(slots=True)
class Use:
    """What a cut does with a media: which kinds of tracks show it, how many of its sound channels, how far."""

    media: Media
    kinds: set[TrackKind] = field(default_factory=set)
    channels: int = 0
    furthest: int = 0


class FileBook:
    """Gives media their ids and, at the end, their definitions. Ids of unchanged files are theirs first."""

    def __init__(self, cut: Cut, taken: Iterable[str], losses: list[str]) -> None:
        self._losses = losses
        self._ids: dict[str, str] = {}
        self._uses: dict[str, Use] = {}
        self._taken: set[str] = set()
        self._rate = cut.rate
        self._drop = cut.drop_frame
        self._size = (cut.width or 1920, cut.height or 1080)
        for _, clip in clips_of(cut):
            media = clip.media
            if media is not None and media.id not in self._taken and _is_unchanged(media):
                self._ids.setdefault(media_values(media), media.id)
                self._taken.add(media.id)
        self._taken |= set(taken)
        self._masters: dict[str, str] = {}
        self._used_masters: set[str] = set()

    def use(self, media: Media, kind: TrackKind, channel: int, until: int) -> str:
        """Return the id of a media's file, noting what it is used for. ``until``: source frames, rounded up."""
        values = media_values(media)
        name = self._ids.get(values) or self._free("file-")
        self._ids[values] = name
        use = self._uses.setdefault(name, Use(media))
        use.kinds.add(kind)
        use.channels = max(use.channels, channel)
        use.furthest = max(use.furthest, until)
        return name

    def master(self, file: str, wanted: str = "") -> str:
        """Return the master clip of a file (or sequence): the one it has, else the wanted one where that is free."""
        if file not in self._masters:
            name = wanted if wanted and wanted not in self._used_masters else self._new_master()
            self._masters[file] = name
            self._used_masters.add(name)
        return self._masters[file]

    def reserve_masters(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Give files the master clips their clips came with, before any new one is made."""
        for file, master in wanted:
            self.master(file, master)

    def definition(self, name: str) -> Element | None:
        """Build the full element of a file in use; None for one that is not."""
        use = self._uses.get(name)
        if use is None:
            return None
        original = parse_kept(kept_text(use.media.extras, "file"))
        if original is None:
            return self._new(name, use)
        original.set("id", name)
        return original if _is_unchanged(use.media) else self._changed(original, use)

    def _free(self, prefix: str) -> str:
        number = len(self._taken) + 1
        while f"{prefix}{number}" in self._taken:
            number += 1
        self._taken.add(f"{prefix}{number}")
        return f"{prefix}{number}"

    def _new_master(self) -> str:
        number = len(self._used_masters) + 1
        while f"masterclip-{number}" in self._used_masters:
            number += 1
        return f"masterclip-{number}"

    def _new(self, name: str, use: Use) -> Element:
        file = etree.Element("file", id=name)
        media, rate = use.media, use.media.rate or self._rate
        put(file, "name", media.name, FILE_ORDER)
        if media.location:
            put(file, "pathurl", to_pathurl(media.location), FILE_ORDER)
        self._timed(file, use)
        inside = place(file, etree.Element("media"), FILE_ORDER)
        if "video" in use.kinds:
            picture = add(add(inside, "video"), "samplecharacteristics")
            picture.append(rate_element(rate))
            for tag, text in zip(("width", "height"), size_of(media) or self._size, strict=True):
                add(picture, tag, text)
            for tag, word in (("anamorphic", "FALSE"), ("pixelaspectratio", "square"), ("fielddominance", "none")):
                add(picture, tag, word)
        if "audio" in use.kinds:
            sound = add(inside, "audio")
            characteristics = add(sound, "samplecharacteristics")
            add(characteristics, "depth", 16)
            add(characteristics, "samplerate", 48000)
            add(sound, "channelcount", use.channels)
        return file

    def _timed(self, file: Element, use: Use) -> None:
        """Write rate, length and timecode. A length that is not known is as much as the cut uses, never blank."""
        media, rate = use.media, use.media.rate or self._rate
        if not is_writable(rate):
            self._losses.append(f"“{media.name}”: its {rate} frames a second are written as the nearest rate there is.")
        swap(file, rate_element(rate), FILE_ORDER)
        if media.frame_count is None:
            self._losses.append(
                f"“{media.name}”: its length is not known; the frames in use are written as its length."
            )
        elif media.frame_count != int(media.frame_count):
            self._losses.append(f"“{media.name}”: its length is written in whole frames.")
        put(file, "duration", ceil(media.frame_count or max(1, use.furthest)), FILE_ORDER)
        if media.start is None:
            drop(file, "timecode")
            return
        if media.start != int(media.start):
            self._losses.append(f"“{media.name}”: its timecode is written in whole frames.")
        dropped = kept(media.extras).get("drop", self._drop) is True
        swap(file, timecode_element(round(media.start), rate, drop=dropped), FILE_ORDER)

    def _changed(self, file: Element, use: Use) -> Element:
        before, now = media_of(file, self._rate), use.media
        if before.name != now.name:
            put(file, "name", now.name, FILE_ORDER)
        if before.location != now.location:
            put(file, "pathurl", to_pathurl(now.location), FILE_ORDER)
        if (before.rate, before.frame_count, before.start) != (now.rate, now.frame_count, now.start):
            self._timed(file, use)
        return file


def length_at(media: Media, rate: FrameRate) -> int | None:
    """Return a media's length in frames of another rate, rounded up; None where it is not known."""
    if media.frame_count is None:
        return None
    return ceil(rescaled(media.frame_count, media.rate or rate, rate))


def _is_unchanged(media: Media) -> bool:
    return bool(media.id) and kept(media.extras).get("read") == media_values(media)
