"""Uploads over a real server: cut off, resumed, sent by two at once, killed in the middle, and refused in words."""

from __future__ import annotations

import io
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from blake3 import blake3
from PIL import Image
from tests.support.canvases import add
from tests.support.server import PATIENCE, RunningServer
from tests.support.whole_bridge import whole_bridge

from takebridge.canvas.ops import OP
from takebridge.client.address import read_token_file
from takebridge.media.audio import write_wav
from takebridge.media.testcard import render_test_clip
from takebridge.timebase import FrameRate
from takebridge_server.api import uploads as module
from takebridge_server.demo.actors import Server
from takebridge_server.wire_errors import ErrorBody

BINARY = {"Content-Type": "application/octet-stream", "X-TakeBridge": "1"}
OURS = {"X-TakeBridge": "1"}
MEGA = 1 << 20
GIGA = 1 << 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path_factory.mktemp("bridge") / "home") as running:
        yield running


@pytest.fixture
def http(server: RunningServer) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def png(width: int = 64, seed: int = 1) -> bytes:
    made = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 256, (width, width), np.uint8)
    Image.fromarray(noise).save(made, "PNG")
    return made.getvalue()


def hash_of(data: bytes) -> str:
    return f"b3:{blake3(data).hexdigest()}"


def begin(http: httpx.Client, name: str, size: int, **more: Any) -> str:
    answer = http.post("/api/uploads", json={"name": name, "bytes": size, **more})
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"id", "offset", "part_bytes"} and answer.json()["offset"] == 0
    return str(answer.json()["id"])


def send(http: httpx.Client, upload: str, offset: int, data: Any) -> httpx.Response:
    return http.patch(f"/api/uploads/{upload}", params={"offset": offset}, content=data, headers=BINARY)


def finish(http: httpx.Client, upload: str) -> httpx.Response:
    return http.post(f"/api/uploads/{upload}/finish", headers=OURS)


def bring(http: httpx.Client, name: str, data: bytes) -> str:
    upload = begin(http, name, len(data))
    assert send(http, upload, 0, data).json() == {"offset": len(data)}
    return upload


def refused(answer: httpx.Response, status: int, code: str) -> ErrorBody:
    assert answer.status_code == status, answer.text
    body = ErrorBody.model_validate(answer.json(), strict=True)
    assert body.code == code and body.hint
    return body


def eventually(true: Callable[[], bool]) -> None:
    """Wait for what another process or the server's loop is about to do."""
    waiting, until = threading.Event(), time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        waiting.wait(0.02)


class Cut:
    """A connection that sends the beginning of a part and then nothing, or goes."""

    def __init__(self, url: str, token: str, upload: str, offset: int, length: int) -> None:
        port = httpx.URL(url).port or 0
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        head = (
            f"PATCH /api/uploads/{upload}?offset={offset} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\nX-TakeBridge: 1\r\n"
            f"Content-Length: {length}\r\n\r\n"
        )
        self.connection.sendall(head.encode())

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def go(self) -> None:
        self.connection.close()


# --- the usual way --------------------------------------------------------------------------------------


def test_a_file_in_parts_becomes_a_medium(http: httpx.Client) -> None:
    data = png(300)
    upload = begin(http, "Logo é.png", len(data), content=hash_of(data))
    for at in range(0, len(data), 20_000):
        part = data[at : at + 20_000]
        assert send(http, upload, at, part).json() == {"offset": at + len(part)}
    told = http.get(f"/api/uploads/{upload}").json()
    assert (told["name"], told["bytes"], told["offset"]) == ("Logo é.png", len(data), len(data))
    done = finish(http, upload)
    assert done.json() == {"content": hash_of(data), "facts": {"width": 300, "height": 300}}
    assert finish(http, upload).json() == done.json()
    assert http.get(f"/api/media/{hash_of(data)}").content == data


def test_a_body_of_unknown_length_is_taken_too(http: httpx.Client) -> None:
    data = png(400)
    upload = begin(http, "a.png", len(data))
    parts = (data[at : at + 7_000] for at in range(0, len(data), 7_000))
    assert send(http, upload, 0, parts).json() == {"offset": len(data)}
    assert finish(http, upload).json()["content"] == hash_of(data)


# --- cut off --------------------------------------------------------------------------------------------


def test_what_came_of_a_part_that_was_cut_off_is_kept(server: RunningServer, http: httpx.Client) -> None:
    data = png(2000)
    upload = begin(http, "a.png", len(data))
    cut = Cut(server.url, server.token, upload, 0, len(data))
    cut.send(data[:2_500_000])
    eventually(lambda: _written(server) >= 2 * MEGA)
    cut.go()
    eventually(lambda: not _busy(http, upload))
    offset = http.get(f"/api/uploads/{upload}").json()["offset"]
    assert 2 * MEGA <= offset <= 2_500_000  # less what was on its way into the bridge when the connection went
    body = refused(send(http, upload, 0, data[:10]), 409, "conflict")
    assert body.details["offset"] == offset
    assert send(http, upload, offset, data[offset:]).json() == {"offset": len(data)}
    assert finish(http, upload).json()["content"] == hash_of(data)


def test_two_at_once_do_not_mix(server: RunningServer, http: httpx.Client) -> None:
    data = png(600)
    upload = begin(http, "a.png", len(data))
    first = Cut(server.url, server.token, upload, 0, len(data))
    first.send(data[:5_000])
    folder = server.home / "uploads"
    eventually(lambda: (folder / f"{upload}.data").exists())  # it is being received
    for answer in (
        send(http, upload, 0, b"other bytes"),
        finish(http, upload),
        http.delete(f"/api/uploads/{upload}", headers=OURS),
    ):
        assert refused(answer, 409, "conflict").details["offset"] == 0
    first.send(data[5_000:])
    assert b"200 OK" in first.connection.recv(4096)
    first.go()
    assert finish(http, upload).json()["content"] == hash_of(data)


def test_a_sender_that_falls_silent_gives_way(
    server: RunningServer, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.3)
    data = png()
    upload = begin(http, "a.png", len(data))
    silent = Cut(server.url, server.token, upload, 0, len(data))
    silent.send(data[:1_000])
    assert b"408" in silent.connection.recv(4096)
    silent.go()
    assert http.get(f"/api/uploads/{upload}").json()["offset"] == 1_000
    assert send(http, upload, 1_000, data[1_000:]).json() == {"offset": len(data)}


def test_killed_between_the_parts_and_the_end(tmp_path: Path) -> None:
    home, data = tmp_path / "home", png(600)
    home.mkdir(mode=0o700)

    def client(of: Server) -> httpx.Client:
        token = read_token_file(home).token
        return httpx.Client(base_url=of.url, headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False)

    with Server(home, tmp_path / "first.log") as bridge, client(bridge) as http:
        whole, half = (begin(http, "a.png", len(data), content=hash_of(data)) for _ in range(2))
        assert send(http, whole, 0, data).json() == {"offset": len(data)}
        send(http, half, 0, data[:100_000])
        cut = Cut(bridge.url, read_token_file(home).token, half, 100_000, len(data) - 100_000)
        cut.send(data[100_000:200_000])
        bridge.kill()
        cut.go()
    with Server(home, tmp_path / "second.log") as bridge, client(bridge) as http:
        assert finish(http, whole).json()["content"] == hash_of(data)
        offset = http.get(f"/api/uploads/{half}").json()["offset"]
        assert offset == 100_000
        assert send(http, half, offset, data[offset:]).json() == {"offset": len(data)}
        assert finish(http, half).json()["content"] == hash_of(data)
        assert http.get(f"/api/media/{hash_of(data)}").content == data


# --- refused --------------------------------------------------------------------------------------------

NO_MEDIA = {
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "web page": b"<html><script>alert(1)</script></html>",
    "playlist": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "ZIP": b"PK\x03\x04" + b"\0" * 5000,
}


@pytest.mark.parametrize("what", NO_MEDIA)
def test_what_is_no_medium_is_refused_in_words_whatever_it_is_called(what: str, http: httpx.Client) -> None:
    data = NO_MEDIA[what]
    upload = begin(http, "clip.mp4", len(data))
    answer = send(http, upload, 0, data)
    body = refused(answer, 422, "unsafe_media")
    assert what in body.message and "“clip.mp4”" in body.message
    assert finish(http, upload).json() == answer.json()
    assert http.get(f"/api/uploads/{upload}").json()["problem"] == body.message
    assert http.get(f"/api/media/{hash_of(data)}").status_code == 410


def test_other_bytes_than_announced_and_more_of_them(http: httpx.Client) -> None:
    data = png()
    upload = begin(http, "a.png", len(data), content=hash_of(b"others"))
    refused(send(http, upload, 0, data + b"!"), 413, "too_large")
    send(http, upload, 0, data)
    refused(finish(http, upload), 422, "media")


def test_requests_that_make_no_sense(http: httpx.Client) -> None:
    for body in (
        {"name": "a.png"},
        {"name": "", "bytes": 1},
        {"name": "a\nb.png", "bytes": 1},
        {"name": "a" * 201, "bytes": 1},
        {"name": "a.png", "bytes": 0},
        {"name": "a.png", "bytes": -1},
        {"name": "a.png", "bytes": 1.5},
        {"name": "a.png", "bytes": 1, "content": "b3:short"},
        {"name": "a.png", "bytes": 1, "path": "/etc/passwd"},
    ):
        refused(http.post("/api/uploads", json=body), 422, "invalid_request")
    refused(http.post("/api/uploads", json={"name": "a.png", "bytes": 8 * GIGA + 1}), 413, "too_large")
    upload = begin(http, "a.png", 100)
    for offset in ("-1", "x", "", "1.5"):
        answer = http.patch(f"/api/uploads/{upload}?offset={offset}", content=b"x", headers=BINARY)
        refused(answer, 422, "invalid_request")
    refused(http.patch(f"/api/uploads/{upload}", content=b"x", headers=BINARY), 422, "invalid_request")
    refused(http.patch(f"/api/uploads/{upload}?offset=0", json={}), 415, "unsupported_media_type")
    no_header = {"Content-Type": "application/octet-stream"}
    refused(
        http.patch(f"/api/uploads/{upload}?offset=0", content=b"x", headers=no_header), 415, "unsupported_media_type"
    )
    for path in ("upload_" + "0" * 32, "..%2f..%2fledger", "x"):
        assert http.get(f"/api/uploads/{path}").status_code == 404
        assert send(http, path, 0, b"x").status_code == 404


def test_discarding(http: httpx.Client, server: RunningServer) -> None:
    upload = bring(http, "a.png", png())
    assert http.delete(f"/api/uploads/{upload}", headers=OURS).json() == {"discarded": True}
    refused(http.get(f"/api/uploads/{upload}"), 404, "not_found")
    assert not list((server.home / "uploads").glob(f"{upload}*"))


# --- onto a canvas --------------------------------------------------------------------------------------


@pytest.fixture
def canvas(http: httpx.Client) -> str:
    found = str(http.post("/api/canvases", json={"title": "Tea"}).json()["canvas"]["id"])
    parts = [add("image", "still"), add("upscale", "big"), add("voice", "say"), add("brief", "idea")]
    ops = [OP.dump_python(op, mode="json") for op in parts]
    assert http.post(f"/api/canvases/{found}/ops", json={"ops": ops}).status_code == 200
    return f"/api/canvases/{found}"


def reference(http: httpx.Client, canvas: str, **body: Any) -> httpx.Response:
    return http.post(f"{canvas}/references", json=body)


def test_uploads_of_every_kind_find_their_node(http: httpx.Client, canvas: str, tmp_path: Path) -> None:
    clip = render_test_clip(
        tmp_path / "a.mp4", clip_id=1, frame_count=12, rate=FrameRate(24), width=160, height=90
    ).read_bytes()
    sound = write_wav(tmp_path / "a.wav", np.ones((4800, 2), np.float32) / 2).read_bytes()
    brought = {
        "image": ("Logo.png", png(), "still", "reference", "references"),
        "video": ("Rushes.mp4", clip, "big", "source_clip", "source"),
        "audio": ("Voice.wav", sound, "say", "reference", "voice_sample"),
    }
    for port, (name, data, feeds, kind, into) in brought.items():
        upload = bring(http, name, data)
        answer = reference(http, canvas, upload=upload, feeds=feeds, author="Ada")
        assert answer.status_code == 201, answer.text
        now = http.get(canvas).json()["canvas"]
        node = now["nodes"][answer.json()["node"]]
        take = now["takes"][node["pin"]]
        assert (node["kind"], node["title"]) == (kind, name.partition(".")[0])
        assert take["outputs"][port]["content"] == hash_of(data) and take["outputs"][port]["facts"]["name"] == name
        assert (take["author"], take["origin"]) == ("Ada", "imported")
        wires = [one for one in now["wires"].values() if one["src_node"] == node["id"]]
        assert [(one["src_port"], one["dst_node"], one["dst_port"]) for one in wires] == [(port, feeds, into)]
    facts = {"width": 160, "height": 90, "frame_count": 12, "rate": "24", "audio": True, "duration_ms": 500}
    video = next(one["outputs"]["video"] for one in now["takes"].values() if "video" in one["outputs"])
    assert facts.items() <= video["facts"].items()


def test_an_upload_fills_a_slot_of_a_template(http: httpx.Client) -> None:
    data = png(80)
    media = {"look": {"upload": bring(http, "Look.png", data)}}
    made = http.post("/api/templates/replace-this-clip", json={"media": media, "author": "Ada"})
    assert made.status_code == 201, made.text
    now = http.get(f"/api/canvases/{made.json()['canvas_id']}").json()["canvas"]
    take = now["takes"][now["nodes"][made.json()["nodes"]["look"]]["pin"]]
    assert take["outputs"]["image"]["content"] == hash_of(data)
    assert take["outputs"]["image"]["facts"]["name"] == "Look.png"
    refused(http.post("/api/templates/replace-this-clip", json={"media": {"look": {}}}), 400, "usage")
    lost = {"look": {"upload": "upload_" + "0" * 32}}
    refused(http.post("/api/templates/replace-this-clip", json={"media": lost}), 404, "not_found")


def test_a_name_of_ones_own_and_the_same_upload_twice(http: httpx.Client, canvas: str) -> None:
    upload = bring(http, "IMG_0001.png", png())
    nodes = [reference(http, canvas, upload=upload, name="Our logo").json()["node"] for _ in range(2)]
    now = http.get(canvas).json()["canvas"]
    assert [now["nodes"][node]["title"] for node in nodes] == ["Our logo"] * 2 and nodes[0] != nodes[1]


def test_references_that_cannot_be(http: httpx.Client, canvas: str, tmp_path: Path) -> None:
    before = http.get(canvas).json()["rev"]
    whole, part = bring(http, "a.png", png()), begin(http, "b.png", 500)
    send(http, part, 0, png()[:100])
    refused(reference(http, canvas, upload=part), 409, "conflict")
    refused(reference(http, canvas, upload="upload_" + "0" * 32), 404, "not_found")
    refused(reference(http, canvas, upload=whole, path="/tmp/a.png"), 422, "invalid_request")
    refused(reference(http, canvas), 422, "invalid_request")
    refused(reference(http, canvas, upload=whole, feeds="ghost"), 404, "unknown_node")
    refused(reference(http, canvas, upload=whole, feeds="idea"), 422, "invalid_wire")
    refused(reference(http, "/api/canvases/ghost", upload=whole), 404, "not_found")
    assert http.get(canvas).json()["rev"] == before


# --- two gigabytes --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_gigabytes_cut_off_go_on_where_they_were(server: RunningServer, http: httpx.Client) -> None:
    if shutil.disk_usage(server.home).free < 6 * GIGA:
        pytest.skip("needs 6 GB of free space")
    sound = 2 * GIGA
    head = b"RIFF" + (sound + 36).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0\x01\0\x02\0"
    head += (48_000).to_bytes(4, "little") + (192_000).to_bytes(4, "little") + b"\x04\0\x10\0data"
    head += sound.to_bytes(4, "little")
    size = len(head) + sound
    upload = begin(http, "Two gigabytes.wav", size)
    cut = Cut(server.url, server.token, upload, 0, size)
    cut.send(head)
    block = bytes(4 * MEGA)
    for _ in range(300):
        cut.send(block)
    cut.go()
    eventually(lambda: send(http, upload, size, b"").status_code == 409 and not _busy(http, upload))
    offset = http.get(f"/api/uploads/{upload}").json()["offset"]
    assert 1 * GIGA < offset <= len(head) + 300 * len(block)

    def rest() -> Iterator[bytes]:
        left = size - offset
        while left:
            yield block[: min(left, len(block))]
            left -= min(left, len(block))

    assert send(http, upload, offset, rest()).json() == {"offset": size}
    facts = http.post(f"/api/uploads/{upload}/finish", headers=OURS, timeout=300).json()["facts"]
    assert facts == {"duration_ms": sound // 192, "sample_rate": 48_000, "channels": 2}


def _written(server: RunningServer) -> int:
    """Bytes of unfinished uploads on the disk."""
    return sum(path.stat().st_size for path in (server.home / "uploads").rglob("*") if path.is_file())


def _busy(http: httpx.Client, upload: str) -> bool:
    return "arriving" in str(send(http, upload, 1 << 40, b"").json()["message"])
