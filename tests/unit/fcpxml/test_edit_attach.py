"""Connecting, marks by record time, roles, captions; assets and formats."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from tests.support.fcpxml_edits import RATES, Reel, check_spine, named, sequence_of, where

from takebridge_fcpxml import Fcpxml, edit, place
from takebridge_fcpxml.errors import BadValueError, EditError
from takebridge_fcpxml.view import Asset, Caption, Item, Video

RATE = pytest.mark.parametrize("reel", [Reel(rate) for rate in RATES], ids=list(RATES))


def ab(reel: Reel) -> Fcpxml:
    return reel.film(reel.clip("A", 0, 100, 10), reel.clip("B", 100, 50, 20), duration=150)


@RATE
def test_connect_finds_the_host_and_disconnect_undoes_it(reel: Reel) -> None:
    film = ab(reel)
    before = film.to_bytes()
    item = edit.clip_of(film.resources.assets[1], sequence_of(film), reel.s(20), name="N")
    edit.connect(sequence_of(film), item, reel.record(110), -1)
    assert where(film, "N") == [reel.record(110)]
    assert (named(film, "N").parent, item.lane, item.offset) == (named(film, "B"), -1, reel.s(30))
    assert list(item.element.attrib)[:4] == ["ref", "lane", "offset", "name"]
    assert place(sequence_of(film))[-1].lane == -1
    gone = edit.disconnect(item).item
    assert (gone.element.get("lane"), gone.element.get("offset")) == (None, None)
    assert film.to_bytes().replace(b"></asset-clip>", b"/>") == before
    edit.connect(named(film, "A"), gone, reel.record(110), 2)
    assert named(film, "N").parent == named(film, "A")
    assert where(film, "N") == [reel.record(110)]


@RATE
@pytest.mark.parametrize(("lane", "at"), [(0, 10), (True, 10), (1.0, 10), (1, -5)])
def test_connections_that_cannot_be(reel: Reel, lane: int, at: int) -> None:
    film = ab(reel)
    before = film.to_bytes()
    item = edit.clip_of(film.resources.assets[1], sequence_of(film), reel.s(20))
    with pytest.raises(EditError):
        edit.connect(sequence_of(film), item, reel.record(at), lane)
    with pytest.raises(EditError, match="not connected"):
        edit.disconnect(named(film, "A"))
    assert film.to_bytes() == before


@RATE
def test_marks_stand_at_their_record_time(reel: Reel) -> None:
    film = ab(reel)
    sequence = sequence_of(film)
    marker = edit.add_marker_at(sequence, reel.record(105), "m", note="n", completed=False)
    assert (marker.start, marker.duration, marker.completed, marker.note) == (reel.s(25), reel.frame, False, "n")
    assert marker.parent == named(film, "B")
    chapter = edit.add_chapter_at(named(film, "A"), reel.record(7), "c", poster_offset=reel.s(1))
    assert (chapter.start, chapter.poster_offset) == (reel.s(17), reel.s(1))
    placed = next(one for one in place(sequence) if one.item.name == "A")
    keyword = edit.add_keyword_at(placed, "one, two", reel.record(10), duration=reel.s(5))
    assert (keyword.start, keyword.duration, keyword.words) == (reel.s(20), reel.s(5), ("one", "two"))
    rating = edit.add_rating_at(named(film, "A"), "favorite")
    assert (rating.value, rating.element.get("start")) == ("favorite", None)
    assert edit.set_note(named(film, "A"), "look").note == "look"
    assert [child.tag for child in named(film, "A").element] == ["note", "chapter-marker", "keyword", "rating"]


@RATE
@pytest.mark.parametrize("frame", [99, 150, 400])
def test_a_marker_outside_its_item_is_refused(reel: Reel, frame: int) -> None:
    film = ab(reel)
    before = film.to_bytes()
    with pytest.raises(EditError, match="outside B"):
        edit.add_marker_at(named(film, "B"), reel.record(frame), "m")
    assert film.to_bytes() == before


def test_a_mark_has_a_length() -> None:
    reel = Reel("25")
    film = ab(reel)
    before, at = film.to_bytes(), reel.record(0)
    for length in (F(0), F(-1)):
        with pytest.raises(EditError, match="needs a length"):
            edit.add_marker_at(sequence_of(film), at, "m", duration=length)
        with pytest.raises(EditError, match="needs a length"):
            edit.add_keyword_at(sequence_of(film), "k", at, duration=length)
    assert film.to_bytes() == before


def test_marks_on_a_conformed_host_are_in_its_media_seconds() -> None:
    reel = Reel("23.976")
    pal = '<asset id="p" name="p.mov" duration="8s" hasVideo="1" format="f25"><media-rep src="file:///p.mov"/></asset>'
    film = reel.film(reel.clip("A", 0, 100, 0, '<conform-rate srcFrameRate="25"/>', ref="p"), resources=pal)
    marker = edit.add_marker_at(sequence_of(film), reel.record(50), "m")
    assert (marker.start, marker.duration) == (2, reel.frame)
    assert edit.add_keyword_at(named(film, "A"), "k", reel.record(50), duration=reel.s(25)).duration == 1


def test_text_that_xml_cannot_hold_changes_nothing() -> None:
    reel = Reel()
    film = ab(reel)
    before = film.to_bytes()
    for call in (
        lambda: edit.add_marker_at(named(film, "A"), reel.record(1), "a\x00"),
        lambda: edit.set_note(named(film, "A"), "\ud800"),
        lambda: edit.add_keyword_at(named(film, "A"), "\x01"),
        lambda: edit.add_caption(sequence_of(film), "\x02", reel.record(1), reel.s(2), "en"),
    ):
        with pytest.raises(BadValueError):
            call()
    assert film.to_bytes() == before


def test_roles() -> None:
    reel = Reel()
    part = '<video ref="a1" duration="9s"><audio ref="a1" lane="-1" duration="9s" role="dialogue"/></video>'
    music = '<audio ref="a1" lane="-2" offset="0s" name="M" duration="1s" role="music"/>'
    clip = f'<clip offset="{reel.t(90100)}" name="K" duration="4s">{part}{music}</clip>'
    film = reel.film(reel.clip("A", 0, 100, 10, reel.title(1, 40, 20, "T")), clip)
    edit.set_role(named(film, "A"), video="video.AI", audio="effects.surround.left")
    assert named(film, "A").roles == ("effects.surround.left", "video.AI")
    edit.set_role(named(film, "T"), video="titles.sub")
    assert named(film, "T").roles == ("titles.sub",)
    edit.set_role(named(film, "K"), video="pictures", audio="effects")
    assert [item.element.get("role") for item in named(film, "K").descendants(Item)] == ["pictures", "effects", "music"]
    before = film.to_bytes()
    for call in (
        lambda: edit.set_role(named(film, "T"), audio="music"),
        lambda: edit.set_role(named(film, "A"), audio="a..b"),
        lambda: edit.set_role(named(film, "A"), video="v", audio=""),
    ):
        with pytest.raises(EditError):
            call()
    assert film.to_bytes() == before


@RATE
def test_captions_have_styles_of_their_own(reel: Reel) -> None:
    film = ab(reel)
    sequence = sequence_of(film)
    first = edit.add_caption(sequence, "One\nline", reel.record(10), reel.s(30), "en")
    second = edit.add_caption(sequence, "Two", reel.record(110), reel.s(20), "de-DE", format="ITT")
    assert (first.role, second.language, second.caption_format) == ("SRT?captionFormat=SRT.en", "de-DE", "ITT")
    assert [caption.text_styles[0].id for caption in (first, second)] == ["ts1", "ts2"]
    assert (first.words, first.name) == ("One\nline", "One line")
    placed = {one.item: one for one in place(sequence)}
    assert (placed[first].record_start, placed[first].duration, placed[first].lane) == (reel.record(10), reel.s(30), 1)
    assert placed[second].record_start == reel.record(110)
    check_spine(film, reel.frame)
    with pytest.raises(EditError, match="language"):
        edit.add_caption(sequence, "x", reel.record(0), reel.s(5), "not a tag")
    with pytest.raises(EditError, match="carries no marks"):
        edit.add_marker_at(first, reel.record(10), "m")


def test_copies_have_text_styles_of_their_own() -> None:
    reel = Reel("25")
    film = ab(reel)
    caption = edit.add_caption(sequence_of(film), "One", reel.record(10), reel.s(30), "en")
    copies = [edit.copy_of(caption), edit.copy_of(caption)]
    for lane, copied in enumerate(copies, 2):
        edit.connect(sequence_of(film), copied, reel.record(50), lane)
    styles = [one.text_styles[0].id for one in film.descendants(Caption)]
    assert len(set(styles)) == 3
    for one in film.descendants(Caption):
        assert one.text_blocks[0].styles[0].style_id == one.text_styles[0].id


def test_captions_need_version_1_8() -> None:
    reel = Reel()
    film = reel.film(reel.clip("A", 0, 10), version="1.7")
    with pytest.raises(EditError, match="version 1"):
        edit.add_caption(sequence_of(film), "x", reel.record(0), reel.s(5), "en")
    assert not list(film.descendants(Caption))


def test_one_asset_for_a_file() -> None:
    film = ab(Reel("25"))
    picture = edit.add_format(film, F(1, 25), 1920, 1080)
    asset = edit.add_asset(
        film, "/media/Über & 'all' (1).mov", duration=F(10), start=F(3600), format=picture, has_audio=True
    )
    assert asset.src == "file:///media/%C3%9Cber%20%26%20%27all%27%20%281%29.mov"
    assert (asset.name, asset.start, asset.duration) == ("Über & 'all' (1).mov", 3600, 10)
    assert asset.element.get("uid") is None
    assert asset.media_reps[0].element.get("sig") is None
    before = film.to_bytes()
    # Another spelling of the same file.
    url = "file:///media/%C3%9Cber%20&%20'all'%20(1).mov"
    assert edit.add_asset(film, url, duration=F(10), start=F(3600), format=picture) == asset
    for changed in ({"duration": F(11), "start": F(3600)}, {"duration": F(10)}):
        with pytest.raises(EditError, match="is in the document with"):
            edit.add_asset(film, url, format=picture, **changed)
    assert film.to_bytes() == before


def test_below_1_9_the_asset_holds_the_url() -> None:
    film = Reel("25").film(version="1.8")
    for element in list(film.document.root.iter("asset")):
        Asset(element, film.document).remove()
    picture = edit.add_format(film, F(1, 25), 640, 480)
    asset = edit.add_asset(film, "/m/a.mov", duration=F(10), format=picture)
    assert asset.element.get("src") == "file:///m/a.mov"
    assert len(asset.element) == 0
    assert "videoSources" not in asset.element.attrib
    assert edit.add_asset(film, "/m/a.mov", duration=F(10)) == asset


@pytest.mark.parametrize(
    ("frame", "width", "height", "name"),
    [
        (F(1001, 24000), 1920, 1080, "FFVideoFormat1080p2398"),
        (F(1, 25), 1280, 720, "FFVideoFormat720p25"),
        (F(1001, 60000), 3840, 2160, "FFVideoFormat3840x2160p5994"),
        (F(1001, 30000), 4096, 2160, "FFVideoFormat4096x2160p2997"),
        (F(1, 25), 576, 1024, "FFVideoFormatRateUndefined"),
        (F(13335, 400000), 1920, 1080, "FFVideoFormatRateUndefined"),
        (None, 1920, 1080, "FFVideoFormatRateUndefined"),
    ],
)
def test_formats_are_named_as_final_cut_names_them(frame: F | None, width: int, height: int, name: str) -> None:
    film = Reel("29.97").film()
    added = edit.add_format(film, frame, width, height, color_space="9-18-9 (Rec. 2020 HLG)")
    assert (added.name, added.frame_duration, added.width, added.height) == (name, frame, width, height)
    assert edit.add_format(film, frame, width, height, color_space="9-18-9 (Rec. 2020 HLG)") == added
    assert edit.add_format(film, frame, width, height) != added


def test_an_equal_format_is_used_whatever_its_spelling() -> None:
    film = Reel("25").film()
    assert edit.add_format(film, F(1, 25), 1920, 1080).id == "r1", "100/2500s"


@pytest.mark.parametrize(
    ("path", "more", "words"),
    [
        ("media/a.mov", {}, "relative"),
        ("https://x/a.mov", {}, "not a media file"),
        ("/m/", {}, "not a media file"),
        ("/m/a.mov", {"has_video": False}, "neither"),
        ("/m/a.mov", {"duration": F(0), "has_audio": True}, "no length"),
        ("/m/a.mov", {"duration": 1.5}, "exact"),
        ("/m/a.mov", {"format": None}, "no format"),
    ],
)
def test_assets_that_cannot_be(path: str, more: dict[str, object], words: str) -> None:
    film = Reel("25").film()
    before = film.to_bytes()
    arguments: dict[str, object] = {"duration": F(5), "format": film.resources.formats[0], **more}
    with pytest.raises(EditError, match=words):
        edit.add_asset(film, path, **arguments)  # type: ignore[arg-type]
    assert film.to_bytes() == before


def test_a_still_plays_through_video() -> None:
    reel = Reel("29.97")
    film = ab(reel)
    still = edit.add_asset(film, "/m/pic.png", duration=F(0), format=edit.add_format(film, None, 4000, 3000))
    item = edit.clip_of(still, sequence_of(film), reel.s(60))
    assert isinstance(item, Video)
    assert item.start == F(107999892, 30000), "an hour, on the frame grid"
    edit.insert(sequence_of(film), 1, item)
    edit.trim_tail(item, -500)
    check_spine(film, reel.frame)
