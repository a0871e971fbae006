"""``takebridge open``, ``takebridge people`` and the links ``takebridge serve`` prints, as a person runs them."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.people import PUBLIC_NAME, browser, certificate, door_of, invited
from tests.support.server import PATIENCE, RunningServer
from tests.support.whole_bridge import whole_bridge
from typer.testing import CliRunner

from takebridge_server.cli import app


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with whole_bridge(tmp_path_factory.mktemp("people") / "home") as running:
        yield running


def said(bridge: RunningServer, *words: str) -> tuple[int, str]:
    """Run a command in this process: its exit code and what it printed."""
    done = CliRunner().invoke(app, [*words, "--home", str(bridge.home)])
    return done.exit_code, done.output


def signed_in(bridge: RunningServer, text: str) -> str:
    """Open the one link in what was printed; return the role it signs in with."""
    key = re.search(r"#key=([\w-]+)", text)
    assert key, text
    with browser(bridge) as page:
        answer = page.post("/api/session", json={"key": key[1]})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["role"])


def test_open_opens_the_browser_signed_in(bridge: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def open_it(link: str) -> bool:
        opened.append(link)
        return True

    monkeypatch.setattr(webbrowser, "open", open_it)
    code, words = said(bridge, "open")
    assert (code, words.strip()) == (0, "The canvas is open in your browser.")
    assert opened[0].startswith(f"{bridge.url}/#key=")
    assert signed_in(bridge, opened[0]) == "owner"


def test_open_prints_the_link_where_there_is_no_browser_or_none_is_wanted(
    bridge: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda link: False)
    code, words = said(bridge, "open")
    assert code == 0 and "no browser" in words
    assert signed_in(bridge, words) == "owner"
    monkeypatch.delattr(webbrowser, "open")
    code, words = said(bridge, "open", "--print")
    assert code == 0 and re.fullmatch(rf"{bridge.url}/#key=[\w-]+\n", words)
    assert signed_in(bridge, words) == "owner"
    code, words = said(bridge, "open", "--json")
    assert signed_in(bridge, json.loads(words)["link"]) == "owner"


def test_open_without_a_bridge_says_how_to_start_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["open", "--home", str(tmp_path / "home")])
    assert done.exit_code == 1
    assert "takebridge serve" in done.output + done.stderr


def test_somebody_is_invited_shown_helped_and_sent_away(bridge: RunningServer) -> None:
    code, words = said(bridge, "people", "invite", "Editor", "--note", "the agency")
    assert code == 0 and "Who opens it is an editor" in words
    link = words.splitlines()[0]
    assert "the agency" in said(bridge, "people")[1]
    with browser(bridge) as page:
        invite = link.partition("/join#invite=")[2]
        assert page.post("/api/session", json={"invite": invite, "name": "Ada Byron"}).status_code == 200
    code, words = said(bridge, "people", "list")
    assert code == 0 and "Ada Byron" in words and "the agency" not in words
    code, words = said(bridge, "people", "link", "ada byron")
    assert code == 0 and signed_in(bridge, words) == "editor"
    code, words = said(bridge, "people", "revoke", "Ada Byron")
    assert code == 0 and "may not come back" in words
    with browser(bridge) as page:
        assert page.get("/api/session").status_code == 401
    assert "Ada Byron" not in said(bridge, "people")[1]


def test_an_invite_is_taken_back(bridge: RunningServer) -> None:
    made = json.loads(said(bridge, "people", "invite", "viewer", "--json")[1])
    assert made["link"].startswith(f"{bridge.url}/join#invite=")
    code, words = said(bridge, "people", "revoke", made["id"])
    assert (code, words.strip()) == (0, "The invite's link counts no more.")
    with browser(bridge) as page:
        refused = page.post("/api/session", json={"invite": made["link"].partition("=")[2], "name": "Late"})
    assert refused.json()["code"] == "sign_in"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("people", "invite", "boss"), "There is no role “boss” to give."),
        (("people", "invite", "owner"), "There is no role “owner” to give."),
        (("people", "link", "Nobody"), "Nobody here is called “Nobody”."),
        (("people", "revoke", "person-0"), "Nobody here is called “person-0”."),
        (("people", "revoke", "owner"), "The owner of the bridge cannot be removed."),
    ],
)
def test_what_cannot_be_is_said_in_words(bridge: RunningServer, words: tuple[str, ...], message: str) -> None:
    code, printed = said(bridge, *words, "--json")
    error = json.loads(printed)["error"]
    assert (code, error["message"]) == (1, message)
    assert error["hint"]


def test_a_name_is_not_read_as_markup(bridge: RunningServer) -> None:
    invited(bridge, "viewer", "[red]Rot[/red] <b>")
    assert "[red]Rot[/red] <b>" in said(bridge, "people")[1]
    assert door_of(bridge).store.problem() == ""


# --- serve --------------------------------------------------------------------------------------------------


def serving(home: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "takebridge_server", "serve", "--home", str(home), *words]
    return subprocess.Popen(
        command,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "60"},
    )


def test_serve_prints_a_link_that_signs_in_and_where_people_come_in(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    home = tmp_path / "home"
    tls = ("--tls-cert", str(cert), "--tls-key", str(key), "--public-name", PUBLIC_NAME)
    with serving(home, "--listen", "127.0.0.1:0", *tls) as bridge:
        try:
            assert bridge.stdout is not None
            lines = iter(bridge.stdout.readline, "")
            link = next(line for line in lines if line.startswith("Open the canvas: ")).split(": ", 1)[1].strip()
            assert f"https://{PUBLIC_NAME}:" in next(lines)
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#key=[\w-]{43}", link)
            origin, _, secret = link.partition("/#key=")
            with browser(origin) as page:
                assert page.post("/api/session", json={"key": secret}).json()["role"] == "owner"
                assert page.post("/api/session", json={"key": secret}).status_code == 403
            assert stat.S_IMODE((home / "people.json").stat().st_mode) == 0o600
        finally:
            bridge.terminate()
            assert bridge.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--listen", "0.0.0.0:8443"), "needs TLS"),
        (("--listen", "127.0.0.1:0", "--tls-cert", "missing.crt", "--tls-key", "missing.key"), "cannot be read"),
        (("--listen", "0.0.0.0:0", "--tls-cert", "a.crt", "--tls-key", "a.key"), "every address"),
    ],
)
def test_serve_does_not_listen_elsewhere_without_tls(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    home = tmp_path / "home"
    done = CliRunner().invoke(app, ["serve", "--home", str(home), *words, "--json"])
    assert done.exit_code == 1
    error = json.loads(done.stdout)["error"]
    assert message in error["message"] and error["hint"]
    assert not (home / "bridge.json").exists()
