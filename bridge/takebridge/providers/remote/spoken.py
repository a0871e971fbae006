"""Captions from the times a voice API gives for each character it spoke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from takebridge.providers.facts import Json
from takebridge.providers.local.subtitles import Cue, spell_srt

LONGEST_CUE = 84
"""Characters: two lines of 42."""
_LINE = 42
_ENDS = ".!?…。！？"


def captions_of(alignment: Json) -> str:
    """Return SubRip from ``{characters, character_start_times_seconds, character_end_times_seconds}``.

    Empty for anything else: captions are a gift, never a reason to lose the sound.
    """
    try:
        letters = [str(one) for one in alignment["characters"]]
        starts = [round(1000 * float(one)) for one in alignment["character_start_times_seconds"]]
        ends = [round(1000 * float(one)) for one in alignment["character_end_times_seconds"]]
        timed = list(zip(letters, starts, ends, strict=True))
    except (KeyError, TypeError, ValueError, OverflowError):
        return ""
    cues = [cue for part in _parts(timed) if (cue := _cue(part)) is not None]
    return spell_srt(cues)


Timed = tuple[str, int, int]


def _parts(timed: Sequence[Timed]) -> Iterator[list[Timed]]:
    """Cut after a sentence, and before a cue would be too long to read; never inside a word."""
    part: list[Timed] = []
    for word in _words(timed):
        if part and len(part) + len(word) > LONGEST_CUE:
            yield part
            part = []
        part = [*part, *word]
        if _text(word)[-1:] in tuple(_ENDS):
            yield part
            part = []
    if part:
        yield part


def _words(timed: Sequence[Timed]) -> Iterator[list[Timed]]:
    """A word with the white space after it."""
    word: list[Timed] = []
    for one in timed:
        if word and word[-1][0].isspace() and not one[0].isspace():
            yield word
            word = []
        word.append(one)
    if word:
        yield word


def _cue(part: Sequence[Timed]) -> Cue | None:
    seen = [one for one in part if not one[0].isspace()]
    if not seen:
        return None
    start, end = seen[0][1], max(seen[-1][2], seen[0][1] + 1)
    return Cue(start, end, _lines(_text(part)))


def _text(part: Sequence[Timed]) -> str:
    return " ".join("".join(one[0] for one in part).split())


def _lines(text: str) -> tuple[str, ...]:
    if len(text) <= _LINE or " " not in text:
        return (text,)
    middle = min((at for at, letter in enumerate(text) if letter == " "), key=lambda at: abs(at - len(text) // 2))
    return (text[:middle], text[middle + 1 :])
