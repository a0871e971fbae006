"""DaVinci Resolve.

Sources: its 18.6 manual (what it takes from FCPXML), and what users and makers of other tools found with releases 18
to 21. Not known, so neither changed nor reported: keywords, ratings, captions, markers (``UNPROVEN``).
"""

from __future__ import annotations

import posixpath

from lxml import etree

from takebridge_fcpxml import layout
from takebridge_fcpxml.conversion import Conversion, went_along, wrap_in_library
from takebridge_fcpxml.grammar import ITEMS
from takebridge_fcpxml.targets.media_urls import encoded, media_files
from takebridge_fcpxml.targets.resolve_speed import adapt_speeds
from takebridge_fcpxml.versions import DEFAULT, number
from takebridge_fcpxml.versions.items import drop_item, lane_of, replace_by_pick
from takebridge_fcpxml.view import view_of
from takebridge_fcpxml.view.resources import Asset

#: Constructs nobody has reported a result for. They stay in the file; no claim is made either way.
UNPROVEN = ("keyword", "rating", "caption", "marker", "chapter-marker", "note", "metadata")

#: 1.14 was refused where 1.13 was taken (2026).
_NEWEST = "1.13"


def choose_version(change: Conversion, version: str | None) -> str:
    """1.10 unless asked; newer ones up to 1.13, with a note that older releases refuse them."""
    if version is None or number(version) <= number(DEFAULT):
        return version or DEFAULT
    if number(version) > number(_NEWEST):
        words = f"No Resolve is known to take {version}: this is {_NEWEST}, which recent releases take."
        change.loss("approximated", "fcpxml@version", words)
        return _NEWEST
    words = f"Resolve before 19.1.1 refuses {version}; {DEFAULT} is taken by all from 18 on."
    change.loss("approximated", "fcpxml@version", words)
    return version


def adapt(change: Conversion) -> None:
    """Rewrite the copy the way Resolve understands it, and report what it will not."""
    _flatten_auditions(change)
    _name_by_file(change)
    _bare_volumes(change)
    adapt_speeds(change)
    for element in media_files(change.root):
        element.set("src", encoded(element.get("src", "")))
    _wrap(change)
    _tell_unsupported(change)


def _wrap(change: Conversion) -> None:
    """Resolve takes no clips or projects outside a library and an event."""
    first = change.root.find(".//project")
    wrap_in_library(change.root, "Event" if first is None else first.get("name") or "Event")


def _flatten_auditions(change: Conversion) -> None:
    for audition in reversed(list(change.root.iter("audition"))):
        picks = [child for child in layout.elements(audition) if child.tag in ITEMS]
        if not picks:
            drop_item(change, audition, "audition", "The audition is empty.")
            continue
        names = ", ".join(repr(pick.get("name", "")) for pick in picks[1:])
        words = f"Resolve has no auditions: the pick {picks[0].get('name', '')!r} stands alone."
        if names:
            gone = (held for pick in picks[1:] for held in pick.iterdescendants(tag=etree.Element))
            words += f" Gone: {names}.{went_along(gone)}"
        change.loss("dropped", "audition", words, audition)
        replace_by_pick(change, audition, picks[0])


def _name_by_file(change: Conversion) -> None:
    """Resolve relinks by ``name``, which has to be the file name with its extension."""
    for element in change.root.iter("asset", "asset-clip", "clip", "video", "audio"):
        asset = _asset_of(change, element)
        name = asset.file_name if asset else ""
        if not name or (element.tag in ("video", "audio") and _is_component(element)):
            continue
        shown = element.get("name")
        if shown == name:
            continue
        if shown and shown != posixpath.splitext(name)[0]:
            words = f"Resolve relinks by file name: {shown!r} is called {name!r} there."
            change.loss("approximated", f"{element.tag!s}@name", words, element)
        element.set("name", name)


def _is_component(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in ("clip", "video", "audio") and element.get("name") is None


def _asset_of(change: Conversion, element: etree._Element) -> Asset | None:
    if element.tag == "clip":
        contents = (child for child in element.iterchildren("video", "audio", "asset-clip") if not lane_of(child))
        return next(filter(None, (_asset_of(change, child) for child in contents)), None)
    found = element if element.tag == "asset" else change.document.resource(element.get("ref"))
    view = None if found is None else view_of(found, change.document)
    return view if isinstance(view, Asset) else None


def _bare_volumes(change: Conversion) -> None:
    """Resolve reads a level only as a bare number; it drops one that says dB. Keyframes and fades it drops always."""
    for volume in change.root.iter("adjust-volume"):
        amount = volume.get("amount", "").strip()
        if amount.lower().endswith("db"):
            volume.set("amount", amount[:-2].strip())
            if "inf" in amount:
                change.loss("approximated", "adjust-volume@amount", "Resolve may not read minus infinity.", volume)
        if next(volume.iter("keyframe"), None) is not None:
            change.loss("dropped", "adjust-volume/keyframe", "Resolve drops volume keyframes.", volume)
    for fade in change.root.iter("fadeIn", "fadeOut"):
        if any(above.tag in ("adjust-volume", "mute") for above in fade.iterancestors()):
            change.loss("dropped", str(fade.tag), "Resolve drops audio fades.", fade)


_COMPOUND = {"mc-clip": "A multicam clip", "sync-clip": "A synchronised clip"}


def _tell_unsupported(change: Conversion) -> None:
    """Losses for what stays in the file and does not arrive."""
    for element in change.root.iter("mc-clip", "sync-clip"):
        words = f"{_COMPOUND[str(element.tag)]} arrives in Resolve as a compound clip."
        change.loss("approximated", str(element.tag), words, element)
    for transition in change.root.iter("transition"):
        if transition.find("filter-audio") is not None:
            change.loss("dropped", "transition/filter-audio", "Resolve takes no audio transitions.", transition)
    for element in change.root.iter("asset-clip", "mc-clip"):
        if element.get("srcEnable", "all") != "all":
            words = "Resolve heeds this only on compound clips: picture and sound both play."
            change.loss("approximated", f"{element.tag!s}@srcEnable", words, element)
    # Its own units are not documented, so the numbers stay as Final Cut Pro means them.
    for transform in change.root.iter("adjust-transform"):
        animated = any(param.get("name") == "position" for param in transform.iterchildren("param"))
        if animated or not _is_origin(transform.get("position", "0 0")):
            words = "Resolve reads positions in units of its own: check the place of the picture."
            change.loss("approximated", "adjust-transform@position", words, transform)
    for trim in change.root.iter("trim-rect"):
        words = "Resolve reads trims in units of its own: check the edges of the picture."
        change.loss("approximated", "trim-rect", words, trim)


def _is_origin(position: str) -> bool:
    try:
        return all(float(part) == 0 for part in position.split())
    except ValueError:
        return False
