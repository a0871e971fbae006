"""``takebridge install resolve`` as a person runs it: a process of its own, a HOME of its own."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from takebridge_server.cli import app

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the folders below are those of Linux")

SCRIPTS = Path(".local/share/DaVinciResolve/Fusion/Scripts/Utility")
AGENTS = ["TakeBridge Lua.lua", "TakeBridge.py"]


@pytest.fixture
def ann(tmp_path: Path) -> Path:
    """A home folder with blanks and umlauts."""
    home = tmp_path / "Änne Maß (Schnitt)"
    home.mkdir()
    return home


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "takebridge_server", "install", "resolve", *words]


def environment(ann: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TAKEBRIDGE_", "RESOLVE_"))}
    return {**kept, "HOME": str(ann), "COLUMNS": "300", **more}


def say(ann: Path, *words: str, **more: str) -> tuple[int, str]:
    """Exit code and all that was printed, from a process of its own."""
    done = subprocess.run(
        command(*words), env=environment(ann, **more), capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def run(ann: Path, *words: str, **more: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one document of ``--json``; in this process, as starting one takes seconds."""
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.startswith(("TAKEBRIDGE_", "RESOLVE_"))]:
            patched.delenv(name)
        for name, value in {"HOME": str(ann), **more}.items():
            patched.setenv(name, value)
        done = CliRunner().invoke(app, ["install", "resolve", *words, "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_install_again_and_uninstall(ann: Path) -> None:
    code, said = say(ann)
    assert code == 0
    assert "Workspace > Scripts > TakeBridge" in said
    assert sorted(path.name for path in (ann / SCRIPTS).iterdir()) == AGENTS
    assert all(str(ann / SCRIPTS / name) in said for name in AGENTS)
    ast.parse((ann / SCRIPTS / "TakeBridge.py").read_text("utf-8"))
    code, report = run(ann)
    assert (code, {action for action, _path, _why in report["steps"]}) == (0, {"keep"})
    code, report = run(ann, "--uninstall")
    assert (code, [action for action, _path, _why in report["steps"]]) == (0, ["remove", "remove"])
    assert files(ann) == []
    code, said = say(ann, "--uninstall")
    assert (code, "Nothing of ours" in said) == (0, True)


def test_the_lua_agent_is_made_for_the_data_folder_the_bridge_will_use(ann: Path) -> None:
    """Umlauts are written as byte escapes, which Lua 5.1 reads whatever the file's encoding is taken for."""
    run(ann)
    text = (ann / SCRIPTS / "TakeBridge Lua.lua").read_text("utf-8")
    spelled = str(ann / ".local/share/takebridge/mailbox").encode()
    assert b"".join(bytes([byte]) if byte < 127 else b"\\%03d" % byte for byte in spelled).decode() in text


def test_a_dry_run_says_the_same_and_writes_nothing(ann: Path) -> None:
    code, said = say(ann, "--dry-run")
    assert (code, said.count("would be written")) == (0, 2)
    assert files(ann) == []
    code, report = run(ann, "--dry-run", "--all-users")
    assert code == 0 and report["dry_run"]
    assert all(path.startswith("/opt/resolve/Fusion/Scripts/Utility/") for _action, path, _why in report["steps"])


@pytest.mark.parametrize(("agent", "left"), [("python", AGENTS[1:]), ("lua", AGENTS[:1]), ("both", AGENTS)])
def test_one_agent_or_both(ann: Path, agent: str, left: list[str]) -> None:
    assert run(ann, "--agent", agent)[0] == 0
    assert sorted(path.name for path in (ann / SCRIPTS).iterdir()) == left


def test_an_unknown_agent_is_refused_with_what_there_is(ann: Path) -> None:
    code, said = say(ann, "--agent", "perl")
    assert code == 2 and "python" in said and files(ann) == []


def test_an_older_agent_is_upgraded_and_a_strangers_file_stays(ann: Path) -> None:
    (ann / SCRIPTS).mkdir(parents=True)
    (ann / SCRIPTS / "TakeBridge.py").write_text('"""The TakeBridge agent 0.0.1 for DaVinci Resolve."""\n')
    (ann / SCRIPTS / "TakeBridge Lua.lua").write_text("-- my own\n")
    code, said = say(ann)
    assert code == 1
    assert "replaced" in said and "left alone" in said and "Move it away" in said
    assert "0.0.1" not in (ann / SCRIPTS / "TakeBridge.py").read_text("utf-8")[:200]
    assert (ann / SCRIPTS / "TakeBridge Lua.lua").read_text() == "-- my own\n"


def test_a_script_folder_that_is_a_file_is_named(ann: Path) -> None:
    (ann / SCRIPTS).parent.mkdir(parents=True)
    (ann / SCRIPTS).write_text("hello")
    code, document = run(ann)
    assert (code, document["error"]["code"]) == (1, "unsafe_folder")
    assert str(ann / SCRIPTS) in document["error"]["message"]
    assert "Move it away" in document["error"]["hint"]
    assert (ann / SCRIPTS).read_text() == "hello"


def test_the_mailbox_asked_for_is_the_agents(ann: Path, tmp_path: Path) -> None:
    code, report = run(ann, TAKEBRIDGE_MAILBOX=str(tmp_path / "post"))
    assert (code, report["mailbox"]) == (0, str(tmp_path / "post"))
    assert str(tmp_path / "post") in (ann / SCRIPTS / "TakeBridge Lua.lua").read_text("utf-8")


def test_two_installs_at_once_leave_whole_files(ann: Path) -> None:
    """Both write the same two files and the note at the same time; neither trips over the other's parts."""
    both = [
        subprocess.Popen(command("--json"), env=environment(ann), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in both:
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, (out, err)
    assert sorted(path.name for path in (ann / SCRIPTS).iterdir()) == AGENTS
    assert {action for action, _path, _why in run(ann)[1]["steps"]} == {"keep"}


def test_a_home_that_may_not_be_written_is_said_in_words(tmp_path: Path) -> None:
    """The data folder is a file: the note cannot be kept, so no agent is copied either."""
    home = tmp_path / "ann"
    home.mkdir()
    (tmp_path / "data").write_text("")
    code, document = run(home, "--home", str(tmp_path / "data"))
    assert code == 1 and document["error"]["hint"]
    assert files(home) == []
