"""``convert``: another version, host flavour, container or OTIO, with the report of what that loses.

The order is version, target, container or OTIO. Nothing is written before everything is ready, and then at once.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

from takebridge_fcpxml.cli.outcome import CLEAN, FINDINGS, Outcome, counted
from takebridge_fcpxml.cli.sidedata import out_of_bundle
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import BadValueError, FcpxmlError, OtioError
from takebridge_fcpxml.loss import Kind, LossReport
from takebridge_fcpxml.placement import Problem, place
from takebridge_fcpxml.tables import Column, clean, table, terminal_width, wrap
from takebridge_fcpxml.view import Multicam, Sequence, root_of

_SUFFIXES = (".fcpxml", ".fcpxmld", ".otio")
_ALIKE = 3
_COLUMNS = (
    Column("Kind"),
    Column("Construct", "wrap"),
    Column("Count", right=True),
    Column("What happened", "wrap"),
    Column("Where", "wrap"),
)


def run_convert(
    source: str,
    output: str,
    version: str | None = None,
    target: str | None = None,
    project: str | None = None,
    family: str | None = None,
) -> Outcome:
    """Convert one file. Raises FcpxmlError, and ``output`` is then as it was."""
    suffix = Path(output).suffix.lower()
    if suffix not in _SUFFIXES:
        raise BadValueError(
            f"{Path(output).name!r} does not say what to write.",
            hint="Give OUT a name that ends in .fcpxml, .fcpxmld or .otio.",
        )
    for option, value in (("--project", project), ("--family", family)):
        if value is not None and suffix != ".otio":
            raise BadValueError(f"{option} is for what goes to OTIO.", hint="Leave it out, or let OUT end in .otio.")
    if _is_otio(Path(source)):
        if suffix == ".otio":
            return _otio_to_otio(source, output, version, target, project, family)
        document, report = _from_otio(source, version)
        # The version is in the document already; a target may still need another one.
        document, more = _for_target(document, target, version)
        return _write(source, output, document, report + more, unchanged=False)
    original = Document.read(source)
    document, report = _convert(original, version, target)
    if suffix == ".otio":
        return _to_otio(source, output, document, report, project, family)
    return _write(source, output, document, report, unchanged=document is original)


def _convert(document: Document, version: str | None, target: str | None) -> tuple[Document, LossReport]:
    if target is not None:
        return _for_target(document, target, version)
    if version is None or version == document.version:
        return document, LossReport()
    from takebridge_fcpxml.versions import to_version

    return to_version(document, version)


def _for_target(document: Document, target: str | None, version: str | None) -> tuple[Document, LossReport]:
    if target is None:
        return document, LossReport()
    from takebridge_fcpxml.targets import for_target

    return for_target(document, target, version)


def _write(source: str, output: str, document: Document, report: LossReport, *, unchanged: bool) -> Outcome:
    suffix = Path(output).suffix.lower()
    ready = document
    if suffix != ".fcpxmld":
        ready, lost = out_of_bundle(document)
        report, unchanged = report + lost, unchanged and ready is document
    problems = _problems(ready)
    ready.write(output)
    what = f"FCPXML {clean(ready.version)}" if ready.version else "FCPXML without a version"
    return _outcome(source, output, what, ready.version, report, problems, unchanged)


def _problems(document: Document) -> list[Problem]:
    """Values that say no time or lane. They hinder no writing, so they are told, and written as they stood."""
    problems: list[Problem] = []
    root = root_of(document)
    for timeline in (*root.descendants(Sequence), *root.descendants(Multicam)):
        place(timeline, alternates=True, problems=problems)
    for clip in root.clips:
        place(clip, alternates=True, problems=problems)
    for problem in problems:
        problem.error.path = problem.error.path or document.element_path(problem.element)
        problem.error.line = problem.error.line or problem.element.sourceline
    return problems


def _is_otio(path: Path) -> bool:
    """Whether a file is OTIO by its first character; its suffix decides only where there is none."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") or (path.suffix.lower() == ".otio" and not head.startswith(b"<"))


def _otio() -> ModuleType:
    try:
        from takebridge_fcpxml import otio
    except ImportError as error:
        raise OtioError(
            f"OpenTimelineIO cannot be used here: {error}.", hint="Install it: pip install opentimelineio."
        ) from error
    return otio


def _from_otio(source: str, version: str | None) -> tuple[Document, LossReport]:
    from takebridge_fcpxml.versions import number

    if version is not None:
        number(version)
    otio = _otio()
    timeline, read = otio.read_otio(Path(source))
    # None keeps the version of the FCPXML it came from, when it did: a round trip needs no conversion.
    document, made = otio.from_otio(timeline, version=version)
    return document, read + made


def _to_otio(
    source: str, output: str, document: Document, report: LossReport, project: str | None, family: str | None
) -> Outcome:
    otio = _otio()
    flat, lost = out_of_bundle(document)
    timeline, made = otio.to_otio(flat, project=project)
    written = otio.write_otio(timeline, Path(output), family=family)
    return _outcome(source, output, "OTIO", None, report + lost + made + written, [], unchanged=False)


def _otio_to_otio(
    source: str, output: str, version: str | None, target: str | None, project: str | None, family: str | None
) -> Outcome:
    if version or target or project:
        raise BadValueError(
            "From OTIO to OTIO there is no FCPXML to choose a version, target or project of.",
            hint="Leave these out, or let OUT end in .fcpxml.",
        )
    otio = _otio()
    timeline, read = otio.read_otio(Path(source))
    written = otio.write_otio(timeline, Path(output), family=family)
    return _outcome(source, output, "OTIO", None, read + written, [], unchanged=False)


def _outcome(
    source: str,
    output: str,
    what: str,
    version: str | None,
    report: LossReport,
    problems: list[Problem],
    unchanged: bool,
) -> Outcome:
    data: dict[str, Any] = {
        "input": source,
        "output": output,
        "format": Path(output).suffix.lower().lstrip("."),
        "version": version,
        "unchanged": unchanged,
        "losses": [asdict(loss) for loss in report],
        "problems": [_json(problem.error) for problem in problems],
    }
    rows = _few(report.rows())
    rows.extend(
        ("unreadable", str(problem.element.tag), 1, problem.error.message, f"line {problem.error.line}")
        for problem in problems
    )
    text = [f"Wrote {clean(output)} ({what}).", table(_COLUMNS, rows), _verdict(report, problems)]
    code = FINDINGS if report.only("dropped", "approximated") or problems else CLEAN
    return Outcome(code, "\n\n".join(filter(None, text)), data)


def _few(rows: list[tuple[Kind, str, int, str, str]]) -> list[tuple[str, str, int, str, str]]:
    """The rows, those of one construct that say the same with other names cut to a few and a sum."""
    shown: list[tuple[str, str, int, str, str]] = []
    for (kind, construct), same in groupby(rows, key=lambda row: row[:2]):
        group = list(same)
        few = group if len(group) <= _ALIKE + 1 else group[:_ALIKE]
        shown.extend(few)
        if rest := group[len(few) :]:
            shown.append((kind, construct, sum(row[2] for row in rest), "The same elsewhere; --json lists all.", ""))
    return shown


def _json(error: FcpxmlError) -> object:
    return error.to_json()["error"]


def _verdict(report: LossReport, problems: list[Problem]) -> str:
    dropped, approximated, carried = (len(report.only(kind)) for kind in ("dropped", "approximated", "carried"))
    words = []
    if dropped or approximated:
        parts = [
            f"{number:,} {word}" for number, word in ((dropped, "dropped"), (approximated, "approximated")) if number
        ]
        words.append(f"Not everything came along: {', '.join(parts)}.")
    else:
        words.append("Nothing was lost.")
    if carried:
        words.append(f"{counted(carried, 'thing')} travel as metadata that only takebridge_fcpxml reads back.")
    if problems:
        words.append(f"{counted(len(problems), 'value')} could not be read and stand as they stood.")
    return "\n".join(wrap(" ".join(words), terminal_width()))
