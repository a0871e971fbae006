"""What all canvases are about, in a few queries: none of them is loaded for it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Select, and_, func, select

from takebridge.canvas.model import Take
from takebridge.ids import CanvasId
from takebridge.store.database import Database
from takebridge.store.jobs import ENDED
from takebridge.store.tables import canvas as canvases
from takebridge.store.tables import clip_link, job, node, op_log, take

_WAITS = "unknown"


class CanvasSummary(BaseModel):
    """A canvas in a few words.

    ``changed_at`` and ``changed_by`` are of its newest edit ("" for by: none yet). ``poster`` is what stands for it: of
    the pinned takes a film before a picture, then the latest; without its recipe. ``unfinished`` jobs wait or run, or a
    person has to decide. ``linked``: a clip of a cut hangs on it.
    """

    model_config = ConfigDict(frozen=True)

    canvas: CanvasId
    title: str
    nodes: int
    takes: int
    changed_at: str
    changed_by: str
    poster: Take | None
    unfinished: int
    linked: bool


def summaries(db: Database) -> list[CanvasSummary]:
    """Return a summary of every canvas, the one made first first."""
    with db.read() as connection:
        counts = {table: _counts(connection, select(table.c.canvas_id)) for table in (node, take)}
        open_jobs = _counts(
            connection, select(job.c.canvas_id).where(job.c.state.not_in(ENDED) | (job.c.state == _WAITS))
        )
        linked = set(connection.execute(select(clip_link.c.canvas_id).distinct()).scalars())
        posters = _posters(connection)
        newest = and_(op_log.c.canvas_id == canvases.c.id, op_log.c.rev == canvases.c.rev)
        rows = select(canvases, op_log.c.at, op_log.c.author).outerjoin(op_log, newest)
        return [
            CanvasSummary(
                canvas=CanvasId(row["id"]),
                title=row["title"],
                nodes=counts[node].get(row["id"], 0),
                takes=counts[take].get(row["id"], 0),
                changed_at=row["at"] or row["created_at"],
                changed_by=row["author"] or "",
                poster=posters.get(row["id"]),
                unfinished=open_jobs.get(row["id"], 0),
                linked=row["id"] in linked,
            )
            for row in connection.execute(rows.order_by(canvases.c.created_at)).mappings()
        ]


def _counts(connection: Connection, rows: Select[tuple[str]]) -> Mapping[str, int]:
    of_each = rows.add_columns(func.count()).group_by(*rows.selected_columns)
    return {row[0]: row[1] for row in connection.execute(of_each)}


def _posters(connection: Connection) -> Mapping[str, Take]:
    """One take of each canvas. What a picture is shows in the facts of a take, whose names JSON writes unescaped."""
    pinned = and_(take.c.canvas_id == node.c.canvas_id, take.c.id == func.json_extract(node.c.body, "$.pin"))
    film, picture = (func.min(1, func.instr(take.c.body, f'"{fact}":')) for fact in ("frame_count", "width"))
    order = (picture.desc(), film.desc(), func.json_extract(take.c.body, "$.created_at").desc(), take.c.id)
    place = func.row_number().over(partition_by=take.c.canvas_id, order_by=order)
    ranked = select(take.c.canvas_id, take.c.body, place.label("place")).join(node, pinned).subquery()
    first = select(ranked.c.canvas_id, ranked.c.body).where(ranked.c.place == 1)
    return {
        canvas_id: Take.model_validate_json(body).model_copy(update={"recipe": None})
        for canvas_id, body in connection.execute(first)
    }
