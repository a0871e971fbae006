"""Media references of OTIO's JSON as media and takes, and where a clip's source range lies in its media."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import NamedTuple, cast
from urllib.parse import unquote

from takebridge.cut.model import ClipKind, Extras, Frame, Media, Span, Take, whole
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.otio_facts import CARRIED, OURS, metadata_of, schema, section, text_of
from takebridge.interchange.otio_time import Json, frames_of, range_of, rate_of
from takebridge.timebase import FrameRate
from takebridge_fcpxml import urls
from takebridge_fcpxml.otio.rational import of_text

FORMAT = "otio"
DEFAULT_KEY = "DEFAULT_MEDIA"
_STILLS = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".psd", ".tga", ".heic", ".svg", ".pdf"}


class Used(NamedTuple):
    """What a clip uses of its media: source frames, and what was taken off the document's own numbers for it."""

    source: Span | None
    offset: Frame


@dataclass(frozen=True, slots=True)
class References:
    """A clip's references by key, in tray order, and the active key."""

    by_key: dict[str, Json]
    active: str


def references_of(clip: Json, where: str) -> References:
    """Return the references of a clip; the active one exists. Raises InvalidDocumentError for misshapen ones."""
    found = clip.get("media_references")
    if found is None:
        alone = clip.get("media_reference")
        found = {DEFAULT_KEY: alone} if isinstance(alone, dict) else {}
    if not isinstance(found, dict) or not all(isinstance(one, dict) or one is None for one in found.values()):
        raise InvalidDocumentError(f"The media of {where} is not what it should be.", hint="Export the timeline again.")
    kept = {key: one for key, one in found.items() if one is not None}
    active = text_of(clip, "active_media_reference_key") or DEFAULT_KEY
    if kept and active not in kept:
        active = DEFAULT_KEY if DEFAULT_KEY in kept else next(iter(kept))
    order = sorted(kept, key=lambda key: (_place(kept[key]), key != active) if _place(kept[key]) >= 0 else (1 << 30, 0))
    return References({key: kept[key] for key in order}, active)


def _place(reference: Json) -> int:
    """Where a reference stands in the tray, as we wrote it; -1 where nobody says."""
    for name, key in ((OURS, "place"), (CARRIED, "pick")):
        place = section(reference, name).get(key)
        if isinstance(place, int) and not isinstance(place, bool) and place >= 0:
            return place
    return -1


def media_of(reference: Json | None, fallback: FrameRate, where: str) -> Media | None:
    """Return the media a reference names, None for one that says nothing (and for generators: they have no file)."""
    if reference is None or schema(reference) == "GeneratorReference":
        return None
    location = location_of(reference)
    span = range_of(reference.get("available_range"), where)
    name = text_of(reference, "name") or (urls.file_name(location) if location else "")
    if not location and span is None and not name:
        return None
    rate = None
    start: Frame | None = None
    count: Frame | None = None
    if span is not None:
        rate = rate_of(span[1]) or rate_of(span[0])
        counted = (rate or fallback).fraction
        start = frames_of(span[0], counted, where)
        count = frames_of(span[1], counted, where) or None
    rate = rate or rate_of(reference)
    own = section(reference, OURS)
    start = None if own.get("start") == "unknown" else start
    extras: Extras = {FORMAT: reference}
    return Media(name, location, rate, count, start, text_of(own, "media_id"), _others(own), extras)


def _others(own: Json) -> tuple[str, ...]:
    found = own.get("others")
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def location_of(reference: Json) -> str:
    """The decoded path or URL of a reference, "" for none. A sequence of images is its pattern."""
    if schema(reference) == "ImageSequenceReference":
        padding = reference.get("frame_zero_padding")
        digits = padding if isinstance(padding, int) and 0 < padding < 20 else 4
        base = text_of(reference, "target_url_base")
        sign = "" if not base or base.endswith("/") else "/"
        prefix, suffix = text_of(reference, "name_prefix"), text_of(reference, "name_suffix")
        return _decoded(f"{base}{sign}") + f"{prefix}%0{digits}d{suffix}"
    return _decoded(text_of(reference, "target_url"))


def _decoded(url: str) -> str:
    if not re.match(r"file:", url, re.IGNORECASE):
        return url
    path = urls.to_path(url)
    if path is not None:
        return path
    # Avid puts the drive or the server where a URL has its host.
    elsewhere = re.match(r"file://([^/]+)(/.*)", url, re.IGNORECASE | re.DOTALL)
    if elsewhere is None:
        return url
    host, rest = unquote(elsewhere[1]), unquote(elsewhere[2])
    return f"{host[0]}:{rest}" if re.fullmatch(r"[A-Za-z][:|]", host) else f"//{host}{rest}"


def kind_of(clip: Json, reference: Json | None, media: Media | None) -> ClipKind:
    """What kind of clip it is: as we or the FCPXML library wrote it, else by its reference."""
    told = text_of(section(clip, OURS), "kind") or _BY_TAG.get(text_of(section(clip, CARRIED), "kind"), "")
    if told in _KINDS:
        return cast("ClipKind", told)
    if reference is not None and schema(reference) == "GeneratorReference":
        generator = text_of(reference, "generator_kind").lower()
        return "title" if "title" in generator or "text" in generator else "generator"
    if media is None or not media.location:
        return "missing"
    sequence = reference is not None and schema(reference) == "ImageSequenceReference"
    return "still" if not sequence and PurePosixPath(media.location).suffix.lower() in _STILLS else "clip"


_BY_TAG = {"title": "title", "caption": "caption", "mc-clip": "multicam", "ref-clip": "nested"}
_KINDS = {"still", "title", "generator", "nested", "multicam", "adjustment", "caption", "missing", "other"}


def used_of(clip: Json, media: Media | None, rate: Fraction, speed: Fraction | None, where: str) -> Used:
    """Return the source frames a clip uses, counted from its media's first frame at ``rate``.

    Source ranges count as the available range does (media timecode), or from 0: hand-made files have both. One that
    lies outside the available range and inside the media when taken from 0 is taken from 0.
    """
    span = range_of(clip.get("source_range"), where)
    begin = Fraction(0) if media is None or media.start is None else media.start
    if span is None:
        whole_media = None if media is None else media.frame_count
        return Used(Span(0, whole_media) if whole_media is not None else None, whole(begin))
    start, shown = frames_of(span[0], rate, where), frames_of(span[1], rate, where)
    length = shown if speed is None else (1 if speed == 0 else whole(shown * abs(speed)))
    if not begin or _from_zero(start, length, begin, None if media is None else media.frame_count):
        begin = Fraction(0)
    return Used(Span.of(whole(start - begin), length), whole(begin))


def _from_zero(start: Frame, length: Frame, begin: Frame, count: Frame | None) -> bool:
    if count is None:
        return False
    meets = start < begin + count and begin < start + length
    return not meets and start >= 0 and start + length <= count


def is_mob_chain(found: References) -> bool:
    """Whether the references are one source's way through the mobs of an AAF: places of one picture, no takes."""
    return any("AAF" in metadata_of(reference) for reference in found.by_key.values())


def with_other_places(media: Media | None, found: References) -> Media | None:
    """Media of an AAF with the other places its file is known at."""
    if media is None or len(found.by_key) < 2 or not is_mob_chain(found):
        return media
    places = (location_of(reference) for reference in found.by_key.values())
    others = tuple(place for place in dict.fromkeys(places) if place and place != media.location)
    return replace(media, others=others)


def takes_of(
    found: References, active: Media | None, source: Span | None, rate: FrameRate, where: str
) -> tuple[tuple[Take, ...], int]:
    """Return a clip's takes and which is active; none for a single reference of the usual key."""
    if (len(found.by_key) < 2 and found.active == DEFAULT_KEY) or is_mob_chain(found):
        return (), 0
    takes: list[Take] = []
    for key, reference in found.by_key.items():
        shown = active if key == found.active else media_of(reference, rate, where)
        own = section(reference, OURS)
        name = text_of(own, "name") or text_of(section(reference, CARRIED), "name")
        span = source if key == found.active else _span(own) or _carried(reference, shown, active, source, rate)
        takes.append(Take(text_of(own, "key") or key, shown, span, name, text_of(own, "take_id"), {FORMAT: reference}))
    return tuple(takes), list(found.by_key).index(found.active) if takes else 0


def begin_of_take(own: Json) -> Fraction | None:
    """The source frame a waiting take begins with, as our metadata says it."""
    span = _span(own)
    return None if span is None else Fraction(span.start)


def _carried(
    reference: Json, media: Media | None, active: Media | None, source: Span | None, rate: FrameRate
) -> Span | None:
    """What a waiting child of an audition shows: as long as the one that plays."""
    begin = of_text(section(reference, CARRIED).get("in"))
    if begin is None or source is None:
        return None
    own, played = ((one.rate if one and one.rate else rate).fraction for one in (media, active))
    start = begin * own - (media.start or 0 if media else 0)
    return Span.of(whole(start), whole(source.duration / played * own))


def _span(own: Json) -> Span | None:
    """The source frames of a take that waits, as we write them: whole numbers or ``num/den``."""
    try:
        start, end = (whole(Fraction(str(own[name]))) for name in ("source_start", "source_end"))
    except (KeyError, ValueError, ZeroDivisionError):
        return None
    return Span(start, end) if end >= start else None
