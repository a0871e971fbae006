"""Final Cut Pro 7 XML (xmeml) as a cut. docs/xmeml.md has the mapping table.

Reads whole documents, documents of bins and projects, and fragments (a sequence, a track, a clip item, a filter). Of
several sequences the first that no clip nests is read; the others are named in the losses and kept as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree
from pydantic import JsonValue

from takebridge.cut.model import Clip, Cut, Extras, Item, Media, Track, TrackKind
from takebridge.errors import InvalidDocumentError
from takebridge.interchange.xmeml_keep import clip_values, kept, kept_text, reach_of
from takebridge.interchange.xmeml_markers import marker_values, markers_of
from takebridge.interchange.xmeml_media import media_of
from takebridge.interchange.xmeml_parse import (
    Document,
    Element,
    parse_document,
    serialized,
    text_of,
    words_of,
)
from takebridge.interchange.xmeml_times import number_at, rate_of, timecode_at
from takebridge.interchange.xmeml_tracks import track_of
from takebridge.timebase import FrameRate

MAX_NESTING = 48
MAX_CLIPS = 1_000_000
TRACKS_HERE = "takebridge-tracks"
TIMELINE_HERE = "takebridge-timeline"
"""Stand in kept texts where the tracks and the sequence stood."""

_FALLBACK = FrameRate(25)


def read_xmeml(data: bytes, *, known_files: Mapping[str, str] | None = None) -> tuple[Cut, tuple[str, ...]]:
    """Read a document as its cut and what could not be read of it, one line each.

    ``known_files`` maps names of delivered files to stamps.
    Raises InvalidDocumentError for broken, unsafe or endless documents and for a sequence without a rate,
    UnsupportedFormatError for XML of another kind.
    """
    document = parse_document(data)
    reading = _Reading(document, known_files or {})
    root = document.root
    if root.tag in ("track", "clipitem", "generatoritem"):
        cut = _fragment(root, reading)
    elif root.tag == "filter":
        reading.losses.append("The document is a single filter: it has no clips.")
        cut = Cut(name="", rate=_FALLBACK, extras={"xmeml": {"fragment": serialized(root)}})
    else:
        cut = _whole(root, reading)
    return cut, tuple(dict.fromkeys(reading.losses))


@dataclass(slots=True)
class _Reading:
    """One reading of a document: what is known so far. Nested sequences and media are read once."""

    document: Document
    known_files: Mapping[str, str] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    cuts: dict[Element, Cut] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    open: list[Element] = field(default_factory=list)
    media: dict[Element, Media] = field(default_factory=dict)

    def file_of(self, stub: Element) -> Element | None:
        """Return the definition of a `<file>`."""
        return self.document.definition(stub)

    def media_of(self, stub: Element, rate: FrameRate, name: str) -> Media | None:
        """Return the media of a `<file>`, the same value for all clips of it."""
        definition = self.file_of(stub)
        if definition is None:
            file = stub.get("id", "")
            self.losses.append(f"“{name}”: the document does not say what its file “{file}” is.")
            return Media(name=text_of(stub, "name") or name, id=file)
        if definition not in self.media:
            self.media[definition] = media_of(definition, rate)
        return self.media[definition]

    def nested(self, stub: Element, name: str) -> Cut | None:
        """Return the cut a clip nests, read once however often it is used; None when it is missing or nests itself."""
        definition = self.document.definition(stub)
        if definition is None or definition in self.open:
            why = "is not in the document" if definition is None else "would show itself"
            self.losses.append(f"“{name}”: the sequence it shows {why}.")
            return None
        if definition not in self.cuts:
            self.cuts[definition] = self.cut_of(definition)
        return self.cuts[definition]

    def cut_of(self, sequence: Element) -> Cut:
        """Read a `<sequence>`. Raises InvalidDocumentError for endless nesting."""
        if len(self.open) >= MAX_NESTING:
            raise InvalidDocumentError(
                f"Sequences are nested more than {MAX_NESTING} deep.", hint="Export the inner sequences on their own."
            )
        self.open.append(sequence)
        cut = _sequence(sequence, self)
        self.open.pop()
        size = sum(1 + self.sizes.get(id(one.inner), 0) for track in cut.tracks for one in track.clips)
        if size > MAX_CLIPS:
            raise InvalidDocumentError(
                f"Unfolded, “{cut.name}” has more than {MAX_CLIPS:,} clips.", hint="Export its inner sequences instead."
            )
        self.sizes[id(cut)] = size
        return cut


def _whole(root: Element, reading: _Reading) -> Cut:
    """Read the first sequence that stands on its own, and keep what is around it."""
    sequences = [one for one in root.iter("sequence") if len(one) and one not in reading.document.own]
    own = reading.document.own.values()
    uses = [stub for scope in (root, *own) for stub in scope.iter("sequence")]
    nested = {stub.get("id") for stub in uses if not len(stub) and stub.get("id")}
    nested |= {one.get("id") for one in own if one.tag == "sequence" and one.get("id")}
    top = [one for one in sequences if one.get("id") not in nested or not one.get("id")] or sequences
    if not top:
        raise InvalidDocumentError(
            "The document has no sequence.",
            hint="Select the sequence in the editor and export it as Final Cut Pro XML.",
        )
    for other in top[1:]:
        reading.losses.append(f"The sequence “{text_of(other, 'name')}” is not read: only the first of a document is.")
    cut = reading.cut_of(top[0])
    project = next((one for one in top[0].iterancestors("project")), None)
    return replace(cut, project_name=words_of(project, "name"), extras=_around(cut, root, top[0], reading))


def _around(cut: Cut, root: Element, sequence: Element, reading: _Reading) -> Extras:
    """Add the rest of the document to the cut's extras, with the files only the rest uses."""
    parent = sequence.getparent()
    if parent is None:
        return cut.extras
    # Angles that are not shown name files too, which no clip of the cut has as its media.
    angles = [one for scope in (root, *reading.document.own.values()) for one in scope.iter("multiclip")]
    parent.replace(sequence, etree.Element(TIMELINE_HERE))
    stubs = [reading.document.definition(stub) for scope in (root, *angles) for stub in scope.iter("file")]
    files: dict[str, JsonValue] = {one.get("id", ""): serialized(one) for one in stubs if one is not None}
    return {**cut.extras, "xmeml": {**kept(cut.extras), "document": serialized(root), "files": files}}


def _sequence(sequence: Element, reading: _Reading) -> Cut:
    name = words_of(sequence, "name")
    rate = rate_of(sequence) or rate_of(sequence, "media/video/format/samplecharacteristics/rate")
    rate = rate or rate_of(sequence, "timecode/rate")
    if rate is None:
        raise InvalidDocumentError(
            f"The sequence “{name}” has no frame rate that can be.", hint="Export the sequence again."
        )
    elements = [(kind, one) for kind in ("video", "audio") for one in sequence.findall(f"media/{kind}/track")]
    tracks = tuple(track_of(one, "video" if kind == "video" else "audio", rate, reading) for kind, one in elements)
    start, drop = timecode_at(sequence, rate)
    picture = "media/video/format/samplecharacteristics"
    cut = Cut(
        name=name,
        rate=rate,
        tracks=_linked(tracks, rate),
        start=start or 0,
        drop_frame=drop and rate.allows_drop,
        width=_size(sequence, f"{picture}/width"),
        height=_size(sequence, f"{picture}/height"),
        markers=markers_of(sequence.findall("marker"), lambda frame: frame),
        timeline_id=text_of(sequence, "uuid"),
    )
    read: dict[str, JsonValue] = {**sequence_values(cut), "duration": text_of(sequence, "duration")}
    return replace(cut, extras={"xmeml": {"sequence": _shell(sequence), "read": read}})


def sequence_values(cut: Cut) -> dict[str, JsonValue]:
    """Return what a sequence says beside its tracks, as text, for the writer to compare."""
    return {
        "name": cut.name,
        "rate": str(cut.rate),
        "end": str(cut.end),
        "start": f"{cut.start} {cut.drop_frame}",
        "size": f"{cut.width}x{cut.height}",
        "markers": marker_values(cut.markers),
    }


def _size(sequence: Element, path: str) -> int:
    value = number_at(sequence, path)
    return value if isinstance(value, int) and 0 < value < 100_000 else 0


def _shell(sequence: Element) -> str:
    """Return the sequence without its tracks, `TRACKS_HERE` in their place."""
    shell = etree.Element("sequence", dict(sequence.attrib))
    for child in sequence:
        shell.append(_media_shell(child) if child.tag == "media" else _copy(child))
    return serialized(shell)


def _media_shell(media: Element) -> Element:
    shell = etree.Element("media")
    for kind in media:
        if kind.tag not in ("video", "audio"):
            shell.append(_copy(kind))
            continue
        inside = etree.SubElement(shell, kind.tag, dict(kind.attrib))
        placed = False
        for child in kind:
            if child.tag != "track":
                inside.append(_copy(child))
            elif not placed:
                placed = True
                etree.SubElement(inside, TRACKS_HERE)
        if not placed:
            etree.SubElement(inside, TRACKS_HERE)
    return shell


def _copy(element: Element) -> Element:
    return etree.fromstring(serialized(element))


def _linked(tracks: Sequence[Track], rate: FrameRate) -> tuple[Track, ...]:
    """Give linked clips their common link, and every clip the values it was read with."""
    groups = _groups(tracks)
    return tuple(replace(track, items=_finished(track.items, groups, rate)) for track in tracks)


def _finished(items: tuple[Item, ...], groups: dict[str, str], rate: FrameRate) -> tuple[Item, ...]:
    finished: list[Item] = []
    for index, item in enumerate(items):
        if isinstance(item, Clip):
            clip = replace(item, link=groups.get(_id_and_links(item)[0], ""))
            values = clip_values(clip, reach_of(items, index), rate)
            item = replace(clip, extras={**clip.extras, "xmeml": {**kept(clip.extras), "read": values}})
        finished.append(item)
    return tuple(finished)


def _groups(tracks: Sequence[Track]) -> dict[str, str]:
    """Return the link of every clip item that is linked to another, by its id: the id of its group's first."""
    links = dict(_id_and_links(clip) for track in tracks for clip in track.clips)
    links.pop("", None)
    root = {name: name for name in links}

    def leader(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for name, others in links.items():
        for other in others:
            if other in root:
                root[leader(other)] = leader(name)
    members: dict[str, list[str]] = {}
    for name in links:
        members.setdefault(leader(name), []).append(name)
    return {name: group[0] for group in members.values() if len(group) > 1 for name in group}


def _id_and_links(clip: Clip) -> tuple[str, tuple[str, ...]]:
    links = kept(clip.extras).get("links")
    return kept_text(clip.extras, "id"), tuple(str(one) for one in links) if isinstance(links, list) else ()


def _fragment(root: Element, reading: _Reading) -> Cut:
    """Read a track or a clip item on its own as a cut of one track, at the rate of its first item."""
    track = root if root.tag == "track" else etree.Element("track")
    if track is not root:
        track.append(root)
    rate = next((rate for rate in map(rate_of, track) if rate), None)
    if rate is None:
        reading.losses.append(f"The <{root.tag!s}> does not say its frame rate; 25 is taken.")
    sound = text_of(track, "clipitem/sourcetrack/mediatype") == "audio" or track.find("outputchannelindex") is not None
    kind: TrackKind = "audio" if sound else "video"
    tracks = _linked((track_of(track, kind, rate or _FALLBACK, reading),), rate or _FALLBACK)
    cut = Cut(name=words_of(track, "clipitem/name"), rate=rate or _FALLBACK, tracks=tracks)
    reading.losses.append(
        f"The document is a single <{root.tag!s}>: its sequence's name, timecode and size are unknown."
    )
    return cut
