"""Model profiles as dated data: one TOML a provider, checked when it is read."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import resources
from typing import Any, Literal

from pydantic import Field, ValidationError

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.facts import InputRole, ModelProfile, ParamValue, ProviderFacts, Value

_PROVIDER_WIDE = ("concurrency", "per_minute")
"""Stated once, at the top of the file, and copied into each profile."""

_WORDS: tuple[InputRole, ...] = ("text", "style_text", "script")
"""Every model with a prompt over the network takes words by wire: they become part of the prompt."""

_MOST_WORDS = 64


class Catalog(Value):
    """One file: its layout version, the provider's facts and the profiles in the order they are shown.

    ``concurrency`` jobs of the provider run at a time, ``per_minute`` may be started a minute (None: any number).
    """

    schema_version: Literal[1]
    facts: ProviderFacts
    concurrency: int = Field(default=1, ge=1)
    per_minute: int | None = Field(default=None, ge=1)
    models: tuple[ModelProfile, ...]


def load_catalog(provider: str) -> tuple[ModelProfile, ...]:
    """Return the profiles of ``catalog/<provider>.toml``. Raises ProviderUnavailableError when it is unfit."""
    return load_file(provider).models


def names() -> tuple[str, ...]:
    """Return the providers that have a catalogue file here, in the order of their names."""
    folder = resources.files("takebridge.providers") / "catalog"
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def load_file(provider: str) -> Catalog:
    """Return ``catalog/<provider>.toml`` whole. Raises ProviderUnavailableError when it is unfit."""
    return catalog_of(raw_file(provider), f"{provider}.toml")


def raw_file(provider: str) -> dict[str, Any]:
    """Return ``catalog/<provider>.toml`` as it is written. Raises ProviderUnavailableError."""
    file = resources.files("takebridge.providers") / "catalog" / f"{provider}.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise _unfit(f"{provider}.toml", "the file is missing") from error
    return _toml(text, f"{provider}.toml")


def parse_catalog(text: str, name: str) -> Catalog:
    """Read one catalogue. Raises ProviderUnavailableError naming ``name``, the model and what is wrong."""
    return catalog_of(_toml(text, name), name)


def catalog_of(written: Mapping[str, Any], name: str) -> Catalog:
    """Check one catalogue as it is written. Raises ProviderUnavailableError; ``details.fault`` is what is wrong."""
    raw = dict(written)
    provider, models = raw.get("provider"), raw.pop("model", [])
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise _unfit(name, "every model needs a [[model]] table of its own")
    wide = {key: raw.pop(key) for key in ("schema", *_PROVIDER_WIDE) if key in raw}
    shared = {"provider": provider, **{key: wide[key] for key in _PROVIDER_WIDE if key in wide}}
    for key in _PROVIDER_WIDE:
        if any(key in model for model in models):
            raise _unfit(name, f"{key} holds for the whole provider: state it once, at the top")
    try:
        catalog = Catalog.model_validate(
            {
                **{key: wide[key] for key in _PROVIDER_WIDE if key in wide},
                "schema_version": wide.get("schema"),
                "facts": {"title": provider, **raw},
                "models": [_with_words({**model, **shared}, raw) for model in models],
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise _unfit(name, f"{_where(first['loc'], models)}: {first['msg']}") from error
    if (fault := next(_faults(catalog), None)) is not None:
        raise _unfit(name, fault)
    return catalog


def as_of(model: ModelProfile, today: date) -> ModelProfile:
    """Return the profile as it is on a day: from the day it ``retires_on`` it is retired, before that retiring."""
    if model.lifecycle == "retired" or not model.retires_on:
        return model
    if today.isoformat() >= model.retires_on:
        return model.model_copy(update={"lifecycle": "retired", "retired_on": model.retires_on})
    return model if model.lifecycle == "retiring" else model.model_copy(update={"lifecycle": "retiring"})


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unfit(name, f"it is no TOML ({error})") from error


def _where(place: tuple[int | str, ...], models: list[Any]) -> str:
    """A place in a file in words: the model by its id."""
    parts = [str(part) for part in place]
    if len(place) > 1 and place[0] == "models" and isinstance(place[1], int):
        parts[:2] = [str(models[place[1]].get("id") or f"model {place[1] + 1}")]
    return " ".join((parts[0], ".".join(parts[1:]))).strip()


def _with_words(model: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    given = model.get("inputs", [])
    if not facts.get("transport") or not model.get("prompt") or not isinstance(given, list):
        return model
    named = {slot.get("role") for slot in given if isinstance(slot, dict)}
    more = [{"role": role, "maximum": _MOST_WORDS} for role in _WORDS if role not in named]
    return {**model, "inputs": [*given, *more]}


def _faults(catalog: Catalog) -> Iterator[str]:
    if not catalog.models:
        yield "it lists no model"
    for model_id, count in Counter(model.id for model in catalog.models).items():
        if count > 1:
            yield f"{model_id} is listed {count} times"
    for model in catalog.models:
        yield from (f"{model.id}: {fault}" for fault in _model_faults(model))


def _model_faults(model: ModelProfile) -> Iterator[str]:
    if not model.id.startswith(f"{model.provider}/"):
        yield f"the id must start with {model.provider}/"
    if not model.licence or not model.source:
        yield "licence and source must be given"
    if not _is_date(model.checked_on):
        yield "checked_on must be a date such as 2026-11-21"
    if model.retires_on and not _is_date(model.retires_on):
        yield "retires_on must be a date such as 2026-11-21"
    if len({slot.role for slot in model.inputs}) < len(model.inputs):
        yield "an input role is listed twice"
    for slot in model.inputs:
        if not 0 <= slot.minimum <= slot.maximum:
            yield f"{slot.role}: minimum must lie between 0 and maximum"
    low, high = model.price.low_micros, model.price.high_micros
    if (low is None) != (high is None) or (low is not None and high is not None and not 0 <= low <= high):
        yield "price: give both low_micros and high_micros, low first, or neither"
    yield from _range_faults(model)
    yield from _choice_faults(model)


def _range_faults(model: ModelProfile) -> Iterator[str]:
    low, high = model.seconds_low, model.seconds_high
    if (low is None) != (high is None) or (low is not None and high is not None and not 0 <= low <= high):
        yield "seconds_low and seconds_high: give both, the smaller first, or neither"
    if model.duration_ms is not None and not 0 < model.duration_ms[0] <= model.duration_ms[1]:
        yield "duration_ms: give the shortest and the longest, in milliseconds"
    if not model.outputs or len(set(model.outputs)) < len(model.outputs):
        yield "outputs: name each port once, at least one"
    if model.max_prompt is not None and not model.prompt:
        yield "max_prompt: it takes no prompt"


def _choice_faults(model: ModelProfile) -> Iterator[str]:
    for name, choices in model.choices.items():
        if name not in model.params:
            yield f"choices of {name}, which is no parameter"
        elif not _among(model.params[name], choices):
            yield f"the default of {name} is none of its choices"


def _among(value: ParamValue, choices: tuple[ParamValue, ...]) -> bool:
    """Compare with type: in Python ``True == 1``."""
    return any(type(value) is type(choice) and value == choice for choice in choices)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _unfit(name: str, fault: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(
        f"The model catalogue {name} cannot be used: {fault}.",
        hint="Correct the file, or install this release again.",
        fault=fault,
    )
