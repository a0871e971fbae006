"""docs/nodes.md says what the kinds say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from takebridge.canvas.model import NodeKind, Port
from takebridge.cut.edits import lay_out, parse_edits, sound_starts
from takebridge.nodes.registry import builtin_kinds
from takebridge.nodes.specs import ASPECTS, RATES, RESOLUTIONS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "nodes.md").read_text("utf-8")
_, KINDS_PART, PARAMS_PART, EDITS_PART, *_ = re.split(r"^## \d\. ", PAGE, flags=re.MULTILINE)
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in KINDS_PART.splitlines()
    if line.startswith("| `") and (cells := [cell.strip() for cell in line.strip("|").split("|")])
}
PARAMS = {
    name: values
    for line in PARAMS_PART.splitlines()
    if line.startswith("| `")
    for names, values in [line.strip("|").split("|", 1)]
    for name in re.findall(r"`(\w+)`", names)
}


def test_the_table_lists_exactly_the_kinds_that_are_there() -> None:
    assert list(ROWS) == list(builtin_kinds())


@pytest.mark.parametrize("kind", builtin_kinds().values(), ids=lambda kind: kind.key)
def test_a_row_says_what_its_kind_says(kind: NodeKind) -> None:
    inputs, outputs, params, category, model = ROWS[kind.key]
    assert inputs == (" · ".join(map(spelled_input, kind.inputs)) or "–")
    assert outputs == (" · ".join(map(spelled_output, kind.outputs)) or "–")
    assert re.findall(r"`(\w+)`", params) == [spec.name for spec in kind.params]
    assert category == kind.category
    nobody = "–" if kind.models is None else "needs a provider"
    assert model == (f"`{kind.default_model}`" if kind.default_model else nobody)


def spelled_input(port: Port) -> str:
    flags = [flag for flag in ("required", "many", "ranged") if getattr(port, flag)]
    return ", ".join([f"`{port.name}`: {' or '.join(sorted(port.types))}", *flags])


def spelled_output(port: Port) -> str:
    return f"`{port.name}{'.*' if port.parts else ''}`: {min(port.types)}"


def test_every_parameter_is_explained_and_none_that_is_not_there() -> None:
    there = {spec.name for kind in builtin_kinds().values() for spec in kind.params}
    assert set(PARAMS) == there


def test_closed_lists_are_written_out() -> None:
    assert PARAMS["aspect"].split(";")[0].split() == list(ASPECTS)
    assert PARAMS["rate"].split(",")[0].split() == list(RATES)
    assert PARAMS["resolution"].split(":")[0].split() == list(RESOLUTIONS)


def test_the_example_of_edits_is_one() -> None:
    match = re.search(r"```\n(.*?)```", EDITS_PART, re.DOTALL)
    assert match is not None
    edits = parse_edits(match[1])
    places = lay_out(edits, [60, None, 60, 60, 60])
    # 60 + (36 - 12) = 84; 84 + (60 - 12) = 132; the cut at 132 + 24 = 156
    assert [place.start for place in places] == [0, 48, 72, 132, 148]
    assert sound_starts(edits, places, "dialogue", 2) == (12, 72)
