"""Putting entries on tracks: what belongs together stays on one track, what collides goes to the next.

A block is a storyline or a single connected item. Blocks of one lane share as few tracks as they can; an item that
overlaps the one before it in its storyline leaves it for a track of its own, keeping its lane in our metadata.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from takebridge_fcpxml.otio.source import is_sound
from takebridge_fcpxml.otio.walk import Entry

Use = Literal["primary", "video", "audio", "spill", "companion"]


@dataclass(slots=True)
class Block:
    """Entries of one track range, in time order and not overlapping."""

    entries: list[Entry]
    lane: int
    use: Use

    @property
    def start(self) -> Fraction:
        """Where it begins."""
        return self.entries[0].start

    @property
    def end(self) -> Fraction:
        """Where it ends, exclusive."""
        return max((entry.end for entry in self.entries if not entry.is_transition), default=self.start)


@dataclass(slots=True)
class Line:
    """One track to be: its blocks in time order."""

    name: str
    lane: int
    use: Use
    blocks: list[Block] = field(default_factory=list)

    @property
    def entries(self) -> Iterable[Entry]:
        """Its entries in order."""
        return (entry for block in self.blocks for entry in block.entries)

    @property
    def is_sound(self) -> bool:
        """Whether it is an audio track."""
        return self.use in ("audio", "companion")


def lines_of(entries: list[Entry]) -> list[Line]:
    """The tracks of a sequence, bottom up as OTIO stacks them, audio tracks after all video tracks.

    Video: negative lanes, the primary storyline, positive lanes. Sound: from lane 0 outwards.
    """
    groups: dict[tuple[Use, int], list[Block]] = {}
    for block in _blocks(entries):
        groups.setdefault((block.use, block.lane), []).append(block)
    groups.setdefault(("primary", 0), [])
    lines: list[Line] = []
    for (use, lane), blocks in sorted(groups.items(), key=_order):
        lines.extend(_pack(use, lane, blocks))
    return [Line(f"t{number}", line.lane, line.use, line.blocks) for number, line in enumerate(lines, 1)]


def companions(entries: list[Entry], first: int) -> list[Line]:
    """Audio tracks for the sound of clips that play both; names count on from ``first``."""
    groups: dict[int, list[Block]] = {}
    for entry in entries:
        groups.setdefault(entry.lane, []).append(Block([entry], entry.lane, "companion"))
    lines = [line for lane in sorted(groups, key=_outwards) for line in _pack("companion", lane, groups[lane])]
    return [Line(f"t{number}", line.lane, line.use, line.blocks) for number, line in enumerate(lines, first)]


def _order(group: tuple[tuple[Use, int], list[Block]]) -> tuple[int, int, int]:
    (use, lane), _ = group
    if use == "audio":
        return (1, *_outwards(lane))
    return 0, lane, 1 if use == "spill" else 0


def _outwards(lane: int) -> tuple[int, int]:
    return abs(lane), lane


def _blocks(entries: list[Entry]) -> list[Block]:
    grouped: dict[str, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.storyline or entry.key, []).append(entry)
    blocks: list[Block] = []
    for group in grouped.values():
        primary = not group[0].host and group[0].storyline != ""
        kept, spilled = _without_overlaps(group)
        sound = not primary and _only_sound(group)
        use: Use = "primary" if primary else "audio" if sound else "video"
        if kept:
            blocks.append(Block(kept, group[0].lane, use))
        blocks.extend(Block([entry], entry.lane, "spill" if primary else use) for entry in spilled)
    return blocks


def _without_overlaps(group: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    kept: list[Entry] = []
    spilled: list[Entry] = []
    cursor: Fraction | None = None
    for entry in group:
        if entry.is_transition:
            kept.append(entry)
        elif cursor is None or entry.start >= cursor:
            kept.append(entry)
            cursor = entry.end
        else:
            spilled.append(entry)
    return kept, spilled


def _only_sound(group: list[Entry]) -> bool:
    playing = [entry for entry in group if entry.element.tag not in ("gap", "transition")]
    return bool(playing) and all(is_sound(entry.placed.item) for entry in playing)


def _pack(use: Use, lane: int, blocks: list[Block]) -> list[Line]:
    """First fit in time order. The primary track is always there."""
    lines: list[Line] = [Line("", lane, use)] if use == "primary" else []
    for block in sorted(blocks, key=lambda block: (block.start, block.end)):
        free = next((line for line in lines if not line.blocks or line.blocks[-1].end <= block.start), None)
        if free is None:
            free = Line("", lane, use)
            lines.append(free)
        free.blocks.append(block)
    return lines
