"""Benchmarks of the providers: the contract matrix, a thousand jobs at once, what the bridge itself takes a job.

Usage: make bench-providers, or python bench/providers.py [--quick]. Exit code 1 when a limit is missed or a cell of the
matrix is red. Everything runs against the contract servers on 127.0.0.1: no key, no network. ``--quick`` takes 200 jobs
and prints no matrix.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

import psutil
from cut import Limit
from rich.console import Console
from rich.table import Table
from tests.support.provider_matrix import matrix

from takebridge.canvas.ops import AddNode
from takebridge.client.api import Api
from takebridge.client.http import BridgeClient
from takebridge.client.replies import Job
from takebridge.ids import CanvasId, NodeId
from takebridge.providers.catalog import load_file
from takebridge.testing.providers import samples
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.fal import FalServer
from takebridge.testing.providers.serving import serving
from takebridge.testing.providers.stage import Stage
from takebridge_server.demo.actors import Server

MODEL = "fal/seedance-2.0"
MEMORY_MB, OVERHEAD_MS, CLIP_BYTES = 400, 150, 5_000_000
JOB_SECONDS = 5.0
ROUNDS = 21
_DOLLARS = 5_000_000
_PATIENCE = 600
_BATCH = 250


def main() -> None:
    """Print the matrix, then the limits, and the figures as JSON on the last line."""
    console = Console(width=int(os.environ.get("COLUMNS", "200")))
    quick = "--quick" in sys.argv
    limits = [*crowd(200 if quick else 1_000), *overhead(), *([] if quick else cells(console))]
    table = Table("", "figure", "measured", "limit", title="Limits")
    for one in limits:
        mark = "" if one.ok is None else "[green]ok[/green]" if one.ok else "[red]OVER[/red]"
        table.add_row(mark, one.name, one.measured, one.limit)
    console.print(table)
    sys.stdout.write(json.dumps({one.name: one.measured for one in limits}) + "\n")
    sys.exit(1 if any(one.ok is False for one in limits) else 0)


# --- a bridge beside a contract server ----------------------------------------------------------------------


@dataclass
class Setting:
    """A real bridge process whose fal is the contract server."""

    fal: FalServer
    api: Api
    process: psutil.Process
    peak: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Note the most memory the bridge has, ten times a second, in MB."""
        while not self.done.wait(0.1):
            self.peak = max(self.peak, self.process.memory_info().rss / 1e6)


@contextmanager
def setting(seconds: float, concurrency: int) -> Iterator[Setting]:
    """Start both; everything is gone when the block ends."""
    fal = FalServer(Stage(seconds=seconds))
    with tempfile.TemporaryDirectory(prefix="takebridge-bench-") as folder, serving(fal.app()) as url:
        fal.url = url
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        (home / "providers.toml").write_text(f"[provider.fal]\nconcurrency = {concurrency}\n")
        os.environ |= {"FAL_KEY": KEY, "TAKEBRIDGE_FAL_URL": url}
        with Server(home, Path(folder) / "server.log") as server, BridgeClient(home) as client:
            yield Setting(fal, Api(client), psutil.Process(server.pid))


def nodes_on(api: Api, count: int) -> tuple[CanvasId, list[NodeId]]:
    """Put ``count`` video nodes with prompts of their own on a new canvas."""
    canvas = api.create_canvas("Crowd").canvas.id
    names = [NodeId(f"n{number:04}") for number in range(count)]
    for start in range(0, count, _BATCH):
        api.apply(canvas, [_made(name) for name in names[start : start + _BATCH]])
    return canvas, names


def _made(name: NodeId) -> AddNode:
    prompt = f"Shot {name}: a woman crosses the hills at dusk"
    return AddNode(id=name, kind="video", model=MODEL, params={"prompt": prompt, "duration_ms": 4000})


def wait_for_all(api: Api, canvas: CanvasId, count: int) -> list[Job]:
    """Wait until all jobs of a canvas have ended."""
    edge = time.monotonic() + _PATIENCE
    while time.monotonic() < edge:
        jobs = api.jobs(canvas)
        if len(jobs) == count and all(job.state in ("done", "failed", "cancelled", "unknown") for job in jobs):
            return jobs
        time.sleep(0.5)
    raise TimeoutError("the jobs did not end")


# --- a thousand jobs ----------------------------------------------------------------------------------------


def crowd(count: int) -> Iterator[Limit]:
    """Queue ``count`` jobs at a provider that takes them all at once, each running five seconds there."""
    poll_seconds = load_file("fal").facts.poll_seconds
    with setting(JOB_SECONDS, count) as here:
        watcher = threading.Thread(target=here.watch)
        watcher.start()
        canvas, names = nodes_on(here.api, count)
        began = time.monotonic()
        for name in names:
            here.api.generate(canvas, name, max_micros=_DOLLARS)
        jobs = wait_for_all(here.api, canvas, count)
        took = time.monotonic() - began
        here.done.set()
        watcher.join()
        finished = sum(job.state == "done" for job in jobs)
        intents = len({job.job for job in jobs if job.starts == 1})
        charged, shortest = here.fal.stage.charged, shortest_pause(here.fal.stage)
        most = most_at_once(here.fal.stage)
    yield Limit(f"{count:,} jobs: finished", f"{finished:,} in {took:.0f} s", f"{count:,}", finished == count)
    yield Limit("charges = intents", f"{charged:,} = {intents:,}", "equal", charged == intents == count)
    yield Limit("most running at the provider at once", f"{most:,}", "", None)
    yield Limit("peak memory of the server", f"{here.peak:.0f} MB", f"≤ {MEMORY_MB} MB", here.peak <= MEMORY_MB)
    yield Limit(
        "shortest pause between two looks at a job",
        f"{shortest:.2f} s",
        f"≥ {poll_seconds:.1f} s (documented)",
        shortest >= poll_seconds * 0.98,
    )


def shortest_pause(stage: Stage) -> float:
    """Return the shortest time between two status requests for the same job, in seconds."""
    looks: dict[str, list[float]] = defaultdict(list)
    for seen in stage.seen:
        path = seen.path.partition("?")[0]
        if seen.method == "GET" and path.endswith("/status"):
            looks[path].append(seen.at)
    pauses = [later - earlier for at in looks.values() for earlier, later in itertools.pairwise(at)]
    return min(pauses, default=float("inf"))


def most_at_once(stage: Stage) -> int:
    """Return how many jobs ran at the provider at the same time."""
    moments = sorted(
        [(job.began, 1) for job in stage.jobs.values()]
        + [(job.began + (stage.seconds or 0), -1) for job in stage.jobs.values()]
    )
    most = now = 0
    for _, change in moments:
        now += change
        most = max(most, now)
    return most


# --- what the bridge takes ----------------------------------------------------------------------------------


def overhead() -> Iterator[Limit]:
    """Time one job after another at a provider that has finished at once: asked for until its take is there."""
    samples.clip = _padded(samples.clip())
    with setting(0.0, 8) as here:
        canvas, names = nodes_on(here.api, ROUNDS + 1)
        times = [_one(here.api, canvas, name) for name in names][1:]  # the first one warms up
    p50 = statistics.median(times) * 1000
    worst = max(times) * 1000
    size = f"{CLIP_BYTES / 1e6:.0f} MB clip"
    yield Limit(f"overhead of a job, {size}, p50", f"{p50:.0f} ms", f"≤ {OVERHEAD_MS} ms", p50 <= OVERHEAD_MS)
    yield Limit(f"overhead of a job, {size}, worst of {ROUNDS}", f"{worst:.0f} ms", "", None)


def _one(api: Api, canvas: CanvasId, name: NodeId) -> float:
    began = time.perf_counter()
    job = api.generate(canvas, name, max_micros=_DOLLARS)
    while api.job(job.job).state not in ("done", "failed", "unknown"):
        time.sleep(0.01)
    took = time.perf_counter() - began
    if api.job(job.job).state != "done":
        raise RuntimeError(f"the job ended otherwise: {api.job(job.job).error}")
    return took


def _padded(clip: bytes):  # noqa: ANN202 - stands in for samples.clip
    """The sample clip with a ``free`` box (ISO 14496-12 §8.1.2) behind it, `CLIP_BYTES` in all."""
    rest = CLIP_BYTES - len(clip)
    data = clip + rest.to_bytes(4, "big") + b"free" + os.urandom(rest - 8)
    return lambda: data


# --- the matrix ---------------------------------------------------------------------------------------------


def cells(console: Console) -> Iterator[Limit]:
    """Run the contract suite and print what came of every scenario with every adapter."""
    rows = matrix()
    adapters = sorted({row.adapter for row in rows})
    table = Table("scenario", *adapters, title="Contract suite", padding=(0, 0))
    by_cell = {(row.scenario, row.adapter): row.outcome for row in rows}
    marks = {"ok": "[green]ok[/green]", "not offered": "[dim]–[/dim]"}
    for scenario in dict.fromkeys(row.scenario for row in rows):
        outcomes = [by_cell[scenario, adapter] for adapter in adapters]
        table.add_row(scenario.replace("_", " "), *(marks.get(one, "[red]RED[/red]") for one in outcomes))
    console.print(table)
    red = [row for row in rows if row.outcome not in marks]
    for row in red:
        console.print(f"{row.adapter}, {row.scenario}: {row.outcome}", markup=False)
    name = f"contract suite, {len(adapters)} adapters × {len(rows) // max(len(adapters), 1)} scenarios"
    yield Limit(name, f"{len(rows) - len(red)} green", f"{len(rows)} green", not red)


if __name__ == "__main__":
    main()
