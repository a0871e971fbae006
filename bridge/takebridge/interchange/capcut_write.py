"""A cut as a CapCut draft on disk: a new folder with its timeline, its list and its media, whole or not at all."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takebridge.cut.model import Cut
from takebridge.errors import CancelledError, InterchangeError
from takebridge.interchange.capcut_draft import MEDIA, Draft, used
from takebridge.interchange.capcut_folders import free_name, whole_folder
from takebridge.interchange.capcut_media import Progress, deliver, plain, size_of
from takebridge.interchange.capcut_plan import EXPERIMENTAL, plan_of
from takebridge.interchange.capcut_register import Index, entry_of, read_index, register
from takebridge.media.publish import require_space

CONTENT = ("draft_content.json", "draft_info.json")
"""The timeline under both names: Windows reads the first, macOS and newer versions the second (users' reports)."""
META = "draft_meta_info.json"


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """A new draft. ``losses``: what it does not hold, one line each. ``backup``: of CapCut's list, had it to change."""

    folder: Path
    losses: tuple[str, ...]
    backup: Path | None = None


def write_draft(
    cut: Cut,
    root: Path,
    *,
    name: str = "",
    enlist: bool = False,
    system: str = sys.platform,
    clock: Callable[[], float] = time.time,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> WrittenDraft:
    """Write a new draft into ``root`` under the next free name; with ``enlist`` also into CapCut's list of drafts.

    No draft that is there is touched. Raises InterchangeError for a cut of which nothing can be carried, DiskFullError,
    UsageError, CancelledError, HostBusyError and what `read_index` raises; nothing is left then.
    """
    root = root.absolute()
    index = read_index(root) if enlist else None
    folder = free_name(root, plain(name or cut.name))
    draft = Draft(plan_of(cut), folder, "windows" if system == "win32" else "mac")
    content = draft.content()
    losses = tuple(dict.fromkeys((EXPERIMENTAL, *draft.plan.losses, *draft.files.losses)))
    if not draft.placed:
        raise InterchangeError(
            f"Nothing of “{cut.name}” can be carried into a CapCut draft. {' '.join(losses[1:4])}",
            hint="Check that the media of the cut are there.",
        )
    size = sum(map(size_of, used(draft)))
    meta = draft.meta(int(clock() * 1_000_000), size)
    with whole_folder(folder) as part:
        require_space(part, size)
        _media(draft, part / MEDIA, size, progress, cancel)
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        for file in CONTENT:
            (part / file).write_text(text, "utf-8")
        (part / META).write_text(json.dumps(meta, ensure_ascii=False, allow_nan=False), "utf-8")
        _stop(cancel)
    backup = _enlisted(index, meta, folder) if index is not None else None
    return WrittenDraft(folder, losses, backup)


def _enlisted(index: Index, meta: dict[str, Any], folder: Path) -> Path:
    try:
        return register(index, entry_of(meta, folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _media(draft: Draft, folder: Path, size: int, progress: Progress | None, cancel: threading.Event | None) -> None:
    folder.mkdir()
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(min(done, size), size)

    for material in used(draft):
        _stop(cancel)
        deliver(material, folder / material.name, cancel, step)


def _stop(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise CancelledError("The CapCut draft was cancelled; nothing was kept.")
