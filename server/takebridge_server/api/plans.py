"""Plans and runs over HTTP: what would run and what it costs; carrying it out within what was agreed to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from takebridge.canvas.plan_types import Plan, Scope
from takebridge.client.replies import RunFacts
from takebridge.ids import CanvasId
from takebridge.services.plans import make_plan
from takebridge.services.run_rules import run_facts
from takebridge.services.runs import Consent
from takebridge.store.runs import Run, RunId
from takebridge_server.api.bodies import Author, Body, CanvasPath
from takebridge_server.works import Works

RunPath = Annotated[RunId, InPath(max_length=80)]


class NewPlan(Body):
    """What to plan."""

    scope: Scope
    author: Author


class NewRun(Body):
    """What to carry out, and what was agreed to."""

    scope: Scope
    consent: Consent = Consent()
    author: Author


def plan_router(works: Works) -> APIRouter:
    """``/api/canvases/{id}/plan``, ``/api/canvases/{id}/runs`` and ``/api/runs``."""
    router = APIRouter(prefix="/api", tags=["plans"])
    bridge = works.bridge

    @router.post("/canvases/{canvas_id}/plan")
    def plan(canvas_id: CanvasPath, body: NewPlan) -> Plan:
        """What would run now, in which order, for how much; nothing is started."""
        return make_plan(bridge, canvas_id, body.scope, author=body.author)

    @router.post("/canvases/{canvas_id}/runs", status_code=202)
    def start_run(canvas_id: CanvasPath, body: NewRun) -> RunFacts:
        """Carry out a plan that was agreed to."""
        return _shown(works.runner().start(canvas_id, body.scope, author=body.author, consent=body.consent))

    @router.get("/runs")
    def list_runs(canvas_id: Annotated[CanvasId | None, Query(max_length=80)] = None) -> list[RunFacts]:
        """All runs, or those of a canvas, oldest first."""
        if canvas_id is not None:
            bridge.desk.view(canvas_id)
        return [_shown(run) for run in works.runner().all(canvas_id)]

    @router.get("/runs/{run_id}")
    def read_run(run_id: RunPath) -> RunFacts:
        """One run."""
        return _shown(works.runner().get(run_id))

    @router.post("/runs/{run_id}/pause")
    def pause_run(run_id: RunPath) -> RunFacts:
        """Start nothing more of it for now."""
        return _shown(works.runner().pause(run_id))

    @router.post("/runs/{run_id}/resume")
    def resume_run(run_id: RunPath) -> RunFacts:
        """Go on with a paused run."""
        return _shown(works.runner().resume(run_id))

    @router.post("/runs/{run_id}/cancel")
    def cancel_run(run_id: RunPath) -> RunFacts:
        """Start nothing any more and cancel its own jobs."""
        return _shown(works.runner().cancel(run_id))

    return router


def _shown(run: Run) -> RunFacts:
    return RunFacts.model_validate(run_facts(run))
