"""A cut as OpenTimelineIO, with every native take as an alternative media reference.

This is the flavour for our own tools and for reading: a host that knows one reference per clip uses the active one.
OTIO keeps times as doubles; integer frames below 2**53 are exact in them, and rates are written as the double nearest
to the exact fraction.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import opentimelineio as otio

from takebridge.cut.hosted import HostClip, HostCut, HostTrack, NativeTake
from takebridge.errors import DiskFullError, InterchangeError
from takebridge.timebase import FrameRate, format_timecode

_MEDIA_KINDS = frozenset({"clip", "still"})


def write_otio(cut: HostCut, path: Path, notes: Mapping[str, Mapping[str, str]] | None = None) -> tuple[str, ...]:
    """Write ``cut`` to ``path`` (temp file, then rename) and return what could not be expressed, one line each.

    ``notes`` maps clip keys to string metadata kept under ``takebridge`` of that clip. Raises InterchangeError or
    DiskFullError; the file at ``path`` is then as it was.
    """
    losses: list[str] = []
    timeline = otio.schema.Timeline(name=cut.timeline_name)
    timeline.global_start_time = time_at(cut.space.start_record_frame, cut.space.rate)
    timeline.metadata["takebridge"] = {
        "project": cut.project_name,
        "timeline_id": cut.timeline_id,
        "rate": str(cut.space.rate),
        "start_timecode": format_timecode(cut.space.start_record_frame, cut.space.rate, drop=cut.drop_frame),
        "width": cut.width,
        "height": cut.height,
    }
    for kind in ("video", "audio"):
        # Empty tracks between are written too: OTIO tracks have no numbers, only their order.
        for index in range(1, _highest(cut, kind) + 1):
            timeline.tracks.append(_track(cut, HostTrack(kind, index), notes or {}, losses))
    losses += [f"Subtitle track {index} is not written." for index in _indexes(cut, "subtitle")]
    save_timeline(timeline, path)
    return tuple(losses)


def _indexes(cut: HostCut, kind: str) -> list[int]:
    return sorted({clip.track.index for clip in cut.clips if clip.track.type == kind})


def _highest(cut: HostCut, kind: str) -> int:
    return max(_indexes(cut, kind), default=0)


def save_timeline(timeline: Any, path: Path) -> None:  # noqa: ANN401 - OTIO ships no types
    """Write a timeline whole or not at all. Raises DiskFullError and InterchangeError."""
    # Written by us: OTIO 0.18's own file writer reports success on a full disk.
    text = otio.adapters.write_to_string(timeline, adapter_name="otio_json")
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(f"There is no space left to write {path.name}.") from error
        raise InterchangeError(f"{path.name} could not be written: {error}.", hint="Choose another folder.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _track(cut: HostCut, track: HostTrack, notes: Mapping[str, Mapping[str, str]], losses: list[str]) -> Any:  # noqa: ANN401
    kind = otio.schema.TrackKind.Video if track.type == "video" else otio.schema.TrackKind.Audio
    written = otio.schema.Track(name=f"{track.type.capitalize()} {track.index}", kind=kind)
    at = cut.space.start_record_frame
    for clip in cut.on_track(track):
        if clip.kind == "transition":
            losses.append(f"The transition at frame {clip.record.start} is not written.")
            continue
        if clip.record.start < at:
            losses.append(f"“{clip.name}” at frame {clip.record.start} lies over another clip and is not written.")
            continue
        if clip.record.start > at:
            gap = otio.opentime.TimeRange(time_at(0, cut.space.rate), time_at(clip.record.start - at, cut.space.rate))
            written.append(otio.schema.Gap(source_range=gap))
        written.append(_clip(clip, cut.space.rate, dict(notes.get(clip.key, {})), losses))
        at = clip.record.end
    return written


def _clip(clip: HostClip, rate: FrameRate, notes: dict[str, str], losses: list[str]) -> Any:  # noqa: ANN401
    references, active = _references(clip)
    media_rate = clip.media.rate if clip.media and clip.media.rate else rate
    if clip.media is not None and clip.source_start_frame is None:
        losses.append(f"“{clip.name}”: the host does not say which source frame it starts on; 0 is written.")
    if clip.speed_percent not in (None, 100) or _is_reversed(clip):
        losses.append(f"“{clip.name}”: its speed is not written; it plays at 100 %.")
    written = otio.schema.Clip(
        name=clip.name,
        source_range=otio.opentime.TimeRange(
            time_at(clip.source_start_frame or 0, media_rate), time_at(clip.record.duration, rate)
        ),
        metadata={
            "takebridge": {
                "clip_key": clip.key,
                "kind": clip.kind,
                "linked": sorted(clip.linked),
                "takes": [take.index for take in clip.takes],
                **notes,
            }
        },
    )
    written.enabled = clip.enabled
    written.set_media_references(references, active)
    return written


def _is_reversed(clip: HostClip) -> bool:
    return clip.true_source is not None and clip.true_source[0] > clip.true_source[1]


def _references(clip: HostClip) -> tuple[dict[str, Any], str]:
    if clip.kind not in _MEDIA_KINDS or clip.media is None:
        return {"DEFAULT_MEDIA": otio.schema.MissingReference(name=clip.name)}, "DEFAULT_MEDIA"
    if not clip.takes:
        return {"DEFAULT_MEDIA": _external(clip.media.path, clip)}, "DEFAULT_MEDIA"
    references = {_key(take): _external(take.media_path, clip, take) for take in clip.takes}
    selected = next((take for take in clip.takes if take.index == clip.selected_take), clip.takes[0])
    return references, _key(selected)


def _key(take: NativeTake) -> str:
    return f"take {take.index}"


def _external(path: str, clip: HostClip, take: NativeTake | None = None) -> Any:  # noqa: ANN401
    reference = otio.schema.ExternalReference(target_url=Path(path).as_uri() if Path(path).is_absolute() else path)
    reference.name = Path(path).name
    selected = take is None or take.index == clip.selected_take
    media = clip.media
    if selected and media is not None and media.rate is not None and media.frame_count:
        reference.available_range = otio.opentime.TimeRange(
            time_at(0, media.rate), time_at(media.frame_count, media.rate)
        )
    if take is not None and take.source is not None:
        reference.metadata["takebridge"] = {"source_start": take.source.start, "source_end": take.source.end}
    return reference


def time_at(frames: int, rate: FrameRate) -> Any:  # noqa: ANN401
    """Return whole frames at a rate as OTIO has them."""
    return otio.opentime.RationalTime(frames, rate.numerator / rate.denominator)
