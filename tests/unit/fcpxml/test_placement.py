"""Record ranges by the parent rule. Every expected time is worked out by hand or read off Final Cut Pro."""

from __future__ import annotations

from fractions import Fraction

import pytest

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.errors import BadValueError, DanglingReferenceError, FcpxmlError, StructureError, TimeValueError
from takebridge_fcpxml.placement import Placed, Problem, local_scale, place, sequence_rate
from takebridge_fcpxml.view import Item, McAngle, Multicam, Project

F = Fraction
RESOURCES = """<format id="r25" frameDuration="1/25s"/><format id="r60" frameDuration="100/6000s"/>
<format id="r24" frameDuration="1/24s"/><format id="rNTSC" frameDuration="1001/24000s"/>
<asset id="a" start="0s" duration="100s" hasVideo="1" format="r25"/>
<asset id="tc" start="3600s" duration="60s" hasVideo="1" format="r25"/>"""


def timeline(spine: str, *, tc: str = 'tcStart="3600s"', form: str = "r25", more: str = "") -> Project:
    text = f"""<fcpxml version="1.10"><resources>{RESOURCES}{more}</resources><project name="P">
<sequence format="{form}" {tc}><spine>{spine}</spine></sequence></project></fcpxml>"""
    return fcpxml.parse(text).projects[0]


def places(spine: str, **told: str) -> dict[str, tuple[Fraction, Fraction, int]]:
    return {p.item.name: (p.record_start, p.record_end, p.lane) for p in place(timeline(spine, **told).sequence)}


def clip(name: str, inside: str = "", tag: str = "asset-clip", **attributes: str) -> str:
    told = {"name": name, "ref": "a", "duration": "4s", **attributes}
    written = " ".join(f'{key}="{value}"' for key, value in told.items())
    return f"<{tag} {written}>{inside}</{tag}>"


def at(seconds: object, length: object = 4, lane: int = 0) -> tuple[Fraction, Fraction, int]:
    begin = F(str(seconds))
    return begin, begin + F(str(length)), lane


@pytest.mark.parametrize(("tc", "first"), [('tcStart="3600s"', 3600), ("", 0), ('tcStart="0s"', 0)])
def test_an_item_without_an_offset_follows_the_one_before(tc: str, first: int) -> None:
    spine = clip("one") + clip("two") + clip("three", offset="4000s") + clip("four")
    expected = {"one": at(first), "two": at(first + 4), "three": at(4000), "four": at(4004)}
    assert places(spine, tc=tc) == expected


def test_offsets_in_the_primary_storyline_are_absolute() -> None:
    assert places(clip("one", offset="3610s"), tc='tcStart="3600s"') == {"one": at(3610)}
    assert places(clip("one", offset="3610s"), tc="") == {"one": at(3610)}


def test_a_transition_takes_no_time_of_its_own() -> None:
    spine = clip("one") + '<transition name="t" offset="7207/2s" duration="1s"/>' + clip("two")
    assert places(spine) == {"one": at(3600), "t": at("7207/2", 1), "two": at(3604)}


@pytest.mark.parametrize(
    "tag", ["asset-clip", "clip", "video", "title", "ref-clip", "mc-clip", "sync-clip", "audio", "gap"]
)
@pytest.mark.parametrize("lane", [1, -2])
def test_a_connected_item_stands_where_its_offset_is_in_its_host(tag: str, lane: int) -> None:
    inside = clip("on", offset="13s", lane=str(lane), tag="title")
    assert places(clip("host", inside, tag=tag, start="10s"))["on"] == at(3603, 4, lane)
    assert places(clip("host", inside, tag=tag))["on"] == at(3613, 4, lane)


def test_hosts_nest() -> None:
    innermost = clip("three", offset="201s", lane="-1")
    inner = clip("two", innermost, offset="101s", start="200s", lane="2", duration="3s")
    spine = clip("one", inner, start="100s")
    placed = place(timeline(spine).sequence)
    assert {p.item.name: p.record_start for p in placed} == {"one": 3600, "two": 3601, "three": 3602}
    assert [p.depth for p in placed] == [0, 1, 2]
    assert [p.host.item.name if p.host else None for p in placed] == [None, "one", "two"]


def test_a_connected_storyline_counts_from_its_own_place() -> None:
    b1, b2 = clip("b1", offset="0s", duration="2s"), clip("b2", clip("on b2", offset="7s", lane="5"), start="6s")
    transition = '<transition name="t" offset="3/2s" duration="1s"/>'
    storyline = f'<spine lane="-1" offset="13s">{b1}{transition}{b2}</spine>'
    placed = place(timeline(clip("host", storyline, start="10s", offset="3620s")).sequence)
    assert {p.item.name: (p.record_start, p.lane) for p in placed} == {
        "host": (3620, 0),
        "b1": (3623, -1),
        "t": (F(7249, 2), -1),
        "b2": (3625, -1),
        "on b2": (3626, 5),
    }
    assert [p.storyline is not None for p in placed] == [False, True, True, True, False]
    assert {p.host.item.name for p in placed[1:4] if p.host} == {"host"}


def test_an_audition_lends_its_place_and_lane_to_its_children() -> None:
    takes = clip("pick", clip("on pick", offset="21s", lane="1"), start="20s", duration="3s") + clip(
        "waiting", clip("on waiting", offset="31s", lane="1"), start="30s", duration="5s"
    )
    spine = clip("host", f'<audition name="tray" lane="2" offset="11s">{takes}</audition>', start="10s")
    sequence = timeline(spine).sequence
    assert {p.item.name: (p.record_start, p.record_end, p.lane) for p in place(sequence)} == {
        "host": at(3600),
        "tray": at(3601, 3, 2),
        "pick": at(3601, 3, 2),
        "on pick": at(3602, 4, 1),
    }
    everything = place(sequence, alternates=True)
    assert {p.item.name: p.active for p in everything} == {
        "host": True,
        "tray": True,
        "pick": True,
        "on pick": True,
        "waiting": False,
        "on waiting": False,
    }
    assert {p.item.name: p.record_start for p in everything}["on waiting"] == 3602


def test_what_a_sync_clip_holds_counts_from_its_local_zero() -> None:
    inside = f"<spine>{clip('picture', clip('sound', offset='1s', lane='-1'), offset='0s', duration='30s')}</spine>"
    assert places(clip("sync", inside, tag="sync-clip", start="5s")) == {
        "sync": at(3600),
        "picture": at(3595, 30),
        "sound": at(3596, 4, -1),
    }
    inside = f'<spine offset="5s">{clip("picture", offset="0s")}</spine>'
    assert places(clip("sync", inside, tag="sync-clip", start="5s"))["picture"] == at(3600)


def test_what_a_clip_holds_without_an_offset_has_offset_zero() -> None:
    inside = clip("picture", tag="video") + clip("sound", tag="audio", lane="-1")
    assert places(clip("clip", inside, tag="clip", start="7s")) == {
        "clip": at(3600),
        "picture": at(3593),
        "sound": at(3593, 4, -1),
    }


# Conformed clips


def timecode(text: str, rate: int) -> Fraction:
    hours, minutes, seconds, frames = (int(part) for part in text.split(":"))
    return F(hours * 3600 + minutes * 60 + seconds) + F(frames, rate)


def test_a_conformed_host_as_final_cut_shows_it() -> None:
    """A project at 60 fps: the connected clip stands at 00:03:37:38 in Final Cut, not on 7.07 s after its host."""
    connected = clip("connected", offset="145938793/375000s", lane="1")
    spine = clip(
        "host",
        f'<conform-rate srcFrameRate="23.98"/>{connected}',
        offset="75804000/360000s",
        start="143286143/375000s",
        duration="30s",
    )
    placed = {p.item.name: p for p in place(timeline(spine, tc="", form="r60").sequence)}
    assert placed["host"].record_start == timecode("00:03:30:34", 60)
    assert placed["connected"].record_start == timecode("00:03:37:38", 60)
    assert placed["host"].scale == F(1001, 1000)
    assert placed["host"].local_duration == F(3003, 100)
    assert placed["host"].to_record(F(145938793, 375000)) == timecode("00:03:37:38", 60)
    assert placed["host"].to_local(timecode("00:03:37:38", 60)) == F(145938793, 375000)


@pytest.mark.parametrize(
    ("conform", "record"),
    [
        ('<conform-rate srcFrameRate="24"/>', F(3600) + F(25, 24) * F(24, 25)),
        ('<conform-rate scaleEnabled="1" srcFrameRate="24"/>', F(3601)),
        ('<conform-rate scaleEnabled="0" srcFrameRate="24"/>', F(3600) + F(25, 24)),
        ('<conform-rate srcFrameRate="25"/>', F(3600) + F(25, 24)),
        # No word for the source rate: the asset's format says 24.
        ("<conform-rate/>", F(3601)),
        ('<conform-rate srcFrameRate="17"/>', F(3601)),
        ("", F(3600) + F(25, 24)),
    ],
)
def test_the_scale_of_a_conformed_host(conform: str, record: Fraction) -> None:
    more = '<asset id="a24" start="0s" duration="9s" hasVideo="1" format="r24"/>'
    inside = conform + clip("on", offset="841/24s", lane="1")
    spine = clip("host", inside, ref="a24", start="34s")
    placed = {p.item.name: p for p in place(timeline(spine, more=more).sequence)}
    assert placed["on"].record_start == record


def test_a_storyline_on_a_conformed_host_runs_in_record_time() -> None:
    storyline = f'<spine lane="1" offset="25/24s">{clip("b1", offset="0s")}{clip("b2", offset="4s")}</spine>'
    spine = clip("host", '<conform-rate srcFrameRate="24"/>' + storyline, start="0s")
    assert {name: place[0] for name, place in places(spine).items()} == {"host": 3600, "b1": 3601, "b2": 3605}


def test_without_a_rate_nothing_is_scaled() -> None:
    spine = clip("host", '<conform-rate srcFrameRate="24"/>' + clip("on", offset="1s", lane="1"))
    assert places(spine, form="missing")["on"] == at(3601, 4, 1)


# Timelines of other kinds

MULTICAM = f"""<media id="m" name="Multi"><multicam format="r25" tcStart="7200s">
<mc-angle name="L" angleID="l">{clip("l1")}{clip("l2", clip("on l2", offset="1s", lane="1"))}</mc-angle>
<mc-angle name="R" angleID="r">{clip("r1", offset="7300s")}</mc-angle></multicam></media>"""


def test_the_angles_of_a_multicam_run_side_by_side() -> None:
    film = fcpxml.root_of(timeline(clip("one"), more=MULTICAM).document)
    multicam = next(film.descendants(Multicam))
    expected = {"l1": 7200, "l2": 7204, "on l2": 7205, "r1": 7300}
    assert {p.item.name: p.record_start for p in place(multicam)} == expected
    angles = list(multicam.descendants(McAngle))
    assert {p.item.name: p.record_start for p in place(angles[0])} == {"l1": 7200, "l2": 7204, "on l2": 7205}
    assert sequence_rate(angles[1]) == 25


def test_a_clip_of_its_own_stands_at_zero() -> None:
    text = f"<fcpxml><event>{clip('lone', clip('on', offset='11s', lane='1'), start='10s')}</event></fcpxml>"
    film = fcpxml.parse(text)
    assert {p.item.name: p.record_start for p in place(film.clips[0])} == {"lone": 0, "on": 1}
    assert sequence_rate(film.clips[0]) is None
    assert local_scale(film.clips[0], None) == 1


@pytest.mark.parametrize(
    ("ref", "start", "length"), [("a", "", 100), ("a", "40s", 60), ("tc", "", 60), ("tc", "3640s", 20)]
)
def test_an_asset_clip_without_duration_shows_the_rest_of_its_asset(ref: str, start: str, length: int) -> None:
    told = f'start="{start}"' if start else ""
    spine = f'<asset-clip name="one" ref="{ref}" {told}/>' + clip("two")
    assert places(spine) == {"one": at(3600, length), "two": at(3600 + length)}


def test_deep_nesting_is_placed_to_the_last() -> None:
    inner = ""
    for level in range(250, 0, -1):
        inner = clip(str(level), inner, offset="1s", lane="1")
    placed = place(fcpxml.parse(f"<fcpxml><event>{inner}</event></fcpxml>").clips[0])
    assert [p.record_start for p in placed] == list(range(250))
    assert placed[-1].depth == 249


# What cannot be read


@pytest.mark.parametrize(
    ("spine", "kind"),
    [
        (clip("one", offset="soon"), TimeValueError),
        (clip("one", duration="long"), TimeValueError),
        (clip("one", clip("on", lane="1"), start="x"), TimeValueError),
        (clip("one", clip("on", lane="up", offset="0s")), BadValueError),
        (clip("one", clip("on", lane="1_0", offset="0s")), BadValueError),
        ('<asset-clip name="one" ref="none"/>', DanglingReferenceError),
        ('<asset-clip name="one"/>', DanglingReferenceError),
        ('<title name="one"/>', StructureError),
        ('<audition name="one"/>', StructureError),
    ],
)
def test_a_bad_value_raises_or_is_noted(spine: str, kind: type[FcpxmlError]) -> None:
    sequence = timeline(spine + clip("next", offset="3610s")).sequence
    with pytest.raises(FcpxmlError) as caught:
        place(sequence)
    assert type(caught.value) is kind
    assert caught.value.path
    assert caught.value.line
    problems: list[Problem] = []
    placed = place(sequence, problems=problems)
    assert [type(problem.error) for problem in problems] == [kind]
    assert placed[-1].record_start == 3610
    assert placed[0].record_start == 3600


def test_a_sequence_without_a_spine() -> None:
    film = fcpxml.parse("<fcpxml><project><sequence format='r1'/></project></fcpxml>")
    problems: list[Problem] = []
    assert place(film.projects[0].sequence, problems=problems) == []
    assert len(problems) == 1
    with pytest.raises(StructureError, match="no spine"):
        place(film.projects[0].sequence)


def test_ends_are_exclusive_and_parents_come_before_children() -> None:
    spine = clip("one", clip("on", offset="0s", lane="1")) + clip("two")
    placed = place(timeline(spine).sequence)
    assert [p.item.name for p in placed] == ["one", "on", "two"]
    assert placed[0].record_end == placed[2].record_start
    assert isinstance(placed[0], Placed)
    assert isinstance(placed[0].item, Item)
