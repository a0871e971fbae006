"""Time and state: what only the canvas changed of it is named, not done; the editor's timing stands."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from takebridge.cut.edit_bench import Bench
from takebridge.cut.edit_clip import clip_says
from takebridge.cut.edit_content import same_media
from takebridge.cut.edit_types import Edit, Reshape
from takebridge.cut.merge_content import Edge, Three, lacking, media_words
from takebridge.cut.merge_places import Wish, add_tracks, free_track
from takebridge.cut.merge_report import Report, Subjects, where
from takebridge.cut.merge_sides import CutSide, track_of
from takebridge.cut.model import Address, Clip, Cut, Frame, Span, source_rate, whole

SLIPPED = "slipped it"
OTHER_PART = "cut it and kept another part of it"


def slot_requests(base: Clip, editors: list[Clip], canvas: Clip, cut: Cut) -> list[tuple[Edge, Frame]]:
    """Return by how many record frames, at which edge, the canvas's length differs from the editor's slot.

    Empty where the canvas kept the length the base had. Of one media both edges are told apart; of another the tail
    is meant, unless the canvas kept the record end and moved the head.
    """
    if canvas.record.duration == base.record.duration:
        return []
    slot = whole(Fraction(sum(Fraction(clip.record.duration) for clip in editors)))
    if slot == canvas.record.duration:
        return []
    edges = _edges(editors, canvas, cut)
    if edges:
        return edges
    head = canvas.record.end == base.record.end and canvas.record.start != base.record.start
    return [("head" if head else "tail", whole(abs(Fraction(canvas.record.duration) - Fraction(slot))))]


def _edges(editors: list[Clip], canvas: Clip, cut: Cut) -> list[tuple[Edge, Frame]]:
    """The two edges, where editor and canvas show one media at 100 % and their difference explains the lengths."""
    sources = [clip.source for clip in editors if clip.source is not None]
    plain = all(clip.speed == 1 and same_media(clip.media, canvas.media) for clip in (*editors, canvas))
    if not plain or canvas.source is None or len(sources) != len(editors):
        return []
    scale = cut.rate.fraction / source_rate(canvas, cut).fraction
    first, last = min(span.start for span in sources), max(span.end for span in sources)
    head = abs(Fraction(canvas.source.start - first)) * scale
    tail = abs(Fraction(canvas.source.end - last)) * scale
    found: list[tuple[Edge, Frame]] = [("head", whole(head)), ("tail", whole(tail))]
    return [(edge, frames) for edge, frames in found if frames]


def check_slot(three: Three, subjects: Subjects, editors: list[Clip], report: Report, short: set[Edge]) -> None:
    """Name a length only the canvas changed, as a request for a take that fits the editor's slot.

    Where the media is ``short`` at that edge already, a take has been asked for.
    """
    for edge, frames in slot_requests(three.base, editors, three.canvas, report.editor.cut):
        if edge in short:
            continue
        longer = three.canvas.record.duration > three.base.record.duration
        text = (
            f"The canvas made it {'longer' if longer else 'shorter'}; the editor's timing stands. "
            f"The two differ by {_frames(frames)} at the {edge}: make a take for the slot, or trim by hand."
        )
        report.request("slot", edge, frames, subjects, text)


def check_media(clip: Clip, subjects: Subjects, cut: Cut, report: Report) -> set[Edge]:
    """Ask for a take that reaches as far as the clip now does; return the ends at which it is asked for."""
    short = set[Edge]()
    for edge, frames in lacking(clip, cut):
        text = (
            f"Needs {frames} more {'frame' if frames == 1 else 'frames'} at the {edge} than {media_words(clip)} has: "
            "extend the shot or regenerate it with handles."
        )
        report.request("media", edge, frames, subjects, text)
        short.add(edge)
    return short


def _frames(frames: Frame) -> str:
    return f"{frames} {'frame' if frames == 1 else 'frames'}"


# --- deliberate changes of time and state -----------------------------------------------------------------


def time_words(three: Three, *, moved: bool, places: tuple[Address, Address]) -> list[str]:
    """Say what the canvas changed in time beyond the clip's length, and the editor did not do as well."""
    base, editor, canvas = three.base, three.editor, three.canvas
    said: list[str] = []
    if moved and (track_of(places[0]), editor.record.start) != (track_of(places[1]), canvas.record.start):
        said.append(f"moved it to {where(places[1], canvas)}")
    if (canvas.speed, canvas.ramp) not in ((base.speed, base.ramp), (editor.speed, editor.ramp)):
        said.append("changed its speed")
    elif _slipped(three):
        said.append(SLIPPED)
    return said


def can_follow(three: Three, said: list[str]) -> bool:
    """Say whether the editor's clip can be given what the canvas changed in time: not other frames of other media."""
    return three.agree or not three.editor_changed or not set(said) <= {SLIPPED, OTHER_PART}


def _slipped(three: Three) -> bool:
    base, editor, canvas = three.base, three.editor, three.canvas
    if three.canvas_changed or base.source is None or canvas.source is None or canvas.inner is not None:
        return False
    if canvas.record.duration != base.record.duration or canvas.speed != base.speed:
        return False
    return canvas.source.start != base.source.start and canvas.source != editor.source


def follow_time(three: Three, wish: Wish, bench: Bench, names: CutSide) -> list[Edit] | None:
    """Return the edits that give the editor's clip the canvas's place, frames and speed; None where it has no room.

    None are needed where the clip lies beside its neighbours as the canvas has it, and shows the same.

    ``wish`` says which clip (its address), and where it is to lie: there or, when that is taken, on a track above; one
    that stays on its place only keeps its track. The bench then has the clip in its new place.
    """
    assert not isinstance(wish.handle, str)
    address, canvas, now = wish.handle, three.canvas, bench.clip(wish.handle)
    if now is None or len(address) > 3 or wish.kind != track_of(address)[0]:
        return None
    bench.set(address, replace(now, record=Span(now.record.start, now.record.start)))
    track = free_track(bench, wish) if wish.clip.record.start != now.record.start else wish.track
    if track is None or (track < bench.track_count(wish.kind) and not bench.free(wish.kind, track, wish.clip.record)):
        bench.set(address, now)
        return None
    edits = add_tracks(bench, wish.kind, track, names)
    source = now.source if three.editor_changed and not three.agree else canvas.source
    bench.move(address, wish.kind, track)
    bench.set(address, replace(now, record=wish.clip.record))
    edit = Reshape(address, wish.kind, track, wish.clip.record, source, canvas.speed, canvas.ramp)
    if track == track_of(address)[1] and clip_says(three.editor, edit):
        return []
    return [*edits, edit]


def state_words(three: Three) -> list[str]:
    """Say which state the canvas changed and the editor's clip does not have."""
    base, editor, canvas = three.base, three.editor, three.canvas
    said = []
    if canvas.enabled != base.enabled and canvas.enabled != editor.enabled:
        said.append("enabled it" if canvas.enabled else "disabled it")
    named = not three.canvas_changed and canvas.name not in (base.name, editor.name)
    if named:
        said.append(f"named it {canvas.name or 'nothing'}")
    return said


def with_state(three: Three, now: Clip) -> Clip:
    """Return the editor's clip with the state the canvas changed."""
    made = now
    if three.canvas.enabled != three.base.enabled:
        made = replace(made, enabled=three.canvas.enabled)
    if not three.canvas_changed and three.canvas.name != three.base.name:
        made = replace(made, name=three.canvas.name)
    return made
