"""Through Final Cut and back: clips go out, takes come as auditions, a person re-cuts and chooses, both sides merge."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree
from tests.support import final_cut_rig as hands
from tests.support.exchange_rig import source_start
from tests.support.final_cut_rig import FinalCutRig, Mac
from tests.support.roundtrip_rig import CLIP_FRAMES, RATES

from takebridge.canvas.ops import RateTake
from takebridge.ids import TakeId

HANDLES = 12
f = CLIP_FRAMES


def pinned(rig: FinalCutRig, shot: int = 1) -> str | None:
    """The take a shot's node has pinned."""
    return rig.bridge.desk.view(rig.canvas_id).canvas.nodes[rig.pushed[shot - 1].nodes["upscale"]].pin


def file_of(rig: FinalCutRig, take: object) -> str:
    """The name of the file a take was delivered as last."""
    found = [one for link in rig.pushed for one in rig.bridge.links.deliveries(link.link.id)]
    return Path(next(one.path for one in reversed(found) if one.take_id == getattr(take, "id", take))).name


def places(rig: FinalCutRig, path: str | Path) -> list[tuple[int, int]]:
    """Where the pictures of a document stand, in frames of the sequence."""
    return [(int(one.record.start), int(one.record.end)) for one in rig.read(path).tracks[0].clips]


@pytest.mark.parametrize("label", list(RATES))
def test_the_story_is_exact_at_every_rate(tmp_path: Path, label: str) -> None:
    """Two clips go out; the first has two takes. The person trims, imports, re-trims, blades and picks the other."""
    rig = FinalCutRig(tmp_path, clips=4, label=label)
    root = rig.begin((1, 2))
    older, newer = rig.take(1, number=2), rig.take(1, number=3)
    second = rig.take(2, number=4)
    hands.trim(root, 0, head=3 * rig.frame, tail=4 * rig.frame)
    rig.save(root, "Film v02")
    ended = rig.only()
    assert (ended.ending, Path(ended.answer).name) == ("answered", "Film TakeBridge v01.fcpxml")
    answer = rig.read(ended.answer)
    first = f - 7
    assert places(rig, ended.answer) == [
        (0, first),
        (first, first + f),
        (first + f, first + 2 * f),
        (first + 2 * f, first + 3 * f),
    ]
    assert rig.picture_at(answer, 0) == [(3, HANDLES + 3 + n) for n in range(first)]
    assert rig.picture_at(answer, first) == [(4, HANDLES + n) for n in range(f)]
    assert rig.picture_at(answer, first + f) == [(1, source_start(3) + n) for n in range(f)]

    there = rig.imported(ended.answer)
    assert hands.takes(there) == [file_of(rig, newer), "camera.mp4", file_of(rig, older)]
    lengths = {hands.seconds(one.get("duration")) for one in hands.auditions(there)[0]}
    assert lengths == {first * rig.frame}
    hands.pick(there, file_of(rig, older))
    hands.trim(there, 0, head=2 * rig.frame)
    hands.razor(there, 1, 10 * rig.frame)
    rig.save(there, "Film v03")
    ended = rig.only()
    assert ended.ending == "nothing" and "Final Cut shows take 1, and the canvas follows" in ended.text
    assert (pinned(rig, 1), pinned(rig, 2)) == (older.id, second.id)

    rig.take(2, number=5)
    rig.save(there, "Film v03 again")
    assert rig.look() == []  # the same bytes were dealt with
    hands.trim(there, 3, tail=5 * rig.frame)
    rig.save(there, "Film v04")
    ended = rig.only()
    assert (ended.ending, Path(ended.answer).name) == ("answered", "Film TakeBridge v02.fcpxml")
    answer, first = rig.read(ended.answer), first - 2
    third = first + f
    pieces = [(0, first), (first, first + 10), (first + 10, third)]
    assert places(rig, ended.answer) == [*pieces, (third, third + f - 5), (third + f - 5, third + 2 * f - 5)]
    assert rig.picture_at(answer, 0) == [(2, HANDLES + 5 + n) for n in range(first)]
    assert rig.picture_at(answer, first) == [(5, HANDLES + n) for n in range(10)]
    assert rig.picture_at(answer, first + 10) == [(5, HANDLES + 10 + n) for n in range(f - 10)]
    assert rig.picture_at(answer, first + f) == [(1, source_start(3) + n) for n in range(f - 5)]
    assert answer.drop_frame is (label == "29.97")


@pytest.fixture
def rig(tmp_path: Path) -> FinalCutRig:
    return FinalCutRig(tmp_path, clips=2)


def answered(rig: FinalCutRig) -> tuple[etree._Element, list[str]]:
    """The first clip has two takes, the second of them pinned; the answer is imported. Also the files, oldest first."""
    root = rig.begin((1,))
    made = [rig.take(1, number=2), rig.take(1, number=3)]
    hands.trim(root, 1, tail=2 * rig.frame)
    rig.save(root, "Film v02")
    ended = rig.only()
    assert ended.ending == "answered"
    return rig.imported(ended.answer), [file_of(rig, take) for take in made]


# --- picks ----------------------------------------------------------------------------------------------


def test_a_pick_that_was_left_alone_changes_nothing(rig: FinalCutRig) -> None:
    there, (_, newer) = answered(rig)
    was = pinned(rig)
    rig.save(there, "Film v03")
    assert rig.only().ending == "nothing"
    assert (pinned(rig), hands.takes(there)[0]) == (was, newer)


def test_a_pin_changed_on_the_canvas_alone_goes_into_the_next_answer(rig: FinalCutRig) -> None:
    """The answer was imported and left alone; meanwhile a third take is made and pinned."""
    there, (older, newer) = answered(rig)
    third = rig.take(1, number=4)
    rig.save(there, "Film v03")
    ended = rig.only()
    assert ended.ending == "answered"
    assert hands.takes(rig.imported(ended.answer)) == [file_of(rig, third), newer, "camera.mp4", older]
    assert rig.picture_at(rig.read(ended.answer), 0) == [(4, HANDLES + n) for n in range(f)]


def test_a_pick_both_changed_waits_for_a_choice(rig: FinalCutRig) -> None:
    there, (older, _) = answered(rig)
    third = rig.take(1, number=4)
    hands.pick(there, older)
    rig.save(there, "Film v03")
    ended = rig.only()
    assert (ended.ending, ended.answer) == ("undecided", "")
    found = rig.trip(dry_run=True)
    (conflict,) = [one for one in found.conflicts if one.what == "content"]
    assert any("both changed it" in note for note in found.notes)
    assert pinned(rig) == third.id
    done = rig.trip(choices={conflict.id: "editor"})
    assert done.outcome in ("nothing", "applied")
    kept = {one.path.rpartition("/")[2]: one.take_id for one in rig.bridge.links.deliveries(rig.link(1).id)}
    assert pinned(rig) == kept[older]


def test_the_conflict_decided_for_the_canvas_is_answered_with_its_take(rig: FinalCutRig) -> None:
    there, (older, _) = answered(rig)
    third = rig.take(1, number=4)
    hands.pick(there, older)
    rig.save(there, "Film v03")
    assert rig.only().ending == "undecided"
    done = rig.trip(choices={"all": "canvas"})
    assert hands.takes(rig.imported(done.answer))[0] == file_of(rig, third)
    assert pinned(rig) == third.id


def test_a_dry_run_pins_nothing(rig: FinalCutRig) -> None:
    there, (older, _) = answered(rig)
    was = pinned(rig)
    hands.pick(there, older)
    rig.save(there, "Film v03")
    rig.exchange_host.exchange.look()
    rig.exchange_host.exchange.look()
    found = rig.trip(dry_run=True)
    assert any("Final Cut shows take 1" in note for note in found.notes)
    assert pinned(rig) == was


def test_the_original_picked_again_stays_and_no_take_is_lost(rig: FinalCutRig) -> None:
    there, _ = answered(rig)
    was, count = pinned(rig), len(rig.bridge.desk.view(rig.canvas_id).canvas.takes)
    hands.pick(there, "camera.mp4")
    for version in ("v03", "v04"):
        rig.save(there, f"Film {version}")
        hands.trim(there, 1, tail=rig.frame)
        assert rig.only().ending == "nothing"
    assert (pinned(rig), len(rig.bridge.desk.view(rig.canvas_id).canvas.takes)) == (was, count)


def test_a_take_removed_from_the_audition_stays_on_the_canvas_and_out_of_the_audition(rig: FinalCutRig) -> None:
    there, (older, newer) = answered(rig)
    count = len(rig.bridge.desk.view(rig.canvas_id).canvas.takes)
    hands.drop_take(there, older)
    rig.save(there, "Film v03")
    assert rig.only().ending == "nothing"
    assert len(rig.bridge.desk.view(rig.canvas_id).canvas.takes) == count
    third = rig.take(1, number=4)
    hands.trim(there, 1, tail=rig.frame)
    rig.save(there, "Film v04")
    assert hands.takes(rig.imported(rig.only().answer)) == [file_of(rig, third), newer, "camera.mp4"]


def test_a_clip_put_back_is_answered_and_the_waiting_original_keeps_its_frames(rig: FinalCutRig) -> None:
    """The first clip was deleted and got a take; the second only got a take. The canvas is chosen."""
    root = rig.begin((1, 2))
    rig.take(1, number=2)
    rig.take(2, number=3)
    hands.delete(root, 0)
    rig.save(root, "Film v02")
    assert rig.only().ending == "undecided"
    done = rig.trip(choices={"all": "canvas"})
    there = rig.imported(done.answer)
    original = next(one for one in hands.auditions(there)[0] if one.get("name") == "shot 2")
    assert hands.seconds(original.get("start")) == source_start(2) * rig.frame
    assert rig.picture_at(rig.read(done.answer), 0) == [(3, HANDLES + n) for n in range(f)]


# --- ids ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["metadata and keywords", "file"])
def test_the_pick_is_known_whatever_place_its_id_is_missing_in(rig: FinalCutRig, missing: str) -> None:
    there, (older, _) = answered(rig)
    was = pinned(rig)
    hands.pick(there, older)
    if "metadata" in missing:
        hands.without_metadata(there)
    if "keywords" in missing:
        hands.without_keywords(there)
    if missing == "file":  # a consolidated library: files copied and renamed
        for number, one in enumerate(there.iter("media-rep")):
            one.set("src", f"file:///Users/ana/Movies/Film.fcpbundle/Rushes/Original%20Media/clip{number}.mov")
    rig.save(there, "Film v03")
    ended = rig.only()
    assert ended.ending == "nothing" and "the canvas follows" in ended.text
    kept = {one.path.rpartition("/")[2]: one.take_id for one in rig.bridge.links.deliveries(rig.link(1).id)}
    assert pinned(rig) == kept[older] != was


def test_a_take_whose_file_was_renamed_is_not_offered_twice(rig: FinalCutRig) -> None:
    there, (older, newer) = answered(rig)
    for one in there.iter("media-rep"):
        one.set("src", str(one.get("src")).replace(older, "My%20best.mov"))
    third = rig.take(1, number=4)
    rig.save(there, "Film v03")
    again = rig.imported(rig.only().answer)
    assert sorted(hands.takes(again)) == sorted([file_of(rig, third), newer, "camera.mp4", "My%20best.mov"])


def test_a_copy_with_our_ids_that_shows_another_take_leaves_the_pin_alone(rig: FinalCutRig) -> None:
    """An audition dragged with Option in Final Cut: two clips, one set of ids."""
    there, (older, _) = answered(rig)
    was = pinned(rig)
    hands.copy(there, 0)
    hands.pick(there, older, 1)
    rig.save(there, "Film v03")
    ended = rig.only()
    assert ended.ending == "nothing" and "pieces of it show different takes" in ended.text
    assert pinned(rig) == was


# --- what Final Cut shows of a take ---------------------------------------------------------------------


def test_roles_keywords_marks_and_ids_of_a_take(rig: FinalCutRig) -> None:
    there, (older, newer) = answered(rig)
    take, original, other = hands.auditions(there)[0]
    assert (hands.plays(there, take), hands.plays(there, other)) == (newer, older)
    assert take.get("videoRole") == other.get("videoRole") == "video.AI generated"
    words = {word for one in take.iterchildren("keyword") for word in str(one.get("value")).split(",")}
    assert {"Pinned take", "Pending review"} < words
    assert "Alternate take" in str(next(other.iterchildren("keyword")).get("value"))
    (todo,) = take.iterchildren("marker")
    assert (todo.get("value"), todo.get("completed")) == ("Pending review", "0")
    assert [one.get("value") for one in take.iterchildren("rating")] == ["favorite"]
    assert not list(other.iterchildren("rating")) and original.get("videoRole") is None
    ids = {one.get("key"): one.get("value") for one in take.iter("md")}
    assert ids["com.takebridge.take"] == pinned(rig)
    assert any(f"take={pinned(rig)}" in word for word in words)
    (sound,) = take.iterchildren("asset-clip")
    assert (sound.get("srcEnable"), sound.get("audioRole"), sound.get("lane")) == ("audio", "dialogue", "-1")
    assert original.get("srcEnable") == "video"


def test_a_review_on_the_canvas_ticks_off_the_marker(rig: FinalCutRig) -> None:
    there, (_, newer) = answered(rig)
    was = TakeId(str(pinned(rig)))
    rig.bridge.desk.apply(rig.canvas_id, [RateTake(take=was, rating="keep")], author="canvas")
    third = rig.take(1, number=4)
    rig.save(there, "Film v03")
    (audition,) = hands.auditions(rig.imported(rig.only().answer))
    takes = {hands.plays(there_of(audition), one): one for one in audition}
    assert [one.get("completed") for one in takes[newer].iterchildren("marker")] == ["1"]
    assert "Reviewed" in str(next(takes[newer].iterchildren("keyword")).get("value"))
    assert not list(takes[newer].iterchildren("rating"))
    assert [one.get("completed") for one in takes[file_of(rig, third)].iterchildren("marker")] == ["0"]


def there_of(element: etree._Element) -> etree._Element:
    """The document an element is in."""
    return element.getroottree().getroot()


# --- on a Mac -------------------------------------------------------------------------------------------


def test_on_a_mac_the_answer_is_imported_and_said_so(tmp_path: Path) -> None:
    mac = Mac()
    rig = FinalCutRig(tmp_path, clips=2, opener=mac.opener())
    root = rig.begin((1,))
    rig.take(1, number=2)
    hands.trim(root, 1, tail=2 * rig.frame)
    rig.save(root, "Film v02.fcpxmld")
    ended = rig.only()
    assert ended.ending == "answered" and "Final Cut has imported “Film TakeBridge v01”." in ended.text
    assert mac.projects == ["Film", "Film TakeBridge v01"]


# --- printed --------------------------------------------------------------------------------------------


def printed(before: Path, after: Path) -> str:
    """What the library's own command prints of two documents."""
    argv = [sys.executable, "-m", "takebridge_fcpxml", "diff", str(before), str(after)]
    folder = Path(__file__).resolve().parents[2] / "fcpxml"
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60, cwd=folder)
    assert done.returncode == 1, done.stderr
    return done.stdout


def test_the_page_shows_what_an_audition_round_trip_prints(tmp_path: Path) -> None:
    """docs/final-cut.md is true: its two listings are what the command says of such a trip."""
    rig = FinalCutRig(tmp_path, clips=2)
    root = rig.begin((1,))
    older, newer = rig.take(1, number=2), rig.take(1, number=3)
    hands.trim(root, 1, tail=2 * rig.frame)
    exported = rig.save(root, "Film v02")
    answer = Path(rig.only().answer)
    there = rig.imported(answer)
    hands.pick(there, file_of(rig, older))
    back = rig.save(there, "Film v03")
    assert rig.only().ending == "nothing" and pinned(rig) == older.id

    def plain(text: str) -> str:
        for take, name in ((newer, "SH010_take02.mov"), (older, "SH010_take03.mov")):
            text = text.replace(file_of(rig, take), name)
        return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())

    page = (Path(__file__).resolve().parents[2] / "docs" / "final-cut.md").read_text("utf-8")
    shown = [
        "\n".join(" ".join(line.split()) for line in one.splitlines() if line.strip())
        for one in page.split("```")[1::2]
    ]
    for before, after in ((exported, answer), (answer, back)):
        said = plain(printed(before, after))
        assert any(said in listing for listing in shown), said
