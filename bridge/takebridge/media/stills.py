"""Still pictures of clips: poster, filmstrip, contact sheet. In this process, no ffmpeg child."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from takebridge.errors import ProbeError, RangeError, UsageError
from takebridge.media.info import MediaInfo
from takebridge.media.probe import open_media, picture_stream, probe
from takebridge.media.publish import publishing
from takebridge.media.reader import Picture, RgbConverter, decoded_from, index_of
from takebridge.timebase import frame_at


@dataclass(frozen=True, slots=True)
class TileTime:
    """Which frame one tile of a filmstrip shows. ``seconds``: exact, from the first frame."""

    source_frame: int
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One labelled row of a contact sheet; pictures may differ in size."""

    label: str
    frames: Sequence[NDArray[np.uint8]]


def poster(src: Path, dst: Path, source_frame: int = 0, width: int = 480) -> Path:
    """Write frame ``source_frame`` as JPEG, ``width`` wide or as wide as the clip if that is less.

    Raises RangeError when the clip has no such frame, and what `probe` raises.
    """
    info = _with_picture(src)
    if not 0 <= source_frame < info.frame_count:
        raise RangeError(
            f"“{src.name}” has {info.frame_count} frames, no frame {source_frame}.", hint="Choose another."
        )
    convert = RgbConverter(info, _size(info, width))
    with open_media(info.path, info.container) as container:
        frame = next(decoded_from(container, info, source_frame), None)
        if frame is None:
            raise ProbeError(f"Frame {source_frame} of “{src.name}” does not decode.", hint="Export the clip again.")
        _save_jpeg(convert(frame), dst)
    return dst


def filmstrip(src: Path, dst: Path, tiles: int = 10, width: int = 160) -> tuple[TileTime, ...]:
    """Write up to ``tiles`` pictures side by side as JPEG and say which frames they are.

    Key frames serve when there are enough (7x cheaper than decoding all, media_performance §7), with their own
    times; a clip with few key frames or few frames is decoded whole.
    """
    if not 1 <= tiles <= 100 or not 16 <= width <= 1920:
        raise UsageError("A strip has 1–100 tiles of 16–1920 pixels.", hint="Try 10 tiles of 160 pixels.")
    info = _with_picture(src)
    keys = [] if info.is_still else list(_key_tiles(info, width))
    if len(keys) >= tiles:
        shown = [keys[i] for i in _spread(len(keys), tiles)]
    else:
        shown = list(_decoded_tiles(info, _spread(info.frame_count, min(tiles, info.frame_count)), width))
    _save_jpeg(np.concatenate([picture for _, picture in shown], axis=1), dst)
    return tuple(time for time, _ in shown)


def _key_tiles(info: MediaInfo, width: int) -> Iterator[tuple[TileTime, Picture]]:
    convert = RgbConverter(info, _size(info, width))
    with open_media(info.path, info.container) as container:
        video = picture_stream(container)
        assert video is not None
        if video.codec_context.codec.intra_only:
            return  # every frame is a key: decoding the wanted ones is all there is
        video.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(video):
            if frame.pts is not None:
                seconds = frame.pts * info.time_base - info.video_start
                number = index_of(frame, info) if not info.is_vfr else _grid_frame(info, seconds)
                yield TileTime(number, seconds), convert(frame)


def _decoded_tiles(info: MediaInfo, wanted: Sequence[int], width: int) -> Iterator[tuple[TileTime, Picture]]:
    convert = RgbConverter(info, _size(info, width))
    with open_media(info.path, info.container) as container:
        for number, frame in enumerate(decoded_from(container, info, 0)):
            if number in wanted:
                seconds = (frame.pts or 0) * info.time_base - info.video_start
                yield TileTime(_grid_frame(info, seconds) if info.is_vfr else number, seconds), convert(frame)
            if number >= wanted[-1]:
                return


def contact_sheet(rows: Sequence[ContactRow], dst: Path, tile_width: int = 240) -> Path:
    """Write rows of pictures with their labels as PNG, every tile ``tile_width`` wide.

    Raises UsageError when there is no picture at all.
    """
    if not any(row.frames for row in rows):
        raise UsageError("A contact sheet needs at least one picture.")
    margin, gap = tile_width // 10, max(4, tile_width // 30)
    size = max(12, tile_width // 15)
    strips = [[_tile(frame, tile_width) for frame in row.frames] for row in rows]
    heights = [max((tile.height for tile in strip), default=0) for strip in strips]
    columns = max(len(strip) for strip in strips)
    label_height = round(size * 1.9)
    total = (
        2 * margin + columns * tile_width + (columns - 1) * gap,
        2 * margin + sum(heights) + label_height * len(rows) + margin // 2 * (len(rows) - 1),
    )
    sheet = Image.new("RGB", total, (20, 22, 28))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size)
    top = margin
    for row, strip, height in zip(rows, strips, heights, strict=True):
        draw.text((margin, top), row.label, font=font, fill=(214, 218, 226))
        top += label_height
        for column, tile in enumerate(strip):
            sheet.paste(tile, (margin + column * (tile_width + gap), top))
        top += height + margin // 2
    with publishing(dst) as part:
        sheet.save(part, "PNG")
    return dst


def _tile(frame: NDArray[np.uint8], width: int) -> Image.Image:
    picture = Image.fromarray(frame)
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _with_picture(src: Path) -> MediaInfo:
    info = probe(src)
    if not info.has_video:
        raise ProbeError(f"“{src.name}” has no picture.", hint="Choose a clip or a still.")
    return info


def _size(info: MediaInfo, width: int) -> tuple[int, int]:
    width = min(width, info.width)
    return width, max(1, round(Fraction(info.height * width, info.width)))


def _spread(count: int, picks: int) -> list[int]:
    """Middles of ``picks`` equal parts of ``count``."""
    return [(2 * i + 1) * count // (2 * picks) for i in range(picks)]


def _grid_frame(info: MediaInfo, seconds: Fraction) -> int:
    return frame_at(seconds, info.rate) if info.rate else 0


def _save_jpeg(picture: NDArray[np.uint8], dst: Path) -> None:
    with publishing(dst) as part:
        Image.fromarray(picture).save(part, "JPEG", quality=85)
