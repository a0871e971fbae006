"""Reports of `diff` and `merge`: the values of `takebridge.cut.report_types`, the same for the same documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from takebridge.cut.match import CutDiff, Match, Pair, Ripple
from takebridge.cut.merge_types import Addresses, Conflict, EditNote, Merge, Removed, Request, Side
from takebridge.cut.model import TRACK_KINDS, Address, Clip, Cut, Frame, Span, clips_of, whole
from takebridge.cut.report_types import (
    SIDES,
    WORDS,
    AddressJson,
    ConflictEntry,
    Covers,
    CutChangeFacts,
    CutFacts,
    Detail,
    DiffReport,
    DiffSummary,
    EditEntry,
    Exact,
    MergeReport,
    MergeSummary,
    PairFacts,
    Places,
    Range,
    RemovedEntry,
    RequestEntry,
    RippleFacts,
)
from takebridge.services.cut_steps import edit_facts, printable


@dataclass(frozen=True, slots=True)
class Document:
    """A cut with where it came from. ``file`` is a name without folders."""

    cut: Cut
    file: str
    format: str
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Two documents, what changed between them, and the report of it."""

    a: Document
    b: Document
    diff: CutDiff
    report: DiffReport


# --- values ---------------------------------------------------------------------------------------------


def exact(value: Frame) -> Exact:
    """Return a whole number, or "n/d"."""
    if type(value) is int:
        return value
    value = whole(value)
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else int(value)


def address_json(address: Address) -> AddressJson:
    """Return an address as a list."""
    return list(address)


def order_of(address: Address) -> tuple[int, ...]:
    """Sort key of document order: video before audio before subtitles, a nest before what is in it."""
    kind, *rest = address
    return (TRACK_KINDS.index(kind) if kind in TRACK_KINDS else len(TRACK_KINDS), *map(int, rest))


def _maybe(address: Address | None) -> AddressJson | None:
    return None if address is None else address_json(address)


def _range(span: Span) -> Range:
    return exact(span.start), exact(span.end)


def facts_of(document: Document) -> CutFacts:
    """Describe one document."""
    cut = document.cut
    counted = Counter(track.kind for track in cut.tracks)
    return CutFacts(
        name=printable(cut.name),
        file=printable(document.file),
        format=document.format,
        rate=str(cut.rate),
        drop_frame=cut.drop_frame,
        start=exact(cut.start),
        frames=exact(cut.end),
        tracks={kind: counted[kind] for kind in TRACK_KINDS},
        clips=sum(1 for _ in clips_of(cut)),
        losses=[printable(loss) for loss in document.losses],
    )


# --- diff -----------------------------------------------------------------------------------------------


def diff_report(a: Document, b: Document, found: CutDiff) -> DiffReport:
    """Return the report of a diff, in document order of ``a``, then what only ``b`` has."""
    before, after = dict(clips_of(a.cut)), dict(clips_of(b.cut))
    pairs = [_pair(pair, before, after) for pair in sorted(found.pairs, key=lambda one: _pair_order(one.match))]
    return DiffReport(
        a=facts_of(a),
        b=facts_of(b),
        pairs=pairs,
        ripples=[_ripple(ripple) for ripple in sorted(found.ripples, key=_ripple_order)],
        cut_changes=[CutChangeFacts(what=change.what, text=printable(change.text)) for change in found.changes],
        summary=_summary(pairs),
    )


def _pair_order(match: Match) -> tuple[object, ...]:
    a = () if match.a is None else order_of(match.a)
    b = () if match.b is None else order_of(match.b)
    return (match.a is None, a, b)


def _pair(pair: Pair, before: Mapping[Address, Clip], after: Mapping[Address, Clip]) -> PairFacts:
    match = pair.match
    a, b = _clip(before, match.a), _clip(after, match.b)
    named = b or a
    said = set(pair.words)
    return PairFacts(
        a=_maybe(match.a),
        b=_maybe(match.b),
        score=max(0, min(1000, match.score)) / 1000,
        ambiguous=match.ambiguous,
        rivals=[address_json(rival) for rival in match.rivals],
        evidence=[printable(line) for line in match.evidence],
        changes=[word for word in WORDS if word in said],
        details=[Detail(word=one.word, text=printable(one.text), frames=exact(one.frames)) for one in pair.changes],
        relation=match.relation,
        duplicate_of=_maybe(match.duplicate_of),
        name=printable(named.name) if named else "",
        record=Places(a=_range(a.record) if a else None, b=_range(b.record) if b else None),
    )


def _clip(clips: Mapping[Address, Clip], address: Address | None) -> Clip | None:
    return None if address is None else clips.get(address)


def _ripple_order(ripple: Ripple) -> tuple[int, int, Frame, Frame]:
    return TRACK_KINDS.index(ripple.kind), ripple.track, ripple.at, ripple.frames


def _ripple(ripple: Ripple) -> RippleFacts:
    return RippleFacts(
        kind=ripple.kind,
        track=ripple.track,
        at=exact(ripple.at),
        frames=exact(ripple.frames),
        clips=ripple.clips,
        text=printable(ripple.text),
    )


def only_shifted(pair: PairFacts) -> bool:
    """Say whether rippling is all that happened."""
    return pair.changes == ["shifted"]


def _summary(pairs: list[PairFacts]) -> DiffSummary:
    counted = Counter(word for pair in pairs for word in pair.changes)
    unchanged = sum(not pair.changes for pair in pairs)
    shifted = sum(map(only_shifted, pairs))
    return DiffSummary(
        pairs=len(pairs),
        unchanged=unchanged,
        shifted=shifted,
        changed=len(pairs) - unchanged - shifted,
        ambiguous=sum(pair.ambiguous for pair in pairs),
        words={word: counted[word] for word in WORDS if counted[word]},
    )


# --- merge ----------------------------------------------------------------------------------------------


def merge_report(base: Document, editor: Document, canvas: Document, merged: Document, found: Merge) -> MergeReport:
    """Return the report of a merge; every list in document order."""
    edits = [_edit(note, found) for note in _in_order(found.notes)]
    return MergeReport(
        base=facts_of(base),
        editor=facts_of(editor),
        canvas=facts_of(canvas),
        merged=facts_of(merged),
        edits=edits,
        requests=[_request(one) for one in _in_order(found.requests)],
        conflicts=[_conflict(one) for one in _in_order(found.conflicts)],
        removed=[_removed(one) for one in _in_order(found.removed)],
        summary=MergeSummary(
            edits=len(edits),
            steps=len(found.plan),
            requests=len(found.requests),
            conflicts=len(found.conflicts),
            removed=len(found.removed),
        ),
    )


Listed = TypeVar("Listed", EditNote, Request, Conflict, Removed)


def _in_order(entries: Iterable[Listed]) -> list[Listed]:
    """By the first address an entry has; entries at the same place keep their order."""
    return sorted(entries, key=lambda entry: _entry_order(entry.clip))


def _entry_order(clip: Addresses) -> tuple[bool, tuple[int, ...]]:
    first = clip.editor or clip.base or clip.canvas
    return (first is None, () if first is None else order_of(first))


def covers_of(clip: Addresses) -> Covers:
    """Return all clips an entry is about, the named ones included, by side and in document order."""
    found: dict[Side, set[Address]] = {side: set() for side in SIDES}
    named: tuple[tuple[Side, Address | None], ...] = (
        ("base", clip.base),
        ("editor", clip.editor),
        ("canvas", clip.canvas),
    )
    for side, address in (*named, *clip.covers):
        if address is not None:
            found[side].add(address)
    base, editor, canvas = ([address_json(one) for one in sorted(found[side], key=order_of)] for side in SIDES)
    return Covers(base=base, editor=editor, canvas=canvas)


def _edit(note: EditNote, found: Merge) -> EditEntry:
    clip = note.clip
    return EditEntry(
        name=printable(note.name),
        base=_maybe(clip.base),
        editor=_maybe(clip.editor),
        canvas=_maybe(clip.canvas),
        covers=covers_of(clip),
        text=printable(note.text),
        operations=[edit_facts(found.plan.edits[index]) for index in note.edits],
    )


def _request(one: Request) -> RequestEntry:
    return RequestEntry(
        name=printable(one.name),
        base=_maybe(one.clip.base),
        editor=_maybe(one.clip.editor),
        canvas=_maybe(one.clip.canvas),
        covers=covers_of(one.clip),
        text=printable(one.text),
        kind=one.kind,
        edge=one.edge,
        needs_frames=exact(one.needs_frames),
    )


def _conflict(one: Conflict) -> ConflictEntry:
    return ConflictEntry(
        name=printable(one.name),
        base=_maybe(one.clip.base),
        editor=_maybe(one.clip.editor),
        canvas=_maybe(one.clip.canvas),
        covers=covers_of(one.clip),
        text=printable(one.text),
        id=printable(one.id),
        what=one.what,
        choices=list(one.choices),
        chosen=one.chosen,
    )


def _removed(one: Removed) -> RemovedEntry:
    return RemovedEntry(
        name=printable(one.name),
        base=_maybe(one.clip.base),
        editor=_maybe(one.clip.editor),
        canvas=_maybe(one.clip.canvas),
        covers=covers_of(one.clip),
        text=printable(one.text),
        by=one.by,
    )
