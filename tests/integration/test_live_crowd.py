"""A hundred live clients and one that never reads, against a server process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "live.py"


@pytest.mark.slow
def test_a_hundred_clients_get_every_event_though_one_more_reads_none() -> None:
    done = subprocess.run([sys.executable, BENCH], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["healthy"], figures["delivered"]) == (100, 100_000)
    assert figures["dropped_for_stuck"] > 0, "the client that reads nothing was not cut off"
    assert figures["rss_mb"] < 500, "what waits for a client is not bounded"
