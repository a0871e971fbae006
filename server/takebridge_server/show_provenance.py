"""Where a take came from, drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.markup import escape

from takebridge.services.provenance import Provenance
from takebridge.store.amounts import money
from takebridge_server.show_canvas import table_of


def provenance(found: dict[str, Any]) -> RenderableType:
    """One line a fact; what nobody has looked up is said to be unknown."""
    one = Provenance.model_validate(found)
    table = table_of(f"take {one.number} of “{escape(one.node)}”", "")
    for name, value in _lines(one):
        table.add_row(name, escape(value))
    return table


def _lines(one: Provenance) -> Iterator[tuple[str, str]]:
    yield "made", f"{one.made_at} by {one.author or 'somebody'}" + (", previz" if one.previz else "")
    yield "model", one.model or one.origin
    if one.model_reported and one.model_reported != one.model:
        yield "reported as", one.model_reported
    if one.remote_job:
        yield "provider's job", one.remote_job
    if one.prompt:
        yield "prompt", one.prompt
    if one.seed is not None:
        yield "seed", str(one.seed)
    for ingredient in one.inputs:
        yield ingredient.port, f"{ingredient.node or ingredient.take}  {ingredient.content[:19]}…"
    for note in one.notes:
        yield "made otherwise", note
    yield "cost", "unknown" if one.cost_micros is None else money(one.cost_micros, one.currency)
    if one.provider and one.licence:
        yield "licence", one.licence
        yield "commercial use", one.rights.commercial_use
        yield "watermark", f"visible {one.rights.visible_watermark}, SynthID {one.rights.synthid}"
        yield "terms", f"{one.rights.terms or 'unknown'} (looked at {one.rights_checked_on or 'never'})"
    for port, made in one.outputs.items():
        yield port, f"{made.content[:19]}…  {_credentials(made.facts)}"


def _credentials(facts: dict[str, bool | int | str]) -> str:
    if "credentials" not in facts:
        return "no Content Credentials found"
    signed = f"signed by {facts['credentials_issuer']}" if facts.get("credentials_issuer") else "unsigned"
    return f"Content Credentials {facts['credentials']}, {signed}"
