"""References added to a clip in OTIO arrive as takes of an audition."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from lxml import etree
from tests.support.fcpxml import film
from tests.support.fcpxml_story import seconds, stands

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.otio import from_otio, to_otio

F = Fraction(1001, 24000)
RATE = 24000 / 1001
RESOURCES = """
<asset id="r2" name="A" start="0s" duration="2402400/24000s" hasVideo="1" hasAudio="1" format="r1">
    <media-rep kind="original-media" src="file:///media/A.mov"/>
</asset>
<asset id="r3" name="M" start="0s" duration="100s" hasAudio="1"><media-rep src="file:///media/m.wav"/></asset>
<media id="r7" name="MC"><multicam format="r1"><mc-angle name="1" angleID="a1">
    <asset-clip ref="r2" name="cam" offset="0s" duration="2402400/24000s"/>
</mc-angle></multicam></media>
"""
CLIP = """
<asset-clip ref="r2" name="one" offset="86486400/24000s" start="10010/24000s" duration="48048/24000s">
    <asset-clip ref="r3" name="music" lane="-1" offset="20020/24000s" duration="1s"/>
    <spine lane="1" offset="30030/24000s"><asset-clip ref="r2" name="s1" offset="0s" duration="10010/24000s"/></spine>
    <marker start="20020/24000s" duration="1001/24000s" value="look"/>
    <filter-video ref="r6" name="grade"/>
</asset-clip>
"""


def times(start: int, duration: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, RATE), otio.opentime.RationalTime(duration, RATE))


def with_take(spine: str, *, active: bool, length: int = 96, video: int = 0) -> tuple[Document, LossReport]:
    """The film back from OTIO after its first primary item got a second reference."""
    found, _ = to_otio(film(spine, resources=RESOURCES + '<effect id="r6" uid="x" name="grade"/>').document)
    primary = next(track for track in found.tracks if track.name == "Primary Storyline")
    clip = primary[video]
    take = otio.schema.ExternalReference("file:///media/take2.mov", times(0, length))
    take.name = "take 2"
    key = "take 2" if active else clip.active_media_reference_key
    clip.set_media_references({**clip.media_references(), "take 2": take}, key)
    return from_otio(otio.core.deserialize_json_from_string(found.to_json_string()))


def tray(document: Document) -> etree._Element:
    (found,) = document.root.iter("audition")
    return found


def test_a_take_beside_the_active_one_waits_and_the_clip_keeps_all_it_had() -> None:
    document, losses = with_take(CLIP, active=False)
    pick, waiting = tray(document)
    assert (pick.get("name"), waiting.get("name")) == ("one", "take 2")
    assert seconds(tray(document).get("offset")) == 86400 * F
    assert [pick.get("offset"), waiting.get("offset"), waiting.get("lane")] == [None, None, None]
    assert [child.tag for child in pick] == ["asset-clip", "spine", "marker", "filter-video"]
    assert seconds(waiting.get("duration")) == 48 * F
    assert not losses.only("dropped")


def test_an_active_take_plays_and_what_hangs_on_the_clip_goes_over_in_place() -> None:
    before = {stand.name: stand for stand in stands(film(CLIP, resources=RESOURCES).document.root)}
    document, _ = with_take(CLIP, active=True)
    pick, waiting = tray(document)
    assert (pick.get("name"), waiting.get("name")) == ("take 2", "one")
    assert {child.tag for child in pick} == {"asset-clip", "spine"}
    assert [child.tag for child in waiting] == ["marker", "filter-video"]
    after = {stand.name: stand for stand in stands(document.root)}
    for name in ("music", "s1"):
        assert (after[name].start, after[name].duration) == (before[name].start, before[name].duration)


def test_a_take_too_short_for_its_slot_is_reported() -> None:
    _, losses = with_take(CLIP, active=False, length=20)
    assert ("approximated", "source_range") in losses.counts()


def test_replaced_media_and_another_take_are_two_takes() -> None:
    found, _ = to_otio(film(CLIP, resources=RESOURCES).document)
    clip = next(track for track in found.tracks if track.name == "Primary Storyline")[0]
    new = {
        key: otio.schema.ExternalReference(f"file:///media/{name}.mov", times(0, 96))
        for key, name in (("DEFAULT_MEDIA", "x"), ("alt", "y"))
    }
    clip.set_media_references(new, "DEFAULT_MEDIA")
    document, _ = from_otio(found)
    sources = []
    for child in tray(document):
        asset = document.resource(child.get("ref"))
        assert asset is not None
        sources.append(asset[0].get("src"))
    assert sources == ["file:///media/x.mov", "file:///media/y.mov"]


@pytest.mark.parametrize("active", [True, False])
def test_what_no_audition_can_hold_is_reported(active: bool) -> None:
    spine = (
        '<mc-clip ref="r7" name="mc" offset="86486400/24000s" duration="48048/24000s">'
        '<mc-source angleID="a1" srcEnable="all"/></mc-clip>'
    )
    document, losses = with_take(spine, active=active)
    assert list(document.root.iter("audition")) == []
    assert losses.counts()["dropped", "media_references"] == 1


@pytest.mark.parametrize("keys", [("DEFAULT_MEDIA",), ("DEFAULT_MEDIA", "take 2")])
def test_a_new_picture_leaves_the_sound_of_the_old_one(keys: tuple[str, ...]) -> None:
    spine = '<asset-clip ref="r2" name="one" offset="86486400/24000s" start="10010/24000s" duration="48048/24000s"/>'
    found, _ = to_otio(film(spine, resources=RESOURCES).document)
    clip = next(track for track in found.tracks if track.name == "Primary Storyline")[0]
    take = otio.schema.ExternalReference("file:///media/take2.mov", times(0, 96))
    clip.set_media_references({**clip.media_references(), keys[-1]: take}, keys[-1])
    document, losses = from_otio(otio.core.deserialize_json_from_string(found.to_json_string()))
    (sound,) = [one for one in document.root.iter("asset-clip") if one.get("srcEnable") == "audio"]
    assert (sound.get("ref"), sound.get("lane")) == ("r2", "-1")
    (stand,) = [one for one in stands(document.root) if one.lane == -1]
    assert (stand.start, stand.duration, stand.source) == (86400 * F, 48 * F, 10 * F)
    assert losses.counts()["approximated", "asset-clip"] == 1


def test_media_replaced_on_both_tracks_stay_one_clip() -> None:
    spine = '<asset-clip ref="r2" name="one" offset="86486400/24000s" start="10010/24000s" duration="48048/24000s"/>'
    found, _ = to_otio(film(spine, resources=RESOURCES).document)
    for clip in found.find_clips():
        clip.media_reference = otio.schema.ExternalReference("file:///media/proxy.mov", times(0, 96))
    document, losses = from_otio(found)
    (clip,) = document.root.iterfind("library//asset-clip")
    asset = document.resource(clip.get("ref"))
    assert asset is not None and asset.get("hasAudio") == "1"
    assert clip.get("srcEnable") is None
    assert not losses
