"""``workflows``: the ComfyUI workflows of the data folder, and saying that one may run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.errors import BridgeError, NotFoundError
from takebridge.providers.comfyui.profiles import comfyui_models
from takebridge.providers.comfyui.workflows import FOLDER, approve, load_workflow, workflow_files
from takebridge_server.commands.terminal import Home, Json, do, settings_of
from takebridge_server.show_canvas import table_of

workflows = typer.Typer(help="Your own ComfyUI workflows: what they are, and which may run.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class WorkflowFacts:
    """A workflow file. ``model`` is "" and ``problem`` says why where it is of no use; ``nodes`` counts node types."""

    file: str
    model: str
    approved: bool
    problem: str
    nodes: dict[str, int]


@workflows.command("list")
def list_workflows(home: Home = None, as_json: Json = False) -> None:
    """List the workflow files of the data folder, the models they make, and what is wrong with the others."""

    def work() -> list[WorkflowFacts]:
        folder = settings_of(home).home
        return [_facts_of(folder, path) for path in workflow_files(folder)]

    do(as_json, work, _table)


@workflows.command("approve")
def approve_workflow(
    name: Annotated[str, typer.Argument(help="A file of the folder 'workflows', such as cat.json.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let a workflow run as it is now. It is code for your ComfyUI: look through it first."""

    def work() -> WorkflowFacts:
        folder = settings_of(home).home
        path = next((one for one in workflow_files(folder) if name in (one.name, one.stem)), None)
        if path is None:
            raise NotFoundError(
                f"There is no workflow {name} in {folder / FOLDER}.", hint="'takebridge workflows list' shows all."
            )
        approve(path)
        return _facts_of(folder, path)

    do(as_json, work, _approved)


def _facts_of(home: Path, path: Path) -> WorkflowFacts:
    try:
        workflow = load_workflow(str(path))
    except BridgeError as error:
        return WorkflowFacts(path.name, "", False, f"{error.message} {error.hint}", {})
    model = next((one.id for one in comfyui_models(home) if one.remote_id == str(path)), "")
    nodes = Counter(str(node.get("class_type")) for node in workflow.graph.values())
    problem = "" if model else "Its binding makes no model: 'takebridge doctor' says why."
    return WorkflowFacts(path.name, model, workflow.approved, problem, dict(sorted(nodes.items())))


def _table(found: list[WorkflowFacts]) -> RenderableType:
    if not found:
        return f"There is no workflow yet: put a file in API format into the folder “{FOLDER}” of the data folder."
    table = table_of("file", "model", "may run", "")
    for one in found:
        state = "" if one.problem else "yes" if one.approved else "no"
        table.add_row(escape(one.file), one.model, state, escape(one.problem))
    waiting = [one.file for one in found if not one.approved and not one.problem]
    hint = f"Let one run, once you have looked through it: takebridge workflows approve {waiting[0]}" if waiting else ""
    return Group(table, escape(hint)) if hint else table


def _approved(one: WorkflowFacts) -> RenderableType:
    kinds = ", ".join(name if count == 1 else f"{name} × {count}" for name, count in one.nodes.items())
    return f"{escape(one.file)} may run as {one.model or 'soon as its binding is right'}. Its nodes: {escape(kinds)}."
