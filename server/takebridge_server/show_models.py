"""Models drawn for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape

from takebridge.client.model_types import LoadoutFacts, ModelCard, ModelOffer, ModelOffers, NamedModels, SwapFacts
from takebridge.store.amounts import money_range
from takebridge_server.show_canvas import filled


def offers(found: ModelOffers, shot: str, *, everything: bool) -> RenderableType:
    """What was understood, then the models: price of the shot, of a unit, time, key, and what to know."""
    parts: list[RenderableType] = []
    if shot:
        parts.append(f"Understood: {escape(', '.join(found.understood) or 'nothing')}.")
    if found.not_understood:
        parts.append(f"[yellow]Not understood: {escape(', '.join(found.not_understood))}.[/yellow]")
    if not found.models:
        why = "Say --all to see why each cannot." if shot else "'takebridge models' lists them all."
        return Group(*parts, f"No model fits that. {why}")
    columns = ("model", "this shot" if shot else "", "price", "time", "key", "")
    parts.append(filled(columns, [_row(one, shot) for one in found.models]))
    notes = [f"{one.id}: {note}" for one in found.models for note in one.notes]
    parts += [escape(note) for note in notes]
    if any(not one.key for one in found.models):
        parts.append("Without a key: 'takebridge keys set PROVIDER'. Prices are estimates by list price.")
    if not everything:
        parts.append("Those that cannot, and retired ones: --all. One model whole: takebridge models show NAME.")
    return Group(*parts)


def _row(one: ModelOffer, shot: str) -> tuple[str, ...]:
    price = ""
    if shot and one.fits is not False:
        price = "free" if one.high_micros == 0 else money_range(one.low_micros, one.high_micros, one.currency)
    dated = f" ({one.price_on})" if one.price_on and one.list_price not in ("free", "unknown") else ""
    words = (one.why_not, one.lifecycle_words, "previz" if one.previz else "")
    told = " ".join(dict.fromkeys(word for word in words if word))
    key = "here" if one.local else "yes" if one.key else "none"
    return one.id, price, one.list_price + dated, _time(one.seconds_low, one.seconds_high), key, escape(told)


def _time(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return ""
    return f"{low}–{high} s" if high < 120 else f"{low // 60}–{-(-high // 60)} min"


def cards(found: NamedModels) -> RenderableType:
    """Every model the name means, whole."""
    parts: list[RenderableType] = []
    if found.words:
        parts += [f"[yellow]{escape(found.words)}[/yellow]", ""]
    for one in found.cards:
        parts += [*(escape(line) for line in _card(one)), ""]
    return Group(*parts)


def _card(card: ModelCard) -> Iterator[str]:
    model, provider = card.profile, card.provider
    yield f"{model['id']}  {model['title']}"
    for name, value in _facts(model, card):
        if value:
            yield f"  {name:<14}{value}"
    key = "there" if provider.key else f"none; get one at {provider.key_page or provider.provider}"
    yield f"  {'key':<14}{key}"
    for name, value in (("uploads go", provider.uploads_go), ("terms", model["rights"]["terms"] or provider.terms)):
        if value:
            yield f"  {name:<14}{value}"


def _facts(model: dict[str, Any], card: ModelCard) -> Iterator[tuple[str, str]]:
    yield "makes", model["kind"].replace("_", " ")
    yield "names", ", ".join(model["aliases"])
    yield "lifecycle", card.lifecycle_words or model["lifecycle"]
    yield "price", card.list_price + (f", as of {model['price_on']}" if model["price_on"] else "")
    yield "inputs", "; ".join(_slot(slot) for slot in model["inputs"] if slot["role"] not in _WORDS)
    yield "lengths", _lengths(model)
    choices = {name: values for name, values in model["choices"].items() if values != [""]}
    yield "choices", "; ".join(f"{name} {', '.join(map(str, values))}" for name, values in choices.items())
    yield "rates", ", ".join(model["rates"])
    yield "sound", model["sound"]
    longest = f"up to {model['max_prompt']:,} characters" if model["max_prompt"] else "yes"
    yield "prompt", longest if model["prompt"] else "no"
    yield "seed", model["seed_effect"] if model["seed"] else "no"
    yield "time", _time(model["seconds_low"], model["seconds_high"])
    yield "results kept", _kept(model["result_seconds"])
    yield "cancel", {"any": "at any time", "queued": "while it waits", "never": "no"}[model["cancel"]]
    yield "rights", f"commercial use: {model['rights']['commercial_use']}; licence: {model['licence']}"
    marks = {name: model["rights"][name] for name in ("synthid", "c2pa", "visible_watermark")}
    yield "marks", ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in marks.items())
    yield "safety", model["safety"]
    yield "notes", model["notes"]
    evidence = ", ".join(model["evidence"]) or "no evidence noted"
    yield "learnt from", f"{model['source']} ({evidence}), {model['checked_on']}"


_WORDS = frozenset({"text", "style_text", "script"})
"""Roles every model with a prompt takes: nothing to tell models apart by."""


def _slot(slot: dict[str, Any]) -> str:
    count = f"{slot['minimum']}–{slot['maximum']}" if slot["minimum"] != slot["maximum"] else str(slot["maximum"])
    limits = [
        f"{name.replace('_', ' ')} {' '.join(value) if isinstance(value, list) else value}"
        for name, value in slot.items()
        if name not in ("role", "minimum", "maximum") and value not in (None, "", [], ())
    ]
    told = f" ({', '.join(limits)})" if limits else ""
    return f"{count} × {slot['role'].replace('_', ' ')}{told}"


def _lengths(model: dict[str, Any]) -> str:
    if model["durations_ms"]:
        return ", ".join(f"{value / 1000:g}" for value in model["durations_ms"]) + " s"
    if model["duration_ms"]:
        return f"{model['duration_ms'][0] / 1000:g}–{model['duration_ms'][1] / 1000:g} s"
    return "that of the source" if model["keeps_length"] else ""


def _kept(seconds: int | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"


def loadouts(found: list[LoadoutFacts]) -> RenderableType:
    """Every type of shot with its models; the one in use is marked."""
    lines: list[RenderableType] = []
    widest = max((len(choice.model) for one in found for choice in one.choices), default=0)
    for one in found:
        lines.append(f"[bold]{one.shot}[/bold]  {escape(one.title)}")
        for choice in one.choices:
            mark = "→" if choice.model == one.chosen else " "
            words = "" if choice.ready else f"  [dim]{escape(choice.words)}[/dim]"
            lines.append(f"  {mark} {choice.model:<{widest}}  {choice.list_price}{words}")
    hint = "→ is ready. A stand-in at another price is used only after a yes: takebridge node model NODE --loadout SHOT"
    return Group(*lines, hint)


def swapped(facts: SwapFacts) -> list[str]:
    """What another model changes about a node, line by line."""
    now = "free" if facts.high_micros == 0 else money_range(facts.low_micros, facts.high_micros, facts.currency)
    was = money_range(facts.before_low_micros, facts.before_high_micros, facts.currency)
    lines = [*facts.carries, *(f"Will not carry over: {line}" for line in facts.lost)]
    if facts.refusal:
        lines.append(f"As it is, it would be refused: {facts.refusal}")
    lines.append(f"A take costs {now}{f' instead of {was}' if facts.consent and facts.before_high_micros else ''}.")
    return lines
