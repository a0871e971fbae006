"""Replacing media and conforming: what keeps its record place, what is refused."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from tests.support.fcpxml_edits import RATES, Reel, changed_lines, named, timing, where

from takebridge_fcpxml import Fcpxml, edit
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.view import Asset, AssetClip, Item

RATE = pytest.mark.parametrize("reel", [Reel(rate) for rate in RATES], ids=list(RATES))
HALF_SPEED = (
    '<timeMap><timept time="0s" value="0s" interp="linear"/><timept time="80s" value="40s" interp="linear"/></timeMap>'
)


def asset(film: Fcpxml, identifier: str) -> Asset:
    return next(found for found in film.resources.assets if found.id == identifier)


def raw_asset(identifier: str, duration: str, fmt: str, more: str = 'hasVideo="1" videoSources="1"') -> str:
    picture = f' format="{fmt}"' if fmt else ""
    return (
        f'<asset id="{identifier}" name="{identifier}.mov" start="0s" duration="{duration}" {more}{picture}>'
        f'<media-rep src="file:///media/{identifier}.mov"/></asset>'
    )


@RATE
def test_everything_on_the_clip_keeps_its_record_place(reel: Reel) -> None:
    marks = (
        f'<marker start="{reel.t(45)}" duration="{reel.t(1)}" value="m"/>'
        f'<keyword start="{reel.t(30)}" duration="{reel.t(10)}" value="k"/>'
        '<filter-video ref="e1" name="Blur"><param name="a" key="1"><keyframeAnimation>'
        f'<keyframe time="{reel.t(35)}" value="1"/></keyframeAnimation></param></filter-video>'
    )
    clip = reel.clip("a1.mov", 100, 50, 30, reel.title(1, 40, 20, "T") + marks)
    film = reel.film(reel.clip("A", 0, 100, 10), clip, reel.clip("C", 150, 100, 30))
    target = named(film, "a1.mov")
    before = film.to_bytes()
    result = edit.replace_media(target, asset(film, "a2"), start=reel.s(90100))
    assert result.item == target
    assert (target.name, target.reference, target.start) == ("a2.mov", "a2", reel.s(90100))
    assert target.element.get("audioRole") == "dialogue"
    assert where(film, "A", "a2.mov", "T", "C") == [reel.record(n) for n in (0, 100, 110, 150)]
    placed = edit.locate(target)
    assert placed.to_record(target.markers[0].start) == reel.record(115)
    assert placed.to_record(target.keywords[0].start) == reel.record(100)
    assert target.keywords[0].duration == reel.s(10)
    assert target.element.find(".//keyframe").get("time") == reel.t(90105)
    gone = [line for line in changed_lines(before, film.to_bytes()) if line[0] == "-"]
    assert len(gone) == 5, "clip, title, marker, keyword, keyframe"
    edit.replace_media(target, asset(film, "a1"), start=reel.s(30))
    assert film.to_bytes() == before


def test_mutes_and_channel_keyframes_keep_their_record_places() -> None:
    reel = Reel("25")
    levels = (
        '<adjust-volume><param name="amount"><keyframeAnimation>'
        f'<keyframe time="{reel.t(40)}" value="-3dB"/></keyframeAnimation></param></adjust-volume>'
    )
    mute = f'<mute start="{reel.t(35)}" duration="{reel.t(10)}"/>'
    source = f'<audio-channel-source srcCh="1">{levels}{mute}</audio-channel-source>'
    film = reel.film(reel.clip("A", 0, 50, 30, source))
    edit.replace_media(named(film, "A"), asset(film, "a2"), start=reel.s(90100))
    element = named(film, "A").element
    assert element.find(".//keyframe").get("time") == reel.t(90110)
    assert dict(element.find(".//mute").attrib) == {"start": reel.t(90105), "duration": reel.t(10)}


@RATE
def test_by_default_the_new_media_plays_from_its_beginning(reel: Reel) -> None:
    film = reel.film(reel.clip("A", 0, 100, 10))
    edit.replace_media(named(film, "A"), asset(film, "a2"))
    assert named(film, "A").start == reel.s(90000)
    assert named(film, "A").name == "A", "a name of its own stays"
    edit.replace_media(named(film, "A"), asset(film, "a1"), name="take 3")
    assert named(film, "take 3").element.get("start") is None


@RATE
@pytest.mark.parametrize(("start", "words"), [(89997, "3 frames at the head"), (90407, "7 frames at the tail")])
def test_too_little_media_is_refused_by_frames(reel: Reel, start: int, words: str) -> None:
    film = reel.film(reel.clip("A", 0, 100, 10))
    before = film.to_bytes()
    with pytest.raises(EditError, match=words):
        edit.replace_media(named(film, "A"), asset(film, "a2"), start=reel.s(start))
    assert film.to_bytes() == before


@pytest.mark.parametrize(
    ("rate", "fmt", "duration", "word", "enabled", "media_frame"),
    [
        # Seen in exports: 25 in 24-ish and 23.98 in 25 are played at another speed, 29.97 in 25 and 24 in 25 are not.
        ("23.976", "f25", F(100, 25), "25", True, F(1, 25)),
        ("25", "f2398", F(100, 25) * F(1001, 1000), "23.98", True, F(1001, 25000)),
        ("29.97", "f2398", F(1001, 30000) * 100 * F(1001, 1000), "23.98", True, F(1001, 30000) * F(1001, 1000)),
        ("25", "f2997", F(4), "29.97", False, F(1, 25)),
        ("25", "f24", F(4), "24", False, F(1, 25)),
    ],
)
def test_conform_rate_comes_and_goes_with_the_rate(
    rate: str, fmt: str, duration: F, word: str, enabled: bool, media_frame: F
) -> None:
    reel = Reel(rate)
    resources = raw_asset("n", f"{duration.numerator}/{duration.denominator}s", fmt)
    film = reel.film(reel.clip("A", 0, 100, 10, reel.title(1, 40, 20, "T")), resources=resources)
    before = timing(film)
    clip = named(film, "A")
    notes = edit.replace_media(clip, asset(film, "n")).notes
    assert any("conform-rate was added" in note for note in notes)
    conform = clip.conform_rate
    assert conform is not None
    assert (conform.element.get("srcFrameRate"), conform.scale_enabled) == (word, enabled)
    assert clip.element.get("format") == fmt
    assert named(film, "T").offset == 30 * media_frame
    assert where(film, "T") == [reel.record(30)]
    with pytest.raises(EditError, match="1 frame at the tail"):
        edit.trim_tail(clip, -1)
    edit.replace_media(clip, asset(film, "a1"), start=reel.s(10))
    assert clip.conform_rate is None
    assert where(film, "T") == [reel.record(30)]
    assert timing(film) == before


def test_a_speed_is_kept_and_other_retimes_are_refused() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100, 0, HALF_SPEED + reel.title(1, 10, 5, "T")))
    clip = named(film, "A")
    edit.replace_media(clip, asset(film, "a2"), start=F(3602))
    points = [(point.time, point.value) for point in clip.time_map.points]  # type: ignore[union-attr]
    assert points == [(3600, 3600), (3640, 3620)]
    assert clip.start == 3604
    assert where(film, "T") == [reel.record(10)]
    with pytest.raises(EditError, match="1 frame at the tail"):
        edit.replace_media(clip, asset(film, "a2"), start=F(3618) + F(1, 50))
    clip.time_map.points[1].value = F(0)  # type: ignore[union-attr]
    with pytest.raises(EditError, match="not at one forward speed"):
        edit.replace_media(clip, asset(film, "a1"))


def test_an_odd_speed_is_kept_to_less_than_any_frame() -> None:
    """A speed as a host's rounding leaves it: exact, the in-point would need 42 bits of denominator."""
    reel = Reel("23.976")
    odd = '<timeMap><timept time="0s" value="0s"/><timept time="64160329/360000s" value="149819760/360000s"/></timeMap>'
    film = reel.film(reel.clip("A", 0, 50, 100, odd + reel.title(1, 120, 5, "T")))
    speed = named(film, "A").time_map.speed
    edit.replace_media(named(film, "A"), asset(film, "a2"), start=reel.s(90101))
    clip = named(film, "A")
    assert 0 <= clip.time_map.original(clip.start) - reel.s(90101) < F(1, 100_000)
    assert abs(clip.time_map.speed / speed - 1) < F(1, 1_000_000)
    assert clip.time_map.points[-1].value == reel.s(90500)
    assert where(film, "T") == [reel.record(20)]


def test_a_clip_with_one_component_changes_all_of_it() -> None:
    reel = Reel("25")
    sound = '<audio ref="a1" lane="-1" offset="0s" duration="40s" srcCh="1, 2"/>'
    part = f'<video ref="a1" offset="0s" name="a1.mov" duration="40s">{sound}</video>'
    clip = f'<clip offset="{reel.t(90000)}" name="K" start="2s" duration="4s">{part}{reel.title(1, 60, 5, "T")}</clip>'
    film = reel.film(clip)
    edit.replace_media(named(film, "K"), asset(film, "a2"), start=F(3605))
    video, audio = film.descendants(type(named(film, "a2.mov"))), next(film.projects[0].sequence.element.iter("audio"))
    part_view = next(video)
    assert (part_view.element.get("ref"), audio.get("ref")) == ("a2", "a2")
    assert (part_view.offset, part_view.start, part_view.length) == (3600, 3600, 20)
    assert named(film, "K").start == 3605
    assert where(film, "T") == [reel.record(10)]


@pytest.mark.parametrize(
    ("xml", "identifier", "words"),
    [
        ('<video ref="a1" offset="3600s" name="X" duration="1s"/>', "sound", "has no picture"),
        ('<audio ref="a1" offset="3600s" name="X" duration="1s" srcCh="1, 2"/>', "mono", "1 channels"),
        ('<audio ref="a1" offset="3600s" name="X" duration="1s"/>', "silent", "has no sound"),
        ('<video ref="e1" offset="3600s" name="X" duration="1s"/>', "a2", "generator"),
        ('<title ref="e1" offset="3600s" name="X" duration="1s"/>', "a2", "no single asset"),
        ('<asset-clip ref="a1" offset="3600s" name="X" duration="1s"/>', "pic", "plays through <video>"),
        (
            '<clip offset="3600s" name="X" duration="1s"><video ref="a1" duration="1s"/>'
            '<audio ref="a1" duration="1s"/></clip>',
            "a2",
            "more than one component",
        ),
        ('<audition offset="3600s"><asset-clip ref="a1" name="X" duration="1s"/></audition>', "a2", None),
    ],
)
def test_what_cannot_play_it_is_refused(xml: str, identifier: str, words: str | None) -> None:
    sound = 'hasAudio="1" audioSources="1" audioChannels='
    resources = (
        raw_asset("sound", "9s", "", sound + '"2"')
        + raw_asset("mono", "9s", "", sound + '"1"')
        + raw_asset("silent", "9s", "r1")
        + raw_asset("pic", "0s", "still")
    )
    film = Reel("25").film(xml, resources=resources)
    before = film.to_bytes()
    target = named(film, "X")
    if words is None:
        target = next(item for item in film.descendants(Item) if item.tag == "audition")
        words = "no media of its own"
    with pytest.raises(EditError) as caught:
        edit.replace_media(target, asset(film, identifier))
    assert words in caught.value.message
    assert film.to_bytes() == before


def test_a_still_in_place_of_a_video_begins_at_its_hour() -> None:
    reel = Reel("25")
    video = f'<video ref="a1" offset="{reel.t(90000)}" name="a1.mov" duration="2s"/>'
    film = reel.film(video, resources=raw_asset("pic", "0s", "still"))
    edit.replace_media(named(film, "a1.mov"), asset(film, "pic"))
    assert (named(film, "pic.mov").start, named(film, "pic.mov").conform_rate) == (3600, None)


def test_a_transition_stays_and_its_want_of_media_is_said() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100, 10), reel.transition(90, 20), reel.clip("B", 100, 50, 20))
    before = film.to_bytes()
    exact = edit.replace_media(named(film, "B"), asset(film, "a2"), start=reel.s(90000))
    assert [note for note in exact.notes if "too little media" in note] == [
        "The transition Cross Dissolve has too little media now."
    ]
    assert edit.replace_media(named(film, "B"), asset(film, "a1"), start=reel.s(20)).notes == ()
    assert film.to_bytes() == before
    audition = edit.to_audition(named(film, "A"), [asset(film, "a2")]).item
    assert edit.pick(audition, audition.alternates[0]).notes == ()
    edit.slip(audition, 395)
    assert not [item for item in film.descendants(Item) if item.tag == "transition"]


def test_silence_is_said() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100), resources=raw_asset("silent", "9s", "r1"))
    assert any("no sound" in note for note in edit.replace_media(named(film, "A"), asset(film, "silent")).notes)


def test_conform_sets_and_clears() -> None:
    reel = Reel("25")
    film = reel.film(
        reel.clip("A", 0, 100, 10, reel.title(1, 40, 20, "T"), ref="n"),
        reel.clip("B", 100, 50, 0, '<conform-rate srcFrameRate="24"/>'),
        resources=raw_asset("n", "100s", "f2398"),
    )
    clip = named(film, "A")
    assert isinstance(clip, AssetClip)
    edit.conform(clip)
    assert clip.conform_rate is not None
    assert clip.conform_rate.source_rate == F(24000, 1001)
    assert where(film, "A", "T") == [reel.record(0), reel.record(30)]
    before = film.to_bytes()
    assert edit.conform(clip).notes == ()
    assert film.to_bytes() == before
    edit.conform(clip, scaled=False)
    assert clip.conform_rate.scale_enabled is False
    assert where(film, "T") == [reel.record(30)]
    edit.conform(named(film, "B"))
    assert named(film, "B").conform_rate is None
    with pytest.raises(EditError):
        edit.conform(named(film, "T"))
