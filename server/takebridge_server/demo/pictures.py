"""The demo's pictures: is every frame the right one, and a contact sheet to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from takebridge.media.frames import ContactRow, Picture, read_frames
from takebridge.media.frames import contact_sheet as write_sheet
from takebridge.media.probe import probe
from takebridge.media.testcard import read_frame_number
from takebridge.timebase import ClipMapping, FrameRange, FrameRate, MediaSpace, TimelineSpace
from takebridge_server.demo.checks import Verdict, best_match
from takebridge_server.demo.footage import START_RECORD_FRAME, TIMELINE_RATE, Footage

_SHEET_COLUMNS = 5


def expected_source_frames(footage: Footage, clip: dict[str, Any]) -> list[int]:
    """Return the source frame each record frame of the clip shows, worked out from the cut alone."""
    info = probe(footage.path)
    link = clip["link"]
    record = FrameRange(link["start_record_frame"], link["end_record_frame"])
    media = MediaSpace(info.rate or FrameRate(25), info.frame_count)
    mapping = ClipMapping(TimelineSpace(TIMELINE_RATE, START_RECORD_FRAME), media, record, footage.source_start)
    return [mapping.source_frame_at(frame) for frame in range(record.start, record.end)]


def check_frames(verdict: Verdict, footage: Footage, clip: dict[str, Any], reports: dict[str, dict[str, Any]]) -> None:
    """Read every frame of the delivered upscale back: count, and which moment of the source each one shows."""
    report = reports["upscale"]
    info = probe(Path(report["path"]))
    verdict.became("frames in the delivered file", "", info.frame_count, report["frame_count"], "file")
    verdict.became("rate of the delivered file", str(TIMELINE_RATE), str(info.rate), str(TIMELINE_RATE), "file")
    tags = (info.colour.primaries, info.colour.transfer, info.colour.matrix)
    verdict.became("colour tags of the delivered file", "", "/".join(map(str, tags)), "bt709/bt709/bt709", "file")
    expected = expected_source_frames(footage, clip)
    shown = _shown(footage, Path(report["path"]), report["head"], expected)
    right = sum(one == other for one, other in zip(expected, shown, strict=True))
    verdict.became(f"frames showing the right source frame, of {len(expected)}", "", right, len(expected), "file")


def _shown(footage: Footage, delivered: Path, head: int, expected: list[int]) -> list[int]:
    """Return the source frame each delivered frame shows: by its barcode, or the most alike of five candidates."""
    frames = read_frames(delivered, head, len(expected))
    if footage.numbered:
        return [read_frame_number(picture)[1] for picture in frames]
    total = probe(footage.path).frame_count
    first, end = max(0, expected[0] - 2), min(total, expected[-1] + 3)
    source = dict(enumerate(read_frames(footage.path, first, end - first), first))
    shown = []
    for picture, wanted in zip(frames, expected, strict=True):
        window = [number for number in range(wanted - 2, wanted + 3) if number in source]
        shown.append(window[best_match(picture, [source[number] for number in window])])
    return shown


def reference_still(footage: Footage, target: Path) -> Path:
    """Write the first used frame of a clip as a picture to refer to."""
    Image.fromarray(_one(footage.path, footage.source_start)).save(target)
    return target


def contact_sheet(footage: Footage, clip: dict[str, Any], reports: dict[str, dict[str, Any]], target: Path) -> Path:
    """Write original, upscale and previz under each other, and the same detail twice: enlarged and upscaled."""
    expected = expected_source_frames(footage, clip)
    picks = [round(index * (len(expected) - 1) / (_SHEET_COLUMNS - 1)) for index in range(_SHEET_COLUMNS)]
    original = [_one(footage.path, expected[pick]) for pick in picks]
    rows = [ContactRow(label="take 1: original", frames=original)]
    delivered: dict[str, list[Picture]] = {}
    for step in ("previz", "upscale"):
        report = reports[step]
        delivered[step] = [_one(Path(report["path"]), report["head"] + pick) for pick in picks]
        rows.append(ContactRow(label=f"take {report['takes_after']}: {step}", frames=delivered[step]))
    size = delivered["upscale"][0].shape[1], delivered["upscale"][0].shape[0]
    enlarged = [np.asarray(Image.fromarray(item).resize(size, Image.Resampling.BICUBIC)) for item in original]
    box = _busiest(delivered["upscale"][0])
    rows.append(ContactRow(label="detail: original, bicubic", frames=[_detail(item, box) for item in enlarged]))
    rows.append(ContactRow(label="detail: upscale", frames=[_detail(item, box) for item in delivered["upscale"]]))
    write_sheet(rows, target)
    return target


def _one(path: Path, frame: int) -> Picture:
    return next(iter(read_frames(path, frame, 1)))


def _detail(picture: Picture, box: tuple[int, int, int, int]) -> Picture:
    top, left, tall, wide = box
    return np.ascontiguousarray(picture[top : top + tall, left : left + wide])


def _busiest(picture: Picture) -> tuple[int, int, int, int]:
    """Return (top, left, height, width) of the third of the picture with the most edges, above the barcode strip."""
    height, width = picture.shape[:2]
    tall, wide = height // 3, width // 3
    edges = np.abs(np.diff(picture.astype(np.int16).sum(axis=2), axis=1))
    corners = [
        (top, left) for top in range(0, height * 7 // 12, tall // 2) for left in range(0, width - wide, wide // 2)
    ]
    top, left = max(corners, key=lambda at: int(edges[at[0] : at[0] + tall, at[1] : at[1] + wide].sum()))
    return top, left, tall, wide
