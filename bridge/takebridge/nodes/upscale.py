"""Nodes that enlarge a picture and keep its length."""

from __future__ import annotations

from takebridge.canvas.model import NodeKind, ParamSpec, Port

UPSCALE = NodeKind(
    key="upscale",
    title="Upscale",
    # Not deterministic: the route may be a remote model. Only what our own code makes may be shared.
    category="generative",
    inputs=(Port(name="source", types=frozenset({"video"}), required=True),),
    outputs=(Port(name="video", types=frozenset({"video"})),),
    params=(ParamSpec(name="scale", type="choice", title="Scale", default=2, choices=(2, 4)),),
    models="upscale",
    default_model="local/span-x2",
)

KINDS = (UPSCALE,)
