"""Final Cut Pro: strict about its DTD, and about things no DTD says.

Facts come from users and makers of other tools (10.4 to 12) and from real exports. The rest holds for all this library
writes: no ``standalone`` in the declaration, no invented ``uid`` or ``sig``, bookmarks only while the path stays.
"""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import urls
from takebridge_fcpxml.conversion import Conversion
from takebridge_fcpxml.rates import named_rate
from takebridge_fcpxml.targets.fcp_grid import snap_storylines
from takebridge_fcpxml.targets.fcp_media import clamp_clips
from takebridge_fcpxml.targets.media_urls import encoded, media_files
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.versions import DEFAULT, WRITABLE


def choose_version(change: Conversion, version: str | None) -> str:
    """The version asked for, else the document's own when it can be written, else 1.10."""
    own = change.source.version
    return version or (own if own in WRITABLE else DEFAULT)


def adapt(change: Conversion) -> None:
    """Mend in the copy what Final Cut Pro is known to refuse, and report what cannot be mended."""
    _omit_dates(change)
    _mend_formats(change)
    _unique_styles(change)
    for element in media_files(change.root):
        src = element.get("src", "")
        # Final Cut Pro leaves some reserved characters raw itself; only what it refuses is respelled.
        if not urls.is_encoded(src):
            element.set("src", encoded(src))
    snap_storylines(change)
    clamp_clips(change)
    _tell_loose_clips(change)


def _omit_dates(change: Conversion) -> None:
    for element in change.root.iter(tag=etree.Element):
        if element.get("modDate") is not None:
            words = "A date in the form of another clock is refused as a DTD error; Final Cut Pro sets its own."
            change.loss("dropped", f"{element.tag!s}@modDate", words, element)
            del element.attrib["modDate"]


def _mend_formats(change: Conversion) -> None:
    """A timeline's format needs a frame duration; it follows from the name of a standard format."""
    timelines = {timeline.get("format") for timeline in change.root.iter("sequence", "multicam")}
    for element in change.root.iter("format"):
        text = element.get("frameDuration")
        if (text or "").strip():
            continue
        rate = named_rate(element.get("name", ""))
        if rate is not None:
            element.set("frameDuration", _spelled(1 / rate))
            continue
        if text is not None:
            del element.attrib["frameDuration"]
        if element.get("id") in timelines:
            words = "A timeline of this format has no frame duration: Final Cut Pro refuses it. State its rate."
            change.loss("approximated", "format@frameDuration", words, element)


def _spelled(frame: Fraction) -> str:
    """A frame duration over the denominators Final Cut Pro uses: 1001/24000s, 100/2500s."""
    return format_time(frame, frame.denominator if frame.numerator == 1001 else 100 * frame.denominator)


def _unique_styles(change: Conversion) -> None:
    """Ids of text styles are unique in the document, and each reference has its definition."""
    taken = {
        element.get("id", "") for element in change.root.iter(tag=etree.Element) if element.tag != "text-style-def"
    }
    defined = {definition.get("id", "") for definition in change.root.iter("text-style-def")}
    seen: set[str] = set()
    for definition in change.root.iter("text-style-def"):
        identifier = definition.get("id", "")
        if identifier in seen or identifier in taken:
            fresh = _fresh_id(taken | defined | seen)
            _rename_style(definition, identifier, fresh)
            identifier = fresh
        seen.add(identifier)
    for run in change.root.iter("text-style"):
        if run.get("ref") is not None and run.get("ref") not in seen:
            words = "The style it refers to is not defined; the words stay in the style of the template."
            change.loss("dropped", "text-style@ref", words, run)
            del run.attrib["ref"]


def _fresh_id(taken: set[str]) -> str:
    number = len(taken)
    while f"ts{number}" in taken:
        number += 1
    return f"ts{number}"


def _rename_style(definition: etree._Element, old: str, new: str) -> None:
    definition.set("id", new)
    title = definition.getparent()
    # Words before the definition in the same title mean it; a first definition of that id in it would have had them.
    if title is None or any(other.get("id") == old for other in title.iterchildren("text-style-def")):
        return
    for run in title.iterfind("text/text-style"):
        if run.get("ref") == old:
            run.set("ref", new)


def _tell_loose_clips(change: Conversion) -> None:
    for event in change.root.iter("event"):
        clip = event.find("asset-clip")
        if clip is not None and event.find("project") is not None:
            words = "A clip beside a project in one event can make Final Cut Pro warn about every edit of the project."
            change.loss("approximated", "asset-clip", words, clip)
