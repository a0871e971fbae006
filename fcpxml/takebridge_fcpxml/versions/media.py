"""Constructs that two versions say differently: media files, audio sources, colour spaces, colour decision lists."""

from __future__ import annotations

import re

from lxml import etree

from takebridge_fcpxml import grammar, layout, urls
from takebridge_fcpxml.conversion import Conversion

#: Names of 1.6 against the codes of 1.7 and later (primaries-transfer-matrix and the name).
COLOR_SPACES = {
    "Rec. 601 (NTSC)": "6-1-6 (Rec. 601 (NTSC))",
    "Rec. 601 (PAL)": "5-1-6 (Rec. 601 (PAL))",
    "Rec. 709": "1-1-1 (Rec. 709)",
    "Rec. 2020": "9-1-9 (Rec. 2020)",
}
_NAMES = {code: name for name, code in COLOR_SPACES.items()}
#: Colour spaces of stills have no code: both versions name them.
_STILL_SPACES = frozenset({"sRGB IEC61966-2.1", "Adobe RGB (1998)"})
#: Two dashes in a row end an XML comment.
_TWO_DASHES = re.compile("-(?=-)")
_LOG_MODE = re.compile(r"\d+ \(.+\)")


def src_to_media_rep(change: Conversion, asset: etree._Element) -> None:
    """``asset@src`` as the original of the asset (from 1.9 on), with the bookmark that belongs to it."""
    src = asset.attrib.pop("src")
    present = asset.find("media-rep")
    if present is not None:
        if not urls.same_media(str(src), present.get("src", "")):
            change.loss("dropped", "asset@src", "The asset has a media representation, which counts.", asset)
        return
    rep = etree.Element("media-rep", {"kind": "original-media", "src": str(src)})
    grammar.insert(asset, rep)
    bookmark = asset.find("bookmark")
    if bookmark is not None:
        layout.remove(bookmark)
        grammar.insert(rep, bookmark)


def bookmark_to_media_rep(change: Conversion, bookmark: etree._Element) -> None:
    """A bookmark in an asset belongs into its original; without one it has nothing to open."""
    asset = bookmark.getparent()
    rep = None if asset is None else asset.find("media-rep")
    if rep is None or rep.find("bookmark") is not None:
        change.drop(bookmark, "bookmark", "The bookmark belongs to no file of the asset; removed.")
        return
    layout.remove(bookmark)
    grammar.insert(rep, bookmark)


def media_reps_to_src(change: Conversion, asset: etree._Element, version: str) -> None:
    """The original as ``asset@src`` (up to 1.8); proxies and what only a representation can say are dropped."""
    reps = list(asset.iterchildren("media-rep"))
    original = next((rep for rep in reps if rep.get("kind", "original-media") == "original-media"), reps[0])
    for rep in reps:
        if rep is not original:
            kind = "proxy" if rep.get("kind") == "proxy-media" else "second file"
            change.drop(rep, "media-rep", f"FCPXML {version} has one file an asset; the {kind} was removed.")
    if original.get("kind") == "proxy-media":
        change.loss("approximated", "media-rep@kind", "The only file is a proxy; it counts as the original.", original)
    for name in ("sig", "suggestedFilename"):
        if original.get(name) is not None:
            change.loss("dropped", f"media-rep@{name}", f"FCPXML {version} has no {name} of a file; removed.", original)
    src = original.get("src")
    if src is not None and asset.get("src") is None:
        asset.set("src", src)
    elif src is not None and not urls.same_media(src, asset.get("src", "")):
        change.loss("dropped", "media-rep@src", "The asset names another file itself, which counts.", original)
    bookmark = original.find("bookmark")
    if bookmark is not None and asset.find("bookmark") is None:
        layout.remove(bookmark)
        grammar.insert(asset, bookmark)
    elif bookmark is not None:
        change.drop(bookmark, "bookmark", "The asset has a bookmark of its own, which counts.")
    change.remove(original)


def old_audio_source(change: Conversion, source: etree._Element, detail: str) -> None:
    """``audio-source`` and ``audio-aux-source`` of 1.5 by their names of 1.6 on, where there is one."""
    parent, tag = source.getparent(), str(source.tag)
    above = "" if parent is None else parent.tag
    if above == "clip" and tag == "audio-source":
        if source.get("name") is not None:
            change.loss("dropped", f"{tag}@name", "Audio channel settings have no name; it was removed.", source)
        source.attrib.pop("name", None)
        source.tag = "audio-channel-source"
    elif above in ("ref-clip", "mc-source") and source.get("role"):
        change.loss("approximated", tag, f"{detail} The settings go to its role; its channels are gone.", source)
        for name in ("name", "srcCh", "outCh"):
            source.attrib.pop(name, None)
        source.tag = "audio-role-source"
    else:
        change.drop(source, tag, f"{detail} Removed.")


def channel_source_to_old(change: Conversion, source: etree._Element, detail: str) -> None:
    """``audio-channel-source`` as ``audio-source`` (1.5), when it holds for the whole clip."""
    parent = source.getparent()
    ranged = source.get("start") is not None or source.get("duration") is not None
    if ranged or parent is None or parent.tag != "clip":
        change.drop(source, "audio-channel-source", f"{detail} Removed.")
        return
    if source.get("active") == "0":
        words = "An inactive component cannot be said; it is disabled instead."
        change.loss("approximated", "audio-channel-source@active", words, source)
        source.set("enabled", "0")
    source.attrib.pop("active", None)
    source.tag = "audio-source"


def cdl_to_comment(change: Conversion, element: etree._Element, detail: str) -> None:
    """A colour decision list as the XML comment that all DTDs describe."""
    values = " ".join(f'{name}="{value}"' for name, value in element.items())
    change.loss("approximated", "info-asc-cdl", f"{detail} Its values stand in a comment.", element)
    layout.replace(element, etree.Comment(f" info-asc-cdl: {_TWO_DASHES.sub('- ', values)} "))


def override_to_new(change: Conversion, asset: etree._Element, version: str, detail: str) -> None:
    """``customLogOverride`` (1.6) as the LUT override that took its place, when it names a built-in log mode."""
    value = asset.attrib.pop("customLogOverride")
    if version != "1.5" and _LOG_MODE.fullmatch(str(value)) and asset.get("customLUTOverride") is None:
        words = f"{detail} It is a LUT override now."
        change.loss("approximated", "asset@customLogOverride", words, asset)
        asset.set("customLUTOverride", str(value))
    else:
        change.loss("dropped", "asset@customLogOverride", f"{detail} Removed.", asset)


def color_space_to_format(change: Conversion, timeline: etree._Element, version: str, detail: str) -> None:
    """``renderColorSpace`` (1.6) as the colour space of the timeline's format, when nothing else uses that format."""
    construct = f"{timeline.tag!s}@renderColorSpace"
    code = COLOR_SPACES.get(str(timeline.attrib.pop("renderColorSpace")))
    identifier = timeline.get("format", "")
    found = change.document.resource(identifier)
    users = [user for user in change.root.iter(tag=etree.Element) if user.get("format") == identifier]
    if version == "1.5" or code is None or found is None or found.tag != "format":
        change.loss("dropped", construct, f"{detail} Removed.", timeline)
    elif found.get("colorSpace", code) != code or users != [timeline]:
        change.loss(
            "dropped", construct, f"{detail} Its format is shared, so it says nothing of this; removed.", timeline
        )
    else:
        found.set("colorSpace", code)


def color_space_to_timeline(change: Conversion, element: etree._Element, version: str, detail: str) -> None:
    """``format@colorSpace`` below 1.7: said by the timelines of that format in 1.6, by nothing before."""
    code = str(element.attrib.pop("colorSpace"))
    name = _NAMES.get(code)
    users = [user for user in change.root.iter("sequence", "multicam") if user.get("format") == element.get("id")]
    if version != "1.6" or name is None or not users:
        change.loss("dropped", "format@colorSpace", f"{detail} Removed.", element)
        return
    for user in users:
        user.set("renderColorSpace", name)
    change.loss("approximated", "format@colorSpace", f"{detail} Its timelines render in it instead.", element)


def respell_override(change: Conversion, asset: etree._Element, version: str) -> None:
    """``colorSpaceOverride`` is a name in 1.6 and a code from 1.7 on."""
    value = asset.get("colorSpaceOverride", "")
    names = version == "1.6"
    if value in _STILL_SPACES or value in (COLOR_SPACES if names else _NAMES):
        return
    said = (_NAMES if names else COLOR_SPACES).get(value)
    if said:
        asset.set("colorSpaceOverride", said)
    elif names:
        del asset.attrib["colorSpaceOverride"]
        change.loss(
            "dropped", "asset@colorSpaceOverride", "FCPXML 1.6 has no name for this colour space; removed.", asset
        )
