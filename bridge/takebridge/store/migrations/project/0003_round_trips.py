"""Third project schema: bases of timelines, and the journal of round trips."""

import sqlalchemy as sa
from alembic import op

revision = "project_0003"
down_revision = "project_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cut_base",
        sa.Column("project_id", sa.String, nullable=False),
        sa.Column("timeline_id", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "timeline_id", name="pk_cut_base"),
    )
    op.create_table(
        "trip",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("canvas_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trip"),
        sa.ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_trip_canvas"),
    )
