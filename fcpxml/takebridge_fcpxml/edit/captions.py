"""New captions."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

from lxml import etree

from takebridge_fcpxml import grammar
from takebridge_fcpxml.edit.build import local_hour
from takebridge_fcpxml.edit.checks import exact, frame_of, item_of, locate, refuse, standing_at, timescale_around
from takebridge_fcpxml.edit.formats import version_of
from takebridge_fcpxml.edit.plan import legal_text
from takebridge_fcpxml.times import format_time, snap
from takebridge_fcpxml.view import Caption, Item, Sequence, root_of

FORMATS = ("SRT", "ITT", "CEA608")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# What Final Cut Pro gives its own SRT captions.
_STYLE = {
    "font": ".AppleSystemUIFont",
    "fontSize": "13",
    "fontFace": "Regular",
    "fontColor": "1 1 1 1",
    "backgroundColor": "0 0 0 1",
}


def add_caption(
    host: Item | Sequence,
    text: str,
    start_record: Fraction,
    duration: Fraction,
    language: str,
    *,
    format: Literal["SRT", "ITT", "CEA608"] = "SRT",
    lane: int = 1,
) -> Caption:
    """A caption at a record time, connected to an item or to what stands there in a sequence.

    Times are rounded to the frame grid. ``language`` is a tag such as ``en`` or ``de-DE``. Its text style gets an id no
    element of the document has. Raises EditError, also below version 1.8, which has no captions.
    """
    if version_of(root_of(host.document)) < (1, 8):
        refuse(host, "Captions came with version 1.8.", "Convert the document to 1.8 or later first.")
    if not text.strip() or not _LANGUAGE.fullmatch(language) or format not in FORMATS:
        refuse(host, "A caption needs words, a language tag and a known format.", f"Formats: {', '.join(FORMATS)}.")
    if isinstance(lane, bool) or not isinstance(lane, int) or lane == 0:
        refuse(host, f"{lane!r} is no lane of a caption.", "Use 1 or another lane above.")
    start = exact(host, start_record, "place")
    target = standing_at(host, start) if isinstance(host, Sequence) else item_of(host)
    if isinstance(target, Caption):
        refuse(target, "Nothing connects to a caption.", "Connect to the clip below it.")
    frame = frame_of(target)
    length = snap(exact(host, duration, "duration"), frame)
    if length <= 0:
        refuse(target, "The caption is shorter than a frame.", "Give it a longer duration.")
    words = legal_text(text, "The caption")
    scale = timescale_around(target)
    attributes = {
        "lane": str(lane),
        "offset": format_time(locate(target).to_local(snap(start, frame)), scale),
        "name": " ".join(words.split()),
        "start": format_time(local_hour(frame), scale),
        "duration": format_time(length, scale),
        "role": f"{format}?captionFormat={format}.{language}",
    }
    caption = etree.Element("caption", attributes)
    identifier = new_style_id(target)
    block = etree.SubElement(caption, "text", {"placement": "bottom"} if format != "CEA608" else {})
    etree.SubElement(block, "text-style", {"ref": identifier}).text = words
    definition = etree.SubElement(caption, "text-style-def", {"id": identifier})
    etree.SubElement(definition, "text-style", _STYLE)
    grammar.insert(target.element, caption)
    return Caption(caption, target.document)


def new_style_id(view: Item) -> str:
    """A text style id no element of the document has: ``ts1``, ``ts2`` …."""
    taken = {element.get("id") for element in view.document.root.iter(etree.Element) if element.get("id")}
    number = 1
    while f"ts{number}" in taken:
        number += 1
    return f"ts{number}"
