"""An exchange folder through real processes: a server without any agent, the command line, files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.exchange_rig import camera, recut, trim
from tests.support.trip import running_server

from takebridge.client.live import Live, LiveEvent
from takebridge.cut.model import Clip, Cut, Marker, Media, Span, Track, tile
from takebridge.interchange.documents import read_cut, write_cut
from takebridge.media.probe import probe
from takebridge.timebase import FrameRate
from takebridge_server.watch import watch_job

RATE = FrameRate(25)


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "takebridge_server", *words, "--home", str(home)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=110)


def said(home: Path, *words: str) -> Any:
    done = run(home, *words, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def shown(home: Path, *words: str) -> str:
    """What a person sees, in one line."""
    return " ".join(run(home, *words).stdout.split())


def export(folder: Path, cut: Cut) -> None:
    work = folder.parent / "export.otio"
    write_cut(cut, work)
    work.replace(folder / f"{cut.name}.otio")


def ended(events: Live, name: str) -> dict[str, Any]:
    """Wait until an export was dealt with."""
    for message in events:
        if isinstance(message, LiveEvent) and message.topic == "exchange.export" and message.data["name"] == name:
            return dict(message.data)
    raise AssertionError("the bridge went away")


def test_a_film_goes_through_the_folder_and_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, folder = tmp_path / "data" / "home", tmp_path / "Exchange"
    folder.mkdir()
    home.mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("TAKEBRIDGE_EXCHANGE", str(folder))
    monkeypatch.setenv("TAKEBRIDGE_EXCHANGE_RATE", "25")
    media = Media("camera.mp4", str(camera(tmp_path, "25")), RATE, 260, 0)
    marker = (Marker(at=30, name="takebridge"),)
    clips = [Clip(f"shot {n}", Span.of(24 * n, 24), media, Span.of(20 + 36 * n, 24)) for n in range(2)]
    clips[0] = Clip("shot 0", Span.of(0, 24), media, Span.of(20, 24), markers=marker)
    film = Cut("Film v01", RATE, (Track("video", tile(clips)),), width=160, height=90)
    with running_server(home) as client, Live(client, topics=["exchange"]) as events:
        assert said(home, "exchange")["timelines"] == []
        assert "nothing exported yet" in shown(home, "status")
        export(folder, film)
        assert ended(events, "Film v01.otio")["ending"] == "new"
        canvas = client.post("/api/canvases", {"title": "Film"})["canvas"]["id"]
        (pushed,) = said(home, "push", "--canvas", canvas)
        assert (pushed["name"], pushed["link"]["shot"]) == ("shot 0", "SH010")
        job = client.post("/api/jobs", {"canvas_id": canvas, "node_id": pushed["nodes"]["upscale"]})
        assert watch_job(client, job["job"], None)["state"] == "done"
        planned = said(home, "roundtrip", "--dry-run", "--canvas", canvas)
        assert (planned["outcome"], planned["timeline"]) == ("planned", "Film v01") and planned["steps"]

        export(folder, recut(film, "Film v02", {"shot 0": trim(2, 3)}))
        told = ended(events, "Film v02.otio")
        assert (told["ending"], told["answer"]) == ("answered", str(folder / "Film v02 TakeBridge 1.otio"))
        first = read_cut(Path(told["answer"])).cut.tracks[0].clips[0]
        assert (first.record, len(first.takes)) == (Span(2, 21), 2) and first.media is not None
        count = probe(Path(first.media.location)).frame_count
        assert count is not None and first.source is not None and first.source.end <= count

        (folder / "Broken.xml").write_text("<xmeml>", "utf-8")
        assert next(m.data["name"] for m in events if isinstance(m, LiveEvent)) == "Broken.xml"
        found = said(home, "exchange")
        assert [(one["title"], one["version"]) for one in found["timelines"]] == [("Film", 2)]
        assert [one["ending"] for one in found["dealt"]] == ["new", "answered"]
        assert [one["name"] for one in found["unreadable"]] == ["Broken.xml"]
        words = shown(home, "exchange")
        assert "TakeBridge 1.otio" in words and "Broken.xml could not be read" in words
        status = said(home, "status")
        assert status["exchange"]["timelines"] == ["Film v02.otio"] and status["exchange"]["unreadable"] == 1
        drawn = shown(home, "status")
        assert "Exchange folder" in drawn and "No editor is connected" not in drawn
        checks = {one["name"]: one for one in said(home, "doctor")["checks"]}
        assert "Broken" not in checks["Exchange folder"]["message"] and not checks["Exchange folder"]["ok"]
        assert "Editor" not in checks


def test_a_folder_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "data" / "home"
    home.mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("TAKEBRIDGE_EXCHANGE", str(tmp_path / "away"))
    with running_server(home):
        assert "“away” cannot be read" in said(home, "exchange")["problem"]
        assert "cannot be read" in said(home, "status")["exchange"]["problem"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--exchange", "{}/missing"), "does not exist"),
        (("--exchange", "{}", "--exchange-rate", "26.5"), "26.5"),
        (("--exchange", "{}", "--exchange-rate", "fast"), "fast"),
    ],
)
def test_a_wrong_folder_or_rate_is_refused_in_words(tmp_path: Path, words: tuple[str, ...], expected: str) -> None:
    done = run(tmp_path / "home", "serve", "--port", "0", *(word.format(tmp_path) for word in words))
    text = " ".join((done.stdout + done.stderr).replace("│", " ").split())
    assert done.returncode != 0 and expected in text and "Traceback" not in text
    assert not os.path.exists(tmp_path / "home" / "bridge.json")
