"""``diff``, ``merge`` and ``convert``: cuts in files, without a running bridge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Annotated, TypedDict, TypeVar, cast

import typer

from takebridge.cut.merge_types import Choice
from takebridge.errors import BridgeError, InterchangeError, InvalidDocumentError, UsageError
from takebridge.timebase import FrameRate, parse_edit_rate
from takebridge_server.commands.terminal import Json, complaints, console, fail

if TYPE_CHECKING:
    from pydantic import BaseModel

    from takebridge.cut.report_types import ConvertReport, DiffReport, MergeReport
    from takebridge.services.cut_reports import Compared

_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What may come out of code that meets a document nobody thought of; people get words for it too."""

# What reads documents is loaded by the command that needs it: all others start without it.

R = TypeVar("R", bound="BaseModel")

CHANGED = 1
"""Exit code of ``diff --exit-code`` where something changed, as diff(1) has it; errors are 2 there."""

Rate = Annotated[
    str | None, typer.Option("--rate", help="Frames per second of documents that do not say theirs, such as 29.97.")
]
Timeline = Annotated[str, typer.Option("--timeline", help="The timeline to take where a document has several.")]
Host = Annotated[
    str, typer.Option("--for", help="The editor it is for: resolve, premiere, fcp, avid or plain.", show_default=False)
]
Alternates = Annotated[
    bool,
    typer.Option("--alternates", help="Other takes of a clip as disabled clips above it, in .xml also as bins."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a document that was given.")]
Out = Annotated[Path, typer.Option("-o", "--out", help="The file to write; its suffix says the format.")]
Cut = Annotated[Path, typer.Argument(help="A timeline: .otio, .fcpxml, .xml, .edl or .aaf.", show_default=False)]


class _Reading(TypedDict):
    rate: FrameRate | None
    timeline: str


def diff(
    a: Cut,
    b: Cut,
    html: Annotated[Path | None, typer.Option("--html", help="Also write a page to look at.")] = None,
    thumbnails: Annotated[bool, typer.Option(help="Pictures of the clips on the page.")] = True,
    rate: Rate = None,
    timeline: Timeline = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when something changed, 2 on an error.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what changed from cut A to cut B. Any two formats, no running bridge."""
    from takebridge_server import show_cuts

    def work() -> Compared:
        from takebridge.services.cuts import compare

        found = compare(a, b, rate=_rate(rate), timeline=timeline)
        if html is not None:
            _write_page(found, html, (a, b), thumbnails=thumbnails)
        return found

    def report() -> DiffReport:
        found = work().report
        _say_losses(((found.a.file, found.a.losses), (found.b.file, found.b.losses)))
        return found

    try:
        found = _finish(as_json, report, show_cuts.difference)
    except typer.Exit:
        raise typer.Exit(2 if exit_code else 1) from None
    if exit_code and (found.summary.changed or found.summary.shifted or found.cut_changes):
        raise typer.Exit(CHANGED)


def merge(
    base: Cut,
    editor: Cut,
    canvas: Cut,
    out: Out,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", help="Decide a conflict: its id = editor, canvas or both. Repeatable."),
    ] = None,
    host: Host = "",
    rate: Rate = None,
    timeline: Timeline = "",
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Merge what the editor and the canvas did to the base into one cut. Any formats, no running bridge."""
    from takebridge_server import show_cuts

    def work() -> MergeReport:
        from takebridge.services.cuts import combine

        choices = choices_of(choose or [])
        reading: _Reading = {"rate": _rate(rate), "timeline": timeline}
        found = combine(
            base,
            editor,
            canvas,
            out,
            choices=choices,
            target=host.lower(),
            force=force,
            **reading,
        )
        sides = (found.base, found.editor, found.canvas, found.merged)
        _say_losses((side.file, side.losses) for side in sides)
        return found

    _finish(as_json, work, show_cuts.merged)


def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The timeline to read.", show_default=False)],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; its suffix says the format.")],
    host: Host = "",
    rate: Rate = None,
    timeline: Timeline = "",
    alternates: Alternates = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Write a cut in another format, or for another editor, and say what is lost."""
    from takebridge_server import show_cuts

    def work() -> ConvertReport:
        from takebridge.services.cuts import convert as written

        reading: _Reading = {"rate": _rate(rate), "timeline": timeline}
        found = written(source, out, target=host.lower(), force=force, alternates=alternates, **reading)
        _say_losses(((found.source.file, found.source.losses), (found.file, found.losses)))
        return found

    _finish(as_json, work, show_cuts.converted)


def choices_of(given: list[str]) -> dict[str, Choice]:
    """Return the choices by conflict. Raises UsageError for another form, another choice, one conflict twice."""
    found: dict[str, Choice] = {}
    for item in given:
        conflict, _, choice = item.rpartition("=")
        if not conflict or choice not in ("editor", "canvas", "both"):
            raise UsageError(f"“{item[:80]}” decides nothing.", hint="Write ID=editor, ID=canvas or ID=both.")
        if found.setdefault(conflict, cast("Choice", choice)) != choice:
            raise UsageError(f"“{conflict[:80]}” is decided in two ways.", hint="Give each conflict one choice.")
    return found


def _rate(text: str | None) -> FrameRate | None:
    return None if text is None else parse_edit_rate(text)


def _write_page(found: Compared, html: Path, inputs: tuple[Path, Path], *, thumbnails: bool) -> None:
    from takebridge.services.cut_page import write_page

    write_page(found, html, inputs, thumbnails=thumbnails)


def _finish(as_json: bool, work: Callable[[], R], draw: Callable[[R], object]) -> R:
    """Run, then print the report as JSON or drawn for people; errors as every command has them."""
    try:
        found = work()
    except BridgeError as error:
        fail(error, as_json)
    except OSError as error:
        what = f"“{Path(error.filename).name}”" if isinstance(error.filename, str) else "A file"
        fail(UsageError(f"{what} cannot be used: {error.strerror or error}.", hint="Look at the path."), as_json)
    except _FAULTS as error:
        fail(_fault(error), as_json)
    if as_json:
        typer.echo(found.model_dump_json().encode())  # UTF-8 whatever the terminal speaks
    else:
        console.print(draw(found), highlight=False)
    return found


def _fault(error: Exception) -> BridgeError:
    """What no reader foresaw: a document nested beyond measure, or a fault of ours, with the place to look at."""
    if isinstance(error, RecursionError | MemoryError):
        return InvalidDocumentError("The cut is too large or nested too deeply.", hint="Flatten its compound clips.")
    last = extract_tb(error.__traceback__)[-1]
    return InterchangeError(
        "These documents bring out a fault of TakeBridge; nothing was written.",
        hint="Report it, with the documents if you may share them.",
        fault=f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"[:300],
    )


def _say_losses(documents: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Losses go to stderr: they are about the documents, not about what was asked."""
    from takebridge_server.show_cuts import losses

    for line in losses(documents):
        complaints.print(line, style="yellow", markup=False, highlight=False)
