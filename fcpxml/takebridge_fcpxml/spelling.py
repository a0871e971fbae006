"""Writing a changed tree so that everything untouched keeps its bytes.

An XML parser forgets spelling: CRLF and CR line ends, ``<md></md>`` against ``<md/>``, quote characters, and line ends
inside attribute values, which Final Cut Pro writes raw and which parse as spaces. So the original text is kept beside
the tree, with the order of its nodes. On writing, each node that was read is compared with the canonical text it had
then, and each piece of it (start tag, text, end tag, text after it) that did not change is written as the source
spelled it. In a changed start tag, the attributes that did not change keep their spelling and their place too.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"""
    rb"""|</[^>]*+>"""
    rb"""|<([^\s/>!?]++)(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>(?:(?<!/>)</\1\s*+>)?"""
    rb"""|[^<]++""",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""(\s+)([^\s=/>]+)(\s*=\s*)("[^"]*"|'[^']*')""", re.DOTALL)
_NAME = re.compile(rb"<[^\s/>!?]+")
# What a piece of a node is; a key is the node's number times four plus this.
_OPENING, _INSIDE, _CLOSING, _AFTER = range(4)


def tokens(text: bytes) -> list[bytes]:
    """Comments, tags (an element without content is one token) and runs of text, which join to ``text`` again."""
    return [match.group() for match in _TOKEN.finditer(text)]


def first_element_end(text: bytes) -> int:
    """Where the element that ``text`` begins with ends, exclusive; what follows may be comments."""
    depth = 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token.startswith(b"</"):
            depth -= 1
        elif match.group(1) and not token.endswith(b"/>") and b"</" not in token:
            depth += 1
        if depth == 0:
            return match.end()
    return len(text)


def respell(source: bytes, before: bytes, after: bytes, origin: Sequence[int | None]) -> bytes:
    """``after`` with the spelling of ``source``; ``before`` is the canonical text of what ``source`` parsed to.

    ``origin`` says for each node of ``after`` (elements, comments, processing instructions, in document order) which
    node of ``source`` it is, counting from 0, or None when it is new.
    """
    if before == after:
        return source
    spelled, old, new = _pieces(source), _pieces(before), _pieces(after)
    nodes = sum(key % 4 == _OPENING for key, _ in new)
    if [key for key, _ in spelled] != [key for key, _ in old] or nodes != len(origin):
        # A spelling that splits otherwise than its canonical text: that text is still the document.
        return after
    return b"".join(_Speller(source, spelled, old, origin).write(new))


def _pieces(text: bytes) -> list[tuple[int, bytes]]:
    """Every node's opening (a whole comment or empty element too), text inside, closing, and text after, in order."""
    pieces: list[tuple[int, bytes]] = []
    open_nodes: list[int] = []
    count, slot = 0, -1
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token.startswith(b"</"):
            node = open_nodes.pop()
            pieces.append((node * 4 + _CLOSING, token))
            slot = node * 4 + _AFTER
        elif match.group(1) or token.startswith((b"<!--", b"<?")):
            pieces.append((count * 4 + _OPENING, token))
            holds = bool(match.group(1)) and not token.endswith(b"/>") and b"</" not in token
            slot = count * 4 + (_INSIDE if holds else _AFTER)
            if holds:
                open_nodes.append(count)
            count += 1
        elif pieces and pieces[-1][0] == slot:
            pieces[-1] = (slot, pieces[-1][1] + token)
        else:
            pieces.append((slot, token))
    return pieces


class _Speller:
    """Spells the pieces of a changed document; built from the pieces of the source and their canonical form."""

    def __init__(
        self,
        source: bytes,
        spelled: list[tuple[int, bytes]],
        old: list[tuple[int, bytes]],
        origin: Sequence[int | None],
    ) -> None:
        self.origin = origin
        self.spelled = [text for _, text in spelled]
        self.old = [text for _, text in old]
        self.place = {key: index for index, (key, _) in enumerate(old)}
        self.blanks: dict[bytes, bytes] = {}
        for canonical, original in zip(self.old, self.spelled, strict=True):
            if not canonical.strip():
                self.blanks.setdefault(canonical, original)
        crlf, lines = source.count(b"\r\n"), source.count(b"\n")
        self.line_end = b"\r\n" if crlf * 2 > lines else b"\r" if not lines and b"\r" in source else b"\n"

    def write(self, new: list[tuple[int, bytes]]) -> Iterator[bytes]:
        """The new pieces in the source's spelling."""
        stood = [self._stood(key) for key, _ in new]
        same = {was for was, (_, text) in zip(stood, new, strict=True) if was is not None and self.old[was] == text}
        displaced = self._displaced(same)
        near = 0
        for (key, text), was in zip(new, stood, strict=True):
            if was is not None and was in same:
                near = was
                yield self.spelled[was]
            elif key % 4 == _OPENING:
                near = near if was is None else was
                yield text if was is None else _merge_attributes(text, self.old[was], self.spelled[was])
            elif key % 4 == _CLOSING:
                yield text
            else:
                yield self._text(text, displaced.get(text, []), near)

    def _stood(self, key: int) -> int | None:
        """Where the piece stood among the old ones, None for a new node or a text that was not there."""
        node = self.origin[key // 4]
        return None if node is None else self.place.get(node * 4 + key % 4)

    def _displaced(self, same: set[int]) -> dict[bytes, list[int]]:
        """Texts that no longer stand where they stood, by what they say: moving elements moves white space about."""
        found: dict[bytes, list[int]] = {}
        for key, index in self.place.items():
            if key % 4 in (_INSIDE, _AFTER) and index not in same:
                found.setdefault(self.old[index], []).append(index)
        return found

    def _text(self, text: bytes, displaced: list[int], near: int) -> bytes:
        if displaced:
            after = bisect_left(displaced, near)
            return self.spelled[min(displaced[max(after - 1, 0) : after + 1], key=lambda place: abs(place - near))]
        if text.strip():
            return text
        return self.blanks.get(text) or text.replace(b"\n", self.line_end)


def _merge_attributes(token: bytes, canonical: bytes, original: bytes) -> bytes:
    """A changed start tag: attributes that stay keep spelling and place, new ones follow, removed ones leave."""
    name, old_name = _NAME.match(token), _NAME.match(canonical)
    if name is None or old_name is None or name.group() != old_name.group():
        return token
    was = {match.group(2): match.group(4) for match in _ATTRIBUTE.finditer(canonical)}
    now = {match.group(2): match.group(4) for match in _ATTRIBUTE.finditer(token)}
    written, end = [name.group()], name.end()
    for match in _ATTRIBUTE.finditer(original):
        space, key, equals, _ = match.groups()
        value = now.pop(key, None)
        end = match.end()
        if value is not None:
            written.append(match.group() if was.get(key) == value else space + key + equals + value)
    written += [b" " + key + b"=" + value for key, value in now.items()]
    empty, ending = token.endswith(b"/>"), original[end:]
    fits = empty == (ending.endswith(b"/>") or b"</" in ending)
    return b"".join(written) + (ending if fits else b"/>" if empty else b">")
