"""Indexes for what is shown newest first: articles, captures, and changes of one kind."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for table, columns in (
        ("article", ["first_seen_at", "public_id"]),
        ("capture", ["captured_at", "public_id"]),
        ("change", ["kind", "at"]),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
