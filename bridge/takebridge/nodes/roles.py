"""What a node's input is to a provider: ports are named for people, roles for models (docs/nodes.md)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from takebridge.canvas.model import ParamValue
from takebridge.providers.protocol import InputRole

REQUEST_FIELDS = frozenset({"prompt", "seed", "duration_ms"})
"""Parameters that are fields of a `GenerationRequest`; all others go into its ``params`` under their own names.

A word instead of a number (``random``, ``auto``) leaves the field None.
"""

_EVERYWHERE: Mapping[str, InputRole] = MappingProxyType(
    {
        "direction": "text",
        "style": "style_text",
        "references": "reference_image",
        "source": "source_video",
        "script": "script",
    }
)
"""Ports that mean the same wherever they appear."""

_ROLES: Mapping[tuple[str, str], InputRole] = MappingProxyType(
    {
        ("script", "brief"): "text",
        ("image_edit", "image"): "source_image",
        ("image_edit", "mask"): "mask",
        ("video", "start_frame"): "start_frame",
        ("video", "end_frame"): "end_frame",
        ("voice", "line"): "text",
        ("voice", "voice_sample"): "voice_sample",
        ("music", "picture"): "source_video",
        ("sfx", "picture"): "source_video",
        # A still is a source of one frame; its media type says which it is.
        ("lip_sync", "picture"): "source_video",
        ("lip_sync", "audio"): "audio",
        ("captions", "lines"): "text",
        ("captions", "audio"): "audio",
        ("model_3d", "images"): "reference_image",
        ("world", "images"): "reference_image",
        ("storyboard", "panels"): "source_image",
        ("nle_export", "clips"): "clip",
        ("nle_export", "dialogue"): "audio",
        ("nle_export", "music"): "music",
        ("nle_export", "sfx"): "sfx",
        ("nle_export", "captions"): "captions",
    }
)


def role_of(kind_key: str, port: str) -> InputRole | None:
    """Return the role of an input port, or None for a port no provider is given.

    Kinds of other packages get the roles of the ports they share with ours: `direction`, `style`, `references`,
    `source` and `script`.
    """
    return _ROLES.get((kind_key, port), _EVERYWHERE.get(port))


def request_params(params: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    """Return the semantic parameters that a request carries in ``params``: all but `REQUEST_FIELDS`."""
    return {name: value for name, value in params.items() if name not in REQUEST_FIELDS}
