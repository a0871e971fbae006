"""Bindings without a file: what the titles of a workflow's nodes say, and a suggestion where they say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "takebridge:"
"""A node titled ``takebridge:prompt`` takes the prompt, ``takebridge:steps`` a parameter; ``takebridge:out:video``
holds a result, ``takebridge:kind:upscale`` says what the workflow does.
"""

_FIELDS = ("text", "prompt", "image", "video", "file", "audio", "seed", "noise_seed", "value", "string")
"""Inputs a titled node is most likely meant by, best first; else its first input that holds a value."""

_LOADERS = {"LoadImage": "start_frame", "LoadVideo": "source_video", "LoadAudio": "audio"}
_SAVERS = {
    "SaveImage": "image",
    "SaveVideo": "video",
    "SaveWEBM": "video",
    "VHS_VideoCombine": "video",
    "SaveAudio": "audio",
    "SaveAudioMP3": "audio",
    "SaveGLB": "model_3d",
}


def titled(graph: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the binding the titles spell (not yet checked); None when no title names an output."""
    binding: dict[str, Any] = {"inputs": {}, "outputs": {}}
    for number, node in graph.items():
        meta = node.get("_meta")
        title = str(meta.get("title", "")).strip() if isinstance(meta, dict) else ""
        if not title.casefold().startswith(PREFIX):
            continue
        word, _, rest = title[len(PREFIX) :].strip().partition(":")
        if word == "out":
            binding["outputs"][rest.strip()] = {"node": number}
        elif word == "kind":
            binding["kind"] = rest.strip()
        else:
            binding["inputs"].setdefault(word.strip(), []).append({"node": number, "field": _field(node)})
    return binding if binding["outputs"] else None


def suggested(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Return a first guess at a binding from the classes of the nodes; a person completes it."""
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    for number, node in graph.items():
        kind, held = node["class_type"], node["inputs"]
        if kind in _LOADERS:
            inputs.setdefault(_LOADERS[kind], {"node": number, "field": _field(node)})
        elif kind in _SAVERS:
            outputs.setdefault(_SAVERS[kind], {"node": number})
        elif kind == "CLIPTextEncode" and isinstance(held.get("text"), str):
            inputs.setdefault("prompt" if "prompt" not in inputs else "avoid", {"node": number, "field": "text"})
        else:
            for field in ("seed", "noise_seed"):
                if isinstance(held.get(field), int):
                    inputs.setdefault("seed", {"node": number, "field": field})
    if "start_frame" in inputs and "video" not in outputs:
        inputs["source_image"] = inputs.pop("start_frame")
    return {"inputs": inputs, "outputs": outputs}


def _field(node: Mapping[str, Any]) -> str:
    free = [name for name, value in node["inputs"].items() if not isinstance(value, list)]
    return next((name for name in _FIELDS if name in free), free[0] if free else "")
