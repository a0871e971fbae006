"""Media types and endings by a file's own bytes: what a browser may be told a stored file is, and how it is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from takebridge.errors import MediaError
from takebridge.media.sniff import sniff

DOWNLOAD = "application/octet-stream"
"""What is no medium to us: words, models, and whatever markup somebody brought in. Never shown, only downloaded."""

_TYPES: Mapping[str, str] = {
    "mov": "video/mp4",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "wav": "audio/wav",
    "aiff": "audio/aiff",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "caf": "audio/x-caf",
    "png_pipe": "image/png",
    "jpeg_pipe": "image/jpeg",
    "webp_pipe": "image/webp",
    "tiff_pipe": "image/tiff",
    "bmp_pipe": "image/bmp",
    "gif": "image/gif",
}
"""By demuxer. What no browser shows (MXF, EXR, DPX) is a download."""

_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "mov": (".mp4", ".mov", ".m4v", ".m4a", ".qt", ".3gp"),
    "matroska": (".mkv", ".webm", ".mka"),
    "avi": (".avi",),
    "mpeg": (".mpg", ".mpeg", ".vob"),
    "mpegts": (".ts", ".mts", ".m2ts"),
    "mxf": (".mxf",),
    "wav": (".wav", ".bwf"),
    "aiff": (".aiff", ".aif", ".aifc"),
    "flac": (".flac",),
    "ogg": (".ogg", ".oga", ".ogv", ".opus"),
    "mp3": (".mp3",),
    "caf": (".caf",),
    "png_pipe": (".png",),
    "jpeg_pipe": (".jpg", ".jpeg"),
    "webp_pipe": (".webp",),
    "tiff_pipe": (".tif", ".tiff"),
    "exr_pipe": (".exr",),
    "dpx_pipe": (".dpx",),
    "bmp_pipe": (".bmp",),
    "gif": (".gif",),
}
"""By demuxer: the endings such files have, the usual one first. Editors judge files by them."""

_HEAD = 4096


def media_type(path: Path) -> str:
    """Return the media type of a stored file by its bytes, `DOWNLOAD` for what is no medium a browser can show."""
    try:
        demuxer = sniff(path)
    except MediaError:
        return DOWNLOAD
    kind = _TYPES.get(demuxer, DOWNLOAD)
    if demuxer in ("mov", "matroska"):
        with path.open("rb") as file:
            return _brand(file.read(_HEAD), kind)
    return kind


def _brand(head: bytes, kind: str) -> str:
    """Tell QuickTime and sound from MP4 by the brand (ISO 14496-12 §4.3), WebM from Matroska by its DocType."""
    if kind == "video/x-matroska":
        return "video/webm" if b"webm" in head[:64] else kind
    if head[4:8] != b"ftyp" or head[8:12] == b"qt  ":
        return "video/quicktime"
    return "audio/mp4" if head[8:12] in (b"M4A ", b"M4B ") else kind


def ending(path: Path, name: str) -> str:
    """Return the ending to keep a medium under: that of ``name`` where such files have it, else their usual one.

    Raises what `sniff` raises.
    """
    usual = _ENDINGS[sniff(path)]
    given = Path(name).suffix.lower()
    return given if given in usual else usual[0]
