"""Auditions: the editor's own version tray. The first child plays, the others wait; takes come and go."""

from __future__ import annotations

from fractions import Fraction

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.edit.build import clip_of, new_item
from takebridge_fcpxml.edit.checks import connected_to, detached, local_offset, refuse, scale_of, timescale_around
from takebridge_fcpxml.edit.line import Line, commit, line_of, settle, shift, strain_notes, strained
from takebridge_fcpxml.edit.local import Rebase
from takebridge_fcpxml.edit.media import lacking, missing
from takebridge_fcpxml.edit.plan import Edited, Plan, counted, put_place
from takebridge_fcpxml.edit.rehost import plan_move
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view import Asset, AssetClip, Audition, Item, Timeline, Video

Take = Item | Asset


def to_audition(clip: Item, takes: list[Take] | tuple[Take, ...] = (), *, any_length: bool = False) -> Edited[Audition]:
    """Turn an item into an audition: the item stays the pick, ``takes`` wait behind it in order.

    A take is a detached item or an asset, which becomes a clip with the item's roles. ``offset`` and ``lane`` move to
    the audition; what is connected to the item, and its marks, stay on it. Takes are as long as the item unless
    ``any_length``. Raises EditError, also for what auditions cannot hold (multicam clips, storylines, gaps, captions).
    """
    if clip.tag not in grammar.PICKS:
        refuse(clip, f"An audition cannot hold <{clip.tag}>.", "Use an asset clip, clip, compound or title.")
    if isinstance(clip.parent, Audition):
        refuse(clip, "The item is a take already.", "Add takes to its audition.")
    if clip.parent is None:
        refuse(clip, "The item stands nowhere.", "Insert or connect it first.")
    alternates = [_take(clip, take, clip.length, any_length) for take in takes]
    if len({id(take.element) for take in alternates}) != len(alternates):
        refuse(clip, "One item is given as two takes.", "Give copies: edit.copy_of(item).")
    place = {name: value for name in ("lane", "offset") if (value := clip.element.get(name)) is not None}
    audition = new_item(clip, "audition", place)
    assert isinstance(audition, Audition)
    layout.replace(clip.element, audition.element)
    clip.element.tail = None
    put_place(clip, None, None)
    for take in (clip, *alternates):
        layout.insert(audition.element, len(audition.element), take.element)
    return Edited(audition)


def _take(around: Item, take: Take, length: Fraction, any_length: bool) -> Item:
    """A take of a slot of this length, checked, without a place of its own."""
    if isinstance(take, Asset):
        return take_of(around, take, length)
    detached(take, around)
    if take.tag not in grammar.PICKS:
        refuse(around, f"An audition cannot hold <{take.tag}>.", "Use an asset clip, clip, compound or title.")
    if take.length != length and not any_length:
        refuse(
            around,
            f"The take {take.name} lasts {format_time(take.length)}, the slot {format_time(length)}.",
            "Give the take the length of the slot, or say any_length: a change of pick then ripples.",
        )
    rate = sequence_rate(around)
    scale = scale_of(take, rate)
    want = missing(take, take.start, take.length, scale)
    if (want.head or want.tail) and rate:
        lacking(take, want, 1 / rate, scale)
    put_place(take, None, None)
    return take


def take_of(slot: Item, asset: Asset, length: Fraction | None = None, *, start: Fraction | None = None) -> Item:
    """A detached clip of ``asset`` as long as ``slot`` (an item or audition), with its roles. Raises EditError."""
    like = slot.pick if isinstance(slot, Audition) else slot
    if asset.document is not slot.document:
        refuse(slot, "The asset belongs to another document.", "Add it here: edit.add_asset(film, …).")
    around = _timeline(slot)
    audio = like.audio_role if isinstance(like, AssetClip) else None
    video = like.video_role if isinstance(like, AssetClip) else like.role if isinstance(like, Video) else None
    return clip_of(
        asset, around, like.length if length is None else length, start=start, audio_role=audio, video_role=video
    )


def _timeline(item: Item) -> Timeline:
    above = item.parent
    while above is not None and not isinstance(above, Timeline):
        above = above.parent
    if above is None:
        refuse(item, "The item stands on no timeline.", "Insert it into a sequence first.")
    return above


def add_take(audition: Audition, take: Take, *, index: int | None = None, any_length: bool = False) -> Edited[Item]:
    """Add a take to wait in an audition: last, or as number ``index`` (the pick is 0 and stays it).

    A take is a detached item or an asset, which becomes a clip with the pick's roles. Raises EditError.
    """
    count = len(audition.items)
    at = count if index is None else index
    if isinstance(at, bool) or not isinstance(at, int) or not 1 <= at <= count:
        refuse(audition, f"There is no place {at!r} among {count} takes.", "Count from 1; change the pick with pick().")
    made = _take(audition, take, audition.length, any_length)
    followers = audition.items[at:]
    grammar.insert(audition.element, made.element, followers[0].element if followers else None)
    return Edited(made)


def remove_take(audition: Audition, item: Item) -> Edited[Item]:
    """Take a waiting take out; it comes back detached. Raises EditError for the pick and for items of elsewhere."""
    _check_member(audition, item)
    if item == audition.pick:
        refuse(item, "The item is the pick.", "Pick another take first.")
    item.remove()
    return Edited(item)


def _check_member(audition: Audition, item: Item) -> None:
    if item.parent != audition:
        refuse(audition, "The item is no take of this audition.", "Add it with add_take first.")


def pick(audition: Audition, item: Item, *, ripple: bool = False) -> Edited[Audition]:
    """Make a take the one that plays: it goes first, the others keep their order.

    What is connected to the old pick goes over to the new one and keeps its record place; marks stay on their takes.
    A take of another length needs ``ripple``: what follows in the storyline then moves. A transition beside it stays,
    with a note when the take has too little media for it. Raises EditError.
    """
    _check_member(audition, item)
    old = audition.pick
    if item == old:
        return Edited(audition)
    plan, notes, already = Plan(), list[str](), strained(audition)
    _plan_pick(plan, audition, item, ripple, notes)
    plan.apply()
    return Edited(audition, (*notes, *strain_notes(audition, already)))


def _plan_pick(plan: Plan, audition: Audition, item: Item, ripple: bool, notes: list[str]) -> None:
    old = audition.pick
    if item.length != old.length and not ripple:
        refuse(
            item,
            f"The take lasts {format_time(item.length)}, the slot {format_time(old.length)}.",
            "Say ripple to let what follows move.",
        )
    rate = sequence_rate(audition)
    rebase = Rebase(old.start, scale_of(old, rate), item.start, scale_of(item, rate))
    if connected_to(item):
        notes.append(f"With the take {counted(len(connected_to(item)), 'connected item')} of its own came to play.")
    for child in connected_to(old):
        plan_move(plan, child, item, rebase(local_offset(child)))
    plan.do(lambda: _first(audition, item))
    line = line_of(audition)
    if line is None or item.length == old.length:
        return
    index = line.index(audition)
    slot = line.slots[index]._replace(duration=_on_grid(line, item), start=item.start, plays=item)
    rest = shift(line.slots[index + 1 :], slot.end - line.slots[index].end)
    # The waiting takes keep their own lengths.
    commit(plan, line, settle(line, [*line.slots[:index], slot, *rest], notes), lengths=False)
    if slot.duration != item.length:
        plan.time(item, "duration", slot.duration, timescale_around(item))


def _on_grid(line: Line, item: Item) -> Fraction:
    """An item's length on the frame grid, within its media."""
    length = line.grid(item.length)
    want = missing(item, item.start, length, scale_of(item, line.rate))
    return length - line.frame if length > item.length and want.tail else length


def _first(audition: Audition, item: Item) -> None:
    layout.remove(item.element)
    layout.insert(audition.element, audition.element.index(audition.pick.element), item.element)


def from_audition(audition: Audition, keep: Item | None = None, *, ripple: bool = False) -> Edited[Item]:
    """Turn an audition back into one item: ``keep``, or the pick. The other takes go, and a note counts them.

    The item gets the audition's place; what was connected to the pick stays where it stands. Undoes ``to_audition``
    byte for byte in a document spelled as Final Cut Pro spells. Raises EditError.
    """
    chosen = audition.pick if keep is None else keep
    _check_member(audition, chosen)
    plan, notes, already = Plan(), list[str](), strained(audition)
    if chosen != audition.pick:
        _plan_pick(plan, audition, chosen, ripple, notes)
    plan.do(lambda: _unwrap(audition, chosen))
    if len(audition.items) > 1:
        notes.append(f"Removed with the audition: {counted(len(audition.items) - 1, 'waiting take')}.")
    plan.apply()
    return Edited(chosen, (*notes, *strain_notes(chosen, already)))


def _unwrap(audition: Audition, chosen: Item) -> None:
    parent, element = audition.element.getparent(), audition.element
    layout.remove(chosen.element)
    put_place(chosen, element.get("lane"), element.get("offset"))
    if parent is None:
        return
    tail, place = element.tail, parent.index(element)
    element.tail = None
    parent.remove(element)
    layout.insert(parent, place, chosen.element)
    chosen.element.tail = tail
