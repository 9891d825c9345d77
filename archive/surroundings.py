"""What some articles are tied to, directly or through others: asked together, kept, and written together.

Every copy asks the same of the database about other articles, and a group of captures brings many. Nothing in here
judges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection

from archive.clustering import STRONG
from archive.storage import clusters, digests
from archive.storage.clusters import ArticleEdge, StoredMember
from archive.storage.digests import StoredPart
from archive.types import Relation

_TYING = STRONG | {Relation.EXCERPT_OF, Relation.EXPANDS}


class Surroundings:
    """Edges, facts, places in clusters and parts of digests of everything that is tied to some articles.

    As the database has them at first, then as `place` and `set_parts` leave them; `write` brings them there."""

    def __init__(self, connection: Connection, articles: Iterable[int], spoken: Sequence[set[int]]) -> None:
        """`spoken` are the pairs that a person tied."""
        self._connection = connection
        self._spoken: dict[int, set[int]] = defaultdict(set)
        for pair in spoken:
            for article in pair:
                self._spoken[article] |= pair
        self._edges: dict[int, dict[int, ArticleEdge]] = defaultdict(dict)
        self.places: dict[int, StoredMember] = {}
        self._fellows: dict[str, set[int]] = defaultdict(set)
        self._parts: dict[int, set[StoredPart]] = defaultdict(set)
        near = self._load(set(articles))
        self.facts = {fact.id: fact for fact in clusters.facts(connection, near)}
        self._places_before = dict(self.places)
        self._parts_before = self._all_parts()

    def _load(self, articles: set[int]) -> set[int]:
        near, new = set(articles), set(articles)
        while new:
            for edge in clusters.edges_of(self._connection, new):
                self._edges[edge.article_a][edge.id] = self._edges[edge.article_b][edge.id] = edge
            for member in clusters.members_with(self._connection, new):
                self._put(member)
            for part in digests.parts_with(self._connection, new):
                self._parts[part.article_id].add(part)
                self._parts[part.part_id].add(part)
            new = {other for article in new for other in self._tied(article)} - near
            near |= new
        return near

    def _put(self, member: StoredMember) -> None:
        self.places[member.article_id] = member
        self._fellows[member.cluster_id].add(member.article_id)

    def _tied(self, article: int) -> set[int]:
        tied = set(self._spoken.get(article, ()))
        for edge in self._edges.get(article, {}).values():
            if edge.relation in _TYING:
                tied |= {edge.article_a, edge.article_b}
        place = self.places.get(article)
        if place is not None:
            tied |= self._fellows[place.cluster_id]
        for part in self._parts.get(article, ()):
            tied |= {part.article_id, part.part_id}
        return tied

    def around(
        self, articles: AbstractSet[int], *, but_not: AbstractSet[int] = frozenset()
    ) -> tuple[set[int], list[ArticleEdge]]:
        """Everything that is tied to `articles`, and the edges between; as if the others were not there."""
        near, new = set(articles), set(articles)
        while new:
            new = {other for article in new for other in self._tied(article)} - near - but_not
            near |= new
        edges = {
            key: edge
            for article in near
            for key, edge in self._edges.get(article, {}).items()
            if edge.article_a in near and edge.article_b in near
        }
        return near, [edges[key] for key in sorted(edges)]

    def place(self, article: int, member: StoredMember | None) -> None:
        """The article's place is this one now; none if None."""
        before = self.places.pop(article, None)
        if before is not None:
            self._fellows[before.cluster_id].discard(article)
        if member is not None:
            self._put(member)

    def set_parts(self, articles: Collection[int], parts: Iterable[StoredPart]) -> None:
        """What digests there are among these articles is this now."""
        for article in articles:
            for part in self._parts.pop(article, set()):
                self._parts[part.article_id if part.part_id == article else part.part_id].discard(part)
        for part in parts:
            self._parts[part.article_id].add(part)
            self._parts[part.part_id].add(part)

    def _all_parts(self) -> set[StoredPart]:
        return {part for parts in self._parts.values() for part in parts}

    def write(self) -> None:
        """Bring the database to what stands here."""
        before, after = set(self._places_before.values()), set(self.places.values())
        clusters.change_members(self._connection, gone=before - after, come=after - before)
        parts = self._all_parts()
        digests.change_parts(self._connection, gone=self._parts_before - parts, come=parts - self._parts_before)
