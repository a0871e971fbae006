"""The document that goes back to Final Cut: the one it exported, edited.

What did not change keeps its bytes, whatever it is. The project gets a name of its own, so that Final Cut asks nothing
and replaces nothing; ``import-options`` say which library it goes into.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from takebridge.cut.model import Clip, Cut, Gap, Item, Media, Take, Track, clips_of, tile, tracks_of
from takebridge.hosts.final_cut_dress import dress
from takebridge.hosts.final_cut_edit import apply, changed_in_place
from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge.interchange.fcpxml_cut import document_of
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.edit.adopt import adopt
from takebridge_fcpxml.edit.importing import (
    COPY_ASSETS,
    LIBRARY,
    SUPPRESS_WARNINGS,
    library_location,
    set_import_options,
)
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.otio.origins import origins
from takebridge_fcpxml.urls import to_url
from takebridge_fcpxml.view import root_of


def answered(
    source: Document, exported: Cut, was: Cut, now: Cut, name: str, known: Mapping[str, TakeFacts], library: str = ""
) -> tuple[Document, tuple[str, ...]]:
    """Return the document of ``now`` and what is to be said of it; ``source`` is edited where that can be done.

    ``exported`` is the document's cut as read, ``was`` the same with the bridge's own names and places; ``library`` is
    a library's file URL, "" for the one it was exported from. Raises FcpxmlError.
    """
    document, notes = _edited(source, exported, was, now, known)
    dress(document, known)
    _rename(document, exported, name)
    _whole_paths(document)
    place = library or library_location(root_of(document))
    options = {LIBRARY: place} if place.startswith("file:") else {}
    set_import_options(root_of(document), {**options, COPY_ASSETS: "0", SUPPRESS_WARNINGS: "1"})
    return document, notes


def _edited(
    source: Document, exported: Cut, was: Cut, now: Cut, known: Mapping[str, TakeFacts]
) -> tuple[Document, tuple[str, ...]]:
    """Only the changed clips where nothing else changed, else the whole cut through its carried document."""
    clips = changed_in_place(was, now)
    if clips is not None:
        work = source.copy()
        try:
            return work, tuple(apply(work, origins(work), clips, known))
        except FcpxmlError:
            pass  # what cannot be edited in place is written as a cut
    made, losses = document_of(replace(_as_exported(now, exported, was), name=now.name))
    work = source.copy()
    work.bundle = source.bundle
    adopt(work, made)
    return work, tuple(losses)


def _as_exported(now: Cut, exported: Cut, was: Cut) -> Cut:
    """The cut with media where the document has it."""
    back: dict[str, str] = {}
    for (_, mine), (_, theirs) in zip(clips_of(was), clips_of(exported), strict=False):
        for one, other in zip(_medias(mine), _medias(theirs), strict=False):
            if one and other and one.location != other.location:
                back[one.location] = other.location
    hidden = {(kind, number): theirs for kind, number, theirs in tracks_of(exported) if theirs.kind == "video"}

    def home(media: Media | None) -> Media | None:
        return replace(media, location=back[media.location]) if media and media.location in back else media

    def take(one: Take) -> Take:
        return replace(one, media=home(one.media))

    tracks = []
    for kind, number, track in tracks_of(now):
        items = tuple(
            replace(item, media=home(item.media), takes=tuple(map(take, item.takes)))
            if isinstance(item, Clip)
            else item
            for item in track.items
        )
        tracks.append(replace(track, items=_with_sound(items, hidden.get((kind, number)))))
    return replace(now, tracks=tuple(tracks))


def _with_sound(items: tuple[Item, ...], exported: Track | None) -> tuple[Item, ...]:
    """What the cut does not show of a track, because it is sound, where there is still room for it."""
    taken = [item.record for item in items if not isinstance(item, Gap)]
    lost = [
        item
        for item in (exported.items if exported else ())
        if isinstance(item, Clip) and Gap(item.record) in items and not any(item.record.overlaps(one) for one in taken)
    ]
    return tile([*items, *lost]) if lost else items


def _medias(clip: Clip) -> list[Media | None]:
    return [clip.media, *(take.media for take in clip.takes)]


def _rename(document: Document, exported: Cut, name: str) -> None:
    """Name the project; what names it to Final Cut alone would make it the one it was made from."""
    projects = [one for one in root_of(document).projects if one.element.find("sequence") is not None]
    extras = exported.extras.get("fcpxml")
    index = extras.get("index", 0) if isinstance(extras, dict) else 0
    if not projects or not isinstance(index, int):
        return
    project = projects[index if index < len(projects) else 0]
    project.element.set("name", name)
    for attribute in ("uid", "id", "modDate"):
        project.element.attrib.pop(attribute, None)


def _whole_paths(document: Document) -> None:
    """Media a bundle names from inside itself, from outside: an answer is one file."""
    bundle = document.bundle
    if bundle is None:
        return
    for element in document.root.iter("media-rep", "asset", "locator"):
        for attribute in ("src", "url"):
            text = element.get(attribute)
            if text and ":" not in text.partition("/")[0] and not text.startswith("/"):
                inside = bundle.absolute() / PurePosixPath(text.removeprefix("./"))
                element.set(attribute, to_url(Path(inside)))
