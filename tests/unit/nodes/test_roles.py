"""Ports and roles: everything a node can be fed reaches a provider under a name providers know."""

from __future__ import annotations

from typing import get_args

import pytest

from takebridge.canvas.model import NodeKind, ParamValue
from takebridge.nodes.registry import builtin_kinds
from takebridge.nodes.roles import REQUEST_FIELDS, request_params, role_of
from takebridge.providers.capability import check_request
from takebridge.providers.catalog import load_catalog
from takebridge.providers.protocol import GenerationRequest, InputRole, ModelProfile

GENERATING = [kind for kind in builtin_kinds().values() if kind.models is not None]
LOCAL = {model.id: model for model in load_catalog("local")}
PAIRS = [(kind, LOCAL[kind.default_model]) for kind in GENERATING if kind.default_model]
TYPES = {
    "text": {"text"},
    "style_text": {"style"},
    "script": {"script"},
    "start_frame": {"image"},
    "end_frame": {"image"},
    "reference_image": {"image"},
    "mask": {"image"},
    "source_image": {"image"},
    "source_video": {"video", "image"},
    "clip": {"video", "image"},
    "voice_sample": {"audio"},
    "audio": {"audio"},
    "music": {"audio"},
    "sfx": {"audio"},
    "captions": {"captions"},
}
each_kind = pytest.mark.parametrize("kind", GENERATING, ids=lambda kind: kind.key)
each_pair = pytest.mark.parametrize(("kind", "profile"), PAIRS, ids=lambda one: getattr(one, "key", ""))


@each_kind
def test_every_input_of_a_generating_kind_has_a_role_of_its_type(kind: NodeKind) -> None:
    for port in kind.inputs:
        role = role_of(kind.key, port.name)
        assert role in get_args(InputRole), port.name
        assert port.types <= TYPES[role], port.name


@each_kind
def test_no_two_inputs_of_a_kind_share_a_role(kind: NodeKind) -> None:
    roles = [role_of(kind.key, port.name) for port in kind.inputs]
    assert len(set(roles)) == len(roles), "a model could not tell them apart"


def test_roles_of_foreign_kinds_and_unknown_ports() -> None:
    assert role_of("grain", "source") == "source_video"
    assert role_of("grain", "picture") is None
    assert role_of("upscale", "video") is None


def test_roles_of_the_first_kinds_are_what_they_were() -> None:
    assert (role_of("upscale", "source"), role_of("previz", "source")) == ("source_video", "source_video")
    assert role_of("previz", "references") == "reference_image"


# --- the models that new nodes get ----------------------------------------------------------------------


def reaching(kind: NodeKind) -> dict[str, ParamValue]:
    return request_params({spec.name: spec.default for spec in kind.params if spec.semantic})


@each_pair
def test_a_default_model_makes_what_the_kind_gives(kind: NodeKind, profile: ModelProfile) -> None:
    assert profile.kind == kind.models
    assert set(profile.outputs) == {port.name for port in kind.outputs}
    assert profile.local
    assert profile.idempotent_submit
    assert profile.lifecycle == "available"


@each_pair
def test_a_default_model_knows_every_parameter_of_the_kind(kind: NodeKind, profile: ModelProfile) -> None:
    wanted = reaching(kind)
    if kind.key == "upscale":  # one model a scale
        assert set(profile.params) == set(wanted)
        return
    assert profile.params == wanted
    for name, choices in profile.choices.items():
        spec = kind.param(name)
        assert spec is not None
        assert [spec.refusal(value) for value in choices] == [None] * len(choices)
    assert profile.prompt == (kind.param("prompt") is not None)
    assert profile.seed == (kind.param("seed") is not None)
    assert (profile.duration_ms is not None) == (kind.param("duration_ms") is not None)


@each_pair
def test_a_default_model_takes_what_can_be_wired(kind: NodeKind, profile: ModelProfile) -> None:
    slots = {slot.role: slot for slot in profile.inputs}
    assert set(slots) == {role_of(kind.key, port.name) for port in kind.inputs}
    for port in kind.inputs:
        role = role_of(kind.key, port.name)
        assert role is not None
        assert slots[role].minimum == (1 if port.required else 0)
        assert (slots[role].maximum > 1) == port.many


@each_pair
def test_a_new_node_can_be_asked_for_as_it_is(kind: NodeKind, profile: ModelProfile) -> None:
    free = profile.model_copy(
        update={"inputs": tuple(slot.model_copy(update={"minimum": 0}) for slot in profile.inputs)}
    )
    length = kind.param("duration_ms")
    asked = length.default if length is not None and isinstance(length.default, int) else None
    request = GenerationRequest(
        token="token-0001", model=profile.id, kind=profile.kind, params=reaching(kind), duration_ms=asked
    )
    check_request(free, request)


def test_fields_of_a_request_are_fields_of_a_request() -> None:
    assert set(GenerationRequest.model_fields) >= REQUEST_FIELDS
    assert request_params({"prompt": "a", "seed": 1, "duration_ms": 5, "rate": "24/1"}) == {"rate": "24/1"}
