"""Bringing takes into the document Final Cut exported: only clips that changed are edited, the rest keeps its bytes.

Handled here is what a merge changes on clips that stay where they are: takes, which of them shows, the switch and the
name. A cut that puts, moves, trims or deletes clips is written through `interchange.fcpxml_cut` (`final_cut_write`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from lxml import etree

from takebridge.cut.model import Clip, Cut, Gap, Take, Track, tracks_of
from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge.hosts.final_cut_ids import Owners, element_of, items_in, place_of
from takebridge_fcpxml import edit, grammar, layout, urls
from takebridge_fcpxml import view as views
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.edit.build import new_item
from takebridge_fcpxml.edit.checks import connected_to, local_offset
from takebridge_fcpxml.edit.plan import put_place, set_in_order
from takebridge_fcpxml.edit.sound import detach_sound, has_sound
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.times import format_time

_HD = (1920, 1080)
"""What a picture counts as that nobody knows the size of."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A clip as the document says it, and as it is to be."""

    was: Clip
    now: Clip


def changed_in_place(was: Cut, now: Cut) -> tuple[Changed, ...] | None:
    """Return the clips whose content changed; None when anything else than content did."""
    before, after = list(tracks_of(was)), list(tracks_of(now))
    if len(before) != len(after) or was.markers != now.markers:
        return None
    found: list[Changed] = []
    for (_, _, mine), (_, _, other) in zip(before, after, strict=True):
        changed = _on_track(mine, other)
        if changed is None:
            return None
        found += changed
    return tuple(found)


def _on_track(was: Track, now: Track) -> list[Changed] | None:
    mine, others = ([one for one in track.items if not isinstance(one, Gap)] for track in (was, now))
    if was.kind != now.kind or len(mine) != len(others):
        return None
    found = []
    for one, other in zip(mine, others, strict=True):
        if one == other:
            continue
        if not isinstance(one, Clip) or not isinstance(other, Clip) or not _same_but_content(one, other):
            return None
        if was.kind != "video":
            return None
        found.append(Changed(one, other))
    return found


def _same_but_content(one: Clip, other: Clip) -> bool:
    return _without_content(one) == _without_content(other)


def _without_content(clip: Clip) -> Clip:
    return replace(clip, takes=(), active=0, media=None, source=None, kind="clip", name="", stamp="", enabled=True)


def apply(
    document: Document, found: Mapping[str, etree._Element], clips: tuple[Changed, ...], facts: Mapping[str, TakeFacts]
) -> list[str]:
    """Carry the changes out and return notes. Raises EditError for what the document cannot hold; it may be changed."""
    notes: list[str] = []
    for one in clips:
        element = element_of(one.was, found)
        if element is None:
            raise EditError(f"“{one.was.name}” stands nowhere in the document.", hint="Export the project again.")
        notes += _clip(document, element, one, facts)
    return notes


def _clip(
    document: Document, element: etree._Element, change: Changed, facts: Mapping[str, TakeFacts]
) -> Iterator[str]:
    item = views.view_of(element, document)
    assert isinstance(item, views.Item)
    if change.now.enabled != change.was.enabled:
        for one in items_in(element, document):
            one.enabled = change.now.enabled
    own = items_in(element, document)[0]
    if change.now.takes:
        yield from _Tray(document, item, change, facts).fill()
    elif change.now.media != change.was.media:
        yield from _replace(document, own, change.now, facts)
    elif change.now.source != change.was.source:
        raise EditError(f"“{change.now.name}” shows other frames.", hint="Export the project again.")
    elif change.now.name != change.was.name:
        own.name = change.now.name


def _replace(document: Document, item: views.Item, now: Clip, facts: Mapping[str, TakeFacts]) -> tuple[str, ...]:
    take = Take("", now.media, now.source)
    asset = _asset(document, item, take, facts)
    return edit.replace_media(item, asset, start=_start(item, asset, take)).notes


class _Tray:
    """The takes of one clip as an audition: the one that shows first, the others in their order, all of one length."""

    def __init__(self, document: Document, item: views.Item, change: Changed, facts: Mapping[str, TakeFacts]) -> None:
        self.document, self.item, self.now, self.facts = document, item, change.now, facts
        self.owners = Owners(facts)
        # A synchronised clip shows media that is not its own: what the clip showed is what stood there.
        self.first = None if isinstance(item, views.Audition) else change.was.media

    def fill(self) -> Iterator[str]:
        shown = self.now.takes[self.now.active]
        order = (shown, *(take for take in self.now.takes if take is not shown))
        tray = self._tray()
        members: list[views.Item] = []
        for take in order:
            one = self._known(tray, take, members)
            if one is None:
                one = edit.add_take(tray, self._made(tray, take)).item
            members.append(one)
        pick = members[0]
        if pick != tray.pick:
            if has_sound(tray.pick) and not has_sound(pick):
                detach_sound(tray)
                yield f"“{self.now.name}”: its sound is a clip of its own now, below the take."
            yield from _pick(tray, pick)
        rest = [one for one in tray.items if one not in members]
        self._order(tray, [*members, *rest])

    def _tray(self) -> views.Audition:
        if isinstance(self.item, views.Audition):
            return self.item
        return edit.to_audition(self.item).item

    def _known(self, tray: views.Audition, take: Take, used: list[views.Item]) -> views.Item | None:
        """The member of the audition that plays a take's media; its frames are put right."""
        if self.first is not None and take.media == self.first and tray.pick not in used:
            return tray.pick
        places = {take.media.location, *take.media.others} if take.media else set()
        facts = self.facts.get(_name(take))
        for one in tray.items:
            if not isinstance(one, views.Item) or one in used:
                continue
            place = place_of(one)
            if place in places or (facts is not None and _name_of(place) == _name(take)):
                return one
        return next((one for one in tray.items if isinstance(one, views.Item) and self._owns(one, places, used)), None)

    def _owns(self, item: views.Item, places: set[str], used: list[views.Item]) -> bool:
        """Whether an item's ids say it plays that delivered file, whatever its file is called by now."""
        facts = self.owners.of(item) if item not in used else None
        return facts is not None and facts.path in places

    def _made(self, tray: views.Audition, take: Take) -> views.Item:
        asset = _asset(self.document, tray, take, self.facts)
        start = _start(tray, asset, take)
        if sequence_rate(tray) is None:  # a sequence whose format says no frame duration: nothing can be conformed
            attributes = {"ref": asset.id, "name": asset.name, "start": format_time(start)}
            made = new_item(tray, "asset-clip", {**attributes, "duration": format_time(tray.length)})
        else:
            made = edit.clip_of(asset, _timeline(tray), tray.length, start=start)
        if tray.pick.element.get("duration"):
            set_in_order(made, "duration", tray.pick.element.get("duration", ""))
        return made

    def _order(self, tray: views.Audition, wanted: list[views.Item]) -> None:
        """Put waiting takes in order, where they are not; a tray that is in order is not touched."""
        if [one.element for one in tray.items] == [one.element for one in wanted]:
            return
        elements = [one.element for one in tray.items]
        tails = [element.tail for element in elements]
        for one, tail in zip(wanted, tails, strict=True):
            tray.element.append(one.element)
            one.element.tail = tail


def _pick(tray: views.Audition, item: views.Item) -> tuple[str, ...]:
    if sequence_rate(tray) is not None:
        return edit.pick(tray, item).notes
    old = tray.pick  # no frames to count by: the takes are equally long, so that nothing moves
    for child in connected_to(old):
        at = local_offset(child) - old.start + item.start
        child.remove()
        put_place(child, child.element.get("lane"), format_time(at))
        grammar.insert(item.element, child.element)
    layout.remove(item.element)
    layout.insert(tray.element, tray.element.index(old.element), item.element)
    return ()


def _timeline(item: views.Item) -> views.Timeline:
    above = item.parent
    while above is not None and not isinstance(above, views.Timeline):
        above = above.parent
    if above is None:
        raise EditError("The clip stands on no timeline.", hint="Export the project again.")
    return above


def _asset(document: Document, item: views.Item, take: Take, facts: Mapping[str, TakeFacts]) -> views.Asset:
    media = take.media
    if media is None or not media.location or media.frame_count is None:
        raise EditError(f"The take “{take.name or take.key}” has no file.", hint="Generate it again.")
    film, rate = views.root_of(document), media.rate
    frame = 1 / rate.fraction if rate else 1 / (sequence_rate(item) or Fraction(24))
    present = next((one for one in film.resources.assets if one.src and _plays(one, media.location)), None)
    if present is not None:
        return present
    known = facts.get(_name(take))
    return edit.add_asset(
        film,
        media.location,
        duration=Fraction(media.frame_count) * frame,
        format=_format(film, item, known, frame),
        name=_name(take),
    )


def _plays(asset: views.Asset, location: str) -> bool:
    return urls.same_media(asset.src or "", urls.to_url(location))


def _format(film: views.Fcpxml, item: views.Item, known: TakeFacts | None, frame: Fraction) -> views.Format:
    """The sequence's own format where the file has its size and rate, else one of its own."""
    around = next((one for one in item.element.iterancestors("sequence", "multicam")), None)
    element = film.document.resource(around.get("format")) if around is not None else None
    own = views.view_of(element, film.document) if element is not None else None
    size = _size(own)
    wanted = (known.width, known.height) if known is not None and known.width and known.height else size
    if isinstance(own, views.Format) and wanted == size and own.rate == 1 / frame:
        return own
    return edit.add_format(film, frame, *(wanted if all(wanted) else _HD))


def _size(form: object) -> tuple[int, int]:
    said = [form.element.get(name, "") for name in ("width", "height")] if isinstance(form, views.Format) else []
    return (int(said[0]), int(said[1])) if len(said) == 2 and all(map(str.isdigit, said)) else (0, 0)


def _start(item: views.Item, asset: views.Asset, take: Take) -> Fraction:
    rate = take.media.rate.fraction if take.media and take.media.rate else sequence_rate(item)
    if take.source is None or not rate:
        return asset.start
    return asset.start + Fraction(take.source.start) / rate


def _name(take: Take) -> str:
    return _name_of(take.media.location) if take.media else ""


def _name_of(place: str) -> str:
    return place.replace("\\", "/").rpartition("/")[2]
