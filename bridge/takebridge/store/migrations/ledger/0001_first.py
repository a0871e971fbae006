"""First ledger schema: one entry per generation intent."""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "entry",
        *[
            sa.Column(name, sa.String, nullable=False)
            for name in ("token", "job_id", "provider", "model", "request_hash", "state", "currency")
        ],
        *[sa.Column(name, sa.BigInteger, nullable=True) for name in ("low_micros", "high_micros", "actual_micros")],
        sa.Column("remote_job", sa.Text, nullable=True),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("updated_at", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_entry"),
    )
