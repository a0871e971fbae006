"""``takebridge export --for capcut`` and drafts as documents, as a person meets them: in the shell."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest
from tests.integration.test_export_for import RealStage
from tests.support.capcut import content, film, index, picture, sound, spans
from tests.support.resolve_person import Person, person

from takebridge.client.replies import FilmExported
from takebridge.interchange.capcut_write import write_draft
from takebridge.interchange.documents import read_cut, write_cut
from takebridge_server.commands.capcut import handed_to_capcut


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    folder = tmp_path_factory.mktemp("film")
    RealStage(folder)
    with ExitStack() as stack:
        found = stack.enter_context(person(folder))
        found.home = folder / "home"
        found.home.chmod(0o700)
        found.start_bridge()
        yield found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "drafts").mkdir()
    return tmp_path / "drafts"


def test_a_film_becomes_a_draft_and_a_bundle(ann: Person, tmp_path: Path, root: Path) -> None:
    out = tmp_path / "out"
    code, film = ann.run("export", "--for", "capcut", "--out", str(out), "--draft-root", str(root))
    assert code == 0, film
    draft, bundle = Path(film["document"]), Path(film["bundle"])
    assert (draft, bundle) == (root / "Film", out / "Film for CapCut bundle")
    (track,) = content(draft)["tracks"]
    assert spans(track) == [(0, 2_000_000), (2_000_000, 4_000_000)]
    assert [part["volume"] for part in track["segments"]] == [0.0, 0.0]  # the film has no sound of its clips
    assert {path.name for path in bundle.iterdir()} == {"001_one.mp4", "002_two.mp4", "README.txt"}
    assert "experimental" in film["losses"][0] and "Experimental" in film["steps"]
    assert film["backup"] is None and not (root / "root_meta_info.json").exists()
    assert Path(film["otio"]).is_file() and Path(film["video"]).is_file()
    again = ann.run("export", "--for", "capcut", "--out", str(out), "--draft-root", str(root))[1]
    assert Path(again["document"]) == root / "Film 2"


def test_a_person_is_told_that_it_is_experimental(ann: Person, tmp_path: Path, root: Path) -> None:
    code, said = ann.say("export", "--for", "capcut", "--out", str(tmp_path / "o"), "--draft-root", str(root))
    assert code == 0 and "never opened in CapCut" in said and "README.txt" in said


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="there may be a CapCut here")
def test_without_a_capcut_the_draft_lies_beside_the_film(ann: Person, tmp_path: Path) -> None:
    code, film = ann.run("export", "--for", "capcut", "--out", str(tmp_path))
    assert code == 0 and Path(film["document"]) == tmp_path / "CapCut drafts" / "Film"
    assert any("--draft-root" in line for line in film["losses"])


def test_registering_keeps_a_backup(ann: Person, tmp_path: Path, root: Path) -> None:
    before = index(root).read_bytes()
    line = ("export", "--for", "capcut", "--out", str(tmp_path / "o"), "--draft-root", str(root), "--register")
    code, film = ann.run(*line)
    assert code == 0 and Path(film["backup"]).read_bytes() == before
    names = [one["draft_name"] for one in json.loads((root / "root_meta_info.json").read_text())["all_draft_store"]]
    assert names == ["Film", "0618"]


def test_an_encrypted_list_is_refused_and_no_draft_appears(ann: Person, tmp_path: Path, root: Path) -> None:
    (root / "root_meta_info.json").write_bytes(b"c2VjcmV0" * 9)
    line = ("export", "--for", "capcut", "--out", str(tmp_path / "o"), "--draft-root", str(root), "--register")
    code, said = ann.run(*line)
    assert code != 0 and "CapCut encrypts" in said["error"]["message"]
    assert [path.name for path in root.iterdir()] == ["root_meta_info.json"]
    assert not list((tmp_path / "o").glob("*bundle*"))


@pytest.mark.parametrize("more", [("--register",), ("--draft-root", "/tmp")])
def test_the_options_are_capcut_s(more: tuple[str, ...], ann: Person, tmp_path: Path) -> None:
    code, said = ann.run("export", "--for", "resolve", "--out", str(tmp_path / "o"), *more)
    assert code != 0 and "--for capcut" in said["error"]["hint"] and not (tmp_path / "o").exists()


def test_a_draft_converts_like_any_timeline(ann: Person, tmp_path: Path, root: Path) -> None:
    made = ann.run("export", "--for", "capcut", "--out", str(tmp_path / "o"), "--draft-root", str(root))[1]
    code, said = ann.run("convert", made["document"], str(tmp_path / "back.otio"))
    assert code == 0, said
    (track,) = [one for one in read_cut(tmp_path / "back.otio").cut.tracks if one.kind == "video"]
    assert [(clip.record.start, clip.record.end) for clip in track.clips] == [(0, 48), (48, 96)]


def test_an_encrypted_draft_is_refused_in_words(ann: Person, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "draft_content.json").write_bytes(b"\x8a\x01" * 40)
    code, said = ann.run("convert", str(tmp_path / "secret"), str(tmp_path / "back.otio"))
    assert code != 0 and "CapCut encrypts this draft" in said["error"]["message"]
    assert not (tmp_path / "back.otio").exists()


def test_the_captions_and_levels_of_a_film_come_along(tmp_path: Path, root: Path) -> None:
    """As an export of a film lies there: its cut as OTIO, its music with a level, captions beside it."""
    shot, song = picture(tmp_path), sound(tmp_path)
    rate, length = otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(40, 25)
    timeline = otio.schema.Timeline("Film")
    for kind, path, told in (("Video", shot, {}), ("Audio", song, {"role": "music", "gain_db": -6})):
        whole = otio.opentime.TimeRange(rate, otio.opentime.RationalTime(50, 25))
        reference = otio.schema.ExternalReference(target_url=path.as_uri(), available_range=whole)
        range_ = otio.opentime.TimeRange(rate, length)
        clip = otio.schema.Clip(path.stem, reference, range_, metadata={"takebridge": told})
        timeline.tracks.append(otio.schema.Track(children=[clip], kind=kind))
    document, captions = tmp_path / "Film.otio", tmp_path / "words.srt"
    otio.adapters.write_to_file(timeline, str(document))
    captions.write_text("1\n00:00:00,400 --> 00:00:01,000\nHello\n", "utf-8")
    said = FilmExported(
        video=shot,
        otio=document,
        media=(shot, captions),
        frame_count=40,
        rate="25",
        timecode="00:00:01:15",
        status="fresh",
        losses=("The captions are burnt into the film and lie beside it as a file; the timeline has none.", "kept"),
    )
    made = handed_to_capcut(said, root, register=False, told=None)
    assert made.document is not None and made.bundle is not None
    tracks = {one["name"]: one for one in content(made.document)["tracks"]}
    assert spans(tracks["Captions"]) == [(400_000, 1_000_000)]
    assert tracks["Music"]["segments"][0]["volume"] == pytest.approx(0.501187)
    assert tracks["Takes"]["segments"][0]["volume"] == 0.0
    assert "Hello" in (made.bundle / "captions.srt").read_text("utf-8")
    assert "50 %" in (made.bundle / "README.txt").read_text("utf-8")
    assert "kept" in made.losses and not any(line.startswith("The captions are burnt") for line in made.losses)


def test_clips_of_final_cut_keep_the_sound_they_carry(tmp_path: Path, root: Path) -> None:
    """FCPXML says a clip's own sound with its picture; music beside it does not silence it."""
    cut = film(tmp_path / "media")
    document = tmp_path / "film.fcpxml"
    write_cut(replace(cut, tracks=(cut.tracks[0], cut.tracks[3])), document)
    made = write_draft(read_cut(document).cut, root)
    takes = content(made.folder)["tracks"][0]
    assert {part["volume"] for part in takes["segments"]} == {1.0}
