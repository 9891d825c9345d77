"""Keep edges and clusters up to date with the versions: find what might be alike, compare, decide, write.

The rules are `similarity` and `clustering`; this module only fetches what they ask for. Edges are facts about two
documents and stand as long as the rules do; which cluster an article is in follows from the edges of its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from archive.clustering import STRONG, Digest, Link, Member, find
from archive.originals import Candidate
from archive.outlets import credited_as, standing
from archive.similarity import RULES, Profile, are_alike, can_relate, compare, may_be_alike, profile, relate
from archive.sketch_blocks import Integers
from archive.storage import clusters, derived, digests, feed
from archive.storage.clusters import ArticleEdge, ArticleFacts, StoredMember, StoredText
from archive.storage.digests import StoredPart
from archive.storage.sketches import SketchIndex
from archive.types import ChangeKind, Decision, DecisionKind, Relation, Role
from archive.urls import identity

_TYING = STRONG | {Relation.EXCERPT_OF, Relation.EXPANDS}
# Of several edges between two articles the one that says most stands for both.
_RANK = {
    Relation.EXACT: 0,
    Relation.NEAR_COPY: 1,
    Relation.EXCERPT_OF: 2,
    Relation.EXPANDS: 2,
    Relation.UPDATE_OF: 3,
    Relation.PARTIAL_REUSE: 4,
    Relation.SERIES: 5,
}


@lru_cache(maxsize=512)
def _profile(title: str | None, lede: str | None, body: str) -> Profile:
    return profile(title=title, lede=lede, body=body)


def _profile_of(text: StoredText) -> Profile:
    return _profile(text.title, text.lede, text.body)


_GROUP = 256
"""Articles that are looked up together: a block of the index is then read once for several of them."""

_LOADED = 32
"""... and for so many of them the texts that they are compared with are held in memory at once."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What finding all copies anew came to."""

    articles: int
    moved: int
    """Articles whose cluster, or role in it, is another one now."""


class Copies:
    """Finds copies among the versions, on the connection of the transaction in progress."""

    def __init__(self, connection: Connection, decisions: Sequence[Decision]) -> None:
        self.connection = connection
        self._decisions = [made for made in decisions if made.kind in _ABOUT_CLUSTERS]
        self._moved = 0
        self._index = SketchIndex(connection)
        self._arrived: list[tuple[StoredText, Profile, datetime]] = []
        derived.note_rules(connection, RULES)

    def note(self, decision: Decision) -> None:
        """Heed a decision from now on."""
        self.settle()
        if decision.kind in _ABOUT_CLUSTERS:
            self._decisions.append(decision)

    def update(self, articles: Iterable[int], *, at: datetime) -> None:
        """Compare the versions of these articles with everything else, and put them into their clusters."""
        wanted = set(articles)
        if not wanted:
            return
        self.settle()
        has_edges = self._compare_stored(wanted)
        connection = self.connection
        if has_edges or self._decisions or clusters.members_of(connection, wanted) or digests.tied(connection, wanted):
            self._cluster(wanted, at=at)

    def welcome(self, text: StoredText, known: Profile | None, *, at: datetime) -> None:
        """Have the only version of a new article compared with everything else, and put into its cluster, by `flush`.

        `known` is the text's profile where that is at hand.
        """
        self._arrived.append((text, known or _profile_of(text), at))
        if len(self._arrived) >= _GROUP:
            self.settle()

    def settle(self) -> None:
        """Compare what has arrived, each with what was there before it."""
        arrived, self._arrived = self._arrived, []
        compared = self._compare([(text, own) for text, own, _ in arrived])
        for (text, _, at), has_edges in zip(arrived, compared, strict=True):
            if has_edges or self._decisions:
                self._cluster({text.article_id}, at=at)

    def flush(self) -> None:
        """Compare what has arrived, and write what was added to the index; to be called before the commit."""
        self.settle()
        self._index.flush()

    def rebuild(
        self, *, begin: Callable[[int], None] = lambda _: None, progress: Callable[[int], None] = lambda _: None
    ) -> Rebuilt:
        """Find all copies anew, as a replay of everything would; the feed tells whose cluster or role is another now.

        `begin` is told how many steps there are, `progress` how many were done since the last call.
        """
        derived.forget_copies(self.connection)
        self._index.clear()
        count = derived.count_articles(self.connection)
        begin(2 * count)
        for group in derived.article_groups(self.connection, _GROUP):
            self._compare_stored(group)
            self.flush()
            progress(len(group))
        at = derived.latest_capture(self.connection)
        moved, placed = self._moved, set[int]()
        for group in derived.article_groups(self.connection, _GROUP):
            left = set(group) - placed
            if left and at is not None:
                placed |= self._cluster(left, at=at)
            progress(len(group))
        derived.set_rules(self.connection, RULES)
        return Rebuilt(count, self._moved - moved)

    def _compare_stored(self, articles: Iterable[int]) -> bool:
        """Compare all versions of these articles; whether any has edges."""
        texts = clusters.texts_of(self.connection, articles)
        has_edges = False
        for start in range(0, len(texts), _GROUP):
            some = [(text, _profile_of(text)) for text in texts[start : start + _GROUP]]
            # A list and not any() at once: every text has to be compared.
            has_edges = any(list(self._compare(some))) or has_edges
        return has_edges

    def _compare(self, texts: Sequence[tuple[StoredText, Profile]]) -> Iterator[bool]:
        """Index texts, and compare each with everything before it that might be alike; yields whether it has edges."""
        for (text, own), (is_known, others) in zip(texts, self._candidates(texts), strict=True):
            yield self._relate(text, own, others, is_known=is_known)

    def _relate(self, text: StoredText, own: Profile, others: Iterable[StoredText], *, is_known: bool) -> bool:
        known = clusters.known_edges(self.connection, text.document_id) if is_known else None
        has_edges = bool(known)
        for other in others:
            if known is not None and other.document_id in known:
                continue
            # Which of two is a must not depend on which came first.
            a, b = sorted((text, other), key=lambda one: (one.article, one.document_id))
            theirs = _profile_of(other)
            profile_a, profile_b = (own, theirs) if a is text else (theirs, own)
            if not can_relate(profile_a, profile_b):
                continue
            evidence = compare(profile_a, profile_b)
            # An article's site may turn out to be another one; what stands in the texts does not change.
            across = relate(profile_a, profile_b, evidence, same_site=False)
            within = relate(profile_a, profile_b, evidence, same_site=True)
            if across is None:
                continue
            has_edges = True
            if known is None:
                # The index may have been lost, and the edges not.
                known = clusters.known_edges(self.connection, text.document_id)
            if other.document_id not in known:
                clusters.add_edge(
                    self.connection,
                    a.document_id,
                    b.document_id,
                    relation=across,
                    # What so many words were changed in is a copy between two sites, and nothing within one.
                    relation_within=within or Relation.PARTIAL_REUSE,
                    evidence=evidence,
                )
        return has_edges

    def _candidates(self, texts: Sequence[tuple[StoredText, Profile]]) -> Iterator[tuple[bool, list[StoredText]]]:
        """For each text: whether the index had it; versions of other articles that were there and share enough."""
        read = self._index.read([own.sketch for _, own in texts])
        known, maybe = list[bool](), list[tuple[Integers, Integers]]()
        for (text, own), tails in zip(texts, read, strict=True):
            documents, sizes, shared = self._index.find(own.sketch, tails)
            is_self = documents == text.document_id
            known.append(bool(is_self.any()))
            if not known[-1] and len(own.sketch.hashes):
                self._index.add(text.document_id, own.sketch)
            is_maybe = may_be_alike(own.sketch, sizes, shared) & ~is_self
            maybe.append((documents[is_maybe], sizes[is_maybe]))
        signatures = self._index.signatures(sorted({each for documents, _ in maybe for each in documents.tolist()}))
        alike = [
            documents[are_alike(own.sketch, sizes, [signatures[each] for each in documents.tolist()])].tolist()
            for (_, own), (documents, sizes) in zip(texts, maybe, strict=True)
        ]
        yield from zip(known, self._versions([text.article_id for text, _ in texts], alike), strict=True)

    def _versions(self, articles: Sequence[int], alike: Sequence[list[int]]) -> Iterator[list[StoredText]]:
        """For each article: the texts of those of its documents beside it that are versions of another one now."""
        for start in range(0, len(articles), _LOADED):
            asked = alike[start : start + _LOADED]
            wanted = sorted({document for documents in asked for document in documents})
            texts = clusters.texts(self.connection, wanted) if wanted else {}
            for article, documents in zip(articles[start:], asked, strict=False):
                versions = (text for document in documents for text in texts.get(document, ()))
                yield list({text.document_id: text for text in versions if text.article_id != article}.values())

    def _cluster(self, articles: set[int], *, at: datetime) -> set[int]:
        """Cluster anew everything that is tied to these articles, directly or through others; returns what that was."""
        near, edges = self._neighbourhood(articles)
        places = clusters.members_of(self.connection, near)
        if not edges and not places and not self._decisions:
            digests.set_parts(self.connection, near, ())
            return near
        facts = {fact.public_id: fact for fact in clusters.facts(self.connection, near)}
        public = {fact.id: fact.public_id for fact in facts.values()}
        made = find(map(_candidate, facts.values()), _links(edges, public), self._decisions)
        by_edge = {edge.id: edge for edge in edges}
        wanted = {
            facts[member.article].id: _stored(member, found.cluster_id, facts[member.article].id, by_edge)
            for found in made.clusters
            for member in found.members
        }
        digests.set_parts(self.connection, near, _parts(made.digests, facts, by_edge))
        for article in sorted(near, key=lambda row: public.get(row, "")):
            self._place(article, public.get(article), places.get(article), wanted.get(article), at=at)
        return near

    def _neighbourhood(self, articles: set[int]) -> tuple[set[int], list[ArticleEdge]]:
        """Everything that is tied to `articles`, and the edges between."""
        near, edges = set(articles), {}
        new = set(articles)
        spoken = self._spoken_pairs()
        while new:
            for edge in clusters.edges_of(self.connection, new):
                edges[edge.id] = edge
            tied = {
                row for edge in edges.values() if edge.relation in _TYING for row in (edge.article_a, edge.article_b)
            }
            tied |= clusters.fellows(self.connection, new) | digests.tied(self.connection, new)
            tied |= {other for pair in spoken if pair & new for other in pair}
            new = tied - near
            near |= new
        return near, [edge for edge in edges.values() if edge.article_a in near and edge.article_b in near]

    def _spoken_pairs(self) -> list[set[int]]:
        named = [{made.subject, made.object} for made in self._decisions if made.kind is DecisionKind.SAME]
        rows = clusters.rows_of(self.connection, {name for pair in named for name in pair if name})
        return [{rows[name] for name in pair if name in rows} for pair in named]

    def _place(
        self,
        article: int,
        public_id: str | None,
        before: StoredMember | None,
        after: StoredMember | None,
        *,
        at: datetime,
    ) -> None:
        if before == after or (public_id is None and before is None):
            return
        if after is None:
            clusters.remove_member(self.connection, article)
        else:
            clusters.set_member(self.connection, after)
        if public_id is None:
            return
        has_news = before is None or after is None or (before.cluster_id, before.role) != (after.cluster_id, after.role)
        if has_news:
            self._moved += 1
            feed.add_change(
                self.connection,
                ChangeKind.UNCLUSTERED if after is None else ChangeKind.CLUSTERED,
                at=at,
                article=(article, public_id),
                detail={
                    "cluster": after.cluster_id if after is not None else before and before.cluster_id,
                    "role": after and after.role,
                    "reason": after and after.reason,
                },
            )


def why_reindex(connection: Connection) -> str | None:
    """Why copies are due to be found anew by the rules of this release; None if they are not."""
    return derived.why_reindex(connection, RULES)


_ABOUT_CLUSTERS = frozenset({DecisionKind.SAME, DecisionKind.NOT_SAME, DecisionKind.ORIGINAL})


def _candidate(fact: ArticleFacts) -> Candidate:
    return Candidate(
        article=fact.public_id,
        url=fact.url,
        site=credited_as(fact.site, fact.url),
        first_seen_at=fact.first_seen_at,
        published_at=fact.published_at,
        credit_site=fact.credit_site,
        credit_url=identity(fact.credit_url) if fact.credit_url else None,
        standing=standing(fact.site, fact.url),
    )


def relations_of(connection: Connection, article: str) -> list[Link]:
    """What the article with this public id is to others: its strongest edge to each, seen from it."""
    row = clusters.rows_of(connection, [article]).get(article)
    edges = clusters.edges_of(connection, [row]) if row is not None else []
    near = {edge_row for edge in edges for edge_row in (edge.article_a, edge.article_b)}
    public = {fact.id: fact.public_id for fact in clusters.facts(connection, near)}
    return [link if link.a == article else link.turned() for link in _links(edges, public)]


def _links(edges: Iterable[ArticleEdge], public: dict[int, str]) -> list[Link]:
    """One link for each pair of articles: the edge between two of their versions that says most."""
    best: dict[frozenset[str], Link] = {}
    for edge in sorted(edges, key=_strength):
        if edge.article_a not in public or edge.article_b not in public:
            continue
        link = Link(
            public[edge.article_a],
            public[edge.article_b],
            edge.relation,
            edge.resemblance,
            edge.containment_ab,
            edge.containment_ba,
            edge.id,
        )
        pair = frozenset((link.a, link.b))
        best.setdefault(pair, link)
    return list(best.values())


def _strength(edge: ArticleEdge) -> tuple[float, ...]:
    """Strongest first. All figures count, so that edges which are equal in this show the same evidence."""
    figures = (edge.resemblance, edge.containment_ab, edge.containment_ba, edge.lede_ab, edge.lede_ba, edge.numbers)
    order = (edge.order_ab or 0.0, edge.order_ba or 0.0)
    return _RANK[edge.relation], *(-figure for figure in (*figures, *order))


def _stored(member: Member, cluster_id: str, article: int, by_edge: dict[int, ArticleEdge]) -> StoredMember:
    if member.edge is None or member.role is Role.ORIGINAL:
        return StoredMember(article, cluster_id, member.role, member.reason, None, None, is_a=False)
    edge = by_edge[member.edge]
    is_a = edge.article_a == article
    other = edge.article_b if is_a else edge.article_a
    return StoredMember(article, cluster_id, member.role, member.reason, edge.id, other, is_a=is_a)


def _parts(
    found: Iterable[Digest], facts: dict[str, ArticleFacts], by_edge: dict[int, ArticleEdge]
) -> list[StoredPart]:
    return [
        StoredPart(facts[digest.article].id, facts[part.article].id, part.edge, by_edge[part.edge].article_a == row)
        for digest in found
        for row in [facts[digest.article].id]
        for part in digest.parts
    ]
