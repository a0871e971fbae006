"""What a ComfyUI checks of a graph before it takes it: classes, wires, values, files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from takebridge.providers.facts import Json

INSTALLED = frozenset(
    {
        "CLIPLoader",
        "CLIPTextEncode",
        "CheckpointLoaderSimple",
        "ConditioningZeroOut",
        "CreateVideo",
        "DualCLIPLoader",
        "EmptyLatentImage",
        "FluxGuidance",
        "FluxKontextImageScale",
        "GetVideoComponents",
        "ImageUpscaleWithModel",
        "KSampler",
        "KSamplerSelect",
        "LTXVConditioning",
        "LTXVImgToVideo",
        "LTXVScheduler",
        "LoadImage",
        "LoadVideo",
        "PreviewImage",
        "ReferenceLatent",
        "SamplerCustom",
        "SaveImage",
        "SaveVideo",
        "UNETLoader",
        "UpscaleModelLoader",
        "VAEDecode",
        "VAEEncode",
        "VAELoader",
    }
)
_OUTPUTS = frozenset({"SaveImage", "SaveVideo", "PreviewImage"})
_WHOLE = frozenset({"seed", "noise_seed", "steps", "width", "height", "length", "batch_size"})
_FILES = {"LoadImage": "image", "LoadVideo": "file"}
_MISSING_MODEL = "missing.safetensors"


class Refused(Exception):
    """The graph is refused; ``answer`` is the body of the 400."""

    def __init__(self, answer: Json) -> None:
        super().__init__("refused")
        self.answer = answer


def checked(body: Json, installed: Collection[str], uploads: Collection[str]) -> None:
    """Raise `Refused` unless ``body`` is a request ComfyUI would take."""
    graph = body.get("prompt") if isinstance(body, dict) else None
    if not isinstance(graph, dict) or not graph:
        raise Refused(_error("no_prompt", "No prompt provided"))
    for number, node in graph.items():
        kind = node.get("class_type") if isinstance(node, dict) else None
        if kind is None:
            info = {"node_id": number}
            raise Refused(_error("invalid_prompt", "Cannot execute because a node is missing the class_type", info))
        if kind not in installed:
            info = {"node_id": number, "class_type": kind, "node_title": node.get("_meta", {}).get("title", kind)}
            raise Refused(_error("missing_node_type", f"Node '{kind}' not found.", info, f"Node ID '#{number}'"))
    if not any(node["class_type"] in _OUTPUTS for node in graph.values()):
        raise Refused(_error("prompt_no_outputs", "Prompt has no outputs"))
    faults = {number: list(_faults(node, graph, uploads)) for number, node in graph.items()}
    wrong = {
        number: {"errors": found, "dependent_outputs": [], "class_type": graph[number]["class_type"]}
        for number, found in faults.items()
        if found
    }
    if wrong:
        answer = _error("prompt_outputs_failed_validation", "Prompt outputs failed validation")
        raise Refused({**answer, "node_errors": wrong})


def _faults(node: Mapping[str, Any], graph: Mapping[str, Any], uploads: Collection[str]) -> Iterator[dict[str, Any]]:
    for name, value in node["inputs"].items():
        if isinstance(value, list) and (len(value) != 2 or value[0] not in graph):
            yield _fault("bad_linked_input", "Bad linked input, must be a length-2 list", name)
        elif isinstance(value, list):
            continue
        elif name in _WHOLE and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            yield _fault("invalid_input_type", "Failed to convert an input value to a INT value", f"{name}, {value}")
        elif name in ("text", "filename_prefix") and not isinstance(value, str):
            yield _fault("invalid_input_type", "Failed to convert an input value to a STRING value", name)
        elif value == _MISSING_MODEL:
            yield _fault("value_not_in_list", "Value not in list", f"{name}: '{value}' not in ['ltx.safetensors']")
    file = node["inputs"].get(_FILES.get(node["class_type"], ""))
    if node["class_type"] in _FILES and file not in uploads:
        yield _fault("custom_validation_failed", "Custom validation failed for node", f"image - Invalid file: {file}")
    if node["class_type"] == "LTXVImgToVideo" and (node["inputs"]["length"] - 1) % 8:
        yield _fault("value_not_in_range", "length must be 8 n + 1", "length")


def _error(kind: str, message: str, info: Mapping[str, Any] | None = None, details: str = "") -> dict[str, Any]:
    told = {"type": kind, "message": message, "details": details, "extra_info": dict(info or {})}
    return {"error": told, "node_errors": {}}


def _fault(kind: str, message: str, details: str) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": {}}
