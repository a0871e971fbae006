"""Keys: environment, keyring, private file; in this order, and never printed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from takebridge.errors import UnsafeFolderError, UsageError
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.remote.keys import KEYS_FILE, KeyChain, has_keyring
from takebridge.providers.remote.secrets import Secret

CANARY = "canary-7f3a9c2e51d84b06"
ACME = ProviderFacts(provider="acme", title="Acme", key_env=("ACME_KEY", "ACME_ID+ACME_SECRET"))


class MemoryRing(KeyringBackend):
    """A keyring in memory; ``asked`` counts reads."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> MemoryRing:
    """The keyring in force."""
    made = MemoryRing()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(keyring, "get_password", made.get_password)
    monkeypatch.setattr(keyring, "set_password", made.set_password)
    monkeypatch.setattr(keyring, "delete_password", made.delete_password)
    return made


def test_a_secret_shows_four_characters_at_most() -> None:
    assert str(Secret(CANARY)) == "Secret(…4b06)"
    assert CANARY not in f"{Secret(CANARY)!r} {[Secret(CANARY)]}"
    assert repr(Secret("short")) == "Secret(…)", "four characters of a short key are half of it"


def test_the_environment_comes_first_then_the_keyring_then_the_file(ring: MemoryRing, tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    chain = KeyChain(tmp_path, environ)
    assert chain.find(ACME) is None
    chain.put(ACME, "from-the-file", "file")
    assert chain.held(ACME) is not None
    assert chain.find(ACME) == Secret("from-the-file")
    chain.put(ACME, "from-the-ring", "keyring")
    assert chain.find(ACME) == Secret("from-the-ring")
    environ["ACME_KEY"] = " from-the-environment\n"
    held = chain.held(ACME)
    assert held is not None
    assert (held.key, held.place, held.name) == (Secret("from-the-environment"), "environment", "ACME_KEY")


def test_two_variables_make_one_key_only_together(ring: MemoryRing, tmp_path: Path) -> None:
    assert KeyChain(tmp_path, {"ACME_ID": "a"}).find(ACME) is None
    assert KeyChain(tmp_path, {"ACME_ID": "a", "ACME_SECRET": "b"}).find(ACME) == Secret("a:b")


def test_removing_takes_it_from_both_places(ring: MemoryRing, tmp_path: Path) -> None:
    chain = KeyChain(tmp_path, {})
    chain.put(ACME, "one", "file")
    chain.put(ACME, "two", "keyring")
    assert chain.remove(ACME) == ["keyring", "file"]
    assert chain.find(ACME) is None
    assert chain.remove(ACME) == []


def test_the_keyring_is_asked_once_in_a_while(ring: MemoryRing, tmp_path: Path) -> None:
    now = 0.0
    chain = KeyChain(tmp_path, {}, clock=lambda: now)
    for _ in range(5):
        chain.find(ACME)
    assert ring.asked == 1
    ring.kept["takebridge", "acme"] = "set-elsewhere"
    now = 31.0
    assert chain.find(ACME) == Secret("set-elsewhere")


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX")
def test_the_file_is_private_and_a_public_one_is_not_used(ring: MemoryRing, tmp_path: Path) -> None:
    chain = KeyChain(tmp_path, {})
    chain.put(ACME, "one", "file")
    path = tmp_path / KEYS_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert chain.find(ACME) is None
    with pytest.raises(UnsafeFolderError, match="read by others"):
        chain.held(ACME)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_in_place_of_the_file_is_not_followed(ring: MemoryRing, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"acme": "theirs"}))
    os.chmod(other, 0o600)
    (tmp_path / KEYS_FILE).symlink_to(other)
    with pytest.raises(UnsafeFolderError):
        KeyChain(tmp_path, {}).held(ACME)


def test_a_damaged_file_says_so(ring: MemoryRing, tmp_path: Path) -> None:
    path = tmp_path / KEYS_FILE
    path.write_text("{")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="damaged"):
        KeyChain(tmp_path, {}).held(ACME)


@pytest.mark.parametrize("text", ["", "   ", "two words", "line\nbreak", "schlüssel", "x" * 9000])
def test_what_is_no_key_is_refused(text: str, ring: MemoryRing, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no key"):
        KeyChain(tmp_path, {}).put(ACME, text, "file")
    assert not (tmp_path / KEYS_FILE).exists()


def test_without_a_keyring_the_words_name_the_other_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    assert not has_keyring()
    with pytest.raises(UsageError, match="no keyring") as caught:
        KeyChain(tmp_path, {}).put(ACME, "one", "keyring")
    assert "--file" in caught.value.hint
