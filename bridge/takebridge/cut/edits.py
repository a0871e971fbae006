"""Edit decisions as text: which transition each clip of a new cut begins with, how long it lasts, where sounds start.

Grammar (docs/nodes.md has examples)::

    edits      = line { ("\\n" | ";") line }          blank lines are skipped
    line       = scope ":" decision { "," decision }
    scope      = "all" | rank | "end" | sound        rank: the clip's place in the cut, counted from 0
    sound      = ("dialogue" | "sfx") rank | "music"
    decision   = "cut" | ("dissolve" | "wipe" | "dip") frames | "length" frames | "still" frames
               | "at" rank [ "+" frames ]            of a sound: the clip it starts with, and how much later

Frames are those of the cut. A clip's transition is the one it begins with; what is after the last clip is ``end``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal, get_args

from takebridge.errors import InvalidParamError

TransitionKind = Literal["cut", "dissolve", "wipe", "dip"]
"""A dissolve and a wipe (from the left) show both clips at once; a dip goes through black, one after the other."""

Track = Literal["dialogue", "sfx", "music"]
"""What sounds are for; there is one piece of music, number 0."""

STILL_FRAMES = 48
"""How long a still lasts when nothing is said."""

MOST_FRAMES = 999_999
_OVERLAPPING = frozenset({"dissolve", "wipe"})
_SPOKEN = "cut, dissolve 12, wipe 12, dip 12, length 48 or still 48"
_RANK = "(?:0|[1-9][0-9]{0,4})"
_LINE = re.compile(rf"\s*(all|end|music|{_RANK}|(?:dialogue|sfx)\s+{_RANK})\s*:(.*)", re.IGNORECASE)
_AT = re.compile(rf"at\s+({_RANK})(?:\s*\+\s*([0-9]{{1,6}}))?", re.IGNORECASE)
_DECISION = re.compile(r"([a-z]+)(?:\s+([0-9]{1,6}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Transition:
    """How one clip gives way to the next. ``frames`` is its whole length; a cut has none."""

    kind: TransitionKind = "cut"
    frames: int = 0

    @property
    def overlap(self) -> int:
        """Frames in which both clips are seen; the cut becomes shorter by as many."""
        return self.frames if self.kind in _OVERLAPPING else 0

    def __str__(self) -> str:
        return self.kind if self.kind == "cut" else f"{self.kind} {self.frames}"


CUT = Transition()


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a sound starts: ``frames`` after the first frame of the clip ``rank``."""

    rank: int
    frames: int = 0

    def __str__(self) -> str:
        return f"at {self.rank} + {self.frames}" if self.frames else f"at {self.rank}"


@dataclass(frozen=True, slots=True)
class Edits:
    """All decisions of one cut.

    ``default`` begins every clip but the first that ``into`` does not name. ``still`` is how many frames a still
    lasts, ``lengths`` that of single clips by rank. ``end`` follows the last clip. ``sounds`` holds what was said of
    sounds, by track and rank.
    """

    default: Transition = CUT
    still: int = STILL_FRAMES
    into: Mapping[int, Transition] = field(default_factory=dict)
    lengths: Mapping[int, int] = field(default_factory=dict)
    end: Transition = CUT
    sounds: Mapping[tuple[Track, int], Anchor] = field(default_factory=dict)

    def before(self, rank: int) -> Transition:
        """Return the transition this clip begins with."""
        return self.into.get(rank, self.default if rank else CUT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip lies in the cut: ``start`` to ``end`` (exclusive), from frame 0.

    Its first ``head`` and last ``tail`` frames lie in a transition. Its ``into`` is the transition it begins with.
    """

    rank: int
    start: int
    end: int
    into: Transition
    head: int
    tail: int


# --- reading --------------------------------------------------------------------------------------------


def parse_edits(text: str) -> Edits:
    """Read edit decisions; nothing written is plain cuts. Raises InvalidParamError naming the line."""
    edits, seen = Edits(), set[tuple[str, str]]()
    for number, line in enumerate(re.split(r"[\n;]", text.replace("\r\n", "\n")), start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise _refusal(
                number,
                f"“{line.strip()}” does not say what it is about",
                "Begin with all:, end:, dialogue 0:, or the clip's place counted from 0, such as “2: dissolve 12”.",
            )
        scope = " ".join(match[1].lower().split())
        for decision in match[2].split(","):
            subject, edits = _read(edits, number, scope, decision.strip())
            if (scope, subject) in seen:
                raise _refusal(number, f"the {subject} of “{scope}” was given before", "Keep one of the two.")
            seen.add((scope, subject))
    return edits


def spell_edits(edits: Edits) -> str:
    """Write edit decisions in their one spelling, so that equal edits are equal text."""
    lines = [f"all: {edits.default}"] if edits.default != CUT else []
    lines += [f"all: still {edits.still}"] if edits.still != STILL_FRAMES else []
    for rank in sorted({*edits.into, *edits.lengths}):
        said = [str(edits.into[rank])] if rank in edits.into else []
        said += [f"length {edits.lengths[rank]}"] if rank in edits.lengths else []
        lines.append(f"{rank}: {', '.join(said)}")
    lines += [f"end: {edits.end}"] if edits.end != CUT else []
    for (track, rank), anchor in sorted(edits.sounds.items()):
        lines.append(f"{track}: {anchor}" if track == "music" else f"{track} {rank}: {anchor}")
    return "\n".join(lines)


def _read(edits: Edits, number: int, scope: str, text: str) -> tuple[str, Edits]:
    """Return what the decision is about, and the edits with it."""
    track, _, rank = scope.partition(" ")
    for one in get_args(Track):
        if one == track:
            return "start", replace(edits, sounds={**edits.sounds, (one, int(rank or 0)): _anchor(number, scope, text)})
    if _AT.fullmatch(text):
        raise _refusal(number, f"“{text}” is said of sounds", f"Write “dialogue 0: {text}”, “sfx 0:” or “music:”.")
    word, frames = _decision(number, text)
    return word if word in ("length", "still") else "transition", _with(edits, number, scope, word, frames)


def _anchor(number: int, scope: str, text: str) -> Anchor:
    match = _AT.fullmatch(text)
    if match is None:
        raise _refusal(number, f"“{text}” cannot be said of {scope}", f"Write “{scope}: at 3” or “{scope}: at 3 + 12”.")
    return Anchor(int(match[1]), int(match[2] or 0))


def _decision(number: int, text: str) -> tuple[str, int]:
    match = _DECISION.fullmatch(text)
    word = match[1].lower() if match else ""
    known = (*get_args(TransitionKind), "length", "still")
    if match is None or word not in known:
        near = get_close_matches(word, known, 1, 0.6)
        raise _refusal(number, f"“{text}” is no decision", f"Did you mean {near[0]}?" if near else f"Write {_SPOKEN}.")
    frames = int(match[2] or 0)
    if word == "cut" and match[2]:
        raise _refusal(number, "a cut has no length", "Write “cut”, or “dissolve” with a number of frames.")
    if word != "cut" and not frames:
        raise _refusal(number, f"“{text}” needs a number of frames", f"Write for example “{word} 12”.")
    return word, frames


def _with(edits: Edits, number: int, scope: str, word: str, frames: int) -> Edits:
    if word == "still":
        if scope != "all":
            raise _refusal(number, "“still” is said of all", f"Write “all: still {frames}”, or “length” for one clip.")
        return replace(edits, still=frames)
    if word == "length":
        if scope in ("all", "end"):
            raise _refusal(number, "“length” is said of one clip", "Begin with its place; for stills “all: still 48”.")
        return replace(edits, lengths={**edits.lengths, int(scope): frames})
    transition = _transition(word, frames)
    if scope in ("0", "end") and transition.overlap:
        side = "before the first clip" if scope == "0" else "after the last clip"
        raise _refusal(number, f"there is nothing {side} to {word} with", f"Write “{scope}: dip {frames}”, or cut.")
    if scope == "all":
        return replace(edits, default=transition)
    if scope == "end":
        return replace(edits, end=transition)
    return replace(edits, into={**edits.into, int(scope): transition})


def _transition(word: str, frames: int) -> Transition:
    kind = next(kind for kind in get_args(TransitionKind) if kind == word)
    return Transition(kind, frames)


def _refusal(number: int, fault: str, hint: str) -> InvalidParamError:
    return InvalidParamError(f"Edits, line {number}: {fault}.", hint=hint, param="edits", line=number)


# --- laying out -----------------------------------------------------------------------------------------


def lay_out(edits: Edits, frames: Sequence[int | None]) -> tuple[Place, ...]:
    """Return where every clip lies. ``frames`` are the lengths of the clips in order; None is a still.

    Raises InvalidParamError when a clip that is not there is named, is shorter than asked for, or is too short
    for its transitions.
    """
    named = max((*edits.into, *edits.lengths), default=-1)
    if named >= len(frames):
        last = f"the last is {len(frames) - 1}" if frames else "there are none"
        raise _misfit(f"The edits name clip {named}, but {last}.", "Clips are counted from 0.", named)
    places: list[Place] = []
    for rank, natural in enumerate(frames):
        into = edits.before(rank)
        after = edits.before(rank + 1) if rank + 1 < len(frames) else edits.end
        length = _length(edits, rank, natural)
        head, tail = _head(into, rank), _tail(after, rank == len(frames) - 1)
        if head + tail > length:
            raise _misfit(
                f"Clip {rank} has {length} frames; its transitions need {head + tail}.",
                "Make a transition shorter, or the clip longer.",
                rank,
            )
        start = places[-1].end - into.overlap if places else 0
        places.append(Place(rank, start, start + length, into, head, tail))
    return tuple(places)


def _length(edits: Edits, rank: int, natural: int | None) -> int:
    asked = edits.lengths.get(rank)
    if natural is None:
        return edits.still if asked is None else asked
    if asked is not None and asked > natural:
        raise _misfit(
            f"Clip {rank} has {natural} frames, {asked} are asked for.", "Ask for fewer, or use a longer take.", rank
        )
    return natural if asked is None else asked


def _head(into: Transition, rank: int) -> int:
    """Of a dip between two clips the second has the larger half; at the start all of it."""
    return into.frames - into.frames // 2 if into.kind == "dip" and rank else into.frames


def _tail(after: Transition, last: bool) -> int:
    return after.frames // 2 if after.kind == "dip" and not last else after.frames


def _misfit(message: str, hint: str, rank: int) -> InvalidParamError:
    return InvalidParamError(message, hint=hint, param="edits", clip=rank)


def sound_starts(edits: Edits, places: Sequence[Place], track: Track, count: int) -> tuple[int | None, ...]:
    """Return the frame of the cut at which each of ``count`` sounds of a track starts; None where nothing was said.

    Raises InvalidParamError when a sound or a clip is named that is not there.
    """
    named = {rank: anchor for (one, rank), anchor in edits.sounds.items() if one == track}
    if named and max(named) >= count:
        there = f"the last is {count - 1}" if count else "nothing is wired"
        raise InvalidParamError(
            f"The edits name {track} {max(named)}, but {there}.", hint="Sounds are counted from 0.", param="edits"
        )
    return tuple(_start(places, named[rank]) if rank in named else None for rank in range(count))


def _start(places: Sequence[Place], anchor: Anchor) -> int:
    if anchor.rank >= len(places):
        raise _misfit(
            f"A sound starts with clip {anchor.rank}, but the last is {len(places) - 1}.",
            "Clips are counted from 0.",
            anchor.rank,
        )
    return places[anchor.rank].start + anchor.frames
