"""The App Store's free 21.1: the mailbox lies in its container; the bridge looks there as the install said so."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path

import pytest
from tests.support.resolve_person import world
from tests.support.server import PATIENCE, RunningServer, running_server

from takebridge.hosts.protocol import PingArgs
from takebridge.store.data_folder import DataFolder
from takebridge_resolve.emulator import World
from takebridge_resolve.emulator.lua_host import LuaHost
from takebridge_resolve.install import Machine
from takebridge_server import mailbox
from takebridge_server.app import build_app
from takebridge_server.resolve_setup import remove, set_up
from takebridge_server.settings import Settings
from takebridge_server.setup_note import NOTE, mailbox_folder, read_note


@pytest.fixture
def mac(tmp_path: Path) -> Machine:
    return Machine("darwin", tmp_path / "ann", {}, tmp_path / "top")


@pytest.fixture
def container(mac: Machine) -> Path:
    data = mac.home / "Library/Containers/com.blackmagic-design.DaVinciResolveLite/Data"
    data.mkdir(parents=True)
    return data


def test_a_bridge_and_the_installed_agent_meet_in_the_container(
    mac: Machine, container: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "PACE", mailbox.Pace(idle=0.05))
    home, prefs = tmp_path / "data", container / "Fusion.prefs"
    set_up(mac, home, scope="user", agents="lua", dry_run=False)
    home.chmod(0o700)
    script = container / "Library/Application Support/Fusion/Scripts/Utility/TakeBridge Lua.lua"
    settings = Settings(home=home, fusion_prefs=prefs)
    with DataFolder(home) as folder, contextlib.ExitStack() as closing:
        build = functools.partial(build_app, settings, folder.layout, closing=closing)
        running: RunningServer = closing.enter_context(running_server(home, build=build))
        # The host's own mailbox is elsewhere: the agent goes by what the install wrote into its file.
        host = LuaHost(
            World.from_spec(world(), "21.1 free"), tmp_path / "none", mailbox=tmp_path / "x", prefs=prefs, script=script
        ).start()
        try:
            running.wait_until(running.shell.hub.list)
            session = running.on_loop(running.shell.hub.current)
            assert running.start(session.call("agent.ping", PingArgs())).result(PATIENCE).outcome == "verified"
            assert not (home / "mailbox").exists()
        finally:
            host.stop()


def test_which_mailbox_counts(mac: Machine, container: Path, tmp_path: Path) -> None:
    """Asked for, else installed, else below the data folder; a note nobody can read is none."""
    home = tmp_path / "data"
    assert mailbox_folder(Settings(home=home)) == home / "mailbox"
    set_up(mac, home, scope="user", agents="lua", dry_run=False)
    assert mailbox_folder(Settings(home=home)).is_relative_to(container)
    assert mailbox_folder(Settings(home=home, mailbox=tmp_path / "asked")) == tmp_path / "asked"
    for text in ("", "[]", '{"mailbox": "relative"}', '{"mailbox": 3}'):
        (home / NOTE).write_text(text)
        assert read_note(home) is None
        assert mailbox_folder(Settings(home=home)) == home / "mailbox"


def test_uninstalling_takes_an_empty_mailbox_along(mac: Machine, container: Path, tmp_path: Path) -> None:
    set_up(mac, tmp_path / "data", scope="user", agents="lua", dry_run=False)
    mailbox_folder(Settings(home=tmp_path / "data")).mkdir()
    remove(mac, tmp_path / "data", scope="user", dry_run=False)
    assert [path for path in container.rglob("*") if path.is_file() or "mailbox" in path.name] == []
