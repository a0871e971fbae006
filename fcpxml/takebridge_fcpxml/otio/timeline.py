"""One OTIO timeline into one sequence: tracks become the primary storyline and lanes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

import opentimelineio as otio

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossLog
from takebridge_fcpxml.otio import marks, tags, trays
from takebridge_fcpxml.otio.assemble import Assembler, groups_of
from takebridge_fcpxml.otio.flatten import MAX_DEPTH, Found, Strand, marks_at, strands_of
from takebridge_fcpxml.otio.lanes import Folding, Place, plan
from takebridge_fcpxml.otio.make import Maker
from takebridge_fcpxml.otio.marks import clean
from takebridge_fcpxml.otio.pieces import Bringer, Piece
from takebridge_fcpxml.otio.rational import exact_rate, is_plain, read_time
from takebridge_fcpxml.otio.registry import Registry
from takebridge_fcpxml.otio.sound import hear
from takebridge_fcpxml.otio.tracks import signature
from takebridge_fcpxml.placement import local_scale, sequence_rate
from takebridge_fcpxml.rates import SOURCE_RATES
from takebridge_fcpxml.times import fits, format_time, snap
from takebridge_fcpxml.view import Item, Sequence, View, view_of

ZERO = Fraction(0)
FALLBACK = Fraction(24)
_LOST = "Picture and sound are not one any more in OTIO: it plays picture only; sound left in OTIO stands beside it."


@dataclass(slots=True)
class Job:
    """One conversion. ``compounds`` are the media made from nested stacks, by what they show."""

    document: Document
    registry: Registry
    bringer: Bringer
    log: LossLog
    compounds: dict[str, str] = field(default_factory=dict)
    depth: int = 0


def restore_sequence(
    job: Job, holder: View, stack: otio.core.Composition, origin: Fraction, *, whole: bool = False
) -> None:
    """Fill the sequence of a project or compound with tracks, making it when there is none.

    ``whole`` ignores the source range of the stack itself, which is what a clip of it shows.
    """
    strands = strands_of(stack, origin, job.log, job.depth, whole=whole)
    found = holder.element.find("sequence")
    if found is None:
        sequence, begin = _new_sequence(job, holder, strands, origin)
        for one in (one for strand in strands for one in strand.found):
            one.record += begin - origin
    else:
        view = view_of(found, job.document)
        assert isinstance(view, Sequence)
        sequence, begin = view, origin
        if sequence.tc_start != origin and fits(origin):
            sequence.tc_start = origin
    timeline_marks = [] if whole else marks_at(stack, begin)
    _compose(job, sequence, strands, timeline_marks, begin)


def restore_clip(job: Job, clip: otio.core.Item) -> None:
    """A browser clip back into its event, or a new one into the first event."""
    stack = otio.schema.Stack()
    stack.append(clip.deepcopy())
    for found in (one for strand in strands_of(stack, ZERO, job.log) for one in strand.found):
        maker = Maker(job.document, job.registry, job.log, _rate_of([found]))
        piece = _bring(job, found, maker, Place("video", 0, True), "", sound=False, with_sound=True)
        if piece is None:
            continue
        mark = job.bringer.marks.get(piece.key) if piece.key else None
        if mark is not None:
            layout.replace(mark, piece.element)
        else:
            grammar.insert(event_of(job).element, piece.element)
        trays.wrap(maker)


def event_of(job: Job) -> View:
    """Where new projects and clips go: the first event, made in a library when the document is ours to shape."""
    root = job.registry.root
    if root.events:
        return root.events[0]
    if root.library is not None:
        return root.library.add("event", name="OTIO")
    return root if job.bringer.document_id else root.add("library").add("event", name="OTIO")


def _compose(
    job: Job,
    sequence: Sequence,
    strands: list[Strand],
    timeline_marks: list[tuple[Fraction, otio.schema.Marker]],
    origin: Fraction,
) -> None:
    rate = sequence_rate(sequence)
    maker = Maker(job.document, job.registry, job.log, rate)
    places = plan(strands, job.bringer.document_id)
    folding = Folding(strands, job.bringer.document_id, job.log)
    primary: list[Piece] = []
    others: list[list[Piece]] = []
    for strand, place in zip(strands, places, strict=True):
        pieces = _pieces(job, strand, place, maker, folding)
        if place.use in ("primary", "spill"):
            primary.extend(pieces)
        else:
            others.append(pieces)
    assembler = Assembler(sequence, origin, rate, maker, job.bringer.marks)
    assembler.primary_storyline(primary)
    assembler.connect(groups_of(others, job.log))
    assembler.close()
    trays.wrap(maker)
    for record, marker in [*timeline_marks, *(mark for strand in strands for mark in strand.marks)]:
        _mark(assembler, record, marker, job.log)


def _pieces(job: Job, strand: Strand, place: Place, maker: Maker, folding: Folding) -> list[Piece]:
    pieces: list[Piece] = []
    for found in strand.found:
        if folding.is_folded(found) or (found.is_gap and _is_fill(found, place)):
            continue
        sound = strand.is_sound or place.use == "companion"
        track = tags.text(strand.tag, "track") if place.ours else ""
        piece = _bring(job, found, maker, place, track, sound=sound, with_sound=folding.has_sound(found))
        if piece is None:
            continue
        played = piece.holder.element
        if folding.is_muted(found) and played.tag == "asset-clip":
            played.set("srcEnable", "video")
            for name in ("audioStart", "audioDuration"):
                played.attrib.pop(name, None)
            job.log.add("approximated", "asset-clip", _LOST, path=found.name)
        pieces.append(piece)
    return pieces


def _is_fill(found: Found, place: Place) -> bool:
    """Gaps between connected items say nothing; on the primary storyline those we filled in do not either."""
    if "fill" in found.tag and place.ours:
        return True
    return place.use != "primary" and not (place.ours and found.tag.get("storyline"))


def _bring(
    job: Job, found: Found, maker: Maker, place: Place, track: str, *, sound: bool, with_sound: bool
) -> Piece | None:
    same_track = place.ours and tags.text(found.tag, "track") == track
    piece = job.bringer.carried(found, maker, place.lane, same_track=same_track)
    if piece is not None:
        _check_compound(job, piece)
        return piece
    made = _made(job, found, maker, sound=sound, with_sound=with_sound)
    if made is not None and sound and job.bringer.is_ours(found):
        hear(made, found.tag)
    return None if made is None else Piece(found, made, "", place.lane, False)


def _made(job: Job, found: Found, maker: Maker, *, sound: bool, with_sound: bool) -> Item | None:
    thing = found.thing
    if not fits(found.record) or not fits(found.duration):
        job.log.add("dropped", thing.schema_name(), "Its times have no spelling in FCPXML.", path=found.name)
        return None
    if isinstance(thing, otio.schema.Clip):
        return maker.clip(found, sound=sound, with_sound=with_sound)
    if isinstance(thing, otio.core.Composition):
        return _compound(job, found, maker, thing)
    element = maker.transition(found) if found.is_transition else maker.gap(found.duration, found.name)
    made = view_of(element, job.document)
    assert isinstance(made, Item)
    if isinstance(thing, otio.schema.Gap):
        for marker in thing.markers:
            marks.add(made, marker, marks.Frame(made.start, found.source, Fraction(1)), job.log)
    return made


def _compound(job: Job, found: Found, maker: Maker, thing: otio.core.Composition) -> Item:
    made = maker.compound(found, _media_of(job, thing))
    for marker in thing.markers:
        marks.add(made, marker, marks.Frame(made.start, found.source, Fraction(1)), job.log)
    for effect in thing.effects:
        detail = "FCPXML has no such effect on a compound clip."
        job.log.add("dropped", effect.effect_name or effect.schema_name(), detail, path=found.name)
    if not thing.enabled:
        made.enabled = False
    return made


def _check_compound(job: Job, piece: Piece) -> None:
    thing, written = piece.found.thing, tags.text(piece.found.tag, "signature")
    if not isinstance(thing, otio.schema.Stack) or not written or signature(thing) == written:
        return
    detail = "The inside of the compound changed: a new compound is built from what OTIO holds of it."
    job.log.add("approximated", "ref-clip", detail, path=piece.found.name)
    piece.element.set("ref", _media_of(job, thing))
    if fits(piece.found.source):
        piece.element.set("start", format_time(piece.found.source))


def _media_of(job: Job, thing: otio.core.Composition) -> str:
    """The compound media of a nested composition; two that show the same share one."""
    digest = f"{thing.name}\n{signature(thing)}"
    known = job.compounds.get(digest)
    if known is not None:
        return known
    if job.depth >= MAX_DEPTH:
        raise OtioError(f"Stacks are nested more than {MAX_DEPTH} deep.", hint="Flatten the timeline first.")
    media = job.registry.add("media", name=clean(thing.name) or "Compound")
    identifier = job.compounds[digest] = media.element.get("id", "")
    job.depth += 1
    try:
        restore_sequence(job, media, thing, ZERO, whole=True)
    finally:
        job.depth -= 1
    return identifier


def _new_sequence(job: Job, holder: View, strands: list[Strand], origin: Fraction) -> tuple[Sequence, Fraction]:
    """A sequence in the rate most of the primary storyline is in; its start goes to a frame."""
    everything = [found for strand in sorted(strands, key=lambda one: one.is_sound) for found in strand.found]
    rate = _rate_of(strands[0].found if strands and not strands[0].is_sound else everything) or _rate_of(everything)
    if rate is None:
        rate = FALLBACK
        job.log.add("approximated", "rate", "No rate was found; 24 frames per second is taken.", path=holder.path)
    made = job.registry.format(rate)
    detail = "OTIO says no frame size; 1920 by 1080 is taken."
    job.log.add("approximated", "format", detail, path=holder.element.get("name", ""))
    begin = snap(origin, 1 / rate)
    if begin != origin:
        job.log.add("approximated", "global_start_time", "It was moved to the nearest frame.", path=holder.path)
    attributes = {"format": made.id, "tcStart": format_time(begin), "tcFormat": "NDF"}
    sequence = holder.add("sequence", **attributes, audioLayout="stereo", audioRate="48k")
    assert isinstance(sequence, Sequence)
    return sequence, begin


def _rate_of(found: list[Found]) -> Fraction | None:
    """The commonest rate that is a frame rate, weighing each thing once."""
    counted: Counter[Fraction] = Counter()
    for one in found:
        if isinstance(one.thing, otio.core.Item) and (rated := _rated(one.thing)) is not None:
            counted[rated] += 1
    return counted.most_common(1)[0][0] if counted else None


def _rated(item: otio.core.Item) -> Fraction | None:
    span = item.source_range
    if span is None and isinstance(item, otio.schema.Clip) and item.media_reference:
        span = item.media_reference.available_range
    if span is None:
        return None
    rate = exact_rate(span.duration.rate).seconds
    return rate if rate in SOURCE_RATES.values() or (is_plain(rate) and 8 <= rate <= 240) else None


def _mark(assembler: Assembler, record: Fraction, marker: otio.schema.Marker, log: LossLog) -> None:
    piece = assembler.showing(record)
    if piece is None:
        detail = "It marks the timeline where its primary storyline shows nothing."
        log.add("dropped", "Marker", detail, path=marker.name)
        return
    item = piece.holder
    ahead = record - read_time(marker.marked_range.start_time).seconds
    frame = marks.Frame(item.start, piece.found.record - ahead, local_scale(item, assembler.rate))
    marks.add(item, marker, frame, log)
