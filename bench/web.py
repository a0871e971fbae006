"""The canvas page: large graphs beside a bare React Flow, weight, another browser's screen, memory, accessibility.

Usage: make bench-web [MINUTES=30], or python bench/web.py [--minutes 30]. Exit code 1 when a limit is missed. Chromium
draws in software here; a bridge on 127.0.0.1 serves the built page. All figures are of one run on one machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cut import Limit
from rich.console import Console
from rich.table import Table
from tests.support.canvas_tests import CANVAS, WEB
from tests.support.node_tests import node_path, require_chromium
from tests.support.web_bridge import Web

SIZES = (1_000, 3_000)
READY_MS, READY_LARGE_MS, PAN_MS, ZOOM_MS, ECHO_MS = 1_500, 3_000, 50, 120, 150
BUNDLE_KB = 600
MEMORY_PERCENT = 15
FILES = 64
"""Of the page's process, more than at first. An answer nobody reads keeps one; its pictures and sounds come and go."""
JUDGED_MINUTES = 5
"""Of editing, before memory can be judged: until then the page's caches still fill."""
PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def main() -> None:
    """Measure, print the limits, and the figures as JSON on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="of scripted editing for the memory figure")
    options = parser.parse_args()
    if not (WEB / "index.html").is_file():
        sys.exit("The canvas page is not built: make canvas")
    found = measured(options.minutes)
    limits = [*graphs(found), *page(found, options.minutes)]
    table = Table("", "figure", "measured", "limit", title="Canvas page")
    for one in limits:
        mark = "" if one.ok is None else "[green]ok[/green]" if one.ok else "[red]OVER[/red]"
        table.add_row(mark, one.name, one.measured, one.limit)
    console = Console(width=int(os.environ.get("COLUMNS", "150")))
    console.print(table)
    for finding in found["axe"]:
        console.print(f"axe, {finding['impact']}: {finding['where']}: {finding['help']} ({finding['count']})")
        console.print(f"    {', '.join(finding['targets'])}", style="dim")
    sys.stdout.write(json.dumps({one.name: one.measured for one in limits}) + "\n")
    sys.exit(1 if any(one.ok is False for one in limits) else 0)


# --- limits ---------------------------------------------------------------------------------------------


def graphs(found: dict[str, Any]) -> Iterator[Limit]:
    """The figures of each graph, and what part of a bare React Flow's they are."""
    for size in SIZES:
        ours, bare = found[str(size)], found[f"bare {size}"]
        limits = {"ready": READY_MS, "pan": PAN_MS, "zoom": ZOOM_MS} if size == SIZES[0] else {"ready": READY_LARGE_MS}
        for key, words in (("ready", "ready"), ("pan", "pan, frame p95"), ("zoom", "zoom out to all, frame p95")):
            ratio = f"{ours[key] / bare[key]:.2f} of bare React Flow's {bare[key]:.0f} ms"
            most = limits.get(key)
            limit = f"{most} ms" if most else ""
            yield Limit(
                f"{size:,} nodes: {words}",
                f"{ours[key]:.0f} ms; {ratio}",
                limit,
                ours[key] <= most if most else None,
            )
        yield Limit(f"{size:,} nodes: pan with all in sight, frame p95", f"{ours['panAll']:.0f} ms")


def page(found: dict[str, Any], minutes: float) -> Iterator[Limit]:
    """What does not depend on the size of the graph."""
    weight = sum(len(gzip.compress(file.read_bytes(), 9)) for file in first_files(found)) / 1_000
    yield Limit("first view, scripts and styles, gzip", f"{weight:.0f} kB", f"{BUNDLE_KB} kB", weight <= BUNDLE_KB)
    echo = found["echo"]
    words = f"p50 {echo['p50']:.0f} ms, p95 {echo['p95']:.0f} ms"
    yield Limit("op to a second browser's screen", words, f"p50 {ECHO_MS} ms", echo["p50"] <= ECHO_MS)
    yield from memory(found["memory"], minutes)
    grave = [one for one in found["axe"] if one["impact"] in ("serious", "critical")]
    yield Limit("axe: serious or critical findings", str(len(grave)), "0", not grave)


def memory(found: dict[str, Any], minutes: float) -> Iterator[Limit]:
    """What is left after garbage collection must not grow: JavaScript's heap, nodes of the page, listeners, files."""
    judged = minutes >= JUDGED_MINUTES
    for key, words, form in (
        ("heap", "JavaScript", ".1f"),
        ("nodes", "DOM nodes", ",d"),
        ("listeners", "listeners", ",d"),
    ):
        one = found[key]
        unit = " MB" if key == "heap" else ""
        measured = f"{one['first']:{form}} → {one['last']:{form}}{unit}, at most {one['most']:+.1f} %"
        if key == "heap":
            measured += f"; {found['turns']} rounds of edits"
        limit = f"+ {MEMORY_PERCENT} %" if judged else f"too short to judge: {JUDGED_MINUTES} min"
        ok = one["most"] <= MEMORY_PERCENT if judged else None
        yield Limit(f"held after {minutes:g} min of editing: {words}", measured, limit, ok)
    files = found["files"]
    more = files["last"] - files["first"]
    words = f"held after {minutes:g} min of editing: open files of the page's process"
    yield Limit(words, f"{files['first']} → {files['last']}", f"+ {FILES}", more <= FILES if judged else None)


def first_files(found: dict[str, Any]) -> list[Path]:
    """The files of the first view that are weighed: fonts load as letters need them and are left out."""
    return [WEB / name.lstrip("/") for name in found["firstView"] if name.endswith((".js", ".css"))]


# --- measuring ------------------------------------------------------------------------------------------


def measured(minutes: float) -> dict[str, Any]:
    """Everything test/bench/measure.mjs finds, against a bridge of its own."""
    chromium = require_chromium()
    with tempfile.TemporaryDirectory(prefix="takebridge-web-bench-", ignore_cleanup_errors=True) as folder:
        web = Web(Path(folder) / "data")
        try:
            where = web.served.start()
            canvases = {str(size): web.answer({"do": "canvas_of", "nodes": size})["canvas"] for size in SIZES}
            film = web.answer({"do": "template", "name": "stills-to-animatic"})["canvas"]
            with bare({size: web.call("GET", f"/api/canvases/{canvases[size]}") for size in canvases}) as addresses:
                asked = {
                    "url": where["url"],
                    "link": web.answer({"do": "key"})["link"],
                    "canvases": canvases,
                    "film": film,
                    "bare": addresses,
                    "chromium": chromium,
                    "minutes": minutes,
                }
                return told(asked, minutes)
        finally:
            web.close()


def told(asked: dict[str, Any], minutes: float) -> dict[str, Any]:
    """Run the measuring program and read its last line."""
    command = [node_path(), "test/bench/measure.mjs", json.dumps(asked)]
    done = subprocess.run(
        command, cwd=CANVAS, stdout=subprocess.PIPE, text=True, timeout=1_200 + minutes * 60, check=False
    )
    if done.returncode or not done.stdout:
        sys.exit(f"The page was not measured (exit code {done.returncode}).")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def bare(snapshots: dict[str, dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Serve the bare demo with each graph, from a build of its own; yields the addresses by size."""
    with tempfile.TemporaryDirectory(prefix="takebridge-bare-") as folder:
        vite = CANVAS / "node_modules" / "vite" / "bin" / "vite.js"
        out = Path(folder) / "bare"
        command = [node_path(), str(vite), "build", "test/bench/bare", "--base", "./", "--outDir", str(out)]
        subprocess.run(command, cwd=CANVAS, check=True, stdout=subprocess.DEVNULL)
        for size, snapshot in snapshots.items():
            shutil.copytree(out, Path(folder) / size)
            (Path(folder) / size / "graph.json").write_text(json.dumps(_plain(snapshot["canvas"])), "utf-8")
        handler = partial(_Quiet, directory=folder)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield {size: f"http://127.0.0.1:{server.server_port}/{size}/index.html" for size in snapshots}
            server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _plain(canvas: dict[str, Any]) -> dict[str, Any]:
    nodes = [{key: node[key] for key in ("id", "x", "y", "title")} for node in canvas["nodes"].values()]
    wires = [
        {"id": wire["id"], "source": wire["src_node"], "target": wire["dst_node"]} for wire in canvas["wires"].values()
    ]
    return {"nodes": nodes, "wires": wires, "picture": PICTURE}


if __name__ == "__main__":
    main()
