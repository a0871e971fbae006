"""``takebridge install resolve``: copies, upgrades, removes, and never touches what is not ours."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from takebridge.errors import UnsafeFolderError
from takebridge_resolve.install import Found, Machine
from takebridge_server.resolve_doctor import diagnose_resolve
from takebridge_server.resolve_setup import chosen, remove, set_up
from takebridge_server.setup_note import NOTE, read_note

FOREIGN = "print('mine')\n"


@pytest.fixture
def here(tmp_path: Path) -> Machine:
    return Machine("linux", tmp_path / "ann", {}, tmp_path / "top")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data"


def scripts(here: Machine) -> Path:
    return here.home / ".local/share/DaVinciResolve/Fusion/Scripts/Utility"


def put(here: Machine, home: Path, **options: object) -> object:
    return set_up(here, home, **{"scope": "user", "agents": "auto", "dry_run": False, **options})  # type: ignore[arg-type]


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_both_agents_are_copied_where_the_edition_is_unknown(here: Machine, home: Path) -> None:
    put(here, home)
    assert listed(scripts(here)) == ["TakeBridge Lua.lua", "TakeBridge.py"]
    ast.parse((scripts(here) / "TakeBridge.py").read_text("utf-8"))
    assert str(home / "mailbox") in (scripts(here) / "TakeBridge Lua.lua").read_text("utf-8")


def test_the_note_says_where_the_agents_are_and_which_mailbox_they_have(here: Machine, home: Path) -> None:
    put(here, home)
    note = read_note(home)
    assert note is not None
    assert note.mailbox == home / "mailbox"
    assert sorted(path.name for path in note.agents) == ["TakeBridge Lua.lua", "TakeBridge.py"]


def test_a_dry_run_touches_nothing(here: Machine, home: Path) -> None:
    report = put(here, home, dry_run=True)
    assert [action for action, _path, _why in report.steps] == ["write", "write"]  # type: ignore[attr-defined]
    assert not scripts(here).exists()
    assert not (home / NOTE).exists()


def test_installing_again_changes_no_byte(here: Machine, home: Path) -> None:
    put(here, home)
    before = {path: path.stat().st_mtime_ns for path in scripts(here).iterdir()}
    report = put(here, home)
    assert {action for action, _path, _why in report.steps} == {"keep"}  # type: ignore[attr-defined]
    assert {path: path.stat().st_mtime_ns for path in scripts(here).iterdir()} == before


def test_an_older_agent_is_replaced_and_a_strangers_file_is_not(here: Machine, home: Path) -> None:
    scripts(here).mkdir(parents=True)
    (scripts(here) / "TakeBridge.py").write_text('"""The TakeBridge agent 0.0.1."""\n')
    (scripts(here) / "TakeBridge Lua.lua").write_text(FOREIGN)
    report = put(here, home)
    assert report.refused  # type: ignore[attr-defined]
    assert "agent 0.0.1" not in (scripts(here) / "TakeBridge.py").read_text("utf-8")
    assert (scripts(here) / "TakeBridge Lua.lua").read_text() == FOREIGN


def test_a_link_becomes_a_copy_and_what_it_pointed_at_stays(here: Machine, home: Path, tmp_path: Path) -> None:
    scripts(here).mkdir(parents=True)
    (tmp_path / "elsewhere.py").write_text(FOREIGN)
    (scripts(here) / "TakeBridge.py").symlink_to(tmp_path / "elsewhere.py")
    put(here, home)
    assert not (scripts(here) / "TakeBridge.py").is_symlink()
    assert (tmp_path / "elsewhere.py").read_text() == FOREIGN


def test_choosing_one_agent_takes_the_other_out(here: Machine, home: Path) -> None:
    put(here, home)
    put(here, home, agents="lua")
    assert listed(scripts(here)) == ["TakeBridge Lua.lua"]


def test_removing_takes_only_ours(here: Machine, home: Path) -> None:
    put(here, home, agents="python")
    (scripts(here) / "TakeBridge Lua.lua").write_text(FOREIGN)
    (scripts(here) / "other.py").write_text(FOREIGN)
    remove(here, home, scope="user", dry_run=False)
    assert listed(scripts(here)) == ["TakeBridge Lua.lua", "other.py"]
    assert read_note(home) is None


def test_removing_what_is_not_there_is_no_error(here: Machine, home: Path) -> None:
    assert remove(here, home, scope="user", dry_run=False).steps == ()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_one_may_not_write_is_said_with_the_way_out(here: Machine, home: Path) -> None:
    scripts(here).mkdir(parents=True)
    scripts(here).chmod(0o500)
    with pytest.raises(UnsafeFolderError) as caught:
        put(here, home)
    assert "administrator" in caught.value.hint
    assert listed(scripts(here)) == []


def test_a_file_in_the_place_of_a_folder_is_said_in_words(here: Machine, home: Path) -> None:
    scripts(here).parent.mkdir(parents=True)
    scripts(here).write_text("")
    with pytest.raises(UnsafeFolderError):
        put(here, home)


@pytest.mark.parametrize(
    ("found", "agents"),
    [
        ((), ("python", "lua")),
        ((Found(Path("a"), "21.1.0", "free"),), ("lua",)),
        ((Found(Path("a"), "20.3.2", "free"),), ("python", "lua")),
        ((Found(Path("a"), "21.1.0", "studio"),), ("python",)),
        ((Found(Path("a"), "21.1.0"),), ("python", "lua")),
        ((Found(Path("a"), "21.1.0", "free"), Found(Path("b"), "20.3")), ("python", "lua")),
    ],
)
def test_the_agent_goes_by_edition_and_version(found: tuple[Found, ...], agents: tuple[str, ...]) -> None:
    assert chosen(found, "auto") == agents


# --- the doctor -----------------------------------------------------------------------------------------


def said(here: Machine, home: Path) -> dict[str, tuple[bool, str, str]]:
    return {check.name: (check.ok, check.message, check.hint) for check in diagnose_resolve(home, here).checks}


def test_the_doctor_names_the_install_first_where_no_agent_is_there(here: Machine, home: Path) -> None:
    first = diagnose_resolve(home, here).first
    assert first is not None
    assert (first.name, "takebridge install resolve" in first.hint) == ("Agent file", True)


def test_the_doctor_knows_a_current_agent_from_an_old_one(here: Machine, home: Path) -> None:
    put(here, home, agents="python")
    assert said(here, home)["Agent file"][0] is False  # the Lua agent is missing, this edition is unknown
    put(here, home)
    assert said(here, home)["Agent file"][0] is True
    (scripts(here) / "TakeBridge.py").write_text('"""The TakeBridge agent 0.0.1."""\n')
    wrong = [check for check in diagnose_resolve(home, here).checks if not check.ok and check.name == "Agent file"]
    assert "another release" in wrong[0].message


def test_the_doctor_finds_an_agent_in_a_folder_resolve_does_not_list(here: Machine, home: Path) -> None:
    put(here, home)
    (scripts(here).parent / "TakeBridge.py").write_text((scripts(here) / "TakeBridge.py").read_text("utf-8"))
    ok, message, hint = said(here, home)["Script folder"]
    assert not ok
    assert str(scripts(here).parent / "TakeBridge.py") in message
    assert hint


def test_the_doctor_sees_a_link(here: Machine, home: Path) -> None:
    put(here, home)
    agent = scripts(here) / "TakeBridge.py"
    agent.rename(home / "agent.py")
    agent.symlink_to(home / "agent.py")
    assert any("is a link" in check.message for check in diagnose_resolve(home, here).checks if not check.ok)


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
def test_the_doctor_says_where_a_python_is_wanted(platform: str, tmp_path: Path, home: Path) -> None:
    ok, _message, hint = said(Machine(platform, tmp_path / "ann", {}, tmp_path / "top"), home)["Python"]
    assert not ok
    assert "python" in hint.casefold()


def test_the_doctor_finds_the_python_resolve_would_use(here: Machine, home: Path) -> None:
    python = here.below("usr", "bin", "python3")
    python.parent.mkdir(parents=True)
    python.touch()
    assert said(here, home)["Python"][:2] == (True, f"Resolve up to 21.0 will use {python}")


def test_the_doctor_looks_at_this_very_machine_without_a_traceback(home: Path) -> None:
    checks = diagnose_resolve(home).checks
    assert all(check.ok or check.hint for check in checks)
    assert sys.platform in ("linux", "darwin", "win32")
