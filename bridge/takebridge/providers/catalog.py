"""Model profiles as dated data: one TOML a provider, checked when it is read."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from importlib import resources
from typing import Literal

from pydantic import Field, ValidationError

from takebridge.errors import ProviderUnavailableError
from takebridge.providers.protocol import ModelProfile, ParamValue, Value

_PROVIDER_WIDE = ("concurrency", "per_minute")
"""Stated once, at the top of the file, and copied into each profile."""


class Catalog(Value):
    """One file: its layout version, the provider and the profiles in the order they are shown.

    ``concurrency`` jobs of the provider run at a time, ``per_minute`` may be started a minute (None: any number).
    """

    schema_version: Literal[1]
    provider: str
    concurrency: int = Field(default=1, ge=1)
    per_minute: int | None = Field(default=None, ge=1)
    models: tuple[ModelProfile, ...]


def load_catalog(provider: str) -> tuple[ModelProfile, ...]:
    """Return the profiles of ``catalog/<provider>.toml``. Raises ProviderUnavailableError when it is unfit."""
    file = resources.files("takebridge.providers") / "catalog" / f"{provider}.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise _unfit(f"{provider}.toml", "the file is missing") from error
    return parse_catalog(text, f"{provider}.toml").models


def parse_catalog(text: str, name: str) -> Catalog:
    """Read one catalogue. Raises ProviderUnavailableError naming ``name``, the model and what is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unfit(name, f"it is no TOML ({error})") from error
    provider, models = raw.get("provider"), raw.pop("model", [])
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise _unfit(name, "every model needs a [[model]] table of its own")
    fields = {key: value for key, value in raw.items() if key != "schema"}
    shared = {"provider": provider, **{key: raw[key] for key in _PROVIDER_WIDE if key in raw}}
    for key in _PROVIDER_WIDE:
        if any(key in model for model in models):
            raise _unfit(name, f"{key} holds for the whole provider: state it once, at the top")
    try:
        catalog = Catalog.model_validate(
            {**fields, "schema_version": raw.get("schema"), "models": [{**model, **shared} for model in models]}
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unfit(name, f"{where}: {first['msg']}") from error
    if (fault := next(_faults(catalog), None)) is not None:
        raise _unfit(name, fault)
    return catalog


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
    if len({slot.role for slot in model.inputs}) < len(model.inputs):
        yield "an input role is listed twice"
    for slot in model.inputs:
        if not 0 <= slot.minimum <= slot.maximum:
            yield f"{slot.role}: minimum must lie between 0 and maximum"
    low, high = model.price.low_micros, model.price.high_micros
    if (low is None) != (high is None) or (low is not None and high is not None and not 0 <= low <= high):
        yield "price: give both ends, low first, or neither"
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
        f"The model catalogue {name} cannot be used: {fault}.", hint="Correct the file, or install this release again."
    )
