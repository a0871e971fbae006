"""Small pictures of clips for a page: the first frame each shows, where its media file is on this machine.

A page must come out whatever the media are: missing, offline, damaged and slow files leave their clip without a
picture. Work stops when the time is up; the picture in the making is then given up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from takebridge.cut.model import Clip
from takebridge.errors import BridgeError

MOST = 240
"""Pictures a page has at most."""
SECONDS = 12.0
"""Time all of them may take."""
WIDTH = 144
_LARGEST = 64 * 2**10
"""Bytes of one picture; a larger one is not worth its place."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame of a media file."""

    path: Path
    source_frame: int


def first_frame(clip: Clip, folder: Path) -> Shown | None:
    """Return what a clip shows first; None without a picture file on this machine. ``folder``: its document's."""
    if clip.media is None or clip.kind in ("title", "generator", "nested", "multicam", "adjustment", "caption"):
        return None
    path = local_file(clip.media.location, folder)
    if path is None:
        return None
    if clip.source is None or clip.kind == "still":
        return Shown(path, 0)
    backwards = clip.speed is not None and clip.speed < 0
    frame = clip.source.end - 1 if backwards else clip.source.start
    return Shown(path, max(0, floor(frame)))


def local_file(location: str, folder: Path) -> Path | None:
    """Return the file a location names, None when it is elsewhere or not there. Never asks another machine."""
    if location.startswith("file:"):
        parts = urlsplit(location)
        if parts.netloc not in ("", "localhost"):
            return None
        location = url2pathname(unquote(parts.path))
    if not location or "://" in location or location.startswith(("\\\\", "//")) or "\0" in location:
        return None
    try:
        path = folder / location
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


def pictures(wanted: Iterable[Shown], *, most: int = MOST, seconds: float = SECONDS) -> dict[Shown, bytes]:
    """Return JPEGs of the first ``most`` frames wanted, as many as there is time for."""
    asked = list(dict.fromkeys(wanted))[:most]
    found: dict[Shown, bytes] = {}
    if not asked:
        return found
    stop = threading.Event()
    with TemporaryDirectory(prefix="takebridge-", ignore_cleanup_errors=True) as folder:
        work = threading.Thread(target=_make, args=(asked, found, Path(folder), stop), daemon=True)
        work.start()
        work.join(seconds)
        stop.set()
        return dict(list(found.items()))


def _make(asked: Sequence[Shown], found: dict[Shown, bytes], folder: Path, stop: threading.Event) -> None:
    from takebridge.media.frames import poster  # loads PyAV, which a page without pictures can do without

    for number, shown in enumerate(asked):
        if stop.is_set():
            return
        try:
            made = poster(shown.path, folder / f"{number}.jpg", shown.source_frame, WIDTH).read_bytes()
        except (BridgeError, OSError, ValueError):
            continue
        if len(made) <= _LARGEST:
            found[shown] = made
