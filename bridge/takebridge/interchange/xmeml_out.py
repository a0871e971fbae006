"""A cut as Final Cut Pro 7 XML (xmeml) for Premiere, Resolve and Final Cut 7. docs/xmeml.md has the mapping table.

A cut that was read from xmeml is written into its original document: what was not edited stays as it was, ids too.
Everything else follows the child order and the idioms Premiere itself writes. The output holds no dates and no random
ids: equal cuts give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree
from pydantic import JsonValue

from takebridge.cut.linking import linked
from takebridge.cut.model import Cut
from takebridge.cut.stills import held
from takebridge.errors import InterchangeError, UnsupportedFormatError
from takebridge.interchange.xmeml_bins_out import Trays, add_bins
from takebridge.interchange.xmeml_clips_out import Writing
from takebridge.interchange.xmeml_files_out import FileBook
from takebridge.interchange.xmeml_in import TIMELINE_HERE
from takebridge.interchange.xmeml_keep import kept, kept_text
from takebridge.interchange.xmeml_parse import Element, parse_kept
from takebridge.interchange.xmeml_sequences_out import sequence_element
from takebridge.interchange.xmeml_times import is_writable

TARGETS = ("", "premiere", "resolve", "fcp", "plain", "avid")
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'


def write_xmeml(cut: Cut, *, target: str = "premiere", trays: Trays = ()) -> tuple[bytes, tuple[str, ...]]:
    """Write a cut and return the document with what it cannot say, one line each.

    ``trays`` come as bins of master clips beside the sequence.
    Raises InterchangeError for a rate xmeml cannot hold, UnsupportedFormatError for a target that is none.
    """
    if target not in TARGETS:
        raise UnsupportedFormatError(f"“{target}” is no editor this format is written for.")
    for one in _all_cuts(cut):
        if not is_writable(one.rate):
            raise InterchangeError(
                f"Final Cut Pro 7 XML cannot hold a sequence of {one.rate} frames a second.",
                hint="Conform the timeline to 23.976, 24, 25, 29.97, 30, 50, 59.94 or 60 first.",
            )
    if "xmeml" not in cut.extras:
        cut = linked(cut)  # picture and sound of one shot arrive unlinked otherwise (auto-editor#188)
    cut = held(cut)
    fragment = kept_text(cut.extras, "fragment")
    if fragment and not cut.tracks:
        return _HEAD.partition(b"<!")[0] + fragment.encode("utf-8") + b"\n", ()
    losses: list[str] = []
    root = _document(cut)
    writing = Writing(FileBook(cut, {*_files_of(root), *_rest(cut)}, losses), losses)
    sequences = _sequences(cut, root, writing)
    _fill_sequences(root, sequences)
    add_bins(root, cut, trays, writing)
    _fill_files(root, cut, writing)
    etree.indent(root, space="\t")
    body = etree.tostring(root, encoding="UTF-8")
    return _HEAD + body + b"\n", tuple(dict.fromkeys(losses))


def _all_cuts(cut: Cut) -> Iterator[Cut]:
    """Yield a cut and every cut nested in it, each once."""
    seen: set[int] = set()
    waiting = [cut]
    while waiting:
        one = waiting.pop(0)
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [clip.inner for track in one.tracks for clip in track.clips if clip.inner is not None]


def _document(cut: Cut) -> Element:
    """Return the document around the sequence: the original one, else an empty `<xmeml>`."""
    root = parse_kept(kept_text(cut.extras, "document"))
    if root is not None and next(root.iter(TIMELINE_HERE), None) is not None:
        if root.tag == "xmeml":
            return root
        around = etree.Element("xmeml", version="4")
        around.append(root)
        return around
    root = etree.Element("xmeml", version="4")
    etree.SubElement(root, TIMELINE_HERE)
    return root


def _files_of(root: Element) -> set[str]:
    return {one.get("id", "") for one in root.iter("file")}


def _rest(cut: Cut) -> Mapping[str, JsonValue]:
    """Return the kept texts of files that no clip has as its media, by id."""
    stored = kept(cut.extras).get("files")
    return stored if isinstance(stored, dict) else {}


def _sequences(cut: Cut, root: Element, writing: Writing) -> dict[str, Element]:
    """Write all sequences; the cut's own is put in its place, nested ones are returned by their ids.

    Equal cuts under one id are one sequence; another cut under the same id gets an id of its own.
    """
    ids = _Ids(cut, root)
    numbers: dict[str, Cut] = {}
    for one in _all_cuts(cut):
        wanted = ids.wanted(one)
        same = numbers.get(wanted)
        name = wanted if wanted and (same is None or same == one) else ids.new("sequence")
        numbers.setdefault(name, one)
        writing.sequence_ids[id(one)] = name
    written: dict[str, Element] = {}
    for name, one in numbers.items():
        written[name] = sequence_element(one, name, uuid_of(one), ids.new, writing)
    here = next(root.iter(TIMELINE_HERE))
    own = written.pop(writing.sequence_ids[id(cut)])
    own.tail = here.tail
    parent = here.getparent()
    if parent is not None:
        parent.replace(here, own)
    return written


class _Ids:
    """Ids of sequences and clip items, unique in the document. Original ones are free once, to whoever is first."""

    def __init__(self, cut: Cut, root: Element) -> None:
        self._reserved = {one.get("id", "") for one in root.iter("sequence", "clipitem", "generatoritem")}
        for one in _all_cuts(cut):
            self._reserved.add(self.wanted(one))
            for track in one.tracks:
                self._reserved |= {kept_text(clip.extras, "id") for clip in track.clips}
        self._given: set[str] = set()
        self._next: dict[str, int] = {}

    def wanted(self, cut: Cut) -> str:
        """Return the id a cut's sequence came with."""
        element = parse_kept(kept_text(cut.extras, "sequence"))
        return element.get("id", "") if element is not None else ""

    def new(self, prefix: str, wanted: str = "") -> str:
        """Return the wanted id when it is still free, else a new one."""
        name = wanted
        while not name or name in self._given or (name in self._reserved and name != wanted):
            self._next[prefix] = self._next.get(prefix, 0) + 1
            name = f"{prefix}-{self._next[prefix]}"
        self._given.add(name)
        return name


def uuid_of(cut: Cut) -> str:
    """Return the cut's own id as a UUID, or one that follows from its ids and name."""
    try:
        return str(UUID(cut.timeline_id))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"takebridge:{cut.project_id}:{cut.timeline_id}:{cut.name}"))


def _fill_sequences(root: Element, written: dict[str, Element]) -> None:
    """Put nested sequences where the document has them, else into the first clip that shows each."""
    placed: set[str] = set()
    for one in [one for one in root.iter("sequence") if len(one) and one.get("id") in written]:
        parent = one.getparent()
        name = one.get("id", "")
        if parent is not None and parent.tag != "clipitem" and name not in placed:
            placed.add(name)
            written[name].tail = one.tail
            parent.replace(one, written[name])
    waiting = [root]
    while waiting:
        scope = waiting.pop(0)
        for stub in [one for one in scope.iter("sequence") if not len(one)]:
            name, parent = stub.get("id", ""), stub.getparent()
            if name in written and name not in placed and parent is not None:
                placed.add(name)
                parent.replace(stub, written[name])
                waiting.append(written[name])


def _fill_files(root: Element, cut: Cut, writing: Writing) -> None:
    """Define every file where the document first names it."""
    rest = _rest(cut)
    defined: set[str] = set()
    for stub in list(root.iter("file")):
        name, parent = stub.get("id", ""), stub.getparent()
        if name in defined or len(stub) or parent is None:
            continue
        text = rest.get(name)
        full = writing.files.definition(name)
        full = parse_kept(text) if full is None and isinstance(text, str) else full
        if full is not None:
            defined.add(name)
            full.tail = stub.tail
            parent.replace(stub, full)
