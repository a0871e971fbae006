"""``export --for capcut``: a draft for CapCut and, always beside it, a bundle of files to import by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from takebridge.client.replies import ExportedFor, FilmExported
from takebridge.cut.model import Track

if TYPE_CHECKING:
    from takebridge.interchange.capcut_media import Progress

DraftRoot = Annotated[
    Path | None, typer.Option("--draft-root", help="CapCut's draft folder, where it is not the usual one (capcut).")
]
Register = Annotated[
    bool, typer.Option("--register", help="Also put the draft into CapCut's own list; a backup is kept (capcut).")
]
STEPS = "Open the draft in CapCut, or import the files of the bundle as its README.txt says. Experimental."


def handed_to_capcut(
    film: FilmExported, draft_root: Path | None, *, register: bool, told: Console | None
) -> ExportedFor:
    """Write the cut of an exported film as a draft and a bundle. Raises what `capcut_export.hand_over` raises."""
    from takebridge.interchange.capcut_export import SUFFIXES, chosen_root, hand_over, with_captions
    from takebridge.interchange.documents import read_cut  # 20 MB of readers, for whoever exports

    out = film.otio.parent
    root, losses = chosen_root(None if draft_root is None else draft_root.absolute(), out)
    read = read_cut(film.otio)
    # A film says its sound whole: where it has none, the takes of its clips are silent too.
    cut = replace(read.cut, tracks=(*read.cut.tracks, Track("audio")))
    for path in film.media:
        if path.suffix.lower() in SUFFIXES:
            cut = with_captions(cut, path)
    with _drawn(told) as progress:
        made = hand_over(cut, out, root, enlist=register, progress=progress)
    lines = dict.fromkeys([*film.losses, *read.losses, *losses, *made.losses])
    said = {
        **film.model_dump(),
        "losses": tuple(line for line in lines if not _about_captions(line, cut.tracks[-1].kind == "subtitle")),
    }
    return ExportedFor(**said, document=made.draft, steps=STEPS, bundle=made.bundle, backup=made.backup)


def _about_captions(line: str, carried: bool) -> bool:
    """The timeline document has no captions; the draft has."""
    return carried and line.startswith("The captions are burnt into the film")


@contextmanager
def _drawn(told: Console | None) -> Iterator[Callable[[str], Progress] | None]:
    """Draw how far it is, for people."""
    if told is None:
        yield None
        return
    with told.status("Writing for CapCut …") as status:

        def progress(what: str) -> Progress:
            def step(done: int, total: int) -> None:
                status.update(f"CapCut {what}: {100 * done // max(1, total)} %")

            return step

        yield progress
