"""Fourth project schema: comments on nodes, takes and frames."""

import sqlalchemy as sa
from alembic import op

revision = "project_0004"
down_revision = "project_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "comment",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("canvas_id", sa.String, nullable=False),
        sa.Column("parent", sa.String, nullable=True),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_comment_canvas"),
    )
    op.create_index("ix_comment_canvas", "comment", ["canvas_id", "created_at"])
    op.create_index("ix_comment_parent", "comment", ["parent"])
