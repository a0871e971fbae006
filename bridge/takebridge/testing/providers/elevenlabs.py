"""A contract server that speaks as api.elevenlabs.io does. Shapes: elevenlabs SDK 2.78.0 and providers.md §2.10."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from takebridge.providers.facts import Json
from takebridge.testing.providers.base import KEY, ContractServer
from takebridge.testing.providers.form_parts import form_parts
from takebridge.testing.providers.samples import sample
from takebridge.testing.providers.stage import FakeJob

VOICES = {"JBFqnCBsd6RMkjVDRZzb": "George - Warm Storyteller", "21m00Tcm4TlvDq8ikWAM": "Rachel"}
SPEECH = frozenset({"eleven_v3", "eleven_v4", "eleven_v4_turbo", "eleven_multilingual_v2", "eleven_flash_v2_5"})
MUSIC = frozenset({"music_v1", "music_v2", "music_v2_5"})
EFFECTS = frozenset({"eleven_text_to_sound_v2", "eleven_text_to_sound_v3"})
FORMATS = {"mp3": ("mp3", "audio/mpeg"), "wav": ("wav", "audio/wav"), "pcm": ("wav", "audio/pcm")}
MOST_AT_A_TIME = 5

_SETTINGS = {
    "stability": float,
    "use_speaker_boost": bool,
    "similarity_boost": float,
    "style": float,
    "speed": float,
    "clone_strength": float,
}
_TTS: Mapping[str, type] = {
    "text": str,
    "model_id": str,
    "language_code": str,
    "voice_settings": dict,
    "seed": int,
    "previous_text": str,
    "next_text": str,
}
_DIALOGUE: Mapping[str, type] = {"inputs": list, "model_id": str, "language_code": str, "settings": dict, "seed": int}
_MUSIC: Mapping[str, type] = {
    "prompt": str,
    "composition_plan": dict,
    "music_length_ms": int,
    "model_id": str,
    "seed": int,
    "force_instrumental": bool,
    "sign_with_c2pa": bool,
}
_SFX: Mapping[str, type] = {
    "text": str,
    "loop": bool,
    "duration_seconds": float,
    "prompt_influence": float,
    "model_id": str,
}


class ElevenLabsServer(ContractServer):
    """Answers at once and charges on send; keeps a history of what was spoken; an empty quota is a 401.

    `listed_seconds` is added to the times of the history: its clock is not ours.
    """

    name: ClassVar[str] = "elevenlabs"
    refusal_status: ClassVar[Mapping[str, int]] = {
        **ContractServer.refusal_status,
        "quota": 401,
        "retired": 400,
        "shed": 429,
        "moderated_in": 400,
    }
    listed_seconds = 0

    def routes(self) -> Sequence[BaseRoute]:
        """Return the API's routes."""
        return [
            Route("/v1/text-to-speech/{voice}/with-timestamps", self._speak_timed, methods=["POST"]),
            Route("/v1/text-to-speech/{voice}", self._speak, methods=["POST"]),
            Route("/v1/text-to-dialogue/with-timestamps", self._dialogue, methods=["POST"]),
            Route("/v1/music", self._music, methods=["POST"]),
            Route("/v1/sound-generation", self._effect, methods=["POST"]),
            Route("/v1/voices/add", self._add_voice, methods=["POST"]),
            Route("/v2/voices", self._list_voices),
            Route("/v1/history", self._history),
            Route("/v1/history/{item}/audio", self._history_audio),
            Route("/v1/user/subscription", self._plan),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of the base
        super().__init__(*args, **kwargs)
        self.voices: dict[str, str] = dict(VOICES)
        self.added: list[dict[str, Any]] = []

    def is_authorised(self, request: Request) -> bool:
        """The key is in ``xi-api-key``."""
        return request.headers.get("xi-api-key") == KEY

    def error(self, kind: str, message: str) -> Json:
        """``{detail: {status, message}}``."""
        status = {
            "auth": "invalid_api_key",
            "quota": "quota_exceeded",
            "rate_limit": "too_many_concurrent_requests",
            "shed": "system_busy",
            "retired": "model_not_found",
            "moderated_in": "content_against_policy",
            "not_found": "not_found",
            "voice_not_found": "voice_not_found",
            "server_error": "internal_server_error",
        }.get(kind, "invalid_request")
        return {"detail": {"status": status, "message": message}}

    # --- what makes sound

    async def _speak(self, request: Request) -> Response:
        return await self._spoken(request, timed=False)

    async def _speak_timed(self, request: Request) -> Response:
        return await self._spoken(request, timed=True)

    async def _spoken(self, request: Request, *, timed: bool) -> Response:
        body = _object(await request.body())
        if (fault := _fault(body, _TTS, {"text"}) or _settings_fault(body)) is not None:
            return _unprocessable(fault)
        voice = request.path_params["voice"]
        if voice not in self.voices:
            message = f"A voice with the voice_id {voice} was not found."
            return JSONResponse(self.error("voice_not_found", message), status_code=400)
        heard = {**body, "voice": voice, "history": True}
        return self._sound(request, heard, SPEECH, "eleven_multilingual_v2", body["text"] if timed else None)

    async def _dialogue(self, request: Request) -> Response:
        body = _object(await request.body())
        fault = _fault(body, _DIALOGUE, {"inputs"})
        lines = body.get("inputs", [])
        if fault is None and not (lines and all(set(one) == {"text", "voice_id"} and one["text"] for one in lines)):
            fault = (("body", "inputs"), "each input needs text and voice_id")
        if fault is not None:
            return _unprocessable(fault)
        if unknown := [one["voice_id"] for one in lines if one["voice_id"] not in self.voices]:
            return JSONResponse(self.error("voice_not_found", f"{unknown[0]} was not found."), status_code=400)
        words = " ".join(one["text"] for one in lines)
        return self._sound(request, {**body, "history": True}, SPEECH, "eleven_v3", words)

    async def _music(self, request: Request) -> Response:
        body = _object(await request.body())
        fault = _fault(body, _MUSIC, set())
        if fault is None and ("prompt" in body) == ("composition_plan" in body):
            fault = (("body", "prompt"), "give prompt or composition_plan, not both")
        if fault is None and "prompt" in body and "seed" in body:
            fault = (("body", "seed"), "cannot be used in conjunction with prompt")
        if fault is None and not 3000 <= body.get("music_length_ms", 3000) <= 600_000:
            fault = (("body", "music_length_ms"), "must be between 3000 and 600000")
        return _unprocessable(fault) if fault else self._sound(request, body, MUSIC, "music_v1", None)

    async def _effect(self, request: Request) -> Response:
        body = _object(await request.body())
        fault = _fault(body, _SFX, {"text"})
        if fault is None and not 0.5 <= (body.get("duration_seconds") or 0.5) <= 30:
            fault = (("body", "duration_seconds"), "must be between 0.5 and 30")
        return _unprocessable(fault) if fault else self._sound(request, body, EFFECTS, "eleven_text_to_sound_v2", None)

    def _sound(
        self, request: Request, body: dict[str, Any], models: frozenset[str], usual: str, timed: str | None
    ) -> Response:
        """Charge and answer; with the times of ``timed``'s characters, as JSON, where there are words."""
        wanted = request.query_params.get("output_format", "mp3_44100_128")
        if wanted.partition("_")[0] not in FORMATS:
            return _unprocessable((("query", "output_format"), "unknown format"))
        model = body.get("model_id", usual)
        if model not in models:
            return JSONResponse(self.error("retired", f"A model with model ID {model} does not exist"), status_code=400)
        job = self.begin(body, model)
        if not isinstance(job, FakeJob):
            if job.status_code == 429:
                job.headers["maximum-concurrent-requests"] = str(MOST_AT_A_TIME)
                job.headers["current-concurrent-requests"] = str(MOST_AT_A_TIME + 1)
            return job
        name, kind = FORMATS[wanted.partition("_")[0]]
        data, _ = sample(f"a.{name}")
        headers = {"request-id": f"req-{job.id}", "character-cost": str(len(timed or "")), "history-item-id": job.id}
        if timed is None:
            return Response(data, media_type=kind, headers=headers)
        timing = alignment(timed)
        answer = {
            "audio_base64": base64.b64encode(data).decode(),
            "alignment": timing,
            "normalized_alignment": timing,
        }
        if "inputs" in body:
            answer["voice_segments"] = []
        return JSONResponse(answer, headers=headers)

    # --- voices, history, account

    async def _add_voice(self, request: Request) -> Response:
        parts = form_parts(request.headers.get("content-type", ""), await request.body())
        names = [one.text for one in parts if one.name == "name"]
        files = [one for one in parts if one.name == "files" and one.filename and one.data]
        if not names or not 1 <= len(files) <= 25:
            return _unprocessable((("body", "files"), "Field required"))
        voice = f"copied{len(self.added):014d}"
        self.voices[voice] = names[0]
        self.added.append({"name": names[0], "files": len(files), **{p.name: p.text for p in parts if not p.filename}})
        return JSONResponse({"voice_id": voice, "requires_verification": False})

    async def _list_voices(self, request: Request) -> Response:
        wanted = request.query_params.get("search", "").casefold()
        found = [{"voice_id": key, "name": name} for key, name in self.voices.items() if wanted in name.casefold()]
        return JSONResponse({"voices": found, "has_more": False, "total_count": len(found)})

    async def _history(self, request: Request) -> Response:
        since = int(request.query_params.get("date_after_unix", "0"))
        wanted = request.query_params.get("model_id")
        shown = [self._item(job) for job in self.stage.jobs.values() if job.body.get("history")]
        shown = [one for one in shown if one["date_unix"] > since and wanted in (None, one["model_id"])]
        last = shown[-1]["history_item_id"] if shown else None
        return JSONResponse({"history": shown[::-1], "last_history_item_id": last, "has_more": False})

    def _item(self, job: FakeJob) -> dict[str, Any]:
        lines = job.body.get("inputs")
        said = job.body.get("text") or " ".join(one["text"] for one in lines or ())
        began = int(time.time() - (time.monotonic() - job.began)) + self.listed_seconds
        return {
            "history_item_id": job.id,
            "request_id": f"req-{job.id}",
            "voice_id": job.body.get("voice"),
            "model_id": job.model,
            "text": said,
            "dialogue": [{**one, "voice_name": self.voices[one["voice_id"]]} for one in lines] if lines else None,
            "date_unix": began,
            "character_count_change_from": 0,
            "character_count_change_to": len(said),
            "content_type": "audio/mpeg",
            "state": "created",
            "source": "TTS",
        }

    async def _history_audio(self, request: Request) -> Response:
        if request.path_params["item"] not in self.stage.jobs:
            return JSONResponse(self.error("not_found", "no such item"), status_code=404)
        return Response(sample("a.mp3")[0], media_type="audio/mpeg")

    async def _plan(self, request: Request) -> Response:
        return JSONResponse({"tier": "creator", "character_count": 1200, "character_limit": 100_000})


def alignment(text: str) -> dict[str, list[Any]]:
    """A tenth of a second for each character."""
    return {
        "characters": list(text),
        "character_start_times_seconds": [number / 10 for number in range(len(text))],
        "character_end_times_seconds": [(number + 1) / 10 for number in range(len(text))],
    }


Fault = tuple[tuple[str, ...], str]


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _fault(body: Mapping[str, Any], known: Mapping[str, type], needed: set[str]) -> Fault | None:
    for name in needed:
        if not body.get(name):
            return ("body", name), "Field required"
    for name, value in body.items():
        if name not in known:
            return ("body", name), "Extra inputs are not permitted"
        if not _is(value, known[name]):
            return ("body", name), f"Input should be a valid {known[name].__name__}"
    code = body.get("language_code", "en")
    return None if len(code) == 2 and code.islower() else (("body", "language_code"), "must be ISO 639-1")


def _settings_fault(body: Mapping[str, Any]) -> Fault | None:
    for name, value in body.get("voice_settings", {}).items():
        if name not in _SETTINGS or not _is(value, _SETTINGS[name]):
            return ("body", "voice_settings", name), "Input should be valid"
    if not 0.7 <= body.get("voice_settings", {}).get("speed", 1.0) <= 1.2:
        return ("body", "voice_settings", "speed"), "must be between 0.7 and 1.2"
    return None


def _is(value: Json, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _unprocessable(fault: Fault) -> Response:
    detail = [{"type": "value_error", "loc": list(fault[0]), "msg": fault[1]}]
    return JSONResponse({"detail": detail}, status_code=422)
