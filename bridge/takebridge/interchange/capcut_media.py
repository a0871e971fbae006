"""The files of a draft: what each is, where it is copied to, and which part of it a clip plays."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from takebridge.cut.model import Clip, Cut, Frame, whole
from takebridge.errors import BridgeError, CancelledError, InvalidTimeError
from takebridge.interchange.capcut_plan import Piece, Plan, named, rate_of
from takebridge.interchange.capcut_template import PHOTO_LENGTH
from takebridge.interchange.capcut_times import SECOND, Range, microsecond, nearest, range_of
from takebridge.media import ffmpeg
from takebridge.media.conform import AUDIO_RATE
from takebridge.media.info import MediaInfo
from takebridge.media.probe import probe
from takebridge.media.sound import sound_chain
from takebridge.timebase import parse_timecode

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do."""
_BLOCK = 1 << 20
_ASCII = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Material:
    """One file of the draft. ``duration`` in microseconds; ``name`` is plain ASCII and unique in the draft."""

    source: Path
    name: str
    kind: Literal["video", "photo", "music"]
    duration: int
    width: int
    height: int
    info: MediaInfo


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece with its file: ``target`` on the track, ``source`` in the file, ``speed`` from one to the other."""

    piece: Piece
    material: Material
    target: Range
    source: Range
    speed: Fraction


def plain(text: str) -> str:
    """Reduce to ASCII letters, digits, dash and underscore, at most 60, never nothing."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _ASCII.sub("-", letters).strip("-")[:60] or "clip"


class Files:
    """The files a plan needs, probed once each. ``losses`` grows with those that cannot be used."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._known: dict[tuple[str, bool], Material | None] = {}
        self.losses: list[str] = []

    @property
    def materials(self) -> tuple[Material, ...]:
        """Everything that is used, in the order it was asked for."""
        return tuple(one for one in self._known.values() if one is not None)

    def of(self, clip: Clip, *, sound: bool) -> Material | None:
        """Return a clip's file as a picture or as a sound; None, with a loss, when it cannot be either."""
        location = clip.media.location if clip.media else ""
        key = (location, sound)
        if key not in self._known:
            self._known[key] = self._probed(Path(location), clip, sound=sound)
        elif self._known[key] is None:
            self.losses.append(f"{named(self._cut, clip)} is left out for the same reason.")
        return self._known[key]

    def _probed(self, path: Path, clip: Clip, *, sound: bool) -> Material | None:
        try:
            info = probe(path)
        except (BridgeError, OSError) as error:
            why = error.message if isinstance(error, BridgeError) else f"{error.strerror or error}."
            self.losses.append(f"{named(self._cut, clip)} is left out: {why}")
            return None
        if not (info.has_audio if sound else info.has_video):
            missing = "sound" if sound else "picture"
            self.losses.append(f"{named(self._cut, clip)} is left out: “{path.name}” has no {missing}.")
            return None
        if sound:
            return self._as_sound(path, info)
        kind: Literal["video", "photo"] = "photo" if info.is_still else "video"
        if kind == "video" and info.codec not in ("h264", "hevc", "prores"):
            line = f"Whether CapCut plays “{path.name}” ({info.codec}) is not known; the bundle has it as H.264."
            self.losses.append(line)
        return Material(path, self._name(path), kind, _picture_length(info), info.width, info.height, info)

    def _as_sound(self, path: Path, info: MediaInfo) -> Material:
        if info.has_video:
            # CapCut takes no film for a sound: the sound of one becomes a file of its own, as long as the picture.
            return Material(path, self._name(path, ".wav"), "music", _picture_length(info), 0, 0, info)
        length = Fraction(info.audio_samples, info.audio_rate) if info.audio_rate else info.duration
        return Material(path, self._name(path), "music", nearest(length * SECOND), 0, 0, info)

    def _name(self, path: Path, suffix: str = "") -> str:
        number = sum(one is not None for one in self._known.values()) + 1
        return f"{number:03}_{plain(path.stem)}{suffix or path.suffix.lower().encode('ascii', 'ignore').decode()}"


def _picture_length(info: MediaInfo) -> int:
    if info.is_still:
        return PHOTO_LENGTH
    return microsecond(info.edit_frames, info.rate) if info.rate else nearest(info.duration * SECOND)


def placed(plan: Plan, piece: Piece, files: Files, *, sound: bool) -> Placed | None:
    """Find a piece's file and the part of it that plays; None, with a loss, for what cannot be there."""
    material = files.of(piece.clip, sound=sound)
    if material is None:
        return None
    target = range_of(piece.clip.record, plan.cut.rate)
    if material.kind == "photo":
        return Placed(piece, material, target, Range(0, target.duration), Fraction(1))
    wanted, speed = _wanted(piece.clip, plan.cut, material)
    fitted = _fitted(target, wanted, speed, material)
    if fitted is None:
        files.losses.append(f"{named(plan.cut, piece.clip)} is left out: it lies outside of “{material.source.name}”.")
        return None
    if fitted[0] != target:
        files.losses.append(f"{named(plan.cut, piece.clip)} is shortened: “{material.source.name}” ends before it.")
    return Placed(piece, material, *fitted, speed)


def _wanted(clip: Clip, cut: Cut, material: Material) -> tuple[Range, Fraction]:
    rate = rate_of(clip, cut)
    first = _first(clip, cut, material)
    speed = abs(clip.speed) if clip.speed else Fraction(1)
    seconds = clip.record.duration / cut.rate.fraction
    if clip.speed is None and clip.source is not None and clip.source.duration:
        speed = Fraction(clip.source.duration / rate.fraction / seconds)
    end = whole(first + Fraction(seconds * speed * rate.fraction))
    return Range(microsecond(first, rate), microsecond(end, rate)), speed


def _first(clip: Clip, cut: Cut, material: Material) -> Frame:
    """The first source frame, from the file's first: where the document counts timecode, the file's is taken off."""
    if clip.source is None:
        return 0
    counted = clip.media is not None and clip.media.start is None and material.info.start_timecode
    if not counted or microsecond(clip.source.start, rate_of(clip, cut)) < material.duration:
        return clip.source.start
    try:
        zero = parse_timecode(str(material.info.start_timecode), material.info.rate or cut.rate)
    except InvalidTimeError:
        return clip.source.start
    return whole(clip.source.start - zero)


def _fitted(target: Range, wanted: Range, speed: Fraction, material: Material) -> tuple[Range, Range] | None:
    if wanted.start < 0 or wanted.start >= material.duration:
        return None
    if wanted.end <= material.duration + 1:
        return target, Range(wanted.start, min(wanted.end, material.duration))
    source = Range(wanted.start, material.duration)
    return Range(target.start, target.start + nearest(source.duration / speed)), source


def deliver(material: Material, target: Path, cancel: threading.Event | None, step: Callable[[int], None]) -> None:
    """Put a file into a draft: its bytes, or a film's sound as WAV. Raises CancelledError, FFmpegError, OSError."""
    if material.kind == "music" and material.info.has_video:
        samples = nearest(Fraction(material.duration, SECOND) * AUDIO_RATE)
        sound = sound_chain(material.info, first=material.info.video_start, samples=samples, rate=AUDIO_RATE)
        ffmpeg.run(ffmpeg.target([sound], target, {"c:a": "pcm_s16le"}), cancel=cancel)
        step(size_of(material))
    else:
        _copied(material.source, target, cancel, step)


def _copied(source: Path, target: Path, cancel: threading.Event | None, step: Callable[[int], None]) -> None:
    """Copy the bytes, never link: what lies in a draft may be changed there."""
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(_BLOCK):
            if cancel is not None and cancel.is_set():
                raise CancelledError("The CapCut draft was cancelled; nothing was kept.")
            writing.write(block)
            step(len(block))


def size_of(material: Material) -> int:
    """Bytes a file needs in the draft."""
    if material.kind == "music" and material.info.has_video:
        return nearest(Fraction(material.duration, SECOND) * AUDIO_RATE) * 2 * max(1, material.info.audio_channels) + 64
    return material.source.stat().st_size
