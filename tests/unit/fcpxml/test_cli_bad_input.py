"""Every bad input: a code, a message, the next step, exit 2 (or a finding), no traceback and nothing half written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.support.fcpxml import film
from tests.support.full_disk import fill, small_drive

from takebridge_fcpxml.cli import main

BOMB = '<!DOCTYPE fcpxml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<fcpxml version="1.10">&b;</fcpxml>'
DEEP = '<fcpxml version="1.10">' + "<a>" * 100_000 + "</a>" * 100_000 + "</fcpxml>"

UNREADABLE = {
    "not XML": (b"EDL 001 V C 00:00:00:00", "not_fcpxml", None),
    "empty": (b"", "not_fcpxml", None),
    "xmeml": (b'<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"/>', "not_fcpxml", None),
    "html": (b"<!DOCTYPE html><html></html>", "not_fcpxml", None),
    "cut off": (b'<fcpxml version="1.10">\n<resources>', "malformed_xml", 2),
    "entity bomb": (BOMB.encode(), "unsafe_xml", 1),
    "nested 100,000 deep": (DEEP.encode(), "too_large", 1),
    "wrong encoding": (b'<?xml version="1.0" encoding="utf-16"?><fcpxml/>x', "malformed_xml", None),
}


def error_of(captured: str) -> dict[str, object]:
    data = json.loads(captured)
    assert set(data) == {"error"}
    assert set(data["error"]) == {"code", "message", "hint", "path", "line"}
    error: dict[str, object] = data["error"]
    return error


def nothing_new(folder: Path, *known: str) -> None:
    """No output and no partial file stands in the folder."""
    assert sorted(entry.name for entry in folder.iterdir()) == sorted(known)


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("command", ["info", "lint", "convert", "diff"])
def test_what_cannot_be_read_is_an_error(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, code, line = UNREADABLE[name]
    file = tmp_path / "film.fcpxml"
    file.write_bytes(data)
    words = {"convert": [str(file), str(tmp_path / "out.fcpxml")], "diff": [str(file), str(file)]}
    asked = [command, *words.get(command, [str(file)])]
    assert main(asked) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, *rest = err.splitlines()
    assert first.startswith("error: ")
    assert any(text.startswith("hint: ") for text in rest)
    assert "Traceback" not in err
    assert main([*asked, "--json"]) == 2
    error = error_of(capsys.readouterr().out)
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]
    if line is not None:
        assert error["line"] == line
    nothing_new(tmp_path, "film.fcpxml")


@pytest.mark.parametrize("name", ["missing.fcpxml", "empty-folder"])
def test_what_is_not_there_is_an_error(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty-folder").mkdir()
    assert main(["info", str(tmp_path / name), "--json"]) == 2
    error = error_of(capsys.readouterr().out)
    assert error["code"] == {"missing.fcpxml": "file", "empty-folder": "not_fcpxml"}[name]
    assert name in str(error["message"])


def test_a_bundle_that_claims_two_gigabytes_is_refused_before_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "film.fcpxmld"
    bundle.mkdir()
    with (bundle / "Info.fcpxml").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert main(["convert", str(bundle), str(tmp_path / "out.fcpxml"), "--json"]) == 2
    assert error_of(capsys.readouterr().out)["code"] == "too_large"
    nothing_new(tmp_path, "film.fcpxmld")


CLIP = '<asset-clip ref="r2" name="A" offset="{offset}" duration="24024/24000s"/>'
ASSET = (
    '<asset id="r2" name="A.mov" start="0s" duration="3600s" hasVideo="1" format="r1">'
    '<media-rep src="file:///a.mov"/></asset>'
)
GOOD = CLIP.format(offset="86486400/24000s")


def document(story: str = GOOD, resources: str = ASSET, version: str = "1.10") -> bytes:
    return film(story, resources=resources, version=version).to_bytes()


FINDINGS = {
    "dangling reference": document(resources=""),
    "duplicate ids": document(resources=ASSET + ASSET),
    "overlapping spine items": document(GOOD + CLIP.format(offset="86498412/24000s")),
    "missing frameDuration": document().replace(b'frameDuration="1001/24000s" ', b""),
    "version 1.99": document(version="1.99"),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_what_means_nothing_is_a_finding(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "film.fcpxml"
    file.write_bytes(FINDINGS[name])
    assert main(["lint", str(file)]) == 1
    text = capsys.readouterr().out
    assert text.startswith("Severity")
    assert all(len(line) <= 100 for line in text.splitlines())
    assert main(["lint", str(file), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    bad = [finding for finding in data["findings"] if finding["severity"] in ("error", "warning")]
    assert bad
    assert data["errors"] + data["warnings"] == len(bad)
    assert all(finding["code"] and finding["message"] and finding["hint"] for finding in bad)
    assert any(finding["line"] and finding["path"] for finding in bad)


@pytest.mark.parametrize("name", FINDINGS)
def test_what_means_nothing_is_still_told_rewritten_and_compared(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "film.fcpxml", tmp_path / "out.fcpxml"
    file.write_bytes(FINDINGS[name])
    assert main(["info", str(file)]) in (0, 1)
    assert main(["convert", str(file), str(out)]) in (0, 1)
    assert out.read_bytes() == FINDINGS[name]
    assert main(["diff", str(file), str(out)]) == 0
    assert capsys.readouterr().err == ""


def test_an_empty_library_is_clean_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "film.fcpxml"
    file.write_text('<fcpxml version="1.10"><resources/><library/></fcpxml>')
    assert main(["info", str(file)]) == 0
    assert main(["lint", str(file)]) in (0, 1)
    assert main(["convert", str(file), str(tmp_path / "out.fcpxml")]) == 0
    assert capsys.readouterr().err == ""


def test_a_broken_time_is_written_as_it_stood_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "film.fcpxml", tmp_path / "out.fcpxml"
    data = document(CLIP.format(offset="soon"))
    file.write_bytes(data)
    assert main(["convert", str(file), str(out), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert out.read_bytes() == data
    assert [(problem["code"], bool(problem["line"])) for problem in told["problems"]] == [("bad_time", True)]


def test_a_folder_in_the_way_of_the_output_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "film.fcpxml").write_bytes(document())
    (tmp_path / "out.fcpxml").mkdir()
    assert main(["convert", str(tmp_path / "film.fcpxml"), str(tmp_path / "out.fcpxml"), "--json"]) == 2
    assert error_of(capsys.readouterr().out)["code"] == "file"
    nothing_new(tmp_path, "film.fcpxml", "out.fcpxml")


def test_a_folder_that_does_not_exist_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "film.fcpxml").write_bytes(document())
    assert main(["convert", str(tmp_path / "film.fcpxml"), str(tmp_path / "no" / "out.fcpxml")]) == 2
    assert "hint: " in capsys.readouterr().err
    nothing_new(tmp_path, "film.fcpxml")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind: did NOT run")
def test_no_permission_to_write_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "film.fcpxml").write_bytes(document())
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert main(["convert", str(tmp_path / "film.fcpxml"), str(locked / "out.fcpxml")]) == 2
    assert "hint: " in capsys.readouterr().err
    nothing_new(locked)


@pytest.mark.parametrize("suffix", [".fcpxml", ".fcpxmld"])
def test_a_refused_write_leaves_no_part_behind(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: int) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "film.fcpxml").write_bytes(document())
    monkeypatch.setattr(os, "fsync", refuse)
    assert main(["convert", str(tmp_path / "film.fcpxml"), str(tmp_path / f"out{suffix}"), "--json"]) == 2
    error = error_of(capsys.readouterr().out)
    assert (error["code"], "Permission denied" in str(error["message"])) == ("file", True)
    nothing_new(tmp_path, "film.fcpxml")


@pytest.mark.parametrize("suffix", [".fcpxml", ".fcpxmld"])
def test_a_full_disk_leaves_what_was_there(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "film.fcpxml"
    source.write_bytes(document(GOOD + " " * 400_000))
    with small_drive(tmp_path / "drive", 128) as drive:
        ballast = fill(drive)
        assert main(["convert", str(source), str(drive / f"out{suffix}"), "--json"]) == 2
        nothing_new(drive, ballast.name)
    error = error_of(capsys.readouterr().out)
    assert error["code"] == "file"
    assert "space" in str(error["message"])
