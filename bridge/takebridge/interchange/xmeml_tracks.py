"""A `<track>` as a track: where its items lie, its transitions, and what else it says."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lxml import etree

from takebridge.cut.model import Clip, Frame, Item, Span, Track, TrackKind, Transition, tile, whole
from takebridge.interchange.xmeml_clips import Place, Sources, clip_of
from takebridge.interchange.xmeml_keep import span_text
from takebridge.interchange.xmeml_parse import Element, is_true, serialized, text_of
from takebridge.interchange.xmeml_times import TICKS_PER_SECOND, number_at, rate_of, to_frames
from takebridge.timebase import FrameRate

ITEMS = ("clipitem", "generatoritem", "transitionitem")
ITEMS_HERE = "takebridge-items"
"""Stands in the kept text of a track where its items stood."""


def track_of(element: Element, kind: TrackKind, rate: FrameRate, sources: Sources) -> Track:
    """Read a track. Its items are tiled; overlapping ones (broken documents) keep their times."""
    elements = [child for child in element if child.tag in ITEMS]
    spans = _transitions(elements, rate)
    items: list[Item] = []
    at: Frame = 0
    for index, item in enumerate(elements):
        if item.tag == "transitionitem":
            items.append(_transition(item, *spans[index]))
            continue
        place = _place(elements, spans, index, at, sources)
        items.append(clip_of(item, place, rate, sources))
        at = max(at, place.record.end)
    return Track(
        kind=kind,
        items=tile(items),
        name=element.get("MZ.TrackName", ""),
        enabled=is_true(element, "enabled", default=True),
        locked=is_true(element, "locked", default=False),
        extras={"xmeml": {"track": _shell(element)}},
    )


def _shell(element: Element) -> str:
    """Return the track without its items, `ITEMS_HERE` in their place."""
    shell = etree.Element("track", dict(element.attrib))
    placed = False
    for child in element:
        if child.tag in ITEMS:
            if not placed:
                etree.SubElement(shell, ITEMS_HERE)
            placed = True
        else:
            shell.append(etree.fromstring(serialized(child)))
    if not placed:
        shell.insert(0, etree.Element(ITEMS_HERE))
    return serialized(shell)


def _transitions(elements: Sequence[Element], rate: FrameRate) -> dict[int, tuple[Span, Frame]]:
    """Return the range and the cut of every transition, by its place among the elements."""
    found: dict[int, tuple[Span, Frame]] = {}
    for index, item in enumerate(elements):
        if item.tag == "transitionitem":
            start = number_at(item, "start") or 0
            span = Span(start, max(start, number_at(item, "end") or 0))
            found[index] = span, _cut(elements, index, span, rate)
    return found


def _cut(elements: Sequence[Element], index: int, span: Span, rate: FrameRate) -> Frame:
    """Return where a transition's neighbours meet: as they say, else by Premiere's ticks, else by the alignment."""
    said: list[Frame | None] = []
    if index and elements[index - 1].tag != "transitionitem":
        said.append(number_at(elements[index - 1], "end"))
    if index + 1 < len(elements) and elements[index + 1].tag != "transitionitem":
        said.append(number_at(elements[index + 1], "start"))
    ticks = number_at(elements[index], "cutPointTicks")
    if ticks is not None:
        own = rate_of(elements[index]) or rate
        cut = span.start + to_frames(Fraction(ticks) / TICKS_PER_SECOND, own)
        said.append(cut if isinstance(whole(cut), int) else None)
    for frame in said:
        if frame is not None and frame != -1 and span.start <= frame <= span.end:
            return whole(frame)
    alignment = text_of(elements[index], "alignment").lower()
    if alignment.startswith("end"):
        return span.end
    if alignment.startswith("start"):
        return span.start
    return whole(Fraction((span.start + span.end) // 2))


def _transition(item: Element, span: Span, cut: Frame) -> Transition:
    return Transition(
        record=span,
        cut=cut,
        name=text_of(item, "effect/name"),
        style=text_of(item, "effect/effectid"),
        extras={"xmeml": {"element": serialized(item), "read": {"record": f"{span_text(span)} {cut}"}}},
    )


def _place(
    elements: Sequence[Element], spans: dict[int, tuple[Span, Frame]], index: int, at: Frame, sources: Sources
) -> Place:
    """Resolve start and end; −1 is the cut of the transition beside, and in or out then reach beyond it."""
    item = elements[index]
    start, end = number_at(item, "start"), number_at(item, "end")
    head, tail = spans.get(index - 1), spans.get(index + 1)
    before: Frame = 0
    after: Frame = 0
    if start is None or start == -1:
        start = head[1] if head else None
        before = head[1] - head[0].start if head else 0
    if end is None or end == -1:
        end = tail[1] if tail else None
        after = tail[0].end - tail[1] if tail else 0
    if start is None or end is None or end < start:
        start, end = _guessed(item, start, end, at, sources)
    return Place(Span(whole(start), whole(end)), before, after)


def _guessed(item: Element, start: Frame | None, end: Frame | None, at: Frame, sources: Sources) -> tuple[Frame, Frame]:
    """Place an item whose start or end the document does not say, by its in and out, after what comes before."""
    length = max(0, (number_at(item, "out") or 0) - (number_at(item, "in") or 0))
    if start is None:
        start = at if end is None else max(0, end - length)
    if end is None:
        end = start + length
    name = text_of(item, "name")
    sources.losses.append(f"“{name}”: the document does not say where it starts and ends; frame {start} is taken.")
    return start, max(start, end)


def clips_in(tracks: Sequence[Track]) -> list[Clip]:
    """Return the clips of all tracks in order."""
    return [clip for track in tracks for clip in track.clips]
