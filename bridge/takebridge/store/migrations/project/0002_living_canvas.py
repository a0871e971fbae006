"""Second project schema: epochs, batches in the op log, runs, paused queues."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "project_0002"
down_revision = "project_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Ops of release 0.1 become batches of their own that nobody's undo reaches."""
    with op.batch_alter_table("canvas") as table:
        table.add_column(sa.Column("epoch", sa.String, nullable=False, server_default=""))
    canvases = sa.table("canvas", sa.column("id", sa.String), sa.column("epoch", sa.String))
    connection = op.get_bind()
    for row in connection.execute(sa.select(canvases.c.id)).all():
        connection.execute(canvases.update().where(canvases.c.id == row.id).values(epoch=uuid4().hex))
    with op.batch_alter_table("op_log") as table:
        table.add_column(sa.Column("batch", sa.String, nullable=False, server_default=""))
        table.add_column(sa.Column("origin", sa.String, nullable=False, server_default="upgrade"))
        table.add_column(sa.Column("undoes", sa.String, nullable=True))
    op.execute("UPDATE op_log SET batch = op_id")
    # The seed asked for is in the recipe; it is no longer written a second time.
    op.execute("UPDATE take SET body = json_remove(body, '$.seed_requested')")
    for column in ("op", "inverse"):
        op.execute(
            f"UPDATE op_log SET {column} = json_remove({column}, '$.take.seed_requested') "  # noqa: S608 - two constants
            f"WHERE json_extract({column}, '$.op') = 'add_take'"
        )
    op.create_index("ix_op_log_author", "op_log", ["canvas_id", "author", "rev"])
    op.create_table(
        "run",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("canvas_id", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.ForeignKeyConstraint(["canvas_id"], ["canvas.id"], name="fk_run_canvas"),
    )
    op.create_table(
        "pause",
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_pause"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
