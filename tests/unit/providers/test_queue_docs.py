"""The pages of fal, Runway, Replicate and Black Forest Labs name every model there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from takebridge.providers.catalog import load_file

DOCS = Path(__file__).parents[3] / "docs" / "providers"


@pytest.mark.parametrize("name", ["fal", "runway", "replicate", "bfl"])
def test_a_providers_page_lists_its_models(name: str) -> None:
    page = (DOCS / f"{name}.md").read_text("utf-8")
    listed = re.findall(rf"^\| `({name}/[^`]+)`", page, re.MULTILINE)
    assert sorted(listed) == sorted(model.id for model in load_file(name).models)


@pytest.mark.parametrize("name", ["fal", "runway", "replicate", "bfl"])
def test_a_price_has_a_day_and_a_source(name: str) -> None:
    for model in load_file(name).models:
        assert model.evidence, model.id
        if model.prices:
            assert (bool(model.price_on), bool(model.price_evidence)) == (True, True), model.id
        if model.lifecycle != "available":
            assert (bool(model.replaced_by), bool(model.why)) == (True, True), model.id
