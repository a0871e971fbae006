"""The tables. Values live as JSON in ``body``; the columns beside it are what queries and constraints need.

Times are ISO 8601 in UTC. A test compares these definitions with what the migrations build.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

project = MetaData()
ledger = MetaData()

canvas = Table(
    "canvas",
    project,
    Column("id", String, nullable=False),
    Column("title", String, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("created_at", String, nullable=False),
    Column("epoch", String, nullable=False, server_default=""),
    PrimaryKeyConstraint("id", name="pk_canvas"),
)


def _part(name: str) -> Table:
    """A table of parts of a canvas: one JSON body per id."""
    return Table(
        name,
        project,
        Column("canvas_id", String, nullable=False),
        Column("id", String, nullable=False),
        Column("body", Text, nullable=False),
        PrimaryKeyConstraint("canvas_id", "id", name=f"pk_{name}"),
        ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name=f"fk_{name}_canvas"),
    )


node = _part("node")
wire = _part("wire")
take = _part("take")

op_log = Table(
    "op_log",
    project,
    Column("canvas_id", String, nullable=False),
    Column("rev", Integer, nullable=False),
    Column("op_id", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
    Column("op", Text, nullable=False),
    Column("inverse", Text, nullable=False),
    Column("batch", String, nullable=False, server_default=""),
    Column("origin", String, nullable=False, server_default="upgrade"),
    Column("undoes", String, nullable=True),
    Index("ix_op_log_author", "canvas_id", "author", "rev"),
    PrimaryKeyConstraint("canvas_id", "rev", name="pk_op_log"),
    UniqueConstraint("canvas_id", "op_id", name="uq_op_log_op"),
    ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_op_log_canvas"),
)

clip_link = Table(
    "clip_link",
    project,
    Column("id", String, nullable=False),
    Column("canvas_id", String, nullable=False),
    Column("timeline_id", String, nullable=False),
    Column("clip_key", String, nullable=False),
    Column("shot", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("id", name="pk_clip_link"),
    UniqueConstraint("canvas_id", "shot", name="uq_clip_link_shot"),
    ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_clip_link_canvas"),
)

delivery = Table(
    "delivery",
    project,
    Column("link_id", String, nullable=False),
    Column("take_id", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("path", String, nullable=False),
    Column("content", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("link_id", "take_id", "slot", name="pk_delivery"),
    ForeignKeyConstraint(["link_id"], ["clip_link.id"], name="fk_delivery_clip_link"),
)

job = Table(
    "job",
    project,
    Column("id", String, nullable=False),
    Column("canvas_id", String, nullable=False),
    Column("node_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("id", name="pk_job"),
    ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_job_canvas"),
)

run = Table(
    "run",
    project,
    Column("id", String, nullable=False),
    Column("canvas_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("id", name="pk_run"),
    ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_run_canvas"),
)

pause = Table(
    "pause",
    project,
    Column("scope", String, nullable=False),
    Column("key", String, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
    PrimaryKeyConstraint("scope", "key", name="pk_pause"),
)

cut_base = Table(
    "cut_base",
    project,
    Column("project_id", String, nullable=False),
    Column("timeline_id", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("project_id", "timeline_id", name="pk_cut_base"),
)

trip = Table(
    "trip",
    project,
    Column("id", String, nullable=False),
    Column("canvas_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id", name="pk_trip"),
    ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_trip_canvas"),
)

comment = Table(
    "comment",
    project,
    Column("id", String, nullable=False),
    Column("canvas_id", String, nullable=False),
    Column("parent", String, nullable=True),
    Column("created_at", String, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_comment_canvas", "canvas_id", "created_at"),
    Index("ix_comment_parent", "parent"),
    PrimaryKeyConstraint("id", name="pk_comment"),
    ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_comment_canvas"),
)

meta = Table(
    "meta",
    project,
    Column("key", String, nullable=False),
    Column("value", String, nullable=False),
    PrimaryKeyConstraint("key", name="pk_meta"),
)

entry = Table(
    "entry",
    ledger,
    Column("token", String, nullable=False),
    Column("job_id", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("request_hash", String, nullable=False),
    Column("state", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("low_micros", BigInteger, nullable=True),
    Column("high_micros", BigInteger, nullable=True),
    Column("actual_micros", BigInteger, nullable=True),
    Column("remote_job", Text, nullable=True),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    *[Column(name, String, nullable=False, server_default="") for name in ("canvas_id", "node_id", "author", "shot")],
    Column("day", String, nullable=False, server_default=""),
    Column("reserved_micros", BigInteger, nullable=True),
    Column("note", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("token", name="pk_entry"),
    *[Index(f"ix_entry_{name}", name) for name in ("job_id", "canvas_id", "day", "author")],
)

cap = Table(
    "cap",
    ledger,
    Column("scope", String, nullable=False),
    Column("key", String, nullable=False),
    Column("currency", String, nullable=False),
    Column("limit_micros", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "key", "currency", name="pk_cap"),
)
