"""Captures whose record refers to an earlier one that holds the same payload."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    name = op.f("fk_capture_payload_capture_id_capture")
    if op.get_bind().dialect.name == "sqlite":
        # Alembic would add the constraint in a statement of its own, which SQLite does not have.
        op.execute(
            f"ALTER TABLE capture ADD COLUMN payload_capture_id INTEGER CONSTRAINT {name} REFERENCES capture (id)"
        )
        return
    op.add_column(
        "capture",
        sa.Column(
            "payload_capture_id",
            sa.BigInteger(),
            sa.ForeignKey("capture.id", name=name),
            nullable=True,
            comment="capture whose record holds the payload; NULL: its own does",
        ),
    )
