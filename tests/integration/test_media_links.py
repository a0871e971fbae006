"""Media for a page over a real server: signed links, ranges as RFC 9110 has them, clients that dawdle or leave."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from tests.support.server import RunningServer
from tests.support.whole_bridge import whole_bridge

from takebridge.ids import BlobHash
from takebridge.media.audio import write_wav
from takebridge.media.testcard import render_test_clip
from takebridge.store.blobs import BlobStore
from takebridge.timebase import FrameRate
from takebridge_server.people.roles import OWNER_ID
from takebridge_server.wire_errors import ErrorBody

WHATS = {"poster", "sprite", "proxy", "still", "original", "peaks"}
MEGA = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path_factory.mktemp("bridge") / "home") as running:
        yield running


@pytest.fixture(scope="module")
def media(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, BlobHash]:
    folder = tmp_path_factory.mktemp("media")
    store = BlobStore(server.home / "media")
    Image.new("RGB", (2000, 1000), (20, 90, 200)).save(folder / "still.png")
    sound = write_wav(folder / "sound.wav", np.ones((48_000, 2), np.float32) / 4)
    film = render_test_clip(folder / "film.mp4", clip_id=2, frame_count=24, rate=FrameRate(24), width=320, height=180)
    return {
        "still": store.add_foreign(folder / "still.png").hash,
        "sound": store.add_foreign(sound).hash,
        "film": store.add_foreign(film).hash,
        "words": store.add_bytes(b"Twelve bytes", ".txt").hash,
        "drawing": store.add_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', ".png").hash,
        "page": store.add_bytes(b"<!doctype html><script>alert(1)</script>", ".mp4").hash,
        "large": store.add_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(24 * MEGA), ".png").hash,
    }


@pytest.fixture
def page(server: RunningServer) -> Iterator[httpx.Client]:
    """A browser with no more than its links."""
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        yield client


def signed(server: RunningServer, *contents: str, **headers: str) -> Any:
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        return client.post("/api/media/sign", json={"contents": contents}, headers=headers or server.auth)


def link(server: RunningServer, content: str, what: str = "original") -> str:
    return str(signed(server, content).json()["urls"][content][what])


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    body = ErrorBody.model_validate(answer.json(), strict=True)
    assert body.code == code and body.hint


# --- links ----------------------------------------------------------------------------------------------


def test_links_open_what_they_name_without_token_or_cookie(
    server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    answer = signed(server, media["film"], media["sound"]).json()
    until = datetime.fromisoformat(answer["expires_at"])
    left = (until - datetime.now(UTC)).total_seconds()
    assert 3590 < left <= 7200 and (until.minute, until.second) == (0, 0)
    assert answer["urls"].keys() == {media["film"], media["sound"]}
    assert all(urls.keys() == WHATS for urls in answer["urls"].values())
    film = answer["urls"][media["film"]]
    types = {"poster": "image/jpeg", "sprite": "image/jpeg", "proxy": "video/mp4", "still": "image/jpeg"}
    for what, kind in {**types, "original": "video/mp4", "peaks": "application/json"}.items():
        found = page.get(film[what])
        assert (found.status_code, found.headers["content-type"]) == (200, kind), what
        keep = re.fullmatch(r"private, max-age=(\d+), immutable", found.headers["cache-control"])
        assert keep is not None and left - 60 < int(keep[1]) <= left + 1
        assert found.headers["x-content-type-options"] == "nosniff" and found.headers["accept-ranges"] == "bytes"
    cells = json.loads(page.get(film["sprite"]).headers["x-takebridge-cells"])
    assert cells == {"count": 24, "columns": 8, "width": 160, "height": 90}
    peaks = page.get(answer["urls"][media["sound"]]["peaks"]).json()
    assert peaks == {"rate": 100, "peaks": [[0, 0.25]] * 100}


def test_what_a_medium_has_not_is_said(server: RunningServer, media: dict[str, BlobHash], page: httpx.Client) -> None:
    urls = signed(server, media["still"]).json()["urls"][media["still"]]
    for what in ("sprite", "proxy", "peaks"):
        refused(page.get(urls[what]), 422, "media")
    with Image.open(io.BytesIO(page.get(urls["still"]).content)) as still:
        assert still.size == (1280, 640)


def test_contents_that_are_gone_are_left_out_and_nonsense_is_refused(
    server: RunningServer, media: dict[str, BlobHash]
) -> None:
    gone = "b3:" + "0" * 64
    assert signed(server, gone, media["still"]).json()["urls"].keys() == {media["still"]}
    for contents in ([], ["nonsense"], ["../../ledger.db"], [gone] * 201):
        refused(signed(server, *contents), 422, "invalid_request")
    assert len(signed(server, *([gone] * 200)).json()["urls"]) == 0


def test_only_who_is_let_in_gets_links(server: RunningServer, media: dict[str, BlobHash]) -> None:
    refused(signed(server, media["still"], Accept="*/*"), 401, "unauthorized")


@pytest.mark.parametrize("change", ["what", "content", "e", "s", "g", "nothing"])
def test_a_link_that_was_changed_opens_nothing(
    change: str, server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url = link(server, media["still"], "poster")
    changed = {
        "what": url.replace("/poster", "/original"),
        "content": url.replace(media["still"], media["words"]),
        "e": re.sub(r"e=(\d+)", lambda found: f"e={int(found[1]) + 3600}", url),
        "s": url.replace("s=token", "s=session_1"),
        "g": url[:-1] + ("0" if url[-1] != "0" else "1"),
        "nothing": url.partition("?")[0],
    }[change]
    assert changed != url
    refused(page.get(changed), 403, "forbidden")
    assert page.get(url).status_code == 200


def test_a_link_ends_with_its_session(server: RunningServer, media: dict[str, BlobHash], page: httpx.Client) -> None:
    people = server.shell.people
    assert people is not None
    session, secret = people.store.sign_in(OWNER_ID, "A browser")
    cookie = {"Cookie": f"{people.cookie}={secret}", "Origin": server.url, "X-TakeBridge": "1"}
    url = signed(server, media["still"], **cookie).json()["urls"][media["still"]]["poster"]
    assert session.session in url and secret not in url
    assert page.get(url).status_code == 200
    page.delete("/api/session", headers=cookie).raise_for_status()
    refused(page.get(url), 403, "link_expired")


def test_unknown_uses_and_methods(server: RunningServer, media: dict[str, BlobHash], page: httpx.Client) -> None:
    url = link(server, media["still"])
    refused(page.get(url.replace("/original", "/thumbnail")), 404, "not_found")
    assert page.post(url).status_code in (401, 403, 405)
    assert page.get(url, headers={"Origin": "https://evil.example"}).status_code == 403
    assert page.get(url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


# --- what is shown, what is downloaded ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("still", "image/png"),
        ("sound", "audio/wav"),
        ("film", "video/mp4"),
        ("words", "application/octet-stream"),
        ("drawing", "application/octet-stream"),
        ("page", "application/octet-stream"),
    ],
)
def test_originals_are_what_their_bytes_say_and_markup_only_ever_a_download(
    name: str, kind: str, server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url = link(server, media[name])
    family = kind.partition("/")[0]
    where = {"image": "image", "audio": "audio", "video": "video"}.get(family, "image")
    for dest in (where, "document", "iframe"):
        answer = page.get(url, headers={"Sec-Fetch-Dest": dest, "Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        shown = dest == where and family != "application"
        assert answer.headers.get("content-disposition", "inline") == ("inline" if shown else "attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"


# --- ranges ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, None),
        ("bytes=-4", -4, None),
        ("bytes=0-0", 0, 0),
        ("bytes=5-9999999", 5, None),
    ],
)
def test_a_range_is_those_bytes(
    asked: str, first: int, last: int | None, server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url = link(server, media["film"])
    whole = page.get(url).content
    part = page.get(url, headers={"Range": asked})
    begin = first % len(whole)
    end = len(whole) - 1 if last is None else last
    assert part.status_code == 206 and part.content == whole[begin : end + 1]
    assert part.headers["content-range"] == f"bytes {begin}-{end}/{len(whole)}"


def test_several_ranges_come_in_one_answer(
    server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url = link(server, media["film"])
    whole = page.get(url).content
    answer = page.get(url, headers={"Range": "bytes=0-3, 100-109, -5, 9999999-"})
    kind, _, boundary = answer.headers["content-type"].partition("; boundary=")
    assert (answer.status_code, kind) == (206, "multipart/byteranges")
    assert int(answer.headers["content-length"]) == len(answer.content)
    parts = [part.lstrip(b"\r\n") for part in answer.content.split(f"--{boundary}".encode())[1:-1]]
    bodies = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts]
    assert bodies == [whole[:4], whole[100:110], whole[-5:]]
    assert [part.partition(b"\r\n")[0] for part in parts] == [b"Content-Type: video/mp4"] * 3


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_the_file_has_not_is_416(
    asked: str, server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    answer = page.get(link(server, media["words"]), headers={"Range": asked})
    refused(answer, 416, "range_not_satisfiable")
    assert answer.headers["content-range"] == "bytes */12"


@pytest.mark.parametrize("asked", ["bytes=5-2", "items=0-1", "bytes=x", "bytes="])
def test_a_range_that_is_none_is_passed_over(
    asked: str, server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    answer = page.get(link(server, media["words"]), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, b"Twelve bytes")


def test_if_range_and_if_none_match_go_by_the_content(
    server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url, tag = link(server, media["words"]), f'"{media["words"]}"'
    assert page.get(url).headers["etag"] == tag
    for given, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200), ("Sun, 06 Nov 1994 08:49:37 GMT", 200)):
        assert page.get(url, headers={"Range": "bytes=0-5", "If-Range": given}).status_code == status, given
    for given, status in ((tag, 304), (f'"other", {tag}', 304), ("*", 304), ('"other"', 200)):
        answer = page.get(url, headers={"If-None-Match": given})
        assert answer.status_code == status and answer.headers["etag"] == tag
        assert (answer.content == b"") is (status == 304)


def test_head_says_how_long_the_whole_is(server: RunningServer, media: dict[str, BlobHash], page: httpx.Client) -> None:
    for what in ("original", "poster", "proxy"):
        url = link(server, media["film"], what)
        head, got = page.head(url, headers={"Range": "bytes=0-1"}), page.get(url)
        assert (head.status_code, head.content) == (200, b"")  # §14.2: ranges are GET's
        assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


# --- clients --------------------------------------------------------------------------------------------


def dial(server: RunningServer, url: str) -> socket.socket:
    """Ask for a file and read nothing of it; the buffers on this side are small."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n".encode())
    return connection


def test_slow_clients_get_it_all_and_hold_up_nobody(
    server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url = link(server, media["large"])
    whole = BlobStore(server.home / "media").path_of(media["large"]).read_bytes()
    slow = [dial(server, url) for _ in range(12)]
    try:
        begun = time.monotonic()
        assert all(page.get(link(server, media["words"])).content == b"Twelve bytes" for _ in range(5))
        assert time.monotonic() - begun < 15
        first, hasher, size = slow[0].makefile("rb"), hashlib.sha256(), 0
        assert first.readline().startswith(b"HTTP/1.1 200")
        while first.readline() != b"\r\n":
            pass
        while chunk := first.read(MEGA):
            hasher.update(chunk)
            size += len(chunk)
        assert (size, hasher.digest()) == (len(whole), hashlib.sha256(whole).digest())
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which files are open")
def test_a_client_that_leaves_in_the_middle_leaves_no_file_open(
    server: RunningServer, media: dict[str, BlobHash], page: httpx.Client
) -> None:
    url, path = link(server, media["large"]), BlobStore(server.home / "media").path_of(media["large"])

    def readers() -> int:
        found = [Path("/proc/self/fd", fd) for fd in os.listdir("/proc/self/fd")]
        return sum(1 for one in found if os.path.lexists(one) and os.path.realpath(one) == str(path.resolve()))

    server.wait_until(lambda: readers() == 0)  # those of other tests
    leaving = [dial(server, url) for _ in range(8)]
    for connection in leaving:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    server.wait_until(lambda: readers() == 8)
    for connection in leaving:
        connection.close()
    server.wait_until(lambda: readers() == 0)
    assert page.get(link(server, media["words"])).content == b"Twelve bytes"
