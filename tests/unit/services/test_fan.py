"""Fan-out: all or none, never pinned by itself, and a sheet that shows every result and every failure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.support.canvases import add
from tests.support.generation import FREE, LEAST, MOST, PLAIN, SAFE, UNPRICED, set_up
from tests.support.rig import UP, Rig

from takebridge.canvas.fingerprint import fingerprint, recipe_of
from takebridge.canvas.ops import RateTake
from takebridge.errors import BudgetError, CapabilityError, NotFoundError, PreconditionError, UsageError
from takebridge.ids import NodeId
from takebridge.media.sheet import Cell, draw_sheet
from takebridge.providers.protocol import JobUpdate
from takebridge.services import fan, review
from takebridge.services.fan import Fan, fan_of, fan_sheet
from takebridge.services.generate import Variant, _varied
from takebridge.store.ledger import Cap


def start_fan(rig: Rig, *models: str, **how: Any) -> Fan:
    if not hasattr(rig, "canvas_id"):
        rig.canvas_id = set_up(rig.bridge, rig.provider.clip, PLAIN, 1).canvas.id
    return fan.start_fan(rig.bridge, rig.queue, rig.canvas_id, UP, models=models, author="ann", **how)


def nothing_happened(rig: Rig) -> None:
    assert (rig.bridge.jobs.all(), rig.queue.queued) == ([], [])
    assert all(entry.state == "released" for entry in rig.bridge.ledger.all())


def test_one_job_for_each_model_and_none_is_pinned_by_itself(rig: Rig) -> None:
    started = start_fan(rig, PLAIN, SAFE, FREE, max_micros=2 * MOST)
    assert [job.request.model for job in started.jobs] == [PLAIN, SAFE, FREE]
    assert rig.queue.queued == [job.id for job in started.jobs]
    assert {job.fan_id for job in started.jobs} == {started.id}
    assert [entry.reserved_micros for entry in rig.bridge.ledger.all()] == [MOST, MOST, 0]
    for job in started.jobs:
        assert rig.run(job.id)
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    assert (len(rig.takes()), canvas.nodes[UP].pin) == (3, None)  # the node was empty: only a fan keeps it so


def test_equal_variants_are_made_once(rig: Rig) -> None:
    assert [job.request.model for job in start_fan(rig, SAFE, FREE, SAFE, max_micros=MOST).jobs] == [SAFE, FREE]


def test_every_seed_with_every_model() -> None:
    found = fan._variants(["a", "b"], [1, 2, 3])
    assert [(one.model, one.seed) for one in found] == [(m, s) for m in "ab" for s in (1, 2, 3)]
    assert [(one.model, one.seed) for one in fan._variants([], [5])] == [(None, 5)]


@pytest.mark.parametrize("agreed", [None, 2 * MOST - 1])
def test_together_they_need_one_yes(rig: Rig, agreed: int | None) -> None:
    with pytest.raises(PreconditionError) as caught:
        start_fan(rig, PLAIN, SAFE, max_micros=agreed)
    assert "2 jobs cost $0.0002–$0.0004 together" in caught.value.message
    assert caught.value.details["low_micros"] == 2 * LEAST
    nothing_happened(rig)


def test_what_is_left_is_held_for_those_whose_price_nobody_knows(rig: Rig) -> None:
    started = start_fan(rig, PLAIN, UNPRICED, max_micros=MOST + 500)
    assert [rig.bridge.ledger.get(job.id).reserved_micros for job in started.jobs] == [MOST, 500]


def test_one_that_cannot_be_made_stops_all(rig: Rig) -> None:
    with pytest.raises(CapabilityError):
        start_fan(rig, PLAIN, SAFE, seeds=[1], max_micros=10 * MOST)
    nothing_happened(rig)


def test_a_cap_in_the_middle_gives_everything_back(rig: Rig) -> None:
    rig.bridge.ledger.set_cap(Cap(scope="user", limit_micros=MOST + 1))
    with pytest.raises(BudgetError):
        start_fan(rig, PLAIN, SAFE, max_micros=2 * MOST)
    assert [entry.state for entry in rig.bridge.ledger.all()] == ["released"]
    nothing_happened(rig)


@pytest.mark.parametrize(("models", "seeds"), [([], []), ([PLAIN], list(range(25)))])
def test_none_or_too_many_are_refused(rig: Rig, models: list[str], seeds: list[int]) -> None:
    with pytest.raises(UsageError):
        start_fan(rig, *models, seeds=seeds, max_micros=MOST)
    nothing_happened(rig)


def test_an_unknown_fan_is_named(rig: Rig) -> None:
    with pytest.raises(NotFoundError):
        fan_of(rig.bridge, "fan_none")


# --- the sheet ------------------------------------------------------------------------------------------


def test_the_sheet_shows_results_and_failures_and_a_retried_one_in_its_old_place(rig: Rig) -> None:
    started = start_fan(rig, PLAIN, SAFE, FREE, max_micros=2 * MOST)
    rig.provider.states = [JobUpdate(state="failed", error_message="The moon was in the way.", cost_micros=0)]
    assert not rig.run(started.jobs[0].id)
    for job in started.jobs[1:]:
        assert rig.run(job.id)
    rig.bridge.desk.apply(rig.canvas_id, [RateTake(take=rig.takes()[0].id, rating="keep")], author="a")
    with Image.open(fan_sheet(rig.bridge, started.id)) as image:
        image.load()
        assert (image.format, image.width > 600, image.height > 300) == ("PNG", True, True)
        before = np.asarray(image.convert("RGB"), np.int16)
    again = review.retry(rig.bridge, rig.queue, started.jobs[0].id, author="bob")
    assert [job.id for job in fan_of(rig.bridge, started.id).jobs] == [
        again.id,
        started.jobs[1].id,
        started.jobs[2].id,
    ]
    assert rig.run(again.id)
    with Image.open(fan_sheet(rig.bridge, started.id)) as image:
        after = np.asarray(image.convert("RGB"), np.int16)
    changed = np.argwhere(np.abs(before - after).sum(axis=2) > 0)
    middle = np.array(before.shape[:2]) // 2
    assert len(changed) > 1000
    assert (changed < middle).all()  # only the first of two by two cells


def test_a_sheet_puts_pictures_where_they_belong(tmp_path: Any) -> None:
    red, wide = np.zeros((90, 160, 3), np.uint8), np.zeros((20, 160, 3), np.uint8)
    red[..., 0], wide[..., 2] = 255, 255
    cells = [Cell("a", ("x",), red), Cell("b", ("y",), wide), Cell("c", note="gone", failed=True)]
    with Image.open(draw_sheet(cells, tmp_path / "s.png", columns=2, tile_width=160)) as image:
        assert image.getpixel((18 + 80, 18 + 45)) == (255, 0, 0)
        assert image.getpixel((18 + 160 + 14 + 80, 18 + 45)) == (0, 0, 255)
        assert image.getpixel((18 + 160 + 14 + 80, 18 + 10)) != (0, 0, 255)  # above the wide one: the panel
    with pytest.raises(UsageError):
        draw_sheet([], tmp_path / "none.png", columns=1)


def test_the_node_may_be_given_seeds_of_its_own(rig: Rig) -> None:
    """A kind with a seed: each seed is a recipe of its own."""
    rig.canvas_id = rig.bridge.desk.create("x").canvas.id
    rig.bridge.desk.apply(rig.canvas_id, [add("previz", "p", prompt="rain")], author="a")
    kind = rig.bridge.desk.kinds["previz"]
    recipe = recipe_of(rig.bridge.desk.view(rig.canvas_id).canvas, NodeId("p"), rig.bridge.desk.kinds)
    varied = [_varied(kind, recipe, Variant(seed=seed)) for seed in (1, 2, 1)]
    assert [one.params["seed"] for one in varied] == [1, 2, 1]
    assert len({fingerprint(one) for one in varied}) == 2
