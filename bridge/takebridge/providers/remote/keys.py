"""Where keys come from: the environment, the system's keyring, or a private file a person has asked for.

A key leaves this module only inside a `Secret`. The first place that has one counts.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from takebridge.errors import StoreError, UnsafeFolderError, UsageError
from takebridge.media.publish import publishing
from takebridge.providers.facts import ProviderFacts
from takebridge.providers.local.locks import locked
from takebridge.providers.remote.secrets import Secret

KEYS_FILE = "keys.json"
Place = Literal["environment", "keyring", "file"]

_SERVICE = "takebridge"
_FRESH_SECONDS = 30.0
"""How long an answer of the keyring counts: asking it can take a trip over the system's message bus."""
_LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Held:
    """A key and where it was found; ``name`` is the variable or file."""

    key: Secret
    place: Place
    name: str


class KeyChain:
    """The keys of a data folder. Thread-safe. ``environ`` and ``clock`` (steady seconds) are injectable."""

    def __init__(
        self,
        home: Path,
        environ: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = home / KEYS_FILE
        self._environ = os.environ if environ is None else environ
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: dict[str, tuple[float, str | None]] = {}

    def find(self, facts: ProviderFacts) -> Secret | None:
        """Return the provider's key, None without one. Never raises: an unsafe file counts as none."""
        try:
            held = self.held(facts)
        except (StoreError, UsageError):
            return None
        return held.key if held else None

    def held(self, facts: ProviderFacts) -> Held | None:
        """Return the key and its place. Raises UnsafeFolderError for a keys file that others can read."""
        if (named := from_environment(facts, self._environ)) is not None:
            return named
        if text := self._in_keyring(facts.provider):
            return Held(Secret(text), "keyring", "the system's keyring")
        if text := _read_file(self._file).get(facts.provider):
            return Held(Secret(text), "file", self._file.name)
        return None

    def put(self, facts: ProviderFacts, text: str, place: Literal["keyring", "file"]) -> Held:
        """Store a key. Raises UsageError for an impossible key or where there is no keyring, StoreError."""
        key = text.strip()
        if not key or len(key) > _LONGEST or not key.isascii() or any(ord(char) < 33 for char in key):
            raise UsageError("This is no key: it must be one line without blanks.", hint="Copy it again, whole.")
        if place == "file":
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with locked(self._file.with_suffix(".lock")):
                _write_file(self._file, {**_read_file(self._file), facts.provider: key})
            return Held(Secret(key), "file", self._file.name)
        _store_in_keyring(facts.provider, key)
        self._forget(facts.provider)
        return Held(Secret(key), "keyring", "the system's keyring")

    def remove(self, facts: ProviderFacts) -> list[Place]:
        """Delete the key from the keyring and the file; return where there was one. The environment is not ours."""
        removed: list[Place] = []
        if self._in_keyring(facts.provider):
            _drop_from_keyring(facts.provider)
            removed.append("keyring")
        if facts.provider in _read_file(self._file):
            with locked(self._file.with_suffix(".lock")):
                kept = _read_file(self._file)
                kept.pop(facts.provider, None)
                _write_file(self._file, kept)
            removed.append("file")
        self._forget(facts.provider)
        return removed

    def _in_keyring(self, provider: str) -> str | None:
        with self._lock:
            asked = self._asked.get(provider)
            if asked and self._clock() - asked[0] < _FRESH_SECONDS:
                return asked[1]
        found = _ask_keyring(provider)
        with self._lock:
            self._asked[provider] = (self._clock(), found)
        return found

    def _forget(self, provider: str) -> None:
        with self._lock:
            self._asked.pop(provider, None)


def from_environment(facts: ProviderFacts, environ: Mapping[str, str] | None = None) -> Held | None:
    """Return the key the environment holds, None without one. ``A+B`` joins two variables with a colon."""
    variables = os.environ if environ is None else environ
    for name in facts.key_env:
        parts = [variables.get(part, "").strip() for part in name.split("+")]
        if all(parts):
            return Held(Secret(":".join(parts)), "environment", name)
    return None


def has_keyring() -> bool:
    """Say whether this system has a keyring that can hold a secret."""
    try:
        import keyring
        from keyring.backends import fail, null
    except ImportError:
        return False
    try:
        return not isinstance(keyring.get_keyring(), (fail.Keyring, null.Keyring))
    except Exception:  # noqa: BLE001 - backends of other packages; a broken one is none
        return False


# --- the keyring: imported late, it loads every backend of the system ---------------------------------------


def _ask_keyring(provider: str) -> str | None:
    try:
        import keyring

        return keyring.get_password(_SERVICE, provider)
    except Exception:  # noqa: BLE001 - locked, absent or broken: then it holds nothing for us
        return None


def _store_in_keyring(provider: str, key: str) -> None:
    if not has_keyring():
        raise UsageError(
            "This system has no keyring to keep a key in.",
            hint="Set it in the environment, or store it in a private file: 'takebridge keys set --file'.",
        )
    try:
        import keyring

        keyring.set_password(_SERVICE, provider, key)
    except Exception as error:
        raise UsageError(
            "The system's keyring refused the key.", hint="Unlock it, or store the key with --file."
        ) from error


def _drop_from_keyring(provider: str) -> None:
    try:
        import keyring

        keyring.delete_password(_SERVICE, provider)
    except Exception as error:
        raise UsageError(
            "The system's keyring did not delete the key.", hint="Unlock it, or delete “takebridge” there by hand."
        ) from error


# --- the file -----------------------------------------------------------------------------------------------


def _read_file(path: Path) -> dict[str, str]:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unsafe(path) from error
    with os.fdopen(handle, "rb") as file:
        if sys.platform != "win32" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise _unsafe(path)
        data = file.read(2**20)
    try:
        value = json.loads(data)
    except ValueError as error:
        raise UsageError(
            f"{path.name} in the data folder is damaged.", hint="Delete it and set the keys again."
        ) from error
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: key for name, key in pairs if isinstance(name, str) and isinstance(key, str)}


def _write_file(path: Path, keys: Mapping[str, str]) -> None:
    with publishing(path) as part:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dict(keys), file, indent=1, sort_keys=True)


def _unsafe(path: Path) -> UnsafeFolderError:
    return UnsafeFolderError(
        f"{path.name} in the data folder can be read by others, so its keys are not used.",
        hint=f"Make it private (chmod 600 {path.name}), and change the keys at the providers.",
    )
