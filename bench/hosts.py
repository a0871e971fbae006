"""Every editor × every verb of the host protocol, what a long sequence costs in Premiere, and how its panel runs.

Usage: make bench-hosts, or python bench/hosts.py [--quick]. Exit code 1 when a cell of the matrix is red or a limit is
missed. Resolve is emulated on all its profiles (``--quick``: the newest), Premiere is the strict fake on three
versions, the other editors are documents. The long sequence has 1,000 clips with their sound; the fake answers each
call after 2 ms. The panel is its real page in headless Chromium (premiere_panel/test/browser/measure.js).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cut import Limit
from rich.console import Console
from rich.table import Table
from tests.support.agent_matrix import Row
from tests.support.agent_rig import PROFILES as RESOLVES
from tests.support.host_matrix import NEWEST, ROWS, columns, matrix, red
from tests.support.premiere_rig import PremiereHost
from tests.support.premiere_runner import PANEL, PremiereRunner, missing, node

CALL_MS, SNAPSHOT_SECONDS, CLIPS = 2, 3.0, 1_000
TRIES = 3
"""The quickest counts: the machine may be busy with something else for a moment."""
_MARKS = {"ok": "[green]ok[/]", "not offered": "[dim]–[/]"}


def main() -> None:
    """Print the matrix, then the limits, and the figures as JSON on the last line."""
    console = Console(width=int(os.environ.get("COLUMNS", "200")))
    if why := missing():
        console.print(f"[bold red]Premiere was not tried: {why}.[/]")
        sys.exit(1)
    limits = [*page(), *cells(console, quick="--quick" in sys.argv), *snapshots()]
    table = Table("", "figure", "measured", "limit", title="Limits")
    for one in limits:
        mark = "" if one.ok is None else "[green]ok[/green]" if one.ok else "[red]OVER[/red]"
        table.add_row(mark, one.name, one.measured, one.limit)
    console.print(table)
    sys.stdout.write(json.dumps({one.name: one.measured for one in limits}) + "\n")
    sys.exit(1 if any(one.ok is False for one in limits) else 0)


# --- the matrix -----------------------------------------------------------------------------------------


def cells(console: Console, *, quick: bool) -> Iterator[Limit]:
    """Try every cell and print the table: ok, – for not offered, or what went wrong."""
    with columns((NEWEST,) if quick else RESOLVES) as editors:
        rows = matrix(editors)
        console.print(printed([editor.host for editor in editors], rows))
    wrong = red(rows)
    done = sum(row.outcome == "ok" for row in rows)
    yield Limit("cells done", f"{done} of {len(rows)}, {len(rows) - done - len(wrong)} not offered")
    yield Limit("red cells", str(len(wrong)), "0", not wrong)


def printed(editors: list[str], rows: list[Row]) -> Table:
    """One line a verb, one column an editor."""
    found = {(row.agent, row.verb): row.outcome for row in rows}
    table = Table("verb", *editors, title="Editors × verbs")
    for verb in ROWS:
        outcomes = [found[editor, verb] for editor in editors]
        table.add_row(verb, *(_MARKS.get(one, f"[red]{one}[/]") for one in outcomes))
    return table


# --- a long sequence ------------------------------------------------------------------------------------


def long_film(clips: int = CLIPS) -> dict[str, Any]:
    """So many clips of one second, butt to butt, each with its sound, of ten files."""
    facts = {"rate": "24", "frames": 9_600, "width": 1920, "height": 1080, "audio": True}

    def clip(number: int) -> dict[str, Any]:
        place = {"start": 24 * number, "length": 24, "in": 24 * (number // 10)}
        return {"name": f"A{number:04}", "path": f"/media/A{number % 10:03}.mov", **place}

    track = [clip(number) for number in range(clips)]
    media = {f"/media/A{number:03}.mov": facts for number in range(10)}
    return {
        "project": "Bench",
        "name": "Reel",
        "rate": "24",
        "start": "01:00:00:00",
        "width": 1920,
        "height": 1080,
        "media": media,
        "tracks": {"video": [track], "audio": [track]},
    }


def snapshots(version: str = "26.3.0") -> Iterator[Limit]:
    """Read the whole sequence, and only its picture, with many answers on their way and strictly one by one."""
    picture = {"tracks": [{"type": "video", "index": 1}]}
    what = f"of {CLIPS} clips"
    for name, args in ((f"snapshot {what}", picture), (f"snapshot {what} with their sound", {})):
        seconds, calls = min(timed(version, args, lanes=64) for _ in range(TRIES))
        measured = f"{seconds:.2f} s, {calls / CLIPS:.1f} calls a clip"
        limit = f"{SNAPSHOT_SECONDS:.0f} s at {CALL_MS} ms a call"
        yield Limit(name, measured, limit, seconds <= SNAPSHOT_SECONDS)
    for name, args in ((f"snapshot {what}", picture), (f"snapshot {what}, no item in full", {**picture, "detail": []})):
        seconds, calls = timed(version, args, lanes=1)
        measured = f"{seconds:.2f} s, {calls / CLIPS:.1f} calls a clip"
        yield Limit(f"{name}, strictly one call at a time", measured)


# --- the panel's page -----------------------------------------------------------------------------------


def page() -> Iterator[Limit]:
    """Open the panel with 300 takes in its tray and scroll it; the quickest run counts, as for the snapshots.

    The frames are those of a page that is drawn in software; that Chromium is there is a condition, not a figure.
    """
    if not (PANEL / "node_modules").is_dir():
        raise SystemExit("The panel was not measured: its tools are not installed ('make panel-js' installs them).")
    command = [node(), "test/browser/measure.js", str(TRIES)]
    done = subprocess.run(
        command, cwd=PANEL, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    try:
        found = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"The panel was not measured: {(done.stderr or done.stdout)[-2000:]}") from None
    most = found["limits"]
    yield Limit(
        "panel page ready", f"{found['stands']:.0f} ms", f"{most['stands']} ms", found["stands"] <= most["stands"]
    )
    yield Limit("panel, 300 takes drawn", f"{found['takes']:.0f} ms")
    scroll = f"{found['p95']:.1f} ms, own work {found['work']:.1f} ms"
    yield Limit("panel, scroll of 300 takes, frame p95", scroll, f"{most['p95']} ms", found["p95"] <= most["p95"])


def timed(version: str, args: dict[str, Any], *, lanes: int) -> tuple[float, int]:
    """Seconds the first snapshot of a new agent takes, and the calls it makes that are waited for."""
    with PremiereRunner(version, long_film(), latencyMs=CALL_MS, lanes=lanes) as runner:
        host = PremiereHost(runner)
        runner.ask("uncount")
        started = time.perf_counter()
        answer = host.run("timeline.snapshot", args, None)
        seconds = time.perf_counter() - started
        items = (answer.result or {}).get("items", [])
        if len(items) != CLIPS * (1 if args else 2):
            raise SystemExit("The snapshot does not show every clip.")
        return seconds, int(runner.ask("world")["wire"]["calls"])


if __name__ == "__main__":
    main()
