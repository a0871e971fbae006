"""Graph files on disk: media beside them, checked byte by byte, and nothing half done whatever fails."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.canvases import add, wire
from tests.support.desks import desk_bridge, node_called

from takebridge.canvas.model import Output, Take
from takebridge.canvas.ops import AddTake, Pin
from takebridge.canvas.state import Status
from takebridge.errors import (
    BlobMissingError,
    BridgeError,
    CycleError,
    DiskFullError,
    InvalidDocumentError,
    InvalidWireError,
    NotFoundError,
    StoreError,
    UnknownNodeError,
    UsageError,
)
from takebridge.ids import CanvasId, NodeId, TakeId
from takebridge.services import graphs
from takebridge.services.bridge import Bridge
from takebridge.services.graphs import load, save
from takebridge.store.blobs import BlobStore, hash_file

Tree = dict[str, bytes]


@pytest.fixture
def bridge(tmp_path: Path) -> Bridge:
    return desk_bridge(tmp_path / "here")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Bridge:
    """Another bridge, whose store knows none of the media."""
    return desk_bridge(tmp_path / "elsewhere")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "film.takebridge.json"


@pytest.fixture
def film(bridge: Bridge) -> CanvasId:
    """Clip → upscale, the clip with a file; a note aside."""
    canvas = bridge.desk.create("Film").canvas.id
    blob = bridge.blobs.add_bytes(b"moving pictures", ".mov")
    take = Take(
        id=TakeId("t1"),
        node_id=NodeId("clip"),
        seq=1,
        origin="imported",
        outputs={"video": Output(content=blob.hash, facts={"name": "a.mov"})},
    )
    ops = [
        add("source_clip", "clip"),
        add("upscale", "up"),
        add("note", "aside"),
        wire("clip.video", "up.source"),
        AddTake(take=take),
        Pin(node=NodeId("clip"), take=take.id, expected=None),
    ]
    bridge.desk.apply(canvas, ops, author="a")
    return canvas


def tree(folder: Path) -> Tree:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def canvases(bridge: Bridge) -> dict[str, Any]:
    return {key: bridge.desk.view(key) for key in bridge.desk.titles()}


def statuses(bridge: Bridge, canvas: CanvasId) -> dict[str, Status]:
    view = bridge.desk.view(canvas)
    return {view.canvas.nodes[node].title: state.status for node, state in view.states.items()}


def medium(out: Path) -> Path:
    (file,) = (out.parent / "media").iterdir()
    return file


# --- there and back -------------------------------------------------------------------------------------


def test_a_canvas_goes_to_another_bridge_with_its_media(
    bridge: Bridge, elsewhere: Bridge, film: CanvasId, out: Path
) -> None:
    saved = save(bridge, film, None, out)
    assert (saved.nodes, saved.takes, saved.media, saved.bytes, saved.cut) == (3, 1, 1, 15, ())
    entry = next(iter(json.loads(out.read_text())["media"].values()))
    assert entry == {"size": 15, "name": medium(out).name, "media_type": "video/quicktime"}
    loaded = load(elsewhere, out, None, author="b")
    assert elsewhere.desk.titles() == {loaded.canvas_id: "Film"}
    assert (loaded.takes, loaded.left_out) == (1, 0)
    assert statuses(elsewhere, loaded.canvas_id) == {
        "clip": Status.FRESH,
        "up": Status.EMPTY,
        "aside": Status.FRESH,
    }
    clip = elsewhere.desk.view(loaded.canvas_id).canvas.takes_of(loaded.nodes[NodeId("clip")])[0]
    assert elsewhere.blobs.path_of(clip.outputs["video"].content).read_bytes() == b"moving pictures"


def test_a_copied_medium_is_not_the_stored_file(bridge: Bridge, film: CanvasId, out: Path) -> None:
    save(bridge, film, None, out)
    file = medium(out)
    assert not file.samefile(bridge.blobs.path_of(hash_file(file)))
    file.write_bytes(b"changed by somebody")
    assert all(bridge.blobs.verify(hash_file(path)) for path in bridge.layout.media.rglob("*.mov"))


def test_a_selection_goes_in_below_what_is_there_as_one_edit(bridge: Bridge, film: CanvasId, out: Path) -> None:
    saved = save(bridge, film, {NodeId("up")}, out)
    assert saved.cut == ("clip.video>up.source",)
    rev = bridge.desk.view(film).rev
    loaded = load(bridge, out, film, author="b")
    after = bridge.desk.view(film)
    assert after.rev == rev + 1
    assert after.canvas.nodes[loaded.nodes[NodeId("up")]].y == 320
    assert bridge.desk.undo(film, author="b").canvas.nodes.keys() == {"clip", "up", "aside"}


def test_without_media_the_store_must_have_them(bridge: Bridge, elsewhere: Bridge, film: CanvasId, out: Path) -> None:
    save(bridge, film, None, out, with_media=False)
    assert tree(out.parent).keys() == {out.name}
    assert load(bridge, out, None, author="b").takes == 1
    with pytest.raises(BlobMissingError):
        load(elsewhere, out, None, author="b")


def test_saving_again_replaces_the_file_and_copies_nothing_twice(bridge: Bridge, film: CanvasId, out: Path) -> None:
    save(bridge, film, None, out)
    first = medium(out).stat().st_mtime_ns
    save(bridge, film, {NodeId("clip")}, out)
    assert medium(out).stat().st_mtime_ns == first
    assert [node["id"] for node in json.loads(out.read_text())["nodes"]] == ["clip"]


# --- media that are missing -----------------------------------------------------------------------------


def test_missing_media_are_said_with_their_nodes_and_change_nothing(
    bridge: Bridge, elsewhere: Bridge, film: CanvasId, out: Path
) -> None:
    save(bridge, film, None, out)
    medium(out).unlink()
    with pytest.raises(BlobMissingError) as caught:
        load(elsewhere, out, None, author="b")
    assert "“clip”" in caught.value.message
    assert caught.value.details["node"] == "clip"
    assert caught.value.hint
    assert elsewhere.desk.titles() == {}


@pytest.mark.parametrize("swap", ["other bytes", "a link", "a folder"])
def test_a_medium_with_other_bytes_counts_as_missing(
    bridge: Bridge, elsewhere: Bridge, film: CanvasId, out: Path, tmp_path: Path, swap: str
) -> None:
    save(bridge, film, None, out)
    file = medium(out)
    if swap == "other bytes":
        file.write_bytes(b"moving picturez")
    elif swap == "a link":
        file.rename(tmp_path / "secret")
        file.symlink_to(tmp_path / "secret")
    else:
        file.unlink()
        file.mkdir()
    with pytest.raises(BlobMissingError):
        load(elsewhere, out, None, author="b")
    assert elsewhere.desk.titles() == {}
    assert tree(elsewhere.layout.media) == {}


def test_missing_media_may_be_left_out(bridge: Bridge, elsewhere: Bridge, film: CanvasId, out: Path) -> None:
    save(bridge, film, None, out)
    medium(out).unlink()
    loaded = load(elsewhere, out, None, author="b", allow_missing=True)
    assert (loaded.takes, loaded.left_out) == (0, 1)
    assert statuses(elsewhere, loaded.canvas_id) == {
        "clip": Status.EMPTY,
        "up": Status.BLOCKED,
        "aside": Status.FRESH,
    }


def test_saving_takes_whose_media_are_gone_names_the_node(bridge: Bridge, film: CanvasId, out: Path) -> None:
    for path in bridge.layout.media.rglob("*.mov"):
        path.unlink()
    with pytest.raises(BlobMissingError, match="clip"):
        save(bridge, film, None, out)
    assert tree(out.parent) == {}
    assert save(bridge, film, None, out, with_media=False).takes == 1


# --- nothing half done ----------------------------------------------------------------------------------


def full(*_: object, **__: object) -> Any:
    raise DiskFullError("The drive is full.")


def broken_disk(*_: object, **__: object) -> Any:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    "fail",
    [
        lambda patch: patch.setattr(graphs, "require_space", full),
        lambda patch: patch.setattr(graphs.shutil, "copyfile", broken_disk),
        lambda patch: patch.setattr(Path, "write_text", broken_disk),
    ],
    ids=["no space", "copying a medium", "writing the graph"],
)
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    bridge: Bridge, film: CanvasId, out: Path, monkeypatch: pytest.MonkeyPatch, fail: Callable[[Any], None]
) -> None:
    out.write_text("the old one")
    with monkeypatch.context() as patch:
        fail(patch)
        with pytest.raises(DiskFullError):
            save(bridge, film, None, out)
    assert tree(out.parent) == {out.name: b"the old one"}
    assert [path.name for path in out.parent.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("stage", "new"),
    [("kinds", True), ("kinds", False), ("media", True), ("media", False), ("canvas", True), ("commit", False)],
)
def test_a_load_that_fails_changes_no_canvas(
    bridge: Bridge,
    elsewhere: Bridge,
    film: CanvasId,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    new: bool,
) -> None:
    save(bridge, film, None, out)
    target = None if new else elsewhere.desk.create("Theirs").canvas.id
    before = canvases(elsewhere)
    if stage == "kinds":
        found = json.loads(out.read_text())
        found["nodes"][1]["params"] = {"scale": 3}
        out.write_text(json.dumps(found))
    elif stage == "media":
        monkeypatch.setattr(BlobStore, "add_foreign", full)
    elif stage == "canvas":
        monkeypatch.setattr(elsewhere.desk, "create", full)
    else:
        monkeypatch.setattr(type(elsewhere.desk), "_commit", full)
    with pytest.raises(BridgeError):
        load(elsewhere, out, target, author="b")
    assert canvases(elsewhere) == before


@pytest.mark.parametrize(
    ("where", "index", "changes", "error"),
    [
        ("nodes", 1, {"kind": "teleport"}, UnknownNodeError),
        ("wires", 0, {"dst_port": "nowhere"}, InvalidWireError),
        ("wires", 0, {"src_node": "up", "dst_node": "up"}, CycleError),
    ],
)
def test_a_graph_that_does_not_fit_makes_no_canvas(
    bridge: Bridge,
    film: CanvasId,
    out: Path,
    where: str,
    index: int,
    changes: dict[str, str],
    error: type[BridgeError],
) -> None:
    save(bridge, film, None, out)
    found = json.loads(out.read_text())
    found[where][index] |= changes
    out.write_text(json.dumps(found))
    with pytest.raises(error):
        load(bridge, out, None, author="b")
    assert list(bridge.desk.titles().values()) == ["Film"]


# --- paths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["film.json", ".takebridge.json", "no/folder/film.takebridge.json"])
def test_where_no_graph_file_can_be_is_refused(bridge: Bridge, film: CanvasId, out: Path, name: str) -> None:
    with pytest.raises(UsageError):
        save(bridge, film, None, out.parent / name)
    assert tree(out.parent) == {}


def test_paths_are_whole_and_lead_to_files(bridge: Bridge, film: CanvasId, out: Path) -> None:
    with pytest.raises(UsageError, match="whole path"):
        save(bridge, film, None, Path("film.takebridge.json"))
    with pytest.raises(UsageError, match="whole path"):
        load(bridge, Path("film.takebridge.json"), None, author="b")
    with pytest.raises(UsageError, match="cannot be read"):
        load(bridge, out, None, author="b")
    with pytest.raises(UsageError):
        load(bridge, out.parent, None, author="b")
    other = out.with_name("other.takebridge.json")
    other.write_text("{}")
    out.symlink_to(other)
    with pytest.raises(UsageError, match="link"):
        save(bridge, film, None, out)
    assert other.read_text() == "{}"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_refused_without_waiting_for_it(bridge: Bridge, out: Path) -> None:
    os.mkfifo(out)
    with pytest.raises(UsageError, match="not a file"):
        load(bridge, out, None, author="b")


def test_what_is_too_large_or_no_text_is_refused(bridge: Bridge, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidDocumentError, match="not a text"):
        load(bridge, out, None, author="b")
    monkeypatch.setattr(graphs, "MAX_GRAPH_BYTES", 2)
    with pytest.raises(InvalidDocumentError, match="larger"):
        load(bridge, out, None, author="b")


def test_a_canvas_that_is_not_there_takes_nothing(bridge: Bridge, film: CanvasId, out: Path) -> None:
    with pytest.raises(NotFoundError):
        save(bridge, CanvasId("none"), None, out)
    save(bridge, film, None, out)
    with pytest.raises(NotFoundError):
        load(bridge, out, CanvasId("none"), author="b")


def test_the_store_refuses_bytes_it_cannot_write(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "write_bytes", broken_disk)
    with pytest.raises(StoreError):
        bridge.blobs.add_bytes(b"x", ".txt")
    assert tree(bridge.layout.media) == {}


def test_a_loaded_canvas_is_found_by_its_titles(bridge: Bridge, film: CanvasId, out: Path) -> None:
    save(bridge, film, None, out)
    loaded = load(bridge, out, None, author="b")
    assert node_called(bridge, loaded.canvas_id, "clip") == loaded.nodes[NodeId("clip")]


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_media_folder_that_cannot_be_is_said(bridge: Bridge, film: CanvasId, out: Path, what: str) -> None:
    media = out.parent / "media"
    media.write_text("mine") if what == "file" else media.symlink_to("nowhere")
    with pytest.raises(UsageError, match="cannot be a folder for media"):
        save(bridge, film, None, out)
    assert not out.exists() and media.is_symlink() == (what == "link")
    assert save(bridge, film, None, out, with_media=False).nodes == 3


@pytest.mark.parametrize("what", ["graph", "medium"])
def test_a_link_laid_where_a_file_is_being_written_leads_nowhere(
    bridge: Bridge, film: CanvasId, out: Path, what: str
) -> None:
    save(bridge, film, None, out)
    written = out if what == "graph" else medium(out)
    mine = out.parent / "mine.txt"
    mine.write_text("mine")
    written.unlink()
    written.with_name(f"{written.stem}.part{written.suffix}").symlink_to(mine)
    save(bridge, film, None, out)
    assert mine.read_text() == "mine"
    assert written.is_file() and not written.is_symlink()
