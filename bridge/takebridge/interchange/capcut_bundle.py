"""The bundle beside every CapCut draft: what any version of CapCut imports by hand.

Clips as MP4 in the order of the cut, sounds as WAV, captions as one SRT, and README.txt with the place of each.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from pathlib import Path

from takebridge.cut.model import Clip, Cut, Frame, Span
from takebridge.errors import BridgeError, CancelledError, DiskFullError
from takebridge.interchange.capcut_folders import free_name, whole_folder
from takebridge.interchange.capcut_media import Files, Material, Placed, Progress, placed, plain
from takebridge.interchange.capcut_plan import EXPERIMENTAL, Lane, Plan, at, gain, plan_of
from takebridge.interchange.capcut_times import SECOND, microsecond, nearest
from takebridge.media.audio import RATE, read_sound, write_wav
from takebridge.media.conform import Slot, conform
from takebridge.media.cut import cut_still
from takebridge.media.frames import Picture, read_frames
from takebridge.media.writer import write_frames
from takebridge.providers.local.subtitles import Cue, spell_srt

README = "README.txt"
CAPTIONS = "captions.srt"
_CHUNK = 24
"""Frames held in memory at once where a clip plays backwards."""


@dataclass(frozen=True, slots=True)
class Line:
    """One file of the bundle: ``start`` and ``end`` are timeline frames."""

    file: str
    track: str
    start: Frame
    end: Frame


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was written. ``losses``: what could not be, one line each."""

    folder: Path
    clips: tuple[Line, ...]
    losses: tuple[str, ...]


def write_bundle(
    cut: Cut,
    parent: Path,
    *,
    name: str = "",
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Bundle:
    """Write the bundle of a cut into a new folder in ``parent``, whole or not at all.

    Each MP4 has exactly its clip's frames at the cut's rate. Raises DiskFullError, UsageError and CancelledError;
    nothing is left then. A clip that cannot be rendered is left out and told.
    """
    plan = plan_of(cut)
    folder = free_name(parent.absolute(), name or f"{plain(cut.name)} for CapCut bundle")
    making = _Making(plan, progress, cancel)
    with whole_folder(folder) as part:
        lines = making.write(part)
        losses = tuple(dict.fromkeys([*plan.losses, *making.losses]))
        captions = _captions(plan)
        if captions:
            (part / CAPTIONS).write_text(captions, "utf-8")
        (part / README).write_text(readme(plan, lines, bool(captions), losses), "utf-8")
    return Bundle(folder, tuple(lines), losses)


class _Making:
    """One bundle being written."""

    def __init__(self, plan: Plan, progress: Progress | None, cancel: threading.Event | None) -> None:
        self._plan, self._progress, self._cancel = plan, progress, cancel
        self._files = Files(plan.cut)
        self._own: list[str] = []

    @property
    def losses(self) -> list[str]:
        """What could not be written."""
        return [*self._files.losses, *self._own]

    def write(self, folder: Path) -> list[Line]:
        """Write all clips, then all sounds; return what was written, in order."""
        found = [(lane, one) for lane, one in self._placed(self._plan.pictures, sound=False)]
        found.sort(key=lambda pair: pair[1].target.start)
        heard = [(lane, one) for lane, one in self._placed(self._plan.sounds, sound=True)]
        heard.sort(key=lambda pair: pair[1].target.start)
        total, lines = len(found) + len(heard), list[Line]()
        for number, (lane, one) in enumerate([*found, *heard], 1):
            if self._cancel is not None and self._cancel.is_set():
                raise CancelledError("The CapCut bundle was cancelled; nothing was kept.")
            lines += self._one(folder, lane, one, lines)
            if self._progress is not None:
                self._progress(number, total)
        return lines

    def _placed(self, lanes: tuple[Lane, ...], *, sound: bool) -> Iterator[tuple[Lane, Placed]]:
        for lane in lanes:
            for piece in lane.pieces:
                one = placed(self._plan, piece, self._files, sound=sound)
                if one is not None:
                    yield lane, one

    def _one(self, folder: Path, lane: Lane, one: Placed, before: list[Line]) -> list[Line]:
        sound = one.material.kind == "music"
        suffix, letter = (".wav", "A") if sound else (".mp4", "")
        number = 1 + sum(line.file.endswith(suffix) for line in before)
        clip = one.piece.clip
        path = folder / f"{letter}{number:03}_{plain(clip.name or one.material.source.stem)}{suffix}"
        try:
            if sound:
                self._sound(path, one)
            else:
                self._own += [f"{path.name}: {note}" for note in self._picture(path, one)]
        except (DiskFullError, CancelledError):
            raise
        except BridgeError as error:
            self._own.append(f"“{clip.name}” at {at(self._plan.cut, clip.record.start)} is left out: {error.message}")
            return []
        return [Line(path.name, lane.name, clip.record.start, clip.record.end)]

    def _picture(self, path: Path, one: Placed) -> list[str]:
        clip, rate = one.piece.clip, self._plan.cut.rate
        count = _frames(clip.record)
        if one.material.kind == "photo":
            cut_still(one.material.source, path, count, rate, codec="x264")
            return []
        if clip.speed != 1:
            write_frames(
                path, _retimed(one, clip, count, self._plan.cut), rate, codec="x264", frame_count=count,
                cancel=self._cancel,
            )  # fmt: skip
            return ["It has no sound: its speed was changed."] if one.material.info.has_audio else []
        width, height = _even(one.material)
        start = _seconds_in(one, self._plan.cut)
        slot = Slot(rate, count, width, height)
        conform(one.material.source, path, slot, start=start, codec="x264", cancel=self._cancel)
        quiet = one.material.info.has_audio and not one.piece.takes_sound
        return ["Its own sound is not in the cut; mute it."] if quiet else []

    def _sound(self, path: Path, one: Placed) -> None:
        record, rate = one.piece.clip.record, self._plan.cut.rate
        samples = nearest(record.duration / rate.fraction * RATE)
        if one.piece.clip.speed != 1:
            self._own.append(f"{path.name}: its speed is not carried.")
        write_wav(path, read_sound(one.material.source, first=_seconds_in(one, self._plan.cut), samples=samples))


def _frames(record: Span) -> int:
    """Frames of the cut's rate a clip covers: those whose start lies in it, at least one."""
    first, end = -(-record.start // 1), -(-record.end // 1)
    return max(1, int(end - first))


def _seconds_in(one: Placed, cut: Cut) -> Fraction:
    """Seconds into the file where a clip begins, exact where its frames are known."""
    clip = one.piece.clip
    if clip.source is not None and clip.media is not None and clip.media.rate is not None:
        exact = Fraction(clip.source.start) / clip.media.rate.fraction
        if microsecond(clip.source.start, clip.media.rate) == one.source.start:
            return exact
    return Fraction(one.source.start, SECOND)


def _even(material: Material) -> tuple[int, int]:
    return max(2, material.width // 2 * 2), max(2, material.height // 2 * 2)


# --- other speeds ---------------------------------------------------------------------------------------


def _retimed(one: Placed, clip: Clip, count: int, cut: Cut) -> Iterator[Picture]:
    """The pictures a clip shows at its speed: forwards, backwards or frozen, frame by frame."""
    info = one.material.info
    media_rate = info.rate or cut.rate
    first = nearest(Fraction(one.source.start, SECOND) * media_rate.fraction)
    if clip.speed == 0:
        picture = next(read_frames(one.material.source, first, 1))
        yield from repeat(_cropped(picture), count)
        return
    steps = [int(k * one.speed / cut.rate.fraction * media_rate.fraction) for k in range(count)]
    wanted = [min(first + step, info.frame_count - 1) for step in steps]
    if clip.speed is not None and clip.speed < 0:
        wanted.reverse()
        yield from _backwards(one.material.source, wanted)
    else:
        yield from _forwards(one.material.source, wanted)


def _forwards(source: Path, wanted: list[int]) -> Iterator[Picture]:
    pictures = read_frames(source, wanted[0], wanted[-1] - wanted[0] + 1)
    at_frame, picture = wanted[0], next(pictures)
    for frame in wanted:
        while at_frame < frame:
            at_frame, picture = at_frame + 1, next(pictures)
        yield _cropped(picture)


def _backwards(source: Path, wanted: list[int]) -> Iterator[Picture]:
    for begin in range(0, len(wanted), _CHUNK):
        part = wanted[begin : begin + _CHUNK]
        yield from reversed(list(_forwards(source, part[::-1])))


def _cropped(picture: Picture) -> Picture:
    """Even sides, as H.264 has them."""
    return picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]


# --- words ----------------------------------------------------------------------------------------------


def _captions(plan: Plan) -> str:
    cues = [
        Cue(_ms(piece.clip.record.start, plan.cut), _ms(piece.clip.record.end, plan.cut), tuple(_lines(piece.clip)))
        for lane in plan.captions
        for piece in lane.pieces
    ]
    return spell_srt(sorted(cues, key=lambda cue: (cue.start, cue.end))) if cues else ""


def _lines(clip: Clip) -> list[str]:
    """The lines of a caption; an empty one would end it in SubRip."""
    return [line for line in clip.name.splitlines() if line.strip()]


def _ms(frame: Frame, cut: Cut) -> int:
    return nearest(Fraction(frame) / cut.rate.fraction * 1000)


def readme(plan: Plan, lines: list[Line], captions: bool, losses: tuple[str, ...]) -> str:
    """Say what is in the bundle, where each piece belongs, how to import it, and what is not carried."""
    cut = plan.cut
    told = [
        f"{cut.name}: for CapCut, by hand",
        "",
        EXPERIMENTAL,
        "This bundle needs no draft: it holds plain MP4, WAV and SRT files.",
        "",
        "How to import",
        f"1. Make a project in CapCut: {cut.width or 1920} x {cut.height or 1080}, {_rate(cut)} frames per second.",
        "2. Import all .mp4 and .wav files of this folder.",
        "3. Put the .mp4 files on the main track in the order of their numbers; those of other tracks go above it.",
        "   Where a file does not begin where the one before it ends, leave a gap, as the list says.",
        "4. Put each .wav file on a track of its own below, at its timecode.",
        *(["5. Text > Captions > import a file: choose captions.srt."] if captions else []),
        "",
        "Files (record timecode, end exclusive)",
        *(f"{at(cut, one.start)} - {at(cut, one.end)}  {one.track:<10}  {one.file}" for one in lines),
        "",
        "What is not carried",
        *(f"* {line}" for line in losses),
        "* Volumes and fades of the mix, grades, effects and titles of the editor.",
    ]
    volumes = list(_volumes(plan))
    return "\n".join([*told, *(["", "Volumes", *volumes] if volumes else []), ""])


def _volumes(plan: Plan) -> Iterator[str]:
    for lane in plan.sounds:
        for piece in lane.pieces:
            if gain(piece.clip) != 1:
                yield f"{at(plan.cut, piece.clip.record.start)}  {lane.name}: {round(gain(piece.clip) * 100)} %"


def _rate(cut: Cut) -> str:
    rate = cut.rate.fraction
    return str(rate) if rate.denominator == 1 else f"{float(rate):.3f}"
