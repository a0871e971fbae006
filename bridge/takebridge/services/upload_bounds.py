"""What a small upload may unpack to: read from headers, so that nothing is decoded to learn that it is too much."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import GifImagePlugin, JpegImagePlugin, TiffImagePlugin

from takebridge.errors import UnsafeMediaError

MOST_PIXELS = 100_000_000
"""Of a still: 10,000 by 10,000. A 16-bit one takes 800 MB of memory to look at."""
MOST_ANIMATED = 4_000_000_000
"""Pixels of all frames of an animation together: a minute of decoding. 10,000 frames of 640 by 480 are 3 billion."""
MOST_TEXT = 64 << 20
"""Bytes that words and colour profiles in a PNG may unpack to."""

_PNG, _RIFF = b"\x89PNG\r\n\x1a\n", b"RIFF"
_PACKED = frozenset({b"zTXt", b"iTXt", b"iCCP"})


def require_bounded(path: Path) -> None:
    """Raise UnsafeMediaError for a picture that is too large to look at, or unpacks to far more than its bytes."""
    with path.open("rb") as file:
        head = file.read(32)
        file.seek(0)
        if head.startswith(_PNG):
            _require_size(path, *struct.unpack(">II", head[16:24].ljust(8, b"\0")))
            _require_short_texts(path, file)
        elif head.startswith(b"GIF8"):
            _require_short_animation(path, file)
        elif head.startswith(_RIFF) and head[8:16] == b"WEBPVP8X":
            _require_still_webp(path, head)
        elif head.startswith((b"\xff\xd8\xff", b"II*\0", b"MM\0*")):
            _require_size(path, *_size_in_header(file, head))


def _require_size(path: Path, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnsafeMediaError(
            f"“{path.name}” has {width:,} × {height:,} pixels: {width * height // 10**6:,} megapixels. A picture may "
            f"have {MOST_PIXELS // 10**6}.",
            hint="Make it smaller and send it again.",
        )


def _require_short_texts(path: Path, file: BinaryIO) -> None:
    unpacked = 0
    for kind, data in _png_chunks(file):
        unpacked += _unpacked_size(kind, data, MOST_TEXT - unpacked)
        if unpacked > MOST_TEXT:
            raise UnsafeMediaError(
                f"“{path.name}” carries words that unpack to more than {MOST_TEXT >> 20} MB.",
                hint="Export the picture again, without its metadata.",
            )


def _png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield the packed chunks, wherever they stand; what is cut short ends it."""
    file.seek(len(_PNG))
    while len(begun := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", begun)
        if kind not in _PACKED:
            file.seek(length + 4, 1)
            continue
        data = file.read(min(length, MOST_TEXT + 1))
        if len(data) < length:
            return
        yield kind, data
        file.seek(4, 1)


def _unpacked_size(kind: bytes, data: bytes, room: int) -> int:
    """Return how long a chunk's text is; of one that is longer than ``room``, one byte more than that."""
    _, _, rest = data.partition(b"\0")
    if kind == b"iTXt":
        if rest[:1] != b"\x01":
            return 0
        _, _, rest = rest[2:].partition(b"\0")
        _, _, packed = rest.partition(b"\0")
    else:
        packed = rest[1:]
    try:
        return len(zlib.decompressobj().decompress(packed, room + 1))
    except zlib.error:
        return 0


def _require_short_animation(path: Path, file: BinaryIO) -> None:
    try:
        with GifImagePlugin.GifImageFile(file) as picture:
            width, height = picture.size
            _require_size(path, width, height)
            most, count = MOST_ANIMATED // (width * height), picture.n_frames
    except (OSError, SyntaxError, ValueError, struct.error, ZeroDivisionError):
        return  # Damaged: the probe says how.
    if count > most:
        raise UnsafeMediaError(
            f"“{path.name}” has {count:,} frames of {width:,} × {height:,}: too many for an animation to be looked at.",
            hint="Export it as a film, as MP4 or MOV.",
        )


def _require_still_webp(path: Path, head: bytes) -> None:
    if head[20] & 0x02:
        raise UnsafeMediaError(
            f"“{path.name}” is an animated WebP, which is not read here.", hint="Export it as MP4, MOV or GIF."
        )
    wide, high = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
    _require_size(path, wide, high)


def _size_in_header(file: BinaryIO, head: bytes) -> tuple[int, int]:
    """Return a JPEG's or TIFF's pixels; 0 by 0 for a damaged one: the probe says how."""
    plugin = JpegImagePlugin.JpegImageFile if head[:1] == b"\xff" else TiffImagePlugin.TiffImageFile
    try:
        with plugin(file) as picture:
            return picture.size
    except (OSError, SyntaxError, ValueError, KeyError, struct.error):
        return 0, 0
