"""The frame of a clip's own file that is shown at a record frame, of clips that were looked at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import anyio.to_thread

from takebridge.cut.hosted import HostClip, HostCut
from takebridge.errors import NotFoundError, RangeError, UnsupportedItemError
from takebridge.hosts.port import Host
from takebridge.ids import ClipKey
from takebridge.media.previews import frame_jpeg
from takebridge.media.probe import probe
from takebridge.services.bridge import Bridge
from takebridge.services.looking import Looks, look
from takebridge.services.push import plain_start
from takebridge.timebase import ClipMapping, MediaSpace

_MOST_KEPT = 256
_Key = tuple[str, int, int, int, int]


class _Kept:
    """The last frames that were shown, by file state, frame and width. Thread-safe."""

    def __init__(self) -> None:
        self._frames: OrderedDict[_Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path, source_frame: int, width: int) -> bytes:
        facts = path.stat()
        key = (str(path), facts.st_size, facts.st_mtime_ns, source_frame, width)
        with self._lock:
            if key in self._frames:
                self._frames.move_to_end(key)
                return self._frames[key]
        made = frame_jpeg(path, source_frame, width)
        with self._lock:
            self._frames[key] = made
            while len(self._frames) > _MOST_KEPT:
                self._frames.popitem(last=False)
        return made


_KEPT = _Kept()


async def clip_frame(
    bridge: Bridge, host: Host, looks: Looks, clip_key: ClipKey, record_frame: int, width: int
) -> bytes:
    """Return the frame a clip shows at a record frame as JPEG, as its file has it: no grade, no transform.

    Only for clips of the last looks of the session, and the one the person was said to be at. Raises NotFoundError for
    others, RangeError outside the clip, UnsupportedItemError where it is not known which frame is shown, MediaError.
    """
    found = looks.clip(host.session, clip_key)
    if found is None and clip_key and clip_key in _spotted(looks, host.session):
        await look(bridge, host, looks, "playhead")
        found = looks.clip(host.session, clip_key)
    if found is None:
        raise NotFoundError("That clip was not looked at.", hint="Look at the clip first, then ask for its frame.")
    return await anyio.to_thread.run_sync(_frame, *found, record_frame, width)


def _spotted(looks: Looks, session: str) -> tuple[str, ...]:
    spot = looks.of(session).spot
    return (spot.clip,) if spot else ()


def _frame(cut: HostCut, clip: HostClip, record_frame: int, width: int) -> bytes:
    if not clip.record.start <= record_frame < clip.record.end:
        raise RangeError(
            f"“{clip.name}” lies on {clip.record.start}–{clip.record.end}, not on frame {record_frame}.",
            hint="Choose a frame of the clip.",
        )
    path = Path(clip.media.path) if clip.media and clip.media.path else None
    if path is None or clip.kind not in ("clip", "still"):
        raise UnsupportedItemError(
            f"The {clip.kind} “{clip.name}” has no file to show a frame of.",
            hint="Look at it in the editor.",
            kind=clip.kind,
        )
    if not path.exists():
        raise UnsupportedItemError(
            f"The media of “{clip.name}” is offline ({path}).", hint="Relink it in the editor first.", clip=clip.name
        )
    return _KEPT.get(path, _source_frame(cut, clip, record_frame, path), width)


def _source_frame(cut: HostCut, clip: HostClip, record_frame: int, path: Path) -> int:
    """The source frame at a record frame, held at the file's first and last one as editors hold them."""
    info = probe(path)
    if clip.kind == "still" or info.is_still or info.rate is None:
        return 0
    rate = clip.media.rate if clip.media and clip.media.rate else info.rate
    mapping = ClipMapping(cut.space, MediaSpace(rate, info.edit_frames), clip.record, plain_start(cut, clip, rate))
    return min(max(0, mapping.source_frame_at(record_frame)), max(0, info.edit_frames - 1))
