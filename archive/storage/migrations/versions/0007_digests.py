"""Which articles are digests, and of what."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "digest_part",
        sa.Column("article_id", _Id, nullable=False, comment="made of several others"),
        sa.Column("part_id", _Id, nullable=False, comment="one of those"),
        sa.Column("edge_id", _Id, nullable=False, comment="the evidence"),
        sa.Column("is_a", sa.Boolean(), nullable=False, comment="the digest is the a of that edge"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_digest_part_article_id_article")),
        sa.ForeignKeyConstraint(["part_id"], ["article.id"], name=op.f("fk_digest_part_part_id_article")),
        sa.ForeignKeyConstraint(["edge_id"], ["edge.id"], name=op.f("fk_digest_part_edge_id_edge")),
        sa.PrimaryKeyConstraint("article_id", "part_id", name=op.f("pk_digest_part")),
    )
    op.create_index(op.f("ix_digest_part_part_id"), "digest_part", ["part_id"], unique=False)
