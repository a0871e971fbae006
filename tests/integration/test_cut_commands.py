"""``diff``, ``merge`` and ``convert`` as people and scripts run them, on documents written by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.support.trip import running_server
from typer.testing import CliRunner

from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.errors import CutMismatchError, InvalidDocumentError, NotFoundError, UsageError
from takebridge_server.cli import app
from takebridge_server.cut_schema import report_schema

Json = dict[str, Any]


def time(value: float, rate: float = 25.0) -> Json:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": value}


def span(start: float, frames: float, rate: float = 25.0) -> Json:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(frames, rate)}


def clip(name: str, start: int, frames: int, media: str = "", rate: float = 25.0, length: int = 500) -> Json:
    """A clip of ``media`` (its own name) from frame ``start`` of it on."""
    url = f"/media/{media or name}.mov"
    reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": url, "available_range": span(0, length, rate)}
    return {
        "OTIO_SCHEMA": "Clip.1",
        "name": name,
        "source_range": span(start, frames, rate),
        "media_reference": {**reference, "name": url.rsplit("/", 1)[1]},
    }


def gap(frames: int) -> Json:
    return {"OTIO_SCHEMA": "Gap.1", "source_range": span(0, frames)}


def timeline(*video: Json, name: str = "Reel", rate: float = 25.0) -> Json:
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "name": "V1", "children": list(video)}
    stack = {"OTIO_SCHEMA": "Stack.1", "children": [track]}
    return {"OTIO_SCHEMA": "Timeline.1", "name": name, "global_start_time": time(90000, rate), "tracks": stack}


def write(path: Path, value: Json) -> Path:
    path.write_text(json.dumps(value), "utf-8")
    return path


def story(folder: Path) -> tuple[Path, Path, Path]:
    """Base; the editor trims two's head by 12 and deletes four; the canvas has new takes of three and four."""
    one, two, three, four = (clip(name, 100, 50) for name in ("one", "two", "three", "four"))
    base = write(folder / "base.otio", timeline(one, two, three, four))
    editor = write(folder / "editor.otio", timeline(one, clip("two", 112, 38), three))
    takes = (clip("three", 0, 50, "three_take2", length=60), clip("four", 0, 50, "four_take2", length=60))
    canvas = write(folder / "canvas.otio", timeline(one, two, *takes))
    return base, editor, canvas


def run(*words: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "100"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def report(*words: object) -> Json:
    code, out, err = run(*words, "--json")
    assert code == 0, out + err
    found: Json = json.loads(out)
    checked = report_schema(str(words[0]))
    problems = [str(problem) for problem in jsonschema_rs.validator_for(checked).iter_errors(found)]
    assert not problems, problems
    return found


def refused(*words: object) -> Json:
    """The error in JSON; in words it has message and hint, without a traceback."""
    code, out, err = run(*words)
    assert code == 1 and out == "" and "Traceback" not in err and len(err.split("\n")) >= 2, out + err
    code, out, err = run(*words, "--json")
    error: Json = json.loads(out)["error"]
    assert code == 1 and error["message"] and error["hint"]
    return error


# --- diff -------------------------------------------------------------------------------------------------


def test_diff_says_what_happened_to_every_clip(tmp_path: Path) -> None:
    base, editor, _ = story(tmp_path)
    found = report("diff", base, editor)
    pairs = {pair["name"]: pair for pair in found["pairs"]}
    assert {name: (pair["a"], pair["b"]) for name, pair in pairs.items()} == {
        "one": (["video", 0, 0], ["video", 0, 0]),
        "two": (["video", 0, 1], ["video", 0, 1]),
        "three": (["video", 0, 2], ["video", 0, 2]),
        "four": (["video", 0, 3], None),
    }
    assert [pairs[name]["changes"] for name in ("one", "two", "three", "four")] == [
        [],
        ["trimmed_head"],
        ["shifted"],
        ["removed"],
    ]
    assert found["a"]["file"] == "base.otio" and found["a"]["start"] == 90000 and found["b"]["frames"] == 138


def test_items_are_counted_with_gaps(tmp_path: Path) -> None:
    a = write(tmp_path / "a.otio", timeline(gap(10), clip("one", 0, 50)))
    [pair] = report("diff", a, a)["pairs"]
    assert pair["a"] == pair["b"] == ["video", 0, 1] and pair["record"]["a"] == [10, 60]


def test_diff_is_the_same_bytes_in_every_process_and_folder(tmp_path: Path) -> None:
    said = set()
    for seed in ("0", "7"):
        folder = tmp_path / f"folder {seed}"
        folder.mkdir()
        base, editor, _ = story(folder)
        done = subprocess.run(
            [sys.executable, "-m", "takebridge_server", "diff", str(base), str(editor), "--json"],
            env={**os.environ, "PYTHONHASHSEED": seed, "TAKEBRIDGE_HOME": str(tmp_path / "home")},
            capture_output=True,
            check=True,
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert not (tmp_path / "home").exists(), "a data folder was made"


def test_diff_ends_as_diff_does_when_asked_to(tmp_path: Path) -> None:
    base, editor, _ = story(tmp_path)
    assert run("diff", base, editor)[0] == 0
    assert run("diff", base, editor, "--exit-code")[0] == 1
    assert run("diff", base, base, "--exit-code")[0] == 0
    assert run("diff", base, tmp_path / "none.otio", "--exit-code")[0] == 2


def test_the_table_names_clip_track_timecode_and_change_without_colour(tmp_path: Path) -> None:
    base, editor, _ = story(tmp_path)
    code, out, _ = run("diff", base, editor)
    rows = [line.split() for line in out.splitlines()]
    assert code == 0 and "\x1b" not in out
    assert ["~", "V1", "01:00:02:00", "two"] in [row[:4] for row in rows]
    assert ["−", "V1", "01:00:06:00", "four"] in [row[:4] for row in rows]
    assert not [row for row in rows if row[3:4] == ["three"]], "a clip that only shifted has no row of its own"
    assert any(line.startswith("→") for line in out.splitlines())
    assert "No changes" in run("diff", base, base)[1]


def test_the_page_is_written_beside_the_table(tmp_path: Path) -> None:
    base, editor, _ = story(tmp_path)
    page = tmp_path / "page.html"
    assert run("diff", base, editor, "--html", page, "--no-thumbnails")[0] == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert refused("diff", base, editor, "--html", tmp_path / "none" / "page.html")["code"] == "usage"
    assert refused("diff", base, editor, "--html", editor)["code"] == "usage"


# --- merge ------------------------------------------------------------------------------------------------


def test_merge_keeps_the_editors_time_and_the_canvas_content(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    found = report("merge", *story(tmp_path), "-o", out)
    [children] = [track["children"] for track in json.loads(out.read_text("utf-8"))["tracks"]["children"]]
    assert [(item["name"], item["source_range"]["duration"]["value"]) for item in children] == [
        ("one", 50),
        ("two", 38),
        ("three", 50),
    ]
    [edit] = [entry for entry in found["edits"] if entry["name"] == "three"]
    assert edit["base"] == edit["editor"] == edit["canvas"] == ["video", 0, 2] and edit["operations"]
    assert edit["covers"]["editor"] == [["video", 0, 2]]
    [conflict] = found["conflicts"]
    assert (conflict["what"], conflict["chosen"]) == ("deleted_by_editor", "editor")
    assert conflict["editor"] is None and conflict["base"] == conflict["canvas"] == ["video", 0, 3]
    assert [entry["canvas"] for entry in found["removed"]] == [["video", 0, 3]]
    assert found["merged"]["file"] == "out.otio" and found["merged"]["frames"] == 138


def test_a_conflict_is_decided_by_its_id(tmp_path: Path) -> None:
    sides, out = story(tmp_path), tmp_path / "out.otio"
    [conflict] = report("merge", *sides, "-o", out)["conflicts"]
    found = report("merge", *sides, "-o", out, "--choose", f"{conflict['id']}=canvas")
    assert found["conflicts"][0]["id"] == conflict["id"] and found["conflicts"][0]["chosen"] == "canvas"
    assert "four" in out.read_text("utf-8") and found["removed"] == []
    for choice in (f"{conflict['id']}=maybe", "nothing", "another=editor"):
        refused("merge", *sides, "-o", tmp_path / "not.otio", "--choose", choice)
    assert not (tmp_path / "not.otio").exists()


def test_merging_what_did_not_change_gives_the_editors_cut(tmp_path: Path) -> None:
    base, editor, _ = story(tmp_path)
    out = tmp_path / "out.otio"
    found = report("merge", base, editor, base, "-o", out)
    assert not any(found["summary"].values()) or found["summary"]["removed"]
    assert all(not pair["changes"] for pair in report("diff", editor, out)["pairs"])


def test_merge_prints_the_same_bytes_twice(tmp_path: Path) -> None:
    sides, out = story(tmp_path), tmp_path / "out.otio"
    first = run("merge", *sides, "-o", out, "--json")[1], out.read_bytes()
    assert first == (run("merge", *sides, "-o", out, "--json")[1], out.read_bytes())


def test_an_input_is_replaced_only_by_force(tmp_path: Path) -> None:
    sides = story(tmp_path)
    before = sides[1].read_bytes()
    error = refused("merge", *sides, "-o", sides[1])
    assert "--force" in error["hint"] and sides[1].read_bytes() == before
    (tmp_path / "link.otio").symlink_to(sides[1])
    refused("merge", *sides, "-o", tmp_path / "link.otio")
    assert run("merge", *sides, "-o", sides[1], "--force")[0] == 0 and sides[1].read_bytes() != before


def test_merge_says_in_words_what_it_did_and_what_is_open(tmp_path: Path) -> None:
    code, out, _ = run("merge", *story(tmp_path), "-o", tmp_path / "out.otio")
    assert code == 0 and "three_take2.mov" in out and "Conflicts" in out and "--choose" in out


# --- convert ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["fcpxml", "xml", "edl"])
def test_a_converted_cut_has_every_clip_at_its_place(suffix: str, tmp_path: Path) -> None:
    base, _, _ = story(tmp_path)
    out = tmp_path / f"out.{suffix}"
    found = report("convert", base, out)
    assert found["file"] == out.name and found["source"]["file"] == "base.otio" and found["target"] == ""
    read = report("diff", base, out, *(["--rate", "25"] if suffix == "edl" else []))
    assert [pair["record"]["b"] for pair in read["pairs"]] == [[0, 50], [50, 100], [100, 150], [150, 200]]


def test_what_a_format_cannot_say_goes_to_standard_error(tmp_path: Path) -> None:
    cut = timeline(clip("one", 0, 50))
    cut["tracks"]["children"] += timeline(clip("over it", 0, 20))["tracks"]["children"]
    a = write(tmp_path / "a.otio", cut)
    code, out, err = run("convert", a, tmp_path / "b.edl", "--json")
    losses = json.loads(out)["losses"]
    assert code == 0 and losses and losses[0].split()[0] in err


def test_an_editor_that_cannot_import_the_format_is_named(tmp_path: Path) -> None:
    base, _, _ = story(tmp_path)
    assert "avid" in refused("convert", base, tmp_path / "x.fcpxml", "--for", "avid")["message"]
    assert "resolve" in refused("convert", base, tmp_path / "x.otio", "--for", "netscape")["hint"]
    assert not list(tmp_path.glob("x.*"))


# --- bad input --------------------------------------------------------------------------------------------


def bad(folder: Path, what: str) -> Path:
    path = folder / "bad.otio"
    whole = json.dumps(timeline(clip("one", 0, 50)))
    texts = {"half written": whole[: len(whole) // 2], "empty": "", "no timeline": "Dear diary", "a number": "7"}
    if what == "folder":
        path.mkdir()
    elif what == "deep":
        path.write_text('{"OTIO_SCHEMA":' * 5000)
    elif what in texts:
        path.write_text(texts[what])
    return path


@pytest.mark.parametrize("what", ["missing", "folder", "half written", "empty", "no timeline", "a number", "deep"])
def test_what_is_no_timeline_is_refused_in_words(what: str, tmp_path: Path) -> None:
    base, editor, canvas = story(tmp_path)
    given, out = bad(tmp_path, what), tmp_path / "out.otio"
    for words in (("diff", base, given), ("merge", base, editor, given, "-o", out), ("convert", given, out)):
        assert "bad.otio" in refused(*words)["message"] or what == "deep"
    assert not out.exists() and canvas.exists()


def test_the_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    base, _, _ = story(tmp_path)
    misnamed = tmp_path / "misnamed.xml"
    misnamed.write_bytes(base.read_bytes())
    assert report("diff", base, misnamed)["b"]["format"] == "otio"


def test_cuts_at_other_rates_and_unknown_rates_are_refused_in_a_merge(tmp_path: Path) -> None:
    sides, out = story(tmp_path), tmp_path / "out.otio"
    other = write(tmp_path / "other.otio", timeline(clip("one", 0, 50, rate=30.0), rate=30.0))
    assert refused("merge", sides[0], sides[1], other, "-o", out)["code"] == "cut_mismatch"
    assert refused("diff", sides[0], sides[1], "--rate", "twelve")["code"] == "unknown_rate"
    assert not out.exists()


def test_one_of_several_timelines_is_taken_by_its_name(tmp_path: Path) -> None:
    event = "".join(
        f'<project name="{name}"><sequence format="r1" duration="2s"><spine><gap name="g" duration="1s"/>'
        f'<video name="in {name}" ref="r2" duration="1s" offset="1s"/></spine></sequence></project>'
        for name in ("first", "second")
    )
    document = tmp_path / "two.fcpxml"
    document.write_text(
        '<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.10"><resources>'
        '<format id="r1" frameDuration="1/25s" width="640" height="360"/><effect id="r2" name="Solid" uid="x"/>'
        f'</resources><library><event name="e">{event}</event></library></fcpxml>'
    )
    assert report("diff", document, document)["pairs"][0]["name"] == "in first"
    assert report("diff", document, document, "--timeline", "second")["pairs"][0]["name"] == "in second"
    assert "third" in refused("diff", document, document, "--timeline", "third")["message"]


def test_what_the_system_refuses_is_said_in_words(tmp_path: Path) -> None:
    base, _, _ = story(tmp_path)
    refused("diff", base, tmp_path / ("x" * 300 + ".otio"))
    os.mkfifo(tmp_path / "pipe.otio")  # nobody writes to it: to read it would be to wait for ever
    assert "no file" in refused("diff", base, tmp_path / "pipe.otio")["message"]


def test_a_fault_of_ours_has_words_and_a_place_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, editor, _ = story(tmp_path)

    def broken(*_: object, **__: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("takebridge.services.cuts.diff", broken)
    error = refused("diff", base, editor)
    assert "KeyError at test_cut_commands.py" in error["details"]["fault"]


def test_out_needs_a_folder_and_a_known_suffix(tmp_path: Path) -> None:
    sides = story(tmp_path)
    assert "none" in refused("merge", *sides, "-o", tmp_path / "none" / "out.otio")["message"]
    assert refused("merge", *sides, "-o", tmp_path / "out.txt")["code"] == "unsupported_format"


# --- over HTTP --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running_server(tmp_path_factory.mktemp("cuts") / "home") as client:
        yield Api(client)


def test_the_bridge_answers_what_the_command_prints(api: Api, tmp_path: Path) -> None:
    sides, out = story(tmp_path), tmp_path / "out.otio"
    assert api.diff_cuts(sides[0], sides[1]).model_dump(mode="json") == report("diff", sides[0], sides[1])
    printed = report("merge", *sides, "-o", out)
    answered = api.merge_cuts(*sides, "out.otio").model_dump(mode="json")
    assert answered.pop("document") == {"name": "out.otio", "content": b64encode(out.read_bytes()).decode()}
    assert answered == printed
    edl = tmp_path / "out.edl"
    printed = report("convert", sides[0], edl)
    answered = api.convert_cut(sides[0], "out.edl").model_dump(mode="json")
    assert answered.pop("document")["content"] == b64encode(edl.read_bytes()).decode()
    assert answered == printed


def test_the_bridge_refuses_with_the_same_words(api: Api, tmp_path: Path) -> None:
    sides = story(tmp_path)
    with pytest.raises(InvalidDocumentError, match=r"bad\.otio") as told:
        api.diff_cuts(sides[0], bad(tmp_path, "half written"))
    assert "takebridge-" not in told.value.message
    with pytest.raises(NotFoundError):
        api.diff_cuts(sides[0], tmp_path / "none.otio")
    with pytest.raises(CutMismatchError):
        api.merge_cuts(*sides, "out.otio", choices={"no such": "editor"})
    with pytest.raises(UsageError, match="bundle"):
        api.convert_cut(sides[0], "out.fcpxmld")


@pytest.mark.parametrize(
    "name", ["../out.otio", "/etc/out.otio", "a\\b.otio", "..", "c:x.otio", "", "x" * 300 + ".otio"]
)
def test_the_bridge_takes_names_and_no_paths(name: str, api: Api, tmp_path: Path) -> None:
    base, _, _ = story(tmp_path)
    sent = {"name": "base.otio", "content": b64encode(base.read_bytes()).decode()}
    client: BridgeClient = api.client
    for body in ({"source": sent, "out": name}, {"source": {**sent, "name": name}, "out": "out.otio"}):
        with pytest.raises(UsageError, match="The request is not valid"):
            client.post("/api/cuts/convert", body)
    with pytest.raises(UsageError, match="The request is not valid"):
        client.post("/api/cuts/convert", {"source": {**sent, "content": "not base64!"}, "out": "out.otio"})
