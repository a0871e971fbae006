"""The two ends of the mailbox as files: the folder the Lua agent reads, and Fusion's preferences it answers through.

Pure reading and writing: no session, no waiting. docs/protocol/mailbox.md says what is in the files.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takebridge.client.private import require_private
from takebridge.errors import UnsafeFolderError
from takebridge.hosts.protocol import PROTOCOL_VERSION
from takebridge_server.mailbox_lock import MailboxLock

REQUEST_FILE, BRIDGE_FILE = "request.lua", "bridge.lua"
PREFS_FILE = "Fusion.prefs"
PART_BYTES = 192 * 1024
MAX_ANSWER_BYTES = 16 * 1024 * 1024
MAX_PARTS = -(-MAX_ANSWER_BYTES * 4 // (3 * PART_BYTES)) + 1
MAX_PREFS_BYTES = 16 * 1024 * 1024
"""A larger file is not read: Resolve's own has well below 1 MiB, and an answer adds at most 192 KiB to it."""
REPLACE_TRIES = 20
"""An agent on Windows may have the request open for a moment; then it cannot be replaced."""

_NAME = b"TakeBridge"
_MAX_SECTION_BYTES = PART_BYTES + 64 * 1024
_MAX_SECTIONS, _MAX_SECTIONS_BYTES = 10_000, 8 * _MAX_SECTION_BYTES
"""What is looked into of one file: Resolve writes one section, a file made to keep the bridge busy any number."""

_SECTION = re.compile(rb"\bTakeBridge\s*=\s*\{([^{}]*)\}")
_ANSWER = re.compile(rb'\bAnswer\s*=\s*"([\w-]{1,255});(\d{1,4})/(\d{1,4});([A-Za-z0-9+/]*={0,2})"')
_KNOCK = re.compile(rb'\bKnock\s*=\s*"([\w-]{1,64})"')


class Garbled(Exception):
    """An answer arrived whole and makes no sense: the agent's fault, not a file still being written."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One part of an answer: base64 text, parts counted from 1."""

    id: str
    part: int
    parts: int
    data: str


# --- what is written ------------------------------------------------------------------------------------


def request_text(id: str, seq: int, to: str, token: str, kind: str, body: Mapping[str, Any]) -> str:
    """Return ``request.lua``. The JSON is plain ASCII; its long bracket has a level the JSON cannot close."""
    said = json.dumps(body, separators=(",", ":"))
    level = "=="
    while f"]{level}]" in said:
        level += "="
    head = f'return {{id="{id}", seq={seq}, to="{to}", token="{token}", kind="{kind}", '
    return f"{head}body=[{level}[{said}]{level}]}}\n"


def bridge_text(token: str, instance: str) -> str:
    """Return ``bridge.lua``: ``instance`` is the agent that speaks to this bridge, "" when none does."""
    return f'return {{protocol="{PROTOCOL_VERSION}", token="{token}", instance="{instance}", pid={os.getpid()}}}\n'


class Box:
    """The folder. `open` first; the files are there, and no other bridge gets in, until `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = secrets.token_hex(32)
        self._lock = MailboxLock(folder)
        self._seq = 0

    def open(self) -> None:
        """Make the folder for its owner alone, take it, and say that a bridge runs; once more does no harm.

        What a bridge that crashed left in it is taken away. Raises UnsafeFolderError, and Taken when another bridge
        has the folder: then nothing in it was touched.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self.folder.lstat()
        except FileExistsError as error:
            raise _unusable(self.folder, "it is not a folder") from error
        except OSError as error:
            raise _unusable(self.folder, error.strerror or str(error)) from error
        if not stat.S_ISDIR(found.st_mode):
            raise _unusable(self.folder, "it is not a folder")
        require_private(self.folder, found)
        try:
            if self._lock.take():
                self._sweep()
            self.announce("")
        except OSError as error:
            raise _unusable(self.folder, error.strerror or str(error)) from error

    def _sweep(self) -> None:
        self.clear()
        for draft in self.folder.glob(".*.lua.*"):
            draft.unlink(missing_ok=True)

    def announce(self, instance: str) -> None:
        """Say which agent is heard. Raises OSError."""
        self._write(BRIDGE_FILE, bridge_text(self.token, instance))

    def post(self, id: str, kind: str, body: Mapping[str, Any], to: str = "") -> None:
        """Put a request there, in place of an earlier one. Raises OSError."""
        self._seq += 1
        self._write(REQUEST_FILE, request_text(id, self._seq, to, self.token, kind, body))

    def clear(self) -> None:
        """Take the request away."""
        with contextlib.suppress(OSError):
            (self.folder / REQUEST_FILE).unlink(missing_ok=True)

    def close(self) -> None:
        """Take our files away and let the next bridge in; files that are not ours stay."""
        for name in (REQUEST_FILE, BRIDGE_FILE):
            path = self.folder / name
            with contextlib.suppress(OSError):
                if self.token in path.read_text("utf-8", errors="replace"):
                    path.unlink(missing_ok=True)
        self._lock.release()

    def _write(self, name: str, text: str) -> None:
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        try:
            _replace(draft, self.folder / name)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def _replace(draft: Path, path: Path) -> None:
    for _ in range(REPLACE_TRIES):
        try:
            os.replace(draft, path)
        except PermissionError:
            time.sleep(0.002)
        else:
            return
    os.replace(draft, path)


def _unusable(folder: Path, why: str) -> UnsafeFolderError:
    return UnsafeFolderError(
        f"The mailbox folder {folder} cannot be used: {why}.",
        hint="Point TAKEBRIDGE_MAILBOX at a folder of your own, then start the bridge again.",
        path=str(folder),
    )


# --- what is read ---------------------------------------------------------------------------------------


def find_letter(prefs: bytes, wanted: str) -> Letter | None:
    """Return the answer to the request ``wanted``, or None: not there, or not whole (yet)."""
    for section in _sections(prefs):
        for id, part, parts, data in _ANSWER.findall(section):
            letter = Letter(id.decode(), int(part), int(parts), data.decode())
            if letter.id == wanted and _is_whole(letter):
                return letter
    return None


def find_knock(prefs: bytes) -> str:
    """Return the name the last agent that started left there, "" when there is none."""
    for section in _sections(prefs):
        found = _KNOCK.findall(section)
        if found:
            return str(found[-1].decode())
    return ""


def _sections(prefs: bytes) -> Iterator[bytes]:
    """Closed sections of our name, the last one first. The name is sought as bytes: a thousand times cheaper."""
    at, read = len(prefs), 0
    for _ in range(_MAX_SECTIONS):
        at = prefs.rfind(_NAME, 0, at)
        if at < 0 or read > _MAX_SECTIONS_BYTES:
            return
        section = _SECTION.match(prefs, at, at + _MAX_SECTION_BYTES)
        if section:
            read += len(section[1])
            yield section[1]


def _is_whole(letter: Letter) -> bool:
    if not 1 <= letter.part <= letter.parts or len(letter.data) % 4:
        return False
    return len(letter.data) == PART_BYTES if letter.part < letter.parts else 0 < len(letter.data) <= PART_BYTES


def open_letters(letters: Iterable[Letter]) -> dict[str, Any]:
    """Return the JSON object the parts of an answer make. Raises Garbled."""
    try:
        text = base64.b64decode("".join(letter.data for letter in letters), validate=True).decode("utf-8")
        body = json.loads(text)
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Garbled(f"The answer cannot be read: {error}") from error
    if not isinstance(body, dict):
        raise Garbled("The answer is no JSON object.")
    return body


def prefs_folders(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[Path, ...]:
    """Return the folders below which Resolve keeps its profiles, newest habit first; whether they exist or not.

    The Windows folder and the App Store containers are others' reports, not measured.
    """
    home = Path(environ.get("HOME") or Path.home())
    if platform == "win32":
        roaming = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
        resolve = roaming / "Blackmagic Design" / "DaVinci Resolve"
        return (resolve / "Support" / "Fusion" / "Profiles", resolve / "Fusion" / "Profiles")
    if platform != "darwin":
        return (home / ".local" / "share" / "DaVinciResolve" / "Fusion" / "Profiles",)
    support = Path("Library") / "Application Support"
    profiles = Path("Blackmagic Design") / "DaVinci Resolve" / "Fusion" / "Profiles"
    boxes = [home / "Library" / "Containers" / name / "Data" for name in APP_STORE]
    inside = [box / support / path for box in boxes for path in (profiles, Path("Fusion") / "Profiles")]
    return (home / support / profiles, *inside)


APP_STORE = ("com.blackmagic-design.DaVinciResolveLite", "com.blackmagic-design.DaVinciResolveAppStore")


class PrefsWatch:
    """Preferences files, read only when they may have changed.

    ``only`` names one file instead of the usual places; ``stand_in`` is where an emulated Resolve keeps them.
    """

    def __init__(
        self, only: Path | None = None, folders: Iterable[Path] | None = None, stand_in: Path | None = None
    ) -> None:
        self._only = only
        self._stand_ins = [] if stand_in is None else [stand_in]
        self._folders = tuple(prefs_folders(os.environ) if folders is None else folders)
        self._seen: dict[Path, tuple[int, int, int]] = {}

    def files(self) -> list[Path]:
        """The files there are, one a profile."""
        if self._only is not None:
            return [self._only]
        return [
            *self._stand_ins,
            *(path for folder in self._folders for path in sorted(folder.glob(f"*/{PREFS_FILE}"))),
        ]

    def changed(self, files: Iterable[Path], *, all_of_them: bool = False) -> list[bytes]:
        """Read those that look changed since they were last read here. A clock may be too coarse to tell:
        ``all_of_them`` reads the others too. Files of other users, and what is no file, are passed over."""
        found = []
        for path in files:
            try:
                status = path.stat()
                look = (status.st_mtime_ns, status.st_size, status.st_ino)
                if not _is_ours(status) or (self._seen.get(path) == look and not all_of_them):
                    continue
                found.append(path.read_bytes())
                self._seen[path] = look
            except OSError:
                continue
        return found


def _is_ours(status: os.stat_result) -> bool:
    mine = os.name == "nt" or status.st_uid == os.geteuid()
    return mine and stat.S_ISREG(status.st_mode) and status.st_size <= MAX_PREFS_BYTES
