"""A contract server that speaks as api.fish.audio does. Shapes: fish-audio-sdk 1.3.0 and providers.md §2.10."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import msgpack
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.samples import sample
from takebridge.testing.providers.stage import FakeJob

MODELS = frozenset({"s1", "s1-mini", "s2-pro", "s2.1-pro", "drama-3", "speech-1.5", "speech-1.6"})
VOICE = "802e3bc2b27e49c2995d23ef70e6ac89"
_KNOWN = frozenset(
    {
        "text",
        "chunk_length",
        "format",
        "sample_rate",
        "mp3_bitrate",
        "opus_bitrate",
        "references",
        "reference_id",
        "normalize",
        "latency",
        "prosody",
        "top_p",
        "temperature",
        "max_new_tokens",
        "repetition_penalty",
        "min_chunk_length",
        "condition_on_previous_chunks",
        "early_stop_threshold",
    }
)
_SOUND = {"wav": ("a.wav", "audio/wav"), "mp3": ("a.mp3", "audio/mpeg"), "pcm": ("a.wav", "audio/pcm")}


class FishServer(ContractServer):
    """Takes the model from the header ``model``, the body as JSON or MessagePack; reference sound only as bytes."""

    name: ClassVar[str] = "fish"

    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes."""
        return [
            Route("/v1/tts", self._speak, methods=["POST"]),
            Route("/wallet/self/api-credit", self._credit),
        ]

    def is_authorised(self, request: Request) -> bool:
        """A bearer token."""
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def error(self, kind: str, message: str) -> Json:
        """``{status, message}``."""
        return {"status": self.refusal_status.get(kind, 400), "message": message}

    async def _speak(self, request: Request) -> Response:
        body = _body_of(request, await request.body())
        if body is None:
            return JSONResponse({"status": 415, "message": "Unsupported media type"}, status_code=415)
        if (fault := _fault(body)) is not None:
            where, told = fault
            return JSONResponse([{"type": "value_error", "loc": ["body", where], "msg": told}], status_code=422)
        model = request.headers.get("model", "")
        if model not in MODELS:
            return JSONResponse({"status": 400, "message": f"Unknown model: {model or 'none'}"}, status_code=400)
        job = self.begin({key: value for key, value in body.items() if key != "references"}, model)
        if not isinstance(job, FakeJob):
            return job
        job.body["reference_bytes"] = [len(one["audio"]) for one in body.get("references", ())]
        name, kind = _SOUND[body.get("format", "mp3")]
        return Response(sample(name)[0], media_type=kind)

    async def _credit(self, request: Request) -> Response:
        return JSONResponse(
            {"_id": "c1", "user_id": "u1", "credit": "12.5", "created_at": "2026-01-01", "updated_at": "2026-01-01"}
        )


def _body_of(request: Request, data: bytes) -> dict[str, Any] | None:
    kind = request.headers.get("content-type", "").partition(";")[0]
    try:
        value = json.loads(data) if kind == "application/json" else msgpack.unpackb(data)
    except ValueError:
        return {}
    if kind not in ("application/json", "application/msgpack"):
        return None
    return value if isinstance(value, dict) else {}


def _fault(body: Mapping[str, Any]) -> tuple[str, str] | None:
    if not isinstance(body.get("text"), str) or not body["text"]:
        return "text", "Field required"
    if unknown := sorted(set(body) - _KNOWN):
        return unknown[0], "Extra inputs are not permitted"
    if body.get("format", "mp3") not in _SOUND:
        return "format", "Input should be 'wav', 'pcm' or 'mp3'"
    speed = (body.get("prosody") or {}).get("speed", 1.0)
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0.5 <= speed <= 2:
        return "prosody.speed", "Input should be between 0.5 and 2"
    return _voice_fault(body)


def _voice_fault(body: Mapping[str, Any]) -> tuple[str, str] | None:
    for one in body.get("references") or ():
        if not isinstance(one.get("audio"), bytes) or not isinstance(one.get("text"), str):
            return "references", "audio must be bytes, text a string"
    named = body.get("reference_id")
    if named is not None and not isinstance(named, str) and not (isinstance(named, list) and 1 <= len(named) <= 5):
        return "reference_id", "Input should be a string or a list of at most five"
    return None
