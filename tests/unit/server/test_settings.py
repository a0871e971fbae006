from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from takebridge.errors import UnsafeFolderError, UsageError
from takebridge_server.settings import ENVIRONMENT, Settings, default_home, load_settings, prepare_home


def test_defaults(tmp_path: Path) -> None:
    settings = load_settings({"HOME": str(tmp_path)})
    assert (settings.host, settings.port, settings.handles, settings.ffmpeg) == ("127.0.0.1", 0, 12, None)
    assert settings.log_level == "info"


def test_every_variable_is_read() -> None:
    values = {
        "TAKEBRIDGE_HOME": "/data/bridge",
        "TAKEBRIDGE_HOST": "127.0.0.1",
        "TAKEBRIDGE_PORT": "8123",
        "TAKEBRIDGE_FFMPEG": "/opt/ffmpeg",
        "TAKEBRIDGE_HANDLES": "24",
        "TAKEBRIDGE_LOG_LEVEL": "debug",
        "TAKEBRIDGE_EXCHANGE": "/exchange",
        "TAKEBRIDGE_EXCHANGE_RATE": "29.97",
        "TAKEBRIDGE_FINAL_CUT": "/final cut",
        "TAKEBRIDGE_FINAL_CUT_LIBRARY": "/Films/Film.fcpbundle",
        "TAKEBRIDGE_MAILBOX": "/mailbox",
        "TAKEBRIDGE_FUSION_PREFS": "/profile/Fusion.prefs",
        "TAKEBRIDGE_LISTEN": "192.168.1.20:8443",
        "TAKEBRIDGE_TLS_CERT": "/tls/bridge.crt",
        "TAKEBRIDGE_TLS_KEY": "/tls/bridge.key",
        "TAKEBRIDGE_PUBLIC_NAME": "bridge.example.com",
    }
    assert set(values) == set(ENVIRONMENT)
    assert load_settings(values) == Settings(
        home=Path("/data/bridge"),
        port=8123,
        ffmpeg=Path("/opt/ffmpeg"),
        handles=24,
        log_level="debug",
        exchange=Path("/exchange"),
        exchange_rate="30000/1001",
        final_cut=Path("/final cut"),
        final_cut_library=Path("/Films/Film.fcpbundle"),
        mailbox=Path("/mailbox"),
        fusion_prefs=Path("/profile/Fusion.prefs"),
        listen="192.168.1.20:8443",
        tls_cert=Path("/tls/bridge.crt"),
        tls_key=Path("/tls/bridge.key"),
        public_name="bridge.example.com",
    )


def test_an_empty_variable_is_unset_and_an_option_wins() -> None:
    environ = {"TAKEBRIDGE_HOME": "/a", "TAKEBRIDGE_PORT": "", "TAKEBRIDGE_HANDLES": "3"}
    settings = load_settings(environ, handles=7, port=None, home="/b")
    assert (settings.home, settings.port, settings.handles) == (Path("/b"), 0, 7)


@pytest.mark.parametrize("other", ["/films", "/films/", "/films/../films"])
def test_one_folder_is_not_watched_for_two_editors(other: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_settings({"TAKEBRIDGE_HOME": "/a", "TAKEBRIDGE_EXCHANGE": "/films"}, final_cut=Path(other))
    assert "/films" in refused.value.message and "--final-cut" in refused.value.hint
    assert load_settings({"TAKEBRIDGE_HOME": "/a"}, exchange=Path("/films"), final_cut=Path("/films/fcp")).final_cut


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "localhost", "192.168.1.5", "127.0.0.2", "*"])
def test_binding_beyond_loopback_is_not_offered(host: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_settings({"TAKEBRIDGE_HOME": "/a", "TAKEBRIDGE_HOST": host})
    assert host in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TAKEBRIDGE_PORT", "eighty"),
        ("TAKEBRIDGE_PORT", "65536"),
        ("TAKEBRIDGE_PORT", "-1"),
        ("TAKEBRIDGE_HANDLES", "1.5"),
        ("TAKEBRIDGE_HANDLES", "-1"),
        ("TAKEBRIDGE_LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_refused_in_words(name: str, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        load_settings({"TAKEBRIDGE_HOME": "/a", name: value})
    assert value in refused.value.message
    assert name in refused.value.hint


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings(home=Path("/a")).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/home/ed"}, "/home/ed/.local/share/takebridge"),
        ("linux", {"HOME": "/home/ed", "XDG_DATA_HOME": "/x"}, "/home/ed/.local/share/takebridge"),
        ("darwin", {"HOME": "/Users/ed"}, "/Users/ed/Library/Application Support/takebridge"),
        ("win32", {"LOCALAPPDATA": "/c/Local"}, "/c/Local/takebridge"),
    ],
)
def test_default_home(platform: str, environ: dict[str, str], expected: str) -> None:
    assert default_home(environ, platform) == Path(expected)


def test_the_home_is_created_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "a" / "home"
    prepare_home(home)
    assert home.stat().st_mode & 0o777 == 0o700
    prepare_home(home)


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701, 0o720])
def test_a_home_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chmod(home, mode)
    with pytest.raises(UnsafeFolderError) as refused:
        prepare_home(home)
    assert refused.value.hint == f"Run: chmod 700 '{home}'"


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    with pytest.raises(UnsafeFolderError):
        prepare_home(home)
    assert home.read_text() == "not a folder"
