"""The commands as an editor meets them: tables, exit codes, help, pipes and terminals."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest
from tests.support.fcpxml import film, require_corpus

from takebridge_fcpxml.cli import main
from takebridge_fcpxml.info import (
    AuditionInfo,
    BrowserClip,
    DocumentInfo,
    EventInfo,
    MediaInfo,
    ProblemInfo,
    StoryItem,
    TimelineInfo,
)

ROOT = Path(__file__).resolve().parents[3]
ASSET = (
    '<asset id="r2" name="Größe 日本.mov" start="0s" duration="3600s" hasVideo="1" format="r1">'
    '<media-rep src="file:///media/A.mov"/></asset>'
)
CLIP = '<asset-clip ref="r2" name="{name}" offset="86486400/24000s" duration="24024/24000s"/>'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "film.fcpxml", CLIP.format(name="Größe 日本"))


def write(path: Path, story: str, version: str = "1.10") -> Path:
    path.write_bytes(film(story, resources=ASSET, version=version).to_bytes())
    return path


def run(words: Sequence[str | Path], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The program as a process of its own."""
    python = os.pathsep.join([str(ROOT / "fcpxml"), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "takebridge_fcpxml", *map(str, words)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": python, **environment},
        timeout=60,
    )


def test_info_reads_like_a_slate(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(file)]) == 0
    text = capsys.readouterr().out
    for line in (
        "Project Film",
        "  Format      1920x1080, 23.98 fps, 1-1-1 (Rec. 709)",
        "  Timecode    01:00:00:00 - 01:00:01:00 (non-drop frame)",
        "  Duration    00:00:01:00 (24 frames)",
        "  Items       1 clip",
        "  Lanes       1 in the primary storyline",
    ):
        assert line in text.splitlines()
    assert "/media/A.mov" in text


def test_info_exits_1_when_something_could_not_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "film.fcpxml", CLIP.format(name="A").replace("24024/24000s", "long"))
    assert main(["info", str(path)]) == 1
    assert "Not readable" in capsys.readouterr().out


def test_lint_of_a_clean_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "film.fcpxml", CLIP.format(name="A.mov"))
    assert main(["lint", str(path)]) == 0
    assert capsys.readouterr().out.rstrip().endswith("in film.fcpxml (FCPXML 1.10).")


def test_lint_with_a_folder_that_is_none_is_an_error(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(file), "--dtd", str(file)]) == 2
    assert "hint: --dtd" in capsys.readouterr().err


def test_lint_without_the_right_dtd_says_so_and_goes_on(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dtds").mkdir()
    main(["lint", str(file), "--dtd", str(tmp_path / "dtds"), "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["severity"] for finding in findings if finding["code"] == "dtd-missing"] == ["info"]


def test_diff_of_equal_files_is_clean(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin = tmp_path / "twin.fcpxml"
    twin.write_bytes(file.read_bytes())
    assert main(["diff", str(file), str(twin)]) == 0
    assert capsys.readouterr().out == "No differences.\n"
    twin.write_bytes(file.read_bytes().replace(b"24024/24000s", b"1001/1000s"))
    assert main(["diff", str(file), str(twin)]) == 0
    assert "apart from how the text is spelled" in capsys.readouterr().out
    assert main(["diff", str(file), str(twin), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["equal"], data["bytes_equal"], data["changes"]) == (True, False, [])


def test_diff_tells_by_timeline_and_timecode(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write(tmp_path / "other.fcpxml", CLIP.format(name="New"))
    assert main(["diff", str(file), str(other)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "project Film"
    assert lines[1].split() == ["Timecode", "What", "Change"]
    assert lines[2].split() == ["01:00:00:00", "New", "renamed,", "was", '"Größe', '日本"']
    assert lines[-1] == "1 difference."
    assert main(["diff", str(file), str(other), "--json"]) == 1
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert (change["kind"], change["before"], change["after"]) == ("renamed", "Größe 日本", "New")


@pytest.mark.parametrize("words", [[], ["info"], ["frobnicate"], ["convert", "a.fcpxml"], ["info", "a", "--no"]])
def test_a_wrong_command_line_exits_2_with_a_hint(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert "hint: usage:" in err
    assert main([*words, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage"


@pytest.mark.parametrize("command", [[], ["info"], ["lint"], ["convert"], ["diff"]])
def test_help_has_examples_and_exit_codes_and_fits(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    text = capsys.readouterr().out
    assert "examples:" in text
    assert "exit codes:" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_mistake_of_the_program_is_a_sentence(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("takebridge_fcpxml.cli.info.describe", broken)
    assert main(["info", str(file)]) == 2
    err = capsys.readouterr().err
    assert "a mistake of takebridge_fcpxml" in err
    assert "RuntimeError: boom" in err
    assert "Traceback" not in err
    assert main(["info", str(file), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "internal"


def test_names_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # U+009B starts a control sequence, U+202E turns the text around.
    path = write(tmp_path / "film.fcpxml", CLIP.format(name="&#x9b;31m&#x202e;x"))
    other = write(tmp_path / "other.fcpxml", CLIP.format(name="y"))
    assert main(["diff", str(other), str(path)]) == 1
    text = capsys.readouterr().out
    assert "\x9b" not in text
    assert "‮" not in text
    assert "\\x9b31m\\u202ex" in text


def test_it_runs_as_a_module(file: Path) -> None:
    done = run(["info", file, "--json"])
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["projects"][0]["name"] == "Film"
    assert run(["info", file.with_name("none.fcpxml")]).returncode == 2


def test_a_terminal_without_the_letters_gets_escapes(file: Path) -> None:
    done = run(["info", file], PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Gr\\xf6\\xdfe" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="pipes as a POSIX shell makes them: did NOT run")
def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    stories = "".join(
        f'<asset-clip ref="r2" name="{number}" offset="{86400 + number}{"0" * 0}/24s" duration="1/24s"/>'
        for number in range(5_000)
    )
    path = write(tmp_path / "film.fcpxml", stories)
    python = os.pathsep.join([str(ROOT / "fcpxml"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "takebridge_fcpxml", "info", str(path), "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": python}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait(60) == 0
    assert error == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here: did NOT run")
def test_output_that_cannot_be_written_is_an_error(file: Path) -> None:
    python = os.pathsep.join([str(ROOT / "fcpxml"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "takebridge_fcpxml", "info", str(file)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, check=False, env={**os.environ, "PYTHONPATH": python}
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: The output could not be written.")


def test_only_otio_files_import_opentimelineio(file: Path) -> None:
    script = (
        "import sys; from takebridge_fcpxml.cli import main; "
        f"main(['info', {str(file)!r}]); main(['lint', {str(file)!r}]); main(['diff', {str(file)!r}, {str(file)!r}]); "
        f"main(['convert', {str(file)!r}, {str(file)!r}, '--version', '1.9', '--target', 'resolve']); "
        "sys.exit('opentimelineio' in sys.modules)"
    )
    python = os.pathsep.join([str(ROOT / "fcpxml"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": python}
    )
    assert done.returncode == 0, done.stderr


def test_tables_of_real_files_fit_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for path in require_corpus():
        assert main(["info", str(path)]) == 0
        assert main(["lint", str(path)]) in (0, 1)
        out, err = capsys.readouterr()
        assert err == ""
        wide = [line for line in out.splitlines() if len(line) > 100]
        assert wide == [], path.name


def test_a_name_that_begins_with_a_dash_gets_a_hint(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(file.parent)
    Path("-cut.fcpxml").write_bytes(file.read_bytes())
    assert main(["info", "-cut.fcpxml"]) == 2
    assert "./-cut.fcpxml" in capsys.readouterr().err
    assert main(["info", "./-cut.fcpxml"]) == 0
    capsys.readouterr()


def test_a_folder_that_is_no_bundle_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "."]) == 2
    assert capsys.readouterr().err.startswith("error: . is a folder without Info.fcpxml.")


def test_the_length_of_sound_is_told_in_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = '<asset id="r9" name="Zap" duration="8192/1575s" hasAudio="1"><media-rep src="file:///z.wav"/></asset>'
    film("", resources=sound).write(tmp_path / "film.fcpxml")
    assert main(["info", str(tmp_path / "film.fcpxml")]) == 0
    assert "5.201 s" in capsys.readouterr().out
    assert main(["info", str(tmp_path / "film.fcpxml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["media"][0]["duration"] == "8192/1575s"


@pytest.mark.parametrize(
    "record", [DocumentInfo, EventInfo, TimelineInfo, StoryItem, AuditionInfo, MediaInfo, BrowserClip, ProblemInfo]
)
def test_help_names_every_field_of_the_json(record: type, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--help"]) == 0
    words = set(re.findall(r"[a-z_]+", capsys.readouterr().out))
    assert [field.name for field in fields(record) if field.name not in words] == []
