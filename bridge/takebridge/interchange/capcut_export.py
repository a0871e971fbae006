"""A cut handed to CapCut: a draft, and always the bundle beside it; both or neither."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from takebridge.cut.model import Clip, Cut, Span, Track, tile, whole
from takebridge.errors import InterchangeError, UsageError
from takebridge.interchange.capcut_bundle import write_bundle
from takebridge.interchange.capcut_folders import draft_root
from takebridge.interchange.capcut_media import Progress
from takebridge.interchange.capcut_write import write_draft
from takebridge.providers.local.subtitles import read_cues

OWN_ROOT = "CapCut drafts"
"""The folder for drafts where there is no CapCut."""
SUFFIXES = (".srt", ".vtt")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was written. ``losses``: what is not carried, one line each; ``backup``: of CapCut's list of drafts."""

    draft: Path
    bundle: Path
    losses: tuple[str, ...]
    backup: Path | None = None


def hand_over(
    cut: Cut,
    bundles: Path,
    root: Path,
    *,
    enlist: bool = False,
    system: str = sys.platform,
    progress: Callable[[str], Progress] | None = None,
    cancel: threading.Event | None = None,
) -> HandedOver:
    """Write the bundle of a cut into ``bundles`` and its draft into ``root``; both or neither.

    ``progress`` gives, for “bundle” and “draft”, what is told how far it is. Raises what `write_bundle` and
    `write_draft` raise.
    """
    told = (lambda _: None) if progress is None else progress
    bundle = write_bundle(cut, bundles, progress=told("bundle"), cancel=cancel)
    try:
        draft = write_draft(cut, root, enlist=enlist, system=system, progress=told("draft"), cancel=cancel)
    except BaseException:
        shutil.rmtree(bundle.folder, ignore_errors=True)
        raise
    losses = tuple(dict.fromkeys([*draft.losses, *bundle.losses]))
    return HandedOver(draft.folder, bundle.folder, losses, draft.backup)


def chosen_root(given: Path | None, out: Path, *, system: str = sys.platform) -> tuple[Path, tuple[str, ...]]:
    """Return where drafts go: the folder given, else CapCut's, else one in ``out`` (told). Raises UsageError."""
    if given is not None:
        if not given.is_dir():
            raise UsageError(f"There is no folder {given}.", hint="Give CapCut's draft folder with --draft-root.")
        return given, ()
    found = draft_root(system)
    if found is not None and found.is_dir():
        return found, ()
    line = "There is no CapCut draft folder here: the draft lies beside the film. --draft-root names another folder."
    return out / OWN_ROOT, (line,)


def with_captions(cut: Cut, path: Path) -> Cut:
    """Return a cut with the captions of a SubRip or WebVTT file on a track of their own.

    Raises InterchangeError when the file cannot be read, CapabilityError when there is not one caption in it.
    """
    try:
        cues = read_cues(path.read_text("utf-8", errors="replace"), path.name)
    except OSError as error:
        raise InterchangeError(f"{path.name} could not be read: {error.strerror}.", hint="Export again.") from error
    clips = []
    for cue in cues:
        start, end = (whole(Fraction(ms, 1000) * cut.rate.fraction) for ms in (cue.start, cue.end))
        clips.append(Clip("\n".join(cue.lines), Span(start, max(start, end)), kind="caption"))
    return replace(cut, tracks=(*cut.tracks, Track("subtitle", tile(clips), "Captions")))
