"""``chat/completions`` as openai 3.54 speaks it, and as servers on one's own machine resemble it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.stage import FakeJob, Stage

_CODES = {
    "rate_limit": ("requests", "rate_limit_exceeded"),
    "auth": ("invalid_request_error", "invalid_api_key"),
    "quota": ("insufficient_quota", "insufficient_quota"),
    "retired": ("invalid_request_error", "model_not_found"),
    "moderated_in": ("invalid_request_error", "content_policy_violation"),
}

SCRIPT = {
    "title": "The Kettle",
    "scenes": [
        {
            "heading": "INT. KITCHEN – DAY",
            "text": "Rain on the window.",
            "shots": [
                {
                    "heading": "Wide, slow push in",
                    "text": "Anna waits.",
                    "lines": [{"speaker": "ANNA", "text": "Hello there: come in."}],
                },
                {"heading": "Close on the kettle", "text": "It steams.", "lines": []},
            ],
        }
    ],
}


class WritingServer(ContractServer):
    """What the servers of words share: the answers in store, and whether the API enforces schemas.

    ``answers`` are given first, in order; then `SCRIPT`. ``models`` are those it lists. ``key_needed``: servers
    on one's own machine want none.
    """

    refusal_status: ClassVar[Mapping[str, int]] = {**ContractServer.refusal_status, "quota": 429}

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.answers: deque[str] = deque()
        self.models = ["tiny"]
        self.enforces = True
        self.key_needed = True

    def next_answer(self) -> str:
        """Return what is answered next."""
        return self.answers.popleft() if self.answers else json.dumps(SCRIPT)


class ChatServer(WritingServer):
    """The answer is the result."""

    name = "chat"

    def routes(self) -> Sequence[BaseRoute]:
        """Below /v1, and bare for a base URL that has it already."""
        return [
            route
            for prefix in ("/v1", "")
            for route in (
                Route(f"{prefix}/models", self._models),
                Route(f"{prefix}/chat/completions", self._complete, methods=["POST"]),
            )
        ]

    def is_authorised(self, request: Request) -> bool:
        """A bearer token, unless no key is needed."""
        return not self.key_needed or request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """``{error: {message, type, param, code}}``."""
        family, code = _CODES.get(kind, ("invalid_request_error" if kind == "invalid" else "server_error", None))
        return {"error": {"message": message, "type": family, "param": None, "code": code}}

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": one, "object": "model"} for one in self.models]})

    async def _complete(self, request: Request) -> Response:
        body = await request.json()
        if (wrong := next(_faults(body), None)) is not None:
            return self.refusal("invalid", wrong)
        if "response_format" in body and not self.enforces:
            return self.refusal("invalid", "response_format is not supported by this server")
        job = self.begin(body, str(body["model"]))
        if not isinstance(job, FakeJob):
            return job
        choices = [] if job.act == "failed" else [_choice(job, self)]
        usage = {"prompt_tokens": 400, "completion_tokens": 300, "total_tokens": 700}
        told = {"id": f"chatcmpl-{job.id}", "object": "chat.completion", "created": 1_795_000_000}
        return JSONResponse({**told, "model": f"{job.model}-2026", "choices": choices, "usage": usage})


def _choice(job: FakeJob, server: ChatServer) -> Json:
    if job.act == "moderated_out":
        return {
            "index": 0, "message": {"role": "assistant", "content": "", "refusal": None},
            "finish_reason": "content_filter",
        }  # fmt: skip
    message = {"role": "assistant", "content": server.next_answer(), "refusal": None}
    return {"index": 0, "message": message, "finish_reason": "stop"}


def _faults(body: dict[str, Any]) -> Iterator[str]:
    if not isinstance(body.get("model"), str) or not body["model"]:
        yield "model is required"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        yield "messages are required"
        return
    for one in messages:
        if one.get("role") not in ("system", "developer", "user", "assistant") or not one.get("content"):
            yield "a message needs a role and content"
    for one in (part for message in messages if isinstance(message["content"], list) for part in message["content"]):
        if one.get("type") not in ("text", "image_url"):
            yield "content of an unknown type"
        elif one["type"] == "image_url" and not one["image_url"]["url"].startswith(("data:image/", "https://")):
            yield "image_url.url"
    if "response_format" in body:
        yield from format_faults(body["response_format"])


def format_faults(wanted: Json) -> Iterator[str]:
    """What strict structured output refuses: open objects, optional fields."""
    schema = wanted.get("json_schema", {}) if isinstance(wanted, dict) else {}
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema" or not schema.get("name"):
        yield "response_format"
        return
    yield from schema_faults(schema.get("schema"))


def schema_faults(schema: Json) -> Iterator[str]:
    """Every object closed, every field required."""
    if isinstance(schema, list):
        for one in schema:
            yield from schema_faults(one)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and (
        schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(schema["properties"])
    ):
        yield "schema: additionalProperties must be false and every property required"
    for one in schema.values():
        yield from schema_faults(one)
