"""What the typed view says about each construct of the goldens, and what its setters write."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from tests.support.fcpxml import film

import takebridge_fcpxml as fcpxml
from takebridge_fcpxml.errors import BadValueError, StructureError
from takebridge_fcpxml.view import (
    Adjustment,
    AssetClip,
    Audition,
    Caption,
    Clip,
    Gap,
    Item,
    McClip,
    MediaItem,
    RefClip,
    Spine,
    SyncClip,
    TimeMap,
    Title,
    Transition,
    Video,
)
from takebridge_fcpxml.view.effects import level
from takebridge_fcpxml.view.story import is_item

F = Fraction
GOLDEN = Path(__file__).parent / "golden"


def spine(name: str) -> list[Item]:
    return fcpxml.read(GOLDEN / f"{name}.fcpxml").projects[0].sequence.spine.items


def clip(inside: str = "") -> Item:
    text = f'<asset-clip ref="r2" offset="0s" start="10s" duration="4s">{inside}</asset-clip>'
    return film(text).projects[0].sequence.spine.items[0]


def test_markers() -> None:
    item, gap = spine("markers")
    assert [(m.start, m.duration, m.value, m.note, m.completed) for m in item.markers] == [
        (11, F(1, 25), "look here", "darker", None),
        (12, F(1, 25), "and here", None, None),
    ]
    assert isinstance(gap, Gap)
    assert [m.value for m in gap.markers] == ["on a gap"]


def test_to_do_markers() -> None:
    assert [m.completed for m in spine("todo")[0].markers] == [False, True, None]


def test_chapters() -> None:
    chapters = spine("chapters")[0].chapter_markers
    assert [(c.start, c.value, c.poster_offset) for c in chapters] == [
        (11, "Opening", F(11, 25)),
        (13, "Turn", F(-1, 5)),
    ]


def test_keywords_and_ratings_and_marks() -> None:
    keywords = spine("keywords")[0].keywords
    assert [(k.words, k.start, k.duration) for k in keywords] == [
        (("Interview", "Day 1"), 10, 2),
        (("whole clip",), 0, None),
    ]
    item = spine("ratings")[0]
    assert [(r.value, r.name, r.start, r.duration, r.note) for r in item.ratings] == [
        ("favorite", "Favorite", 10, 1, None),
        ("reject", "Reject", 12, 2, "soft"),
    ]
    assert item.marks == item.ratings


def test_notes() -> None:
    item = spine("notes")[0]
    assert item.note == "First line\nsecond line & more <tag>"
    before = item.document.to_bytes()
    item.note = "First line\nsecond line & more <tag>"
    assert item.document.to_bytes() == before
    item.note = None
    assert item.note is None
    assert b"<note" not in item.document.to_bytes()
    item.note = None


def test_metadata() -> None:
    item = spine("md")[0]
    metadata = item.metadata
    assert metadata is not None
    assert metadata.get("org.example.take") == "t-7"
    assert metadata.get("nothing") is None
    entry = metadata.entry("org.example.take")
    assert entry is not None
    assert (entry.type, entry.display_name, entry.editable) == ("string", "Take", True)
    assert isinstance(item, AssetClip)
    assert item.asset is not None
    on_asset = item.asset.metadata
    assert on_asset is not None
    codecs = on_asset.entry("com.apple.proapps.spotlight.kMDItemCodecs")
    assert codecs is not None
    assert codecs.array == ("'avc1'", "MPEG-4 AAC")
    assert codecs.value is None
    before = item.document.to_bytes()
    metadata.set("org.example.take", "t-7")
    assert item.document.to_bytes() == before
    metadata.set("org.example.take", "t-8")
    added = metadata.set("org.example.node", "n", display_name="Node")
    assert dict(added.element.attrib) == {
        "key": "org.example.node",
        "value": "n",
        "type": "string",
        "displayName": "Node",
    }
    made = b'    <md key="org.example.node" value="n" type="string" displayName="Node"/>\n' + b" " * 28
    at = before.index(b"</metadata>\n                        </asset-clip>")
    assert item.document.to_bytes() == (before[:at] + made + before[at:]).replace(b"t-7", b"t-8")
    assert clip().metadata is None
    assert clip().ensure_metadata().tag == "metadata"


def test_roles() -> None:
    item = spine("roles")[0]
    assert item.roles == ("dialogue.dialogue-1", "video.AI generated")
    assert [other.roles for other in item.connected] == [("effects.surround.left",)]  # type: ignore[union-attr]
    assert spine("audio_channels")[0].roles == ("dialogue", "dialogue.boom", "dialogue.lav")


def test_connected_items() -> None:
    item = spine("connected")[0]
    assert [(other.lane, getattr(other, "name", "")) for other in item.connected] == [(-1, "under"), (2, "over")]
    assert [other.name for other in item.items] == ["over", "under"]
    assert item.contents == []
    assert [other.enabled for other in spine("disabled")] == [False, True]


def test_titles() -> None:
    (title,) = spine("titles")[0].items
    assert isinstance(title, Title)
    assert title.words == "Ann Other"
    assert title.effect is not None
    assert title.effect.name == "Basic Title"
    assert title.asset is None
    assert title.role == "titles.names"
    (block,) = title.text_blocks
    assert [(run.style_id, run.element.text) for run in block.styles] == [("ts1", "Ann "), ("ts2", "Other")]
    second = title.text_styles[1]
    assert second.style is not None
    assert (second.id, second.style.font, second.style.font_size, second.style.bold) == ("ts2", "Helvetica", "60", True)
    assert (second.style.italic, second.style.font_color) == (False, "1 0 0 1")
    title.set_words("New")
    assert title.words == "New"
    assert [run.style_id for run in title.text_blocks[0].styles] == ["ts1"]
    before = title.document.to_bytes()
    with pytest.raises(BadValueError):
        title.set_words("\x00")
    assert title.document.to_bytes() == before


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<text>plain</text>", "plain"),
        ("<text>one</text><text>two</text>", "one\ntwo"),
        ("<text>\n  <text-style>a</text-style>\n  <text-style>b</text-style>\n</text>", "ab"),
        ("<text><text-style>a</text-style> <text-style>b</text-style></text>", "a b"),
        ("<text><text-style>a\nb</text-style></text>", "a\nb"),
        ("<text>a<!-- c --><text-style>b</text-style>\nc</text>", "ab\nc"),
        ("", ""),
    ],
)
def test_words_are_words_and_not_layout(inside: str, words: str) -> None:
    caption = film(f'<caption offset="0s" duration="1s">{inside}</caption>').projects[0].sequence.spine.items[0]
    assert isinstance(caption, Caption)
    assert caption.words == words
    caption.set_words("x")
    assert caption.words == "x"


def test_captions() -> None:
    first, second = spine("captions")[0].items
    assert isinstance(first, Caption)
    assert isinstance(second, Caption)
    assert (first.caption_format, first.language, first.words) == ("SRT", "en", "Hello")
    assert (second.caption_format, second.language, second.words) == ("ITT", "de-DE", "Guten Tag")
    assert first.text_blocks[0].placement == "bottom"
    first.role = None
    assert (first.caption_format, first.language) == (None, None)


def test_compound_and_multicam_and_sync_clips() -> None:
    (compound,) = spine("compound")
    assert isinstance(compound, RefClip)
    assert compound.media is not None
    assert compound.media.sequence is not None
    assert compound.media.multicam is None
    assert [item.name for item in compound.media.sequence.spine.items] == ["inner 1", "inner 2"]
    assert [(source.role, source.active) for source in compound.audio_role_sources] == [("dialogue.dialogue-1", False)]
    assert compound.source_enable == "all"
    (multi,) = spine("multicam")
    assert isinstance(multi, McClip)
    assert [(source.angle_id, source.enabled_source) for source in multi.mc_sources] == [
        ("left", "video"),
        ("right", "audio"),
    ]
    assert multi.media is not None
    assert multi.media.multicam is not None
    assert [(angle.name, angle.angle_id, len(angle.items)) for angle in multi.media.multicam.angles] == [
        ("Left", "left", 2),
        ("Right", "right", 1),
    ]
    (sync,) = spine("sync_clip")
    assert isinstance(sync, SyncClip)
    assert [(source.source_id, [role.role for role in source.role_sources]) for source in sync.sync_sources] == [
        ("storyline", ["dialogue.dialogue-1"]),
        ("connected", ["dialogue.boom"]),
    ]


def test_auditions() -> None:
    host, audition = spine("audition")
    assert isinstance(audition, Audition)
    assert (audition.pick.name, [item.name for item in audition.alternates]) == ("pick", ["still"])
    assert audition.length == 3
    assert host.items[0].lane == 1
    empty = film("<audition offset='0s'/>").projects[0].sequence.spine.items[0]
    assert isinstance(empty, Audition)
    assert empty.alternates == []
    for ask in (lambda: empty.pick, lambda: empty.length):
        with pytest.raises(StructureError, match="empty"):
            ask()


def test_transitions_and_stills_and_generators() -> None:
    transition = spine("transition")[1]
    assert isinstance(transition, Transition)
    assert [(effect.name, effect.effect_id) for effect in transition.filters] == [
        ("Cross Dissolve", "r8"),
        ("Audio Crossfade", "r9"),
    ]
    assert [m.value for m in transition.markers] == ["on transition"]
    still, generator = spine("stills")
    assert isinstance(still, Video)
    assert isinstance(generator, Video)
    assert still.asset is not None
    assert still.asset.is_still
    assert still.asset.file_name == "still (1).png"
    assert still.effect is None
    assert generator.asset is None
    assert generator.effect is not None
    assert (generator.effect.name, generator.role) == ("Custom", "video.backgrounds")


def test_time_maps() -> None:
    double, reverse, ramp = (item.time_map for item in spine("time_map"))
    assert double is not None
    assert reverse is not None
    assert ramp is not None
    assert (double.speed, reverse.speed, ramp.speed) == (2, -1, None)
    assert double.original(F(5)) == 10
    assert double.original(F(60)) == 120
    assert reverse.original(F(1, 2)) == F(3, 2)
    assert [ramp.original(F(time)) for time in (0, F(1, 2), 1, 2, 3)] == [0, 1, 2, F(5, 2), 3]
    assert (double.preserves_pitch, reverse.preserves_pitch) == (True, False)
    assert [point.interp for point in ramp.points] == ["smooth2"] * 3
    ramp.set_points([(F(0), F(0)), (F(10), F(5))])
    assert ramp.speed == F(1, 2)
    assert clip().time_map is None


@pytest.mark.parametrize(
    "points", ["", '<timept time="0s" value="1s"/>', '<timept time="1s" value="0s"/><timept time="1s" value="5s"/>']
)
def test_a_time_map_without_a_range(points: str) -> None:
    broken = clip(f"<timeMap>{points}</timeMap>").time_map
    assert isinstance(broken, TimeMap)
    assert broken.speed is None
    with pytest.raises(BadValueError, match="no two points"):
        broken.original(F(0))
    for given in ([], [(F(0), F(0))], [(F(1), F(0)), (F(0), F(1))]):
        with pytest.raises(BadValueError):
            broken.set_points(given)


def test_conform_rate() -> None:
    first, second = (item.conform_rate for item in spine("conform_rate"))
    assert first is not None
    assert second is not None
    assert (first.scale_enabled, first.source_rate, first.frame_sampling) == (True, 24, "floor")
    assert (second.scale_enabled, second.source_rate, second.frame_sampling) == (
        False,
        F(30000, 1001),
        "frame-blending",
    )


def test_adjustments_and_filters() -> None:
    item = spine("adjustments")[0]
    assert [adjustment.kind for adjustment in item.adjustments] == ["crop", "conform", "transform", "blend", "volume"]
    assert item.transform is not None
    assert (item.transform.position, item.transform.scale, item.transform.rotation) == ("12.5 -4", "1.2 1.2", "-15")
    (scale,) = item.transform.params
    assert (scale.name, scale.key, scale.value, scale.is_animated, scale.params) == ("scale", "5", None, True, [])
    assert item.volume is not None
    assert item.volume.decibels == -13.1
    assert [(effect.name, effect.enabled) for effect in item.filters] == [
        ("Gaussian Blur", False),
        ("Channel EQ", True),
    ]
    assert [(param.name, param.value) for param in item.filters[0].params] == [("Amount", "12")]
    assert [adjustment.amount for adjustment in item.children(Adjustment)][-2:] == ["0.5", "-13.1dB"]


@pytest.mark.parametrize(
    ("amount", "decibels"), [("-3dB", -3.0), ("-13.1", -13.1), ("", 0.0), ("-infdB", float("-inf")), ("loud", None)]
)
def test_levels(amount: str, decibels: float | None) -> None:
    item = clip(f'<adjust-volume amount="{amount}"/>')
    assert item.volume is not None
    assert item.volume.decibels == decibels


def test_a_level_is_written_as_final_cut_writes_it() -> None:
    assert [level(F(-131, 10)), level(6), level(0.5)] == ["-13.1dB", "6dB", "0.5dB"]


def test_audio_channels_and_components() -> None:
    item, container = spine("audio_channels")
    first, second = item.audio_channel_sources
    assert (first.source_channels, first.role, first.start, first.duration) == ("1", "dialogue.boom", 10, 2)
    assert first.volume is not None
    assert first.volume.decibels == 6
    assert (second.source_channels, second.output_channels, second.enabled, second.active) == ("2", "L", False, True)
    assert isinstance(container, Clip)
    assert container.format is not None
    (picture,) = container.contents
    assert isinstance(picture, MediaItem)
    assert picture.roles == ("video",)
    assert container.connected == []
    assert [(sound.lane, sound.roles) for sound in picture.items] == [(-1, ("dialogue",))]


def test_split_edits() -> None:
    first, second = spine("split_edits")
    assert isinstance(first, AssetClip)
    assert isinstance(second, AssetClip)
    assert (first.audio_start, first.audio_duration) == (10, 5)
    assert (second.audio_start, second.audio_duration) == (3611, 5)


def test_storylines() -> None:
    item = spine("secondary_storyline")[0]
    (line,) = item.story
    assert isinstance(line, Spine)
    assert (line.name, line.lane, line.offset, line.is_primary, line.format_id) == ("B-roll", 1, 12, False, None)
    assert [other.name for other in line.items] == ["b1", "Gap", "b2"]
    assert item.items == []
    assert item.connected == [line]
    assert is_item("gap")
    assert not is_item("spine")


def test_marks_are_added_where_the_order_wants_them() -> None:
    item = clip("<metadata/>")
    item.add_marker(F(21, 2), "m", duration=F(1, 25), note="n", completed=False)
    item.add_chapter(F(11), "c", poster_offset=F(1, 2))
    item.add_keyword("k, l", start=F(10), duration=F(2))
    item.add_rating("favorite")
    item.note = "words"
    assert [(child.tag, dict(child.attrib)) for child in item.element] == [
        ("note", {}),
        ("marker", {"start": "21/2s", "value": "m", "duration": "1/25s", "note": "n", "completed": "0"}),
        ("chapter-marker", {"start": "11s", "value": "c", "posterOffset": "1/2s"}),
        ("keyword", {"value": "k, l", "start": "10s", "duration": "2s"}),
        ("rating", {"value": "favorite"}),
        ("metadata", {}),
    ]


def test_lengths() -> None:
    browser = fcpxml.read(GOLDEN / "browser.fcpxml")
    assert [item.length for item in browser.clips] == [100, 60]
    gap = film("<gap offset='0s'/>").projects[0].sequence.spine.items[0]
    with pytest.raises(StructureError, match="no duration"):
        _ = gap.length
