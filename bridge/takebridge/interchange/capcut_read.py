"""A CapCut draft as a cut: plain ones, ours and CapCut's. Encrypted ones are recognised and refused, never opened."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from takebridge.cut.model import Clip, Cut, Frame, Item, Media, Span, Track, TrackKind, tile, whole
from takebridge.errors import InvalidDocumentError, UnknownRateError, UnsupportedFormatError
from takebridge.interchange.capcut_json import parse, read_bytes
from takebridge.interchange.capcut_times import SECOND, frame_near, frames_of
from takebridge.timebase import FrameRate, parse_media_rate

Json = dict[str, Any]
_NAMES = ("draft_info.json", "draft_content.json")
_AGAIN = "Open the draft in CapCut and let it save again, or give another draft."
_PLACE = re.compile(r"^##_draftpath_placeholder_[^#/\\]{1,80}_##[\\/]*")
"""How CapCut on macOS writes “the draft's own folder” in a path (users' reports)."""
_LONGEST = 400 * 3600 * SECOND
_KINDS: dict[str, TrackKind] = {"video": "video", "audio": "audio", "text": "subtitle"}


@dataclass(frozen=True, slots=True)
class ReadDraft:
    """A draft as a cut. ``file`` is the one that was read; ``losses`` say what the cut does not say, one line each."""

    cut: Cut
    file: Path
    losses: tuple[str, ...]


def timelines(folder: Path) -> list[Path]:
    """Return every file of a draft that holds a timeline, the newest first; of equal age the draft's own first."""
    own = [folder / name for name in _NAMES]
    copies = sorted((folder / "Timelines").glob("*/draft_info.json")) if (folder / "Timelines").is_dir() else []
    return sorted((path for path in [*own, *copies] if path.is_file()), key=lambda one: -one.stat().st_mtime_ns)


def is_draft(folder: Path) -> bool:
    """Say whether a folder holds a CapCut draft, plain or encrypted."""
    return folder.is_dir() and bool(timelines(folder))


def read_draft(folder: Path) -> ReadDraft:
    """Read the newest timeline of a draft.

    Raises UnsupportedFormatError for a folder that is no draft and for an encrypted one, InvalidDocumentError for a
    damaged or hostile one, InterchangeError for one that cannot be read.
    """
    found = timelines(folder) if folder.is_dir() else []
    if not found:
        raise UnsupportedFormatError(
            f"“{folder.name}” is no CapCut draft: there is no {' and no '.join(_NAMES)} in it.",
            hint="Choose a folder of CapCut's draft folder.",
        )
    data = read_bytes(found[0])
    reading = _Reading(folder, parse(data, f"“{folder.name}”, {found[0].name}"))
    cut = reading.cut(hashlib.sha256(data).hexdigest())
    return ReadDraft(cut, found[0], tuple(dict.fromkeys([*_which(folder, found, data), *reading.losses])))


def _which(folder: Path, found: list[Path], data: bytes) -> Iterator[str]:
    others = [path for path in found[1:] if _differs(path, data)]
    if others:
        names = ", ".join(path.relative_to(folder).as_posix() for path in others)
        yield f"{found[0].relative_to(folder).as_posix()} was read, the newest; {names} differs from it."


def _differs(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size != len(data) or path.read_bytes() != data
    except OSError:
        return True


class _Reading:
    """One draft. Everything is asked for with its type: what is of another is refused by name."""

    def __init__(self, folder: Path, said: Json) -> None:
        self._folder, self._said = folder, said
        self.losses: list[str] = []
        self.rate = self._fps()
        self._materials = self._indexed()
        self._segments: set[str] = set()

    def cut(self, revision: str) -> Cut:
        tracks = [self._track(number, one) for number, one in enumerate(self._list(self._said, "tracks"), 1)]
        kept = sorted((track for track in tracks if track), key=lambda one: list(_KINDS.values()).index(one.kind))
        size = self._said.get("canvas_config")
        width, height = (self._side(size, name) for name in ("width", "height"))
        identity = _text(self._said.get("id")) or self._folder.name
        return Cut(
            name=self._folder.name,
            rate=self.rate,
            tracks=tuple(kept),
            drop_frame=self._said.get("is_drop_frame_timecode") is True and self.rate.allows_drop,
            width=width,
            height=height,
            project_id=f"capcut {identity}",
            project_name=self._folder.name,
            timeline_id=identity,
            revision=revision,
        )

    # --- shape

    def _fps(self) -> FrameRate:
        value = self._said.get("fps")
        try:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise UnknownRateError(f"{str(value)[:40]} is not a frame rate.")
            return parse_media_rate(value)
        except UnknownRateError as error:
            raise self._bad(f"it says {str(value)[:40]} frames per second") from error

    def _indexed(self) -> dict[str, tuple[str, Json]]:
        groups = self._said.get("materials")
        if not isinstance(groups, dict):
            raise self._bad("it has no list of materials")
        found: dict[str, tuple[str, Json]] = {}
        for kind, values in groups.items():
            for one in values if isinstance(values, list) else []:
                identity = _text(one.get("id")) if isinstance(one, dict) else ""
                if not identity:
                    continue
                if identity in found:
                    raise self._bad(f"two of its materials have the id {identity[:60]}")
                found[identity] = (kind, one)
        return found

    def _list(self, value: Json, key: str) -> list[Json]:
        found = value.get(key)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self._bad(f"its “{key}” are no list")
        return found

    def _time(self, value: Any, what: str) -> int:  # noqa: ANN401 - JSON
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._bad(f"{what} has a time that is no whole number of microseconds: {str(value)[:40]}")
        if not 0 <= value <= _LONGEST:
            raise self._bad(f"{what} has a time that cannot be: {str(value)[:40]} microseconds")
        return value

    def _times(self, value: Any, what: str) -> tuple[int, int]:  # noqa: ANN401
        if not isinstance(value, dict):
            raise self._bad(f"{what} has no time range")
        start, length = self._time(value.get("start"), what), self._time(value.get("duration"), what)
        return start, start + length

    def _side(self, size: Any, name: str) -> int:  # noqa: ANN401
        value = size.get(name) if isinstance(size, dict) else None
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 65_535 else 0

    def _bad(self, why: str) -> InvalidDocumentError:
        return InvalidDocumentError(f"The draft “{self._folder.name}” cannot be read: {why}.", hint=_AGAIN)

    # --- tracks

    def _track(self, number: int, said: Json) -> Track | None:
        kind, segments = _text(said.get("type")), self._list(said, "segments")
        if kind not in _KINDS:
            if segments:
                self.losses.append(f"The {kind or 'unnamed'} track {number} is not read ({len(segments)} pieces).")
            return None
        clips: list[Item] = [
            self._clip(one, kind, f"piece {at} of track {number}") for at, one in enumerate(segments, 1)
        ]
        enabled = not (isinstance(flag := said.get("attribute"), int) and flag & 1) or kind != "audio"
        return Track(_KINDS[kind], tile(clips), _text(said.get("name")), enabled)

    def _clip(self, said: Json, kind: str, what: str) -> Clip:
        key = _text(said.get("id"))
        if key and key in self._segments:
            raise self._bad(f"two of its pieces have the id {key[:60]}")
        self._segments.add(key)
        start, end = self._times(said.get("target_timerange"), what)
        group, material = self._materials.get(_text(said.get("material_id")), ("", {}))
        record = Span(self._frame(start, what), self._frame(end, what))
        name = _name(group, material)
        self._unread(said, name or what)
        if kind == "text":
            return Clip(_words(material) or name, record, kind="caption", key=key, enabled=_shown(said))
        return self._played(
            said, Clip(name, record, key=key, enabled=_shown(said)), material, what, seen=kind == "video"
        )

    def _played(self, said: Json, clip: Clip, material: Json, what: str, *, seen: bool) -> Clip:
        begin, end = self._times(said.get("source_timerange"), what)
        media = self._media(material, clip.name)
        source = Span(frames_of(begin, self.rate), frames_of(end, self.rate))
        # Sound lies between frames as a matter of course.
        if seen and not (isinstance(source.start, int) and isinstance(source.end, int)):
            self.losses.append(f"“{clip.name}” is cut between frames of its file: read as it is.")
        volume = said.get("volume", 1.0)
        loud = isinstance(volume, int | float) and not isinstance(volume, bool) and volume != 1
        return Clip(
            clip.name,
            clip.record,
            media,
            source,
            kind="missing" if media is None else "still" if material.get("type") == "photo" else "clip",
            enabled=clip.enabled,
            speed=self._speed(said, what),
            ramp=self._ramp(said),
            key=clip.key,
            extras={"capcut": {"volume": float(volume)}} if loud else {},
        )

    def _frame(self, time: int, what: str) -> Frame:
        frame, on_grid = frame_near(time, self.rate)
        if on_grid:
            return frame
        self.losses.append(f"{what.capitalize()} stands between frames, at {time} microseconds: read as it is.")
        return whole(Fraction(time, SECOND) * self.rate.fraction)

    def _media(self, material: Json, name: str) -> Media | None:
        path = _text(material.get("path"))
        if not path:
            self.losses.append(f"“{name}” names no file.")
            return None
        path = _PLACE.sub(lambda _: f"{self._folder.as_posix()}/", path)
        if not _is_file(path):
            self.losses.append(f"The file of “{name}” is not there: {path}")
        length = material.get("duration")
        told = material.get("type") != "photo" and isinstance(length, int) and not isinstance(length, bool)
        count = frames_of(self._time(length, f"the file of “{name}”"), self.rate) if told else None
        return Media(re.split(r"[\\/]", path)[-1], path, self.rate, count, 0, id=_text(material.get("id")))

    def _speed(self, said: Json, what: str) -> Fraction | None:
        if self._ramp(said):
            return None
        value = said.get("speed", 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1000:
            raise self._bad(f"{what} has a speed that cannot be: {str(value)[:40]}")
        speed = Fraction(value).limit_denominator(10_000)
        return -speed if said.get("reverse") is True else speed

    def _ramp(self, said: Json) -> str:
        for kind, one in self._referred(said):
            if kind == "speeds" and one.get("curve_speed"):
                return json.dumps(one["curve_speed"], sort_keys=True)[:4096]
        return ""

    def _referred(self, said: Json) -> Iterator[tuple[str, Json]]:
        refs = said.get("extra_material_refs")
        for one in refs if isinstance(refs, list) else []:
            if isinstance(one, str) and one in self._materials:
                yield self._materials[one]

    def _unread(self, said: Json, name: str) -> None:
        quiet = {"speeds", "canvases", "sound_channel_mappings", "placeholder_infos", "vocal_separations"}
        kinds = {kind for kind, _ in self._referred(said)} - quiet - {"material_colors", "loudnesses", "beats"}
        if said.get("common_keyframes"):
            kinds.add("keyframes")
        if kinds:
            self.losses.append(f"Of “{name}” is not read: {', '.join(sorted(kinds)).replace('_', ' ')}.")


def _is_file(path: str) -> bool:
    """A path of thousands of letters is none the system can look at."""
    try:
        return Path(path).is_file()
    except OSError:
        return False


def _shown(said: Json) -> bool:
    return said.get("visible") is not False


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    return value[:4096].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _name(group: str, material: Json) -> str:
    return _text(material.get("material_name" if group == "videos" else "name"))


def _words(material: Json) -> str:
    """The words of a text: JSON in a string, or the words themselves (older drafts)."""
    content = _text(material.get("content"))
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return content
    return _text(said.get("text")) if isinstance(said, dict) else content
