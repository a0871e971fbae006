"""Benchmarks of the cut: identity on edit scripts with a known truth, speed, real files, round trips with crashes.

Usage: make bench-cut, or python bench/cut.py [--quick]. Exit code 1 when a limit is missed. ``--quick`` plays three
seeds instead of ten, leaves out the largest size and plays ten round trips instead of fifty. Real files are taken from
TAKEBRIDGE_SHARED_CORPUS or ../shared/corpus; without them that part is left out and the first line says so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cut_corpus import Kept, corpus, xmeml_adapter
from cut_peers import url_and_in_point
from cut_scripts import STRIPPINGS, Score, Stripping, make_all, score, score_words
from rich.console import Console
from rich.table import Table

from takebridge.cut.diff import diff
from takebridge.cut.identity import identify

SIZES = ((50, 5), (100, 20), (500, 50), (500, 200), (2_000, 200))
DENSE = (50, 200)
LIMITS: dict[Stripping, float] = {"ids": 99.5, "half": 98.5, "stripped": 98.0, "proxies": 97.5}
DENSE_LIMIT, FLAGGED_LIMIT, FALSE_LIMIT = 90.0, 70.0, 3.0
WORKER = Path(__file__).with_name("cut_worker.py")
WORDS_SIZE = (500, 50)


@dataclass(frozen=True, slots=True)
class Limit:
    """One measured figure beside its limit; ``ok`` None for one that is only shown."""

    name: str
    measured: str
    limit: str = ""
    ok: bool | None = None


def main() -> None:
    """Print all tables, then the limits, and their figures as JSON on the last line."""
    warnings.simplefilter("ignore")
    console = Console(width=int(os.environ.get("COLUMNS", "150")))
    quick = "--quick" in sys.argv
    folder = corpus_folder()
    if not folder.is_dir():
        console.print(f"[bold red]There is no {folder}: nothing below is about real files.[/]")
    limits = [*identity(console, quick), *speed(console)]
    if folder.is_dir():
        limits += files(console, folder)
    limits += round_trips(console, 10 if quick else 50)
    table = Table("", "figure", "measured", "limit", title="Limits")
    for one in limits:
        mark = "" if one.ok is None else "[green]ok[/green]" if one.ok else "[red]OVER[/red]"
        table.add_row(mark, one.name, one.measured, one.limit)
    console.print(table)
    sys.stdout.write(json.dumps({one.name: one.measured for one in limits}) + "\n")
    sys.exit(1 if any(one.ok is False for one in limits) else 0)


def corpus_folder() -> Path:
    """Where real files would be."""
    told = os.environ.get("TAKEBRIDGE_SHARED_CORPUS")
    return Path(told) if told else Path(__file__).resolve().parents[2] / "shared" / "corpus"


# --- identity --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Measured:
    """Scores of one size and stripping over all seeds: ours and the open proposals' way; ``words`` (right, all)."""

    mine: Score
    peer: Score
    words: list[int]


def identity(console: Console, quick: bool) -> Iterator[Limit]:
    """Play all edit scripts and yield the limits."""
    sizes = [*(SIZES[:-1] if quick else SIZES), DENSE]
    began = time.perf_counter()
    found = {size: _play(size, 3 if quick else 10) for size in sizes}
    titles = (
        "clips, edits",
        "stripping",
        "touched right",
        "strictly",
        "of",
        "wrong, all",
        "… flagged",
        "right, flagged",
    )
    head = (*titles, "copies named", "words right", "url + in-point")
    table = Table(*head, title=f"Identity, {3 if quick else 10} seeds each ({time.perf_counter() - began:.0f} s)")
    for (clips, edits), measured in found.items():
        for stripping, one in measured.items():
            table.add_row(f"{clips:,}, {edits}", stripping, *_row(one))
    console.print(table)
    _kinds(console, found)
    yield from _identity_limits(found)


def _play(size: tuple[int, int], seeds: int) -> dict[Stripping, Measured]:
    found = {stripping: Measured(Score(), Score(), [0, 0]) for stripping in STRIPPINGS}
    for seed in range(1, seeds + 1):
        for stripping, case in make_all(seed, *size).items():
            matches = identify(case.a, case.b)
            found[stripping].mine.add(score(case, matches))
            found[stripping].peer.add(score(case, url_and_in_point(case.a, case.b)))
            right, total, _ = score_words(case.truth, diff(case.a, case.b, matches).pairs)
            found[stripping].words[0] += right
            found[stripping].words[1] += total
    return found


def _row(one: Measured) -> tuple[str, ...]:
    mine = one.mine
    return (
        f"{mine.touched:.2f} %",
        f"{100 * mine.strict_correct / mine.touched_total:.2f} %",
        f"{mine.touched_total:,}",
        f"{mine.wrong_total:,}",
        f"{mine.flagged:.0f} %" if mine.wrong_total else "–",
        f"{mine.false_flags:.2f} %",
        f"{mine.copies_named} / {mine.copies_total}",
        f"{one.words[0]:,} / {one.words[1]:,}" if one.words[1] else "–",
        f"{one.peer.touched:.1f} %",
    )


Found = dict[tuple[int, int], dict[Stripping, Measured]]


def _kinds(console: Console, found: Found) -> None:
    """Which kinds of edit are got right how often; a clip edited in several ways counts under each."""
    pooled = {stripping: _pool(found, stripping) for stripping in STRIPPINGS}
    table = Table("edit", *STRIPPINGS, "of", title="Touched clips right by kind of edit, without the dense corner")
    for kind in sorted({kind for one in pooled.values() for kind in one.kinds}):
        shares = [one.kinds.get(kind, (0, 0)) for one in pooled.values()]
        table.add_row(kind, *(f"{100 * a / b:.1f} %" if b else "–" for a, b in shares), f"{shares[0][1]:,}")
    console.print(table)


def _pool(found: Found, stripping: Stripping, *, peer: bool = False) -> Score:
    pooled = Score()
    for size, measured in found.items():
        if size != DENSE:
            pooled.add(measured[stripping].peer if peer else measured[stripping].mine)
    return pooled


def _identity_limits(found: Found) -> Iterator[Limit]:
    everything = Score()
    for stripping, limit in LIMITS.items():
        pooled = _pool(found, stripping)
        yield at_least(f"touched clips right, {stripping}", pooled.touched, limit, "%")
    dense = found[DENSE]["stripped"].mine
    yield at_least("touched clips right, 50 clips, 200 edits, stripped", dense.touched, DENSE_LIMIT, "%")
    for measured in found.values():
        for one in measured.values():
            everything.add(one.mine)
    yield at_least("of what is wrong, flagged ambiguous", everything.flagged, FLAGGED_LIMIT, "%")
    yield at_most("of what is right, flagged ambiguous", everything.false_flags, FALSE_LIMIT, "%")
    for stripping in STRIPPINGS:
        share = _pool(found, stripping, peer=True).touched
        yield Limit(f"url + in-point, touched clips right, {stripping}", f"{share:.1f} %")


def at_least(name: str, value: float, limit: float, unit: str) -> Limit:
    """A figure with a lower limit."""
    return Limit(name, f"{value:.2f} {unit}", f"≥ {limit:g} {unit}", value >= limit)


def at_most(name: str, value: float, limit: float, unit: str) -> Limit:
    """A figure with an upper limit."""
    return Limit(name, f"{value:.2f} {unit}", f"≤ {limit:g} {unit}", value <= limit)


# --- speed -----------------------------------------------------------------------------------------------


def speed(console: Console) -> Iterator[Limit]:
    """Diff and merge at 1,000 and 10,000 clips, in processes of their own."""
    small, large = _worker(1_000), _worker(10_000)
    table = Table("clips", "diff", "merge", "peak memory", "OTIO's own way", title="Cost, CPU seconds")
    for one in (small, large):
        merge = f"{one['merge']:.2f} s"
        otio = f"{one['otio']:.2f} s"
        table.add_row(f"{one['clips']:,.0f}", f"{one['diff']:.2f} s", merge, f"{one['megabytes']:.0f} MB", otio)
    console.print(table)
    yield at_most("diff, 10,000 clips (CPU)", large["diff"], 2, "s")
    yield at_most("merge, 10,000 clips (CPU)", large["merge"], 3, "s")
    yield at_most("peak memory of diff and merge, 10,000 clips", large["megabytes"], 500, "MB")
    for what in ("diff", "merge"):
        growth = large[what] / small[what]
        yield Limit(f"{what}, time at 10,000 ÷ at 1,000 clips", f"{growth:.1f}", "< 15", growth < 15)
    yield Limit("OTIO's own way ÷ diff, 10,000 clips", f"{large['otio'] / large['diff']:.2f} ×")


def _worker(clips: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, str(WORKER), str(clips)], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# --- real files ------------------------------------------------------------------------------------------


def files(console: Console, folder: Path) -> Iterator[Limit]:
    """Read as a cut, write in the same format, compare by walkers of the benchmark's own."""
    kept = corpus(folder)
    adapter = xmeml_adapter(folder)
    table = Table("format", "files", "with items", "exact", "items exact", "refused", title="Real files, same format")
    for name, one in {**kept, "xmeml, otio-fcp-adapter": adapter}.items():
        items = f"{one.items_exact:,} / {one.items:,}"
        table.add_row(name, str(one.files), str(one.with_items), str(one.exact), items, str(len(one.refused)))
    console.print(table)
    for name, one in {**kept, "adapter": adapter}.items():
        for line in (*one.inexact, *one.refused):
            console.print(f"  {name}: {line}", style="dim", markup=False)
    yield from _file_limits(kept, adapter)


def _file_limits(kept: dict[str, Kept], adapter: Kept) -> Iterator[Limit]:
    for name, one in kept.items():
        yield Limit(
            f"{name}: files with items written with exact record times",
            f"{one.exact} / {one.with_items}",
            "all that are read",
            one.exact == one.with_items,
        )
    mine = kept["xmeml"]
    exact = f"{mine.points_files} / {mine.with_items} files, {mine.points_exact} / {mine.points} clips"
    yield Limit("xmeml: source in-points exact", exact, "all", mine.points_files == mine.with_items)
    other = f"{adapter.points_files} / {mine.with_items} files, {adapter.points_exact} / {mine.points} clips"
    yield Limit("xmeml: source in-points exact, otio-fcp-adapter", other)


# --- round trips -----------------------------------------------------------------------------------------


def round_trips(console: Console, count: int) -> Iterator[Limit]:
    """Play the story and random trips with a crash in the middle through the emulated editor."""
    from cut_trips import trips

    found = trips(count)
    table = Table("rate", "the story", "random trips", "crashed", "merged", "untouched", "between", title="Round trips")
    for one in found:
        ends = [str(one.states[state]) for state in ("merged", "original", "between")]
        words = ("ok: " if one.story_ok else "WRONG: ") + one.story
        table.add_row(one.label, words, str(one.states.total()), str(one.crashed), *ends)
    console.print(table)
    between = sum(one.states["between"] for one in found)
    right = sum(one.story_ok for one in found)
    yield Limit("the story through the emulator, rates at which the snapshot is right", f"{right} / 4", "4", right == 4)
    name = f"{count} random trips, {sum(one.crashed for one in found)} with a crash: ended in between"
    yield Limit(name, str(between), "0", between == 0)


if __name__ == "__main__":
    main()
