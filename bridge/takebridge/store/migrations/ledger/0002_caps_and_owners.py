"""Who spends, on what and how much is held for it; caps.

Columns are added in place: no row is copied, and an older row holds its high estimate, as it did in spirit.
"""

import sqlalchemy as sa
from alembic import op

revision = "ledger_0002"
down_revision = "ledger_0001"
branch_labels = None
depends_on = None

_OWNERS = ("canvas_id", "node_id", "author", "shot", "day")
_INDEXED = ("job_id", "canvas_id", "day", "author")


def upgrade() -> None:
    """Apply."""
    for name in _OWNERS:
        op.add_column("entry", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.add_column("entry", sa.Column("reserved_micros", sa.BigInteger, nullable=True))
    op.add_column("entry", sa.Column("note", sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE entry SET day = substr(created_at, 1, 10), reserved_micros = high_micros")
    op.execute(
        "UPDATE entry SET actual_micros = NULL, note = 'the provider reported ' || actual_micros || ' micros'"
        " WHERE actual_micros NOT BETWEEN 0 AND 1000000000000000"
    )
    for name in _INDEXED:
        op.create_index(f"ix_entry_{name}", "entry", [name])
    op.create_table(
        "cap",
        *[sa.Column(name, sa.String, nullable=False) for name in ("scope", "key", "currency")],
        sa.Column("limit_micros", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", "currency", name="pk_cap"),
    )
