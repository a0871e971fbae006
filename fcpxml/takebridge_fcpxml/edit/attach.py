"""Connecting items, and marks by record time: markers, chapters, keywords, ratings, roles."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

from takebridge_fcpxml import grammar
from takebridge_fcpxml.edit.checks import (
    detached,
    exact,
    frame_of,
    item_of,
    locate,
    refuse,
    scale_of,
    standing_at,
    timescale_around,
)
from takebridge_fcpxml.edit.media import lacking, missing
from takebridge_fcpxml.edit.plan import Edited, Plan, legal_text, put_place
from takebridge_fcpxml.placement import Placed
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view import (
    AssetClip,
    Audio,
    Audition,
    Caption,
    ChapterMarker,
    Clip,
    Item,
    Keyword,
    LiveDrawing,
    Marker,
    Rating,
    Sequence,
    Spine,
    Title,
    Video,
)

Place = Item | Sequence | Placed
_ROLE = re.compile(r"[^.\s?][^.?]*(\.[^.?]+)*")


def connect(host: Item | Sequence, item: Item | Spine, record_start: Fraction, lane: int) -> Edited[Item | Spine]:
    """Connect a detached item or storyline so that it stands at a record time, above (lane > 0) or below (< 0).

    With a sequence, the host is the item of its primary storyline that stands there; with an audition, its pick. The
    place is not rounded: sound may stand between frames. Raises EditError.
    """
    target = standing_at(host, exact(host, record_start, "place")) if isinstance(host, Sequence) else item_of(host)
    if isinstance(item, Item):
        detached(item, target)
    elif item.document is not target.document or item.element.getparent() is not None:
        refuse(target, "The storyline stands somewhere already.", "Give a new one.")
    if isinstance(lane, bool) or not isinstance(lane, int) or lane == 0:
        refuse(target, f"{lane!r} is no lane of a connected item.", "Use 1, 2 … above and -1, -2 … below.")
    if item.tag not in grammar.ANCHORED:
        refuse(target, f"<{item.tag}> cannot be connected.", "Connect a clip, title, caption or storyline.")
    if isinstance(target, Caption):
        refuse(target, "Nothing connects to a caption.", "Connect to the clip below it.")
    placed = locate(target)
    if isinstance(item, Item):
        _check_media(item, 1 / frame_of(target))
    plan = Plan()
    offset = placed.to_local(exact(target, record_start, "place"))
    plan.text(item, "lane", str(lane))
    plan.time(item, "offset", offset, timescale_around(target))
    plan.do(lambda: grammar.insert(target.element, item.element))
    plan.apply()
    return Edited(item)


def _check_media(item: Item, rate: Fraction) -> None:
    own = item.pick if isinstance(item, Audition) else item
    scale = scale_of(own, rate)
    want = missing(own, own.start, item.length, scale)
    if want.head or want.tail:
        lacking(own, want, 1 / rate, scale)


def disconnect(item: Item | Spine) -> Edited[Item | Spine]:
    """Take a connected item or storyline off its host, with all it holds; it comes back detached, without a place.

    Raises EditError for anything that is not connected.
    """
    if not isinstance(item.parent, Item) or isinstance(item.parent, Audition) or item.lane == 0:
        refuse(item, "The item is not connected to another.", "Use delete for items of a storyline.")
    item.remove()
    put_place(item, None, None)
    return Edited(item)


def _marked(place: Place, record: Fraction) -> Placed:
    """The item to mark at a record time, where it stands. Raises EditError."""
    if isinstance(place, Placed):
        placed = place
    elif isinstance(place, Sequence):
        placed = locate(standing_at(place, record))
    else:
        placed = locate(item_of(place))
    item = placed.item
    if isinstance(item, Audition):
        placed = locate(item_of(item))
        item = placed.item
    if isinstance(item, Caption) or item.tag == "transition":
        refuse(item, f"<{item.tag}> carries no marks by record time.", "Mark the clip below it.")
    if not placed.record_start <= record < placed.record_end:
        refuse(
            item,
            f"{format_time(record)} is outside {item.name or item.tag}.",
            f"It stands from {format_time(placed.record_start)} to {format_time(placed.record_end)}.",
        )
    return placed


def _at(place: Place, record: Fraction) -> Fraction:
    return exact(place.item if isinstance(place, Placed) else place, record, "place")


def _length(item: Item, duration: Fraction) -> Fraction:
    length = exact(item, duration, "duration")
    if length <= 0:
        refuse(item, "A mark needs a length.", "Give more than 0 seconds, or leave the duration out.")
    return length


def add_marker_at(
    place: Place,
    record: Fraction,
    value: str,
    *,
    duration: Fraction | None = None,
    note: str | None = None,
    completed: bool | None = None,
) -> Marker:
    """A marker at a record time on an item, or on what stands there in a sequence; ``completed`` makes it a to-do.

    It is one frame of the timeline long unless ``duration`` says otherwise. Raises EditError when the item does not
    stand there.
    """
    placed = _marked(place, _at(place, record))
    length = frame_of(placed.item) if duration is None else _length(placed.item, duration)
    texts = [legal_text(value, "value"), legal_text(note or "", "note")]
    local, size = _spelled(placed, record), format_time(length, timescale_around(placed.item))
    attributes = {"start": local, "duration": size, "value": texts[0]}
    if completed is not None:
        attributes["completed"] = "01"[completed]
    if note is not None:
        attributes["note"] = texts[1]
    return Marker(placed.item.add("marker", **attributes).element, placed.item.document)


def _spelled(placed: Placed, record: Fraction) -> str:
    return format_time(placed.to_local(Fraction(record)), timescale_around(placed.item))


def add_chapter_at(
    place: Place, record: Fraction, value: str, *, poster_offset: Fraction | None = None
) -> ChapterMarker:
    """A chapter at a record time; ``poster_offset`` is the poster frame relative to it. Raises EditError."""
    placed = _marked(place, _at(place, record))
    size = format_time(frame_of(placed.item), timescale_around(placed.item))
    attributes = {"start": _spelled(placed, record), "duration": size, "value": legal_text(value, "value")}
    if poster_offset is not None:
        attributes["posterOffset"] = format_time(exact(placed.item, poster_offset, "poster offset"))
    return ChapterMarker(placed.item.add("chapter-marker", **attributes).element, placed.item.document)


def _range(place: Place, record: Fraction | None, duration: Fraction | None) -> tuple[Item, dict[str, str]]:
    if record is None:
        view = place.item if isinstance(place, Placed) else place
        if isinstance(view, Sequence):
            refuse(view, "A sequence needs a record time to know which item is meant.", "Give record, or an item.")
        item = item_of(view)
        if isinstance(item, Caption):
            refuse(item, "A caption carries no marks.", "Mark the clip below it.")
        return item, {}
    placed = _marked(place, _at(place, record))
    scale = timescale_around(placed.item)
    attributes = {"start": _spelled(placed, record)}
    if duration is not None:
        attributes["duration"] = format_time(_length(placed.item, duration) * placed.scale, scale)
    return placed.item, attributes


def add_keyword_at(
    place: Place, words: str, record: Fraction | None = None, *, duration: Fraction | None = None
) -> Keyword:
    """Keywords (a list with commas) over a record range, or over the whole item. Raises EditError."""
    item, attributes = _range(place, record, duration)
    if not words.strip():
        refuse(item, "The keyword is empty.", "Give a word.")
    return Keyword(item.add("keyword", **attributes, value=legal_text(words, "value")).element, item.document)


def add_rating_at(
    place: Place,
    value: Literal["favorite", "reject"],
    record: Fraction | None = None,
    *,
    duration: Fraction | None = None,
) -> Rating:
    """A rating over a record range, or over the whole item. Raises EditError."""
    item, attributes = _range(place, record, duration)
    if value not in ("favorite", "reject"):
        refuse(item, f"{value!r} is no rating.", "Use favorite or reject.")
    return Rating(item.add("rating", **attributes, value=value).element, item.document)


def set_note(item: Item, text: str | None) -> Item:
    """Set or, with None, remove an item's note. Raises EditError for items that carry none."""
    if item.tag in ("audition", "transition"):
        refuse(item, f"<{item.tag}> carries no note.", "Set it on a clip.")
    item.note = None if text is None else legal_text(text, "The note")
    return item


def set_role(item: Item, *, video: str | None = None, audio: str | None = None) -> Item:
    """Set roles, a sub-role after a dot (``dialogue.dialogue-1``); for a clip, those of its components.

    Raises EditError for a role the item cannot carry.
    """
    for role in (video, audio):
        if role is not None and not _ROLE.fullmatch(role):
            refuse(item, f"{role!r} is no role.", "A role is a name, with sub-roles after dots.")
    changes = [*_roles(item, video, "video"), *_roles(item, audio, "audio")]
    plan = Plan()
    for view, name, role in changes:
        plan.text(view, name, role)
    plan.apply()
    return item


def _roles(item: Item, role: str | None, kind: str) -> list[tuple[Item, str, str]]:
    if role is None:
        return []
    if isinstance(item, AssetClip):
        return [(item, f"{kind}Role", role)]
    wanted: tuple[type[Item], ...] = (Audio,) if kind == "audio" else (Video, Title, LiveDrawing)
    if isinstance(item, wanted):
        return [(item, "role", role)]
    parts = [part for part in item.descendants(Item) if isinstance(part, wanted)] if isinstance(item, Clip) else []
    parts = [part for part in parts if not isinstance(part, Title) and _is_component(part, item)]
    if not parts:
        refuse(item, f"<{item.tag}> carries no {kind} role of its own.", "Set it on a clip with that kind of media.")
    return [(part, "role", role) for part in parts]


def _is_component(part: Item, clip: Item) -> bool:
    """Whether a part belongs to the clip itself: contained, or connected to what it contains."""
    steps = [part]
    while steps[-1].parent != clip:
        above = steps[-1].parent
        if not isinstance(above, Item):
            return False
        steps.append(above)
    return steps[-1].lane == 0
