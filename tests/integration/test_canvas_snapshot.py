"""A canvas read over HTTP: packed for who takes it, plain for who does not, and never older than its last edit."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.support.film_over_http import bridge_over_http

PLAIN, PACKED = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with bridge_over_http(tmp_path_factory.mktemp("bridge") / "home") as client:
        yield client


def canvas_of(http: httpx.Client, nodes: int) -> str:
    canvas = str(http.post("/api/canvases", json={"title": "Large"}).json()["canvas"]["id"])
    add(http, canvas, range(nodes))
    return canvas


def add(http: httpx.Client, canvas: str, numbers: range) -> None:
    ops = [{"op": "add_node", "id": f"n{at}", "kind": "image", "title": "x", "x": 0, "y": 0} for at in numbers]
    http.post(f"/api/canvases/{canvas}/ops", json={"author": "Ada", "ops": ops}).raise_for_status()


def sent(http: httpx.Client, canvas: str, headers: dict[str, str]) -> tuple[str, bytes]:
    """The content encoding and the bytes as they came."""
    with http.stream("GET", f"/api/canvases/{canvas}", headers=headers) as reply:
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["vary"] == "Accept-Encoding"
        return reply.headers.get("content-encoding", ""), b"".join(reply.iter_raw())


def read(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return found


def test_a_large_canvas_is_packed_only_for_who_takes_it(http: httpx.Client) -> None:
    canvas = canvas_of(http, 300)
    plain = sent(http, canvas, PLAIN)
    packed = sent(http, canvas, PACKED)
    assert (plain[0], packed[0]) == ("", "gzip")
    assert gzip.decompress(packed[1]) == plain[1]
    assert len(read(plain[1])["canvas"]["nodes"]) == 300
    assert len(packed[1]) < len(plain[1]) / 4


def test_a_small_canvas_is_sent_as_it_is(http: httpx.Client) -> None:
    canvas = canvas_of(http, 1)
    assert sent(http, canvas, PACKED)[0] == ""


def test_what_was_kept_is_never_sent_after_an_edit(http: httpx.Client) -> None:
    canvas = canvas_of(http, 300)
    before = read(gzip.decompress(sent(http, canvas, PACKED)[1]))
    add(http, canvas, range(300, 301))
    after = read(gzip.decompress(sent(http, canvas, PACKED)[1]))
    assert after["rev"] > before["rev"]
    assert "n300" in after["canvas"]["nodes"] and "n300" in after["states"]
    assert read(sent(http, canvas, PLAIN)[1]) == after


def test_more_canvases_than_are_kept_are_all_right(http: httpx.Client) -> None:
    canvases = [canvas_of(http, 1) for _ in range(6)]
    assert [read(sent(http, canvas, PLAIN)[1])["canvas"]["id"] for canvas in canvases * 2] == canvases * 2
