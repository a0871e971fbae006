"""Export of an assembled film: which files appear, and what happens when they cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest
from tests.support.canvases import add, generated, wire
from tests.support.desks import desk_bridge

from takebridge.canvas.model import Output, Take
from takebridge.canvas.op_types import AddTake, Pin, SetTakeHidden
from takebridge.errors import BlobMissingError, InvalidDocumentError, PreconditionError, StoreError, UsageError
from takebridge.ids import BlobHash, CanvasId, NodeId, TakeId
from takebridge.services.bridge import Bridge
from takebridge.services.films import export_film

RATE = {"rate": "24", "frame_count": 48}


class Stage:
    """A canvas “Film” with two clips and an export node; files are a few bytes each."""

    def __init__(self, folder: Path) -> None:
        self.bridge: Bridge = desk_bridge(folder / "home")
        self.canvas_id: CanvasId = self.bridge.desk.create("Film").canvas.id
        nodes = [add("source_clip", "one"), add("reference", "two"), add("nle_export", "export")]
        wires = [wire("one.video", "export.clips"), wire("two.image", "export.clips")]
        self.bridge.desk.apply(self.canvas_id, [*nodes, *wires], author="a")
        self.one = self.bring("one", "video", b"first clip", ".mov", **RATE)
        self.two = self.bring("two", "image", b"a still", ".png", width=64, height=36)
        self.film = self.assemble(b"the film")

    def bring(self, node: str, port: str, data: bytes, suffix: str, *, pin: bool = True, **facts: Any) -> Take:
        canvas = self.bridge.desk.view(self.canvas_id).canvas
        seq = canvas.next_seq(NodeId(node))
        content = self.bridge.blobs.add_bytes(data, suffix).hash
        take = Take(
            id=TakeId(f"{node}/{seq}"),
            node_id=NodeId(node),
            seq=seq,
            origin="imported",
            outputs={port: Output(content=content, facts=facts)},
        )
        return self.keep(take, pin=pin)

    def keep(self, take: Take, *, pin: bool = True) -> Take:
        before = self.bridge.desk.view(self.canvas_id).canvas.nodes[take.node_id].pin
        ops: list[Any] = [AddTake(take=take)]
        ops += [Pin(node=take.node_id, take=take.id, expected=before)] if pin else []
        self.bridge.desk.apply(self.canvas_id, ops, author="a")
        return take

    def facts(self) -> dict[str, Any]:
        def clip(rank: int, content: BlobHash, kind: str) -> dict[str, Any]:
            span = [rank * 48, rank * 48 + 48]
            own = {"source": [0, 48], "source_rate": [24, 1], "available": [0, 48]}
            return {"rank": rank, "name": "", "content": content, "media_type": kind, "record": span, **own}

        one, two = self.one.outputs["video"].content, self.two.outputs["image"].content
        return {
            "schema": "takebridge.assembly/1",
            "rate": [24, 1],
            "width": 64,
            "height": 36,
            "frame_count": 96,
            "sample_rate": 48000,
            "samples": 192000,
            "clips": [clip(0, one, "video"), clip(1, two, "image")],
        }

    def assemble(self, data: bytes, **changes: Any) -> Take:
        """A take of the export as the canvas is now; its cut is described by hand."""
        told = json.dumps({**self.facts(), **changes}).encode()
        blobs = self.bridge.blobs
        outputs = {
            "video": Output(content=blobs.add_bytes(data, ".mp4").hash),
            "timeline": Output(content=blobs.add_bytes(told, ".json").hash),
        }
        canvas = self.bridge.desk.view(self.canvas_id).canvas
        take = generated(canvas, "export", canvas.next_seq(NodeId("export")), "timeline")
        return self.keep(take.model_copy(update={"outputs": outputs}))

    def export(self, folder: Path, **more: Any) -> Any:
        return export_film(self.bridge, self.canvas_id, NodeId("export"), folder, **more)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def references(path: Path) -> dict[str, list[str]]:
    """Clip name to the files of its media references; every one must exist."""
    timeline = otio.adapters.read_from_file(str(path), adapter_name="otio_json")
    found = {}
    for clip in timeline.tracks[0]:
        urls = [unquote(urlparse(one.target_url).path) for one in clip.media_references().values()]
        assert all(Path(url).is_file() for url in urls), urls
        found[clip.name] = [Path(url).name for url in urls]
    return found


def test_film_cut_and_media_appear(stage: Stage, tmp_path: Path) -> None:
    done = stage.export(tmp_path / "out")
    assert (done.video.name, done.otio.name) == ("Film.mp4", "Film.otio")
    assert done.video.read_bytes() == b"the film"
    assert (done.frame_count, done.rate, done.timecode, done.status) == (96, "24", "00:00:04:00", "fresh")
    assert done.losses == ()
    names = references(done.otio)
    first, still = stage.one.outputs["video"].content[3:11], stage.two.outputs["image"].content[3:11]
    assert names == {"one": [f"one_take01_{first}.mov"], "two": [f"two_take01_{still}.png"]}
    assert sorted(path.name for path in done.media) == sorted(name for one in names.values() for name in one)
    assert {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()} == {
        "Film.mp4",
        "Film.otio",
        *(path.name for path in done.media),
    }


def test_what_is_written_is_not_the_stored_file(stage: Stage, tmp_path: Path) -> None:
    done = stage.export(tmp_path / "out")
    for path in (done.video, *done.media):
        path.chmod(0o644)
        path.write_bytes(b"edited in place")
    assert stage.bridge.blobs.verify(stage.one.outputs["video"].content)
    assert stage.bridge.blobs.verify(stage.film.outputs["video"].content)


def test_other_takes_go_along_and_hidden_ones_do_not(stage: Stage, tmp_path: Path) -> None:
    stage.bring("one", "video", b"another try", ".mov", pin=False, **RATE)
    hidden = stage.bring("one", "video", b"a mistake", ".mov", pin=False, **RATE)
    stage.bridge.desk.apply(stage.canvas_id, [SetTakeHidden(take=hidden.id, hidden=True)], author="a")
    done = stage.export(tmp_path / "out")
    assert [name[:10] for name in references(done.otio)["one"]] == ["one_take01", "one_take02"]


def test_a_film_older_than_the_canvas_says_so(stage: Stage, tmp_path: Path) -> None:
    stage.bring("one", "video", b"pinned later", ".mov", **RATE)
    done = stage.export(tmp_path / "out")
    assert done.status == "stale" and len(done.losses) == 2
    assert "another take is pinned" in done.losses[1] and "take 1" in done.losses[1]
    timeline = otio.adapters.read_from_file(str(done.otio), adapter_name="otio_json")
    assert timeline.tracks[0][0].active_media_reference_key == "take 1"


def test_a_second_export_replaces_the_first(stage: Stage, tmp_path: Path) -> None:
    stage.export(tmp_path / "out")
    stage.assemble(b"the film, longer")
    assert stage.export(tmp_path / "out").video.read_bytes() == b"the film, longer"


def test_a_file_of_somebody_else_is_never_replaced(stage: Stage, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "Film.mp4").write_text("holiday")
    with pytest.raises(UsageError, match=r"Film\.mp4") as caught:
        stage.export(out)
    assert caught.value.hint
    assert [path.name for path in out.iterdir()] == ["Film.mp4"] and (out / "Film.mp4").read_text() == "holiday"
    assert stage.export(out, title="Other").video.name == "Other.mp4"


def test_a_media_file_that_was_changed_is_not_replaced_and_nothing_else_is_left(stage: Stage, tmp_path: Path) -> None:
    done = stage.export(tmp_path / "out")
    done.media[0].write_bytes(b"touched")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    with pytest.raises(StoreError, match=done.media[0].name):
        stage.export(tmp_path / "out")
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_missing_media_are_named_and_leave_no_folder(stage: Stage, tmp_path: Path) -> None:
    stage.bridge.blobs.path_of(stage.one.outputs["video"].content).unlink()
    with pytest.raises(BlobMissingError, match="“one”"):
        stage.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_drive_that_fails_half_way_leaves_nothing(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> tuple[str, ...]:
        raise StoreError("no more")

    monkeypatch.setattr("takebridge.interchange.film_out.write_film", fails)
    with pytest.raises(StoreError):
        stage.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_a_film_it_says_to_generate_first(stage: Stage, tmp_path: Path) -> None:
    pin = Pin(node=NodeId("export"), take=None, expected=stage.film.id)
    stage.bridge.desk.apply(stage.canvas_id, [pin], author="a")
    with pytest.raises(PreconditionError, match="no pinned take") as caught:
        stage.export(tmp_path / "out")
    assert "Generate the export first" in caught.value.hint


def test_a_take_without_a_cut_is_no_film(stage: Stage, tmp_path: Path) -> None:
    stage.bring("export", "video", b"only pictures", ".mp4")
    with pytest.raises(PreconditionError, match="no film with its cut"):
        stage.export(tmp_path / "out")


def test_a_cut_nobody_can_read_is_refused(stage: Stage, tmp_path: Path) -> None:
    stage.assemble(b"newer", schema="takebridge.assembly/9")
    with pytest.raises(InvalidDocumentError, match="assembly/9"):
        stage.export(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_only_exports_are_exported(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="“one” is no export") as caught:
        export_film(stage.bridge, stage.canvas_id, NodeId("one"), tmp_path / "out")
    assert "“export”" in caught.value.hint


def test_a_folder_must_be_one(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (Path("relative"), tmp_path / "file"):
        with pytest.raises(UsageError):
            stage.export(folder)
