"""A `<file>` as media, and what kind of clip it makes."""

from __future__ import annotations

from pydantic import JsonValue

from takebridge.cut.model import ClipKind, Frame, Media
from takebridge.interchange.xmeml_parse import Element, serialized, text_of, words_of
from takebridge.interchange.xmeml_times import number_at, rate_of, timecode_at
from takebridge.interchange.xmeml_urls import to_location
from takebridge.timebase import FrameRate

_STILLS = "png|jpg|jpeg|tif|tiff|bmp|gif|psd|tga|dpx|exr|webp|heic|heif|ai|eps|svg"
STILL_SUFFIXES = tuple(f".{one}" for one in _STILLS.split("|"))


def media_of(file: Element, fallback: FrameRate) -> Media:
    """Read a `<file>` with content. One without a rate of its own takes the clip's (the format inherits it)."""
    rate = rate_of(file) or rate_of(file, "timecode/rate") or fallback
    start, drop = timecode_at(file, rate)
    frames = number_at(file, "duration")
    media = Media(
        name=words_of(file, "name"),
        location=to_location(text_of(file, "pathurl")),
        rate=rate,
        frame_count=frames if frames and frames > 0 else None,
        start=start,
        id=file.get("id", ""),
    )
    kept: dict[str, JsonValue] = {"file": serialized(file), "read": media_values(media), "drop": drop}
    return Media(media.name, media.location, rate, media.frame_count, start, media.id, extras={"xmeml": kept})


def media_values(media: Media | None) -> str:
    """Return what a media says beyond its extras, as text: equal text, equal media."""
    if media is None:
        return ""
    numbers = "|".join(_text(value) for value in (media.frame_count, media.start))
    return f"{media.id}|{media.rate}|{numbers}|{media.name}|{media.location}"


def _text(value: Frame | None) -> str:
    return "" if value is None else str(value)


def kind_of(file: Element, name: str) -> ClipKind:
    """Say what a clip of this file is; synthetic media (`<mediaSource>`) are generators, titles, adjustment layers."""
    source = text_of(file, "mediaSource").lower()
    if source:
        if "graphic" in source or "text" in source or "title" in source:
            return "title"
        return "adjustment" if "adjustment" in name.lower() else "generator"
    path = to_location(text_of(file, "pathurl")) or text_of(file, "name")
    return "still" if path.lower().endswith(STILL_SUFFIXES) else "clip"
