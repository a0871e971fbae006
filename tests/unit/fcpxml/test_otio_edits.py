"""What is changed in OTIO arrives in FCPXML, and only that."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from lxml import etree
from tests.support.fcpxml import film
from tests.support.fcpxml_story import Stand, seconds, stands

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.otio import KEY, from_otio, to_otio

F = Fraction(1001, 24000)
ORIGIN = 86400 * F
RATE = 24000 / 1001
RESOURCES = """
<asset id="r2" name="A" start="0s" duration="2402400/24000s" hasVideo="1" hasAudio="1" format="r1">
    <media-rep kind="original-media" src="file:///media/A.mov"/>
</asset>
<asset id="r3" name="Music" start="0s" duration="100s" hasAudio="1"><media-rep src="file:///media/m.wav"/></asset>
<effect id="r6" name="Basic Title" uid=".../Titles.localized/Basic Title.moti"/>
"""
# Three clips of 48 frames; a title and music on the second, a connected storyline on the third.
SPINE = """
<asset-clip ref="r2" name="one" offset="86486400/24000s" start="0s" duration="48048/24000s"/>
<asset-clip ref="r2" name="two" offset="86534448/24000s" start="100100/24000s" duration="48048/24000s">
    <title ref="r6" name="title" lane="1" offset="110110/24000s" start="3600s" duration="10010/24000s">
        <text><text-style ref="ts1">Hello</text-style></text>
        <text-style-def id="ts1"><text-style font="Arial"/></text-style-def>
    </title>
    <asset-clip ref="r3" name="music" lane="-1" offset="100100/24000s" duration="1s"/>
    <marker start="120120/24000s" duration="1001/24000s" value="note"/>
</asset-clip>
<asset-clip ref="r2" name="three" offset="86582496/24000s" start="1s" duration="48048/24000s">
    <spine lane="2" offset="1s">
        <asset-clip ref="r2" name="s1" offset="0s" duration="10010/24000s"/>
        <asset-clip ref="r2" name="s2" offset="10010/24000s" start="5s" duration="10010/24000s"/>
    </spine>
</asset-clip>
"""


def frames(value: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(value, RATE)


class Round:
    """A film in OTIO, to be changed, and what comes back."""

    def __init__(self, spine: str = SPINE, resources: str = RESOURCES) -> None:
        self.document = film(spine, resources=resources).document
        self.timeline, _ = to_otio(self.document)

    def track(self, name: str) -> otio.schema.Track:
        return next(track for track in self.timeline.tracks if track.name == name)

    @property
    def primary(self) -> otio.schema.Track:
        return self.track("Primary Storyline")

    def item(self, name: str) -> otio.schema.Clip:
        return next(
            one
            for one in self.timeline.tracks.find_children()
            if one.name == name and "key" in one.metadata.get(KEY, {})
        )

    def back(self) -> tuple[Document, LossReport]:
        again = otio.core.deserialize_json_from_string(self.timeline.to_json_string())
        return from_otio(again)

    def stands(self) -> dict[str, Stand]:
        return {stand.name: stand for stand in stands(self.back()[0].root)}


def named(document: Document, name: str) -> etree._Element:
    return next(element for element in document.root.iter() if element.get("name") == name and element.get("offset"))


def test_a_trimmed_clip_ripples_the_storyline_and_keeps_its_connections_in_record_time() -> None:
    made = Round()
    made.item("one").source_range = otio.opentime.TimeRange(frames(0), frames(38))
    after = made.stands()
    assert after["one"].duration == 38 * F
    assert after["two"].start == ORIGIN + 38 * F
    assert after["three"].start == ORIGIN + 86 * F
    assert after["title"].start == ORIGIN + 58 * F  # its own track did not move
    document, losses = made.back()
    assert set(losses.counts()) == {("approximated", "asset-clip")}  # the sound tracks were left alone
    sequence = document.root.find("library/event/project/sequence")
    assert sequence is not None and seconds(sequence.get("duration")) == 134 * F


def test_what_did_not_change_keeps_its_spelling() -> None:
    made = Round()
    made.item("one").name = "renamed"
    before, after = made.document.to_bytes().decode(), made.back()[0].to_bytes().decode()
    assert after == before.replace('name="one"', 'name="renamed"')


def test_a_trimmed_head_leaves_markers_on_their_frames() -> None:
    spine = (
        '<asset-clip ref="r2" name="one" offset="86486400/24000s" duration="48048/24000s">'
        '<marker start="20020/24000s" duration="1001/24000s" value="look"/></asset-clip>'
    )
    made = Round(spine)
    made.item("one").source_range = otio.opentime.TimeRange(frames(5), frames(43))
    element = named(made.back()[0], "one")
    assert (seconds(element.get("start")), element[0].get("start")) == (5 * F, "20020/24000s")


DISSOLVES = """
<asset-clip ref="r2" name="one" offset="86486400/24000s" start="1s" duration="48048/24000s"/>
<transition name="Cross Dissolve" offset="86524438/24000s" duration="20020/24000s"/>
<asset-clip ref="r2" name="two" offset="86534448/24000s" start="100100/24000s" duration="48048/24000s"/>
<transition name="Cross Dissolve" offset="86572486/24000s" duration="20020/24000s"/>
<asset-clip ref="r2" name="three" offset="86582496/24000s" start="2s" duration="48048/24000s"/>
"""


def transitions(made: Round) -> tuple[list[tuple[Fraction | None, Fraction | None]], dict[tuple[str, str], int]]:
    document, losses = made.back()
    found = [(seconds(one.get("offset")), seconds(one.get("duration"))) for one in document.root.iter("transition")]
    return found, {key: count for key, count in losses.counts().items() if key[1] == "transition"}


@pytest.mark.parametrize(("gone", "place"), [("one", 0), ("three", 86)])
def test_a_transition_left_at_an_end_is_shortened_to_the_storyline(gone: str, place: int) -> None:
    made = Round(DISSOLVES)
    made.primary.remove(made.item(gone))
    found, losses = transitions(made)
    assert losses == {("approximated", "transition"): 1}
    assert (ORIGIN + place * F, 10 * F) in found
    assert len(found) == 2


def test_of_two_transitions_at_one_cut_one_is_dropped() -> None:
    made = Round(DISSOLVES)
    made.primary.remove(made.item("two"))
    found, losses = transitions(made)
    assert losses == {("dropped", "transition"): 1}
    assert found == [(ORIGIN + 38 * F, 20 * F)]


def test_transitions_of_a_storyline_without_clips_are_dropped() -> None:
    made = Round(DISSOLVES)
    for name in ("one", "two", "three"):
        made.primary.remove(made.item(name))
    assert transitions(made) == ([], {("dropped", "transition"): 2})


def test_a_storyline_whose_items_all_went_elsewhere_is_gone() -> None:
    made = Round()
    lane = made.track("Lane 2")
    track = otio.schema.Track(kind="Video")
    for name in ("s1", "s2"):
        item = made.item(name)
        lane.remove(item)
        track.append(item)
    made.timeline.tracks.append(track)
    document, _ = made.back()
    assert len(list(document.root.iter("spine"))) == 1
    assert {"s1", "s2"} <= set(made.stands())


def test_a_slip_moves_the_start_alone() -> None:
    made = Round()
    made.item("two").source_range = otio.opentime.TimeRange(frames(110), frames(48))
    document, losses = made.back()
    assert named(document, "two").get("start") == "110110/24000s"
    assert [loss.detail for loss in losses] == [
        "Its sound was left as it lay on its own track: it follows the picture."
    ]
    marker = document.root.find(".//marker")
    assert marker is not None and marker.get("start") == "120120/24000s"  # marked in media time: it stays on its frame


def test_a_removed_clip_is_gone_and_what_was_connected_finds_another_host() -> None:
    made = Round()
    made.primary.remove(made.item("two"))
    made.primary.insert(1, otio.schema.Gap(duration=frames(48)))
    after = made.stands()
    assert "two" not in after
    assert after["title"].start == ORIGIN + 58 * F
    assert after["music"].lane == -1
    document, _ = made.back()
    host = named(document, "title").getparent()
    assert host is not None and host.tag == "gap"


def test_a_storyline_whose_host_is_gone_stays_a_storyline() -> None:
    made = Round()
    made.primary.remove(made.item("three"))
    after = made.stands()
    # The host began at frame 96 and the storyline with it; it has no grid of its own.
    assert after["s1"].start == ORIGIN + 96 * F
    assert after["s2"].start == ORIGIN + 106 * F
    document, _ = made.back()
    above = named(document, "s1").getparent()
    assert above is not None and above.tag == "spine" and above.get("lane") == "2"


def test_a_new_order_on_the_track_is_a_new_order_in_the_storyline() -> None:
    made = Round()
    three = made.item("three")
    made.primary.remove(three)
    made.primary.insert(0, three)
    document, _ = made.back()
    spine = document.root.find(".//sequence/spine")
    assert spine is not None
    assert [item.get("name") for item in spine] == ["three", "one", "two"]
    assert [seconds(item.get("offset")) for item in spine] == [ORIGIN, ORIGIN + 48 * F, ORIGIN + 96 * F]


def test_both_halves_of_a_razored_clip_stay_and_text_styles_stay_unique() -> None:
    made = Round()
    lane = made.track("Lane 1")
    title = made.item("title")
    other = title.deepcopy()
    title.source_range = otio.opentime.TimeRange(title.source_range.start_time, frames(4))
    other.name = "second half"
    lane.append(other)
    document, _ = made.back()
    assert [one.get("name") for one in document.root.iter("title")] == ["title", "second half"]
    ids = [one.get("id") for one in document.root.iter("text-style-def")]
    assert len(ids) == 2 and len(set(ids)) == 2
    runs = [run.get("ref") for run in document.root.iter("text-style") if run.get("ref")]
    assert sorted(map(str, runs)) == sorted(map(str, ids))


def test_an_item_moved_to_the_primary_track_joins_the_storyline() -> None:
    made = Round()
    title = made.item("title")
    lane = made.track("Lane 1")
    lane.remove(title)
    made.primary.append(title)
    document, _ = made.back()
    element = named(document, "title")
    above = element.getparent()
    assert above is not None and above.getparent() is not None and above.getparent().tag == "sequence"
    assert element.get("lane") is None
    assert seconds(element.get("offset")) == ORIGIN + 144 * F


def test_an_item_moved_to_a_new_track_takes_the_lane_above_all() -> None:
    made = Round()
    title = made.item("title")
    made.track("Lane 1").remove(title)
    track = otio.schema.Track(kind="Video")
    track.append(title)
    made.timeline.tracks.append(track)
    after = made.stands()["title"]
    assert (after.lane, after.start) == (3, ORIGIN)


def test_markers_are_changed_added_and_removed() -> None:
    made = Round()
    item = made.item("two")
    item.markers[0].name = "changed"
    item.markers[0].comment = "and why"
    item.markers.append(
        otio.schema.Marker(name="new", marked_range=otio.opentime.TimeRange(frames(105), frames(1)), color="PURPLE")
    )
    document, _ = made.back()
    marks = list(named(document, "two").iter("marker"))
    assert [(mark.get("value"), mark.get("note")) for mark in marks] == [("changed", "and why"), ("new", None)]
    assert seconds(marks[1].get("start")) == 105 * F
    del item.markers[0]
    assert [mark.get("value") for mark in named(made.back()[0], "two").iter("marker")] == ["new"]


def test_a_new_marker_stands_behind_what_is_connected() -> None:
    made = Round()
    made.item("three").markers.append(otio.schema.Marker("new", otio.opentime.TimeRange(frames(30), frames(1))))
    document, _ = made.back()
    assert [child.tag for child in named(document, "three")] == ["spine", "marker"]
    made.item("two").markers.append(otio.schema.Marker("new", otio.opentime.TimeRange(frames(110), frames(1))))
    document, _ = made.back()
    assert [child.tag for child in named(document, "two")] == ["title", "asset-clip", "marker", "marker"]


def test_below_1_9_a_new_asset_names_its_file_itself() -> None:
    old = RESOURCES.replace('hasAudio="1">', 'hasAudio="1" src="file:///x">')
    document = film(SPINE, resources=old, version="1.8").document
    found, _ = to_otio(document)
    found.tracks[0].append(
        otio.schema.Clip("n", otio.schema.ExternalReference("/n.mov"), otio.opentime.TimeRange(frames(0), frames(9)))
    )
    after, _ = from_otio(found)
    asset = after.resource(named(after, "n").get("ref"))
    assert asset is not None and asset.get("src") == "file:///n.mov" and len(asset) == 0


def test_another_active_reference_is_another_pick() -> None:
    spine = (
        '<audition offset="86486400/24000s"><asset-clip ref="r2" name="take 2" start="0s" duration="48048/24000s"/>'
        '<asset-clip ref="r2" name="take 1" start="10s" duration="48048/24000s"/></audition>'
    )
    made = Round(spine)
    clip = made.primary[0]
    clip.active_media_reference_key = "take 1"
    document, _ = made.back()
    (tray,) = document.root.iter("audition")
    assert [(pick.get("name"), pick.get("start")) for pick in tray] == [("take 1", "10s"), ("take 2", "0s")]


def test_what_connects_to_an_audition_connects_to_its_pick() -> None:
    spine = (
        '<audition offset="86486400/24000s"><asset-clip ref="r2" name="take 2" start="1s" duration="48048/24000s"/>'
        '<asset-clip ref="r2" name="take 1" start="10s" duration="48048/24000s"/></audition>'
    )
    made = Round(spine)
    track = otio.schema.Track(kind="Video")
    new = otio.schema.Clip("n", otio.schema.ExternalReference("/n.mov"), otio.opentime.TimeRange(frames(0), frames(9)))
    track.extend([otio.schema.Gap(duration=frames(5)), new])
    made.timeline.tracks.append(track)
    document, _ = made.back()
    element = named(document, "n")
    host = element.getparent()
    assert host is not None and host.get("name") == "take 2"
    assert seconds(element.get("offset")) == 1 + 5 * F


def test_an_added_reference_is_a_new_alternate_with_its_own_asset() -> None:
    spine = (
        '<audition offset="86486400/24000s"><asset-clip ref="r2" name="take 1" start="0s" duration="48048/24000s"/>'
        "</audition>"
    )
    made = Round(spine)
    clip = made.primary[0]
    references = dict(clip.media_references())
    added = otio.schema.ExternalReference(
        target_url="/media/take 2.mov", available_range=otio.opentime.TimeRange(frames(0), frames(96))
    )
    added.name = "take 2"
    clip.set_media_references({**references, "take 2": added}, "take 2")
    document, _ = made.back()
    (tray,) = document.root.iter("audition")
    assert [pick.get("name") for pick in tray] == ["take 2", "take 1"]
    asset = document.resource(tray[0].get("ref"))
    assert asset is not None and asset[0].get("src") == "file:///media/take%202.mov"
    assert seconds(tray[0].get("duration")) == 48 * F


def test_relinked_media_is_one_new_asset() -> None:
    made = Round()
    for name in ("one", "two"):
        item = made.item(name)
        item.media_reference = otio.schema.ExternalReference(
            target_url="file:///media/new.mov", available_range=otio.opentime.TimeRange(frames(0), frames(2400))
        )
    document, _ = made.back()
    assert len(list(document.root.iter("asset"))) == 3
    one, two, three = (named(document, name).get("ref") for name in ("one", "two", "three"))
    assert one == two != three


@pytest.mark.parametrize("scalar", [2.0, 0.5, -1.0])
def test_a_new_speed_is_a_time_map_over_the_whole_media(scalar: float) -> None:
    made = Round()
    made.item("one").effects.append(otio.schema.LinearTimeWarp(time_scalar=scalar))
    document, losses = made.back()
    element = named(document, "one")
    points = [(seconds(point.get("time")), seconds(point.get("value"))) for point in element.iter("timept")]
    (begin, first), (end, last) = points
    assert begin is not None and first is not None and end is not None and last is not None
    assert (last - first) / (end - begin) == Fraction(scalar)
    assert {first, last} == {Fraction(0), 2400 * F}
    start = seconds(element.get("start"))
    assert start is not None
    shown = first + (start - begin) * Fraction(scalar)
    assert shown == (0 if scalar > 0 else 48 * F)
    assert not losses


def test_a_retiming_taken_away_is_gone() -> None:
    points = '<timeMap><timept time="0s" value="0s"/><timept time="50s" value="100s"/></timeMap>'
    spine = '<asset-clip ref="r2" name="one" offset="86486400/24000s" start="1s" duration="48048/24000s">'
    made = Round(f"{spine}{points}</asset-clip>")
    del made.item("one").effects[:]
    document, _ = made.back()
    assert document.root.find(".//timeMap") is None
    assert named(document, "one").get("start") == "2s"


def test_the_words_of_a_title_can_be_changed() -> None:
    made = Round()
    made.item("title").media_reference.parameters["text"] = "Goodbye"
    document, _ = made.back()
    assert "".join(named(document, "title").find("text").itertext()).strip() == "Goodbye"  # type: ignore[union-attr]


def test_sound_moved_on_its_own_track_is_a_clip_of_its_own() -> None:
    made = Round()
    track = next(track for track in made.timeline.audio_tracks() if track.name == "Sound of lane 0")
    sound = track[1]
    sound.source_range = otio.opentime.TimeRange(frames(90), frames(48))
    document, losses = made.back()
    assert named(document, "two").get("srcEnable") == "video"
    detached = next(one for one in document.root.iter("asset-clip") if one.get("srcEnable") == "audio")
    assert seconds(detached.get("start")) == 90 * F
    assert losses.counts()["approximated", "asset-clip"] == 1
    assert named(document, "one").get("srcEnable") is None


def test_sound_tracks_left_out_altogether_mute_nothing() -> None:
    made = Round()
    for track in list(made.timeline.audio_tracks()):
        if track.name.startswith("Sound"):
            made.timeline.tracks.remove(track)
    assert made.back()[0].to_bytes() == made.document.to_bytes()


def test_a_changed_compound_is_a_new_compound_and_says_so() -> None:
    media = (
        '<media id="r20" name="C"><sequence format="r1" tcStart="0s"><spine>'
        '<asset-clip ref="r2" name="inner" offset="0s" start="1001/24000s" duration="96096/24000s"/>'
        "</spine></sequence></media>"
    )
    made = Round('<ref-clip ref="r20" name="C" offset="86486400/24000s" duration="48048/24000s"/>', RESOURCES + media)
    stack = made.item("C")
    for inner in stack.find_clips():
        inner.source_range = otio.opentime.TimeRange(frames(7), frames(60))
    document, losses = made.back()
    assert losses.counts()["approximated", "ref-clip"] == 1
    new = document.resource(named(document, "C").get("ref"))
    assert new is not None and new.get("id") != "r20"
    clip = new.find("sequence/spine/asset-clip")
    assert clip is not None
    assert (seconds(clip.get("start")), seconds(clip.get("duration"))) == (7 * F, 60 * F)
    assert clip.get("srcEnable") is None  # picture and sound still lie together


def test_items_pasted_into_another_timeline_are_made_anew_and_reported() -> None:
    made = Round()
    other = otio.schema.Timeline("Other")
    other.tracks.append(otio.schema.Track(kind="Video"))
    other.tracks[0].append(made.item("one").deepcopy())
    document, losses = from_otio(other)
    assert losses.counts()["approximated", "asset-clip"] == 1
    clip = document.root.find(".//spine/asset-clip")
    assert clip is not None and clip.get("name") == "one"
    assert seconds(clip.get("duration")) == 48 * F


def test_a_carried_document_keeps_its_version_unless_another_is_asked_for() -> None:
    document = film(SPINE, resources=RESOURCES, version="1.13").document
    found, _ = to_otio(document)
    assert from_otio(found)[0].version == "1.13"
    assert from_otio(found, version="1.10")[0].version == "1.10"
    assert from_otio(otio.schema.Timeline("new"))[0].version == "1.10"


def test_damaged_metadata_is_reported_and_the_item_made_anew() -> None:
    made = Round()
    made.item("one").metadata[KEY]["xml"] = "<asset-clip"
    document, losses = made.back()
    assert losses.counts()["approximated", "metadata"] == 1
    assert named(document, "one").get("ref") == "r2"


@pytest.mark.parametrize("text", ["<audition/>", "<asset-clip", "<fcpxml/>", "<gap duration='x'/>", ""])
def test_no_carried_xml_is_trusted(text: str) -> None:
    spine = '<audition offset="86486400/24000s"><asset-clip ref="r2" name="a" duration="48048/24000s"/></audition>'
    made = Round(spine)
    made.primary[0].metadata[KEY]["xml"] = text
    assert made.stands()["a"].duration == 48 * F


def test_entities_in_carried_xml_are_never_read() -> None:
    made = Round()
    made.item("one").metadata[KEY]["xml"] = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><asset-clip name="one" offset="0s">&e;</asset-clip>'
    )
    document, losses = made.back()
    assert losses.counts()["approximated", "metadata"] == 1
    assert b"root:" not in document.to_bytes()


def test_hosts_that_claim_each_other_are_no_circle() -> None:
    made = Round()
    title, music = made.item("title"), made.item("music")
    title_key, music_key = title.metadata[KEY]["key"], music.metadata[KEY]["key"]
    for item, other in ((title, music_key), (music, title_key)):
        item.metadata[KEY]["host"] = other
        item.metadata[KEY]["xml"] = item.metadata[KEY]["xml"].replace(
            "</title>", f"<?takebridge-item {other}?></title>"
        )
    after = made.stands()
    assert {"title", "music"} <= set(after)
