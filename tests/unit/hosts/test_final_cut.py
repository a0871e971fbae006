"""Ids by majority, dressing, naming and the memory of the Final Cut host, on documents made by hand."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.fcpxml import film

from takebridge.cut.model import Clip, Cut, items_of
from takebridge.hosts.final_cut import FinalCutFolder, FinalCutHost, file_name
from takebridge.hosts.final_cut_dress import dress
from takebridge.hosts.final_cut_facts import TakeFacts
from takebridge.hosts.final_cut_ids import identified
from takebridge.hosts.final_cut_open import Opener
from takebridge.hosts.folder_memory import Memory
from takebridge.hosts.folder_names import take_apart
from takebridge.hosts.folders import Folders
from takebridge.interchange.documents import read_cut
from takebridge.interchange.generated_media import audio_role
from takebridge_fcpxml import identity
from takebridge_fcpxml.document import Document

TAKE = TakeFacts(
    "/ours/SH010_take02_upscale_0a1b2c3d.mov",
    "tb-0123456789ab",
    "take_two",
    "0a1b2c3d",
    kind="upscale",
    model="wan, 2.2",
    pinned=True,
)
OTHER = replace(TAKE, path="/ours/SH010_take03_upscale_99887766.mov", take="take_three", file="99887766", pinned=False)
KNOWN = {Path(one.path).name: one for one in (TAKE, OTHER)}
SECOND = 24024  # in 24000ths: a second of timeline at 23.976


def asset(number: int, path: str, *, audio: bool = False) -> str:
    sound = 'hasAudio="1" audioSources="1" audioChannels="2"' if audio else ""
    return (
        f'<asset id="a{number}" name="a{number}" start="0s" duration="100100/1000s" hasVideo="1" format="r1" '
        f'videoSources="1" {sound}><media-rep kind="original-media" src="file://{path}"/></asset>'
    )


def project(clip: str, path: str = TAKE.path, *, audio: bool = False) -> Document:
    """One clip of a second in the storyline, playing ``path``."""
    text = f'<asset-clip ref="a1" offset="86486400/24000s" name="x" duration="{SECOND}/24000s">{clip}</asset-clip>'
    return film(text, resources=asset(1, path, audio=audio)).document


def clip_of(document: Document, folder: Path, known: dict[str, TakeFacts] = KNOWN) -> Clip:
    path = folder / "film.fcpxml"
    document.write(path)
    found = identified(read_cut(path).cut, Document.read(path), known)
    return next(item for _, item in items_of(found) if isinstance(item, Clip))


def md(take: str) -> str:
    entries = {"file": TAKE.file, "stamp": TAKE.stamp, "take": take}
    inside = "".join(f'<md key="com.takebridge.{key}" value="{value}"/>' for key, value in entries.items())
    return f"<metadata>{inside}</metadata>"


def keyword(facts: TakeFacts) -> str:
    return f'<keyword start="0s" duration="1s" value="{identity.word(facts.ids)}"/>'


ELSEWHERE = "/Film.fcpbundle/Original%20Media/clip%20one.mov"


@pytest.mark.parametrize(
    ("inside", "path"),
    [
        (keyword(TAKE) + md(TAKE.take), TAKE.path),
        (keyword(TAKE), TAKE.path),  # the metadata view hid the md
        (md(TAKE.take), TAKE.path),  # the keywords were removed
        (keyword(TAKE) + md(TAKE.take), ELSEWHERE),  # the file was copied and renamed
        ("", TAKE.path),
        (keyword(TAKE), ELSEWHERE),
        (md(TAKE.take), ELSEWHERE),
        (keyword(OTHER) + md(TAKE.take), TAKE.path),  # a keyword copied from another clip is outvoted
        (keyword(TAKE) + md(TAKE.take), OTHER.path),  # relinked to another take's file by hand: two against one
    ],
)
def test_the_take_is_what_most_places_say(tmp_path: Path, inside: str, path: str) -> None:
    clip = clip_of(project(inside, path), tmp_path)
    assert clip.media is not None and clip.media.location == TAKE.path
    assert clip.stamp == TAKE.stamp


def test_what_nobody_says_is_left_alone(tmp_path: Path) -> None:
    clip = clip_of(project("", ELSEWHERE), tmp_path)
    assert clip.stamp == "" and clip.media is not None and clip.media.location.endswith("clip one.mov")


def test_an_unknown_take_of_another_bridge_is_left_alone(tmp_path: Path) -> None:
    clip = clip_of(project(keyword(replace(TAKE, take="take_elsewhere")), ELSEWHERE), tmp_path)
    assert clip.media is not None and clip.media.location.endswith("clip one.mov")


def test_the_takes_of_an_audition_are_told_apart(tmp_path: Path) -> None:
    takes = "".join(
        f'<asset-clip ref="a{number}" name="{number}" duration="{SECOND}/24000s">{inside}</asset-clip>'
        for number, inside in ((1, keyword(TAKE)), (2, ""), (3, md(OTHER.take).replace(TAKE.file, OTHER.file)))
    )
    resources = asset(1, "/lib/one.mov") + asset(2, "/lib/camera.mov") + asset(3, "/lib/three.mov")
    document = film(f'<audition offset="86486400/24000s">{takes}</audition>', resources=resources).document
    clip = clip_of(document, tmp_path)
    assert [take.take_id for take in clip.takes] == ["take_two", "", "take_three"]
    assert [take.media.location for take in clip.takes if take.media] == [TAKE.path, "/lib/camera.mov", OTHER.path]
    assert clip.media is not None and clip.media.location == TAKE.path


# --- dressing -------------------------------------------------------------------------------------------


def dressed(document: Document, facts: TakeFacts = TAKE) -> Document:
    dress(document, {Path(facts.path).name: facts})
    return document


def test_a_take_gets_its_role_keywords_marker_favourite_and_ids() -> None:
    clip = next(dressed(project("", audio=True)).root.iter("asset-clip"))
    assert (clip.get("videoRole"), clip.get("audioRole")) == ("video.AI generated", "effects.AI")
    words = [str(one.get("value")) for one in clip.iterchildren("keyword")]
    assert words[0] == "Pinned take,Pending review,wan 2.2"
    assert identity.from_text(words[1]) == TAKE.ids
    (marker,) = clip.iterchildren("marker")
    assert (marker.get("value"), marker.get("completed")) == ("Pending review", "0")
    assert "takebridge" not in str(marker.attrib).casefold()  # such a marker asks to send the clip out
    assert [one.get("value") for one in clip.iterchildren("rating")] == ["favorite"]
    assert {one.get("value") for one in clip.iter("md")} == set(TAKE.ids.values())


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("voice", "dialogue.AI VO"),
        ("lip_sync", "dialogue.AI VO"),
        ("music", "music.AI"),
        ("sfx", "effects.AI"),
        ("video", "effects.AI"),
    ],
)
def test_sound_has_the_role_of_the_node_that_made_it(kind: str, role: str) -> None:
    assert audio_role(kind) == role
    facts = replace(TAKE, kind=kind)
    assert next(dressed(project("", audio=True), facts).root.iter("asset-clip")).get("audioRole") == role


def test_dressing_twice_changes_nothing() -> None:
    once = dressed(project(""))
    text = once.to_bytes()
    assert dressed(once).to_bytes() == text


def test_what_people_made_of_a_take_stays() -> None:
    """Their role, a marker they ticked off, their own keywords and favourite."""
    document = dressed(project(""))
    clip = next(document.root.iter("asset-clip"))
    clip.set("videoRole", "VFX.final")
    next(clip.iterchildren("marker")).set("completed", "1")
    mine = next(clip.iterchildren("keyword"))
    mine.set("value", f"{mine.get('value')},hero")
    dress(document, {Path(TAKE.path).name: replace(TAKE, pinned=False)})
    assert clip.get("videoRole") == "VFX.final"
    assert [one.get("completed") for one in clip.iterchildren("marker")] == ["1"]
    assert mine.get("value") == "Alternate take,Pending review,wan 2.2,hero"
    assert not list(clip.iterchildren("rating"))


def test_a_reviewed_take_has_no_open_marker() -> None:
    document = dressed(project(""))
    dress(document, {Path(TAKE.path).name: replace(TAKE, pending=False)})
    clip = next(document.root.iter("asset-clip"))
    assert [one.get("completed") for one in clip.iterchildren("marker")] == ["1"]
    assert "Reviewed" in str(next(clip.iterchildren("keyword")).get("value"))
    fresh = next(dressed(project(""), replace(TAKE, pending=False)).root.iter("asset-clip"))
    assert not list(fresh.iterchildren("marker"))


def test_other_people_s_clips_are_not_dressed() -> None:
    document = project('<marker start="0s" value="x"/>', ELSEWHERE)
    text = document.to_bytes()
    assert dressed(document).to_bytes() == text


# --- names and memory -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "answer"),
    [
        ("Film TakeBridge v07", "Film", 7),
        ("Film TakeBridge v07 copy", "Film", 7),
        ("Film TakeBridge 7", "Film", 7),
        ("Film v03", "Film", None),
        ("TakeBridge v07", "TakeBridge", None),
    ],
)
def test_answers_are_versions_of_their_project(name: str, title: str, answer: int | None) -> None:
    named = take_apart(name)
    assert (named.title, named.answer) == (title, answer)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Film", "Film"), ("A/B: c", "A-B- c"), ("Ü" * 300, "Ü" * 100), ("  .", "Project"), ("日本", "日本")],
)
def test_any_title_is_a_file_name(title: str, expected: str) -> None:
    assert file_name(title) == expected
    assert len(file_name(title).encode()) <= 200


def test_what_an_answer_offered_is_remembered(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.offered("film", 7, [("tb-1", "one", "shown"), ("tb-1", "two", "waiting")])
    memory.handled("abc")
    known = Memory(tmp_path).known()
    assert known.trays == {("film", "7"): (("tb-1", "one", "shown"), ("tb-1", "two", "waiting"))}
    assert known.handled == {"abc"}


# --- folders side by side -------------------------------------------------------------------------------


def test_of_two_folders_the_newest_export_is_meant_and_a_canvas_finds_its_own(tmp_path: Path) -> None:
    hosts = []
    for number, name in enumerate(("One", "Two")):
        folder = tmp_path / name
        folder.mkdir()
        document = project("")
        next(document.root.iter("project")).set("name", name)
        path = folder / f"{name}.fcpxml"
        document.write(path)

        os.utime(path, (1_000 + number, 1_000 + number))
        watched = FinalCutFolder(folder)
        for _ in range(3):
            watched.look()
        hosts.append(FinalCutHost(watched, opener=Opener("linux")))
    both = Folders(hosts)
    assert _open(both) == "Two" and both.session == hosts[1].session
    (first,) = (export.timeline for export in hosts[0].exchange.timelines())
    assert _open(both.among({first})) == "One"
    assert _open(both.among({"nobody's"})) == "Two"
    cut = asyncio.run(both.cut())
    assert isinstance(cut, Cut) and cut.name == "Two"


def _open(host: object) -> str:
    timeline = getattr(host, "status").timeline  # noqa: B009 - of either kind of host
    return str(timeline.timeline_name)
