"""Building a sequence's tree from pieces: the primary storyline, connected storylines, single connected items.

A storyline none of whose items changed gets its items back where they stood. A changed one is laid out anew, in time
order, holes filled with gaps. A connected item stays with its host as long as both moved alike or the host still covers
it; else it connects to what the primary storyline shows at its place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

import opentimelineio as otio
from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import carry, tags
from takebridge_fcpxml.otio.flatten import Found
from takebridge_fcpxml.otio.make import Maker
from takebridge_fcpxml.otio.pieces import Piece
from takebridge_fcpxml.otio.rational import of_text, time_range
from takebridge_fcpxml.otio.tags import MARK
from takebridge_fcpxml.times import fits, format_time, parse_time, snap, timescale_of
from takebridge_fcpxml.view import Sequence, view_of

ZERO = Fraction(0)


class Assembler:
    """Puts the pieces of one sequence into its tree."""

    def __init__(
        self,
        sequence: Sequence,
        origin: Fraction,
        rate: Fraction | None,
        maker: Maker,
        marks: Mapping[str, etree._Element],
    ) -> None:
        self.sequence = sequence
        self.origin = origin
        self.rate = rate
        self.maker = maker
        self.marks = marks
        self.log: LossLog = maker.log
        spine = sequence.element.find("spine")
        self.spine = sequence.add("spine").element if spine is None else spine
        self.primary: list[Piece] = []
        self.by_key: dict[str, Piece] = {}
        self._starts: list[Fraction] = []
        self.changed = False

    def primary_storyline(self, pieces: list[Piece]) -> None:
        """Fill the spine."""
        self.by_key.update((piece.key, piece) for piece in pieces if piece.key)
        wanted = _marks_of(self.spine)
        keys = {piece.key for piece in pieces}
        same = keys == set(wanted) and len(pieces) == len(wanted) and all(piece.untouched for piece in pieces)
        if same:
            for piece in pieces:
                layout.replace(wanted[piece.key], piece.element)
            self.primary = sorted((piece for piece in pieces if not piece.found.is_transition), key=_start)
        else:
            self.primary = self._lay_out(self.spine, pieces, ZERO, snapped=True)
            self.changed = True
        self._index()

    def connect(self, groups: list[list[Piece]]) -> None:
        """Connect everything else: storylines are groups of several, or of one with its storyline's name."""
        for group in groups:
            self.by_key.update((piece.key, piece) for piece in group if piece.key)
        for group in groups:
            if _storyline(group[0]) or len(group) > 1:
                self._connect_storyline(group)
            else:
                self._connect_single(group[0])

    def close(self) -> None:
        """Say how long the sequence is, when that changed; storylines all of whose items went elsewhere go."""
        for spine in [spine for spine in self.sequence.element.iter("spine") if spine is not self.spine]:
            if _marks_of(spine) and next(layout.elements(spine), None) is None:
                layout.remove(spine)
        if self.changed and fits(self.end() - self.origin):
            self.sequence.duration = self.end() - self.origin

    def showing(self, record: Fraction) -> Piece | None:
        """The piece of the primary storyline at a record time."""
        index = bisect_right(self._starts, record) - 1
        return self.primary[index] if index >= 0 and self.primary[index].covers(record) else None

    def end(self) -> Fraction:
        """Where the primary storyline ends, exclusive."""
        return max((piece.found.end for piece in self.primary), default=self.origin)

    def _connect_single(self, piece: Piece) -> None:
        host, mark = self._host_of(piece), self.marks.get(piece.key) if piece.key else None
        stays = host is not None and mark is not None and mark.getparent() is host.element and piece.same_track
        if stays and self._put_in(piece, host, mark):
            return
        self._connect_anew(piece.element, piece.lane, piece.found.record, host=None)

    def _put_in(self, piece: Piece, host: Piece | None, mark: etree._Element | None) -> bool:
        if host is None or mark is None or not self._set_offset(piece.element, host, piece.found.record):
            return False
        return carry.put_back(mark, piece.element)

    def _connect_storyline(self, group: list[Piece]) -> None:
        if not _items(group):
            for piece in group:
                self.log.add("dropped", "transition", "Nothing is left that it could join.", path=piece.found.name)
            return
        wanted: dict[str, etree._Element] = {}
        spine = next((above for piece in group if (above := self._spine_of(piece)) is not None), None)
        if spine is None:
            self._new_storyline(group)
            return
        wanted = _marks_of(spine)
        base = self._base(spine, wanted, group)
        shifts = {piece.moved for piece in group}
        same_lengths = all(_same_length(piece) for piece in group)
        keys = [piece.key for piece in group]
        if set(keys) == set(wanted) and len(keys) == len(wanted) and len(shifts) == 1 and same_lengths:
            for piece in group:
                layout.replace(wanted[piece.key], piece.element)
        else:
            base = min(piece.found.record for piece in _items(group))
            self._lay_out(spine, group, base, snapped=False)
        host = self._host_of(group[0])
        parent = spine.getparent()
        if host is None or parent is not host.element or not self._set_offset(spine, host, base):
            layout.remove(spine)
            self._connect_anew(spine, group[0].lane, base, host=None)

    def _new_storyline(self, group: list[Piece]) -> None:
        spine = etree.Element("spine")
        base = min(piece.found.record for piece in _items(group))
        self._lay_out(spine, group, base, snapped=False)
        self._connect_anew(spine, group[0].lane, base, host=None)

    def _spine_of(self, piece: Piece) -> etree._Element | None:
        """The connected storyline a piece's mark stands in, when its host is still there."""
        mark = self.marks.get(piece.key) if piece.key and piece.same_track else None
        above = None if mark is None else mark.getparent()
        host = self.by_key.get(tags.text(piece.found.tag, "host"))
        if above is None or above.tag != "spine" or host is None or above.getparent() is not host.element:
            return None
        return above

    def _base(self, spine: etree._Element, wanted: dict[str, etree._Element], group: list[Piece]) -> Fraction:
        """The record time of a storyline's local 0 as its first item has it."""
        first = next((piece for key in wanted for piece in group if piece.key == key), group[0])
        return first.found.record - (_time(first.element, "offset") or ZERO)

    def _host_of(self, piece: Piece) -> Piece | None:
        host = self.by_key.get(tags.text(piece.found.tag, "host"))
        if host is None or host is piece or host.found.is_transition:
            return None
        together = piece.moved is not None and piece.moved == host.moved
        return host if together or host.covers(piece.found.record) else None

    def _set_offset(self, element: etree._Element, host: Piece, record: Fraction) -> bool:
        """Write where something stands in its host; False when that has no spelling."""
        try:
            local = host.to_local(record, self.rate)
        except FcpxmlError:
            return False
        old = _time(element, "offset")
        # Without an offset it stands at 0 of its host's own time, as in ``placement``.
        if (old or ZERO) == local:
            return True
        if not fits(local):
            return False
        element.set("offset", format_time(local, timescale_of(element.get("offset"))))
        return True

    def _connect_anew(self, element: etree._Element, lane: int, record: Fraction, host: Piece | None) -> None:
        host = host or self._covering(record)
        if host is None or not self._set_offset(element, host, record):
            detail = "It stands at a time that has no spelling in FCPXML."
            self.log.add("dropped", str(element.tag), detail, path=element.get("name", ""))
            return
        if element.get("offset") is None:
            # Readers differ about a connected item that says no offset: a new one says it.
            local = host.to_local(record, self.rate)
            if fits(local):
                element.set("offset", format_time(local))
        element.set("lane", str(lane or 1))
        grammar.insert(host.holder.element, element)

    def _covering(self, record: Fraction) -> Piece | None:
        """What the primary storyline shows at a record time; a gap is added behind its end."""
        index = bisect_right(self._starts, record) - 1
        if 0 <= index < len(self.primary) and self.primary[index].covers(record):
            return self.primary[index]
        if record < self.end() and index >= 0:
            return self.primary[index]
        step = 1 / self.rate if self.rate else Fraction(1)
        begin = self.end()
        length = max(step, (-(-(record - begin) // step) + 1) * step)
        made = self._gap(self.spine, begin, length, ZERO)
        self.primary.append(made)
        self.changed = True
        self._index()
        return made

    def _gap(self, spine: etree._Element, start: Fraction, length: Fraction, base: Fraction) -> Piece:
        element = self.maker.gap(length)
        element.set("offset", format_time(start - base))
        layout.put(spine, None, element)
        thing = otio.schema.Gap(source_range=time_range(ZERO, length))
        item = view_of(element, self.maker.document)
        return Piece(Found(thing, {}, start, length, ZERO), item, "", 0, False)  # type: ignore[arg-type]

    def _lay_out(self, spine: etree._Element, pieces: list[Piece], base: Fraction, *, snapped: bool) -> list[Piece]:
        """Put pieces into a storyline in time order with holes filled; the primary one on the frame grid."""
        for mark in _marks_of(spine).values():
            layout.remove(mark)
        mixed = any(one.found.record > two.found.record for one, two in _pairs(pieces))
        ordered = sorted(pieces, key=_start) if mixed else pieces
        cursor = self.origin if snapped else base
        gone = self._fit_transitions(pieces, cursor)
        placed: list[Piece] = []
        for piece in ordered:
            if id(piece) in gone:
                continue
            if snapped:
                self._snap(piece)
            start = piece.found.record
            if not piece.found.is_transition:
                if start > cursor:
                    placed.append(self._gap(spine, cursor, start - cursor, base))
                cursor = max(cursor, piece.found.end)
                placed.append(piece)
            self._stand(piece, start - base)
            layout.put(spine, None, piece.element)
        return placed

    def _fit_transitions(self, pieces: list[Piece], begin: Fraction) -> set[int]:
        """Shorten transitions to their storyline; the ids of the pieces that join nothing any more, to be left out."""
        end = max((piece.found.end for piece in pieces if not piece.found.is_transition), default=begin)
        gone: set[int] = set()
        before: Piece | None = None
        for piece in pieces:
            found = piece.found
            if not found.is_transition:
                before = None
                continue
            first, last = max(found.record, begin), min(found.end, end)
            if last <= first or (before is not None and before.found.end > found.record):
                detail = "Nothing is left that it could join." if last <= first else "Another one stands at its cut."
                self.log.add("dropped", "transition", detail, path=found.name)
                gone.add(id(piece))
                continue
            before = piece
            if (first, last) != (found.record, found.end):
                detail = "It reached beyond the ends of its storyline and was shortened."
                self.log.add("approximated", "transition", detail, path=found.name)
                found.record, found.duration = first, last - first
                piece.element.set("duration", format_time(found.duration))
        return gone

    def _stand(self, piece: Piece, offset: Fraction) -> None:
        element = piece.element
        element.attrib.pop("lane", None)
        if _time(element, "offset") != offset and fits(offset):
            element.set("offset", format_time(offset, timescale_of(element.get("offset"))))

    def _snap(self, piece: Piece) -> None:
        """Final Cut Pro cuts only between frames: both ends of a primary item go to the nearest."""
        if self.rate is None or piece.untouched:
            return
        frame, found = 1 / self.rate, piece.found
        start, end = snap(found.record, frame), snap(found.end, frame)
        if start == found.record and end == found.end:
            return
        if end == start and not found.is_transition:
            end = start + frame
        detail = "A cut of the primary storyline was not on a frame of the sequence; it was moved to the nearest."
        self.log.add("approximated", "frame grid", detail, path=found.name)
        found.record, found.duration = start, end - start
        holder = piece.element
        if piece.element.tag == "audition" and len(piece.element):
            holder = next(layout.elements(piece.element))
        holder.set("duration", format_time(found.duration))

    def _index(self) -> None:
        self._starts = [piece.found.record for piece in self.primary]


def groups_of(tracks: list[list[Piece]], log: LossLog) -> list[list[Piece]]:
    """What connects together: the storylines as written, new ones where a transition joins neighbours, single items."""
    storylines: dict[str, list[Piece]] = {}
    groups: list[list[Piece]] = []
    for pieces in tracks:
        loose: list[Piece] = []
        for piece in pieces:
            if name := _storyline(piece):
                storylines.setdefault(name, []).append(piece)
            elif not piece.found.is_gap:
                loose.append(piece)
        groups.extend(_runs(loose, log))
    return [*storylines.values(), *groups]


def _runs(pieces: list[Piece], log: LossLog) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and (not run or piece.found.is_transition or _continues(run, piece)):
            run.append(piece)
            continue
        groups.extend(_split(run, log))
        run = [] if piece is None else [piece]
    return groups


def _continues(run: list[Piece], piece: Piece) -> bool:
    """Whether a piece begins where the run ends, or the transition before it leads to it."""
    last = next((one for one in reversed(run) if not one.found.is_transition), None)
    if last is None or last.found.end == piece.found.record:
        return True
    return run[-1].found.is_transition and run[-1].found.record <= piece.found.record <= run[-1].found.end


def _split(run: list[Piece], log: LossLog) -> list[list[Piece]]:
    """A run with transitions is one storyline; without, every item connects alone."""
    items = _items(run)
    if len(items) == len(run):
        return [[piece] for piece in run]
    if not items:
        for piece in run:
            log.add("dropped", "transition", "There is nothing to either side of it.", path=piece.found.name)
        return []
    return [run]


def _pairs(pieces: list[Piece]) -> list[tuple[Piece, Piece]]:
    return list(pairwise(_items(pieces)))


def _items(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if not piece.found.is_transition]


def _start(piece: Piece) -> tuple[Fraction, bool]:
    return piece.found.record, not piece.found.is_transition


def _storyline(piece: Piece) -> str:
    name = tags.text(piece.found.tag, "storyline")
    return name if piece.key and piece.same_track and name.startswith("s") else ""


def _same_length(piece: Piece) -> bool:
    return of_text(piece.found.tag.get("duration")) == piece.found.duration


def _marks_of(spine: etree._Element) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for node in spine:
        if isinstance(node, etree._ProcessingInstruction) and node.target == MARK:
            found.setdefault((node.text or "").strip(), node)
    return found


def _time(element: etree._Element, name: str) -> Fraction | None:
    text = element.get(name)
    if text is None:
        return None
    try:
        return parse_time(text)
    except FcpxmlError:
        return ZERO
