"""What of a cut goes into a CapCut draft, on which track, and what does not: pure, no file is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from takebridge.cut.model import Clip, Cut, Frame, Media, Track, Transition, source_rate
from takebridge.timebase import FrameRate, format_timecode

EXPERIMENTAL = "CapCut support is experimental: structurally tested, never opened in CapCut here."
_USUAL = (24, 25, 30, 50, 60)
_VOICE = re.compile(r"\b(dialogue|dialog|voice|vo|speech|narration)\b", re.IGNORECASE)
_MUSIC = re.compile(r"\b(music|score|song)\b", re.IGNORECASE)
_EFFECTS = re.compile(r"\b(effects?|sfx|fx|foley|ambience|atmos?)\b", re.IGNORECASE)
_ROLES = (("Voice", _VOICE), ("Music", _MUSIC), ("Effects", _EFFECTS))


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip that goes into the draft. ``volume`` 1 is as recorded. ``takes_sound``: a picture with its own sound."""

    clip: Clip
    volume: float = 1.0
    takes_sound: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One track of the draft: pieces in order, none over another."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The tracks of a draft: ``pictures[0]`` is the main track, those after it lie above. ``losses``: one line each."""

    cut: Cut
    pictures: tuple[Lane, ...]
    sounds: tuple[Lane, ...]
    captions: tuple[Lane, ...]
    losses: tuple[str, ...]


def plan_of(cut: Cut) -> Plan:
    """Sort a cut's own clips onto the tracks of a draft."""
    losses = list(_of_rate(cut))
    shown = [track for track in cut.tracks if _used(track, losses)]
    heard = [(track, clip) for track in shown if track.kind == "audio" for clip in _kept(track, cut, losses)]
    seen = [_kept(track, cut, losses) for track in shown if track.kind == "video"]
    own = {id(sound): True for clips in seen for clip in clips for sound in _own_sound(clip, heard)}
    # FCPXML says a clip's own sound with its picture; every other document lists it on audio tracks, if it has any.
    listed = any(track.kind == "audio" for track in cut.tracks) and "fcpxml" not in cut.extras
    pictures = [[_picture(clip, heard, listed) for clip in clips] for clips in seen]
    sounds = _by_role([(track, clip) for track, clip in heard if id(clip) not in own])
    words = [clip for track in shown if track.kind == "subtitle" for clip in _kept(track, cut, losses)]
    told = [line for track in shown for line in _of_track(track, cut)]
    if any(pictures) and not listed:
        told.append("The cut lists no sound: its clips play the sound of their own files.")
    return Plan(
        cut,
        tuple(lane for number, pieces in enumerate(pictures) for lane in _laid(_picture_name(number), pieces)),
        tuple(sounds),
        tuple(_laid("Captions", [Piece(clip) for clip in words if clip.name.strip()])),
        tuple(dict.fromkeys([*losses, *told])),
    )


def at(cut: Cut, frame: Frame) -> str:
    """Return the record timecode of a timeline frame."""
    whole_frame = int(cut.start + frame)
    return format_timecode(whole_frame, cut.rate, drop=cut.drop_frame and cut.rate.allows_drop)


def named(cut: Cut, clip: Clip) -> str:
    """Name a clip in a line for people."""
    return f"“{clip.name or 'a clip'}” at {at(cut, clip.record.start)}"


def gain(clip: Clip) -> float:
    """Return the volume a clip was given: a draft's own, or the gain of an assembled film (dB); else 1."""
    own = clip.extras.get("capcut")
    if isinstance(own, dict) and isinstance(volume := own.get("volume"), int | float):
        return float(volume)
    told = clip.extras.get("otio")
    for key in ("metadata", "takebridge"):
        told = told.get(key) if isinstance(told, dict) else None
    level = told.get("gain_db") if isinstance(told, dict) else None
    if isinstance(level, bool) or not isinstance(level, int | float):
        return 1.0
    return round(float(10 ** (level / 20)), 6)


def _of_rate(cut: Cut) -> Iterator[str]:
    if cut.rate not in map(FrameRate, _USUAL):
        yield (
            f"The draft says {float(cut.rate.fraction):.3f} frames per second; whether CapCut keeps a rate that is "
            f"none of {', '.join(map(str, _USUAL))} is not known. Look at the draft's frame rate."
        )


def _used(track: Track, losses: list[str]) -> bool:
    if track.enabled or not track.clips:
        return track.enabled
    losses.append(f"The {track.kind} track “{track.name}” is switched off; its {len(track.clips)} clips are left out.")
    return False


def _kept(track: Track, cut: Cut, losses: list[str]) -> list[Clip]:
    kept = []
    for clip in track.clips:
        why = _left_out(clip, track)
        if why:
            losses.append(f"{named(cut, clip)} is left out: {why}.")
        elif clip.record.duration:
            kept.append(clip)
    return kept


def _left_out(clip: Clip, track: Track) -> str:
    if not clip.enabled:
        return "it is disabled"
    if track.kind == "subtitle":
        return ""
    if clip.kind in ("nested", "multicam"):
        return "nested cuts are not carried"
    if clip.kind in ("title", "generator", "adjustment"):
        return f"it is a {clip.kind} of its editor"
    if clip.media is None or not clip.media.location:
        return "its media are not known"
    return ""


def _of_track(track: Track, cut: Cut) -> Iterator[str]:
    for item in track.items:
        if isinstance(item, Transition):
            yield f"The {item.name or item.style or 'transition'} at {at(cut, item.cut)} is not carried: a hard cut."
        elif isinstance(item, Clip) and item.enabled and track.kind != "subtitle":
            yield from _of_clip(item, cut)


def _of_clip(clip: Clip, cut: Cut) -> Iterator[str]:
    if clip.look:
        yield f"The effects of {named(cut, clip)} are not carried."
    if clip.speed is None:
        yield f"The speed ramp of {named(cut, clip)} is not carried: it plays at one speed."
    elif clip.speed < 0:
        yield f"{named(cut, clip)} plays forwards in the draft; the cut plays it backwards."
    elif clip.speed == 0:
        yield f"The freeze of {named(cut, clip)} is not carried: it plays on from that frame."
    if len(clip.takes) > 1:
        yield f"Only the pinned take of {named(cut, clip)} is carried, of {len(clip.takes)}."


# --- sound ----------------------------------------------------------------------------------------------


def _picture(clip: Clip, heard: Sequence[tuple[Track, Clip]], listed: bool) -> Piece:
    """A picture plays its own sound where the cut has it under it, or lists no sound at all."""
    own = next(_own_sound(clip, heard), None)
    if own is None:
        return Piece(clip, 0.0 if listed else gain(clip), takes_sound=not listed)
    return Piece(clip, gain(own), takes_sound=True)


def _own_sound(clip: Clip, heard: Sequence[tuple[Track, Clip]]) -> Iterator[Clip]:
    """The sounds that are this picture's own: same file, same place, same speed, same frames."""
    return (sound for _, sound in heard if sound.record == clip.record and _same_frames(clip, sound))


def _same_frames(one: Clip, other: Clip) -> bool:
    if one.media is None or other.media is None or one.media.location != other.media.location:
        return False
    return one.speed == other.speed and abs(_begins(one) - _begins(other)) * 25 < 1


def _begins(clip: Clip) -> Fraction:
    """Seconds into its media."""
    media = clip.media or Media("")
    return Fraction(0) if clip.source is None or media.rate is None else clip.source.start / media.rate.fraction


def _by_role(heard: Sequence[tuple[Track, Clip]]) -> list[Lane]:
    groups: dict[str, list[Piece]] = {name: [] for name, _ in _ROLES}
    for track, clip in heard:
        groups.setdefault(_role(track, clip), []).append(Piece(clip, gain(clip)))
    return [lane for name, pieces in groups.items() for lane in _laid(name, pieces)]


def _role(track: Track, clip: Clip) -> str:
    for text in (clip.role, track.name):
        for name, words in _ROLES:
            if words.search(text.replace("_", " ").replace(".", " ")):
                return name
    return "Sound"


# --- tracks ---------------------------------------------------------------------------------------------


def _picture_name(number: int) -> str:
    return "Takes" if number == 0 else f"Overlay {number}"


def _laid(name: str, pieces: Iterable[Piece]) -> list[Lane]:
    """Lay pieces on as few tracks as hold them without one over another; at least none."""
    lanes: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: (one.clip.record.start, one.clip.record.end)):
        free = next((lane for lane in lanes if lane[-1].clip.record.end <= piece.clip.record.start), None)
        if free is None:
            lanes.append([piece])
        else:
            free.append(piece)
    return [Lane(name if not number else f"{name} {number + 1}", tuple(lane)) for number, lane in enumerate(lanes)]


def rate_of(clip: Clip, cut: Cut) -> FrameRate:
    """The rate a clip's source frames count in."""
    return source_rate(clip, cut)
