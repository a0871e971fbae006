"""A provider for tests of the web page: its jobs do what the file ``script.json`` of its folder says.

The folder is named by ``TAKEBRIDGE_TEST_STAGE``. ``script.json``: ``{"next": [part, …], "then": part, "prices":
{model: [low, high] | null}}``. A submit takes the first part of ``next`` that is left, else ``then``; prices are read
once, when the bridge starts. A part (all keys optional):

* ``submit``: "ok", "refuse" (the prompt is not taken), "away" (overloaded, nothing started), "unknown" (charged, and
  the answer is lost);
* ``ending``: "done", "failed", "never"; ``message``: the words of a refusal or a failure;
* ``work_ms``: how long the job takes; ``submit_ms``: how long the submit takes;
* ``cost``: micros the provider says it cost, None for not saying;
* ``frames``, ``rate``: of a video that is made; without them what was asked for, else 24 frames at 24.

``books.jsonl`` has one line a submit that was charged: ``{job, token, model, prompt, charged}``.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from takebridge.errors import CapabilityError, ProviderUnavailableError, UnknownOutcomeError
from takebridge.media.testcard import paint_frame, render_test_clip
from takebridge.providers.protocol import (
    Artifact,
    GenerationRequest,
    InputSlot,
    JobUpdate,
    ModelProfile,
    Price,
    ProviderStatus,
    RemoteJob,
)
from takebridge.timebase import FrameRate

PRICES: dict[str, list[int] | None] = {
    "stage/video": [100_000, 200_000],
    "stage/edit": [100_000, 200_000],
    "stage/image": [20_000, 40_000],
    "stage/upscale": [50_000, 50_000],
    "stage/dear": [5_000_000, 9_000_000],
    "stage/free": [0, 0],
    "stage/blind": None,
}
"""Micros a job costs at least and at most; None: nobody knows before."""
_KINDS = {"stage/edit": "video_edit", "stage/image": "image", "stage/upscale": "upscale"}
_ROLES = ("text", "style_text", "reference_image", "start_frame", "end_frame", "source_video")
_STEPS = 20
_WIDTH, _HEIGHT = 320, 180


class StageProvider:
    """The four verbs. Everything a job is, is in its id and its details, so it outlives the bridge."""

    name = "stage"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        told = self._script().get("prices", {})
        self._models = tuple(_profile(name, price) for name, price in {**PRICES, **told}.items())

    def models(self) -> Sequence[ModelProfile]:
        """One model a price."""
        return self._models

    async def check(self) -> ProviderStatus:
        """Always ready."""
        return ProviderStatus(ready=True, message="On stage.")

    async def submit(self, request: GenerationRequest) -> RemoteJob:
        """Take the next part of the script and do as it says."""
        part = self._next_part()
        how = part.get("submit", "ok")
        await asyncio.sleep(part.get("submit_ms", 0) / 1000)
        if how == "refuse":
            raise CapabilityError(part.get("message", "The prompt was refused."), hint="Change the prompt.")
        if how == "away":
            raise ProviderUnavailableError(part.get("message", "Overloaded."), hint="Try again later.")
        job = self._book(request)
        if how == "unknown":
            raise UnknownOutcomeError("The answer was lost on its way.")
        facts = {**part, "began": time.time(), "number": job, **_asked(request, part)}
        details = {"job": json.dumps(facts), "kind": request.kind}
        return RemoteJob(provider=self.name, id=f"stage-{job}", model=request.model, details=details)

    async def poll(self, job: RemoteJob) -> JobUpdate:
        """Look at the clock."""
        facts = json.loads(job.details["job"])
        if (self._folder / f"{job.id}.cancelled").exists():
            return JobUpdate(state="cancelled")
        ending, work = facts.get("ending", "done"), max(1, facts.get("work_ms", 0))
        part = min(1.0, (time.time() - facts["began"]) * 1000 / work)
        if ending == "never" or part < 1:
            done = int(part * _STEPS) if ending != "never" else 1
            return JobUpdate(state="running", done=min(done, _STEPS - 1), total=_STEPS)
        cost = facts.get("cost")
        if ending == "failed":
            words = facts.get("message", "The model could not make it.")
            return JobUpdate(
                state="failed", error_code="job_failed", error_message=words, error_hint="Try again.", cost_micros=cost
            )
        return JobUpdate(
            state="done",
            done=_STEPS,
            total=_STEPS,
            artifacts=(_artifact(job, facts),),
            model_reported=job.model,
            cost_micros=cost,
        )

    async def cancel(self, job: RemoteJob) -> None:
        """Stop; what was charged stays charged."""
        (self._folder / f"{job.id}.cancelled").touch()

    async def download(
        self, artifact: Artifact, into: Path, progress: Callable[[int, int], None] | None = None
    ) -> Path:
        """Draw the result: another clip id for every job, so that takes look unlike each other."""
        return await asyncio.to_thread(_draw, json.loads(artifact.location), into, artifact.port)

    # --- the folder

    def _script(self) -> dict[str, Any]:
        path = self._folder / "script.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def _next_part(self) -> dict[str, Any]:
        script = self._script()
        waiting = script.get("next", [])
        if not waiting:
            return dict(script.get("then", {}))
        part = dict(waiting.pop(0))
        draft = self._folder / "script.json.new"
        draft.write_text(json.dumps(script), "utf-8")
        draft.replace(self._folder / "script.json")
        return part

    def _book(self, request: GenerationRequest) -> int:
        books = self._folder / "books.jsonl"
        number = 1 + (len(books.read_text("utf-8").splitlines()) if books.exists() else 0)
        price = next(one.price for one in self._models if one.id == request.model)
        line = {"job": f"stage-{number}", "token": request.token, "model": request.model, "prompt": request.prompt}
        with books.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**line, "charged": price.high_micros}) + "\n")
        return number


def _profile(name: str, price: list[int] | None) -> ModelProfile:
    low, high = price or (None, None)
    kind: Any = _KINDS.get(name, "video")
    image = kind == "image"
    return ModelProfile(
        id=name,
        provider="stage",
        title=name.removeprefix("stage/").title(),
        kind=kind,
        inputs=tuple(InputSlot(role=role, minimum=0, maximum=8) for role in _ROLES),  # type: ignore[arg-type]
        params={"scale": 2} if kind == "upscale" else {"avoid": "", "aspect": "auto"} | _more(image),
        seed=True,
        prompt=kind != "upscale",
        outputs=("image",) if image else ("video",),
        price=Price(low_micros=low, high_micros=high),
        duration_ms=None if kind in ("image", "upscale") else (500, 20_000),
        seconds_low=1,
        seconds_high=20,
        concurrency=4,
        idempotent_submit=False,
        keeps_length=kind in ("upscale", "video_edit"),
        cancel="any",
    )


def _more(image: bool) -> dict[str, Any]:
    return {} if image else {"resolution": "720p", "rate": "auto", "sound": False}


def _asked(request: GenerationRequest, part: dict[str, Any]) -> dict[str, Any]:
    rate = part.get("rate") or request.rate or "24/1"
    frames = part.get("frames") or request.frame_count or _frames(request.duration_ms or 1000, rate)
    return {"frames": frames, "rate": rate}


def _frames(milliseconds: int, rate: str) -> int:
    return max(1, round(milliseconds * _rate(rate).fraction / 1000))


def _rate(text: str) -> FrameRate:
    above, _, below = text.partition("/")
    return FrameRate(int(above), int(below or 1))


def _artifact(job: RemoteJob, facts: dict[str, Any]) -> Artifact:
    image = job.details["kind"] == "image"
    location = json.dumps({"number": facts["number"], "frames": facts["frames"], "rate": facts["rate"]})
    port, kind = ("image", "image/png") if image else ("video", "video/mp4")
    return Artifact(port=port, media_type=kind, location=location)


def _draw(facts: dict[str, Any], into: Path, port: str) -> Path:
    number, rate = int(facts["number"]), _rate(facts["rate"])
    if port == "image":
        target = into / "image.png"
        Image.fromarray(paint_frame(number % 16, number, rate, _WIDTH, _HEIGHT)).save(target)
        return target
    target = into / "video.mp4"
    frames = int(facts["frames"])
    render_test_clip(
        target, clip_id=number % 16, frame_count=frames, rate=rate, width=_WIDTH, height=_HEIGHT, audio=False
    )
    with target.open("ab") as file:  # bytes of its own also for the sixteenth job: stored files are told apart by them
        file.write((16).to_bytes(4, "big") + b"free" + f"{number:>8}".encode())
    return target


def stage_provider(_home: Path) -> StageProvider:
    """Build the provider; called once by the bridge's start."""
    folder = Path(os.environ["TAKEBRIDGE_TEST_STAGE"])
    folder.mkdir(parents=True, exist_ok=True)
    return StageProvider(folder)
