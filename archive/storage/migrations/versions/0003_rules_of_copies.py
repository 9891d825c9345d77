"""The order of words as evidence, the number of the rules that made edges, and edges that can be made anew."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "edge",
        sa.Column(
            "order_ab",
            sa.Float(),
            nullable=True,
            comment="share of the words of a that stand in b in the same order; NULL: older rules",
        ),
    )
    op.add_column("edge", sa.Column("order_ba", sa.Float(), nullable=True))
    op.create_table(
        "derived",
        sa.Column("name", sa.Text(), nullable=False, comment="what was worked out from the content: copies"),
        sa.Column("rules", sa.Integer(), nullable=False, comment="number of the rules that made all of it"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_derived")),
    )
    # Both follow from the documents, and are made anew where the rules change: no content, so they may shrink.
    for table in ("sketch", "edge"):
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_only_grows ON {table}")
