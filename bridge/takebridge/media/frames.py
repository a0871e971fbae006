"""Single pictures out of clips and clips out of pictures: the public face of reader, stills and writer."""

from __future__ import annotations

from takebridge.media.reader import Picture, read_frames
from takebridge.media.stills import ContactRow, TileTime, contact_sheet, filmstrip, poster
from takebridge.media.writer import FrameWriter, write_frames

__all__ = [
    "ContactRow",
    "FrameWriter",
    "Picture",
    "TileTime",
    "contact_sheet",
    "filmstrip",
    "poster",
    "read_frames",
    "write_frames",
]
