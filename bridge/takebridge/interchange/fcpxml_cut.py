"""FCPXML as a cut and back, through the FCPXML library: the document the host exported is edited, not made anew.

The library's OTIO carries each item's own XML; it travels in the cut's extras, so what a cut has no word for comes back
as it was. Takes are auditions, lanes are tracks, captions a subtitle track.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from takebridge.cut.model import Clip, Cut, Span, Track, whole
from takebridge.cut.stamp import find_stamps
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.fcpxml_captions import write_captions
from takebridge.interchange.fcpxml_generated import dress_generated
from takebridge.interchange.otio_facts import CARRIED, OURS, metadata_of, schema, section, text_of
from takebridge.interchange.otio_json import lines_of, plain_json, rebuild
from takebridge.interchange.otio_media import (
    DEFAULT_KEY,
    begin_of_take,
    is_mob_chain,
    location_of,
    media_of,
    references_of,
)
from takebridge.interchange.otio_read import cut_of_json
from takebridge.interchange.otio_time import Json, range_of, seconds_of
from takebridge.interchange.otio_write import timeline_json, url_of
from takebridge.timebase import FrameRate
from takebridge_fcpxml import identity
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.otio import from_otio, to_otio
from takebridge_fcpxml.otio.tracks import standing
from takebridge_fcpxml.placement import place, sequence_rate
from takebridge_fcpxml.targets import for_target
from takebridge_fcpxml.view import Caption, Item, Project, Sequence, root_of, view_of

FORMAT = "fcpxml"
_CAPTIONS = "captions"


def read_fcpxml(
    path: Path, *, known_files: Mapping[str, str] | None = None, project: str = ""
) -> tuple[Cut, list[str]]:
    """Return the cut of one project of a file or bundle and what it does not say.

    The project named, else the first that shows something. Raises FcpxmlError, and InvalidDocumentError for a name
    there is none of.
    """
    document = Document.read(path)
    projects = [one for one in root_of(document).projects if one.element.find("sequence") is not None]
    if not projects:
        clips = len(root_of(document).clips)
        line = f"There is no project in it, so nothing to show: its {clips} clips in the browser pass through."
        return _empty(document, path), [line]
    index, losses = _choose(projects, project)
    found, report = to_otio(document)
    whole_thing = plain_json(found)
    collection = None
    value = whole_thing
    if isinstance(found, otio.schema.SerializableCollection):
        value = whole_thing["children"][index]
        children = [None if number == index else one for number, one in enumerate(whole_thing["children"])]
        collection = {**whole_thing, "children": children}
    sequence = projects[index].sequence
    rate = _rate(sequence)
    cut, said = cut_of_json(value, rate=rate, known_files=known_files)
    captions = _captions(sequence, cut)
    extras: Json = {"version": document.version, _CAPTIONS: len(captions.items) if captions else 0}
    if collection is not None:
        # As text: OTIO would take the objects in it for its own.
        extras["collection"], extras["index"] = json.dumps(collection), index
    cut = replace(
        cut,
        tracks=(*cut.tracks, captions) if captions else cut.tracks,
        drop_frame=(sequence.element.get("tcFormat") or "NDF") == "DF",
        width=_size(sequence, "width"),
        height=_size(sequence, "height"),
        project_name=cut.project_name or projects[index].name,
        timeline_id=projects[index].element.get("uid", ""),
        extras={**cut.extras, FORMAT: extras},
    )
    return cut, [*losses, *said, *lines_of(report)]


def _empty(document: Document, path: Path) -> Cut:
    text = document.to_bytes().decode("utf-8")
    return Cut(path.stem, FrameRate(24), extras={FORMAT: {"document": text}})


def _choose(projects: list[Project], name: str) -> tuple[int, list[str]]:
    names = [one.name for one in projects]
    if name:
        if name not in names:
            known = ", ".join(f"“{one}”" for one in names)
            raise InvalidDocumentError(f"There is no project “{name}” in it.", hint=f"There are {known}.")
        return names.index(name), []
    shown = (number for number, one in enumerate(projects) if one.element.find("sequence/spine/*") is not None)
    index = next(shown, 0)
    if len(projects) == 1:
        return index, []
    others = ", ".join(f"“{one}”" for number, one in enumerate(names) if number != index)
    return index, [f"There are {len(projects)} projects in it: “{names[index]}” was read, not {others}."]


def _rate(sequence: Sequence) -> FrameRate | None:
    exact = sequence_rate(sequence)
    return FrameRate.of_media(exact) if exact and 1 <= exact <= 1000 else None


def _size(sequence: Sequence, name: str) -> int:
    form = sequence.format
    text = form.element.get(name, "") if form is not None else ""
    return int(text) if text.isdigit() and len(text) < 6 else 0


def _captions(sequence: Sequence, cut: Cut) -> Track | None:
    """Captions as a track of their own; they stay where they hang in the document."""
    try:
        origin = sequence.tc_start
    except FcpxmlError:
        origin = Fraction(0)
    clips = [
        _caption(one.item, one.record_start - origin, one.duration, cut.rate)
        for one in place(sequence, problems=[])
        if isinstance(one.item, Caption) and one.duration >= 0
    ]
    if not clips:
        return None
    return Track("subtitle", tuple(sorted(clips, key=lambda clip: clip.record.start)), name="Captions")


def _caption(item: Item, start: Fraction, length: Fraction, rate: FrameRate) -> Clip:
    record = Span.of(whole(start * rate.fraction), whole(length * rate.fraction))
    return Clip(item.name, record, kind="caption", role=item.element.get("role", ""), enabled=item.enabled)


def write_fcpxml(cut: Cut, path: Path, *, target: str = "") -> list[str]:
    """Write a cut as a file or bundle, in the version its document had (else 1.10), and return what it does not hold.

    ``target`` is "", "fcp" or "resolve". Raises FcpxmlError; what stood at ``path`` is then as it was.
    """
    document, losses = document_of(cut)
    if target:
        document, report = for_target(document, target)
        losses += lines_of(report)
    path.parent.mkdir(parents=True, exist_ok=True)
    document.write(path)
    return losses


def document_of(cut: Cut) -> tuple[Document, list[str]]:
    """Return the document of a cut and what it does not hold."""
    extras = cut.extras.get(FORMAT)
    own: Json = extras if isinstance(extras, dict) else {}
    if isinstance(own.get("document"), str) and not cut.tracks:
        return Document.parse(own["document"]), []
    losses = _lost_captions(cut, own) if own else []
    tracks = tuple(track for track in cut.tracks if track.kind != "subtitle")
    kept = {name: one for name, one in cut.extras.items() if name != FORMAT}
    pictures = replace(cut, tracks=tracks, extras=kept)
    value, said = timeline_json(pictures)
    value = _begun(value, cut.rate) if own else _foreign(value, cut.rate)
    document, report = from_otio(rebuild(_whole(value, own), cut.name or "The cut"))
    _stamp(document)
    if not own:
        _dress(document, cut)
        dress_generated(document, pictures)
        losses += _unheard(document, pictures)
        losses += write_captions(document, cut)
    return document, [*losses, *said, *lines_of(report)]


def _foreign(value: Json, rate: FrameRate) -> Json:
    """A timeline of another format without what the library would read as more than it is: the ways of an AAF to one
    source are no takes, and ranges of whole tracks are not heeded by a cut."""
    changed = dict(value)
    if schema(value) == "Clip":
        found = references_of(value, "")
        if is_mob_chain(found):
            changed["media_references"] = {DEFAULT_KEY: found.by_key[found.active]}
            changed["active_media_reference_key"] = DEFAULT_KEY
        known = changed.get("media_references")
        if isinstance(known, dict):
            changed["media_references"] = {key: _addressed(one, value, rate) for key, one in known.items()}
    if schema(value) == "Track" and value.get("source_range") is not None:
        changed["source_range"] = None
    if isinstance(value.get("tracks"), dict):
        changed["tracks"] = _foreign(value["tracks"], rate)
    if isinstance(value.get("children"), list):
        changed["children"] = [_foreign(child, rate) for child in value["children"]]
    return changed


def _addressed(reference: Json, clip: Json, rate: FrameRate) -> Json:
    """A reference whose place is a URL: other formats have bare paths, drives as hosts and backslashes. A title whose
    words nobody says shows its name."""
    if schema(reference) == "GeneratorReference" and text_of(reference, "generator_kind") == "title":
        words = {"text": text_of(clip, "name"), **(reference.get("parameters") or {})}
        return {**reference, "parameters": words}
    if schema(reference) != "ExternalReference":
        return reference
    made = {**reference, "target_url": url_of(location_of(reference))}
    begin = _begin_of(reference, clip, rate)
    return made if begin is None else {**made, "metadata": _told(reference, begin)}


def _begin_of(reference: Json, clip: Json, rate: FrameRate) -> Fraction | None:
    """The media time a waiting take begins with, where the cut says it."""
    media, begin = media_of(reference, rate, text_of(clip, "name")), begin_of_take(section(reference, OURS))
    if media is None or begin is None:
        return None
    return (begin + (media.start or 0)) / (media.rate or rate).fraction


def _told(reference: Json, begin: Fraction) -> Json:
    """The metadata of a reference that tells the library where its take begins."""
    told = {"in": f"{begin.numerator}/{begin.denominator}"}
    return {**metadata_of(reference), CARRIED: {**section(reference, CARRIED), **told}}


def _begun(value: Json, rate: FrameRate) -> Json:
    """A timeline of a document of ours whose waiting takes tell where they begin, and the one that plays that its
    source range does."""
    changed = dict(value)
    known = changed.get("media_references")
    if schema(value) == "Clip" and isinstance(known, dict) and len(known) > 1:
        active = changed.get("active_media_reference_key")
        changed["media_references"] = {
            key: _begins(one, value, rate, active=key == active) for key, one in known.items()
        }
    if isinstance(value.get("tracks"), dict):
        changed["tracks"] = _begun(value["tracks"], rate)
    if isinstance(value.get("children"), list):
        changed["children"] = [_begun(child, rate) for child in value["children"]]
    return changed


def _begins(reference: Json, clip: Json, rate: FrameRate, *, active: bool) -> Json:
    span = range_of(clip.get("source_range"), text_of(clip, "name")) if active else None
    begin = seconds_of(span[0], text_of(clip, "name")) if span else _begin_of(reference, clip, rate)
    return reference if begin is None else {**reference, "metadata": _told(reference, begin)}


def _unheard(document: Document, cut: Cut) -> list[str]:
    """Clips that the document, read back, does not show at their place: nothing goes without being named."""
    places = Counter(
        ("audio" if sound else "video", Span(*(whole(at * cut.rate.fraction) for at in (start, end))))
        for project in root_of(document).projects
        if project.element.find("sequence") is not None
        for sound, start, end in standing(project.sequence)
        if end >= start
    )
    losses: list[str] = []
    for track in cut.tracks:
        for clip in track.clips:
            if not clip.record.duration or places[track.kind, clip.record] > 0:
                places[track.kind, clip.record] -= 1
            elif track.kind == "audio":
                losses.append(f"“{clip.name}” (sound) is heard as part of its picture, or not as a clip of its own.")
            else:
                losses.append(f"“{clip.name}” at frame {clip.record.start} does not stand at its place.")
    return losses


def _whole(value: Json, own: Json) -> Json:
    """The timeline in the collection it was one of, with the other projects of its document."""
    text, index = own.get("collection"), own.get("index")
    if not isinstance(text, str) or not isinstance(index, int):
        return value
    collection: Json = json.loads(text)
    children = [value if number == index else one for number, one in enumerate(collection["children"])]
    return {**collection, "children": children}


def _lost_captions(cut: Cut, own: Json) -> list[str]:
    """Captions of a document of ours stay as they are in it."""
    count = sum(len(track.clips) for track in cut.tracks if track.kind == "subtitle")
    kept = own.get(_CAPTIONS, 0)
    if count == kept:
        return []
    if not kept:
        return [f"{count} captions are not written."]
    return [f"Captions stand as in the document it came from ({kept}); the cut has {count}."]


def _stamp(document: Document) -> None:
    """Stamps beside the marker that carries them: in the item's metadata and a keyword."""
    for marker in list(document.root.iter("marker")):
        found = find_stamps(f"{marker.get('value', '')} {marker.get('note', '')}")
        parent = marker.getparent()
        item = None if parent is None else view_of(parent, document)
        if not found or not isinstance(item, Item) or identity.read(item).ids.get("stamp") == found[0]:
            continue
        try:
            identity.stamp(item, {**identity.read(item).ids, "stamp": found[0]})
        except FcpxmlError:
            continue


def _dress(document: Document, cut: Cut) -> None:
    """Frame size and timecode of a document made anew."""
    for project in root_of(document).projects:
        sequence: Any = project.element.find("sequence")
        if sequence is None:
            continue
        if cut.drop_frame and cut.rate.allows_drop:
            sequence.set("tcFormat", "DF")
        form = document.resource(sequence.get("format"))
        if form is not None and cut.width and cut.height:
            form.set("width", str(cut.width))
            form.set("height", str(cut.height))
            form.attrib.pop("name", None)
