"""Captions of other formats in an FCPXML document made anew: each hangs on what the primary storyline shows there."""

from __future__ import annotations

import re
from bisect import bisect_right
from fractions import Fraction

from lxml import etree

from takebridge.cut.model import Clip, Cut
from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.otio.marks import clean
from takebridge_fcpxml.times import format_time, parse_time, snap
from takebridge_fcpxml.view import root_of

_STYLE = {"font": ".AppleSystemUIFont", "fontSize": "13", "fontColor": "1 1 1 1", "backgroundColor": "0 0 0 1"}


def write_captions(document: Document, cut: Cut) -> list[str]:
    """Put the captions of a cut into its new document, on whole frames; return those that find nothing to hang on."""
    clips = [clip for track in cut.tracks if track.kind == "subtitle" for clip in track.clips if clip.record.duration]
    sequence = next(
        (found for one in root_of(document).projects if (found := one.element.find("sequence")) is not None), None
    )
    spine = None if sequence is None else sequence.find("spine")
    hosts = [] if spine is None else [one for one in layout.elements(spine) if one.tag != "transition"]
    starts = [_time(one, "offset") for one in hosts]
    begin = Fraction(0) if sequence is None else _time(sequence, "tcStart")
    losses: list[str] = []
    for number, clip in enumerate(clips, 1):
        place = begin + snap(clip.record.start / cut.rate.fraction, 1 / cut.rate.fraction)
        index = bisect_right(starts, place) - 1
        if index < 0 or not clip.name.strip():
            losses.append(
                f"The caption “{clip.name}” at frame {clip.record.start} is not written: nothing is below it."
            )
        else:
            _hang(hosts[index], place - starts[index], clip, cut, number)
    return losses


def _hang(host: etree._Element, inside: Fraction, clip: Clip, cut: Cut, number: int) -> None:
    played = next(layout.elements(host)) if host.tag == "audition" else host
    frame = 1 / cut.rate.fraction
    words, name = clean(clip.name), f"caption-ts{number}"
    attributes = {
        "lane": "1",
        "offset": format_time(_time(played, "start") + inside),
        "name": " ".join(words.split()),
        "start": format_time(snap(Fraction(3600), frame)),
        "duration": format_time(max(frame, snap(clip.record.duration * frame, frame))),
        "role": f"SRT?captionFormat=SRT.{_language(clip.role)}",
    }
    caption = etree.Element("caption", attributes)
    text = etree.SubElement(caption, "text", {"placement": "bottom"})
    etree.SubElement(text, "text-style", {"ref": name}).text = words
    definition = etree.SubElement(caption, "text-style-def", {"id": name})
    etree.SubElement(definition, "text-style", _STYLE)
    grammar.insert(played, caption)


def _language(role: str) -> str:
    """The language a caption's role says (``SRT?captionFormat=SRT.de``), else English."""
    told = re.search(r"\.([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})?)$", role)
    return told[1] if told else "en"


def _time(element: etree._Element, name: str) -> Fraction:
    return parse_time(element.get(name) or "0s")
