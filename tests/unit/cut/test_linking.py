"""Picture and sound that belong together, with and without links in the document."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.support.cut_strategies import clip, cut

from takebridge.cut.linking import groups, linked
from takebridge.cut.model import Clip, Cut, Media, Span, Track
from takebridge.timebase import FrameRate

V0, V1, A0, A1 = ("video", 0, 0), ("video", 0, 1), ("audio", 0, 0), ("audio", 0, 1)


def beside(picture: Clip, sound: Clip) -> Cut:
    return cut((picture,), sound=(sound,))


def test_one_media_at_one_place_belongs_together() -> None:
    made = cut((clip("a"), clip("b", 48)), sound=(clip("a"), clip("b", 48)))
    assert groups(made) == ((V0, A0), (V1, A1))


def test_sound_of_its_own_file_goes_by_its_stem() -> None:
    one = clip("a")
    assert one.media
    wave = replace(one, media=replace(one.media, name="A.wav", location="/sound/A.wav"))
    assert groups(beside(one, wave)) == ((V0, A0),)
    assert groups(beside(one, clip("other"))) == ()


def test_another_place_or_another_time_of_the_media_is_not_together() -> None:
    assert groups(beside(clip("a"), clip("a", 1, 47))) == ()
    assert groups(beside(clip("a"), clip("a", source=30))) == ()
    assert groups(beside(clip("a"), clip("a", source=25))) == ((V0, A0),), "a frame is rounding"


def test_sound_of_another_rate_shows_the_same_time() -> None:
    one = clip("a")
    assert one.media
    sound = replace(one, media=replace(one.media, rate=FrameRate(48)), source=Span(48, 144))
    assert groups(beside(one, sound)) == ((V0, A0),)


def test_a_retimed_picture_goes_with_sound_retimed_alike() -> None:
    fast = replace(clip("a"), speed=Fraction(2), source=Span(24, 120))
    assert groups(beside(fast, fast)) == ((V0, A0),)
    assert groups(beside(fast, clip("a"))) == ()


def test_links_of_the_document_come_first() -> None:
    linked = replace(clip("a"), link="7")
    assert groups(beside(linked, replace(clip("b"), link="7"))) == ((V0, A0),)
    assert groups(beside(linked, clip("a"))) == ()


def test_pictures_lying_alike_share_the_sounds_out() -> None:
    made = cut((clip("a"),), (clip("a"),), sound=(clip("a"), clip("a")))
    assert groups(made) == ((V0, A0), (("video", 1, 0), A1))


def test_within_a_nested_cut_too() -> None:
    nest = Clip("nest", Span(0, 48), source=Span(0, 48), kind="nested", inner=beside(clip("a"), clip("a")))
    assert groups(cut((nest,))) == ((("video", 0, 0, 0, 0), ("video", 0, 0, 1, 0)),)


def test_titles_and_pictures_alone_have_no_group() -> None:
    title = Clip("Title", Span(0, 48), kind="title")
    assert groups(cut((title,), (clip("a"),), (clip("a"),))) == ()


def test_linked_gives_picture_and_sound_of_one_shot_a_link_and_leaves_linked_cuts_alone() -> None:
    rate = FrameRate(25)
    media = Media("a.mov", "/m/a.mov", rate, 500, 0)
    picture = Clip("a", Span(0, 50), media, Span(10, 60))
    given = Cut(
        "c", rate, (Track("video", (picture,)), Track("audio", (picture, replace(picture, record=Span(50, 100)))))
    )
    found = linked(given)
    assert [clip.link for track in found.tracks for clip in track.clips] == ["group 1", "group 1", ""]
    said = replace(given, tracks=(Track("video", (replace(picture, link="x"),)), given.tracks[1]))
    assert linked(said) == said
