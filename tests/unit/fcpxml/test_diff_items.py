"""What diff says about items of a cut, each case made by hand: 23.976, the timeline begins at 01:00:00:00."""

from __future__ import annotations

import pytest
from tests.support.fcpxml import film

from takebridge_fcpxml.diff import Change, diff

ASSETS = "".join(
    f'<asset id="a{letter}" name="{letter}.mov" start="0s" duration="3600s" hasVideo="1" format="r1">'
    f'<media-rep kind="original-media" src="file:///media/{letter}.mov"/></asset>'
    for letter in "ABCDEFG"
)
EFFECT = (
    '<effect id="e1" name="Basic Title" uid=".../Basic.moti"/><effect id="e2" name="Cross Dissolve" uid="FFDissolve"/>'
)


def seconds(frames: int) -> str:
    return f"{frames * 1001}/24000s"


def clip(letter: str, at: int, frames: int, start: int = 240, inside: str = "", **more: str) -> str:
    """A clip of a letter's file at a frame of the timeline (counted from 01:00:00:00)."""
    extra = "".join(f' {name}="{value}"' for name, value in more.items())
    return (
        f'<asset-clip ref="a{letter}" name="{letter}" offset="{seconds(86400 + at)}" start="{seconds(start)}" '
        f'duration="{seconds(frames)}"{extra}>{inside}</asset-clip>'
    )


def hung(letter: str, offset: int, frames: int, lane: int, inside: str = "", start: int = 0) -> str:
    """A clip connected at a frame of its host's own time."""
    return (
        f'<asset-clip ref="a{letter}" name="{letter}" lane="{lane}" offset="{seconds(offset)}" '
        f'start="{seconds(start)}" duration="{seconds(frames)}">{inside}</asset-clip>'
    )


def changes(before: str, after: str, *, sequence: tuple[str, str] = ("", "")) -> tuple[Change, ...]:
    one = film(before, resources=ASSETS + EFFECT, sequence=sequence[0])
    other = film(after, resources=ASSETS + EFFECT, sequence=sequence[1])
    return diff(one.document, other.document)


def told(found: tuple[Change, ...]) -> list[tuple[str, str, str | None, int | None]]:
    return [(change.kind, change.name, change.timecode, change.frames) for change in found]


CUT = clip("A", 0, 48) + clip("B", 48, 48) + clip("C", 96, 48) + clip("D", 144, 48)


def test_a_document_has_no_difference_to_itself() -> None:
    assert changes(CUT, CUT) == ()


def test_an_inserted_clip_is_one_addition_and_one_ripple() -> None:
    after = clip("A", 0, 48) + clip("E", 48, 24) + clip("B", 72, 48) + clip("C", 120, 48) + clip("D", 168, 48)
    found = changes(CUT, after)
    assert told(found) == [("item-added", "E", "01:00:02:00", 24), ("rippled", "B", "01:00:03:00", 24)]
    assert found[1].count == 3
    assert found[1].message == "and the 2 after it: all 24 frames later"


def test_a_removed_clip_is_one_removal_and_one_ripple_back() -> None:
    found = changes(CUT, clip("A", 0, 48) + clip("C", 48, 48) + clip("D", 96, 48))
    assert told(found) == [("item-removed", "B", "01:00:02:00", -48), ("rippled", "C", "01:00:02:00", -48)]
    assert found[1].count == 2


def test_a_clip_that_changed_places_is_moved_and_not_removed() -> None:
    after = clip("B", 0, 48) + clip("C", 48, 48) + clip("D", 96, 48) + clip("A", 144, 48)
    found = changes(CUT, after)
    assert told(found) == [("rippled", "B", "01:00:00:00", -48), ("item-moved", "A", "01:00:06:00", 144)]
    assert found[0].count == 3


def test_an_order_that_contradicts_the_offsets_is_told_both_ways() -> None:
    swapped = clip("A", 0, 48) + clip("C", 96, 48) + clip("B", 48, 48) + clip("D", 144, 48)
    for before, after in ((CUT, swapped), (swapped, CUT)):
        assert [change.message for change in changes(before, after)] == ["changed places with its neighbours"]


def test_a_tail_trim_says_so_and_the_rest_ripples() -> None:
    after = clip("A", 0, 36) + clip("B", 36, 48) + clip("C", 84, 48) + clip("D", 132, 48)
    found = changes(CUT, after)
    assert told(found) == [("tail-trimmed", "A", "01:00:00:00", -12), ("rippled", "B", "01:00:01:12", -12)]
    assert found[0].message == "tail trimmed by 12 frames"


def test_a_head_trim_that_leaves_the_others_where_they_are_is_no_move() -> None:
    gap = f'<gap name="Gap" offset="{seconds(86448)}" start="3600s" duration="{seconds(12)}"/>'
    after = clip("A", 0, 48) + gap + clip("B", 60, 36, start=252) + clip("C", 96, 48) + clip("D", 144, 48)
    assert told(changes(CUT, after)) == [
        ("item-added", "Gap", "01:00:02:00", 12),
        ("head-trimmed", "B", "01:00:02:12", 12),
    ]


def test_both_ends_trimmed_are_two_changes() -> None:
    after = clip("A", 0, 48) + clip("B", 48, 48) + clip("C", 96, 48) + clip("D", 144, 40, start=243)
    found = changes(CUT, after)
    assert [(change.kind, change.frames) for change in found] == [("head-trimmed", 3), ("tail-trimmed", -5)]


def test_a_slip_changes_neither_place_nor_length() -> None:
    after = clip("A", 0, 48) + clip("B", 48, 48, start=250) + clip("C", 96, 48) + clip("D", 144, 48)
    found = changes(CUT, after)
    assert told(found) == [("slipped", "B", "01:00:02:00", 10)]
    assert found[0].message == "slipped 10 frames later in its media"


def test_replaced_media_keeps_its_place() -> None:
    after = CUT.replace('ref="aB"', 'ref="aE"')
    found = changes(CUT, after)
    assert told(found) == [("media-replaced", "B", "01:00:02:00", None)]
    assert found[0].message == 'plays "E.mov", was "B.mov"'


def test_a_take_pulled_over_another_with_its_own_name_is_replaced_not_removed_and_added() -> None:
    after = clip("A", 0, 48) + clip("E", 48, 48, start=0) + clip("C", 96, 48) + clip("D", 144, 48)
    assert {change.kind for change in changes(CUT, after)} == {"media-replaced", "renamed", "source-start-changed"}


@pytest.mark.parametrize(
    ("attribute", "kind", "message"),
    [
        ('enabled="0"', "enabled-changed", "disabled"),
        ('videoRole="video.vfx"', "role-changed", 'video role is "video.vfx", was nothing'),
        ('audioStart="1s"', "attribute-changed", 'asset-clip@audioStart is "1s", was nothing'),
        ('srcEnable="video"', "attribute-changed", 'asset-clip@srcEnable is "video", was nothing'),
    ],
)
def test_an_attribute_is_told_in_its_words(attribute: str, kind: str, message: str) -> None:
    found = changes(CUT, CUT.replace('name="B"', f'name="B" {attribute}'))
    assert [(change.kind, change.message) for change in found] == [(kind, message)]


def test_a_new_name_is_a_rename() -> None:
    found = changes(CUT, CUT.replace('name="B"', 'name="B v2"'))
    assert [(change.kind, change.name, change.message) for change in found] == [
        ("renamed", "B v2", 'renamed, was "B"'),
    ]


def test_another_lane_is_told_as_that() -> None:
    before, after = (clip("A", 0, 48, inside=hung("E", 250, 10, lane)) for lane in (1, 2))
    found = changes(before, after)
    assert [(change.kind, change.message) for change in found] == [("lane-changed", "on lane 2, was on lane 1")]


def test_a_connected_clip_moves_against_its_host() -> None:
    before, after = (clip("A", 0, 48, inside=hung("E", at, 10, 1)) for at in (250, 255))
    found = changes(before, after)
    assert told(found) == [("item-moved", "E", "01:00:00:15", 5)]


def test_what_hangs_on_a_rippled_clip_is_not_told() -> None:
    connected = hung("E", 250, 10, 1)
    before = clip("A", 0, 48) + clip("B", 48, 48, inside=connected)
    after = clip("A", 0, 40) + clip("B", 40, 48, inside=connected)
    assert told(changes(before, after)) == [
        ("tail-trimmed", "A", "01:00:00:00", -8),
        ("item-moved", "B", "01:00:01:16", -8),
    ]


def test_what_hangs_on_a_removed_clip_goes_with_it_in_one_line() -> None:
    before = clip("A", 0, 48) + clip("B", 48, 48, inside=hung("E", 250, 10, 1) + hung("F", 250, 10, 2))
    found = changes(before, clip("A", 0, 48))
    assert [(change.kind, change.name, change.count) for change in found] == [("item-removed", "B", 3)]
    assert found[0].message == "clip with 2 items on it removed"


def test_a_clip_reconnected_to_another_host_is_moved() -> None:
    connected = hung("E", 250, 10, 1)
    before = clip("A", 0, 48, inside=connected) + clip("B", 48, 48)
    after = clip("A", 0, 48) + clip("B", 48, 48, inside=connected)
    found = changes(before, after)
    assert told(found) == [("item-moved", "E", "01:00:02:10", 48)]
    assert "lane 1, on A" in found[0].message
    assert "lane 1, on B" in found[0].message


def storyline(*inside: str, offset: int = 250, lane: int = 1) -> str:
    return f'<spine lane="{lane}" offset="{seconds(offset)}">{"".join(inside)}</spine>'


def in_line(letter: str, at: int, frames: int) -> str:
    return clip(letter, at - 86400, frames)


def test_a_storyline_that_moves_takes_its_items_along_silently() -> None:
    items = in_line("E", 0, 10), in_line("F", 10, 10)
    before, after = (clip("A", 0, 48, inside=storyline(*items, offset=at)) for at in (250, 252))
    assert [change.kind for change in changes(before, after)] == ["storyline-moved"]


def test_a_new_storyline_is_one_line() -> None:
    after = clip("A", 0, 48, inside=storyline(in_line("E", 0, 10), in_line("F", 10, 10)))
    found = changes(clip("A", 0, 48), after)
    assert [(change.kind, change.count, change.message) for change in found] == [
        ("storyline-added", 2, "storyline of 2 items added")
    ]


def test_a_cut_inside_a_storyline_is_told_in_record_time() -> None:
    before = clip("A", 0, 48, inside=storyline(in_line("E", 0, 10), in_line("F", 10, 10)))
    after = clip("A", 0, 48, inside=storyline(in_line("E", 0, 8), in_line("F", 8, 10)))
    assert told(changes(before, after)) == [
        ("tail-trimmed", "E", "01:00:00:10", -2),
        ("item-moved", "F", "01:00:00:18", -2),
    ]


def audition(*letters: str) -> str:
    takes = "".join(
        f'<asset-clip ref="a{letter}" name="{letter}" start="{seconds(240)}" duration="{seconds(48)}"/>'
        for letter in letters
    )
    return f'<audition offset="{seconds(86448)}">{takes}</audition>'


def test_another_pick_is_one_change() -> None:
    found = changes(clip("A", 0, 48) + audition("B", "C", "D"), clip("A", 0, 48) + audition("C", "B", "D"))
    assert [(change.kind, change.message) for change in found] == [("pick-changed", 'pick is "C", was "B"')]


def test_another_order_of_the_waiting_takes_is_told() -> None:
    found = changes(clip("A", 0, 48) + audition("B", "C", "D"), clip("A", 0, 48) + audition("B", "D", "C"))
    assert [change.kind for change in found] == ["tray-changed"]


def test_a_take_that_joins_an_audition_is_told() -> None:
    found = changes(clip("A", 0, 48) + audition("B", "C"), clip("A", 0, 48) + audition("B", "C", "E"))
    assert [(change.kind, change.name) for change in found] == [("take-added", "E")]


def test_a_clip_made_an_audition_is_told_as_that() -> None:
    found = changes(clip("A", 0, 48) + clip("B", 48, 48), clip("A", 0, 48) + audition("B", "E"))
    assert [(change.kind, change.message) for change in found] == [("audition-made", "made an audition with 2 takes")]
    back = changes(clip("A", 0, 48) + audition("B", "E"), clip("A", 0, 48) + clip("B", 48, 48))
    assert [change.kind for change in back] == ["audition-resolved"]


def test_a_transition_is_told() -> None:
    transition = (
        f'<transition name="Cross Dissolve" offset="{seconds(86442)}" duration="{seconds(12)}">'
        '<filter-video ref="e2" name="Cross Dissolve"/></transition>'
    )
    found = changes(CUT, clip("A", 0, 48) + transition + CUT.removeprefix(clip("A", 0, 48)))
    assert told(found) == [("item-added", "Cross Dissolve", "01:00:01:18", 12)]


@pytest.mark.parametrize(
    ("before", "after", "kind", "message"),
    [
        ("<note>one</note>", "<note>two</note>", "note-changed", 'note is "two", was "one"'),
        (
            "",
            '<timeMap><timept time="0s" value="0s" interp="linear"/>'
            '<timept time="4s" value="2s" interp="linear"/></timeMap>',
            "retime-changed",
            "speed is 50%, was 100%",
        ),
        (
            '<conform-rate scaleEnabled="0" srcFrameRate="25"/>',
            '<conform-rate scaleEnabled="0" srcFrameRate="24"/>',
            "retime-changed",
            "speed or rate conforming changed",
        ),
        (
            '<adjust-volume amount="-3dB"/>',
            '<adjust-volume amount="-6dB"/>',
            "adjustments-changed",
            "adjustments changed: volume",
        ),
        (
            '<filter-video ref="e1" name="Blur"><param name="Amount" key="1" value="5"/></filter-video>',
            '<filter-video ref="e1" name="Blur"><param name="Amount" key="1" value="6"/></filter-video>',
            "effects-changed",
            "effects changed: Blur",
        ),
        (
            '<metadata><md key="com.x.reel" value="1"/></metadata>',
            '<metadata><md key="com.x.reel" value="2"/></metadata>',
            "metadata-changed",
            "metadata changed: com.x.reel",
        ),
        (
            '<audio-channel-source srcCh="1" role="dialogue"/>',
            '<audio-channel-source srcCh="1" role="music"/>',
            "audio-changed",
            "audio channels or roles changed",
        ),
        ("<unheard-of/>", '<unheard-of deep="1"/>', "element-changed", "contents changed: <unheard-of>"),
    ],
)
def test_what_hangs_on_a_clip_is_told(before: str, after: str, kind: str, message: str) -> None:
    found = changes(clip("A", 0, 48, inside=before), clip("A", 0, 48, inside=after))
    assert [(change.kind, change.name, change.message) for change in found] == [(kind, "A", message)]


def test_marks_are_told_one_by_one_at_their_record_time() -> None:
    def mark(value: str, at: int, more: str = "") -> str:
        return f'<marker start="{seconds(at)}" duration="{seconds(1)}" value="{value}"{more}/>'

    before = clip("A", 0, 48, inside=mark("one", 244) + mark("two", 250) + '<keyword value="wide"/>')
    after = clip("A", 0, 48, inside=mark("one", 244) + mark("two", 252) + mark("new", 260, ' completed="0"'))
    assert [(change.kind, change.name, change.timecode) for change in changes(before, after)] == [
        ("mark-removed", "wide", "01:00:00:00"),
        ("mark-changed", "two on A", "01:00:00:12"),
        ("mark-added", "new", "01:00:00:20"),
    ]


def title(words: str, style: str = "ts1", font: str = "Helvetica") -> str:
    return (
        f'<title ref="e1" name="T" offset="{seconds(86400)}" start="3600s" duration="{seconds(48)}">'
        f'<text><text-style ref="{style}">{words}</text-style></text>'
        f'<text-style-def id="{style}"><text-style font="{font}"/></text-style-def></title>'
    )


def test_other_words_of_a_title_are_told() -> None:
    found = changes(title("Hello"), title("Goodbye"))
    assert [(change.kind, change.message) for change in found] == [("text-changed", 'text is "Goodbye", was "Hello"')]


def test_another_style_of_a_title_is_told() -> None:
    assert [change.kind for change in changes(title("Hello"), title("Hello", font="Courier"))] == ["text-style-changed"]


def test_a_renumbered_style_is_told_once_and_is_no_change_of_the_title() -> None:
    assert [change.kind for change in changes(title("Hello"), title("Hello", style="ts9"))] == ["ids-changed"]


def test_a_thousand_gaps_of_one_length_do_not_confuse_a_removal() -> None:
    def gaps(count: int) -> str:
        return "".join(
            f'<gap name="Gap" offset="{seconds(86400 + 10 * number)}" start="3600s" duration="{seconds(10)}"/>'
            for number in range(count)
        )

    found = changes(gaps(1000), gaps(999))
    assert [(change.kind, change.count) for change in found] == [("item-removed", 1)]


def test_an_unreadable_time_is_told_as_an_attribute() -> None:
    after = CUT.replace(f'duration="{seconds(48)}"', 'duration="soon"', 1)
    kinds = {change.kind for change in changes(CUT, after)}
    assert kinds <= {"attribute-changed", "tail-trimmed"}
    assert kinds
