"""``takebridge export --for`` each editor, of a film with real media: what is written can be read, and imported."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image
from tests.support.resolve_person import Person, person, world
from tests.support.trip import card
from tests.unit.services.test_films import Stage

from takebridge.canvas.model import Take
from takebridge.interchange.documents import read_cut
from takebridge.timebase import FrameRate
from takebridge_resolve.emulator import World

EDITORS = {"resolve": ".otio", "premiere": ".xml", "fcp": ".fcpxml", "avid": ".aaf"}


class RealStage(Stage):
    """The film of two clips, whose media are real files."""

    def __init__(self, folder: Path) -> None:
        self._card = card(folder / "card.mov", 48, rate=FrameRate(24), width=64, height=36)
        super().__init__(folder)

    def bring(self, node: str, port: str, data: bytes, suffix: str, *, pin: bool = True, **facts: object) -> Take:
        return super().bring(node, port, self._real(suffix), suffix, pin=pin, **facts)

    def assemble(self, data: bytes, **changes: object) -> Take:
        return super().assemble(self._real(".mov"), **changes)

    def _real(self, suffix: str) -> bytes:
        if suffix != ".png":
            return self._card.read_bytes()
        still = io.BytesIO()
        Image.new("RGB", (64, 36), "teal").save(still, "png")
        return still.getvalue()


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


@pytest.mark.parametrize("editor", EDITORS)
def test_each_editor_gets_a_document_that_reads_back(editor: str, ann: Person, tmp_path: Path) -> None:
    code, film = ann.run("export", "--for", editor, "--out", str(tmp_path))
    assert code == 0, film
    document = Path(film["document"])
    assert document == tmp_path / f"Film for {editor}{EDITORS[editor]}"
    assert film["steps"].startswith("In ") and "File >" in film["steps"]
    cut = read_cut(document).cut
    (track,) = [track for track in cut.tracks if track.kind == "video"]
    spans = [(clip.record.start, clip.record.end) for clip in track.clips]
    assert spans == [(0, 48), (48, 96)]


def test_the_steps_are_told_to_a_person(ann: Person, tmp_path: Path) -> None:
    code, said = ann.say("export", "--for", "resolve", "--out", str(tmp_path))
    assert code == 0 and "File > Import > Timeline" in said and "Film for resolve.otio" in said


def test_resolve_imports_it_with_its_media(ann: Person, tmp_path: Path) -> None:
    _code, film = ann.run("export", "--for", "resolve", "--out", str(tmp_path))
    resolve = World.from_spec(world(), "20.3").resolve
    pool = resolve.GetProjectManager().GetCurrentProject().GetMediaPool()
    timeline = pool.ImportTimelineFromFile(film["document"], {})
    assert timeline is not None
    items = timeline.GetItemListInTrack("video", 1)
    played = [item.GetMediaPoolItem().GetClipProperty("File Path") for item in items]
    assert all(Path(path).is_file() for path in played) and len(played) == 2
    assert {Path(path) for path in played} == set(map(Path, film["media"]))
    assert [item.GetDuration() for item in items] == [48, 48]


def test_nothing_that_is_there_is_replaced(ann: Person, tmp_path: Path) -> None:
    """A stranger's file stays, the export takes the next name; the same export again is the same file."""
    stranger = tmp_path / "Film for premiere.xml"
    stranger.write_text("mine")
    made = [Path(ann.run("export", "--for", "premiere", "--out", str(tmp_path))[1]["document"]) for _ in range(2)]
    assert stranger.read_text() == "mine"
    assert made == [tmp_path / "Film for premiere 2.xml"] * 2
    assert len(list(tmp_path.glob("Film for*"))) == 2


def test_an_editor_nobody_knows_writes_nothing(ann: Person, tmp_path: Path) -> None:
    code, document = ann.run("export", "--for", "lightworks", "--out", str(tmp_path))
    assert code != 0 and "resolve, premiere, fcp, avid" in document["error"]["hint"]
    assert list(tmp_path.iterdir()) == []
