"""OpenAI's image API as openai 3.54 speaks it: JSON generations, form edits, base64 and usage in the answer."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, ClassVar

from PIL import Image
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.form_parts import form_parts
from takebridge.testing.providers.samples import sample
from takebridge.testing.providers.stage import FakeJob, Stage

_CODES = {
    "rate_limit": ("requests", "rate_limit_exceeded"),
    "auth": ("invalid_request_error", "invalid_api_key"),
    "quota": ("insufficient_quota", "insufficient_quota"),
    "retired": ("invalid_request_error", "model_not_found"),
    "moderated_in": ("image_generation_user_error", "moderation_blocked"),
    "moderated_out": ("image_generation_user_error", "moderation_blocked"),
}
_QUALITIES = {"auto", "low", "medium", "high", "xhigh", "max"}
_MOST_PICTURES = 16


class OpenAIImagesServer(ContractServer):
    """The answer is the picture. ``usage`` is what it says to have counted; ``forms`` are the edits it took."""

    name = "openai_images"
    refusal_status: ClassVar[Mapping[str, int]] = {
        # An account without balance is a 429 as well: its code alone tells it from a busy one.
        **ContractServer.refusal_status, "quota": 429, "moderated_out": 400,
    }  # fmt: skip

    def __init__(self, stage: Stage | None = None) -> None:
        super().__init__(stage)
        self.forms: list[dict[str, Any]] = []
        self.usage: Json = {
            "input_tokens": 60,
            "input_tokens_details": {"text_tokens": 20, "image_tokens": 40},
            "output_tokens": 1056,
            "total_tokens": 1116,
        }

    def routes(self) -> Sequence[BaseRoute]:
        """Below /v1, and bare for a base URL that has it already."""
        return [
            route
            for prefix in ("/v1", "")
            for route in (
                Route(f"{prefix}/models", self._models),
                Route(f"{prefix}/images/generations", self._generate, methods=["POST"]),
                Route(f"{prefix}/images/edits", self._edit, methods=["POST"]),
            )
        ]

    def is_authorised(self, request: Request) -> bool:
        """A bearer token."""
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """``{error: {message, type, param, code}}``."""
        family, code = _CODES.get(kind, ("invalid_request_error" if kind == "invalid" else "server_error", None))
        return {"error": {"message": message, "type": family, "param": None, "code": code}}

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": "gpt-image-2", "object": "model"}]})

    async def _generate(self, request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return self.refusal("invalid", "send JSON")
        body = await request.json()
        return self._answer(body, _wrong(body))

    async def _edit(self, request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return self.refusal("invalid", "send a form")
        parts = form_parts(request.headers["content-type"], await request.body())
        body: dict[str, Any] = {part.name: part.text for part in parts if not part.filename}
        pictures = [part for part in parts if part.filename and part.name in ("image", "image[]")]
        body["images"] = [(part.filename, part.kind, part.data) for part in pictures]
        for part in parts:
            if part.filename and part.name == "mask":
                body["mask"] = part.data
        self.forms.append(body)
        return self._answer(body, _wrong(body) or _wrong_form(body))

    def _answer(self, body: dict[str, Any], wrong: str | None) -> Response:
        if wrong is not None:
            return self.refusal("invalid", wrong)
        if (model := str(body.get("model"))).startswith("dall-e") or model == "gpt-image-1":
            return self.refusal("retired", f"The model `{model}` has been shut down.")
        job = self.begin(body, model)
        if not isinstance(job, FakeJob):
            return job
        if job.act == "moderated_out":  # seen once the picture was made, and answered like a wrong request
            job.refunded = True
            return self.refusal(job.act, "Your request was rejected by the safety system.")
        kind = str(body.get("output_format", "png"))
        data = [] if job.act == "failed" else [{"b64_json": base64.b64encode(sample(f"x.{kind}")[0]).decode()}]
        size = body.get("size", "auto")
        told = {"size": "1024x1024" if size == "auto" else size, "quality": "high", "output_format": kind}
        return JSONResponse(
            {"created": 1_795_000_000, "background": "opaque", "data": data, **told, "usage": self.usage}
        )


def _wrong(body: dict[str, Any]) -> str | None:
    if not isinstance(body.get("prompt"), str) or not 1 <= len(body["prompt"]) <= 32_000:
        return "prompt: 1 to 32000 characters"
    if not re.fullmatch(r"(gpt-image|dall-e)-[a-z0-9.-]+", str(body.get("model"))):
        return "model is required"
    if "response_format" in body:
        return "response_format is not supported: GPT Image always answers with b64_json"
    if body.get("quality", "auto") not in _QUALITIES or body.get("moderation", "auto") not in ("auto", "low"):
        return "quality or moderation"
    if not 1 <= int(body.get("n", 1)) <= 10:
        return "n: 1 to 10"
    return _wrong_size(str(body.get("size", "auto")))


def _wrong_size(size: str) -> str | None:
    if size == "auto":
        return None
    match = re.fullmatch(r"(\d+)x(\d+)", size)
    if match is None:
        return "size: WIDTHxHEIGHT"
    wide, high = int(match[1]), int(match[2])
    if wide % 16 or high % 16 or not high <= 3 * wide <= 9 * high:
        return "size: sides divisible by 16, at most 3:1"
    return "size: at most 3840x2160" if max(wide, high) > 3840 or min(wide, high) > 2160 else None


def _wrong_form(body: dict[str, Any]) -> str | None:
    if not 1 <= len(body["images"]) <= _MOST_PICTURES:
        return "image: 1 to 16 pictures"
    if any(kind not in ("image/png", "image/jpeg", "image/webp") for _, kind, _ in body["images"]):
        return "image: PNG, JPEG or WebP"
    if "mask" in body:
        first, mask = Image.open(BytesIO(body["images"][0][2])), Image.open(BytesIO(body["mask"]))
        if mask.mode not in ("RGBA", "LA"):
            return "mask: an alpha channel is needed"
        if mask.size != first.size:
            return "mask: the size of the first image is needed"
    return None
