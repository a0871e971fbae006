"""Fan-out: one prompt across several models or seeds in one gesture, and a sheet to compare what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt
from pathlib import Path

from takebridge.canvas.model import Canvas, Recipe, Take
from takebridge.errors import BridgeError, NotFoundError, PreconditionError, UsageError
from takebridge.ids import CanvasId, NodeId, new_id
from takebridge.jobs.port import JobQueue
from takebridge.media.frames import read_frames
from takebridge.media.probe import probe
from takebridge.media.sheet import Cell, draw_sheet
from takebridge.services.bridge import Bridge
from takebridge.services.generate import Asked, consent, hold, prepare
from takebridge.services.job_facts import announce, status_of
from takebridge.store.amounts import money, money_range
from takebridge.store.data_folder import private_folder
from takebridge.store.jobs import JobRecord, Variant

MOST_VARIANTS = 24
_EXCERPT = 400


@dataclass(frozen=True, slots=True)
class Fan:
    """One fan-out and its jobs, in the order of models, then seeds."""

    id: str
    jobs: tuple[JobRecord, ...]


def start_fan(
    bridge: Bridge,
    queue: JobQueue,
    canvas_id: CanvasId,
    node_id: NodeId,
    *,
    author: str,
    models: Sequence[str] = (),
    seeds: Sequence[int] = (),
    max_micros: int | None = None,
    priority: int = 0,
) -> Fan:
    """Queue the node once for every model and seed (each model with each seed, at most `MOST_VARIANTS`).

    Equal variants are made once; nothing is pinned by itself. ``max_micros`` is the most all of them together may
    cost. Either all are queued or none: raises what `start` raises, before anything is kept.
    """
    variants = _variants(models, seeds)
    asked = _distinct([prepare(bridge, canvas_id, node_id, author=author, variant=one) for one in variants])
    fan_id = new_id("fan")
    agreed = _consented(asked, max_micros)
    records = []
    for number, (one, most) in enumerate(zip(asked, agreed, strict=True)):
        facts = {"fan_id": fan_id, "fan_index": number, "pinning": False, "priority": priority}
        records.append(consent(one, one.record.model_copy(update=facts), most))
    _hold_all(bridge, records, bridge.desk.view(canvas_id).canvas)
    for record in records:
        announce(bridge, record)
        queue.enqueue(record)
    return Fan(fan_id, tuple(records))


def fan_of(bridge: Bridge, fan_id: str) -> Fan:
    """Return a fan-out as it is now; a retried job stands in the place of the one it retries. Raises NotFoundError."""
    places = {record.fan_index: record for record in bridge.jobs.of_fan(fan_id)}
    if not places:
        raise NotFoundError("There is no such fan-out.", hint="Its jobs name it as “fan”.", fan=fan_id)
    return Fan(fan_id, tuple(places[number] for number in sorted(places)))


def fan_sheet(bridge: Bridge, fan_id: str) -> Path:
    """Write a contact sheet (PNG) of all results so far and return its path; failed and open jobs say so."""
    jobs = fan_of(bridge, fan_id).jobs
    canvas = bridge.desk.view(jobs[0].canvas_id).canvas
    seeds = len({record.request.seed for record in jobs})
    columns = seeds if 2 <= seeds <= 6 and len(jobs) % seeds == 0 else min(4, ceil(sqrt(len(jobs))))
    folder = private_folder(bridge.layout.sheets)
    return draw_sheet([_cell(bridge, canvas, job) for job in jobs], folder / f"{fan_id}.png", columns=columns)


# --- asking ---------------------------------------------------------------------------------------------


def _variants(models: Sequence[str], seeds: Sequence[int]) -> list[Variant]:
    if not models and not seeds:
        raise UsageError("A fan-out needs models or seeds.", hint="Name at least one of either.")
    pairs: Iterable[tuple[str | None, int | None]] = product(models or (None,), seeds or (None,))
    found = [Variant(model=model, seed=seed) for model, seed in pairs]
    if len(found) > MOST_VARIANTS:
        raise UsageError(
            f"{len(found)} variants are too many at once; {MOST_VARIANTS} are allowed.",
            hint="Ask for fewer models or seeds.",
        )
    return found


def _distinct(asked: Sequence[Asked]) -> list[Asked]:
    found: dict[str, Asked] = {}
    for one in asked:
        found.setdefault(one.record.recipe_fp, one)
    return list(found.values())


def _consented(asked: Sequence[Asked], max_micros: int | None) -> list[int | None]:
    """Share what was agreed to: every known price, and what is left among those nobody knows."""
    highs = [one.price.high_micros for one in asked]
    if all(high == 0 for high in highs):
        return [None] * len(asked)
    known = sum(high or 0 for high in highs)
    unknown = highs.count(None)
    if max_micros is None or max_micros < known or len({one.price.currency for one in asked}) > 1:
        raise _unpaid(asked, known, unknown)
    return [(max_micros - known) // unknown if high is None else high for high in highs]


def _unpaid(asked: Sequence[Asked], known: int, unknown: int) -> PreconditionError:
    currency = asked[0].price.currency
    if any(one.price.currency != currency for one in asked):
        return PreconditionError("These models are paid in different currencies.", hint="Fan out over each by itself.")
    low = sum(one.price.low_micros or 0 for one in asked)
    said = f"{len(asked)} jobs cost {money_range(low, known, currency)} together"
    said += f", and nobody knows what {unknown} of them cost" if unknown else ""
    return PreconditionError(
        f"{said}.",
        hint=f"Nothing was spent. To go on, say yes with max_micros {known}{' or more' if unknown else ''}.",
        currency=currency,
        low_micros=low,
        high_micros=None if unknown else known,
    )


def _hold_all(bridge: Bridge, records: Sequence[JobRecord], canvas: Canvas) -> None:
    """Hold the money of all and keep all jobs, or none."""
    held: list[JobRecord] = []
    try:
        for record in records:
            hold(bridge, record, canvas)
            held.append(record)
        bridge.jobs.add(records)
    except BaseException:
        for record in held:
            bridge.ledger.release(record.id)
        raise


# --- looking --------------------------------------------------------------------------------------------


def _cell(bridge: Bridge, canvas: Canvas, record: JobRecord) -> Cell:
    take = canvas.takes.get(record.take_id) if record.take_id else None
    model = bridge.providers.profile(record.request.model).title if _is_known(bridge, record) else record.request.model
    number = (f"take {take.seq}",) if take else ()
    lines = (*number, _seed(bridge, record, take), _cost(record), _rating(take))
    if take is None:
        said = record.error.message if record.error else "Not finished yet."
        return Cell(model, lines, note=f"{status_of(record)}: {said}", failed=record.error is not None)
    try:
        return _shown(bridge, record, take, model, lines)
    except (BridgeError, OSError, UnicodeDecodeError) as error:
        return Cell(model, lines, note=f"The result cannot be shown: {error}", failed=True)


def _shown(bridge: Bridge, record: JobRecord, take: Take, model: str, lines: tuple[str, ...]) -> Cell:
    """Its picture in the middle of its time; else its length, else its words."""
    kind = bridge.desk.kinds[Recipe.model_validate_json(record.recipe).kind]
    by_type: dict[str, Path] = {}
    for name, output in take.outputs.items():
        port = kind.output(name)
        for media_type in port.types if port else ():
            by_type.setdefault(media_type, bridge.blobs.path_of(output.content))
    path = by_type.get("video") or by_type.get("image")
    if path is not None:
        frames = probe(path).frame_count
        return Cell(model, lines, picture=next(iter(read_frames(path, frames // 2, 1))))
    if "audio" in by_type:
        return Cell(model, lines, note=f"Sound, {float(probe(by_type['audio']).duration):.1f} s")
    words = next((by_type[name] for name in ("text", "script", "captions") if name in by_type), None)
    note = words.read_text("utf-8")[:_EXCERPT] if words else f"{', '.join(sorted(by_type))}: nothing to look at"
    return Cell(model, lines, note=note)


def _is_known(bridge: Bridge, record: JobRecord) -> bool:
    return any(profile.id == record.request.model for profile in bridge.providers.profiles())


def _seed(bridge: Bridge, record: JobRecord, take: Take | None) -> str:
    used = take.seed_used if take and take.seed_used is not None else record.request.seed
    if used is not None:
        return f"seed {used}"
    takes_one = not _is_known(bridge, record) or bridge.providers.profile(record.request.model).seed
    return "seed left to chance" if takes_one else "takes no seed"


def _cost(record: JobRecord) -> str:
    if record.actual_micros is not None:
        return f"cost {money(record.actual_micros, record.currency)}" if record.actual_micros else "cost nothing"
    if record.high_micros == 0:
        return "free"
    if record.high_micros is None:
        return "cost unknown"
    return f"estimated {money_range(record.low_micros, record.high_micros, record.currency)}"


def _rating(take: Take | None) -> str:
    return f"rated {take.rating.replace('_', ' ')}" if take and take.rating else "not rated"
