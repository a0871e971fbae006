"""A round trip in an editor's words: what you did, what the canvas did, in that order, in frames. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from takebridge.cut.trip_types import RoundTrip, TripFacts
from takebridge_resolve.panel.trip_sides import Shown, offset_of, shown_by
from takebridge_resolve.panel.words import ago, counted, price, span

if TYPE_CHECKING:
    from takebridge.canvas.model import Canvas
    from takebridge.client.panel_types import PutClip
    from takebridge.cut.link import ClipLink
    from takebridge.cut.merge_types import Choice
    from takebridge.cut.report_types import ConflictEntry, EditEntry, RemovedEntry
    from takebridge.cut.trip_types import Price, TakeRequest

Tone = Literal["plain", "good", "warning", "error"]
Picked = Literal["editor", "canvas", "both", "later"]
"""What a person picked of a conflict; ``later`` is not sent."""
LATER: Picked = "later"
OPEN = ("applying", "undoing")
"""States of a trip that did not end."""
NO_WORD = "–"
_TO_YOU = (
    (r"\b[Tt]he editor's cut has\b", "your timeline has"),
    (r"\b[Tt]he editor's cut does\b", "yours does"),
    (r"\b[Tt]he editor's cut\b", "your timeline"),
    (r"\b[Tt]he editor's\b", "your"),
    (r"\b[Tt]he editor shows\b", "you show"),
    (r"\b[Tt]he editor has\b", "you have"),
    (r"\b[Tt]he editor (made|deleted|added|replaced)\b", r"you \1"),
)
_RESUME = re.compile(r"takebridge roundtrip --\w+")


def to_you(text: str) -> str:
    """Return a sentence of the bridge with the editor as “you”, who is the one reading it."""
    for pattern, words in _TO_YOU:
        text = re.sub(pattern, words, text)
    return text[:1].upper() + text[1:]


# --- the head -------------------------------------------------------------------------------------------


def headline(trip: RoundTrip) -> str:
    """Return ``3 changes · 1 conflict``; what there is none of is left out."""
    parts = [counted(len(trip.edits), "change")] if trip.edits else []
    parts += [counted(len(trip.conflicts), "conflict")] if trip.conflicts else []
    parts += [counted(len(trip.requests), "request") + " for takes"] if trip.requests else []
    return " · ".join(parts) or "Nothing to change"


def about(trip: RoundTrip, trips: Sequence[TripFacts], canvas_title: str, now: datetime) -> str:
    """Return what is merged: ``Cut: REEL 2 · since 10:42 (round trip) · yours + canvas “Reel 2”``."""
    last = next((one for one in trips if one.timeline == trip.timeline and one.state == "done"), None)
    since = f"since {clock_of(last.ended_at, now)} (round trip)" if last else "since its clips were first pushed"
    return f"Cut: {trip.timeline} · {since} · yours + canvas “{canvas_title or 'Untitled'}”"


def clock_of(text: str, now: datetime) -> str:
    """Return a moment in the time of this machine: ``10:42``, or with its date where that is another day."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return "an unknown time"
    here, today = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(), now.astimezone()
    return f"{here:%H:%M}" if here.date() == today.date() else f"{here:%Y-%m-%d %H:%M}"


def age_of(text: str, now: datetime) -> str:
    """Return how long ago a moment was; the text itself where it is no moment."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return ago(max(0, round((now - at).total_seconds())))


# --- rows of the table ----------------------------------------------------------------------------------


def you_did(entry: EditEntry, links: Mapping[str, ClipLink], canvas: Canvas | None) -> str:
    """Return what the editor did to a clip since the base, in frames; `NO_WORD` where the plan does not say."""
    if entry.editor is None:
        return "it is not in your timeline"
    if entry.base is None:
        return "you added it"
    moved = _moved(entry)
    shown = shown_by(entry)
    link = links.get(shown.link_id) if shown else None
    reshaped = _reshaped(shown, link, canvas) if shown and link else ""
    if not moved and not reshaped:
        return NO_WORD
    return " and ".join(part for part in (reshaped, moved) if part)


def _moved(entry: EditEntry) -> str:
    base, editor = entry.base or [], entry.editor or []
    if len(base) != 3 or len(editor) != 3 or base[0] != editor[0] or base[1] == editor[1]:
        return ""
    letter = {"video": "V", "audio": "A", "subtitle": "S"}.get(str(editor[0]), "track ")
    return f"moved it to {letter}{int(editor[1]) + 1}"


def _reshaped(shown: Shown, link: ClipLink, canvas: Canvas | None) -> str:
    base = link.end_record_frame - link.start_record_frame
    take = canvas.takes.get(shown.take_id) if canvas else None
    if take is None or canvas is None or link.fills_gap or not _same_rate(shown.rate, link.media_rate):
        return _resized(shown.end - shown.start, base)
    start = link.source_start_frame - offset_of(take, link, canvas)
    return reshape_words(shown.start - start, start + base - shown.end)


def _same_rate(one: str, other: str) -> bool:
    try:
        return Fraction(one) == Fraction(other)
    except (ValueError, ZeroDivisionError):
        return False


def _resized(now: Fraction, base: int) -> str:
    more = now - base
    if not more:
        return "left its length"
    return f"made it {_frames(abs(more))} {'longer' if more > 0 else 'shorter'}"


def reshape_words(head: Fraction, tail: Fraction) -> str:
    """Return what was done to the ends of a clip: frames taken off its head and its tail, put back where negative."""
    if not head and not tail:
        return "left it as it was"
    if head == -tail:
        return f"slipped it {_frames(abs(head))} {'later' if head > 0 else 'earlier'} in its source"
    parts = [
        (_verb(frames), f"the {end} {_frames(abs(frames))}")
        for end, frames in (("head", head), ("tail", tail))
        if frames
    ]
    if len(parts) == 2 and parts[0][0] == parts[1][0]:
        return f"{parts[0][0]} {parts[0][1]} and {parts[1][1]}"
    return " and ".join(f"{verb} {end}" for verb, end in parts)


def _verb(frames: Fraction) -> str:
    return "trimmed" if frames > 0 else "extended"


def _frames(count: Fraction) -> str:
    text = str(count) if count.denominator > 1 else str(count.numerator)
    return f"{text} frame" if count == 1 else f"{text} frames"


def canvas_did(entry: EditEntry) -> str:
    """Return what the canvas did, and so what the clip will be."""
    shown = shown_by(entry)
    frames = f" ({_frames(shown.end - shown.start)})" if shown else ""
    return f"{to_you(entry.text).rstrip('.')}{frames}"


def removed_words(one: RemovedEntry) -> str:
    """Return a clip that goes, and by whom."""
    return f"{one.name}: {to_you(one.text)}"


def request_words(one: TakeRequest) -> str:
    """Return what a new take would mend."""
    text = to_you(one.text)
    return f"{text} A longer take can be made." if one.possible else text


# --- conflicts ------------------------------------------------------------------------------------------

_KEEP = {
    "content": "what you show stays",
    "time": "your timing stands",
    "deleted_by_editor": "it stays deleted",
    "dropped_by_canvas": "the clip stays where it is",
    "no_room": "nothing is placed",
    "ambiguous": "nothing is done here",
    "state": "it stays as you set it",
}
_USE = {
    "content": "the clip shows what the canvas has",
    "time": "the clip follows the canvas's timing",
    "deleted_by_editor": "the clip is put back as the canvas has it",
    "dropped_by_canvas": "the clip is taken out of the timeline",
    "ambiguous": "this clip gets what the canvas has",
    "state": "it is set as the canvas has it",
}


def choice_words(choice: Picked, what: str) -> tuple[str, str]:
    """Return a choice's name and what it means for the clip."""
    if choice == "editor":
        return "Keep timeline", _KEEP.get(what, "your timeline stays as it is")
    if choice == "canvas":
        return "Use canvas", _USE.get(what, "the clip follows the canvas")
    if choice == "both":
        return "Keep both", "yours stays on screen, the canvas's joins the clip as another take"
    return "Decide later", "the clip stays as it is, and the conflict stays open"


def picks_of(one: ConflictEntry) -> tuple[Picked, ...]:
    """Return what can be picked, “later” last."""
    return (*one.choices, LATER)


def preselected(one: ConflictEntry) -> Picked | None:
    """Return what stands picked at first: only what leaves no choice. Where both sides count, a person says."""
    return one.choices[0] if len(one.choices) == 1 else None


# --- what is done ---------------------------------------------------------------------------------------


def sent_choices(picked: Mapping[str, Picked]) -> dict[str, Choice]:
    """Return the choices to send: what is decided later is left out."""
    return {key: choice for key, choice in picked.items() if choice != "later"}


def changes_after(trip: RoundTrip, seen_with: Mapping[str, Choice], picked: Mapping[str, Picked]) -> int:
    """Return how many changes applying would make: those of the plan, and each decision for the canvas beyond it."""
    more = [one for one in trip.conflicts if picked.get(one.id) in ("canvas", "both")]
    return len(trip.edits) + sum(seen_with.get(one.id) != picked.get(one.id) for one in more)


def apply_words(changes: int, *, folder: bool) -> str:
    """Return what stands on the button."""
    if not changes:
        return "Agree: nothing to change"
    return f"Write the merged cut · {counted(changes, 'change')}" if folder else f"Apply {counted(changes, 'change')}"


def why_not_apply(trip: RoundTrip, picked: Mapping[str, Picked]) -> str:
    """Say what is still to be decided, "" when nothing is."""
    open_ones = [one for one in trip.conflicts if one.id not in picked]
    return f"{counted(len(open_ones), 'conflict')} still to decide." if open_ones else ""


def later_words(picked: Mapping[str, Picked], apart: int, held: int) -> str:
    """Say what deciding later means for the rest, and why; "" when nothing is put off.

    ``apart`` takes touch no conflict and can go in by themselves, ``held`` further changes cannot.
    """
    count = sum(choice == LATER for choice in picked.values())
    if not count:
        return ""
    text = (
        f"{counted(count, 'conflict')} left for later, so the round trip waits: it makes the whole cut the new base, "
        "and a conflict left open would be lost in it."
    )
    if apart:
        verb = "touches" if apart == 1 else "touch"
        text += f" {counted(apart, 'take')} {verb} no conflict and can go in now, without a safety copy."
        text += " Your own media stays on each clip as its first take."
    if held:
        what = "other change" if apart else "change"
        text += f" {counted(held, what)} {'waits' if held == 1 else 'wait'} for the decision."
    return text


def apart_words(takes: int) -> str:
    """Return what stands on the button while a conflict is left for later."""
    return f"Put {counted(takes, 'take')} in now" if takes else "Apply once it is decided"


def put_words(done: Sequence[PutClip]) -> tuple[str, Tone]:
    """Return what became of takes that went in by themselves, in one sentence for each kind of outcome."""
    good = [one for one in done if one.error is None]
    bad = [one for one in done if one.error is not None]
    said = (
        [f"{counted(len(good), 'take')} {'is' if len(good) == 1 else 'are'} on the timeline, read back."]
        if good
        else []
    )
    said += [f"{one.shot} was not changed: {to_you(one.sentence)}" for one in bad]
    return " ".join([*said, "What is left waits for your decision."]), "warning" if bad else "good"


def price_words(cost: Price | None) -> str:
    """Return what making the requested takes costs, and how long it takes."""
    if cost is None or not cost.jobs:
        return ""
    takes = counted(cost.jobs, "take")
    took = span(cost.seconds_low or None, cost.seconds_high)
    return f"{takes} · {price(cost.low_micros, cost.high_micros, cost.currency)} · {took}"


def same_plan(one: RoundTrip, other: RoundTrip) -> bool:
    """Say whether two dry runs with the same choices would do the same."""
    return _essence(one) == _essence(other)


def _essence(trip: RoundTrip) -> tuple[object, ...]:
    entries = ([part.model_dump() for part in parts] for parts in (trip.edits, trip.conflicts, trip.removed))
    requests = [part.model_dump() for part in trip.requests]
    return (trip.outcome, trip.project, trip.timeline, *entries, requests, trip.price)


# --- how it ended ---------------------------------------------------------------------------------------


def outcome_words(trip: RoundTrip) -> tuple[str, Tone]:
    """Return how a trip ended, in one sentence."""
    waits = counted(len(trip.undecided), "conflict waits", "conflicts wait")
    found: dict[str, tuple[str, Tone]] = {
        "applied": (f"Done. “{trip.timeline}” is the merged cut, read back clip by clip.", "good"),
        "nothing": ("Both sides agree. Nothing on the timeline had to change.", "good"),
        "undecided": (f"Nothing was changed: {waits} for a decision. Decide, then apply again.", "warning"),
        "waiting": ("Takes are being made. The timeline was not touched; look again when they are there.", "warning"),
        "base_kept": ("This cut is the base now. What either side changes from here on is merged.", "good"),
        "no_base": ("This timeline has no base yet, so there is nothing to compare it with.", "warning"),
    }
    if trip.answer and trip.outcome == "applied":
        return "The merged cut is written. Import it in your editor: it counts when it comes back.", "good"
    return found.get(trip.outcome, (to_you(trip.sentence), "plain"))


def result_words(trip: RoundTrip) -> str:
    """Return what became of each change of a trip that came to its end."""
    if trip.outcome != "applied":
        return "Not applied: nothing was changed" if trip.outcome in ("undecided", "waiting") else ""
    return "Written, not confirmed" if trip.answer else "Verified"


def failed_words(message: str, left_open: TripFacts | None) -> str:
    """Return what became of each change of a trip that failed; ``left_open`` is the trip when it did not end."""
    if left_open is None:
        return f"Not applied: {message}"
    return "Placed, not confirmed" if left_open.done else "Not confirmed"


def steps_for(answer: str) -> tuple[str, ...]:
    """Return how a person brings a written cut in."""
    return (
        f"The merged cut: {answer}",
        "1. In your editor choose File > Import > Timeline, and that file.",
        "2. Look at the new timeline and go on in it.",
        "3. Export it to the exchange folder again: the bridge compares from there.",
    )


def progress_words(done: int, total: int, state: str) -> str:
    """Return how far a trip is."""
    if state == "undoing":
        return "Putting the timeline back as it was…"
    return f"Step {min(done + 1, total)} of {total}" if done < total else "Reading the timeline back…"


def cut_off_words(facts: TripFacts) -> str:
    """Return what a trip that did not end left, and that nothing is lost."""
    copy = f" The safety copy “{facts.copy_name}” is there." if facts.copy_name else ""
    steps = f"{facts.done} of {counted(len(facts.steps), 'step')} {'is' if facts.done == 1 else 'are'} done"
    return f"A round trip of “{facts.timeline}” did not end: {steps}.{copy}"


def own_notes(notes: Sequence[str]) -> list[str]:
    """Return the notes of an answer without those this panel says with a button of its own."""
    return [to_you(note) for note in notes if not _RESUME.search(note)]


_STATES: dict[str, str] = {
    "applying": "Not finished",
    "undoing": "Being undone",
    "done": "Done",
    "rolled_back": "Undone: the timeline is as it was",
    "left": "Left for you to look at",
}


def state_words(facts: TripFacts) -> str:
    """Return how a trip of the past ended."""
    ended = _STATES.get(facts.state, facts.state)
    return f"{ended}. {facts.reason}" if facts.reason and facts.state != "done" else ended


_COMMANDS = (
    (r"'?takebridge roundtrip --resume'? finishes the trip or undoes it", "“Finish or undo” ends the trip"),
    (r"takebridge roundtrip --new-base", "press “Make this cut the base”"),
    (r"'?takebridge serve'?", "“Start bridge”"),
)


def own_hint(hint: str) -> str:
    """Return a hint with this panel's buttons in the place of commands."""
    for command, words in _COMMANDS:
        hint = re.sub(command, words, hint)
    return to_you(hint)
