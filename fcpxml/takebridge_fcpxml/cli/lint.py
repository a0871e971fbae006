"""``lint``: a table of findings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from takebridge_fcpxml.cli.outcome import CLEAN, FINDINGS, Outcome, counted
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.errors import FileError
from takebridge_fcpxml.lint import lint, validate
from takebridge_fcpxml.tables import Column, clean, shorten, table

_COLUMNS = (
    Column("Severity"),
    Column("Code"),
    Column("Line", right=True),
    Column("Finding", "wrap"),
    Column("What to do", "wrap"),
)


def run_lint(file: str, dtd: str | None, target: str | None) -> Outcome:
    """Findings by line, then those of the DTD."""
    if dtd is not None and not Path(dtd).is_dir():
        raise FileError(f"{dtd} is not a folder.", hint="--dtd wants the folder that holds FCPXMLv1_10.dtd and others.")
    document = Document.read(file)
    findings = list(lint(document, target=target))
    if dtd is not None:
        findings.extend(validate(document, Path(dtd)))
    counts: Counter[str] = Counter(finding.severity for finding in findings)
    counted_all = ", ".join(
        counted(counts[severity], word)
        for severity, word in (("error", "error"), ("warning", "warning"), ("info", "note"))
    )
    name = shorten(clean(Path(file).name), 48)
    summary = f"{counted_all} in {name} (FCPXML {clean(document.version) or 'without version'})."
    rows = [(finding.severity, finding.code, finding.line or "", finding.message, finding.hint) for finding in findings]
    data: dict[str, object] = {
        "file": file,
        "version": document.version,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "infos": counts["info"],
        "findings": [finding.to_json() for finding in findings],
    }
    code = FINDINGS if counts["error"] or counts["warning"] else CLEAN
    return Outcome(code, "\n\n".join(filter(None, (table(_COLUMNS, rows), summary))), data)
