"""Round trips in words: what each step does, and one sentence for the whole."""

from __future__ import annotations

from collections.abc import Sequence

from takebridge.cut.edit_types import (
    AddTake,
    AddTrack,
    Delete,
    Edit,
    EditPlan,
    Import,
    Join,
    Mark,
    Place,
    Rename,
    Replace,
    Reshape,
    SelectTake,
    SetEnabled,
    Stamp,
)
from takebridge.cut.model import Clip, Cut, Media, clips_of
from takebridge.cut.trip_types import Price, TakeRequest
from takebridge.store.amounts import money_range


def steps_of(plan: EditPlan, editor: Cut) -> tuple[str, ...]:
    """Return what each edit of a plan does, one line each."""
    clips = dict(clips_of(editor))
    placed = {edit.handle: edit.clip for edit in plan.edits if isinstance(edit, Place)}

    def name(subject: object) -> str:
        clip: Clip | None = None
        if isinstance(subject, str):
            clip = placed.get(subject)
        elif isinstance(subject, tuple):
            clip = clips.get(subject)
        return f"“{clip.name}”" if clip else "a clip"

    return tuple(_step(edit, name(getattr(edit, "clip", None))) for edit in plan.edits)


def _step(edit: Edit, name: str) -> str:  # noqa: C901 - one line per edit
    match edit:
        case Import(media=media):
            return f"bring {_media(media)} into the bin"
        case AddTrack(kind=kind, track=track):
            return f"add {kind} track {track + 1}"
        case AddTake(take=take):
            return f"{name}: add and show {_media(take.media)}"
        case SelectTake(key=key):
            return f"{name}: show the take “{key}”"
        case Replace(media=media):
            return f"{name}: show {_media(media)} instead"
        case Reshape(record=record):
            return f"{name}: reshape to {record.start}–{record.end}"
        case Place(kind=kind, track=track, clip=clip):
            return f"put “{clip.name}” on {kind} track {track + 1} at {clip.record.start}–{clip.record.end}"
        case Delete():
            return f"{name}: take it off its track"
        case SetEnabled(enabled=enabled):
            return f"{name}: {'enable' if enabled else 'disable'}"
        case Rename(name=new):
            return f"{name}: call it “{new}”"
        case Stamp():
            return f"{name}: write our id on it"
        case Mark(action=action, marker=marker):
            return f"{action} the marker “{marker.name}”" + (f" of {name}" if edit.clip else "")
        case Join(action=action, transition=transition):
            return f"{action} the transition at {transition.cut}"


def _media(media: Media | None) -> str:
    return "nothing" if media is None else media.name


def sentence(steps: int, requests: Sequence[TakeRequest], price: Price | None, undecided: int, removed: int) -> str:
    """Return a plan in one sentence."""
    parts = [_count(steps, "step") if steps else "Nothing to change on the timeline"]
    if requests:
        parts.append(f"{_count(len(requests), 'request')} for takes{_cost(price)}")
    if undecided:
        parts.append(f"{_count(undecided, 'conflict')} to decide")
    if removed:
        parts.append(f"{_count(removed, 'clip')} removed")
    return "; ".join(parts) + "."


def _cost(price: Price | None) -> str:
    if price is None or not price.jobs:
        return ""
    if price.high_micros == 0:
        return " (free)"
    if price.high_micros is None:
        return " (at an unknown price)"
    return f" ({money_range(price.low_micros, price.high_micros, price.currency)})"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
