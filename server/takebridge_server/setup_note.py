"""The note an install leaves in the data folder: which agents were copied and which mailbox they were given."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from takebridge.errors import StoreError
from takebridge_server.settings import Settings

NOTE = "resolve.json"
"""In the data folder: where the installed agents are and which mailbox they were given."""


class SetupNote(BaseModel):
    """What an install left. ``mailbox`` is the folder the bridge lays requests for the Lua agent in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    mailbox: Path
    agents: tuple[Path, ...] = ()


def read_note(home: Path) -> SetupNote | None:
    """Return what the last install left, None where there was none or it cannot be read."""
    try:
        note = SetupNote.model_validate_json((home / NOTE).read_bytes())
    except (OSError, ValidationError):
        return None
    return note if note.mailbox.is_absolute() else None


def write_note(home: Path, note: SetupNote) -> None:
    """Keep it in the data folder. Raises StoreError."""
    part = home / f".{NOTE}.{secrets.token_hex(4)}.part"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            part.write_text(json.dumps(note.model_dump(mode="json"), indent=2) + "\n", "utf-8")
            os.replace(part, home / NOTE)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"The data folder {home} cannot be written: {error.strerror}.", hint="Give another one with --home."
        ) from error


def mailbox_folder(settings: Settings) -> Path:
    """Return the folder the bridge and the Lua agent meet in: as asked for, as installed, else below the data folder.

    An App Store build of Resolve reads only its own container: there the install chose it.
    """
    if settings.mailbox is not None:
        return settings.mailbox
    note = read_note(settings.home)
    return note.mailbox if note is not None else settings.home / "mailbox"
