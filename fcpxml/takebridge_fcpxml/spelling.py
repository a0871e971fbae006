"""Writing a changed tree so that everything untouched keeps its bytes.

An XML parser forgets spelling: CRLF and CR line ends, ``<md></md>`` against ``<md/>``, quote characters, and line ends
inside attribute values, which Final Cut Pro writes raw and which parse as spaces. So the original text is kept beside
the tree. On writing, the tree's own (canonical) text as it was read is aligned with the canonical text as it is now,
token by token, and every token that did not change is written as the source spelled it. In a changed start tag, the
attributes that did not change keep their spelling too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

_TAG = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"""
    rb"""|</[^>]*>"""
    rb"""|<([^\s/>!?]+)(?:[^"'>]|"[^"]*"|'[^']*')*?(?:/>|>(?:</\1\s*>)?)"""
    rb"""|[^<]+""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""", re.DOTALL)
_NAME = re.compile(rb"<([^\s/>!?]+)")


def tokens(text: bytes) -> list[bytes]:
    """Comments, tags (an element without content is one token) and runs of text, which join to ``text`` again."""
    return [match.group() for match in _TAG.finditer(text)]


def first_element_end(text: bytes) -> int:
    """Where the element that ``text`` begins with ends, exclusive; what follows may be comments."""
    depth = 0
    for match in _TAG.finditer(text):
        token = match.group()
        if token.startswith(b"</"):
            depth -= 1
        elif match.group(1) and not token.endswith(b"/>") and b"</" not in token:
            depth += 1
        if depth == 0:
            return match.end()
    return len(text)


def respell(source: bytes, before: bytes, after: bytes) -> bytes:
    """``after`` with the spelling of ``source``; ``before`` is the canonical text of what ``source`` parsed to."""
    if before == after:
        return source
    spelled, old, new = tokens(source), tokens(before), tokens(after)
    if len(spelled) != len(old):
        # Adjacent CDATA and text, or another form the two texts split differently: the canonical text is still right.
        return after
    lookup = dict(zip(old, spelled, strict=True))
    written = [lookup.get(token, b"") if _blank(token) else b"" for token in new]
    kept: set[int] = set()
    for old_start, new_start, length in _matches(old, new):
        written[new_start : new_start + length] = spelled[old_start : old_start + length]
        kept.update(range(old_start, old_start + length))
    gone = [index for index in range(len(old)) if index not in kept and spelled[index] != old[index]]
    _respell_changed_tags([(old[index], spelled[index]) for index in gone], new, written)
    return b"".join(text or token for text, token in zip(written, new, strict=True))


def _blank(token: bytes) -> bool:
    return not token.strip()


def _matches(old: list[bytes], new: list[bytes]) -> list[tuple[int, int, int]]:
    """Equal runs (old start, new start, length) in order: tokens unique on both sides anchor, and grow both ways."""
    old_at, new_at = _unique(old), _unique(new)
    pairs = sorted((old_at[token], new_at[token]) for token in old_at.keys() & new_at.keys())
    pairs = [(-1, -1), *_increasing(pairs), (len(old), len(new))]
    runs: list[tuple[int, int, int]] = []
    for (old_low, new_low), (old_high, new_high) in pairwise(pairs):
        head = 0
        limit = min(old_high - old_low, new_high - new_low) - 1
        while head < limit and old[old_low + 1 + head] == new[new_low + 1 + head]:
            head += 1
        tail = 0
        while tail < limit - head and old[old_high - 1 - tail] == new[new_high - 1 - tail]:
            tail += 1
        runs.append((old_low + 1, new_low + 1, head))
        runs.append((old_high - tail, new_high - tail, tail))
        if old_high < len(old):
            runs.append((old_high, new_high, 1))
    return [run for run in runs if run[2]]


def _unique(sequence: list[bytes]) -> dict[bytes, int]:
    first: dict[bytes, int] = {}
    again: set[bytes] = set()
    for index, token in enumerate(sequence):
        if token in first:
            again.add(token)
        else:
            first[token] = index
    return {token: index for token, index in first.items() if token not in again}


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs, sorted by old place, whose new places rise (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    previous: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        previous.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            piles.append(index)
        else:
            tops[pile] = place
            piles[pile] = index
    chain: list[tuple[int, int]] = []
    index = piles[-1] if piles else -1
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


def _respell_changed_tags(gone: list[tuple[bytes, bytes]], new: list[bytes], written: list[bytes]) -> None:
    """Give a changed start tag the spelling its unchanged attributes had in the most similar tag that is gone."""
    by_name: dict[bytes, list[tuple[bytes, bytes]]] = {}
    for canonical, original in gone:
        if name := _NAME.match(canonical):
            by_name.setdefault(name.group(1), []).append((canonical, original))
    if not by_name:
        return
    for index, token in enumerate(new):
        name = None if written[index] else _NAME.match(token)
        if name and (candidates := by_name.get(name.group(1))):
            written[index] = _merge_attributes(token, *max(candidates, key=lambda pair: _shared(pair[0], token)))


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {match.group(1): match.group(2) for match in _ATTRIBUTE.finditer(tag)}


def _shared(one: bytes, other: bytes) -> int:
    return len(_attributes(one).items() & _attributes(other).items())


def _merge_attributes(token: bytes, canonical: bytes, original: bytes) -> bytes:
    same = _attributes(canonical)
    spelling = _attributes(original)

    def write(match: re.Match[bytes]) -> bytes:
        name, value = match.groups()
        return b" " + name + b"=" + (spelling.get(name, value) if same.get(name) == value else value)

    text = _ATTRIBUTE.sub(write, token)
    ending = original.rfind(b"></")
    if ending > 0 and text.endswith(b"/>"):
        return text[:-2] + original[ending:]
    return text
