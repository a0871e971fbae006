"""The plan of an assembled film: where every picture and sound lies, which frame shows what. Numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.edits import CUT, Edits, Place, Track, Transition, lay_out, parse_edits, sound_starts
from takebridge.errors import CapabilityError, InvalidParamError, UnknownRateError
from takebridge.media.audio import RATE
from takebridge.media.sound import sample_at
from takebridge.providers.local.framing import AUTO, edit_rate_of, even
from takebridge.providers.local.order import Given, Order, need, need_picture, need_sound
from takebridge.providers.local.subtitles import Cue, read_cues
from takebridge.timebase import FrameRate, frame_at, parse_media_rate, to_seconds

LONGEST_SECONDS = 1200
LARGEST = (4096, 4096)


@dataclass(frozen=True, slots=True)
class Laid:
    """One sound of the mix: from record sample ``start`` on, ``samples`` of it."""

    given: Given
    role: str
    start: int
    samples: int


@dataclass(frozen=True, slots=True)
class Programme:
    """The whole film. ``places`` lie on the record clock; ``end`` is the transition behind the last clip."""

    clips: tuple[Given, ...]
    places: tuple[Place, ...]
    end: Transition
    rate: FrameRate
    width: int
    height: int
    sounds: tuple[Laid, ...]
    cues: tuple[Cue, ...]
    captions: Given | None

    @property
    def frame_count(self) -> int:
        """Length in record frames."""
        return self.places[-1].end

    @property
    def samples(self) -> int:
        """Length in samples at 48 kHz."""
        return sample_at(self.frame_count, self.rate, RATE)

    def transition_after(self, rank: int) -> Transition:
        """Return what follows a clip."""
        return self.places[rank + 1].into if rank + 1 < len(self.places) else self.end

    def source_frame(self, rank: int, record_frame: int) -> int:
        """Return the source frame a clip shows at a record frame: the last one begun, floor semantics."""
        one, place = self.clips[rank], self.places[rank]
        if one.media.is_still or one.media.rate is None:
            return 0
        elapsed = to_seconds(record_frame - place.start, self.rate)
        return min(one.used[0] + frame_at(elapsed, one.media.rate), one.used[1] - 1)


def programme_of(order: Order) -> Programme:
    """Lay the film out. Raises CapabilityError naming the clip, the sound or the edit that does not fit."""
    clips = order.of("clip")
    need(clips, "clip")
    need_picture(clips)
    for one in clips:
        if one.media.is_vfr:
            raise CapabilityError(
                f"“{one.name}” has a variable frame rate, so frame numbers mean nothing in it.",
                hint="Put a trim node before it: that makes its rate constant.",
            )
    rate = _rate(order, clips)
    edits, places = _places(order, clips, rate)
    width, height = _size(order, clips)
    if to_seconds(places[-1].end, rate) > LONGEST_SECONDS:
        raise CapabilityError(
            f"The film would last longer than {LONGEST_SECONDS // 60} minutes.", hint="Assemble it in parts."
        )
    captions = order.of("captions")
    cues = tuple(read_cues(captions[0].text or "", captions[0].name)) if captions else ()
    total = sample_at(places[-1].end, rate, RATE)
    voices = _dialogue(order, edits, places, rate)
    sounds = (*_laid_dialogue(voices, total), *_sounds(order, edits, places, rate, total))
    cues = _with_dialogue(cues, voices)
    found = captions[0] if captions else None
    return Programme(clips, places, edits.end, rate, width, height, sounds, cues, found)


def _rate(order: Order, clips: Sequence[Given]) -> FrameRate:
    asked = order.request.rate or order.text("rate", AUTO)
    if asked not in ("", AUTO):
        try:
            return parse_media_rate(asked)
        except UnknownRateError as error:
            raise CapabilityError(error.message, hint=error.hint) from error
    return edit_rate_of(next((one.media for one in clips if not one.media.is_still), None))


def _size(order: Order, clips: Sequence[Given]) -> tuple[int, int]:
    """The request's, the parameters', else the first moving clip's (a large still says little about a film)."""
    first = next((one.media for one in clips if not one.media.is_still), clips[0].media)
    width = order.request.width or order.number("width", 0)
    height = order.request.height or order.number("height", 0)
    if width and not height:
        height = even(Fraction(width * first.height, first.width))
    elif height and not width:
        width = even(Fraction(height * first.width, first.height))
    elif not width:
        width, height = _own_size(first.width, first.height, still=first.is_still)
    if width % 2 or height % 2 or not (16 <= width <= LARGEST[0] and 16 <= height <= LARGEST[1]):
        raise CapabilityError(
            f"A film of {width}×{height} cannot be written: sides must be even, 16 to {LARGEST[0]} pixels.",
            hint="Set width and height of the export.",
        )
    return width, height


def _own_size(width: int, height: int, *, still: bool) -> tuple[int, int]:
    longest = max(width, height)
    if still and longest > 1920:
        return even(Fraction(width * 1920, longest)), even(Fraction(height * 1920, longest))
    return even(width), even(height)


def _places(order: Order, clips: Sequence[Given], rate: FrameRate) -> tuple[Edits, tuple[Place, ...]]:
    try:
        edits = parse_edits(order.text("edits"))
        return edits, lay_out(edits, [_natural(one, rate) for one in clips])
    except InvalidParamError as error:
        raise CapabilityError(error.message, hint=error.hint) from error


def _natural(one: Given, rate: FrameRate) -> int | None:
    """Whole record frames a clip fills; None for a still. A clip shorter than a frame is shown for one."""
    if one.media.is_still or one.media.rate is None:
        return None
    start, end = one.used
    return max(1, frame_at(to_seconds(end - start, one.media.rate), rate))


# --- sounds ---------------------------------------------------------------------------------------------


def _dialogue(order: Order, edits: Edits, places: Sequence[Place], rate: FrameRate) -> tuple[tuple[Given, int], ...]:
    """Return each line with its start in samples: where the edits say, else behind the line before it."""
    need_sound(order.of("audio"))
    found: list[tuple[Given, int]] = []
    at = 0
    for one, said in _said(order.of("audio"), "dialogue", edits, places):
        at = at if said is None else sample_at(said, rate, RATE)
        found.append((one, at))
        at += length_of(one)
    return tuple(found)


def _laid_dialogue(voices: Sequence[tuple[Given, int]], total: int) -> Iterator[Laid]:
    for one, start in voices:
        yield from _fit(one, "dialogue", start, total)


def _with_dialogue(cues: tuple[Cue, ...], voices: Sequence[tuple[Given, int]]) -> tuple[Cue, ...]:
    """Return captions, which count the lines end to end, moved to where each line is spoken."""
    spans: list[tuple[int, int]] = []
    end = 0
    for one, start in voices:
        spans.append((end + length_of(one), start - end))
        end += length_of(one)
    return tuple(_moved(cue, spans) for cue in cues)


def _moved(cue: Cue, spans: Sequence[tuple[int, int]]) -> Cue:
    """``spans``: the end of each line as captions count, and by how much it is spoken later; both in samples."""
    shift = next((later for end, later in spans if cue.start * RATE < end * 1000), 0) * 1000 // RATE
    return Cue(max(0, cue.start + shift), max(1, cue.end + shift), cue.lines)


def _sounds(order: Order, edits: Edits, places: Sequence[Place], rate: FrameRate, total: int) -> tuple[Laid, ...]:
    """Lay music and effects where the edits say. Where they say nothing: music from the beginning; each effect with
    the clip of its number, more effects than clips with the last."""
    need_sound(order.of("music", "sfx"))
    laid: list[Laid] = []
    for one, said in _said(order.of("music"), "music", edits, places):
        laid += _fit(one, "music", sample_at(said or 0, rate, RATE), total)
    for number, (one, said) in enumerate(_said(order.of("sfx"), "sfx", edits, places)):
        with_clip = places[min(number, len(places) - 1)].start
        laid += _fit(one, "sfx", sample_at(with_clip if said is None else said, rate, RATE), total)
    return tuple(laid)


def _said(
    sounds: Sequence[Given], track: Track, edits: Edits, places: Sequence[Place]
) -> list[tuple[Given, int | None]]:
    """Return each sound with the frame the edits start it at, None where they say nothing."""
    try:
        return list(zip(sounds, sound_starts(edits, places, track, len(sounds)), strict=True))
    except InvalidParamError as error:
        raise CapabilityError(error.message, hint=error.hint) from error


def _fit(one: Given, role: str, start: int, total: int) -> list[Laid]:
    samples = min(length_of(one), total - start)
    return [Laid(one, role, start, samples)] if samples > 0 else []


def length_of(one: Given) -> int:
    """Return how many samples at 48 kHz a sound has."""
    return int(Fraction(one.media.audio_samples, one.media.audio_rate) * RATE)


__all__ = ["CUT", "Laid", "Programme", "length_of", "programme_of"]
