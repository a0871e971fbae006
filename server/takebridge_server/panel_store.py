"""The panels a data folder knows: ``panels.json``, private, written whole or not at all.

Of a panel's token only the SHA-256 is kept: 32 random bytes need no salt and no slow hash. A file that others can open,
or that is damaged, counts as no panels at all; what is wrong with it is said in words.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from takebridge.errors import BridgeError, NotFoundError, PreconditionError, StoreError, UsageError
from takebridge_server.private_file import read_private, write_private

PANELS_FILE = "panels.json"
MOST_PANELS = 32
_MOST_BYTES = 256 * 1024
_SEEN_EVERY = 60
"""Seconds: a panel seen again sooner is not written down anew."""

WallClock = Callable[[], float]
"""Unix seconds."""


class PairedPanel(BaseModel):
    """One panel that may come back. ``created_at`` and ``last_seen`` are ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^panel-[0-9a-f]{16}$")]
    name: str = Field(max_length=80)
    editor: str = Field(max_length=32)
    token_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(repr=False)
    created_at: str = Field(max_length=32)
    last_seen: str = Field(max_length=32)


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bridge: Annotated[str, StringConstraints(pattern=r"^bridge-[0-9a-f]{16}$")]
    panels: list[PairedPanel] = Field(max_length=MOST_PANELS)


class PanelStore:
    """The paired panels of one data folder. Thread-safe; read anew at every question, so a mended file counts."""

    def __init__(self, home: Path, wall: WallClock = time.time) -> None:
        self._file = home / PANELS_FILE
        self._wall = wall
        self._lock = threading.Lock()
        self._nobody, self._unusable = _nobody(), _nobody()

    def bridge_id(self) -> str:
        """Return what names this data folder to panels. Without a usable file it is one no panel was paired with."""
        return self._usable().bridge

    def problem(self) -> str:
        """Say in words what is wrong with the file, "" when nothing is."""
        try:
            self._read()
        except BridgeError as error:
            return f"{error.message} {error.hint}"
        return ""

    def panels(self) -> list[PairedPanel]:
        """Return all, the oldest first. Raises UnsafeFolderError and StoreError for a file that may not be used."""
        return self._read().panels

    def require_room(self) -> None:
        """Raise PreconditionError when `MOST_PANELS` are paired; UnsafeFolderError and StoreError as `panels`."""
        if len(self.panels()) >= MOST_PANELS:
            raise PreconditionError(
                f"{MOST_PANELS} panels are paired; there is no room for another one.",
                hint="Take one away first: takebridge panels revoke NAME-or-ID.",
            )

    def add(self, name: str, editor: str) -> tuple[PairedPanel, str]:
        """Keep a new panel; return it and its token, which is never to be had again.

        Raises PreconditionError (`require_room`), UnsafeFolderError, StoreError, DiskFullError; then nothing was kept.
        """
        token, now = secrets.token_hex(32), self._now()
        panel = PairedPanel(
            id=f"panel-{secrets.token_hex(8)}",
            name=name,
            editor=editor,
            token_sha256=_hash(token),
            created_at=now,
            last_seen=now,
        )
        with self._lock:
            self.require_room()
            self._write(lambda panels: [*panels, panel])
        return panel, token

    def owner_of(self, token: str) -> PairedPanel | None:
        """Return the panel with this token. An unusable file knows none."""
        given = _hash(token)
        found = [one for one in self._usable().panels if hmac.compare_digest(one.token_sha256, given)]
        return found[0] if found else None

    def seen(self, panel_id: str, editor: str = "") -> None:
        """Write down that a panel is here now, and in which editor. Raises as `add`; an unknown one is no error."""
        with self._lock:
            before = next((one for one in self._usable().panels if one.id == panel_id), None)
            if before is None:
                return
            now = before.model_copy(update={"last_seen": self._now(), "editor": editor or before.editor})
            if now.editor == before.editor and self._wall() - _seconds(before.last_seen) < _SEEN_EVERY:
                return
            self._write(lambda panels: [now if one.id == panel_id else one for one in panels])

    def remove(self, panel_id: str) -> PairedPanel:
        """Forget a panel and return it. Raises NotFoundError, and as `add`."""
        with self._lock:
            found = next((one for one in self.panels() if one.id == panel_id), None)
            if found is None:
                raise NotFoundError("No such panel is paired.", hint="'takebridge panels' lists them.")
            self._write(lambda panels: [one for one in panels if one.id != panel_id])
            return found

    def _usable(self) -> _Content:
        try:
            return self._read()
        except BridgeError:
            return self._unusable

    def _read(self) -> _Content:
        data = read_private(self._file, _MOST_BYTES, "no panel is known")
        if data is None:
            return self._nobody
        try:
            return _Content.model_validate_json(data)
        except ValidationError as error:
            raise StoreError(
                f"{PANELS_FILE} in the data folder is damaged, so no panel is known.",
                hint=f"Delete {self._file} and pair the panels again.",
            ) from error

    def _write(self, change: Callable[[list[PairedPanel]], list[PairedPanel]]) -> None:
        before = self._read()
        content = before.model_copy(update={"panels": change(before.panels)})
        text = content.model_dump_json(indent=1) + "\n"
        write_private(self._file, text)

    def _now(self) -> str:
        return datetime.fromtimestamp(int(self._wall()), UTC).isoformat().replace("+00:00", "Z")


def _nobody() -> _Content:
    return _Content(bridge=f"bridge-{secrets.token_hex(8)}", panels=[])


def one_named(panels: Iterable[Mapping[str, str]], name: str) -> str:
    """Return the id of the panel with this id or name. Raises NotFoundError, UsageError when several have the name."""
    wanted = name.strip()
    ids = {one["id"]: one["name"] for one in panels}
    found = [wanted] if wanted in ids else [panel_id for panel_id, title in ids.items() if title == wanted]
    if not found:
        raise NotFoundError(f"No paired panel is called “{name}”.", hint="'takebridge panels' lists them.")
    if len(found) > 1:
        raise UsageError(f"{len(found)} panels are called “{name}”.", hint=f"Name one by its id: {', '.join(found)}.")
    return found[0]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
