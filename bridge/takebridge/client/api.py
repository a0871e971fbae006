"""The REST API, typed: one method a route, answers as values of `takebridge.client.replies`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from takebridge.canvas.fingerprint import Change
from takebridge.canvas.model import NodeKind, Take
from takebridge.canvas.op_types import OP, Op
from takebridge.canvas.plan_types import Plan, Scope
from takebridge.client.board_api import BoardApi
from takebridge.client.cut_types import CutLayers, CutView, HostFacts
from takebridge.client.http import BridgeClient, Query
from takebridge.client.model_api import ModelApi
from takebridge.client.panel_api import PanelApi
from takebridge.client.replies import (
    CapFacts,
    Committed,
    Epoch,
    ExchangeReport,
    FanOut,
    FilmExported,
    History,
    InsertedTemplate,
    Job,
    LoadedGraph,
    OpsPage,
    QueueFacts,
    Reference,
    RunFacts,
    SavedGraph,
    Snapshot,
    SpendFacts,
    Status,
    TakeText,
    TemplateInfo,
    Tray,
    read,
)
from takebridge.cut.merge_types import Choice
from takebridge.cut.report_types import ConvertedDocument, DiffReport, MergedDocument
from takebridge.cut.trip_types import RoundTrip, RoundTripRequest, TripFacts
from takebridge.errors import NotFoundError, UsageError
from takebridge.ids import CanvasId, JobId, NodeId, OpId, TakeId, new_id

AUTHOR = "editor"


class Api(PanelApi, ModelApi, BoardApi):
    """What a bridge offers. Every method raises the bridge's own errors, and `BridgeClient`'s when it is away."""

    def __init__(self, client: BridgeClient) -> None:
        self.client = client

    # --- the bridge

    def status(self, *, fresh: bool = False) -> Status:
        """What is running; ``fresh`` asks each agent what is open now."""
        return read(Status, self.client.get("/api/status", fresh=fresh))

    # --- canvases

    def canvases(self) -> dict[CanvasId, str]:
        """Ids and titles."""
        return read(dict[CanvasId, str], self.client.get("/api/canvases"))

    def create_canvas(self, title: str) -> Snapshot:
        """Make an empty canvas."""
        return read(Snapshot, self.client.post("/api/canvases", {"title": title}))

    def canvas(self, canvas_id: CanvasId) -> Snapshot:
        """The canvas as it is now, with every node's state."""
        return read(Snapshot, self.client.get(f"/api/canvases/{canvas_id}"))

    def ops_since(self, canvas_id: CanvasId, epoch: Epoch, rev: int) -> OpsPage:
        """The ops after ``rev`` of ``epoch``, if the log still has them all."""
        return read(OpsPage, self.client.get(f"/api/canvases/{canvas_id}/ops", epoch=epoch, since=rev))

    def apply(
        self,
        canvas_id: CanvasId,
        ops: Sequence[Op],
        *,
        author: str = AUTHOR,
        op_id: OpId | None = None,
        base: tuple[Epoch, int] | None = None,
    ) -> Committed:
        """Commit ``ops`` together or not at all; the same ``op_id`` again changes nothing.

        ``base`` is the epoch and revision the ops were made for; None leaves it to the ops' own preconditions.
        """
        body: dict[str, Any] = {
            "op_id": op_id or new_id("op"),
            "author": author,
            "ops": [OP.dump_python(op, mode="json") for op in ops],
        }
        if base is not None:
            body |= {"epoch": base[0], "base_rev": base[1]}
        return read(Committed, self.client.post(f"/api/canvases/{canvas_id}/ops", body, repeatable=True))

    def undo(self, canvas_id: CanvasId, *, author: str = AUTHOR, batch: str | None = None) -> Committed:
        """Take back the author's newest edit, or the one named. Asked for again, it undoes once."""
        body = {"op_id": new_id("op"), "author": author, "batch": batch}
        return read(Committed, self.client.post(f"/api/canvases/{canvas_id}/undo", body, repeatable=True))

    def redo(self, canvas_id: CanvasId, *, author: str = AUTHOR) -> Committed:
        """Take back the author's newest undo."""
        body = {"op_id": new_id("op"), "author": author}
        return read(Committed, self.client.post(f"/api/canvases/{canvas_id}/redo", body, repeatable=True))

    def history(self, canvas_id: CanvasId, *, author: str = AUTHOR) -> History:
        """How many edits the author can undo and redo."""
        return read(History, self.client.get(f"/api/canvases/{canvas_id}/history", author=author))

    def orphans(self, canvas_id: CanvasId) -> list[Take]:
        """Takes whose node was removed."""
        return read(list[Take], self.client.get(f"/api/canvases/{canvas_id}/orphans"))

    def why(self, canvas_id: CanvasId, node_id: NodeId) -> list[Change]:
        """What changed since the node's pinned take was asked for."""
        return read(list[Change], self.client.get(f"/api/canvases/{canvas_id}/nodes/{node_id}/why"))

    def tray(self, canvas_id: CanvasId, node_id: NodeId, *, hidden: bool = False) -> Tray:
        """The node's version tray, with hidden takes if asked for."""
        return read(Tray, self.client.get(f"/api/canvases/{canvas_id}/nodes/{node_id}/tray", hidden=hidden))

    def write(
        self, canvas_id: CanvasId, node_id: NodeId, text: str, *, seen: TakeId | None = None, author: str = AUTHOR
    ) -> Take:
        """Keep words as a new pinned take of a brief or script; ``seen`` is the take that was edited."""
        body = {"text": text, "seen": seen, "author": author}
        return read(Take, self.client.post(f"/api/canvases/{canvas_id}/nodes/{node_id}/text", body))

    def text(self, canvas_id: CanvasId, take_id: TakeId, port: str | None = None) -> TakeText:
        """The words of a take, or of one part of it."""
        return read(TakeText, self.client.get(f"/api/canvases/{canvas_id}/takes/{take_id}/text", port=port))

    def add_reference(
        self, canvas_id: CanvasId, path: Path, *, feeds: NodeId | None = None, author: str = AUTHOR
    ) -> NodeId:
        """Bring in a still, clip or sound of this machine as a node of its own, wired to ``feeds``."""
        body = {"path": str(path), "feeds": feeds, "author": author}
        return read(Reference, self.client.post(f"/api/canvases/{canvas_id}/references", body)).node

    # --- jobs

    def jobs(self, canvas_id: CanvasId | None = None) -> list[Job]:
        """All jobs, or those of a canvas, oldest first."""
        return read(list[Job], self.client.get("/api/jobs", canvas_id=canvas_id))

    def job(self, job_id: JobId) -> Job:
        """One job."""
        return read(Job, self.client.get(f"/api/jobs/{job_id}"))

    def generate(
        self,
        canvas_id: CanvasId,
        node_id: NodeId,
        *,
        author: str = AUTHOR,
        again: bool = False,
        model: str | None = None,
        seed: int | None = None,
        max_micros: int | None = None,
    ) -> Job:
        """Queue a generation of one node. Not repeated by itself when the answer is lost: look at `jobs` then.

        An equal job under way is returned instead, unless ``again`` asks for one more take. ``max_micros`` is the most
        that may be paid; without it only what is free runs.
        """
        body = {"canvas_id": canvas_id, "node_id": node_id, "author": author}
        asked = {"again": again or None, "model": model, "seed": seed, "max_micros": max_micros}
        return read(Job, self.client.post("/api/jobs", body | _said(asked)))

    def cancel(self, job_id: JobId) -> Job:
        """Ask a job to stop."""
        return read(Job, self.client.post(f"/api/jobs/{job_id}/cancel", repeatable=True))

    def retry(self, job_id: JobId, *, author: str = AUTHOR, max_micros: int | None = None) -> Job:
        """Ask once more for a job that failed or was cancelled; returns the new job."""
        body = {"author": author} | _said({"max_micros": max_micros})
        return read(Job, self.client.post(f"/api/jobs/{job_id}/retry", body))

    def resolve(self, job_id: JobId, choice: str, *, author: str = AUTHOR, max_micros: int | None = None) -> Job:
        """Decide about a job whose outcome is open; returns the job that goes on."""
        body = {"choice": choice, "author": author} | _said({"max_micros": max_micros})
        return read(Job, self.client.post(f"/api/jobs/{job_id}/resolve", body))

    # --- plans and runs

    def plan(self, canvas_id: CanvasId, scope: Scope, *, author: str = AUTHOR) -> Plan:
        """What would run, in which order, and what it costs. Nothing is started."""
        body = {"scope": scope.model_dump(mode="json"), "author": author}
        return read(Plan, self.client.post(f"/api/canvases/{canvas_id}/plan", body, repeatable=True))

    def run(
        self,
        canvas_id: CanvasId,
        scope: Scope,
        *,
        author: str = AUTHOR,
        digest: str | None = None,
        max_micros: int = 0,
        allow_unknown: bool = False,
    ) -> RunFacts:
        """Carry out a plan, as far as it was agreed to: this digest, and at most this much."""
        consent = {"digest": digest, "max_micros": max_micros, "allow_unknown": allow_unknown}
        body = {"scope": scope.model_dump(mode="json"), "author": author, "consent": consent}
        return read(RunFacts, self.client.post(f"/api/canvases/{canvas_id}/runs", body))

    def runs(self, canvas_id: CanvasId | None = None) -> list[RunFacts]:
        """All runs, or those of a canvas, oldest first."""
        return read(list[RunFacts], self.client.get("/api/runs", canvas_id=canvas_id))

    def run_state(self, run_id: str) -> RunFacts:
        """One run."""
        return read(RunFacts, self.client.get(f"/api/runs/{run_id}"))

    def cancel_run(self, run_id: str) -> RunFacts:
        """Stop a run and the jobs it started."""
        return read(RunFacts, self.client.post(f"/api/runs/{run_id}/cancel", repeatable=True))

    def fan(
        self,
        canvas_id: CanvasId,
        node_id: NodeId,
        *,
        models: Sequence[str] = (),
        seeds: Sequence[int] = (),
        author: str = AUTHOR,
        max_micros: int | None = None,
    ) -> FanOut:
        """Queue a node once for every model and seed; nothing is pinned by itself."""
        body = {"canvas_id": canvas_id, "node_id": node_id, "models": [*models], "seeds": [*seeds], "author": author}
        return read(FanOut, self.client.post("/api/fans", body | _said({"max_micros": max_micros})))

    def fan_state(self, fan_id: str) -> FanOut:
        """One fan-out."""
        return read(FanOut, self.client.get(f"/api/fans/{fan_id}"))

    def fan_sheet(self, fan_id: str) -> bytes:
        """A contact sheet (PNG) of the results so far."""
        return self.client.get_bytes(f"/api/fans/{fan_id}/sheet")

    # --- round trips

    def roundtrip(self, request: RoundTripRequest) -> RoundTrip:
        """Merge the open timeline with a canvas; a dry run only says what would be done.

        Not repeated by itself when the answer is lost: look at `roundtrips` then.
        """
        body = request.model_dump(mode="json")
        return read(RoundTrip, self.client.post("/api/roundtrips", body, repeatable=request.dry_run))

    def roundtrips(self, canvas_id: CanvasId | None = None) -> list[TripFacts]:
        """The newest round trips that changed a timeline, the newest first."""
        return read(list[TripFacts], self.client.get("/api/roundtrips", canvas_id=canvas_id))

    def roundtrip_of(self, trip: str) -> TripFacts:
        """One round trip, with what became of each clip."""
        return read(TripFacts, self.client.get(f"/api/roundtrips/{trip}"))

    # --- the cut view

    def cut(self, canvas_id: CanvasId, *, session: str = "", fresh: bool = False) -> CutView:
        """The open timeline as tracks with the canvas's links; ``fresh`` reads it anew in any case.

        Raises HostOfflineError without an editor.
        """
        return read(CutView, self.client.get("/api/cut", canvas=canvas_id, session=session or None, fresh=fresh))

    def cut_layers(self, canvas_id: CanvasId, *, session: str = "", fresh: bool = False) -> CutLayers:
        """The base, the editor's cut and the canvas's, as the next round trip would merge them."""
        query: dict[str, Query] = {"canvas": canvas_id, "session": session or None, "fresh": fresh}
        return read(CutLayers, self.client.get("/api/cut/layers", **query))

    def cut_hosts(self) -> list[HostFacts]:
        """The connected editors and what they are at; empty when there is none."""
        return read(list[HostFacts], self.client.get("/api/cut/hosts"))

    # --- the exchange folder

    def exchange(self) -> ExchangeReport:
        """What editors exported into the exchange folder and what became of it, after a look."""
        return read(ExchangeReport, self.client.post("/api/exchange/look", {}, repeatable=True))

    # --- the queue

    def queue(self) -> QueueFacts:
        """What is paused, and what each provider has to do."""
        return read(QueueFacts, self.client.get("/api/queue"))

    def pause(self, scope: str = "all", key: str = "", *, author: str = AUTHOR) -> QueueFacts:
        """Let no further job start: none at all, none of a canvas, none of a provider."""
        return self._queue("pause", scope, key, author)

    def resume(self, scope: str = "all", key: str = "", *, author: str = AUTHOR) -> QueueFacts:
        """End a pause."""
        return self._queue("resume", scope, key, author)

    def _queue(self, verb: str, scope: str, key: str, author: str) -> QueueFacts:
        self.client.post(f"/api/queue/{verb}", {"scope": scope, "key": key, "author": author}, repeatable=True)
        return self.queue()

    # --- money

    def spend(self, by: Sequence[str] = ("author", "shot"), *, canvas_id: CanvasId | None = None) -> list[SpendFacts]:
        """Who spent what on which shot: sums for each group and currency."""
        return read(list[SpendFacts], self.client.get("/api/ledger/spend", by=[*by], canvas_id=canvas_id))

    def caps(self) -> list[CapFacts]:
        """All caps."""
        return read(list[CapFacts], self.client.get("/api/ledger/caps"))

    def set_cap(self, scope: str, limit_micros: int, *, key: str = "", currency: str = "USD") -> list[CapFacts]:
        """Set a cap or change its limit; returns all caps."""
        body = {"scope": scope, "key": key, "currency": currency, "limit_micros": limit_micros}
        return read(list[CapFacts], self.client.put("/api/ledger/caps", body))

    def remove_cap(self, scope: str, *, key: str = "", currency: str = "USD") -> list[CapFacts]:
        """Remove a cap; returns the others."""
        body = {"scope": scope, "key": key, "currency": currency, "limit_micros": 0}
        return read(list[CapFacts], self.client.post("/api/ledger/caps/remove", body))

    # --- kinds, graph files, templates, films

    def kinds(self) -> dict[str, NodeKind]:
        """Node kinds with their ports and parameters, by key."""
        return read(dict[str, NodeKind], self.client.get("/api/kinds"))

    def save(
        self, canvas_id: CanvasId, path: Path, *, nodes: Sequence[NodeId] | None = None, takes: str = "pinned"
    ) -> SavedGraph:
        """Write a canvas, or these nodes of it, as a graph file with its media beside it."""
        body = {"path": str(path), "nodes": None if nodes is None else [*nodes], "takes": takes}
        return read(SavedGraph, self.client.post(f"/api/canvases/{canvas_id}/save", body))

    def load(
        self, path: Path, *, canvas_id: CanvasId | None = None, allow_missing: bool = False, author: str = AUTHOR
    ) -> LoadedGraph:
        """Put a graph file on a canvas (None: a new one)."""
        body = {"path": str(path), "canvas_id": canvas_id, "allow_missing": allow_missing, "author": author}
        return read(LoadedGraph, self.client.post("/api/graphs/load", body))

    def templates(self) -> list[TemplateInfo]:
        """The templates that ship, with their slots."""
        return read(list[TemplateInfo], self.client.get("/api/templates"))

    def insert_template(
        self,
        name: str,
        *,
        canvas_id: CanvasId | None = None,
        inputs: Mapping[str, str] | None = None,
        author: str = AUTHOR,
    ) -> InsertedTemplate:
        """Put a template on a canvas (None: a new one). ``inputs`` by slot: words, or the path of a file."""
        body = {"canvas_id": canvas_id, "inputs": dict(inputs or {}), "author": author}
        return read(InsertedTemplate, self.client.post(f"/api/templates/{name}", body))

    def export_film(
        self, canvas_id: CanvasId, node_id: NodeId, folder: Path, *, title: str | None = None
    ) -> FilmExported:
        """Write the assembled film of an export node, its cut as OTIO and the cut's media into a folder."""
        body = {"folder": str(folder), "title": title}
        return read(FilmExported, self.client.post(f"/api/canvases/{canvas_id}/nodes/{node_id}/film", body))

    # --- cuts in files

    def diff_cuts(self, a: Path, b: Path, *, rate: str | None = None) -> DiffReport:
        """What changed from cut ``a`` to cut ``b``, two timeline documents of any formats."""
        body = {"a": _document(a), "b": _document(b)} | _said({"rate": rate})
        return read(DiffReport, self.client.post("/api/cuts/diff", body, repeatable=True))

    def merge_cuts(
        self,
        base: Path,
        editor: Path,
        canvas: Path,
        out: str,
        *,
        choices: Mapping[str, Choice] | None = None,
        target: str = "",
        rate: str | None = None,
    ) -> MergedDocument:
        """Merge three timeline documents into one called ``out``, in the format of its suffix; the answer has it."""
        body: dict[str, Any] = {"base": _document(base), "editor": _document(editor), "canvas": _document(canvas)}
        body |= {"out": out, "choices": dict(choices or {}), "target": target} | _said({"rate": rate})
        return read(MergedDocument, self.client.post("/api/cuts/merge", body, repeatable=True))

    def convert_cut(self, source: Path, out: str, *, target: str = "", rate: str | None = None) -> ConvertedDocument:
        """Write a timeline document in another format, by the suffix of ``out``, or for another editor."""
        body = {"source": _document(source), "out": out, "target": target} | _said({"rate": rate})
        return read(ConvertedDocument, self.client.post("/api/cuts/convert", body, repeatable=True))


def _document(path: Path) -> dict[str, str]:
    """A document as it goes in a request. Raises NotFoundError and UsageError for what cannot be read."""
    try:
        return {"name": path.name, "content": b64encode(path.read_bytes()).decode()}
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file “{path}”.", hint="Check the path.") from error
    except OSError as error:
        raise UsageError(f"“{path}” cannot be read: {error.strerror}.", hint="Give the document of one cut.") from error


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something; what is left to the bridge is not sent."""
    return {name: value for name, value in fields.items() if value is not None}
