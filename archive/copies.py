"""Keep edges and clusters up to date with the versions: find what might be alike, compare, decide, write.

The rules are `similarity` and `clustering`; this module only fetches what they ask for. Edges are facts about two
documents and stand as long as the rules do; which cluster an article is in follows from the edges of its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from archive.clustering import Digest, Link, Member, find
from archive.originals import Candidate, candidate
from archive.similarity import RULES, Profile, are_alike, can_relate, compare, may_be_alike, profile, relate
from archive.sketch_blocks import Integers
from archive.storage import clusters, derived, digests
from archive.storage.clusters import ArticleEdge, ArticleFacts, NewEdge, StoredMember, StoredText
from archive.storage.digests import StoredPart
from archive.storage.feed import Feed, News
from archive.storage.sketches import SketchIndex
from archive.surroundings import Surroundings
from archive.types import ChangeKind, Decision, DecisionKind, Relation, Role

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


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A new article: it is compared, and put into its cluster, together with others of its group."""

    text: StoredText
    profile: Profile
    at: datetime
    news: list[News]
    """Its place in the feed."""


class Copies:
    """Finds copies among the versions, on the connection of the transaction in progress.

    What is found of new articles is written by `flush`, or by `settle` before it. What comes of it, and what the feed
    tells, is the same as if it were written at once."""

    def __init__(
        self,
        connection: Connection,
        decisions: Sequence[Decision],
        feed: Feed,
        *,
        before_asking: Callable[[], None] = lambda: None,
    ) -> None:
        """`before_asking` is called before the new articles are looked for in the database."""
        self._before_asking = before_asking
        self.connection = connection
        self._decisions = [made for made in decisions if made.kind in _ABOUT_CLUSTERS]
        self._feed = feed
        self._moved = 0
        self._index = SketchIndex(connection)
        self._edges: list[NewEdge] = []
        self._arrived: list[_Newcomer] = []
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
        if (
            has_edges
            or self._decisions
            or clusters.are_members(connection, wanted)
            or digests.are_tied(connection, wanted)
        ):
            self._write_edges()
            around = Surroundings(connection, wanted, self._spoken_pairs())
            self._cluster(wanted, around, at=at, news=self._feed.keep_place())
            around.write()

    def welcome(self, text: StoredText, known: Profile | None, *, at: datetime) -> None:
        """Have the only version of a new article compared with everything else, and put into its cluster, by `flush`.

        `known` is the text's profile where that is at hand.
        """
        self._arrived.append(_Newcomer(text, known or _profile_of(text), at, self._feed.keep_place()))
        if len(self._arrived) >= _GROUP:
            self.settle()

    def flush(self) -> None:
        """Compare what has arrived, and write what was found and what was added to the index; before the commit."""
        self.settle()
        self._index.flush()

    def settle(self) -> None:
        """Compare what has arrived, each with what was there before it, and put it into its cluster, one by one.

        To be called before the history of any article is another one, for it is read here as it was when they came.
        """
        self._before_asking()
        arrived, self._arrived = self._arrived, []
        compared = self._compare([(one.text, one.profile) for one in arrived])
        tied = [one for one, has_edges in zip(arrived, compared, strict=True) if has_edges or self._decisions]
        self._write_edges()
        if not tied:
            return
        later = {one.text.article_id for one in tied}
        around = Surroundings(self.connection, later, self._spoken_pairs())
        for one in tied:
            # As if those after it were not there yet.
            later.discard(one.text.article_id)
            self._cluster({one.text.article_id}, around, at=one.at, news=one.news, but_not=later)
        around.write()

    def _write_edges(self) -> None:
        clusters.add_edges(self.connection, self._edges)
        self._edges.clear()

    def rebuild(
        self, *, begin: Callable[[int], None] = lambda _: None, progress: Callable[[int], None] = lambda _: None
    ) -> Rebuilt:
        """Find all copies anew, as a replay of everything would; the feed tells whose cluster or role is another now.

        `begin` is told how many steps there are, `progress` how many were done since the last call.
        """
        self.settle()
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
                around = Surroundings(self.connection, left, self._spoken_pairs())
                placed |= self._cluster(left, around, at=at, news=self._feed.keep_place())
                around.write()
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
        known = clusters.known_edges(self.connection, text.document_id) if is_known else set()
        has_edges = bool(known)
        for other in others:
            if other.document_id in known:
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
            if across is not None:
                has_edges = True
                # What so many words were changed in is a copy between two sites, and nothing within one.
                within = within or Relation.PARTIAL_REUSE
                self._edges.append(NewEdge(a.document_id, b.document_id, across, within, evidence))
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

    def _cluster(
        self,
        articles: set[int],
        around: Surroundings,
        *,
        at: datetime,
        news: list[News],
        but_not: AbstractSet[int] = frozenset(),
    ) -> set[int]:
        """Cluster anew everything that is tied to these articles, directly or through others; returns what that was."""
        near, edges = around.around(articles, but_not=but_not)
        facts = {fact.public_id: fact for row in near if (fact := around.facts.get(row)) is not None}
        public = {fact.id: fact.public_id for fact in facts.values()}
        made = find(map(_candidate, facts.values()), _links(edges, public), self._decisions)
        by_edge = {edge.id: edge for edge in edges}
        wanted = {
            facts[member.article].id: _stored(member, found.cluster_id, facts[member.article].id, by_edge)
            for found in made.clusters
            for member in found.members
        }
        around.set_parts(near, _parts(made.digests, facts, by_edge))
        for article in sorted(near, key=lambda row: public.get(row, "")):
            before, after = around.places.get(article), wanted.get(article)
            if before == after:
                continue
            around.place(article, after)
            if article in public and _is_news(before, after):
                self._moved += 1
                news.append(_news((article, public[article]), before, after, at=at))
        return near

    def _spoken_pairs(self) -> list[set[int]]:
        named = [{made.subject, made.object} for made in self._decisions if made.kind is DecisionKind.SAME]
        rows = clusters.rows_of(self.connection, {name for pair in named for name in pair if name})
        return [{rows[name] for name in pair if name in rows} for pair in named]


def _is_news(before: StoredMember | None, after: StoredMember | None) -> bool:
    return before is None or after is None or (before.cluster_id, before.role) != (after.cluster_id, after.role)


def _news(article: tuple[int, str], before: StoredMember | None, after: StoredMember | None, *, at: datetime) -> News:
    detail = {
        "cluster": after.cluster_id if after is not None else before and before.cluster_id,
        "role": after and after.role,
        "reason": after and after.reason,
    }
    return News(ChangeKind.UNCLUSTERED if after is None else ChangeKind.CLUSTERED, at, article, None, detail)


def why_reindex(connection: Connection) -> str | None:
    """Why copies are due to be found anew by the rules of this release; None if they are not."""
    return derived.why_reindex(connection, RULES)


_ABOUT_CLUSTERS = frozenset({DecisionKind.SAME, DecisionKind.NOT_SAME, DecisionKind.ORIGINAL})


def _candidate(fact: ArticleFacts) -> Candidate:
    return candidate(
        fact.public_id,
        url=fact.url,
        site=fact.site,
        first_seen_at=fact.first_seen_at,
        published_at=fact.published_at,
        credit_site=fact.credit_site,
        credit_url=fact.credit_url,
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
