"""What to fetch next: the frontier, what hosts asked of us, and the slots of the schedule."""

import sqlalchemy as sa
from alembic import op

from archive.storage.schema import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "frontier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url_key", sa.Text(), nullable=False, comment="archive.urls.identity of the address"),
        sa.Column("url", sa.Text(), nullable=False, comment="as found: what is requested"),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="article, feed, sitemap, section or home"),
        sa.Column("state", sa.Text(), nullable=False, comment="new, known, gone, moved or failed"),
        sa.Column("found_in", sa.Text(), nullable=True, comment="the source that listed it first"),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True, comment="next visit; NULL when nothing is due"),
        sa.Column("leased_until", UtcDateTime(), nullable=True, comment="taken by a run until then"),
        sa.Column("first_visit_at", UtcDateTime(), nullable=True),
        sa.Column("visited_at", UtcDateTime(), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False, comment="answers that could be read, 304 included"),
        sa.Column("edits", sa.Integer(), nullable=False, comment="visits that found another text"),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="failures since the last answer"),
        sa.Column("status", sa.Integer(), nullable=True, comment="HTTP status of the last answer"),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True, comment="as the server sent it"),
        sa.Column("problem", sa.Text(), nullable=True, comment="why the last attempt failed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frontier")),
        sa.UniqueConstraint("url_key", name=op.f("uq_frontier_url_key")),
    )
    op.create_index(op.f("ix_frontier_site_state_due_at"), "frontier", ["site", "state", "due_at"], unique=False)
    op.create_table(
        "host",
        sa.Column("origin", sa.Text(), nullable=False, comment="scheme://host:port"),
        sa.Column(
            "robots_status", sa.Integer(), nullable=True, comment="HTTP status of its robots.txt; NULL: never answered"
        ),
        sa.Column("robots_body", sa.LargeBinary(), nullable=True),
        sa.Column("robots_at", UtcDateTime(), nullable=True, comment="when robots.txt was fetched"),
        sa.Column("hold_until", UtcDateTime(), nullable=True, comment="no request before then (Retry-After)"),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_host")),
    )
    op.create_table(
        "slot",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="running, done, failed or missed"),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("site", "due_at", name=op.f("pk_slot")),
    )
