"""Asset clips and synchronised clips as plain clips, the way versions before 1.6 say them.

An asset clip is a clip of the asset's whole media with the picture in its own storyline and the sound connected below
it. The clip's local time is the media's own time, so start, markers and everything connected stay as they are.
"""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from takebridge_fcpxml import grammar, layout
from takebridge_fcpxml.conversion import Conversion
from takebridge_fcpxml.errors import FcpxmlError
from takebridge_fcpxml.rates import source_rate_name
from takebridge_fcpxml.times import format_time, timescale_of
from takebridge_fcpxml.versions.items import drop_item, length, scale_of, seconds
from takebridge_fcpxml.view import Asset, AssetClip, view_of

_ZERO = Fraction(0)


def asset_clip_to_clip(change: Conversion, element: etree._Element, detail: str) -> None:
    """Rewrite an asset clip as a clip that shows and sounds the same; a gap where its media is unknown."""
    clip = view_of(element, change.document)
    assert isinstance(clip, AssetClip)
    asset, duration = clip.asset, length(change, element)
    if asset is None or duration is None:
        drop_item(change, element, "asset-clip", f"{detail} Its media is unknown.")
        return
    enabled = element.get("srcEnable", "all")
    picture = _has_picture(asset) and enabled != "audio"
    sound = asset.has_audio and enabled != "video"
    if not picture and not sound:
        drop_item(change, element, "asset-clip", f"{detail} Its media has nothing of what it plays.")
        return
    inside = _media_range(change, element, asset, duration)
    parts = _components(element, asset, inside, picture, sound)
    _name_conformed_rate(element, asset)
    if element.get("duration") is None:
        element.set("duration", format_time(duration))
    _report_dates(change, element)
    for name in ("ref", "srcEnable", "audioRole", "videoRole", "modDate"):
        element.attrib.pop(name, None)
    element.tag = "clip"
    following = next((child for child in layout.elements(element) if child.tag in grammar.STORY), None)
    for part in parts:
        grammar.insert(element, part, before=following)


def sync_clip_to_clip(change: Conversion, element: etree._Element, detail: str) -> None:
    """Rename a synchronised clip; its contents stand inside a clip in the same way."""
    change.loss("approximated", "sync-clip", f"{detail} It is a clip with the same contents.", element)
    _report_dates(change, element)
    element.attrib.pop("modDate", None)
    element.tag = "clip"


def _report_dates(change: Conversion, element: etree._Element) -> None:
    if element.get("modDate") is not None:
        change.loss("dropped", f"{element.tag!s}@modDate", "The modification date was removed.", element)


def _has_picture(asset: Asset) -> bool:
    # Generators often leave the flags out; a file without sound is a picture.
    return asset.has_video or (asset.element.get("hasVideo") is None and not asset.has_audio)


def _media_range(
    change: Conversion, element: etree._Element, asset: Asset, duration: Fraction
) -> tuple[Fraction, Fraction, int]:
    """Start and length of the component in the clip's local time, and the time scale to spell them with."""
    whole = seconds(asset.element, "duration")
    start = seconds(asset.element, "start", _ZERO) or _ZERO
    if whole:
        return start, whole, timescale_of(asset.element.get("duration"))
    # A still has no length of its own: the component is as long as the clip.
    own = seconds(element, "start", _ZERO) or _ZERO
    return own, duration * scale_of(change, element), timescale_of(element.get("duration"))


def _components(
    element: etree._Element, asset: Asset, inside: tuple[Fraction, Fraction, int], picture: bool, sound: bool
) -> list[etree._Element]:
    start, whole, timescale = inside
    times = {"offset": format_time(start, timescale), "ref": asset.id, "duration": format_time(whole, timescale)}
    if start:
        times["start"] = times["offset"]
    voices = _voices(element, asset, times) if sound else []
    if not picture:
        first, *rest = voices
        for lane, voice in enumerate(rest, 1):
            voice.set("lane", str(-lane))
            first.append(voice)
        return [first]
    video = etree.Element("video", times)
    if role := element.get("videoRole"):
        video.set("role", role)
    for lane, voice in enumerate(voices, 1):
        voice.set("lane", str(-lane))
        video.append(voice)
    return [video]


def _voices(element: etree._Element, asset: Asset, times: dict[str, str]) -> list[etree._Element]:
    """One audio component a source of the asset, with all its channels (``audioChannels`` counts them by source)."""
    sources = asset.element.get("audioSources", "1")
    count = int(sources) if sources.isdecimal() and 0 < int(sources) <= 64 else 1
    channels = asset.element.get("audioChannels", "")
    voices = []
    for number in range(1, count + 1):
        voice = etree.Element("audio", times)
        if count > 1:
            voice.set("srcID", str(number))
        if channels.isdecimal() and 0 < int(channels) <= 64:
            voice.set("srcCh", ", ".join(str(channel) for channel in range(1, int(channels) + 1)))
        if role := element.get("audioRole"):
            voice.set("role", role)
        voices.append(voice)
    return voices


def _name_conformed_rate(element: etree._Element, asset: Asset) -> None:
    """State the source rate that an asset clip takes from its asset: a clip has no asset to take it from."""
    conform = element.find("conform-rate")
    if conform is None or conform.get("srcFrameRate") or element.get("format"):
        return
    try:
        rate = asset.format.rate if asset.format else None
    except FcpxmlError:
        return
    name = source_rate_name(rate) if rate else None
    # 90 and more came with 1.13.
    if name and rate and rate < 90:
        conform.set("srcFrameRate", name)
