"""What people are told of watched folders: one is not "1 files", and no name is said twice."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, RenderableType
from typer.testing import CliRunner

from takebridge.client.replies import ExchangeReport
from takebridge_server import show
from takebridge_server.cli import app
from takebridge_server.show_exchange import exchange


def drawn(what: RenderableType) -> str:
    out = StringIO()
    Console(file=out, width=200, no_color=True).print(what)
    return out.getvalue()


def status(timelines: list[str], unreadable: int) -> str:
    folder = {"product": "Final Cut Pro", "folder": "/films", "problem": "", "more": []}
    watched: dict[str, Any] = {**folder, "timelines": timelines, "unreadable": unreadable}
    facts = {"version": "1", "home": "/h", "canvases": {}, "hosts": [], "shots": [], "jobs": [], "exchange": watched}
    return drawn(show.status(facts, {}))


def test_one_is_said_as_one_and_two_as_two() -> None:
    one, two = status(["Film.fcpxml"], 1), status(["Film.fcpxml", "Cut.fcpxml"], 2)
    assert "1 timeline, newest “Film.fcpxml”" in one and "1 file in it cannot be read" in one
    assert "2 timelines, newest “Cut.fcpxml”" in two and "2 files in it cannot be read" in two


@pytest.mark.parametrize("message", ["Half.fcpxml: it ends too soon.", "it ends too soon."])
def test_a_file_that_cannot_be_read_is_named_once(message: str) -> None:
    item = {"name": "Half.fcpxml", "message": message, "hint": "Export it again."}
    facts = {"folder": "/films", "product": "Final Cut Pro", "problem": "", "timelines": [], "dealt": [], "more": []}
    words = drawn(exchange(ExchangeReport.model_validate({**facts, "unreadable": [item]})))
    assert "Half.fcpxml could not be read: it ends too soon. Export it again." in words
    assert words.count("Half.fcpxml") == 1


@pytest.mark.parametrize("name", ["FCP", "fcp"])
def test_a_doctor_hears_its_name_in_capitals_too(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["doctor", name, "--home", str(tmp_path / "home")])
    assert "There is no doctor" not in done.output and "takebridge serve" in done.output


def test_a_document_for_capcut_is_sent_to_the_export(tmp_path: Path) -> None:
    (tmp_path / "a.otio").write_text("{}", "utf-8")
    done = CliRunner().invoke(
        app, ["convert", str(tmp_path / "a.otio"), str(tmp_path / "b.xml"), "--for", "capcut", "--json"]
    )
    assert done.exit_code == 1 and "takebridge export --for capcut" in done.output
    assert not (tmp_path / "b.xml").exists()
