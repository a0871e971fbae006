"""Workflow files: read, checked, approved once. A workflow is code: it runs whatever nodes its server has installed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from takebridge.errors import CapabilityError
from takebridge.providers.comfyui.binding import Binding, parse_binding, unfit
from takebridge.providers.comfyui.titles import suggested, titled
from takebridge.providers.facts import Json

FOLDER = "workflows"
APPROVED = "approved.txt"
SIDECAR = ".binding.json"
EXAMPLE = "example:"
LARGEST_FILE = 5_000_000
"""Bytes; a workflow of a thousand nodes has about 500,000."""

_EXPORT = "In ComfyUI: Workflow > Export (API). The file then names a class_type for each node."


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow in API format, ``{node id: {class_type, inputs, _meta?}}``, and its binding.

    ``digest`` is the SHA-256 of the file. ``approved``: a person has said that it may run, or it is one of ours.
    """

    name: str
    graph: Mapping[str, Any]
    binding: Binding
    digest: str
    approved: bool


def load_workflow(remote_id: str) -> Workflow:
    """Return the workflow a profile's ``remote_id`` names: ``example:<name>``, or the path of a file.

    Raises CapabilityError in the user's words for a file that is missing or unfit.
    """
    if remote_id.startswith(EXAMPLE):
        folder = resources.files("takebridge.providers.comfyui") / "examples"
        return _read(folder / f"{remote_id.removeprefix(EXAMPLE)}.json", None)
    path = Path(remote_id)
    return _read(path, path.parent / APPROVED)


def workflow_files(home: Path) -> Iterator[Path]:
    """Yield the workflow files of a data folder, by name."""
    folder = home / FOLDER
    found = folder.glob("*.json") if folder.is_dir() else ()
    yield from sorted(path for path in found if not path.name.endswith(SIDECAR))


def approve(path: Path) -> None:
    """Let a workflow file run as it is now; a changed file asks again. Raises CapabilityError for an unfit one."""
    workflow = load_workflow(str(path))
    if not workflow.approved:
        with (path.parent / APPROVED).open("a", encoding="utf-8") as file:
            file.write(f"{workflow.digest}  {path.name}\n")


def check_approved(workflow: Workflow) -> None:
    """Raise CapabilityError unless a person has said that the workflow may run."""
    if not workflow.approved:
        raise CapabilityError(
            f"The workflow {workflow.name} is new, or was changed, and may run any code its server has installed.",
            hint=f"Look through it. If it may run: 'takebridge workflows approve {workflow.name}'.",
        )


def _read(file: Traversable, approvals: Path | None) -> Workflow:
    data = _bytes(file)
    graph = _graph(_json(data, file.name), file.name)
    binding = _binding(file, graph)
    _check_places(binding, graph, file.name)
    digest = hashlib.sha256(data).hexdigest()
    return Workflow(file.name, graph, binding, digest, approvals is None or digest in _digests(approvals))


def _bytes(file: Traversable) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise unfit(file.name, f"it cannot be read ({error.strerror or error})") from error
    if len(data) > LARGEST_FILE:
        raise unfit(file.name, f"it has more than {LARGEST_FILE:,} bytes")
    return data


def _json(data: bytes, name: str) -> Json:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise unfit(name, "it is no JSON") from error


def _graph(raw: Json, name: str) -> dict[str, Any]:
    """Check that a JSON value is a workflow in API format. Raises CapabilityError, in words for the editor's format."""
    if isinstance(raw, dict) and isinstance(raw.get("prompt"), dict):
        raw = raw["prompt"]  # saved as it is posted
    if isinstance(raw, dict) and isinstance(raw.get("nodes"), list):
        raise CapabilityError(f"The workflow {name} is saved as the editor draws it, not as it is run.", hint=_EXPORT)
    if not isinstance(raw, dict) or not raw:
        raise unfit(name, "it is no workflow in API format")
    for number, node in raw.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str):
            raise unfit(name, f"node {number} has no class_type")
        if not isinstance(node.get("inputs"), dict):
            raise unfit(name, f"node {number} has no inputs")
    return raw


def _binding(file: Traversable, graph: Mapping[str, Any]) -> Binding:
    """The sidecar, else what the titles of the nodes say."""
    name = file.name.removesuffix(".json") + SIDECAR
    sidecar = _beside(file, name)
    if sidecar is not None:
        return parse_binding(_json(sidecar, name), name)
    if (found := titled(graph)) is not None:
        return parse_binding(found, file.name)
    raise CapabilityError(
        f"The workflow {file.name} has no binding: nothing says where the prompt goes.",
        hint=f"Write {name} beside it. A first suggestion: {json.dumps(suggested(graph))}",
    )


def _beside(file: Traversable, name: str) -> bytes | None:
    if isinstance(file, Path):
        path = file.with_name(name)
        return _bytes(path) if path.is_file() else None
    found = resources.files("takebridge.providers.comfyui") / "examples" / name
    return _bytes(found) if found.is_file() else None


def _check_places(binding: Binding, graph: Mapping[str, Any], name: str) -> None:
    for label, place in binding.places():
        if not place.node and place.default is not None:
            continue  # a parameter that is fixed
        if place.node not in graph:
            raise unfit(name, f"the binding of {label} names node {place.node or '(none)'}, which it does not have")
        held = graph[place.node]["inputs"]
        if place.field not in held:
            fields = ", ".join(held) or "none"
            raise unfit(name, f"node {place.node} has no input “{place.field}” for {label} (it has {fields})")
        if isinstance(held[place.field], list):
            raise unfit(
                name, f"“{place.field}” of node {place.node} comes from another node, so {label} cannot go there"
            )
    for port, output in binding.outputs.items():
        if output.node not in graph:
            raise unfit(name, f"the binding of {port} names node {output.node}, which it does not have")


def _digests(path: Path) -> frozenset[str]:
    """What `sha256sum` writes: the first word of each line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return frozenset()
    return frozenset(line.split()[0].lower() for line in lines if line.split())
