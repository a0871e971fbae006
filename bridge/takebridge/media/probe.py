"""Probe: what a file is, frames counted one by one, in this process with PyAV (3x cheaper than ffprobe)."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from threading import Lock

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from takebridge.errors import ProbeError
from takebridge.media.cadence import constant_rate, nominal_rate
from takebridge.media.info import ColourTags, MediaInfo
from takebridge.media.sniff import PROTECTION, STILL_DEMUXERS, file_url, sniff
from takebridge.timebase import FrameRate, to_seconds

_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    11: "smpte431",
    12: "smpte432",
}
_TRANSFERS = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1",
    14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67",
}  # fmt: skip
_MATRICES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
_RANGES = {1: "tv", 2: "pc"}

_TABLED = frozenset({"mov", "matroska"})
"""Containers that store whole access units with their times: a kept packet is a frame. Others are decoded."""


class ProbeCache:
    """A bounded memory of probes, keyed by path, size, mtime_ns and inode. Safe to share between threads."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._known: OrderedDict[tuple[str, int, int, int], MediaInfo] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[str, int, int, int]) -> MediaInfo | None:
        """Return the remembered probe of exactly this state of the file."""
        with self._lock:
            if found := self._known.get(key):
                self._known.move_to_end(key)
            return found

    def put(self, key: tuple[str, int, int, int], info: MediaInfo) -> None:
        """Remember, forgetting the least recently used beyond the capacity."""
        with self._lock:
            self._known[key] = info
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)


DEFAULT_CACHE = ProbeCache()


def probe(path: Path, *, cache: ProbeCache | None = DEFAULT_CACHE) -> MediaInfo:
    """Return what ``path`` is; ``cache=None`` reads the file in any case.

    Raises ProbeError (missing, folder, empty, not media, truncated) or UnsafeMediaError (playlists).
    """
    path = Path(os.path.abspath(path))
    demuxer = sniff(path)
    facts = path.stat()
    key = (str(path), facts.st_size, facts.st_mtime_ns, facts.st_ino)
    if cache and (known := cache.get(key)):
        return known
    info = _read(path, demuxer)
    if cache:
        cache.put(key, info)
    return info


@contextmanager
def open_media(path: Path, demuxer: str) -> Iterator[InputContainer]:
    """Open with the one demuxer the bytes asked for and both whitelists; PyAV's errors become ProbeError."""
    try:
        with av.open(
            file_url(path), format=demuxer, container_options=dict(PROTECTION), metadata_errors="ignore"
        ) as container:
            yield container
    except (av.error.FFmpegError, OSError, EOFError) as error:
        raise ProbeError(
            f"“{path.name}” cannot be read: {getattr(error, 'strerror', None) or error}.",
            hint="The file is damaged or incomplete. Copy, download or export it again.",
        ) from error


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the first moving picture stream; cover art does not count."""
    art = av.stream.Disposition.attached_pic
    return next((s for s in container.streams.video if not s.disposition & art), None)


def _read(path: Path, demuxer: str) -> MediaInfo:
    with open_media(path, demuxer) as container:
        video = picture_stream(container)
        audio = next(iter(container.streams.audio), None)
        if video is None and audio is None:
            raise ProbeError(f"“{path.name}” has neither picture nor sound.", hint="Export it again with a picture.")
        info = MediaInfo(path, demuxer, Fraction(0), has_video=video is not None, has_audio=False)
        tracks = _demux(container, video, audio)
        if video is not None:
            _refuse_truncated(path, container, video, audio, tracks)
            stamps = tracks.stamps
    if video is not None:
        info = _with_picture(info, demuxer, [] if tracks.needs_decode else stamps)
    if audio is not None:
        info = _with_sound(info, demuxer, tracks.sound_ticks)
    return info


@dataclass(slots=True)
class _Tracks:
    """One pass over the packets. ``stamps``: presentation times of the frames that are shown, ascending."""

    stamps: list[int]
    packets: int = 0
    corrupt: bool = False
    needs_decode: bool = False
    sound_ticks: int = 0


def _demux(container: InputContainer, video: VideoStream | None, audio: AudioStream | None) -> _Tracks:
    tracks = _Tracks([])
    first_key: int | None = None
    for packet in container.demux([s for s in (video, audio) if s is not None]):
        if packet.size == 0:
            continue
        if packet.stream is audio:
            tracks.sound_ticks += packet.duration or 0
            tracks.corrupt |= packet.is_corrupt
            continue
        tracks.packets += 1
        tracks.corrupt |= packet.is_corrupt
        if packet.is_keyframe and first_key is None:
            first_key = packet.pts
        if packet.pts is None:
            tracks.needs_decode = True
        elif not packet.is_discard:
            tracks.stamps.append(packet.pts)
    tracks.stamps.sort()
    # Leading pictures of an open group without its head do not decode: only a decode can count those.
    headless = first_key is None or (bool(tracks.stamps) and tracks.stamps[0] < first_key)
    tracks.needs_decode |= headless or container.format.name.split(",")[0] not in _TABLED
    return tracks


def _refuse_truncated(
    path: Path, container: InputContainer, video: VideoStream, audio: AudioStream | None, tracks: _Tracks
) -> None:
    """A cut-off faststart file keeps its header's promise of frames and samples (media_performance §8): compare."""
    short = bool(video.frames) and tracks.packets < video.frames
    if audio is not None and audio.frames and audio.duration:  # MOV: a sample table exists for the sound too
        short = short or tracks.sound_ticks < audio.duration
    if container.duration and tracks.stamps and video.time_base and not video.frames:
        end = (tracks.stamps[-1] - tracks.stamps[0]) * video.time_base
        short = short or (audio is None and end < Fraction(container.duration, 1_000_000) - 1)
    if short or tracks.corrupt:
        raise ProbeError(
            f"“{path.name}” is cut short: {tracks.packets} of {video.frames or 'its'} frames are there.",
            hint="The copy or download did not finish. Fetch the file again.",
        )


def _with_picture(info: MediaInfo, demuxer: str, stamps: list[int]) -> MediaInfo:
    with open_media(info.path, demuxer) as container:
        video = picture_stream(container)
        assert video is not None
        video.thread_type = "AUTO"
        frames = container.decode(video)
        first = next(frames, None)
        if first is None or first.time_base is None:
            raise ProbeError(f"No picture of “{info.path.name}” can be decoded.", hint="Export the clip again.")
        if not stamps:
            stamps = sorted(f.pts for f in [first, *frames] if f.pts is not None) or [0]
        facts = _picture_facts(video, first)
        if demuxer in STILL_DEMUXERS:
            return replace(info, **facts, frame_count=1, is_still=True)  # type: ignore[arg-type]
        timing = _timing(video, stamps, first)
        timecode = _timecode(container, video)
        return replace(info, **facts, **timing, start_timecode=timecode)  # type: ignore[arg-type]


def _picture_facts(video: VideoStream, first: VideoFrame) -> dict[str, object]:
    rotation = round(first.rotation / 90) * 90 % 360
    sar = Fraction(video.sample_aspect_ratio or 1) or Fraction(1)
    width, height = round(first.width * sar), first.height
    if rotation in (90, 270):
        width, height = height, width
    return {
        "width": max(width, 1),
        "height": height,
        "coded_width": first.width,
        "coded_height": first.height,
        "rotation": rotation,
        "sar": sar,
        "codec": video.codec_context.codec.canonical_name,
        "pixel_format": first.format.name,
        "colour": ColourTags(
            _PRIMARIES.get(int(first.color_primaries)),
            _TRANSFERS.get(int(first.color_trc)),
            _MATRICES.get(int(first.colorspace)),
            _RANGES.get(int(first.color_range)),
        ),
    }


def _timing(video: VideoStream, stamps: list[int], first: VideoFrame) -> dict[str, object]:
    time_base = Fraction(video.time_base or first.time_base or 1)
    claimed = [video.average_rate, video.base_rate, video.guessed_rate]
    rate = constant_rate(stamps, time_base, [c and Fraction(c) for c in claimed])
    is_vfr = rate is None
    rate = rate or nominal_rate(stamps, time_base)
    last = Fraction(first.duration or 0) * time_base if is_vfr else to_seconds(1, rate)
    span = (stamps[-1] - stamps[0]) * time_base + (last or to_seconds(1, rate))
    return {
        "rate": rate,
        "is_vfr": is_vfr,
        "frame_count": len(stamps),
        "duration": span if is_vfr else to_seconds(len(stamps), rate),
        "time_base": time_base,
        "video_start": stamps[0] * time_base,
    }


def _timecode(container: InputContainer, video: VideoStream) -> str | None:
    places = [video.metadata, container.metadata, *(s.metadata for s in container.streams)]
    return next((place["timecode"] for place in places if place.get("timecode")), None)


def _with_sound(info: MediaInfo, demuxer: str, ticks: int) -> MediaInfo:
    """Sound facts; a track without one decodable sample is no sound."""
    with open_media(info.path, demuxer) as container:
        audio = container.streams.audio[0]
        first = next(container.decode(audio), None)
        if first is None or not first.sample_rate or first.time_base is None or audio.time_base is None:
            return info
        rate = first.sample_rate
        samples = round(Fraction(audio.duration or ticks) * audio.time_base * rate)
        return replace(
            info,
            has_audio=True,
            audio_rate=rate,
            audio_channels=first.layout.nb_channels,
            audio_samples=samples,
            audio_start=Fraction(first.pts or 0) * first.time_base,
            duration=info.duration or Fraction(samples, rate),
        )


def edit_rate(info: MediaInfo) -> FrameRate:
    """Return the file's rate. Raises ProbeError for stills and sound, which have none."""
    if info.rate is None:
        raise ProbeError(f"“{info.path.name}” has no frame rate.", hint="Choose a clip with moving pictures.")
    return info.rate
