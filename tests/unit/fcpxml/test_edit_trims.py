"""Trims and slips at three rates: what moves, what stays, what is refused."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from tests.support.fcpxml_edits import RATES, Reel, changed_lines, check_spine, named, sequence_of, where

from takebridge_fcpxml import Fcpxml, edit, place
from takebridge_fcpxml.errors import EditError
from takebridge_fcpxml.view import Gap, Item, Transition

RATE = pytest.mark.parametrize("reel", [Reel(rate) for rate in RATES], ids=list(RATES))
HALF_SPEED = (
    '<timeMap><timept time="0s" value="0s" interp="linear"/><timept time="80s" value="40s" interp="linear"/></timeMap>'
)


def abc(reel: Reel) -> Fcpxml:
    """A (0..100), B (100..150) with a title above it, C (150..250); the media has room on all sides."""
    return reel.film(
        reel.clip("A", 0, 100, 10),
        reel.clip("B", 100, 50, 20, reel.title(1, 40, 20, "T") + f'<marker start="{reel.t(45)}" value="m"/>'),
        reel.clip("C", 150, 100, 30),
        duration=250,
    )


@RATE
def test_ripple_head_trim_pulls_what_follows_and_keeps_the_title_on_its_picture(reel: Reel) -> None:
    film = abc(reel)
    edit.trim_head(named(film, "B"), 5)
    assert where(film, "A", "B", "T", "C") == [reel.record(n) for n in (0, 100, 115, 145)]
    assert named(film, "B").start == reel.s(25)
    assert named(film, "B").markers[0].start == reel.s(45)
    assert sequence_of(film).duration == reel.s(245)
    check_spine(film, reel.frame)


@RATE
def test_tail_trim_leaves_the_source_in_point(reel: Reel) -> None:
    film = abc(reel)
    edit.trim_tail(named(film, "B"), 5)
    assert where(film, "B", "T", "C") == [reel.record(n) for n in (100, 120, 145)]
    assert named(film, "B").start == reel.s(20)


@RATE
@pytest.mark.parametrize("ripple", [True, False])
@pytest.mark.parametrize("trim", [edit.trim_head, edit.trim_tail])
@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_a_trim_and_its_inverse_restore_the_bytes(reel: Reel, trim: object, name: str, ripple: bool) -> None:
    film = abc(reel)
    before = film.to_bytes()
    for frames in (7, -7):
        trim(named(film, name), frames, ripple=ripple)  # type: ignore[operator]
        check_spine(film, reel.frame)
    assert film.to_bytes() == before


@RATE
def test_without_ripple_a_gap_opens_and_nothing_else_moves(reel: Reel) -> None:
    film = abc(reel)
    before = film.to_bytes()
    edit.trim_head(named(film, "B"), 5, ripple=False)
    assert where(film, "A", "B", "T", "C") == [reel.record(n) for n in (0, 105, 120, 150)]
    gap = sequence_of(film).spine.items[1]
    assert isinstance(gap, Gap)
    assert gap.length == reel.s(5)
    assert gap.start % reel.frame == 0
    changed = changed_lines(before, film.to_bytes())
    assert len([line for line in changed if line[0] == "-"]) == 1
    assert all('name="B"' in line or "<gap" in line or line[0] == "?" for line in changed)


@RATE
def test_extending_without_ripple_takes_from_the_gap_beside(reel: Reel) -> None:
    title = f'<title ref="e1" lane="1" offset="{reel.t(0)}" name="onG" start="3600s" duration="{reel.t(3)}"/>'
    gap = reel.gap(100, 20, title).replace('start="3600s"', f'start="{reel.t(-10)}"', 1)
    film = reel.film(reel.clip("A", 0, 100, 10), gap, reel.clip("B", 120, 50, 30))
    edit.trim_tail(named(film, "A"), -6, ripple=False)
    edit.trim_head(named(film, "B"), -6, ripple=False)
    assert where(film, "A", "onG", "B") == [reel.record(n) for n in (0, 110, 114)]
    check_spine(film, reel.frame)
    with pytest.raises(EditError, match="2 frames too short"):
        edit.trim_tail(named(film, "A"), -10, ripple=False)
    edit.trim_tail(named(film, "A"), -8, ripple=False)
    assert where(film, "onG") == [reel.record(110)]
    check_spine(film, reel.frame)


@RATE
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda film: edit.trim_head(named(film, "A"), -11), "1 frame at the head"),
        (lambda film: edit.trim_tail(named(film, "C"), -871), "1 frame at the tail"),
        (lambda film: edit.slip(named(film, "B"), -25), "5 frames at the head"),
        (lambda film: edit.trim_head(named(film, "B"), 50), "would leave nothing"),
        (lambda film: edit.trim_tail(named(film, "B"), 1.5), "whole number of frames"),
        (lambda film: edit.trim_tail(named(film, "B"), True), "whole number of frames"),
        (lambda film: edit.trim_tail(named(film, "A"), -1, ripple=False), "1 frame too short"),
        (lambda film: edit.slip(named(film, "T"), 1), "no media to slip"),
    ],
)
def test_refusals_say_why_and_touch_nothing(reel: Reel, call: object, words: str) -> None:
    film = abc(reel)
    before = film.to_bytes()
    with pytest.raises(EditError, match=words) as caught:
        call(film)  # type: ignore[operator]
    assert caught.value.hint
    assert film.to_bytes() == before


@RATE
def test_slip_moves_the_media_under_what_is_connected(reel: Reel) -> None:
    film = abc(reel)
    before = film.to_bytes()
    edit.slip(named(film, "B"), 9)
    assert where(film, "A", "B", "T", "C") == [reel.record(n) for n in (0, 100, 120, 150)]
    assert named(film, "B").start == reel.s(29)
    assert named(film, "B").markers[0].start == reel.s(45), "marks stay on the media"
    edit.slip(named(film, "B"), -9)
    assert film.to_bytes() == before


@RATE
def test_connected_items_are_trimmed_without_ripple(reel: Reel) -> None:
    film = abc(reel)
    title = named(film, "T")
    edit.trim_head(title, 4)
    assert where(film, "T", "C") == [reel.record(124), reel.record(150)]
    assert title.length == reel.s(16)
    edit.trim_tail(title, 4)
    assert (title.length, where(film, "T")) == (reel.s(12), [reel.record(124)])


@RATE
def test_inside_a_connected_storyline_frames_count_from_its_own_zero(reel: Reel) -> None:
    inner = (
        f'<spine lane="1" offset="{reel.t(40)}"><asset-clip ref="a1" offset="0s" name="S1" start="{reel.t(9)}" '
        f'duration="{reel.t(30)}"/><asset-clip ref="a1" offset="{reel.t(30)}" name="S2" duration="{reel.t(30)}"/>'
        "</spine>"
    )
    film = reel.film(reel.clip("A", 0, 100, 10, inner))
    before = film.to_bytes()
    edit.trim_tail(named(film, "S1"), 10)
    assert where(film, "S1", "S2") == [reel.record(30), reel.record(50)]
    assert named(film, "S2").offset == reel.s(20)
    edit.trim_tail(named(film, "S1"), -10)
    assert film.to_bytes() == before
    edit.trim_head(named(film, "S1"), 10, ripple=False)
    assert where(film, "S1", "S2") == [reel.record(40), reel.record(60)]
    edit.trim_head(named(film, "S1"), -10, ripple=False)
    assert film.to_bytes() == before


def test_a_conformed_host_is_trimmed_in_its_own_seconds() -> None:
    # 25 in 23.976: a second of record time shows 24/25/1.001 of a second of media, so a frame is 1/25 s of media.
    reel = Reel("23.976")
    title = '<title ref="e1" lane="1" offset="2s" name="T" start="3600s" duration="1001/24000s"/>'
    asset = '<asset id="p" name="p" start="0s" duration="8s" hasVideo="1" format="f25" videoSources="1"><media-rep src="file:///p.mov"/></asset>'
    clip = reel.clip("A", 0, 100, 0, '<conform-rate srcFrameRate="25"/>' + title, ref="p")
    film = reel.film(clip, reel.clip("B", 100, 50), resources=asset)
    assert where(film, "T") == [reel.record(50)]
    edit.trim_head(named(film, "A"), 10, ripple=False)
    assert named(film, "A").start == F(10, 25)
    assert where(film, "A", "T", "B") == [reel.record(10), reel.record(50), reel.record(100)]
    edit.trim_tail(named(film, "A"), -100)
    assert (named(film, "A").length, where(film, "B")) == (reel.s(190), [reel.record(200)])
    with pytest.raises(EditError, match="1 frame at the tail"):
        edit.trim_tail(named(film, "A"), -1)


def test_a_retimed_clip_is_bounded_by_its_map() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100, 0, HALF_SPEED))
    edit.trim_tail(named(film, "A"), -1900)
    assert named(film, "A").length == 80
    with pytest.raises(EditError, match="1 frame at the tail"):
        edit.trim_tail(named(film, "A"), -1)


@RATE
def test_transitions_move_with_their_cut_and_go_when_the_media_runs_out(reel: Reel) -> None:
    def cut() -> Fcpxml:
        clips = reel.clip("A", 0, 100, 10), reel.transition(90, 20), reel.clip("B", 100, 50, 12)
        return reel.film(*clips, reel.clip("C", 150, 100, 30))

    film = cut()
    assert edit.trim_tail(named(film, "A"), 5).notes == ()
    transition = next(film.descendants(Transition))
    assert transition.offset == reel.record(85)
    assert edit.trim_head(named(film, "B"), -2).notes == ()
    notes = edit.slip(named(film, "B"), -1).notes
    assert len(notes) == 1
    assert "Cross Dissolve" in notes[0]
    assert not list(film.descendants(Transition))
    film = cut()
    assert len(edit.trim_tail(named(film, "A"), 91).notes) == 1, "shorter than its half of the transition"
    check_spine(film, reel.frame)


def test_split_sound_stays_with_its_media() -> None:
    reel = Reel("25")
    clip = reel.clip("A", 0, 100, 50).replace("audioRole", 'audioStart="1s" audioDuration="6s" audioRole')
    film = reel.film(clip, reel.clip("B", 100, 10))
    edit.trim_head(named(film, "A"), 5)
    assert named(film, "A").element.get("audioStart") == "1s"
    edit.slip(named(film, "A"), 25)
    assert named(film, "A").element.get("audioStart") == "2s"


def test_an_audition_trims_all_its_takes() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100, 10), reel.clip("B", 100, 50))
    audition = edit.to_audition(named(film, "A"), [film.resources.assets[1]]).item
    before = film.to_bytes()
    edit.trim_head(audition, 5)
    assert [(take.length, take.start) for take in audition.items] == [
        (reel.s(95), reel.s(15)),
        (reel.s(95), reel.s(90005)),
    ]
    assert where(film, "B") == [reel.record(95)]
    edit.trim_head(audition, -5)
    assert film.to_bytes() == before
    with pytest.raises(EditError, match="as long as its audition"):
        edit.trim_head(named(film, "A"), 1)


def test_a_take_of_another_length_is_not_trimmed_along() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 100, 10), reel.clip("B", 100, 50))
    audition = edit.to_audition(named(film, "A"), [film.resources.assets[1]]).item
    short = edit.clip_of(film.resources.assets[1], sequence_of(film), reel.s(30), start=reel.s(90470))
    edit.add_take(audition, short, any_length=True)
    before = film.to_bytes()
    edit.trim_tail(audition, -20)
    assert [take.length for take in audition.items] == [reel.s(120), reel.s(120), reel.s(30)]
    edit.trim_tail(audition, 20)
    assert film.to_bytes() == before


def test_a_multicam_clip_stays_within_its_longest_angle() -> None:
    reel = Reel("25")
    angles = (
        f'<mc-angle name="x" angleID="x"><asset-clip ref="a1" name="X" duration="{reel.t(60)}"/>'
        f'<gap name="Gap" duration="{reel.t(20)}"/></mc-angle><mc-angle name="e" angleID="e"/>'
        f'<mc-angle name="y" angleID="y"><asset-clip ref="a1" offset="0s" name="Y" duration="{reel.t(50)}"/></mc-angle>'
    )
    media = f'<media id="m" name="M"><multicam format="r1">{angles}</multicam></media>'
    clip = f'<mc-clip ref="m" name="M" offset="{reel.t(90000)}" start="{reel.t(10)}" duration="{reel.t(40)}"/>'
    film = reel.film(clip, resources=media)
    edit.trim_tail(named(film, "M"), -30)
    for edit_of_one_frame in (edit.trim_tail, edit.trim_head):
        with pytest.raises(EditError, match="lacks media: 1 frame"):
            edit_of_one_frame(named(film, "M"), -1 if edit_of_one_frame is edit.trim_tail else -11)


def test_what_a_host_holds_without_an_offset_stands_at_its_local_zero() -> None:
    """As ``place`` has it (DTD: an offset left out is 0), so it stays there when the host's media is slipped."""
    reel = Reel("25")
    inner = f'<spine><asset-clip ref="a1" offset="0s" name="I" duration="{reel.t(500)}"/></spine>'
    title = f'<title ref="e1" lane="1" name="T" start="3600s" duration="{reel.t(5)}"/>'
    sync = f'<sync-clip name="S" offset="{reel.t(90000)}" start="{reel.t(40)}" duration="{reel.t(70)}">{inner}{title}'
    film = reel.film(f"{sync}</sync-clip>")
    for placed in place(sequence_of(film)):
        assert edit.locate(placed.item) == placed
    assert where(film, "I", "T") == [reel.record(-40)] * 2
    edit.slip(named(film, "S"), 30)
    assert where(film, "I", "T") == [reel.record(-70), reel.record(-40)]
    edit.trim_head(named(film, "S"), -70)
    edit.trim_head(named(film, "T"), 2)
    assert where(film, "T") == [reel.record(32)], "32 frames: 30 before the clip, 70 given back to it, two trimmed off"
    with pytest.raises(EditError, match="1 frame at the head"):
        edit.slip(named(film, "S"), -1)


def test_what_a_real_export_shows_past_its_media_is_no_reason_to_refuse() -> None:
    reel = Reel("25")
    film = reel.film(reel.clip("A", 0, 101, 900))
    assert edit.slip(named(film, "A"), 0).notes == ()
    edit.slip(named(film, "A"), -5)
    with pytest.raises(EditError):
        edit.slip(named(film, "A"), 30)


def test_items_off_the_timeline_and_parts_of_clips_are_refused() -> None:
    reel = Reel("25")
    part = '<video ref="a1" offset="0s" name="V" duration="40s"/>'
    clip = f'<clip offset="{reel.t(90000)}" name="K" duration="4s">{part}</clip>'
    film = reel.film(clip)
    with pytest.raises(EditError, match="part of a clip"):
        edit.trim_head(named(film, "V"), 1)
    edit.trim_tail(named(film, "K"), -900)
    assert named(film, "K").length == 40
    with pytest.raises(EditError, match="1 frame at the tail"):
        edit.trim_tail(named(film, "K"), -1)


def test_locate_agrees_with_place() -> None:
    reel = Reel("29.97")
    film = abc(reel)
    edit.to_audition(named(film, "B"), [film.resources.assets[1]])
    for placed in place(sequence_of(film), alternates=True):
        assert edit.locate(placed.item) == placed


def test_a_timeline_without_frame_duration_is_refused() -> None:
    film = abc(Reel("25"))
    sequence_of(film).format_id = "still"
    with pytest.raises(EditError, match="no frame duration"):
        edit.trim_head(next(film.descendants(Item)), 1)
