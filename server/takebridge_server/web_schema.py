"""Write what the canvas page's types are generated from: ``python -m takebridge_server.web_schema [--check]``.

One document: the bridge's OpenAPI, and beside its shapes those of live events and of the host protocol, so that
one generator makes all types of server/canvas/src/wire/api.gen.ts (`npm run generate` there).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from takebridge.canvas.model import NodeKind
from takebridge.client.comment_types import CommentChanged, CommentRemoved
from takebridge.client.live import Hello
from takebridge.client.presence import Presence
from takebridge.client.replies import CanvasChanged, Job, Snapshot
from takebridge.hosts.protocol import HostStatus
from takebridge.store.data_folder import DataFolder
from takebridge_server.app import build_app
from takebridge_server.people.cookies import cookie_name
from takebridge_server.settings import Settings, prepare_home
from takebridge_server.token_file import new_address

SCHEMA_FILE = Path(__file__).resolve().parents[1] / "canvas" / "schema" / "openapi.json"
LIVE: tuple[type[BaseModel], ...] = (
    *(Hello, CanvasChanged, Presence, Job, HostStatus, CommentChanged, CommentRemoved),
    *(NodeKind, Snapshot),
)
"""What travels over ``WS /live``, the canvas it keeps in step, and node kinds, whose route answers plain JSON."""
_REF = "#/components/schemas/"


def web_schema() -> dict[str, Any]:
    """Return the document. A bridge is built in a temporary folder for it and never served."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as closing:
        settings = Settings(home=Path(folder) / "home")
        prepare_home(settings.home)
        data = closing.enter_context(DataFolder(settings.home))
        document = build_app(settings, data.layout, new_address(9), closing).openapi()
    document["components"]["securitySchemes"]["session"]["name"] = cookie_name("")  # each bridge has its own
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    for operation in operations:
        _without_refusals(operation)
    shapes = document["components"]["schemas"]
    shapes.update(_live_shapes())
    asked = _reached([one.get("requestBody") for one in operations], shapes)
    for name in shapes.keys() - asked:
        _whole(shapes[name])
    return document


def _without_refusals(operation: dict[str, Any]) -> None:
    """Leave out the answers that refuse: all are ErrorBody, and the client reads them in one place."""
    operation["responses"] = {key: value for key, value in operation["responses"].items() if key.startswith("2")}


def _live_shapes() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "serialization") for model in LIVE], ref_template=f"{_REF}Live{{model}}"
    )
    return {f"Live{name}": shape for name, shape in definitions["$defs"].items()}


def _reached(roots: Any, shapes: dict[str, Any]) -> set[str]:  # noqa: ANN401 - JSON of any shape
    """Return the names of the shapes that ``roots`` refer to, directly or through others."""
    found: set[str] = set()
    waiting = [roots]
    while waiting:
        match waiting.pop():
            case {"$ref": str(ref)} if ref.startswith(_REF):
                name = ref.removeprefix(_REF)
                waiting.extend(() if name in found else (shapes[name],))
                found.add(name)
            case dict() as parts:
                waiting.extend(parts.values())
            case list() as parts:
                waiting.extend(parts)
    return found


def _whole(shape: dict[str, Any]) -> None:
    """Say that an answer has every field: the bridge writes defaults down."""
    if properties := shape.get("properties"):
        shape["required"] = sorted(properties)


def schema_text() -> str:
    """Return the file's content."""
    return json.dumps(web_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` return 1 when it is not current."""
    parser = argparse.ArgumentParser(description="What the canvas page's types are generated from")
    parser.add_argument("--check", action="store_true", help="only say whether the file is current")
    options = parser.parse_args(arguments)
    if options.check:
        if SCHEMA_FILE.is_file() and SCHEMA_FILE.read_text(encoding="utf-8") == schema_text():
            return 0
        sys.stderr.write(
            f"{SCHEMA_FILE} is not current: run python -m takebridge_server.web_schema, then npm run generate\n"
        )
        return 1
    SCHEMA_FILE.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
