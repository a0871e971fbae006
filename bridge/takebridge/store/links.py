"""Clip links and deliveries: what was pushed from where, and which files went back."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlalchemy import insert, select, update

from takebridge.cut.link import ClipLink
from takebridge.errors import NotFoundError
from takebridge.ids import BlobHash, CanvasId, LinkId, TakeId
from takebridge.store.database import Database
from takebridge.store.tables import clip_link, delivery


class Delivery(BaseModel):
    """A take conformed for a clip. ``slot`` names the exact slot: the same take for the same slot is made once.

    ``number`` is the take number people see (take 1 is the editor's original); ``origin`` is the media time of the
    file's first frame as an exact fraction of seconds; ``used_start``/``used_end`` the file's frames the clip shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    link_id: LinkId
    take_id: TakeId
    slot: str
    number: int
    path: str
    content: BlobHash
    rate: str
    frame_count: int
    used_start: int
    used_end: int
    origin: str
    created_at: str


class LinkedClip(BaseModel):
    """A clip link with every file delivered for it, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link: ClipLink
    deliveries: tuple[Delivery, ...]


class LinkStore:
    """Clip links and their deliveries."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, link: ClipLink) -> None:
        """Keep a new link."""
        with self._db.write() as connection:
            connection.execute(insert(clip_link).values(**_columns(link)))

    def replace(self, link: ClipLink) -> None:
        """Keep a link's new content (the clip was pushed again, or its host id changed)."""
        with self._db.write() as connection:
            changed = connection.execute(update(clip_link).where(clip_link.c.id == link.id).values(**_columns(link)))
            if not changed.rowcount:
                raise NotFoundError("There is no such clip link.", link=link.id)

    def get(self, link_id: LinkId) -> ClipLink:
        """Return a link. Raises NotFoundError."""
        found = self._links(clip_link.c.id == link_id)
        if not found:
            raise NotFoundError("There is no such clip link.", hint="'takebridge status' lists them.", link=link_id)
        return found[0]

    def of_canvas(self, canvas_id: CanvasId) -> list[ClipLink]:
        """All links of a canvas, oldest first."""
        return self._links(clip_link.c.canvas_id == canvas_id)

    def of_timeline(self, canvas_id: CanvasId, project_id: str, timeline_id: str) -> list[ClipLink]:
        """The links of a canvas to one timeline, oldest first."""
        found = self.of_canvas(canvas_id)
        return [link for link in found if (link.project_id, link.timeline_id) == (project_id, timeline_id)]

    def on_timeline(self, project_id: str, timeline_id: str) -> list[ClipLink]:
        """The links of every canvas to one timeline, oldest first."""
        found = self._links(clip_link.c.timeline_id == timeline_id)
        return [link for link in found if link.project_id == project_id]

    def deliver(self, item: Delivery) -> None:
        """Keep a delivery."""
        columns = item.model_dump(include={"link_id", "take_id", "slot", "path", "content", "created_at"})
        with self._db.write() as connection:
            connection.execute(insert(delivery).values(**columns, body=item.model_dump_json()))

    def forget_delivery(self, item: Delivery) -> None:
        """Drop a delivery whose file is gone, so that it is made again."""
        with self._db.write() as connection:
            connection.execute(
                delivery.delete().where(
                    delivery.c.link_id == item.link_id,
                    delivery.c.take_id == item.take_id,
                    delivery.c.slot == item.slot,
                )
            )

    def deliveries(self, link_id: LinkId) -> list[Delivery]:
        """Everything delivered for a link, oldest first."""
        query = select(delivery.c.body).where(delivery.c.link_id == link_id)
        with self._db.read() as connection:
            rows = connection.execute(query.order_by(delivery.c.created_at, delivery.c.take_id)).scalars()
            return [Delivery.model_validate_json(body) for body in rows]

    def linked_clips(self, canvas_id: CanvasId) -> list[LinkedClip]:
        """All links of a canvas with what was delivered for them, oldest first; read in two queries."""
        query = (
            select(delivery.c.link_id, delivery.c.body)
            .join(clip_link, delivery.c.link_id == clip_link.c.id)
            .where(clip_link.c.canvas_id == canvas_id)
        )
        delivered: dict[str, list[Delivery]] = {}
        with self._db.read() as connection:
            for link_id, body in connection.execute(query.order_by(delivery.c.created_at, delivery.c.take_id)):
                delivered.setdefault(link_id, []).append(Delivery.model_validate_json(body))
        links = self.of_canvas(canvas_id)
        return [LinkedClip(link=link, deliveries=tuple(delivered.get(link.id, ()))) for link in links]

    def delivered_as(self, path: str) -> list[Delivery]:
        """What this file was delivered as, oldest first: the same content may serve several clips."""
        query = select(delivery.c.body).where(delivery.c.path == path)
        with self._db.read() as connection:
            rows = connection.execute(query.order_by(delivery.c.created_at, delivery.c.take_id)).scalars()
            return [Delivery.model_validate_json(body) for body in rows]

    def user_of(self, canvas_id: CanvasId, take_id: TakeId) -> str | None:
        """Say which timeline a take was delivered to, in words, or None."""
        query = (
            select(clip_link.c.body)
            .join(delivery, delivery.c.link_id == clip_link.c.id)
            .where(clip_link.c.canvas_id == canvas_id, delivery.c.take_id == take_id)
        )
        with self._db.read() as connection:
            body = connection.execute(query.limit(1)).scalar()
        if body is None:
            return None
        link = ClipLink.model_validate_json(body)
        return f"on the timeline “{link.timeline_name}” ({link.shot})"

    def _links(self, condition: object) -> list[ClipLink]:
        query = select(clip_link.c.body).where(condition)  # type: ignore[arg-type]
        with self._db.read() as connection:
            rows = connection.execute(query.order_by(clip_link.c.created_at, clip_link.c.shot)).scalars()
            return [ClipLink.model_validate_json(body) for body in rows]


def _columns(link: ClipLink) -> dict[str, str]:
    columns = link.model_dump(include={"id", "canvas_id", "timeline_id", "clip_key", "shot", "created_at"})
    return {**columns, "body": link.model_dump_json()}
