"""Texts, graph files, paths, references and media that do not fit: refused in words, and nothing changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.support.film_over_http import Film, bridge_over_http, new_film, nothing_changes, refused

from takebridge_server.wire_errors import ErrorBody


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with bridge_over_http(tmp_path_factory.mktemp("bridge") / "home") as client:
        yield client


@pytest.fixture
def film(http: httpx.Client) -> Film:
    return new_film(http)


# --- words ------------------------------------------------------------------------------------------------


def test_a_text_of_a_megabyte_and_one_byte_is_refused(film: Film) -> None:
    with nothing_changes(film):
        refused(film.write("brief", "x" * 1_000_001), 422, "invalid_request")
        refused(film.write("brief", "ü" * 500_000 + "x"), 422, "invalid_param", node="brief")
        refused(film.write("brief", ""), 422, "invalid_request")
        refused(film.write("brief", " \n\t"), 422, "invalid_param", node="brief")
        refused(film.write("panel", "words"), 422, "invalid_param", node="panel")
        refused(film.write("ghost", "words"), 404, "unknown_node", node="ghost")
    assert film.write("brief", "ü" * 500_000).status_code == 201, "exactly the limit"


def test_a_script_with_an_id_twice_names_the_line(film: Film) -> None:
    script = "## [s01] KITCHEN\n### [s01a] Wide\nShe waits.\n### [s01a] Close\n"
    with nothing_changes(film):
        refused(film.write("script", script), 422, "invalid_param", node="script", line=4)


def test_a_text_that_somebody_replaced_meanwhile_is_not_overwritten(film: Film) -> None:
    first = film.write("brief", "One").json()["id"]
    second = film.write("brief", "Two").json()["id"]
    body = {"text": "Mine", "seen": first}
    with nothing_changes(film):
        answer = film.http.post(f"{film.path}/nodes/brief/text", json=body)
        refused(answer, 409, "precondition", node="brief", take=second)


# --- graph files ------------------------------------------------------------------------------------------


@dataclass
class Shelf:
    """A saved graph with one medium beside it, to be spoilt."""

    film: Film
    file: Path

    def load(self, path: Path | str | None = None) -> httpx.Response:
        return self.film.http.post("/api/graphs/load", json={"path": str(path or self.file), "canvas_id": self.film.id})

    def spoil(self, change: Callable[[dict[str, Any]], None]) -> None:
        document = json.loads(self.file.read_text("utf-8"))
        change(document)
        self.file.write_text(json.dumps(document), "utf-8")


@pytest.fixture
def shelf(film: Film, tmp_path: Path) -> Shelf:
    """Its picture is nowhere but beside the file: the hash is of bytes the store never saw."""
    file = tmp_path / "film.takebridge.json"
    saved = film.http.post(f"{film.path}/save", json={"path": str(file)})
    assert saved.status_code == 201, saved.text
    found = Shelf(film, file)
    assert found.load().status_code == 201, "as saved, it loads"
    return found


def lost_take(document: dict[str, Any]) -> None:
    content = "b3:" + "0" * 64
    take = {"id": "t", "node_id": "still", "seq": 1, "origin": "imported", "outputs": {"image": {"content": content}}}
    document["takes"] = [take]
    document["media"] = {content: {}}


def set_version(document: dict[str, Any]) -> None:
    document["version"] = 99


def set_circle(document: dict[str, Any]) -> None:
    document["wires"].append(
        {"id": "back", "src_node": "frame", "src_port": "frame.first", "dst_node": "panel", "dst_port": "references"}
    )


def set_dangling(document: dict[str, Any]) -> None:
    document["wires"][0]["src_node"] = "ghost"


def set_unknown_field(document: dict[str, Any]) -> None:
    document["nodes"][0]["nose"] = 1


def set_unknown_kind(document: dict[str, Any]) -> None:
    document["nodes"][0]["kind"] = "teleport"


def set_escape(document: dict[str, Any]) -> None:
    lost_take(document)
    document["media"]["b3:" + "0" * 64] = {"name": "../../etc/passwd"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (set_version, 422, "invalid_document"),
        (lost_take, 410, "blob_missing"),
        (set_circle, 422, "cycle"),
        (set_dangling, 422, "invalid_document"),
        (set_unknown_field, 422, "invalid_document"),
        (set_unknown_kind, 404, "unknown_node"),
        (set_escape, 422, "invalid_document"),
    ],
)
def test_a_graph_file_that_was_tampered_with(
    shelf: Shelf, change: Callable[[dict[str, Any]], None], status: int, code: str
) -> None:
    shelf.spoil(change)
    with nothing_changes(shelf.film):
        body = refused(shelf.load(), status, code)
    if change is lost_take:
        assert body.details["node"] == "still"
    if change is set_version:
        assert "newer TakeBridge" in body.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not JSON",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"format": "takebridge.graph", "version": 1, "nodes": NaN}',
        b"[" * 100_000,
        b'{"nodes": "\\ud800"}',
    ],
)
def test_a_file_that_is_no_graph_file(shelf: Shelf, data: bytes) -> None:
    shelf.file.write_bytes(data)
    with nothing_changes(shelf.film):
        refused(shelf.load(), 422, "invalid_document")


def test_a_graph_file_cut_short(shelf: Shelf) -> None:
    data = shelf.file.read_bytes()
    shelf.file.write_bytes(data[: len(data) // 2])
    with nothing_changes(shelf.film):
        refused(shelf.load(), 422, "invalid_document")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def nothing(path: Path) -> None:
    """Leave the name free."""


@pytest.mark.parametrize("make", [a_folder, a_pipe, nothing])
def test_what_is_no_file_is_not_waited_for(shelf: Shelf, make: Callable[[Path], None]) -> None:
    path = shelf.file.parent / "other.takebridge.json"
    make(path)
    with nothing_changes(shelf.film):
        began = time.monotonic()
        refused(shelf.load(path), 400, "usage")
        assert time.monotonic() - began < 10


def test_a_file_of_three_hundred_megabytes_is_not_read_whole(shelf: Shelf) -> None:
    with shelf.file.open("wb") as file:
        file.truncate(300 * 2**20)
    with nothing_changes(shelf.film):
        assert "256 MB" in refused(shelf.load(), 422, "invalid_document").message


def test_a_link_may_be_loaded_but_not_written_through(shelf: Shelf) -> None:
    link = shelf.file.parent / "link.takebridge.json"
    link.symlink_to(shelf.file)
    before = shelf.file.read_bytes()
    refused(shelf.film.http.post(f"{shelf.film.path}/save", json={"path": str(link)}), 400, "usage")
    assert link.is_symlink() and shelf.file.read_bytes() == before
    assert shelf.load(link).status_code == 201


BAD_PATHS = [
    "film.takebridge.json",
    "../film.takebridge.json",
    "",
    "/",
    "/nowhere/film.takebridge.json",
    "~/film.takebridge.json",
]


@pytest.mark.parametrize("path", [*BAD_PATHS, "/" + "x/" * 1500])
def test_a_path_that_leads_nowhere(film: Film, path: str) -> None:
    with nothing_changes(film):
        refused(film.http.post("/api/graphs/load", json={"path": path}), 400, "usage")
        refused(film.http.post(f"{film.path}/save", json={"path": path}), 400, "usage")


def test_a_path_that_no_system_has(film: Film) -> None:
    with nothing_changes(film):
        for verb in (f"{film.path}/save", "/api/graphs/load", f"{film.path}/references", "/api/clips/export"):
            refused(film.http.post(verb, json={"path": "/tmp/a\0b.takebridge.json"}), 422, "invalid_request")
            for path in ("/" + "x" * 241, "/" + "ü" * 121, "/" + "x/" * 2000, "/" + "x" * 4096):
                refused(film.http.post(verb, json={"path": path}), 422, "invalid_request")


def test_the_longest_name_is_written(film: Film, tmp_path: Path) -> None:
    path = tmp_path / f"{'x' * (240 - len('.takebridge.json'))}.takebridge.json"
    answer = film.http.post(f"{film.path}/save", json={"path": str(path)})
    assert answer.status_code == 201 and path.is_file(), answer.text


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that takes no files")
def test_a_folder_that_takes_no_files(film: Film) -> None:
    with nothing_changes(film):
        body = refused(film.http.post(f"{film.path}/save", json={"path": "/proc/film.takebridge.json"}), 400, "usage")
    assert body.message.startswith("“film.takebridge.json” cannot be written there: ")


@pytest.mark.parametrize("place", [[1], [1, 2, 3], ["a", "b"], [0.5, 0], [2**31, 0], [0, -(2**40)]])
def test_a_place_is_two_whole_numbers(film: Film, place: list[object]) -> None:
    with nothing_changes(film):
        refused(film.http.post("/api/templates/brand-video", json={"at": place}), 422, "invalid_request")


def test_a_template_and_slots_that_are_not_there(film: Film) -> None:
    def insert(name: str, inputs: dict[str, str]) -> httpx.Response:
        return film.http.post(f"/api/templates/{name}", json={"canvas_id": film.id, "inputs": inputs})

    with nothing_changes(film):
        refused(insert("ghost", {}), 404, "not_found")
        refused(insert("..%2f..%2fetc", {}), 404, "not_found")
        for name, inputs in (("brand-video", {"nose": "x"}), ("brand-video", {"hero": "/nowhere.png"})):
            answer = insert(name, inputs)
            assert answer.status_code in (400, 404, 422) and ErrorBody.model_validate(answer.json()).hint, answer.text


# --- references and media ---------------------------------------------------------------------------------


def test_references_that_are_no_stills(film: Film, tmp_path: Path) -> None:
    words, empty, still = tmp_path / "a.txt", tmp_path / "b.png", tmp_path / "c.png"
    words.write_text("words")
    empty.touch()
    Image.new("RGB", (8, 8)).save(still)

    def bring(path: object, **more: Any) -> httpx.Response:
        return film.http.post(f"{film.path}/references", json={"path": str(path), **more})

    with nothing_changes(film):
        for path in (words, empty, tmp_path, tmp_path / "gone.png", "relative.png", ""):
            answer = bring(path)
            assert answer.status_code in (400, 404, 422), answer.text
            assert ErrorBody.model_validate(answer.json(), strict=True).hint
        refused(bring(still, feeds="ghost"), 404, "unknown_node", node="ghost")
        refused(bring(still, feeds="brief"), 422, "invalid_wire", node="brief")


def test_media_that_are_not_there_and_ranges_beyond_the_end(film: Film) -> None:
    refused(film.http.get(f"/api/media/b3:{'0' * 64}"), 410, "blob_missing")
    refused(film.http.get("/api/media/..%2f..%2fledger.db"), 404, "not_found")
    refused(film.http.get("/api/media/ledger.db"), 410, "blob_missing")
    content = film.write("brief", "Twelve bytes").json()["outputs"]["text"]["content"]
    whole = film.http.get(f"/api/media/{content}")
    assert whole.content == b"Twelve bytes"
    part = film.http.get(f"/api/media/{content}", headers={"Range": "bytes=0-5"})
    assert (part.status_code, part.content) == (206, b"Twelve")
    beyond = film.http.get(f"/api/media/{content}", headers={"Range": "bytes=99-"})
    refused(beyond, 416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == "bytes */12"
    refused(film.http.get(f"/api/media/{content}", headers={"Range": "bytes=5-2"}), 400, "bad_request")
