"""Provenance: what a take's document says, and what it says is unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.support.generation import PLAIN
from tests.support.rig import Rig

from takebridge.errors import UnknownTakeError
from takebridge.ids import TakeId
from takebridge.services.provenance import Provenance, provenance_of, write_sidecar


def test_a_generated_take_names_model_job_inputs_and_hashes(rig: Rig) -> None:
    job = rig.ask(PLAIN)
    assert rig.run(job.id)
    (take,) = rig.takes()
    said = provenance_of(rig.bridge, rig.canvas_id, take.id)
    assert (said.model, said.provider, said.remote_job) == (PLAIN, "paid", f"r-{job.id}")
    assert (said.number, said.kind, said.author, said.recipe) == (1, "upscale", "ann", take.recipe_fp)
    assert said.outputs["video"].content == take.outputs["video"].content
    assert take.recipe is not None
    assert [one.content for one in said.inputs] == [one.content for one in take.recipe.inputs]
    assert [one.port for one in said.inputs] == ["source"]
    assert said.cost_micros is None, "the provider did not say: unknown, never 0"
    assert said.rights.commercial_use == "unknown"


def test_an_imported_take_has_neither_model_nor_recipe(rig: Rig) -> None:
    rig.ask(PLAIN)
    canvas = rig.bridge.desk.view(rig.canvas_id).canvas
    brought = next(take for take in canvas.takes.values() if take.origin != "generated")
    said = provenance_of(rig.bridge, rig.canvas_id, brought.id)
    assert (said.model, said.recipe, said.remote_job, said.inputs) == ("", "", "", ())


def test_an_unknown_take_is_refused(rig: Rig) -> None:
    rig.ask(PLAIN)
    with pytest.raises(UnknownTakeError):
        provenance_of(rig.bridge, rig.canvas_id, TakeId("nobody"))


def test_the_sidecar_lies_beside_the_file_and_reads_back(rig: Rig, tmp_path: Path) -> None:
    job = rig.ask(PLAIN)
    rig.run(job.id)
    (take,) = rig.takes()
    path = write_sidecar(rig.bridge, rig.canvas_id, take.id, tmp_path / "SH010_t02.mov")
    assert path.name == "SH010_t02.mov.takebridge.json"
    read = Provenance.model_validate(json.loads(path.read_text("utf-8")))
    assert read == provenance_of(rig.bridge, rig.canvas_id, take.id)
