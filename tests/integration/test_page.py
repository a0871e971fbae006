"""The page over a real server: what a browser is given at the app's addresses, and what nobody is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.support.raw_http import exchange, request_bytes
from tests.support.server import RunningServer, running_server
from tests.support.whole_bridge import whole_bridge

from takebridge_server.api.page import page_router
from takebridge_server.pages import page_build
from takebridge_server.wire_errors import ErrorBody

PAGES = ("/", "/c/canvas_1", "/c/canvas_1/tray?node=n", "/people", "/join")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build") / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text('<!doctype html><link nonce="__CSP_NONCE__"><div id="root"></div>')
    (folder / "manifest.json").write_text("{}")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-a1.js").write_text("export {};" * 500)
    (folder.parent / "secret.js").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def server(web: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    home = tmp_path_factory.mktemp("bridge") / "home"
    with running_server(home, add=lambda shell: shell.include_router(page_router(web))) as running:
        yield running


@pytest.fixture
def browser(server: RunningServer) -> Iterator[httpx.Client]:
    """Nobody is signed in yet."""
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_the_apps_addresses_answer_the_page_to_anybody(path: str, browser: httpx.Client) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    nonce = re.search(r'nonce="([\w-]{22})"', answer.text)
    assert nonce is not None and "__CSP_NONCE__" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY.format(nonce[1])
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff" and "content-disposition" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_every_page_has_a_nonce_of_its_own(browser: httpx.Client) -> None:
    assert len({browser.get("/").headers["content-security-policy"] for _ in range(20)}) == 20


def test_assets_may_be_kept_for_ever_and_come_packed(browser: httpx.Client) -> None:
    answer = browser.get("/assets/index-a1.js")
    assert answer.text == "export {};" * 500
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(answer.headers["content-length"]) < 200
    for refused in ("identity", "gzip;q=0", "br"):
        plain = browser.get("/assets/index-a1.js", headers={"Accept-Encoding": refused})
        assert "content-encoding" not in plain.headers and plain.text == answer.text


def test_the_icon_is_there(browser: httpx.Client) -> None:
    answer = browser.get("/favicon.svg")
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "image/svg+xml", "<svg/>")


def test_head_is_answered_like_get_without_a_body(browser: httpx.Client) -> None:
    for path in ("/", "/c/x", "/assets/index-a1.js", "/favicon.svg"):
        got, head = browser.get(path), browser.head(path)
        assert head.status_code == 200 and head.content == b""
        assert head.headers["content-length"] == got.headers["content-length"]


def test_a_file_of_another_build_is_not_the_page(browser: httpx.Client) -> None:
    answer = browser.get("/assets/index-of-yesterday.js")
    body = ErrorBody.model_validate(answer.json(), strict=True)
    assert (answer.status_code, body.code, body.hint) == (404, "not_found", "Load the page again.")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "target",
    [
        "/assets/../../secret.js",
        "/assets/..%2f..%2fsecret.js",
        "/assets/%2e%2e/%2e%2e/secret.js",
        "/assets/..%5c..%5csecret.js",
        "/assets//etc/passwd",
        "/assets/%00.js",
        "/assets/",
        "/manifest.json",
        "/index.html",
        "/.sources",
        "/secret.js",
        "//c/x",
    ],
)
def test_nothing_else_of_the_machine_is_given_out(target: str, server: RunningServer) -> None:
    headers = [("Host", f"127.0.0.1:{server.port}"), ("Connection", "close")]
    answer = exchange(server.port, request_bytes("GET", target, headers))
    assert answer.status in (401, 404) and b"secret" not in answer.body and b"root:" not in answer.body


def test_other_sites_may_link_to_the_page_and_nothing_more(browser: httpx.Client) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get("/c/canvas_1", headers=link).status_code == 200
    frame = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert browser.get("/c/canvas_1", headers=frame).status_code == 403
    assert browser.get("/", headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert browser.post("/").status_code in (401, 403, 405)


def test_a_bridge_without_a_build_says_how_to_make_one(tmp_path: Path) -> None:
    none = tmp_path / "none"
    add = page_router(none)
    with running_server(tmp_path / "home", add=lambda shell: shell.include_router(add)) as running:
        for path in ("/", "/c/canvas_1"):
            answer = httpx.get(f"{running.url}{path}", trust_env=False)
            assert answer.status_code == 200 and "make canvas" in answer.text
            nonce = re.search(r'<style nonce="([\w-]{22})">', answer.text)
            assert nonce is not None
            assert answer.headers["content-security-policy"] == POLICY.format(nonce[1])
        assert httpx.get(f"{running.url}/assets/a.js", trust_env=False).status_code == 404
    assert page_build(none) == ""


def test_the_bridge_that_is_shipped_serves_the_page_and_names_its_build(tmp_path: Path) -> None:
    with whole_bridge(tmp_path / "home") as running, running.client() as client:
        assert client.get("/").headers["content-type"].startswith("text/html")
        assert client.get("/api/session").json()["page"] == page_build()
