"""Workflows of the data folder as model profiles of the provider ``comfyui``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from takebridge.errors import CapabilityError
from takebridge.providers.comfyui.binding import Binding, Place, unfit
from takebridge.providers.comfyui.workflows import Workflow, load_workflow, workflow_files
from takebridge.providers.facts import InputSlot, ModelProfile, ParamValue, Price

PROVIDER = "comfyui"

_USUAL: Mapping[str, Mapping[str, ParamValue]] = MappingProxyType(
    {
        "video": {"avoid": "", "aspect": "auto", "resolution": "720p", "rate": "auto", "sound": False},
        "video_edit": {"keep_sound": True},
        "image": {"avoid": "", "aspect": "16:9", "resolution": "1080p"},
        "image_edit": {"aspect": "auto"},
        "upscale": {"scale": 2},
        "voice": {"voice": "", "speed_percent": 100, "language": "en", "consent": ""},
        "music": {"tempo_bpm": 0, "instrumental": True},
        "sfx": {"loop": False},
        "lip_sync": {"length": "audio", "rate": "auto"},
        "model_3d": {"texture": True, "format": "glb"},
    }
)
"""What a node of the kind always asks for, with the value that leaves the workflow as it is."""

_PORTS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("video", "video_edit", "upscale", "lip_sync", "previz", "reframe"), "video"),
        **dict.fromkeys(("image", "image_edit"), "image"),
        **dict.fromkeys(("voice", "music", "sfx"), "audio"),
        "model_3d": "model_3d",
        "world": "world",
    }
)
"""What a workflow may be, and the port of the node it then fills."""

_EITHER_WAY = frozenset({"resolution", "keep_sound", "language", "instrumental"})
"""Parameters a node cannot leave open: unbound, they change nothing (a workflow has a size of its own)."""

_PLAIN_VALUES = frozenset({"prompt", "seed", "duration", "width", "height"})
_WORDS = 64


def comfyui_models(home: Path) -> tuple[ModelProfile, ...]:
    """Return a profile for each fit workflow of ``<home>/workflows``. Unfit ones are left to `workflow_problems`."""
    return _read(home)[0]


def workflow_problems(home: Path) -> tuple[tuple[str, str], ...]:
    """Return name and reason of each workflow file that cannot be used."""
    return _read(home)[1]


def profile_of(workflow: Workflow, model_id: str, remote_id: str, checked_on: str) -> ModelProfile:
    """Return the facts of a workflow. Raises CapabilityError for a binding that makes no sense."""
    binding = workflow.binding
    _check_ports(workflow)
    values = binding.values()
    params, choices = _params(workflow)
    return ModelProfile(
        id=model_id,
        provider=PROVIDER,
        title=binding.title or model_id.partition("/")[2],
        kind=binding.kind,
        remote_id=remote_id,
        inputs=_slots(binding),
        params=params,
        choices=choices,
        prompt="prompt" in values,
        seed="seed" in values,
        outputs=tuple(binding.outputs),
        price=Price(low_micros=None, high_micros=None) if binding.comfy_org_key else Price(low_micros=0, high_micros=0),
        duration_ms=(binding.duration_ms or (100, 600_000)) if "duration" in values else None,
        rates=binding.rates,
        sound=binding.sound,
        keeps_length=binding.keeps_length,
        idempotent_submit=True,
        cancel="any",
        licence=binding.licence or "those of the models the workflow loads",
        notes=binding.notes,
        source=f"the workflow file {workflow.name}",
        checked_on=checked_on,
    )


def _read(home: Path) -> tuple[tuple[ModelProfile, ...], tuple[tuple[str, str], ...]]:
    found: dict[str, ModelProfile] = {}
    problems: list[tuple[str, str]] = []
    for path in workflow_files(home):
        model_id = f"{PROVIDER}/{_slug(path.stem)}"
        try:
            if model_id in found:
                raise unfit(path.name, f"another file is already called {model_id}")
            day = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
            found[model_id] = profile_of(load_workflow(str(path)), model_id, str(path), day)
        except (CapabilityError, OSError) as error:
            told = f"{error.message} {error.hint}" if isinstance(error, CapabilityError) else str(error)
            problems.append((path.name, told))
    return tuple(found.values()), tuple(problems)


def _check_ports(workflow: Workflow) -> None:
    binding = workflow.binding
    if binding.kind not in _PORTS:
        raise unfit(workflow.name, f"a workflow cannot do {binding.kind}; it does {', '.join(_PORTS)}")
    if set(binding.outputs) != {_PORTS[binding.kind]}:
        told = ", ".join(binding.outputs)
        raise unfit(workflow.name, f"{binding.kind} gives “{_PORTS[binding.kind]}”, and the binding names {told}")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "workflow"


def _slots(binding: Binding) -> tuple[InputSlot, ...]:
    files = tuple(
        InputSlot(role=role, minimum=sum(not place.optional for place in places), maximum=len(places))
        for role, places in binding.roles().items()
    )
    if "prompt" not in binding.values():
        return files
    words = (InputSlot(role="text", maximum=_WORDS), InputSlot(role="style_text", maximum=_WORDS))
    return (*files, *words, InputSlot(role="script", maximum=_WORDS))


def _params(workflow: Workflow) -> tuple[dict[str, ParamValue], dict[str, tuple[ParamValue, ...]]]:
    """Return defaults and choices: those a node of the kind always sends, and the binding's own."""
    binding = workflow.binding
    bound = {name: places[0] for name, places in binding.values().items() if name not in _PLAIN_VALUES}
    sized = any(place.of == "size" for _, place in binding.places()) or {"width", "height"} & set(binding.values())
    params: dict[str, ParamValue] = {}
    choices: dict[str, tuple[ParamValue, ...]] = {}
    for name, usual in _USUAL.get(binding.kind, {}).items():
        params[name] = usual
        if name not in bound and name not in _EITHER_WAY and not (name == "aspect" and (sized or usual != "auto")):
            choices[name] = (usual,)
    if binding.kind == "video" and binding.sound != "none":
        params["sound"] = binding.sound == "always"
        choices["sound"] = (True,) if binding.sound == "always" else (False, True)
    for name, place in bound.items():
        params[name] = _default(workflow, name, place, params.get(name))
        if place.choices or place.map:
            choices[name] = place.choices or tuple(_typed(workflow, name, key, params[name]) for key in place.map)
            if params[name] not in choices[name]:
                params[name] = choices[name][0]
    return params, choices


def _typed(workflow: Workflow, name: str, key: str, like: ParamValue) -> ParamValue:
    """A key of a ``map`` as the value it stands for: JSON has only text for keys."""
    if isinstance(like, bool) and key in ("true", "false"):
        return key == "true"
    if isinstance(like, str):
        return key
    if not isinstance(like, bool) and key.removeprefix("-").isdecimal():
        return int(key)
    raise unfit(workflow.name, f"the map of {name} lists “{key}”, which is no value like {like!r}")


def _default(workflow: Workflow, name: str, place: Place, usual: ParamValue | None) -> ParamValue:
    """The binding's default, else the node's usual one, else what the workflow holds."""
    if place.default is not None:
        return place.default
    if usual is not None:
        return usual
    held = workflow.graph[place.node]["inputs"][place.field]
    if place.form == "percent" and isinstance(held, int | float):
        return round(held * 100)
    if isinstance(held, bool | int | str):
        return held
    raise unfit(workflow.name, f"{name} is {held!r}: give it a default, or the form “percent”")
