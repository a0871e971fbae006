"""First project schema: canvases with their parts and op log, clip links, deliveries, jobs."""

import sqlalchemy as sa
from alembic import op

revision = "project_0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _of_canvas(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name=f"fk_{table}_canvas")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "canvas",
        *_text("id", "title"),
        sa.Column("rev", sa.Integer, nullable=False),
        *_text("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_canvas"),
    )
    for part in ("node", "wire", "take"):
        op.create_table(
            part,
            *_text("canvas_id", "id"),
            sa.Column("body", sa.Text, nullable=False),
            sa.PrimaryKeyConstraint("canvas_id", "id", name=f"pk_{part}"),
            _of_canvas(part),
        )
    op.create_table(
        "op_log",
        *_text("canvas_id"),
        sa.Column("rev", sa.Integer, nullable=False),
        *_text("op_id", "author", "at"),
        sa.Column("op", sa.Text, nullable=False),
        sa.Column("inverse", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("canvas_id", "rev", name="pk_op_log"),
        sa.UniqueConstraint("canvas_id", "op_id", name="uq_op_log_op"),
        _of_canvas("op_log"),
    )
    op.create_table(
        "clip_link",
        *_text("id", "canvas_id", "timeline_id", "clip_key", "shot", "created_at"),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clip_link"),
        sa.UniqueConstraint("canvas_id", "shot", name="uq_clip_link_shot"),
        _of_canvas("clip_link"),
    )
    op.create_table(
        "delivery",
        *_text("link_id", "take_id", "slot", "path", "content", "created_at"),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("link_id", "take_id", "slot", name="pk_delivery"),
        sa.ForeignKeyConstraint(["link_id"], ["clip_link.id"], name="fk_delivery_clip_link"),
    )
    op.create_table(
        "job",
        *_text("id", "canvas_id", "node_id", "state", "created_at"),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        _of_canvas("job"),
    )
