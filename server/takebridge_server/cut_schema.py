"""Write the JSON Schema of what ``diff``, ``merge`` and ``convert`` print.

``python -m takebridge_server.cut_schema [--check] [--out FOLDER]``
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from takebridge.cut.report_types import ConvertReport, DiffReport, MergeReport

SCHEMA_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
REPORTS: dict[str, type[BaseModel]] = {"diff": DiffReport, "merge": MergeReport, "convert": ConvertReport}


def report_schema(command: str) -> dict[str, Any]:
    """Return the schema of what ``takebridge <command> --json`` prints when all goes well."""
    schema = REPORTS[command].model_json_schema(mode="serialization")
    title = f"takebridge {command} --json"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def schema_texts() -> dict[str, str]:
    """Return the content of every file, by its name."""
    return {f"{command}.schema.json": _written(report_schema(command)) for command in REPORTS}


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or with ``--check`` return 1 when one is not current."""
    parser = argparse.ArgumentParser(description="JSON Schema of what diff, merge and convert print")
    parser.add_argument("--check", action="store_true", help="only say whether the files are current")
    parser.add_argument("--out", type=Path, default=SCHEMA_FOLDER)
    options = parser.parse_args(arguments)
    stale = [name for name, text in schema_texts().items() if _text(options.out / name) != text]
    if options.check:
        for name in stale:
            sys.stderr.write(f"{options.out / name} is not current: run python -m takebridge_server.cut_schema\n")
        return 1 if stale else 0
    options.out.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (options.out / name).write_text(schema_texts()[name], encoding="utf-8")
    return 0


def _written(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


if __name__ == "__main__":
    raise SystemExit(main())
