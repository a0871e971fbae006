"""The protocol's documents say what the models say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from takebridge import errors
from takebridge.errors import BridgeError
from takebridge.hosts import protocol
from takebridge_server import schema, wire_errors

README = (schema.SCHEMA_FILE.parent / "README.md").read_text(encoding="utf-8")


def rows(first_cell: str) -> list[list[str]]:
    """Cells of the table rows whose first cell names ``first_cell`` in code style."""
    lines = [line for line in README.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if f"`{first_cell}`" in row[0]]


def bridge_errors(base: type[BridgeError] = BridgeError) -> list[type[BridgeError]]:
    below = [found for child in base.__subclasses__() for found in bridge_errors(child)]
    return [error for error in [base, *below] if error.__module__ == errors.__name__]


def test_the_schema_file_is_current() -> None:
    assert schema.SCHEMA_FILE.read_text(encoding="utf-8") == schema.schema_text()


def test_check_tells_a_stale_file_from_a_current_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "docs" / "host.schema.json"
    assert schema.main(["--check", "--out", str(file)]) == 1
    assert "takebridge_server.schema" in capsys.readouterr().err
    assert schema.main(["--out", str(file)]) == 0
    assert schema.main(["--check", "--out", str(file)]) == 0
    file.write_text(file.read_text().replace("poll_seconds", "poll_minutes"))
    assert schema.main(["--check", "--out", str(file)]) == 1


def test_the_schema_holds_every_verb_and_no_dangling_reference() -> None:
    written = json.loads(schema.SCHEMA_FILE.read_text(encoding="utf-8"))
    assert set(written["x-verbs"]) == set(protocol.VERBS)
    assert {verb for verb, shape in written["x-verbs"].items() if shape["mutating"]} == protocol.MUTATING
    used = set(re.findall(r'"#/\$defs/(\w+)"', schema.SCHEMA_FILE.read_text(encoding="utf-8")))
    assert used <= set(written["$defs"])
    assert all(shape["additionalProperties"] is False for shape in written["$defs"].values())


@pytest.mark.parametrize("verb", protocol.VERBS)
def test_every_verb_is_documented(verb: str) -> None:
    [[_, arguments, _, mutating]] = rows(verb)
    assert arguments == f"`{protocol.VERBS[verb].__name__}`"
    assert (mutating == "yes") == (verb in protocol.MUTATING)


@pytest.mark.parametrize("model", [model.__name__ for model in schema.wire_models()])
def test_every_model_is_documented(model: str) -> None:
    assert rows(model)


def test_the_walk_over_the_models_finds_them() -> None:
    assert {"Hello", "OpAnswer", "RemoveTakeArgs", "TimelineItem"} <= {model.__name__ for model in schema.wire_models()}


@pytest.mark.parametrize("error", [*bridge_errors(), wire_errors.UnknownSessionError])
def test_every_error_is_documented_with_its_status(error: type[BridgeError]) -> None:
    documented = [row[1:3] for row in rows(error.code)]
    assert [str(wire_errors.status_of(error)), "yes" if error.retryable else ""] in documented


@pytest.mark.parametrize(("status", "code"), wire_errors.HTTP_CODES.items())
def test_every_answer_of_the_http_layer_is_documented(status: int, code: str) -> None:
    assert str(status) in [row[1] for row in rows(code)]
