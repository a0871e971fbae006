"""The version trays as bins of master clips, beside the sequence: what an editor without native takes browses."""

from __future__ import annotations

from lxml import etree

from takebridge.cut.model import Cut, Media, Take
from takebridge.interchange.xmeml_build import add
from takebridge.interchange.xmeml_clips_out import Writing
from takebridge.interchange.xmeml_parse import Element
from takebridge.interchange.xmeml_times import rate_element

Trays = tuple[tuple[str, tuple[Take, ...]], ...]
_BIN = "TakeBridge"


def add_bins(root: Element, cut: Cut, trays: Trays, writing: Writing) -> None:
    """Add a bin “TakeBridge” with a bin a tray, each take a master clip of its file.

    Files are stubs, defined where the document first names them. A bare sequence comes into a project with the bin, as
    Premiere exports several things at once.
    """
    if not trays:
        return
    top = etree.Element("bin")
    add(top, "name", _BIN)
    children = add(top, "children")
    for name, takes in trays:
        tray = add(children, "bin")
        add(tray, "name", name)
        inside = add(tray, "children")
        inside.extend(_master(take.media, cut, writing) for take in takes if take.media is not None)
    _home(root, cut).append(top)


def _home(root: Element, cut: Cut) -> Element:
    """Return where bins go: the children of the document's project, which is made where there is none."""
    found = root.find("project/children")
    if found is not None:
        return found
    sequence = root.find("sequence")
    if sequence is None:
        return root
    project = etree.Element("project")
    add(project, "name", cut.project_name or cut.name)
    children = add(project, "children")
    root.replace(sequence, project)
    children.append(sequence)
    return children


def _master(media: Media, cut: Cut, writing: Writing) -> Element:
    frames = round(media.frame_count or 1)
    file = writing.files.use(media, "video", 1, frames)
    master = writing.files.master(file)
    clip = etree.Element("clip", id=master)
    add(clip, "masterclipid", master)
    add(clip, "ismasterclip", "TRUE")
    add(clip, "duration", frames)
    clip.append(rate_element(media.rate or cut.rate))
    add(clip, "name", media.name)
    item = add(add(add(add(clip, "media"), "video"), "track"), "clipitem")
    item.set("id", f"{master}-picture")
    add(item, "masterclipid", master)
    add(item, "name", media.name)
    item.append(rate_element(media.rate or cut.rate))
    item.append(etree.Element("file", id=file))
    return clip
