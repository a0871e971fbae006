"""Whose take each clip of a Final Cut document shows, by majority of the three places an id stands in.

Metadata goes when the export's metadata view does not show it, a keyword when a person removes it, the file's name when
media is copied or renamed: two of the three places outvote the third, one alone is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from lxml import etree

from takebridge.cut.model import Clip, Cut, Gap, Item, Media, Take, Track
from takebridge.cut.stamp import majority
from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge_fcpxml import identity, urls
from takebridge_fcpxml import view as views
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.otio.origins import origins

_CARRIED = "takebridge_fcpxml"
_PLACES = ("md", "note", "file")


def element_of(clip: Clip, found: Mapping[str, etree._Element]) -> etree._Element | None:
    """Return the element a clip of the document's cut came from; None for one that came from elsewhere."""
    said: object = clip.extras.get("otio")
    for name in ("metadata", _CARRIED, "key"):
        said = said.get(name) if isinstance(said, Mapping) else None
    return found.get(said) if isinstance(said, str) else None


def items_in(element: etree._Element, document: Document) -> list[views.Item]:
    """Return the takes of an audition, the pick first; of any other item itself."""
    item = views.view_of(element, document)
    if isinstance(item, views.Audition):
        return [one for one in item.items if isinstance(one, views.Item)]
    return [item] if isinstance(item, views.Item) else []


def place_of(item: views.Item) -> str:
    """Return the path of the media an item plays, "" for none."""
    asset = getattr(item, "asset", None)
    if asset is None and isinstance(item, views.Clip):
        asset = next((part.asset for part in item.contents if isinstance(part, views.MediaItem)), None)
    return (urls.to_path(asset.src) or asset.src) if asset is not None and asset.src else ""


def identified(cut: Cut, document: Document, known: Mapping[str, TakeFacts]) -> Cut:
    """Return the document's cut with stamps, takes and the bridge's own places of delivered media."""
    found, index = origins(document), Owners(known)

    def on(track: Track) -> Track:
        if track.kind != "video":
            return track
        return replace(track, items=tuple(_clip(item, document, found, index) for item in track.items))

    return replace(cut, tracks=tuple(map(on, cut.tracks)))


def _is_sound(element: etree._Element) -> bool:
    """Whether a synchronised clip below the primary storyline has no picture: sound that was set apart from a take."""
    if element.tag != "sync-clip" or not element.get("lane", "").startswith("-"):
        return False
    pictures = [*element.iter("video", "title", "mc-clip"), *element.iter("asset-clip", "ref-clip")]
    return not any(one.get("srcEnable") != "audio" for one in pictures)


class Owners:
    """Delivered files by what stands in a document."""

    def __init__(self, known: Mapping[str, TakeFacts]) -> None:
        self.by_name = known
        newest = sorted(known.values(), key=lambda facts: facts.order)
        self.by_take = {facts.take: facts for facts in newest}
        self.by_file = {facts.file: facts for facts in newest}

    def of(self, item: views.Item) -> TakeFacts | None:
        """The delivered file an item plays: what most places say."""
        named = self.by_name.get(PurePosixPath(place_of(item)).name)
        votes = list(identity.read(item).votes)
        take = majority([*_said(votes, "take"), named.take if named else ""])
        if not take:
            return None
        if named is not None and named.take == take:
            return named
        file = self.by_file.get(majority(_said(votes, "file")))
        return file if file is not None and file.take == take else self.by_take.get(take)


def _said(votes: Iterable[identity.Vote], key: str) -> list[str]:
    given = list(votes)
    return [next((v.value for v in given if v.place == place and v.key == key), "") for place in _PLACES]


def _clip(item: Item, document: Document, found: Mapping[str, etree._Element], index: Owners) -> Item:
    element = element_of(item, found) if isinstance(item, Clip) else None
    if not isinstance(item, Clip) or element is None:
        return item
    if _is_sound(element):
        return Gap(item.record)
    owners = [(place_of(one), facts) for one in items_in(element, document) if (facts := index.of(one)) is not None]
    if not owners:
        return item
    at_home = dict(owners)
    takes = tuple(_take(take, at_home) for take in item.takes)
    shown = at_home.get(item.media.location) if item.media else None
    stamp = item.stamp or majority(facts.stamp for _, facts in owners)
    media = takes[item.active].media if takes else _media(item.media, shown)
    return replace(item, takes=takes, media=media, stamp=shown.stamp if shown else stamp)


def _take(take: Take, at_home: Mapping[str, TakeFacts]) -> Take:
    facts = at_home.get(take.media.location) if take.media else None
    if facts is None:
        return take
    return replace(take, take_id=facts.take, media=_media(take.media, facts))


def _media(media: Media | None, facts: TakeFacts | None) -> Media | None:
    return media if media is None or facts is None else replace(media, location=facts.path)
