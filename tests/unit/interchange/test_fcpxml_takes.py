"""Takes in an exported document: each begins with its own frames, and the sound of its clip is heard as before."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from lxml import etree
from tests.support.fcpxml import film
from tests.support.fcpxml_story import seconds, stands

from takebridge.cut.model import Clip, Cut, Media, Span, Take, tile, whole
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.timebase import FrameRate

NTSC = FrameRate(24000, 1001)
F = 1 / NTSC.fraction
HOUR = 86400
RESOURCES = """
<asset id="r2" name="a.mov" start="0s" duration="240240/24000s" hasVideo="1" hasAudio="1" format="r1"
    audioSources="1" audioChannels="2"><media-rep kind="original-media" src="file:///m/a.mov"/></asset>
<asset id="r3" name="b.mov" start="0s" duration="240240/24000s" hasVideo="1" format="r1">
    <media-rep kind="original-media" src="file:///m/b.mov"/></asset>
<asset id="r4" name="c.mov" start="0s" duration="240240/24000s" hasVideo="1" format="r1">
    <media-rep kind="original-media" src="file:///m/c.mov"/></asset>
"""
HEARD = """
<asset-clip ref="r2" offset="86486400/24000s" name="one" start="40040/24000s" duration="24024/24000s"
    audioRole="dialogue.Ana">
    <adjust-volume amount="-7dB"/>
    <title lane="1" offset="50050/24000s" ref="r1" name="sign" duration="5005/24000s"/>
    <audio-channel-source srcCh="1" role="dialogue.Boom"/>
</asset-clip>
<asset-clip ref="r3" offset="86510424/24000s" name="two" duration="24024/24000s"/>
"""
PARTS = """
<clip offset="86486400/24000s" name="one" start="40040/24000s" duration="24024/24000s">
    <video ref="r2" offset="0s" duration="240240/24000s"><audio ref="r2" lane="-1" offset="0s"
        duration="240240/24000s" role="dialogue.Ana"/></video>
</clip>
<asset-clip ref="r3" offset="86510424/24000s" name="two" duration="24024/24000s"/>
"""
TRAY = """
<audition offset="86486400/24000s">
    <asset-clip ref="r2" name="one" start="40040/24000s" duration="24024/24000s" audioRole="dialogue.Ana">
        <adjust-volume amount="-7dB"/>
        <title lane="1" offset="50050/24000s" ref="r1" name="sign" duration="5005/24000s"/>
    </asset-clip>
    <asset-clip ref="r3" name="other" start="12012/24000s" duration="24024/24000s"/>
</audition>
<asset-clip ref="r3" offset="86510424/24000s" name="two" duration="24024/24000s"/>
"""


def read(folder: Path, spine: str) -> Cut:
    """The cut of a film of two shots of 24 frames."""
    path = folder / "film.fcpxml"
    film(spine, resources=RESOURCES, sequence='duration="48048/24000s"').document.write(path)
    return read_cut(path).cut


def take(name: str, start: int, key: str = "") -> Take:
    """A take of 24 frames from a delivered file of 60."""
    return Take(key or name, Media(f"{name}.mov", f"/takes/{name}.mov", NTSC, 60, 0), Span.of(start, 24), take_id=name)


def showing(clip: Clip, takes: tuple[Take, ...], active: int) -> Clip:
    """The clip with these takes, one of which shows."""
    return replace(clip, takes=takes, active=active, media=takes[active].media, source=takes[active].source)


def written(folder: Path, cut: Cut, first: Clip, *, moved: int = 0) -> etree._Element:
    """The document of the cut with its first picture replaced; everything is moved, where asked."""
    pictures = cut.tracks[0]
    items = [first if isinstance(one, Clip) and one.name == first.name else one for one in pictures.items]
    here = [replace(one, record=one.record.shifted(moved)) for one in items if isinstance(one, Clip)]
    write_cut(replace(cut, tracks=(replace(pictures, items=tile(here)), *cut.tracks[1:])), folder / "out.fcpxml")
    return etree.parse(str(folder / "out.fcpxml")).getroot()


def shot(cut: Cut) -> Clip:
    return cut.tracks[0].clips[0]


def begins(root: etree._Element) -> list[tuple[str, Fraction | int, Fraction | int]]:
    """File, first frame and length of the takes of the first audition, the pick first."""
    names = {one.get("id"): one.get("name") for one in root.iter("asset")}
    (tray, *_) = root.iter("audition")
    return [
        (str(names[one.get("ref")]), seconds(one.get("start")) / F, seconds(one.get("duration")) / F) for one in tray
    ]


def test_every_take_begins_with_its_own_frames(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, HEARD))
    own = Take("own", clip.media, clip.source)
    root = written(tmp_path, cut, showing(clip, (own, take("t1", 12), take("t2", 7)), 1))
    assert begins(root) == [("t1.mov", 12, 24), ("a.mov", 40, 24), ("t2.mov", 7, 24)]
    back = shot(read_cut(tmp_path / "out.fcpxml").cut)
    assert [one.source for one in back.takes] == [Span(12, 36), Span(40, 64), Span(7, 31)]


def test_a_clip_that_moved_keeps_the_frames_of_all_its_takes(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, HEARD))
    own = Take("own", clip.media, clip.source)
    root = written(tmp_path, cut, showing(clip, (own, take("t1", 12)), 1), moved=48)
    assert begins(root) == [("t1.mov", 12, 24), ("a.mov", 40, 24)]


def test_the_sound_set_apart_keeps_role_level_and_channels(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, HEARD))
    root = written(tmp_path, cut, showing(clip, (Take("own", clip.media, clip.source), take("t1", 12)), 1))
    (sound,) = [one for one in root.iter("asset-clip") if one.get("srcEnable") == "audio"]
    assert (sound.get("audioRole"), sound.get("lane")) == ("dialogue.Ana", "-1")
    assert [one.get("amount") for one in sound.iterchildren("adjust-volume")] == ["-7dB"]
    assert [one.get("role") for one in sound.iterchildren("audio-channel-source")] == ["dialogue.Boom"]
    assert sound.get("videoRole") is None and not list(sound.iterchildren("title"))
    (stand,) = [one for one in stands(root) if one.lane == -1]
    assert (stand.start, stand.duration, stand.source) == (HOUR * F, 24 * F, 40 * F)
    (sign,) = [one for one in stands(root) if one.name == "sign"]
    assert sign.start == (HOUR + 10) * F


def test_the_sound_of_a_clip_of_components_plays_on_under_a_take(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, PARTS))
    root = written(tmp_path, cut, showing(clip, (Take("own", clip.media, clip.source), take("t1", 12)), 1))
    pick, waiting = next(iter(root.iter("audition")))
    (sound,) = pick.iterchildren("clip")
    assert [one.get("role") for one in sound.iter("audio")] == ["dialogue.Ana"]
    assert (sound.get("lane"), list(sound.iter("video"))) == ("-1", [])
    assert seconds(waiting.get("start")) == 40 * F
    assert [one.get("amount") for one in waiting.iterchildren("adjust-volume")] == ["-96dB"]


def test_another_pick_plays_its_frames_and_what_hung_on_the_old_one_stays_in_place(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, TRAY))
    other = replace(clip.takes[1], source=Span(15, 39))
    root = written(tmp_path, cut, showing(clip, (clip.takes[0], other), 1))
    assert begins(root) == [("b.mov", 15, 24), ("a.mov", 40, 24)]
    (sign,) = [one for one in stands(root) if one.name == "sign"]
    assert sign.start == (HOUR + 10) * F
    (sound,) = [one for one in root.iter("asset-clip") if one.get("srcEnable") == "audio"]
    assert (sound.get("audioRole"), sound[0].get("amount")) == ("dialogue.Ana", "-7dB")
    assert [one.get("srcEnable") for one in next(iter(root.iter("audition")))] == [None, "video"]


def test_a_pick_that_leaves_lets_everything_but_its_picture_stay(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, TRAY))
    root = written(tmp_path, cut, showing(clip, (clip.takes[1], take("t1", 12)), 1))
    assert begins(root) == [("t1.mov", 12, 24), ("b.mov", 12, 24)]
    (sign,) = [one for one in stands(root) if one.name == "sign"]
    assert sign.start == (HOUR + 10) * F


def test_takes_of_a_trimmed_audition_stay_as_long_as_each_other(tmp_path: Path) -> None:
    clip = shot(cut := read(tmp_path, TRAY))

    def cut_to(span: Span | None) -> Span | None:
        return Span(whole(span.start + 3), whole(span.start + 20)) if span else None

    takes = tuple(replace(one, source=cut_to(one.source)) for one in clip.takes)
    first = replace(clip, record=Span(0, 17), source=cut_to(clip.source), takes=takes)
    root = written(tmp_path, cut, first)
    assert begins(root) == [("a.mov", 43, 17), ("b.mov", 15, 17)]
