"""``diff``: what is different in the second file, timeline by timeline."""

from __future__ import annotations

from itertools import groupby

from takebridge_fcpxml.cli.outcome import CLEAN, FINDINGS, Outcome, counted
from takebridge_fcpxml.diff import Change, diff
from takebridge_fcpxml.document import Document
from takebridge_fcpxml.tables import Column, clean, table

_COLUMNS = (Column("Timecode"), Column("What", "wrap"), Column("Change", "wrap"))


def run_diff(a: str, b: str) -> Outcome:
    """Every difference of ``b`` against ``a``."""
    before, after = Document.read(a), Document.read(b)
    changes = diff(before, after)
    bytes_equal = before.to_bytes() == after.to_bytes()
    data: dict[str, object] = {
        "a": a,
        "b": b,
        "equal": not changes,
        "bytes_equal": bytes_equal,
        "changes": [change.to_json() for change in changes],
    }
    if not changes:
        words = "No differences." if bytes_equal else "No differences, apart from how the text is spelled."
        return Outcome(CLEAN, words, data)
    blocks = [_block(where, list(group)) for where, group in groupby(changes, key=lambda change: change.where)]
    return Outcome(FINDINGS, "\n\n".join([*blocks, f"{counted(len(changes), 'difference')}."]), data)


def _block(where: str, changes: list[Change]) -> str:
    # What is told by a line elsewhere in the file has no timecode; its line says where to look.
    rows = [(change.timecode or _line(change), change.name, change.message) for change in changes]
    return f"{clean(where)}\n{table(_COLUMNS, rows, indent=2)}"


def _line(change: Change) -> str:
    line = change.after_line if change.after_path else change.before_line
    return f"line {line}" if line else ""
