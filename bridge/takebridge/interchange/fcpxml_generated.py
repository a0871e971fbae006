"""Generated media in an FCPXML document made anew: roles, keywords, a to-do marker for what nobody has reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from takebridge.cut.model import Cut, Media, clips_of
from takebridge.interchange.generated_media import KEY, PENDING, VIDEO_ROLE, Generated, audio_role, generated_of
from takebridge.interchange.otio_facts import OURS, section
from takebridge.interchange.otio_media import FORMAT
from takebridge_fcpxml import urls
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.placement import sequence_rate
from takebridge_fcpxml.times import format_time
from takebridge_fcpxml.view import AssetClip, view_of


def dress_generated(document: Document, cut: Cut) -> None:
    """Say of every clip that plays a generated file what made it; the cut's media know it (`interchange.film_out`)."""
    known = {media.location: facts for media in _medias(cut) if (facts := _said(media)) is not None}
    for element in list(document.root.iter("asset-clip")) if known else []:
        item = view_of(element, document)
        asset = item.asset if isinstance(item, AssetClip) else None
        facts = known.get(urls.to_path(asset.src) or "") if asset is not None and asset.src else None
        if isinstance(item, AssetClip) and facts is not None:
            _dress(item, facts)


def _medias(cut: Cut) -> Iterator[Media]:
    for _, clip in clips_of(cut):
        found = [clip.media, *(take.media for take in clip.takes)]
        yield from (media for media in found if media is not None and media.location)


def _said(media: Media) -> Generated | None:
    reference = media.extras.get(FORMAT)
    return generated_of(section(reference, OURS).get(KEY)) if isinstance(reference, dict) else None


def _dress(item: AssetClip, facts: Generated) -> None:
    asset, plays = item.asset, item.element.get("srcEnable", "all")
    if asset is not None and asset.has_audio and plays != "video":
        item.element.set("audioRole", audio_role(facts.kind))
    if asset is None or not asset.has_video or plays == "audio":
        return
    item.element.set("videoRole", VIDEO_ROLE)
    item.add_keyword(",".join(facts.words), start=item.start, duration=item.length)
    if facts.pending:
        rate = sequence_rate(item)
        frame = 1 / rate if rate else Fraction(1, 24)
        made = item.add_marker(item.start, PENDING, duration=frame, completed=False)
        made.element.set("duration", format_time(frame))
