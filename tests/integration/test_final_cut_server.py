"""Final Cut's folder beside an exchange folder, through real processes: status, exchange and doctor know both."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.final_cut_rig import film
from tests.support.trip import running_server
from typer.testing import CliRunner, Result

from takebridge.client.live import Live, LiveEvent
from takebridge_server.cli import app


def run(home: Path, *words: str) -> Result:
    """Run a command in this process; the server is one of its own."""
    return CliRunner().invoke(app, [*words, "--home", str(home)])


def said(home: Path, *words: str) -> Any:
    return json.loads(run(home, *words, "--json").output)


def shown(home: Path, *words: str) -> str:
    return " ".join(run(home, *words).output.split())


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wrapped."""
    monkeypatch.setenv("COLUMNS", "400")


def test_both_folders_are_watched_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "data" / "home"
    home.mkdir(parents=True, mode=0o700)
    for name, variable in (("Exchange", "TAKEBRIDGE_EXCHANGE"), ("Films", "TAKEBRIDGE_FINAL_CUT")):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(variable, str(tmp_path / name))
    with running_server(home) as client, Live(client, topics=["exchange"]) as events:
        work = film(tmp_path)
        work.rename(tmp_path / "Films" / "Film.fcpxml")
        (tmp_path / "Films" / "Broken.fcpxml").write_text("<fcpxml", "utf-8")
        topics: set[str] = set()
        for message in events:
            topics |= {message.topic} if isinstance(message, LiveEvent) else set()
            if topics >= {"exchange.export", "exchange.unreadable"}:
                break
        found = said(home, "exchange")
        (final_cut,) = found["more"]
        assert (found["product"], found["timelines"]) == ("Exchange folder", [])
        assert (final_cut["product"], final_cut["folder"]) == ("Final Cut Pro", str(tmp_path / "Films"))
        assert [one["title"] for one in final_cut["timelines"]] == ["Übung / Äpfel"]
        words = shown(home, "exchange")
        assert f"Final Cut Pro {tmp_path / 'Films'}" in words and "Broken.fcpxml could not be read" in words
        drawn = shown(home, "status")
        assert "Exchange folder" in drawn and "Final Cut Pro" in drawn and "No editor is connected" not in drawn
        checks = said(home, "doctor", "fcp")["checks"]
        names = {one["name"]: one for one in checks}
        assert names["Folder"]["ok"] and names["Library"]["ok"] and not names["Broken.fcpxml"]["ok"]
        assert "2 clips" in names["Export"]["message"]


def test_without_a_folder_the_doctor_says_how_to_start(tmp_path: Path) -> None:
    home = tmp_path / "data" / "home"
    home.mkdir(parents=True, mode=0o700)
    with running_server(home):
        done = run(home, "doctor", "fcp")
        assert done.exit_code == 1 and "--final-cut" in done.output


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--final-cut", "{}/missing"), "does not exist"),
        (("--final-cut", "{}", "--final-cut-library", "/Films/Film.mov"), "no Final Cut library"),
    ],
)
def test_a_wrong_folder_or_library_is_refused_in_words(tmp_path: Path, words: tuple[str, ...], expected: str) -> None:
    home = ("--home", str(tmp_path / "home"))
    argv = [sys.executable, "-m", "takebridge_server", "serve", "--port", "0", *home]
    argv += [word.format(tmp_path) for word in words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=110)
    text = " ".join((done.stdout + done.stderr).replace("│", " ").split())
    assert done.returncode != 0 and expected in text and "Traceback" not in text
