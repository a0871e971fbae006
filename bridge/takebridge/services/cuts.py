"""Documents compared, merged and converted, by path: `compare`, `combine`, `convert`. No bridge need run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from takebridge.cut.diff import diff
from takebridge.cut.merge import merge
from takebridge.cut.merge_types import Choice
from takebridge.cut.model import Cut
from takebridge.cut.report_types import ConvertReport, MergeReport
from takebridge.errors import NotFoundError, UsageError
from takebridge.interchange.capcut_read import is_draft
from takebridge.interchange.documents import SUFFIXES, TARGETS, read_cut, write_cut
from takebridge.services.cut_reports import Compared, Document, diff_report, facts_of, merge_report
from takebridge.timebase import FrameRate


def read_document(path: Path, *, rate: FrameRate | None = None, timeline: str = "") -> Document:
    """Read a cut. ``rate`` is for formats that do not say theirs (EDL); ``timeline`` names one of several.

    Raises NotFoundError, UsageError (a folder), UnsupportedFormatError, InvalidDocumentError.
    """
    _check_input(path)
    found = read_cut(path, rate=rate, project=timeline)
    return Document(found.cut, path.name, found.format, found.losses)


def compare(a: Path, b: Path, *, rate: FrameRate | None = None, timeline: str = "") -> Compared:
    """Say what changed from ``a`` to ``b``. Raises what `read_document` raises, and CutMismatchError."""
    before, after = (read_document(path, rate=rate, timeline=timeline) for path in (a, b))
    found = diff(before.cut, after.cut)
    return Compared(before, after, found, diff_report(before, after, found))


def combine(
    base: Path,
    editor: Path,
    canvas: Path,
    out: Path,
    *,
    choices: Mapping[str, Choice] | None = None,
    target: str = "",
    rate: FrameRate | None = None,
    timeline: str = "",
    force: bool = False,
) -> MergeReport:
    """Merge three documents and write the merged cut to ``out``; nothing is written when anything is refused.

    ``force`` lets ``out`` be one of the inputs. Raises UsageError (that, an unknown target), CutMismatchError (another
    rate or project, a choice that fits no conflict), and what reading and writing raise.
    """
    _check_target(target)
    _check_output(out, (base, editor, canvas), force=force)
    sides = [read_document(path, rate=rate, timeline=timeline) for path in (base, editor, canvas)]
    found = merge(sides[0].cut, sides[1].cut, sides[2].cut, choices or {})
    losses = write_cut(found.cut, out, target=target)
    merged = Document(found.cut, out.name, _format_of(out), losses)
    return merge_report(sides[0], sides[1], sides[2], merged, found)


def convert(
    source: Path,
    out: Path,
    *,
    target: str = "",
    rate: FrameRate | None = None,
    timeline: str = "",
    force: bool = False,
    alternates: bool = False,
) -> ConvertReport:
    """Write a document in the format of ``out``, for an editor; ``alternates`` as `write_cut` has it.

    Raises what `combine` raises.
    """
    _check_target(target)
    _check_output(out, (source,), force=force)
    found = read_document(source, rate=rate, timeline=timeline)
    cut = _sized(found.cut) if _format_of(out) == "xmeml" else found.cut
    losses = write_cut(cut, out, target=target, alternates=alternates)
    return ConvertReport(
        source=facts_of(found), file=out.name, format=_format_of(out), target=target, losses=list(losses)
    )


def _sized(cut: Cut) -> Cut:
    from takebridge.services.media_sizes import with_sizes  # loads PyAV, which other formats can do without

    return with_sizes(cut)


def _format_of(out: Path) -> str:
    return SUFFIXES.get(out.suffix.lower(), "")


def _check_input(path: Path) -> None:
    if not path.exists():
        raise NotFoundError(f"There is no file “{path}”.", hint="Check the path: export the timeline again if need be.")
    if path.is_dir() and path.suffix.lower() != ".fcpxmld" and not is_draft(path):
        raise UsageError(f"“{path}” is a folder.", hint="Give the document of one timeline, or a CapCut draft.")
    if not path.is_file() and not path.is_dir():
        raise UsageError(f"“{path}” is no file.", hint="Save the timeline to a file first.")


def _check_target(target: str) -> None:
    if target and target not in TARGETS:
        drafts = "CapCut takes drafts, not documents: 'takebridge export --for capcut'. " if target == "capcut" else ""
        hint = f"{drafts}Choose one of {', '.join(TARGETS)}."
        raise UsageError(f"“{target[:40]}” is no editor to write for.", hint=hint)


def _check_output(out: Path, inputs: Iterable[Path], *, force: bool) -> None:
    if not out.absolute().parent.is_dir():
        raise UsageError(f"The folder “{out.parent}” does not exist.", hint="Create it, or choose another target.")
    for given in () if force else inputs:
        if given.exists() and out.exists() and os.path.samefile(given, out):
            raise UsageError(
                f"“{out.name}” is one of the documents given; nothing was written.",
                hint="Choose another name, or say --force to replace it.",
            )
