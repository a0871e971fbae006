"""Write the JSON Schema of the host protocol: ``python -m takebridge_server.schema [--check] [--out FILE]``."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from takebridge.hosts import protocol
from takebridge_server.answers import RESULTS

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "host.schema.json"


def wire_models() -> tuple[type[protocol.WireModel], ...]:
    """Every model of the protocol, by name."""
    found = [
        value
        for value in vars(protocol).values()
        if inspect.isclass(value) and issubclass(value, protocol.WireModel) and value is not protocol.WireModel
    ]
    return tuple(sorted(found, key=lambda model: model.__name__))


def host_schema() -> dict[str, Any]:
    """Return the schema: ``$defs`` with every model, ``x-verbs`` with arguments, result and whether it mutates."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in wire_models()], ref_template="#/$defs/{model}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TakeBridge host protocol",
        "x-protocol-version": protocol.PROTOCOL_VERSION,
        "x-verbs": {verb: _verb(verb) for verb in sorted(RESULTS)},
        "$defs": definitions["$defs"],
    }


def _verb(verb: protocol.Verb) -> dict[str, Any]:
    result = RESULTS[verb]
    return {
        "args": {"$ref": f"#/$defs/{protocol.VERBS[verb].__name__}"},
        "result": {"$ref": f"#/$defs/{result.__name__}"} if result else {"type": ["object", "null"]},
        "mutating": verb in protocol.MUTATING,
    }


def schema_text() -> str:
    """Return the file's content."""
    return json.dumps(host_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` return 1 when it is not current."""
    parser = argparse.ArgumentParser(description="JSON Schema of the host protocol")
    parser.add_argument("--check", action="store_true", help="only say whether the file is current")
    parser.add_argument("--out", type=Path, default=SCHEMA_FILE)
    options = parser.parse_args(arguments)
    if options.check:
        current = options.out.is_file() and options.out.read_text(encoding="utf-8") == schema_text()
        if not current:
            sys.stderr.write(f"{options.out} is not current: run python -m takebridge_server.schema\n")
        return 0 if current else 1
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(schema_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
