"""Content of clips: which media and take a clip shows, whether two show the same, and the frames one shows of another.

Documents say more or less about a media: a path here, a name only there. Two descriptions are of the same media unless
both state something that differs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from takebridge.cut.model import Clip, Frame, Media, Span, Take, whole
from takebridge.timebase import FrameRate

FIRST_TAKE = "original"
"""Key of the take that a clip without takes shows, once it gets another."""

_SCHEME = re.compile(r"^file:(//localhost(?=/)|//(?=/))?", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")


def place_of(location: str) -> str:
    """Return a path or URL in the one form in which locations are compared ("" for none)."""
    text = location.strip().replace("\\", "/")
    stripped = _SCHEME.sub("", text)
    if stripped != text or "://" not in text:
        return _SLASHES.sub("/", stripped)
    return text


def same_media(one: Media | None, other: Media | None) -> bool:
    """Say whether both name the same file: by location, by another location both know, else by name."""
    if one is other:
        return True
    if one is None or other is None:
        return False
    if one.location and other.location:
        if one.location == other.location:
            return True
        return bool(_locations(one) & _locations(other))
    return bool(_names(one) & _names(other))


def _names(media: Media) -> set[str]:
    """The file names a media may go by, with and without suffix: formats write either."""
    said = {media.name, place_of(media.location).rsplit("/", 1)[-1]} - {""}
    names = {name.casefold() for name in said}
    return names | {name.rpartition(".")[0] for name in names if "." in name.strip(".")}


def _locations(media: Media) -> set[str]:
    return {place_of(location) for location in (media.location, *media.others) if location}


def same_shown(one: Clip, other: Clip) -> bool:
    """Say whether both clips show the same media and, where both know their takes, the same take."""
    if (one.inner is None) != (other.inner is None) or not same_media(one.media, other.media):
        return False
    if one.inner is not None:
        return True
    mine, theirs = shown_take(one), shown_take(other)
    return mine is None or theirs is None or same_take(mine, theirs)


def shown_take(clip: Clip) -> Take | None:
    """Return the take a clip shows, None where it has no takes (or names one it does not have)."""
    return clip.takes[clip.active] if 0 <= clip.active < len(clip.takes) else None


def same_take(one: Take, other: Take) -> bool:
    """Say whether both are the same take: by the canvas take they are known to be, else by their media.

    Two takes of one media under different keys are two only where they show frames that do not meet.
    """
    if one.take_id and other.take_id:
        return one.take_id == other.take_id
    if not same_media(one.media, other.media):
        return False
    if one.key == other.key:
        return True
    if one.media is None:
        return False
    if one.source is None or other.source is None or one.source == other.source:
        return True
    return one.source.overlaps(other.source)


def as_take(clip: Clip, key: str = FIRST_TAKE) -> Take:
    """Return what a clip shows as a take: its shown take, else one made of its media."""
    take = shown_take(clip)
    if take is not None:
        return take if take.source == clip.source else replace(take, source=clip.source)
    return Take(key, clip.media, clip.source, name=clip.media.name if clip.media else clip.name)


def tray(clip: Clip) -> tuple[Take, ...]:
    """Return the takes a clip has once it has takes at all."""
    return clip.takes or (as_take(clip),)


def has_take(clip: Clip, take: Take) -> Take | None:
    """Return the clip's take that is this one, None where it has none."""
    return next((one for one in clip.takes if same_take(one, take)), None)


def free_key(clip: Clip, wanted: str) -> str:
    """Return a take key the clip does not use yet: the wanted one, else with a number."""
    used = {take.key for take in tray(clip)}
    number, key = 2, wanted or "take"
    while key in used:
        key, number = f"{wanted or 'take'} {number}", number + 1
    return key


def part_of(content: Span | None, base: Clip, now: Clip, rates: tuple[FrameRate, FrameRate]) -> Span | None:
    """Return the frames of new content that a clip shows after it was trimmed, slipped or razored.

    ``content`` is what the new content shows in the place of ``base`` (frames of the second rate); ``now`` is what
    became of ``base`` (frames of the first rate): both ends keep their distance, in media time, from the base's ends.
    Where a format says nothing of source ranges the content is taken from its first frame.
    """
    if content is None or now.source is None or base.source is None:
        return content
    if now.source == base.source:
        return content
    old, new = rates
    scale = Fraction(1) if old == new else new.fraction / old.fraction
    head = Fraction(now.source.start - base.source.start) * scale
    length = Fraction(now.source.duration) * scale
    if content.duration == Fraction(base.source.duration) * scale:
        return _span(content.start + head, length)
    tail = Fraction(now.source.end - base.source.end) * scale
    start, end = content.start + head, content.end + tail
    return _span(start, end - start) if end > start else _span(start, length)


def _span(start: Fraction | int, duration: Fraction | int) -> Span:
    begins: Frame = whole(Fraction(start))
    return Span.of(begins, whole(Fraction(duration)))
