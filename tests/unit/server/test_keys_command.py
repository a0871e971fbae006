"""``takebridge keys`` in words: who it means, where a key went, what is wrong. A key is never printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from takebridge_server.commands.keys import keys

KEY = "canary-key-0123456789-wxyz"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keyring, no key in the environment, wide lines."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("FAL_KEY", "FAL_KEY_ID", "FISH_API_KEY", "FISH_AUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def said(home: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """Run it; return the exit code and all it printed, on one line."""
    done = CliRunner().invoke(keys, [*words, "--home", str(home)], input=typed)
    assert KEY not in done.output
    return done.exit_code, " ".join(done.output.split())


def test_a_provider_may_be_called_by_its_title_and_the_last_four_characters_tell_the_key(tmp_path: Path) -> None:
    code, told = said(tmp_path, "set", "Fish Audio", "--file", typed=KEY)
    assert (code, "wxyz" in told, "keys test fish" in told) == (0, True, True)
    assert json.loads((tmp_path / "keys.json").read_text()) == {"fish": KEY}


def test_without_a_keyring_the_variables_and_the_file_are_named(tmp_path: Path) -> None:
    code, told = said(tmp_path, "set", "fal", typed=KEY)
    assert code == 1
    assert "FAL_KEY or FAL_KEY_ID and FAL_KEY_SECRET" in told
    assert "--file" in told
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize(
    ("name", "hint"), [("fall", "Did you mean fal?"), ("local", "needs no key"), ("nobody", "There are anthropic")]
)
def test_who_is_not_there_is_answered_with_who_is(tmp_path: Path, name: str, hint: str) -> None:
    code, told = said(tmp_path, "set", name, "--file", typed=KEY)
    assert (code, hint in told) == (1, True)


def test_a_keys_file_others_can_read_is_said_to_be_that_also_by_the_test(tmp_path: Path) -> None:
    said(tmp_path, "set", "fal", "--file", typed=KEY)
    (tmp_path / "keys.json").chmod(0o644)
    for words in (("list",), ("test", "fal"), ("test",)):
        code, told = said(tmp_path, *words)
        assert (code, "can be read by others" in told) == (1, True), words


def test_a_key_nobody_set_is_no_question_to_the_provider(tmp_path: Path) -> None:
    code, told = said(tmp_path, "test", "fal")
    assert code == 1
    assert "There is no key for fal. Set one: 'takebridge keys set fal'." in told
