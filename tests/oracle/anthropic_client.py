"""Anthropic's own client against a server: ``python anthropic_client.py URL KEY``. Prints as JSON what it saw."""

from __future__ import annotations

import json
import sys
from typing import Any

import anthropic

URL, KEY = sys.argv[1:]
CLIENT = anthropic.Anthropic(api_key=KEY, base_url=URL, max_retries=0)
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}


def ask() -> Any:
    return CLIENT.messages.create(
        model="claude-sonnet-5-5",
        max_tokens=16_000,
        system="Answer as JSON.",
        messages=[{"role": "user", "content": [{"type": "text", "text": "a kettle"}]}],
        output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
    )


def refused() -> dict[str, Any]:
    try:
        ask()
    except anthropic.APIStatusError as error:
        return {"kind": type(error).__name__, "status": error.status_code, "family": error.body["error"]["type"]}
    return {}


answer = ask()
found = {
    "version": anthropic.__version__,
    "text": answer.content[0].text,
    "stop": answer.stop_reason,
    "model": answer.model,
    "tokens": [answer.usage.input_tokens, answer.usage.output_tokens],
    "declined": ask().stop_reason,
    "busy": refused(),
    "empty": refused(),
    "models": [one.id for one in CLIENT.models.list(limit=1)],
}
print(json.dumps(found))
