"""Anthropic's Messages API as anthropic 2.12 speaks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY
from takebridge.testing.providers.chat import WritingServer, schema_faults
from takebridge.testing.providers.stage import FakeJob, Stage

_FAMILIES = {
    "rate_limit": "rate_limit_error",
    "auth": "authentication_error",
    "quota": "invalid_request_error",
    "retired": "not_found_error",
    "not_found": "not_found_error",
    "server_error": "api_error",
    "shed": "api_error",
    "overloaded": "overloaded_error",
}


class AnthropicServer(WritingServer):
    """The answer is the result. An empty account is a 400. While ``overloaded`` it answers 529 and takes nothing."""

    name = "anthropic"
    refusal_status: ClassVar[Mapping[str, int]] = {**WritingServer.refusal_status, "quota": 400, "overloaded": 529}

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.overloaded = False

    def routes(self) -> Sequence[BaseRoute]:
        """Below /v1, and bare for a base URL that has it already."""
        return [
            route
            for prefix in ("/v1", "")
            for route in (
                Route(f"{prefix}/models", self._models),
                Route(f"{prefix}/messages", self._message, methods=["POST"]),
            )
        ]

    def is_authorised(self, request: Request) -> bool:
        """A header of its own (anthropic 2.11), or a bearer token (2.12)."""
        return request.headers.get("x-api-key") == KEY or request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """``{type: "error", error: {type, message}, request_id}``."""
        if kind == "quota":
            message = f"Your credit balance is too low: {message}"
        if kind == "moderated_in":
            message = f"Output blocked by content filtering policy: {message}"
        family = _FAMILIES.get(kind, "invalid_request_error")
        return {"type": "error", "error": {"type": family, "message": message}, "request_id": "req_1"}

    async def _models(self, request: Request) -> Response:
        data = [{"id": one, "type": "model", "display_name": one} for one in self.models]
        return JSONResponse({"data": data, "has_more": False, "first_id": None, "last_id": None})

    async def _message(self, request: Request) -> Response:
        body = await request.json()
        if not request.headers.get("anthropic-version"):
            return self.refusal("invalid", "anthropic-version: header is required")
        if (wrong := next(_faults(body), None)) is not None:
            return self.refusal("invalid", wrong)
        if "output_config" in body and not self.enforces:
            return self.refusal("invalid", "output_config: this model does not support structured outputs")
        if self.overloaded:
            return self.refusal("overloaded", "Overloaded")
        job = self.begin(body, str(body["model"]))
        if not isinstance(job, FakeJob):
            return job
        content = [] if job.act in ("failed", "moderated_out") else [{"type": "text", "text": self.next_answer()}]
        reason = "refusal" if job.act == "moderated_out" else "end_turn"
        told = {"id": f"msg_{job.id}", "type": "message", "role": "assistant", "model": f"{job.model}-2026"}
        usage = {"input_tokens": 400, "output_tokens": 300}
        return JSONResponse({**told, "content": content, "stop_reason": reason, "stop_sequence": None, "usage": usage})


def _faults(body: dict[str, Any]) -> Iterator[str]:
    if not isinstance(body.get("model"), str) or not body["model"]:
        yield "model: Field required"
    if not isinstance(body.get("max_tokens"), int):
        yield "max_tokens: Field required"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or messages[0].get("role") != "user":
        yield "messages: first message must use the user role"
        return
    for one in messages:
        if one.get("role") not in ("user", "assistant") or not one.get("content"):
            yield "messages: role and content"
    for one in (part for message in messages if isinstance(message["content"], list) for part in message["content"]):
        if one.get("type") not in ("text", "image"):
            yield "content of an unknown type"
        elif one["type"] == "image" and set(one.get("source", ())) != {"type", "media_type", "data"}:
            yield "image.source"
    wanted = body.get("output_config", {}).get("format")
    if wanted is not None and (wanted.get("type") != "json_schema" or next(schema_faults(wanted["schema"]), None)):
        yield "output_config.format: schema"
