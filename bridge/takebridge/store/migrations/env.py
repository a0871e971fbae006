"""Alembic environment: runs on the connection it is given, in batch mode because SQLite cannot alter constraints."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], render_as_batch=True, transaction_per_migration=False
)
context.run_migrations()
