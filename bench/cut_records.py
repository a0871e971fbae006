"""A timeline as plain mutable records, and base cuts made of them: what the edit-script generator works on.

Nothing here uses the code under test but its values (`takebridge.cut.model`, only in `cut_export`). A `Shot` is what an
editor selects with one click: a picture with its linked sound, or a lone title, music cue or caption; its `Part`s are
the clips of the exported cut. All parts of a shot share record range and source range. A `Lane` is a video track with
the audio tracks of its sound (or a lone audio or subtitle track), so sound follows its picture by construction.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from takebridge.cut.model import TrackKind
from takebridge.timebase import FrameRate

Kind = Literal["clip", "still", "title", "caption", "nested"]
RATES = (FrameRate(24000, 1001), FrameRate(25), FrameRate(24), FrameRate(30000, 1001), FrameRate(50))
OTHER_RATES = (FrameRate(25), FrameRate(60000, 1001), FrameRate(50), FrameRate(24000, 1001), FrameRate(30000, 1001))


@dataclass(slots=True)
class File:
    """A media file. ``frames`` and ``start`` (its timecode) count at ``rate``; ``number`` names it in one case."""

    number: int
    folder: str
    name: str
    rate: FrameRate
    frames: int
    start: int
    still: bool = False

    @property
    def path(self) -> str:
        """Folder and name."""
        return f"{self.folder}/{self.name}"


@dataclass(slots=True)
class Part:
    """One clip: ``channel`` counts the lane's tracks of this kind. ``origin`` is the clip of A it is, or a piece of."""

    number: int
    kind: TrackKind
    channel: int
    key: str
    origin: int | None
    copy_of: int | None = None


@dataclass(slots=True)
class Shot:
    """A picture with its sound. ``low`` is the lowest source frame used; ``speed`` < 0 plays it backwards.

    ``edits`` are the kinds of all edits made directly to it, in order; ``notes`` the change words each of them means.
    """

    number: int
    parts: list[Part]
    lane: int
    start: int
    length: int
    name: str
    kind: Kind = "clip"
    file: File | None = None
    low: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    enabled: bool = True
    markers: list[tuple[int, str]] = field(default_factory=list)
    inner: list[Shot] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def end(self) -> int:
        """The record frame after it."""
        return self.start + self.length


@dataclass(slots=True)
class Lane:
    """The tracks of one lane, by kind and number: ``("video", 0)``, ``("audio", 0)``, ``("audio", 1)``."""

    tracks: list[tuple[TrackKind, int]]

    def track(self, part: Part) -> tuple[TrackKind, int]:
        """Return the track a part lies on."""
        return [track for track in self.tracks if track[0] == part.kind][part.channel]


@dataclass(slots=True)
class Join:
    """A transition between two shots of a lane, in record frames before and after their cut."""

    left: int
    right: int
    before: int
    after: int


@dataclass(slots=True)
class State:
    """A timeline. ``sync``: ripples carry the other lanes along where they are free. ``dead``: shots deleted so far."""

    rng: random.Random
    rate: FrameRate
    lanes: list[Lane]
    shots: list[Shot] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    dead: list[Shot] = field(default_factory=list)
    markers: list[tuple[int, str]] = field(default_factory=list)
    sync: bool = True
    keyed_copies: float = 0.3
    extension_in_names: bool = True
    counter: int = 0

    def next_number(self) -> int:
        """Return a number never given before."""
        self.counter += 1
        return self.counter

    def lane_shots(self, lane: int) -> list[Shot]:
        """Return the shots of a lane in record order."""
        return sorted((shot for shot in self.shots if shot.lane == lane), key=lambda shot: shot.start)

    def new_key(self) -> str:
        """Return a host id as hosts make them."""
        return f"{self.rng.getrandbits(128):032x}"

    def ratio(self, shot: Shot) -> Fraction:
        """Source frames a record frame, without its sign; 1 for what has no clock."""
        if shot.file is None or shot.file.still:
            return Fraction(1)
        return abs(shot.speed) * shot.file.rate.fraction / self.rate.fraction

    def used(self, shot: Shot) -> Fraction:
        """Source frames it shows."""
        return shot.length * self.ratio(shot)


def timed(shot: Shot) -> bool:
    """Say whether it shows moving media, which can be slipped and run out."""
    return shot.file is not None and not shot.file.still


def every_shot(shots: list[Shot]) -> Iterator[Shot]:
    """Yield shots and those in nests, a nest before what is in it."""
    for shot in shots:
        yield shot
        yield from every_shot(shot.inner)


def make_parts(state: State, lane: int, *, base: bool, silent: bool = False) -> list[Part]:
    """Return new parts for a lane: its picture and, unless ``silent``, its sound."""
    parts = []
    counted: dict[TrackKind, int] = {}
    for kind, _number in state.lanes[lane].tracks:
        channel = counted.get(kind, 0)
        counted[kind] = channel + 1
        if silent and kind == "audio" and len(state.lanes[lane].tracks) > 1:
            continue
        number = state.next_number()
        parts.append(Part(number, kind, channel, state.new_key(), number if base else None))
    return parts


# --- files -----------------------------------------------------------------------------------------------


def new_file(state: State, *, frames: int = 0) -> File:
    """Return a camera file of its own with a name as cameras give them (one name can lie on several cards)."""
    rng = state.rng
    number = len(state.files)
    card = rng.randrange(1, 9)
    name, folder = rng.choice((_cinema, _cinema, _cinema, _sony, _drone, _phone))(rng, card, number)
    rate = state.rate if rng.random() < 0.93 else rng.choice(OTHER_RATES)
    start = rng.randrange(0, 23) * 3600 * rate.nominal + rng.randrange(0, 3000 * rate.nominal)
    file = File(number, folder, name, rate, frames or rng.randrange(300, 3600), start)
    state.files.append(file)
    return file


def _cinema(rng: random.Random, card: int, number: int) -> tuple[str, str]:
    name = f"A{card:03}_C{number % 1000:03}_11{rng.randrange(1, 29):02}{rng.choice('ABCDR')}{rng.choice('QXZ1')}.mov"
    return name, f"/Volumes/RAID/Feature/Footage/A{card:03}"


def _sony(rng: random.Random, card: int, number: int) -> tuple[str, str]:
    return f"C{rng.randrange(1, 60):04}.MXF", f"/Volumes/RAID/Feature/Footage/CARD_{card:02}_{number}/XDROOT/Clip"


def _drone(rng: random.Random, card: int, number: int) -> tuple[str, str]:
    return f"DJI_{number:04}.MP4", f"/Volumes/RAID/Feature/Drone/Day {card}"


def _phone(rng: random.Random, card: int, number: int) -> tuple[str, str]:
    return f"IMG_{1000 + number * 7 % 9000}.MOV", f"/Volumes/RAID/Feature/Behind the scenes/{card}"


def new_still(state: State) -> File:
    """Return a picture file."""
    number = len(state.files)
    file = File(number, "/Volumes/RAID/Feature/Stills", f"plate_{number:03}.png", state.rate, 1, 0, still=True)
    state.files.append(file)
    return file


# --- base cuts -------------------------------------------------------------------------------------------


def base_cut(rng: random.Random, clips: int) -> State:
    """Return a cut of about ``clips`` clips, sound counted: never fewer than 10."""
    state = State(rng, rng.choice(RATES), _lanes(rng, clips), sync=rng.random() < 0.7)
    state.keyed_copies = rng.choice((0.0, 0.3, 1.0))
    state.extension_in_names = rng.random() < 0.5
    interview = new_file(state, frames=state.rate.nominal * 60 * rng.randrange(20, 45))
    interview.name, interview.folder = "INT_Okafor_CAM1.mov", "/Volumes/RAID/Feature/Interviews"
    shares = _shares(state)
    for lane, share in enumerate(shares):
        _fill(state, lane, max(2, round(clips * share)), interview)
    _add_nests(state)
    _add_joins(state)
    _add_markers(state)
    return state


def _lanes(rng: random.Random, clips: int) -> list[Lane]:
    pictures = 2 if clips < 120 else rng.choice((2, 3, 4))
    lanes: list[Lane] = []
    audio = 0
    for number in range(pictures):
        channels = rng.choice((1, 1, 2)) if number < 2 else 0
        sound: list[tuple[TrackKind, int]] = [("audio", audio + channel) for channel in range(channels)]
        lanes.append(Lane([("video", number), *sound]))
        audio += channels
    lanes.append(Lane([("audio", audio)]))
    if clips >= 100 and rng.random() < 0.3:
        lanes.append(Lane([("subtitle", 0)]))
    return lanes


def _shares(state: State) -> list[float]:
    """What part of all clips each lane gets: the main story most of them."""
    weights = []
    for number, lane in enumerate(state.lanes):
        kind = lane.tracks[0][0]
        weights.append(6.0 if number == 0 else 2.0 if kind == "video" else 0.6)
    return [weight / sum(weights) for weight in weights]


def _fill(state: State, lane: int, clips: int, interview: File) -> None:
    made, at = 0, 0
    story = max((shot.end for shot in state.shots if shot.lane == 0), default=0)
    room = max(20, story // max(1, clips))
    while made < clips:
        at += _gap(state, lane, room)
        shot = base_shot(state, lane, at, interview)
        state.shots.append(shot)
        made += len(shot.parts)
        at = shot.end


def _gap(state: State, lane: int, room: int) -> int:
    rng = state.rng
    if lane == 0:
        return rng.randrange(5, 60) if rng.random() < 0.07 else 0
    return 0 if rng.random() < 0.35 else rng.randrange(4, room * 2)


def base_shot(state: State, lane: int, at: int, interview: File | None) -> Shot:
    """Return a shot for a lane, not yet on it, with media as base cuts have it."""
    rng = state.rng
    kind = state.lanes[lane].tracks[0][0]
    length = rng.randrange(10, 150) if rng.random() < 0.9 else rng.randrange(150, 500)
    base = interview is not None
    if kind == "subtitle":
        number = state.next_number()
        name = f"{rng.choice(WORDS)} {rng.choice(WORDS)} {rng.choice(WORDS)}"
        return Shot(number, make_parts(state, lane, base=base), lane, at, length, name, "caption")
    if kind == "video" and rng.random() < (0.03 if lane == 0 else 0.12):
        name = rng.choice(("Text+", "Lower third", f"Title {rng.randrange(1, 99):02}", f"{rng.choice(WORDS)} card"))
        parts = make_parts(state, lane, base=base, silent=True)
        return Shot(state.next_number(), parts, lane, at, length, name, "title")
    if kind == "video" and rng.random() < 0.04:
        still = new_still(state)
        parts = make_parts(state, lane, base=base, silent=True)
        return Shot(state.next_number(), parts, lane, at, length, _stem(state, still), "still", still)
    return _camera_shot(state, lane, at, length, interview)


def _camera_shot(state: State, lane: int, at: int, length: int, interview: File | None) -> Shot:
    rng = state.rng
    file = _file_for(state, interview)
    silent = rng.random() < 0.12
    parts = make_parts(state, lane, base=interview is not None, silent=silent)
    shot = Shot(state.next_number(), parts, lane, at, length, _stem(state, file), "clip", file)
    if rng.random() < 0.03:
        shot.speed = rng.choice((Fraction(1, 2), Fraction(2), Fraction(-1)))
    while state.used(shot) > file.frames:
        shot.length //= 2
    shot.low = _low_for(state, shot)
    if rng.random() < 0.15:
        shot.name = f"SC{rng.randrange(1, 60):02}_SH{rng.randrange(1, 40) * 10:03} tk{rng.randrange(1, 9)}"
    return shot


def _file_for(state: State, interview: File | None) -> File:
    rng = state.rng
    draw = rng.random()
    if interview is not None and draw < 0.18:
        return interview
    moving = [file for file in state.files if not file.still]
    return rng.choice(moving) if draw < 0.45 else new_file(state)


def _low_for(state: State, shot: Shot) -> Fraction:
    """Mostly a range of its own, now and then exactly the beginning of one used before."""
    rng = state.rng
    assert shot.file is not None
    room = int(shot.file.frames - state.used(shot))
    if rng.random() < 0.03:
        for other in state.shots:
            if other.file is shot.file and other.low <= room:
                return other.low
    return Fraction(rng.randrange(0, room + 1))


def _stem(state: State, file: File) -> str:
    return file.name if state.extension_in_names else file.name.rpartition(".")[0]


def _add_nests(state: State) -> None:
    """Give some base cuts a nested clip or two."""
    rng = state.rng
    for shot in list(state.shots):
        if shot.kind == "clip" and shot.lane == 0 and rng.random() < 0.008:
            fold(state, [shot], base=True)


def fold(state: State, shots: list[Shot], *, base: bool) -> Shot:
    """Put neighbouring shots of a lane into a nested clip in their place; their starts count from its first frame."""
    first = shots[0]
    number = state.next_number()
    part = Part(number, "video", 0, state.new_key(), number if base else None)
    name = f"Compound Clip {number}"
    nest = Shot(state.next_number(), [part], first.lane, first.start, shots[-1].end - first.start, name, "nested")
    for shot in shots:
        shot.start -= nest.start
        state.shots.remove(shot)
    nest.inner = shots
    state.shots.append(nest)
    return nest


def _add_joins(state: State) -> None:
    for lane in range(len(state.lanes)):
        shots = state.lane_shots(lane)
        for left, right in pairwise(shots):
            if state.rng.random() < 0.03:
                join(state, left, right)


def join(state: State, left: Shot, right: Shot) -> bool:
    """Put a transition on a cut between two shots when there is one to put it on."""
    longest = min(left.length, right.length) // 2
    pictures = all(any(part.kind == "video" for part in shot.parts) for shot in (left, right))
    taken = any(one.left == left.number or one.right == right.number for one in state.joins)
    if left.end != right.start or longest < 4 or not pictures or taken:
        return False
    half = state.rng.randrange(2, min(12, longest))
    state.joins.append(Join(left.number, right.number, half, half))
    return True


def _add_markers(state: State) -> None:
    rng = state.rng
    end = max(shot.end for shot in state.shots)
    state.markers = sorted((rng.randrange(0, end), f"note {number}") for number in range(rng.randrange(0, 6)))
    for shot in state.shots:
        if timed(shot) and rng.random() < 0.06:
            shot.markers.append((int(shot.low + state.used(shot) / 3), rng.choice(WORDS)))


WORDS = (
    "door",
    "harbour",
    "sound?",
    "reshoot",
    "VFX",
    "grade",
    "sky",
    "clean plate",
    "too long",
    "mother",
    "night",
    "sea",
)
