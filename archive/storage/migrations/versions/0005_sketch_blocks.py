"""The index of copies in blocks of many entries, instead of a row for each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # Other shingles are sampled now: `reindex` fills it, and status says that it is due.
    op.drop_table("sketch")
    op.create_table(
        "sketch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="of a block or a run: archive.sketch_blocks",
        ),
        sa.Column(
            "entries",
            sa.LargeBinary(),
            nullable=False,
            comment="which sampled shingles are in which documents",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketch")),
    )
    op.create_table(
        "signature",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "hashes",
            sa.LargeBinary(),
            nullable=False,
            comment="more of its shingles, 16 bits each: archive.similarity",
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_signature_document_id_document")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_signature")),
    )
