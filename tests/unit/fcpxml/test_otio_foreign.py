"""Timelines of other applications as FCPXML."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from lxml import etree
from tests.support.fcpxml import dtd_folder
from tests.support.fcpxml_story import ITEMS, seconds, stands

from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import OtioError
from takebridge_fcpxml.loss import LossReport
from takebridge_fcpxml.otio import from_otio
from takebridge_fcpxml.otio.files import parse_otio

RT, TR = otio.opentime.RationalTime, otio.opentime.TimeRange
RATES = [24, 25, 30, 50, 60, 24000 / 1001, 23.976, 23.98, 30000 / 1001, 29.97, 60000 / 1001, 59.94]


def span(start: float, duration: float, rate: float = 24) -> TR:
    return TR(RT(start, rate), RT(duration, rate))


def external(
    url: str = "/media/a.mov", rate: float = 24, start: float = 0, length: float = 1000
) -> otio.core.MediaReference:
    return otio.schema.ExternalReference(target_url=url, available_range=span(start, length, rate))


def clip(name: str = "c", start: float = 0, duration: float = 48, rate: float = 24, **more: object) -> otio.schema.Clip:
    more.setdefault("media_reference", external(rate=rate))
    return otio.schema.Clip(name=name, source_range=span(start, duration, rate), **more)


def timeline(*tracks: list[otio.core.Composable], sound: tuple[int, ...] = ()) -> otio.schema.Timeline:
    made = otio.schema.Timeline("T")
    for index, children in enumerate(tracks):
        track = otio.schema.Track(kind="Audio" if index in sound else "Video")
        track.extend(children)
        made.tracks.append(track)
    return made


def convert(obj: otio.core.SerializableObject) -> tuple[Document, LossReport]:
    """The document; its storylines are contiguous and on the frame grid."""
    document, losses = from_otio(obj)
    for sequence in document.root.iter("sequence"):
        form = document.resource(sequence.get("format"))
        frame = seconds(form.get("frameDuration")) if form is not None else None
        cursor = seconds(sequence.get("tcStart"))
        spine = sequence.find("spine")
        assert spine is not None and frame and cursor is not None
        for item in spine:
            if item.tag in ITEMS - {"transition"}:
                holder = item[0] if item.tag == "audition" else item
                length = seconds(holder.get("duration"))
                assert seconds(item.get("offset")) == cursor and length
                assert (cursor / frame).denominator == (length / frame).denominator == 1
                cursor += length
    try:
        folder = dtd_folder()
    except pytest.skip.Exception:
        return document, losses
    with (folder / "FCPXMLv1_10.dtd").open("rb") as file:
        dtd = etree.DTD(file)
    assert dtd.validate(etree.fromstring(document.to_bytes())), dtd.error_log
    return document, losses


def spine_of(document: Document) -> etree._Element:
    spine = document.root.find(".//project/sequence/spine")
    assert spine is not None
    return spine


@pytest.mark.parametrize("rate", RATES)
def test_frames_are_exact_at_every_rate_and_spelling(rate: float) -> None:
    film = timeline([clip("a", 10, 101, rate), otio.schema.Gap(duration=RT(7, rate)), clip("b", 20, 53, rate)])
    film.global_start_time = RT(86400, rate)
    document, _ = convert(film)
    exact = Fraction(round(rate * 1.001) * 1000, 1001) if rate != int(rate) else Fraction(int(rate))
    found = [(item.tag, seconds(item.get("offset")), seconds(item.get("duration"))) for item in spine_of(document)]
    begin = 86400 / exact
    assert found == [
        ("asset-clip", begin, 101 / exact),
        ("gap", begin + 101 / exact, 7 / exact),
        ("asset-clip", begin + 108 / exact, 53 / exact),
    ]
    assert seconds(spine_of(document)[0].get("start")) == 10 / exact


def test_one_asset_a_file_with_its_embedded_timecode() -> None:
    shared = external("file:///media/a%20b.mov", start=86400)
    film = timeline(
        [clip("a", 86400, 24, media_reference=shared), clip("b", 86424, 24, media_reference=shared.clone())]
    )
    film.tracks[0].append(clip("c", 86424, 24, media_reference=external("/media/a b.mov", start=86400)))
    document, _ = convert(film)
    (asset,) = document.root.iter("asset")
    assert (seconds(asset.get("start")), seconds(asset.get("duration"))) == (3600, Fraction(1000, 24))
    assert asset.get("name") == "a b.mov"
    assert asset[0].get("src") == "file:///media/a%20b.mov"
    assert [seconds(item.get("start")) for item in spine_of(document)] == [3600, 3601, 3601]


def test_other_tracks_are_lanes_and_audio_lies_below() -> None:
    film = timeline(
        [clip("a", duration=100)],
        [otio.schema.Gap(duration=RT(10, 24)), clip("b", duration=20)],
        [clip("c", duration=10)],
        [otio.schema.Gap(duration=RT(5, 24)), clip("m", media_reference=external("/m.wav"))],
        sound=(3,),
    )
    document, _ = convert(film)
    found = {stand.name: (stand.start * 24, stand.lane) for stand in stands(document.root)}
    assert found == {"a": (0, 0), "b": (10, 1), "c": (0, 2), "m": (5, -1)}


def test_picture_and_sound_of_one_media_side_by_side_are_one_clip() -> None:
    film = timeline([clip("a", 5, 48), clip("b", 60, 48)], [clip("a", 5, 48), clip("b", 61, 48)], sound=(1,))
    document, _ = convert(film)
    first, second = spine_of(document)
    assert first.get("srcEnable") is None and len(first) == 0
    assert second.get("srcEnable") == "video"
    assert second[0].get("srcEnable") == "audio" and second[0].get("lane") == "-1"


def test_sound_alone_hangs_on_a_gap() -> None:
    document, _ = convert(timeline([clip("m", duration=30)], sound=(0,)))
    (gap,) = spine_of(document)
    assert gap.tag == "gap" and gap[0].get("name") == "m"


def test_what_lies_behind_the_end_of_the_storyline_hangs_on_a_gap() -> None:
    document, _ = convert(timeline([clip("a", duration=10)], [otio.schema.Gap(duration=RT(30, 24)), clip("b")]))
    assert [item.tag for item in spine_of(document)] == ["asset-clip", "gap"]
    assert {stand.name: stand.start * 24 for stand in stands(document.root)}["b"] == 30


def test_a_dissolve_stands_around_its_cut_and_others_become_one_with_a_report() -> None:
    fade = otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=RT(5, 24), out_offset=RT(7, 24))
    wipe = otio.schema.Transition(transition_type="Wipe", in_offset=RT(2, 24), out_offset=RT(2, 24))
    document, losses = convert(timeline([clip(start=100), fade, clip(start=100), wipe, clip(start=100)]))
    found = [(seconds(one.get("offset")), seconds(one.get("duration"))) for one in document.root.iter("transition")]
    assert found == [(Fraction(43, 24), Fraction(12, 24)), (Fraction(94, 24), Fraction(4, 24))]
    assert losses.counts()["approximated", "Transition"] == 1


def test_a_transition_on_an_upper_track_makes_a_connected_storyline() -> None:
    fade = otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=RT(5, 24), out_offset=RT(5, 24))
    upper = [otio.schema.Gap(duration=RT(10, 24)), clip("x", 50, 20), fade, clip("y", 50, 20)]
    document, _ = convert(timeline([clip(duration=200)], upper))
    (storyline,) = [spine for spine in document.root.iter("spine") if spine.get("lane")]
    assert [item.tag for item in storyline] == ["asset-clip", "transition", "asset-clip"]
    assert storyline.get("lane") == "1" and seconds(storyline.get("offset")) == Fraction(10, 24)


def test_markers_of_clip_track_and_timeline_arrive_without_colour() -> None:
    item = clip("a", 100, 48)
    item.markers.append(otio.schema.Marker(name="on clip", marked_range=span(110, 1), color="RED", comment="n"))
    film = timeline([item])
    film.tracks.markers.append(otio.schema.Marker(name="on film", marked_range=span(20, 2)))
    document, losses = convert(film)
    marks = {mark.get("value"): mark for mark in document.root.iter("marker")}
    assert seconds(marks["on clip"].get("start")) == Fraction(110, 24) and marks["on clip"].get("note") == "n"
    assert seconds(marks["on film"].get("start")) == Fraction(120, 24)
    assert losses.counts()["dropped", "Marker.color"] == 2


def test_speed_is_a_time_map_and_other_effects_are_reported() -> None:
    item = clip("a", 24, 48)
    item.effects.extend([otio.schema.LinearTimeWarp(time_scalar=2), otio.schema.Effect(effect_name="Blur")])
    document, losses = convert(timeline([item]))
    first, last = document.root.iter("timept")
    assert (first.get("value"), last.get("time"), last.get("value")) == ("0s", "125/6s", "125/3s")
    assert spine_of(document)[0].get("start") == "1/2s"
    assert losses.counts()["dropped", "Blur"] == 1


def test_a_freeze_frame_holds_its_frame() -> None:
    item = clip("a", 24, 48)
    item.effects.append(otio.schema.FreezeFrame())
    document, _ = convert(timeline([item]))
    assert {point.get("value") for point in document.root.iter("timept")} == {"1s"}


def test_several_references_are_an_audition() -> None:
    item = clip("shot")
    takes = {"DEFAULT_MEDIA": external("/t1.mov"), "take 2": external("/t2.mov")}
    item.set_media_references(takes, "take 2")
    document, _ = convert(timeline([item]))
    (tray,) = document.root.iter("audition")
    sources = [document.resource(pick.get("ref"))[0].get("src") for pick in tray]  # type: ignore[index]
    assert sources == ["file:///t2.mov", "file:///t1.mov"]


def test_missing_media_keep_their_name_and_time_as_an_offline_asset() -> None:
    document, losses = convert(timeline([clip("lost/one", media_reference=otio.schema.MissingReference())]))
    (asset,) = document.root.iter("asset")
    assert asset[0].get("src") == "file:///offline/lost_one"
    assert losses.counts()["approximated", "MissingReference"] == 1


def test_generators_are_titles_and_solids() -> None:
    words = otio.schema.GeneratorReference(generator_kind="Text", parameters={"text": "Hi & <you>"})
    bars = otio.schema.GeneratorReference(generator_kind="SMPTEBars")
    document, losses = convert(timeline([clip("t", media_reference=words), clip("b", media_reference=bars)]))
    assert [item.tag for item in spine_of(document)] == ["title", "video"]
    assert "".join(spine_of(document)[0].find("text").itertext()) == "Hi & <you>"  # type: ignore[union-attr]
    assert losses.counts()["approximated", "GeneratorReference"] == 2


def test_an_image_sequence_is_approximated_by_its_first_image() -> None:
    images = otio.schema.ImageSequenceReference(
        "file:///shots/", "s.", ".exr", start_frame=1001, rate=24, frame_zero_padding=4, available_range=span(0, 48)
    )
    document, losses = convert(timeline([clip("s", media_reference=images)]))
    assert document.root.find(".//media-rep").get("src") == "file:///shots/s.1001.exr"  # type: ignore[union-attr]
    assert losses.counts()["approximated", "ImageSequenceReference"] == 1


def test_a_nested_stack_is_a_compound_windowed_by_its_source_range() -> None:
    inner = otio.schema.Stack("nest", source_range=span(12, 24))
    for name in ("low", "high"):
        track = otio.schema.Track(kind="Video")
        track.append(clip(name, duration=48))
        inner.append(track)
    document, _ = convert(timeline([clip("a"), inner, inner.deepcopy()]))
    media = list(document.root.iter("media"))
    assert len(media) == 1
    assert {element.get("name") for element in media[0].iter("asset-clip")} == {"low", "high"}
    reference = spine_of(document)[1]
    assert (reference.tag, reference.get("start"), reference.get("duration")) == ("ref-clip", "1/2s", "1s")


def test_media_of_another_rate_are_conformed_in_real_time() -> None:
    odd = otio.schema.Clip("p", external("/media/pal.mov", rate=25), span(50, 25, 25))
    document, _ = convert(timeline([clip("a"), clip("b"), odd]))
    element = spine_of(document)[2]
    conform = element.find("conform-rate")
    assert conform is not None and (conform.get("scaleEnabled"), conform.get("srcFrameRate")) == ("0", "25")
    assert (element.get("start"), element.get("duration")) == ("2s", "1s")


def test_cuts_between_frames_go_to_the_nearest_and_do_not_drift() -> None:
    odd = [otio.schema.Clip(str(index), external(rate=25), span(0, 7, 25)) for index in range(50)]
    film = timeline([clip("a", duration=240), *odd, *[clip("z", duration=1) for _ in range(60)]])
    document, losses = convert(film)
    items = list(spine_of(document))
    last = seconds(items[51].get("offset"))
    assert last is not None and abs(last - (10 + 50 * Fraction(7, 25))) <= Fraction(1, 48)
    assert losses.counts()["approximated", "frame grid"] > 0


def test_a_clip_beyond_its_media_is_reported() -> None:
    _, losses = convert(timeline([clip("a", 990, 48)]))
    assert losses.counts()["approximated", "source_range"] == 1


def test_nothing_without_length_reaches_the_document() -> None:
    empty = otio.schema.Clip("empty", otio.schema.MissingReference())
    document, losses = convert(timeline([clip("a"), empty, clip("z", duration=0), clip("b")]))
    assert [item.get("name") for item in spine_of(document)] == ["a", "b"]
    assert losses.counts()["dropped", "Clip"] == 2


def test_a_trimmed_track_shows_only_its_range() -> None:
    film = timeline([clip("a", 0, 48), clip("b", 0, 48), clip("c", 0, 48)])
    film.tracks[0].source_range = span(60, 20)
    document, losses = convert(film)
    (item,) = spine_of(document)
    assert (item.get("name"), seconds(item.get("start")), seconds(item.get("duration"))) == (
        "b",
        Fraction(12, 24),
        Fraction(20, 24),
    )
    assert losses.counts()["dropped", "Clip"] == 2


def test_a_collection_a_stack_a_track_and_a_clip_alone_are_projects_or_clips() -> None:
    collection = otio.schema.SerializableCollection(
        "c", [timeline([clip("a")]), clip("loose"), otio.schema.Marker("m")]
    )
    document, losses = from_otio(collection)
    assert [one.get("name") for one in document.root.iter("project")] == ["T"]
    assert document.root.find("library/event/asset-clip").get("name") == "loose"  # type: ignore[union-attr]
    assert losses.counts()["dropped", "Marker"] == 1
    for alone in (timeline([clip("a")]).tracks, timeline([clip("a")]).tracks[0], clip("a")):
        assert len(spine_of(convert(alone)[0])) == 1


def test_names_with_characters_xml_cannot_hold_are_cleaned() -> None:
    document, _ = convert(timeline([clip("a\x01b\x1f")]))
    assert spine_of(document)[0].get("name") == "ab"


def test_an_unknown_object_on_a_track_keeps_its_time_and_is_reported() -> None:
    text = timeline([clip("a"), clip("x"), clip("b")]).to_json_string().replace('"Clip.2"', '"Alien.7"', 2)
    text = text.replace('"Alien.7"', '"Clip.2"', 1)
    found, losses = parse_otio(text)
    document, _ = convert(found)
    assert [(item.tag, item.get("name")) for item in spine_of(document)] == [
        ("asset-clip", "a"),
        ("gap", "x"),
        ("asset-clip", "b"),
    ]
    assert seconds(spine_of(document)[-1].get("offset")) == 4
    assert losses.counts()["dropped", "Alien"] == 1


def test_what_is_no_timeline_is_an_error() -> None:
    for wrong in (otio.schema.Marker("m"), otio.schema.SerializableCollection("c"), "text"):
        with pytest.raises(OtioError) as caught:
            from_otio(wrong)
        assert caught.value.hint


def test_endless_nesting_is_an_error() -> None:
    stack = otio.schema.Stack()
    stack.append(clip())
    for _ in range(60):
        outer = otio.schema.Stack()
        outer.append(stack)
        stack = outer
    with pytest.raises(OtioError, match="nested"):
        from_otio(stack)


@pytest.mark.parametrize("rate", [0.0, -24.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_an_error(rate: float) -> None:
    with pytest.raises(OtioError, match="rate"):
        from_otio(timeline([otio.schema.Clip("a", external(), TR(RT(0, 24), RT(5, rate)))]))
