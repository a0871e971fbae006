"""Which result belongs to which verb, and whether an agent's answer makes sense."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from pydantic import ValidationError

from takebridge.errors import HostRejectedError
from takebridge.hosts.protocol import (
    ClipResult,
    DeleteResult,
    ExportResult,
    GrabResult,
    HostStatus,
    ImportResult,
    MarkerResult,
    MediaResult,
    OpAnswer,
    PeekResult,
    PlaceResult,
    ProbeResult,
    PullClipResult,
    RenderResult,
    SaveResult,
    Snapshot,
    StampResult,
    SwapClipResult,
    TakeResult,
    TimelineResult,
    TrackResult,
    Verb,
    WireModel,
)

logger = logging.getLogger(__name__)

RESULTS: Mapping[Verb, type[WireModel] | None] = {
    "agent.ping": None,
    "agent.stop": None,
    "host.status": HostStatus,
    "timeline.snapshot": Snapshot,
    "selection.get": Snapshot,
    "media.import": ImportResult,
    "clip.add_take": TakeResult,
    "clip.select_take": TakeResult,
    "clip.remove_take": TakeResult,
    "clip.pull": PullClipResult,
    "clip.swap": SwapClipResult,
    "timeline.duplicate": TimelineResult,
    "timeline.select": TimelineResult,
    "timeline.rename": TimelineResult,
    "timeline.delete": TimelineResult,
    "track.add": TrackResult,
    "clip.place": PlaceResult,
    "clip.delete": DeleteResult,
    "clip.set_enabled": ClipResult,
    "clip.rename": ClipResult,
    "clip.stamp": StampResult,
    "marker.add": MarkerResult,
    "marker.remove": MarkerResult,
    "selection.peek": PeekResult,
    "playhead.set": PeekResult,
    "timeline.export": ExportResult,
    "timeline.import": TimelineResult,
    "frame.grab": GrabResult,
    "range.render": RenderResult,
    "render.status": RenderResult,
    "render.cancel": RenderResult,
    "clip.finalize_take": TakeResult,
    "clip.set_color": ClipResult,
    "media.replace": MediaResult,
    "media.tag": MediaResult,
    "project.save": SaveResult,
    "agent.reload": None,
    "host.probe": ProbeResult,
}
"""Result model per verb; None where any object (or none) will do."""


def checked_answer(verb: Verb, answer: OpAnswer) -> OpAnswer:
    """Return ``answer`` when outcome, result and error fit each other and the verb.

    Raises HostRejectedError otherwise: nothing an agent made up reaches the services.
    """
    problem = _contradiction(answer) or _misfit(verb, answer)
    if problem:
        logger.warning("agent answered nonsense: op %s (%s): %s", answer.op_id, verb, problem)
        raise HostRejectedError(
            "The agent answered nonsense.",
            hint="Update the agent to the release of the server and restart it in the editor, then look at the clip.",
            verb=verb,
            problem=problem,
        )
    return answer


def _contradiction(answer: OpAnswer) -> str:
    if answer.outcome == "verified" and answer.error:
        return "verified, yet with an error"
    if answer.outcome == "not_applied" and not answer.error:
        return "not applied, yet without an error"
    return ""


def _misfit(verb: Verb, answer: OpAnswer) -> str:
    model = RESULTS[verb]
    if model is None:
        return ""
    if answer.result is None:
        # An agent that could not read back has no result to give.
        return "verified, yet without a result" if answer.outcome == "verified" else ""
    try:
        model.model_validate(answer.result)
    except ValidationError as error:
        return "; ".join(_place(part["loc"], part["msg"]) for part in error.errors(include_input=False)[:3])
    return ""


def _place(loc: tuple[int | str, ...], message: str) -> str:
    return f"result.{'.'.join(map(str, loc))}: {message}"
