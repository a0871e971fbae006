"""The canvas page's copy of a canvas: after any ops it is what the bridge has, and its unit tests pass."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.property.test_canvas_every_op import KINDS, Walk
from tests.support.canvas_tests import CANVAS, run_vitest

from takebridge.canvas.model import Canvas
from takebridge.canvas.op_types import Op
from takebridge.canvas.ops import apply_all
from takebridge.errors import UsageError

WALKS, STEPS = 12, 60


def test_the_copy_of_the_page_is_the_canvas_of_the_bridge(tmp_path: Path) -> None:
    cases = [_walked(Random(seed)) for seed in range(WALKS)]
    drawn = {op["op"] for case in cases for step in case["steps"] for op in step["ops"]}
    assert len(drawn) >= 20, "the walks must try nearly every kind of op"
    kinds = {key: kind.model_dump(mode="json") for key, kind in KINDS.items()}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"kinds": kinds, "cases": cases}), "utf-8")
    run_vitest([CANVAS / "test" / "contract" / "reducer.test.ts"], TAKEBRIDGE_REDUCER_CASES=str(file))


@pytest.mark.timeout(300)  # some ninety files, and the machine may be busy with other tests
def test_the_pages_own_units() -> None:
    run_vitest(patience=290)


def _walked(random: Random) -> dict[str, Any]:
    """A canvas, and steps of one to three ops that the bridge allowed, each with the canvas after it."""
    walk = Walk()
    case: dict[str, Any] = {"before": _plain(walk.canvas), "steps": []}
    for _ in range(STEPS):
        ops = [op for op in (walk.op(random) for _ in range(random.randint(1, 3))) if op is not None]
        try:
            walk.canvas = apply_all(walk.canvas, ops, KINDS).canvas
        except UsageError:
            continue
        case["steps"].append({"ops": [_heard(op) for op in ops], "after": _plain(walk.canvas)})
    return case


def _plain(canvas: Canvas) -> dict[str, Any]:
    return canvas.model_dump(mode="json")


def _heard(op: Op) -> dict[str, Any]:
    """As ``canvas.changed`` says it."""
    told: dict[str, Any] = op.model_dump(mode="json")
    return told
