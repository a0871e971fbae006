"""Every reader against every writer, on real files: what is kept where, and whether losses are told.

    .venv/bin/python -m bench.interchange_matrix [CORPUS]

Prints the Markdown tables of docs/interchange.md. A file is read, written, and read back; a clip counts as kept where
one of the same kind of track stands at exactly the same record time. "silent" counts files with clips missing or moved
and not a line in the loss report.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from takebridge.cut.model import Cut
from takebridge.errors import BridgeError
from takebridge.interchange.documents import read_cut, write_cut

READERS = ("otio", "fcpxml", "xmeml", "edl", "aaf")
WRITERS = (
    ("otio plain", ".otio", "plain"),
    ("otio resolve", ".otio", "resolve"),
    ("otio premiere", ".otio", "premiere"),
    ("fcpxml", ".fcpxml", "plain"),
    ("fcpxml fcp", ".fcpxml", "fcp"),
    ("fcpxml resolve", ".fcpxml", "resolve"),
    ("xmeml", ".xml", "premiere"),
    ("edl", ".edl", ""),
    ("aaf", ".aaf", ""),
)


@dataclass(slots=True)
class Cell:
    """One reader and writer: files, clips, and files whose losses nobody was told."""

    files: int = 0
    written: int = 0
    clips: int = 0
    kept: int = 0
    exact: int = 0
    silent: int = 0
    lines: int = 0


def places(cut: Cut) -> Counter[tuple[str, Fraction, Fraction]]:
    """Where clips stand, in absolute record seconds; captions and clips of no length aside."""
    found: Counter[tuple[str, Fraction, Fraction]] = Counter()
    for track in cut.tracks:
        for clip in track.clips:
            if clip.record.duration:
                begin, end = ((cut.start + at) / cut.rate.fraction for at in (clip.record.start, clip.record.end))
                found[track.kind, Fraction(begin), Fraction(end)] += 1
    return found


def measure(path: Path, cell: Cell, suffix: str, target: str, folder: Path) -> None:
    """Read, write, read back."""
    try:
        read = read_cut(path)
    except BridgeError:
        return
    cell.files += 1
    wanted = places(read.cut)
    out = folder / f"out{suffix}"
    for old in folder.iterdir():
        old.unlink()
    try:
        losses = write_cut(read.cut, out, target=target)
    except BridgeError:
        return
    back = sum((places(read_cut(one, rate=read.cut.rate).cut) for one in sorted(folder.iterdir())), Counter())
    kept = sum((wanted & back).values())
    cell.written += 1
    cell.clips += sum(wanted.values())
    cell.kept += kept
    cell.exact += wanted == back
    cell.lines += len(losses)
    cell.silent += wanted != back and not losses


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the matrix."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2] / "shared" / "corpus"
    say("| read from | " + " | ".join(name for name, _, _ in WRITERS) + " |")
    say("|---|" + "---|" * len(WRITERS))
    for reader in READERS:
        row = []
        for _, suffix, target in WRITERS:
            cell = Cell()
            with tempfile.TemporaryDirectory() as folder:
                for path in sorted((corpus / reader).glob("*")):
                    measure(path, cell, suffix, target, Path(folder))
            silent = f", **{cell.silent} silent**" if cell.silent else ""
            row.append(f"{cell.exact}/{cell.written}/{cell.files}, {cell.kept}/{cell.clips} clips{silent}")
        say(f"| {reader} | " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
