"""``root_meta_info.json``: the list of drafts CapCut shows. Touched only when a person asks for it.

CapCut writes this file itself, whenever it likes. It is therefore read before a draft is made, must be the same bytes
when the draft is done, is backed up beside itself, and is replaced in one step. Anything else refuses, and nothing has
changed then. Keys of an entry: reports of lists CapCut wrote.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from takebridge.errors import HostBusyError, InvalidDocumentError, NotFoundError
from takebridge.interchange.capcut_folders import in_words
from takebridge.interchange.capcut_json import parse, read_bytes

INDEX = "root_meta_info.json"
_CLOSE = "Close CapCut, then run the command again; or leave out --register."


@dataclass(frozen=True, slots=True)
class Index:
    """The list as it was read."""

    path: Path
    data: bytes
    said: dict[str, Any]


def read_index(root: Path) -> Index:
    """Read the list of drafts in ``root``. Raises NotFoundError, and what `capcut_json` raises; nothing is written."""
    path = root / INDEX
    if not path.is_file():
        raise NotFoundError(
            f"There is no list of drafts ({INDEX}) in {root}.", hint="Open CapCut once, or leave out --register."
        )
    data = read_bytes(path)
    said = parse(data, INDEX)
    drafts = said.get("all_draft_store")
    if not isinstance(drafts, list) or not all(isinstance(one, dict) for one in drafts):
        raise InvalidDocumentError(f"{INDEX} is no list of drafts that is known here.", hint="Leave out --register.")
    return Index(path, data, said)


def entry_of(meta: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the line of a draft, said as its ``draft_meta_info.json`` says it."""
    same = (
        "cloud_draft_cover",
        "cloud_draft_sync",
        "draft_cover",
        "draft_fold_path",
        "draft_id",
        "draft_is_ai_shorts",
        "draft_is_cloud_temp_draft",
        "draft_is_invisible",
        "draft_name",
        "draft_new_version",
        "draft_root_path",
        "draft_type",
        "tm_draft_create",
        "tm_draft_modified",
        "tm_draft_removed",
        "tm_duration",
    )
    return {
        **{key: meta[key] for key in same},
        "draft_json_file": (folder / "draft_content.json").as_posix(),
        "draft_timeline_materials_size": meta["draft_timeline_materials_size_"],
    }


def register(index: Index, entry: dict[str, Any]) -> Path:
    """Put a draft first in the list and return the backup of what the list was.

    Raises HostBusyError when the list has changed since it was read, DiskFullError, UsageError; it is then as it was.
    """
    said = dict(index.said)
    said["all_draft_store"] = [entry, *index.said["all_draft_store"]]
    if isinstance(count := said.get("draft_ids"), int):
        said["draft_ids"] = max(count, len(said["all_draft_store"]))
    part = index.path.with_name(f".{INDEX}.{uuid4().hex[:8]}.part")
    try:
        backup = _backup(index)
        try:
            _write(part, json.dumps(said, ensure_ascii=False).encode())
            _unchanged(index)
            part.replace(index.path)
        except BaseException:
            backup.unlink(missing_ok=True)
            raise
        return backup
    except OSError as error:
        raise in_words(error, index.path) from error
    finally:
        part.unlink(missing_ok=True)


def _backup(index: Index) -> Path:
    for number in range(1, 1_000_000):
        path = index.path.with_name(f"{INDEX}.takebridge-backup-{number}")
        if not os.path.lexists(path):
            try:
                _write(path, index.data)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            return path
    raise InvalidDocumentError(f"There are too many backups of {INDEX}.", hint="Delete old ones.")


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _unchanged(index: Index) -> None:
    if index.path.read_bytes() != index.data:
        raise HostBusyError(f"CapCut is changing its list of drafts ({INDEX}); it was left alone.", hint=_CLOSE)
