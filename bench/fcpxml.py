"""FCPXML benchmark: what survives a round trip, and what it costs, against lxml alone and the OTIO adapters.

Usage: make bench-fcpxml, or python bench/fcpxml.py [--quick]. Exit code 1 when a limit is missed. Real files and DTDs
are taken from TAKEBRIDGE_SHARED_CORPUS or ../shared/corpus; without them the same tables are made of generated files,
and the first line says so. --quick leaves out the adapter's run at 1,000 clips, which takes over a minute.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fcpxml_made
import fcpxml_trips as trips
import fcpxml_walker as walker
import fcpxml_worker
from rich.console import Console
from rich.table import Table

WORKER = Path(__file__).with_name("fcpxml_worker.py")
PEERS = {"fcpx_xml": "fcpx_xml 1.0.0", "otio_fcpx_xml_lite_adapter": "lite 0.2.3"}
SIZES = (300, 1_000, 10_000)
ROUNDS = 5
RATIO_LIMIT, MEMORY_LIMIT, GROWTH_LIMIT = 4.0, 400.0, 15.0


@dataclass(frozen=True, slots=True)
class Limit:
    """One measured figure beside its limit."""

    name: str
    measured: str
    limit: str
    ok: bool


def main() -> None:
    """Print all tables, then the limits, and their figures as JSON on the last line."""
    console = Console(width=int(os.environ.get("COLUMNS", "160")))
    corpus = corpus_folder()
    dtd_folder = corpus / "dtd" if (corpus / "dtd").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="fcpxml-bench-") as temporary:
        folder = Path(temporary)
        limits = [
            *survival(console, corpus, dtd_folder, folder),
            *three_clips(console, folder),
            *speed(console, dtd_folder, folder),
        ]
    against_peers(console, quick="--quick" in sys.argv)
    table = Table("", "figure", "measured", "limit", title="Limits")
    for limit in limits:
        table.add_row("[green]ok[/green]" if limit.ok else "[red]MISSED[/red]", limit.name, limit.measured, limit.limit)
    console.print(table)
    sys.stdout.write(json.dumps({limit.name: limit.measured for limit in limits}) + "\n")
    sys.exit(0 if all(limit.ok for limit in limits) else 1)


def corpus_folder() -> Path:
    """Where real files would be."""
    told = os.environ.get("TAKEBRIDGE_SHARED_CORPUS")
    return Path(told) if told else Path(__file__).resolve().parents[2] / "shared" / "corpus"


def survival(console: Console, corpus: Path, dtd_folder: Path | None, folder: Path) -> list[Limit]:
    """The round-trip tables."""
    files = sorted((corpus / "fcpxml").glob("*"))
    if not files:
        console.print(f"[bold red]No real files in {corpus}: the tables below are of generated files only.[/]")
        files = generated(folder / "generated")
    if dtd_folder is None:
        console.print("[bold red]No DTDs: nothing below is DTD-validated, on either side.[/]")
    dtds = trips.Dtds(dtd_folder)
    given = trips.sources(files, dtds)
    peers = [trips.peer(adapter, label, given, dtds, folder) for adapter, label in PEERS.items()]
    ours = trips.ours(given, dtds, folder)
    columns = [*peers, trips.passthrough(given, dtds), *ours]
    console.print(trip_table(given, columns, dtd_folder is not None), construct_table(columns))
    shown = [f"{tally.name} · {line}" for tally in ours if tally.strict for line in tally.failures]
    for line in shown[:40]:
        console.print(line, style="red", markup=False)
    return [limit for tally in ours if tally.strict for limit in trip_limits(given, tally, dtd_folder is not None)]


def generated(folder: Path) -> list[Path]:
    """Files to stand in for real ones."""
    folder.mkdir()
    texts = {"one-of-each": fcpxml_made.one_of_each(), "long-100": fcpxml_made.long_film(100)}
    for name, text in texts.items():
        (folder / f"{name}.fcpxml").write_text(text, "utf-8")
    return sorted(folder.glob("*"))


def trip_table(given: list[trips.Source], columns: list[trips.Tally], has_dtds: bool) -> Table:
    """Files that survive, a row a question."""
    table = Table(f"of {len(given)} files", title="Round trip: read → write, places by an independent walker")
    for tally in columns:
        table.add_column(tally.name, justify="right")
    rows = {
        "read without exception": [str(tally.read) for tally in columns],
        "written": [str(tally.written) for tally in columns],
        "written DTD-valid": [str(tally.valid) if has_dtds else "–" for tally in columns],
        "written with timeline items": [str(tally.with_items) for tally in columns],
        "… same item count": [str(tally.same_count) for tally in columns],
        "… timing, name and lane exact": [str(tally.exact) for tally in columns],
        "items exact": [f"{tally.items_exact}/{tally.items}" for tally in columns],
        "… exact at an NTSC rate": [f"{tally.ntsc_exact} of {tally.ntsc}" for tally in columns],
        "… gaps, compounds, multicams too": [_shown(tally.everything) for tally in columns],
        "untouched bytes equal": [_shown(tally.same_bytes) for tally in columns],
        "items not exact and not reported": [_shown(tally.unreported) for tally in columns],
    }
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def _shown(count: int | None) -> str:
    return "–" if count is None else str(count)


def construct_table(columns: list[trips.Tally]) -> Table:
    """Constructs kept of those present in the files each one wrote."""
    table = Table("kept / present", title="Constructs in the files each one wrote")
    for tally in columns:
        table.add_column(tally.name, justify="right")
    for name in walker.CONSTRUCTS:
        table.add_row(name, *(f"{tally.kept[name]}/{tally.present[name]}" for tally in columns))
    return table


def trip_limits(given: list[trips.Source], tally: trips.Tally, has_dtds: bool) -> list[Limit]:
    """Everything read, written, valid and exact; through OTIO, exact or in the loss report."""
    count, name = len(given), tally.name.replace("…", "takebridge_fcpxml,")
    limits = [
        Limit(f"{name}: files written", f"{tally.written}", f"{count}", tally.written == count),
    ]
    if has_dtds:
        valid = sum(1 for source in given if source.valid)
        ok = tally.valid_kept == valid
        limits.append(Limit(f"{name}: valid sources written valid", f"{tally.valid_kept}", f"{valid}", ok))
    if tally.unreported is not None:
        limits.append(
            Limit(f"{name}: items not exact and not reported", f"{tally.unreported}", "0", tally.unreported == 0)
        )
        return limits
    limits.append(
        Limit(f"{name}: timing exact", f"{tally.exact}", f"{tally.with_items}", tally.exact == tally.with_items)
    )
    limits.append(
        Limit(
            f"{name}: gaps, compounds, multicams exact too",
            f"{tally.everything}",
            f"{count}",
            tally.everything == count,
        )
    )
    lost = [key for key in walker.CONSTRUCTS if tally.kept[key] < tally.present[key]]
    limits.append(Limit(f"{name}: constructs with a loss", ", ".join(lost) or "0", "0", not lost))
    if tally.same_bytes is not None:
        limits.append(
            Limit(f"{name}: untouched bytes equal", f"{tally.same_bytes}", f"{count}", tally.same_bytes == count)
        )
    return limits


def three_clips(console: Console, folder: Path) -> list[Limit]:
    """Three clips at each rate, written from OTIO and read back by the same library."""
    names = {**PEERS, fcpxml_worker.OURS: fcpxml_worker.OURS}
    found = {name: job("rates", name, str(folder)) for name in names}
    table = Table("rate given", title="Three clips, written and read back")
    for label in names.values():
        table.add_column(label)
    for rate in fcpxml_made.RATES:
        table.add_row(rate, *(found[name].get(rate, "failed") for name in names))
    console.print(table)
    good = sum(1 for answer in found[fcpxml_worker.OURS].values() if answer == "ok")
    total = len(fcpxml_made.RATES)
    return [Limit("three clips exact at each rate", str(good), str(total), good == total)]


def speed(console: Console, dtd_folder: Path | None, folder: Path) -> list[Limit]:
    """Our whole chain against bare lxml on the same file."""
    if fcpxml_worker.lint_package() is None:
        console.print("[bold red]There is no lint package: our chain runs without lint and DTD.[/]")
    best: dict[tuple[str, int], dict[str, Any]] = {}
    for clips in SIZES:
        path = folder / f"long-{clips}.fcpxml"
        path.write_text(fcpxml_made.long_film(clips), "utf-8")
        for name in ("bare", "ours") * ROUNDS:
            told = job("cost", name, str(path), *([str(dtd_folder)] if dtd_folder else []))
            if "cpu" in told and told["cpu"] < best.get((name, clips), told)["cpu"] + 1e-12:
                best[name, clips] = told
    table = Table("clips", title=f"CPU seconds, best of {ROUNDS} fresh processes (read/dtd/lint/view/write)")
    for label in ("bare lxml", "takebridge_fcpxml", "ratio", "peak MB", "file MB"):
        table.add_column(label, justify="right")
    for clips in SIZES:
        bare, ours = best["bare", clips], best["ours", clips]
        ratio = ours["cpu"] / bare["cpu"]
        memory = f"{bare['peak_mb']:.0f} / {ours['peak_mb']:.0f}"
        table.add_row(f"{clips * 3:,}", _cpu(bare), _cpu(ours), f"{ratio:.2f}", memory, f"{ours['bytes'] / 1e6:.1f}")
    console.print(table)
    most = SIZES[-1]
    ratio = best["ours", most]["cpu"] / best["bare", most]["cpu"]
    memory = max(best["ours", clips]["peak_mb"] for clips in SIZES)
    growth = best["ours", 10_000]["cpu"] / best["ours", 1_000]["cpu"]
    return [
        Limit("30,000 clips: whole chain / bare lxml", f"{ratio:.2f}", f"{RATIO_LIMIT:g}", ratio <= RATIO_LIMIT),
        Limit("30,000 clips: peak MB", f"{memory:.0f}", f"{MEMORY_LIMIT:g}", memory <= MEMORY_LIMIT),
        Limit("time at 10,000 / time at 1,000", f"{growth:.1f}", f"< {GROWTH_LIMIT:g}", growth < GROWTH_LIMIT),
    ]


def _cpu(told: dict[str, Any]) -> str:
    steps = "/".join(f"{spent:.2f}" for spent in told["steps"].values())
    return f"{told['cpu']:.3f} ({steps})"


def against_peers(console: Console, *, quick: bool) -> None:
    """The adapters and ours, from an OTIO timeline to FCPXML and back."""
    table = Table("video clips", title="CPU seconds, OTIO → FCPXML → OTIO (write / read), one run each")
    names = {fcpxml_worker.OURS: "ours-otio", **{adapter: adapter for adapter in PEERS}}
    for name in names:
        table.add_column(PEERS.get(name, name), justify="right")
    table.add_column("fcpx_xml / ours", justify="right")
    for clips in (300,) if quick else (300, 1_000):
        told = {name: job("cost", command, str(clips)) for name, command in names.items()}
        cells = [_pair(told[name]) for name in names]
        costs = [told[name].get("cpu") for name in (fcpxml_worker.OURS, "fcpx_xml")]
        factor = f"{costs[1] / costs[0]:.0f} ×" if costs[0] and costs[1] else "–"
        table.add_row(f"{clips:,} (+{2 * clips:,} audio)", *cells, factor)
    console.print(table)
    if quick:
        console.print("--quick: the adapters at 1,000 clips were not run.")


def _pair(told: dict[str, Any]) -> str:
    return "failed" if "steps" not in told else f"{told['steps']['write']:.2f} / {told['steps']['read']:.2f}"


def job(*words: str) -> dict[str, Any]:
    """Run a worker; an empty answer when it failed."""
    done = subprocess.run(
        [sys.executable, str(WORKER), *words], check=False, capture_output=True, text=True, timeout=900
    )
    if done.returncode:
        sys.stderr.write(f"{' '.join(words)}: {done.stderr.strip().splitlines()[-1:]}\n")
        return {}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
