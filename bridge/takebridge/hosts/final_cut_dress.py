"""What Final Cut shows of a take: role, keywords, a to-do marker while nobody reviewed it, a favourite while it is
pinned, and its ids in metadata and keyword.

A take that stands in the document already keeps what people made of it: its role is set once, a to-do marker they
ticked off stays ticked off; keywords and marks of ours are brought up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge.hosts.final_cut_ids import place_of
from takebridge.interchange.generated_media import PENDING, PINNED, REVIEWED, VIDEO_ROLE, WAITING
from takebridge_fcpxml import identity
from takebridge_fcpxml import view as views
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.times import format_time

_STATES = frozenset({PINNED, WAITING, PENDING, REVIEWED})
_NOTE = "AI take"
"""Says that a rating or keyword is ours; Final Cut keeps the note of a mark."""


def dress(document: Document, known: Mapping[str, TakeFacts]) -> None:
    """Bring every take of ours in the document's projects up to date."""
    for element in list(document.root.iter("asset-clip")):
        item = views.view_of(element, document)
        if not isinstance(item, views.AssetClip) or not _in_project(item):
            continue
        facts = known.get(place_of(item).replace("\\", "/").rpartition("/")[2])
        if facts is not None and element.get("srcEnable") != "audio":
            _dress(item, facts)


def _in_project(item: views.Item) -> bool:
    return next(item.element.iterancestors("project"), None) is not None


def _dress(item: views.AssetClip, facts: TakeFacts) -> None:
    fresh = not identity.read(item).votes
    if fresh:
        _roles(item, facts)
    _keywords(item, facts)
    _review(item, facts)
    _favourite(item, facts)
    identity.stamp(item, facts.ids)


def _roles(item: views.AssetClip, facts: TakeFacts) -> None:
    asset = item.asset
    if asset is not None and asset.has_video:
        item.element.set("videoRole", VIDEO_ROLE)
    if asset is not None and asset.has_audio:
        item.element.set("audioRole", facts.audio_role)


def _keywords(item: views.AssetClip, facts: TakeFacts) -> None:
    value = ",".join(facts.words)
    ours = [one for one in item.keywords if not _STATES.isdisjoint(one.words)]
    for extra in ours[1:]:
        extra.remove()
    if not ours:
        made = item.add_keyword(value, start=item.start, duration=item.length)
        _spell(made, item)
    elif set(ours[0].words) != set(facts.words):
        others = [word for word in ours[0].words if word not in _STATES and word not in facts.words]
        ours[0].value = ",".join((*facts.words, *others))


def _review(item: views.AssetClip, facts: TakeFacts) -> None:
    """A to-do marker while the review is pending, done once somebody rated the take."""
    mark = next((one for one in item.children(views.Marker) if one.value == PENDING), None)
    if mark is None and facts.pending:
        made = item.add_marker(item.start, PENDING, duration=_frame(item), completed=False)
        _spell(made, item, duration=_frame(item))
        made.element.set("note", identity.word(facts.ids))
    elif mark is not None and not facts.pending and mark.completed is not True:
        mark.element.set("completed", "1")


def _favourite(item: views.AssetClip, facts: TakeFacts) -> None:
    ours = [one for one in item.ratings if one.element.get("note") == _NOTE]
    if facts.pinned and not any(one.value == "favorite" for one in item.ratings):
        made = item.add_rating("favorite", start=item.start, duration=item.length)
        _spell(made, item)
        made.element.set("note", _NOTE)
    if not facts.pinned:
        for one in ours:
            one.remove()


def _spell(mark: views.Mark, item: views.Item, *, duration: Fraction | None = None) -> None:
    """Times spelled as the item spells its own."""
    if item.element.get("start"):
        mark.element.set("start", item.element.get("start", ""))
    length = format_time(duration) if duration is not None else item.element.get("duration")
    if length:
        mark.element.set("duration", length)


def _frame(item: views.Item) -> Fraction:
    rate = sequence_rate(item)
    return 1 / rate if rate else Fraction(1, 24)
