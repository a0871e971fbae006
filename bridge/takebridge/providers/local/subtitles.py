"""Captions as cues on a clock of milliseconds: set from known words and their sound, written, and read back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from takebridge.errors import CapabilityError

SHORTEST_MS = 400
"""A cue is seen at least this long where the sound leaves room."""

_STAMP = r"(?:(\d{1,3}):)?(\d{2}):(\d{2})[,.](\d{3})"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption from ``start`` to ``end`` (exclusive), in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


def cues_of(text: str, start: int, end: int, *, max_chars: int, max_lines: int) -> list[Cue]:
    """Break ``text`` into cues that share ``start`` to ``end`` by their number of characters.

    Lines are at most ``max_chars`` long unless a single word is longer, cues at most ``max_lines`` lines.
    """
    blocks = [block for sentence in _sentences(text) for block in _blocks(sentence, max_chars, max_lines)]
    weights = [sum(map(len, block)) + 2 for block in blocks]  # a breath between two
    total, at, cues = sum(weights), 0, []
    for block, weight in zip(blocks, weights, strict=True):
        begin, at = start + (end - start) * at // total, at + weight
        until = start + (end - start) * at // total
        cues.append(Cue(begin, max(until, begin + 1), block))
    return _merged(cues, max_chars, max_lines)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?…])\s+", " ".join(text.split())) if part]


def _blocks(sentence: str, max_chars: int, max_lines: int) -> list[tuple[str, ...]]:
    """As few lines as hold the words, of nearly equal length."""
    wrapped = _wrap(sentence, max_chars)
    blocks = []
    for at in range(0, len(wrapped), max_lines):
        part = wrapped[at : at + max_lines]
        blocks.append(tuple(_balanced(" ".join(part), len(part), max_chars)))
    return blocks


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _balanced(text: str, lines: int, width: int) -> list[str]:
    """The narrowest wrap that needs no more lines."""
    for narrow in range(max(1, len(text) // lines), width):
        if len(found := _wrap(text, narrow)) <= lines and max(map(len, found)) <= width:
            return found
    return _wrap(text, width)


def _merged(cues: Sequence[Cue], max_chars: int, max_lines: int) -> list[Cue]:
    """Join a cue too short to be read with the one before it, where both fit."""
    done: list[Cue] = []
    for cue in cues:
        if done and (cue.end - cue.start < SHORTEST_MS or done[-1].end - done[-1].start < SHORTEST_MS):
            text = " ".join((*done[-1].lines, *cue.lines))
            if len(found := _wrap(text, max_chars)) <= max_lines:
                done[-1] = Cue(done[-1].start, cue.end, tuple(_balanced(text, len(found), max_chars)))
                continue
        done.append(cue)
    return done


# --- files ----------------------------------------------------------------------------------------------


def spell_srt(cues: Sequence[Cue]) -> str:
    """Write SubRip."""
    blocks = (
        f"{n}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n" + "\n".join(cue.lines) + "\n"
        for n, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def spell_vtt(cues: Sequence[Cue]) -> str:
    """Write WebVTT."""
    blocks = (
        f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n" + "\n".join(map(_escaped, cue.lines)) + "\n"
        for cue in cues
    )
    return "WEBVTT\n\n" + "\n".join(blocks)


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_cues(text: str, name: str) -> list[Cue]:
    """Read SubRip or WebVTT, in order of time. Raises CapabilityError when there is not one caption in it."""
    cues = []
    for block in re.split(r"\n\s*\n", text.lstrip("\ufeff").replace("\r\n", "\n").strip()):
        lines = block.split("\n")
        at = next((n for n, line in enumerate(lines[:2]) if _TIMES.match(line)), None)
        if at is None:
            continue
        match = _TIMES.match(lines[at])
        assert match is not None
        start, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
        words = tuple(_bare(line) for line in lines[at + 1 :] if _bare(line))
        if words and end > start:
            cues.append(Cue(start, end, words))
    if not cues:
        raise CapabilityError(f"“{name}” holds no caption.", hint="Wire captions in SRT or WebVTT.")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def _bare(line: str) -> str:
    plain = re.sub(r"<[^>]{0,80}>|\{\\[^}]{0,80}\}", "", line).strip()
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _stamp(at: int, point: str) -> str:
    seconds, rest = divmod(at, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"
