"""Which demuxer may touch a file, judged by its first bytes and never by its name.

A playlist named ``.mp4`` is still a playlist: ffmpeg would open what it names (server.md §4.4). Only demuxers
that read one file and reach for nothing else are listed; the chosen one is then forced, with both whitelists.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from takebridge.errors import ProbeError, UnsafeMediaError

STILL_DEMUXERS = frozenset({"png_pipe", "jpeg_pipe", "webp_pipe", "tiff_pipe", "exr_pipe", "dpx_pipe", "bmp_pipe"})

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (4, b"wide", "mov"),
    (4, b"free", "mov"),
    (4, b"skip", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (8, b"AVI ", "avi"),
    (8, b"WAVE", "wav"),
    (8, b"WEBP", "webp_pipe"),
    (8, b"AIFF", "aiff"),
    (8, b"AIFC", "aiff"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (0, b"caff", "caf"),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "mxf"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (0, b"\xff\xd8\xff", "jpeg_pipe"),
    (0, b"II*\x00", "tiff_pipe"),
    (0, b"MM\x00*", "tiff_pipe"),
    (0, b"v/1\x01", "exr_pipe"),
    (0, b"SDPX", "dpx_pipe"),
    (0, b"XPDS", "dpx_pipe"),
    (0, b"GIF8", "gif"),
)

DEMUXERS = tuple(sorted({name for _, _, name in _MAGIC} | {"mpegts", "bmp_pipe"}))
FORMAT_WHITELIST = ",".join(DEMUXERS)
PROTOCOL_WHITELIST = "file"
PROTECTION = {"protocol_whitelist": PROTOCOL_WHITELIST, "format_whitelist": FORMAT_WHITELIST}

_PLAYLIST_MARKS = (b"#EXTM3U", b"ffconcat", b"<MPD", b"<ASX", b"[playlist]", b"<SMIL", b"RTSPtext", b"v=0", b"file '")
_HINT_EXPORT = "Choose a video or picture file: MOV, MP4, MKV, MXF, WAV, PNG, JPEG …"


def file_url(path: Path) -> str:
    """Return ``file:`` and the absolute path: never an option, a protocol or a pattern to ffmpeg."""
    return f"file:{os.path.abspath(path)}"


def sniff(path: Path) -> str:
    """Return the demuxer for the file's own bytes.

    Raises ProbeError for what is no regular, non-empty media file and UnsafeMediaError for playlists, lists and
    scripts. Opens nothing but ``path``.
    """
    _require_regular(path)
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise ProbeError(
            f"“{path.name}” cannot be opened: {error.strerror}.",
            hint="Check that you may read the file and that its drive is connected.",
        ) from error
    if not head:
        raise ProbeError(f"“{path.name}” is empty (0 bytes).", hint="Copy or download the file again.")
    return _demuxer_of(head) or _refuse(path, head)


def _require_regular(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise ProbeError(
            f"“{path.name}” was not found.", hint="It may have been moved or its drive is not connected."
        ) from error
    if stat.S_ISDIR(mode):
        raise ProbeError(f"“{path.name}” is a folder.", hint="Choose one file inside it.")
    if not stat.S_ISREG(mode):
        raise ProbeError(f"“{path.name}” is a device or pipe, not a file.", hint=_HINT_EXPORT)


def _demuxer_of(head: bytes) -> str | None:
    for offset, magic, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return name
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return "mpegts"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "bmp_pipe"
    if head[0] == 0xFF and len(head) > 1 and head[1] & 0xE6 == 0xE2:  # MPEG audio sync, layer III
        return "mp3"
    return None


def _refuse(path: Path, head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024]
    if any(mark.lower() in start.lower() for mark in _PLAYLIST_MARKS):
        raise UnsafeMediaError(f"“{path.name}” is a playlist or a list of other files, not a clip.")
    if b"\0" not in head[:1024]:
        raise ProbeError(f"“{path.name}” is a text file, not media.", hint=_HINT_EXPORT)
    raise ProbeError(f"“{path.name}” is no kind of media the bridge knows.", hint=_HINT_EXPORT)
