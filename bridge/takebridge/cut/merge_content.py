"""Content of one clip carried from the canvas's cut into the editor's: takes, media, the frames that fit the slot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Literal

from takebridge.cut.edit_clip import kind_with, marker_facts
from takebridge.cut.edit_content import as_take, free_key, part_of, same_shown, same_take, shown_take, tray
from takebridge.cut.model import Clip, ClipKind, Cut, Frame, Marker, Media, Span, Take, source_rate, whole
from takebridge.timebase import FrameRate

Edge = Literal["head", "tail"]

_TIMELESS = frozenset({"still", "title", "generator", "adjustment", "caption", "missing"})
"""Kinds whose media has no end to run out at."""


@dataclass(frozen=True, slots=True)
class Three:
    """One clip on all three sides, each with its cut: the base's, the editor's (one piece of it), the canvas's.

    ``keeps``: other media joins what the editor's clip shows as a take, instead of taking its place.
    """

    base: Clip
    editor: Clip
    canvas: Clip
    cuts: tuple[Cut, Cut, Cut]
    keeps: bool = False

    @property
    def canvas_changed(self) -> bool:
        """The canvas shows something else than the base did."""
        return not same_shown(self.base, self.canvas)

    @property
    def editor_changed(self) -> bool:
        """The editor shows something else than the base did."""
        return not same_shown(self.base, self.editor)

    @property
    def agree(self) -> bool:
        """Editor and canvas show the same."""
        return same_shown(self.editor, self.canvas)


def new_takes(three: Three) -> tuple[Take, ...]:
    """Return the takes the canvas added to the clip's takes and the editor's does not have yet."""
    had = (*tray(three.base), *tray(three.editor))
    return tuple(take for take in three.canvas.takes if not any(same_take(one, take) for one in had))


def with_content(three: Three) -> Clip:
    """Return the editor's clip showing what the canvas shows, with the canvas's new takes beside its own.

    Place, length, speed and all else stay the editor's. The frames shown keep their distance from the clip's ends as
    they were in the base, in media time (`part_of`).
    """
    editor, canvas = three.editor, three.canvas
    source = shown_part(three)
    if not canvas.takes and not editor.takes and not (three.keeps and _both_filmed(editor, canvas)):
        made = replace(editor, media=canvas.media, source=source, kind=_kind(three))
        return _named(three, made)
    shown = as_take(canvas, free_key(editor, canvas.media.name if canvas.media else "take"))
    joined, found = _joined(three, (*new_takes(three), shown))
    active = next(index for index, take in enumerate(joined) if take is found[-1])
    takes = tuple(replace(take, source=source) if index == active else take for index, take in enumerate(joined))
    made = replace(editor, takes=takes, active=active, media=takes[active].media, source=source, kind=_kind(three))
    return _named(three, made)


def _both_filmed(one: Clip, other: Clip) -> bool:
    """Say whether both show media of their own: what a tray of takes is made of."""
    return all(
        clip.media is not None and clip.kind in ("clip", "still") and clip.inner is None for clip in (one, other)
    )


def with_takes(three: Three, takes: tuple[Take, ...]) -> Clip:
    """Return the editor's clip with takes joined to its own that it does not show; those it has are not doubled."""
    editor = three.editor
    joined, _ = _joined(three, takes)
    if len(joined) == len(tray(editor)):
        return editor
    return replace(editor, takes=tuple(joined), active=editor.active if editor.takes else 0)


def _joined(three: Three, takes: tuple[Take, ...]) -> tuple[list[Take], list[Take]]:
    """Return the editor's takes with others joined, each fitted to the clip; and which of them each of the others is.

    They are told apart as given: fitted, they show other frames.
    """
    joined = list(tray(three.editor))
    known, found = [(take, take) for take in joined], []
    for take in takes:
        there = next((fitted for one, fitted in known if same_take(one, take)), None)
        if there is None:
            key = free_key(replace(three.editor, takes=tuple(joined)), take.key)
            there = replace(take, key=key, source=_take_part(three, take))
            joined.append(there)
            known.append((take, there))
        found.append(there)
    return joined, found


def _named(three: Three, made: Clip) -> Clip:
    """A clip's name follows what it shows, where the editor has not named it."""
    return replace(made, name=three.canvas.name) if three.editor.name == three.base.name else made


def _kind(three: Three) -> ClipKind:
    clip = three.editor
    if three.canvas.kind in ("clip", "still", "missing") and clip.kind in ("clip", "still", "missing"):
        return three.canvas.kind
    return kind_with(clip, three.canvas.media)


def shown_part(three: Three) -> Span | None:
    """Return which frames of the canvas's content the editor's clip shows."""
    base, editor, canvas = three.base, three.editor, three.canvas
    content = _fitted(canvas.source, three)
    if content is None:
        return None
    if three.editor_changed:
        return _scaled(content, base.record.duration, editor.record.duration)
    if editor.source is None or base.source is None:
        return _scaled(content, base.record.duration, editor.record.duration)
    return part_of(content, base, editor, (source_rate(base, three.cuts[0]), source_rate(canvas, three.cuts[2])))


def _fitted(content: Span | None, three: Three) -> Span | None:
    """The canvas's source range for a slot as long, and as fast, as the base's: from its own head on."""
    base, canvas = three.base, three.canvas
    if content is None:
        return None
    speed = Fraction(1)
    if base.speed and canvas.speed and base.speed != canvas.speed:
        speed = abs(base.speed / canvas.speed)
    return _scaled(content, canvas.record.duration, whole(Fraction(base.record.duration) * speed))


def _scaled(content: Span, was: Frame, now: Frame) -> Span:
    if was == now or not was:
        return content
    return Span.of(content.start, whole(Fraction(content.duration) * Fraction(now) / Fraction(was)))


def _take_part(three: Three, take: Take) -> Span | None:
    """Which frames of a take in the tray fit the editor's clip."""
    if take.source is None or three.editor_changed:
        return take.source
    rate = take.media.rate if take.media and take.media.rate else three.cuts[2].rate
    content = _fitted(take.source, three)
    return part_of(content, three.base, three.editor, (source_rate(three.base, three.cuts[0]), rate))


def new_markers(three: Three, *, only: bool) -> tuple[Marker, ...]:
    """Return the markers the canvas put on the clip that the editor's does not have.

    Where the clip was razored (not ``only`` one is left) each goes onto the piece that shows its frame.
    """
    had = {_unplaced(marker) for marker in three.base.markers} | {_unplaced(marker) for marker in three.editor.markers}
    new = (marker for marker in three.canvas.markers if _unplaced(marker) not in had)
    source = three.editor.source
    return tuple(marker for marker in new if only or source is None or source.start <= marker.at < source.end)


def _unplaced(marker: Marker) -> tuple[object, ...]:
    return marker_facts(marker)[1:]


# --- running out of media -----------------------------------------------------------------------------


def lacking(clip: Clip, cut: Cut) -> Iterator[tuple[Edge, int]]:
    """Yield how many record frames a clip shows beyond each end of its media; nothing where the media's end is unknown.

    Less than half a frame is rounding between rates. Where the first frame's timecode is unknown and the range lies
    wholly elsewhere, the document counts from somewhere else and nothing can be said.
    """
    media, source = clip.media, clip.source
    if media is None or media.frame_count is None or source is None or clip.kind in _TIMELESS or clip.inner is not None:
        return
    end = media.frame_count
    if media.start is None and (source.start >= end or source.end <= 0):
        return
    rate = source_rate(clip, cut)
    for edge, missing in (("head", -source.start), ("tail", source.end - end)):
        frames = _record_frames(missing, clip, rate, cut.rate)
        if frames:
            yield ("head" if edge == "head" else "tail"), frames


def _record_frames(missing: Frame, clip: Clip, rate: FrameRate, record: FrameRate) -> int:
    if missing <= 0:
        return 0
    speed = abs(clip.speed) if clip.speed else Fraction(1)
    frames = Fraction(missing) / rate.fraction * record.fraction / speed
    return ceil(frames) if frames >= Fraction(1, 2) else 0


def media_words(clip: Clip) -> str:
    """Name what a clip shows, for a person."""
    take = shown_take(clip)
    media: Media | None = clip.media
    return (take.name if take else "") or (media.name if media else "") or clip.name or "no media"
