"""Decide which articles carry the same text, and which of them is the original.

Pure: clusters are a function of the articles, the edges between their versions and what people decided; the
order in which any of them came to be known does not matter."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from archive.originals import WORD_OF_A_PERSON, Candidate, choose
from archive.types import Decision, DecisionKind, Relation, Role


@dataclass(frozen=True, slots=True)
class Link:
    """The strongest edge between any version of article a and any version of article b."""

    a: str
    b: str
    relation: Relation
    resemblance: float
    containment_ab: float
    containment_ba: float
    edge: int | None = None
    """The edge it stands for; None for a person's word."""

    def turned(self) -> Link:
        """The same link seen from b."""
        turned = {Relation.EXCERPT_OF: Relation.EXPANDS, Relation.EXPANDS: Relation.EXCERPT_OF}
        relation = turned.get(self.relation, self.relation)
        return Link(self.b, self.a, relation, self.resemblance, self.containment_ba, self.containment_ab, self.edge)


@dataclass(frozen=True, slots=True)
class Member:
    """One article in a cluster."""

    article: str
    role: Role
    reason: str
    edge: int | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Articles that carry (nearly) the same text; the original stands first, the others by public id."""

    cluster_id: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A text that a digest holds, with the edge between the two."""

    article: str
    edge: int


@dataclass(frozen=True, slots=True)
class Digest:
    """An article that was made of several others: in no cluster with any of them. Parts are ordered by public id."""

    article: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What some articles are to each other; both by id."""

    clusters: list[Cluster]
    digests: list[Digest]


STRONG = frozenset({Relation.EXACT, Relation.NEAR_COPY})
_WHOLE = 0.9
"""Share of a text from which on the rest is typography, a headline or a byline."""
_NO_COPIES = frozenset({Relation.SERIES, Relation.UPDATE_OF})


def _is_no_copy(link: Link, known: dict[str, Candidate]) -> bool:
    """Two of a series, two notices of one site, or two articles of one site that share text: two articles for sure."""
    is_shared = link.relation is Relation.PARTIAL_REUSE and known[link.a].site == known[link.b].site
    return link.relation in _NO_COPIES or is_shared


def cluster(
    candidates: Iterable[Candidate], links: Iterable[Link], decisions: Sequence[Decision] = ()
) -> list[Cluster]:
    """The clusters of two or more articles, ordered by id: see `find`."""
    return find(candidates, links, decisions).clusters


def find(candidates: Iterable[Candidate], links: Iterable[Link], decisions: Sequence[Decision] = ()) -> Found:
    """The clusters of two or more articles, and the digests of several.

    `links` between articles that are not among `candidates` are ignored, so are decisions about them.
    """
    known = {candidate.article: candidate for candidate in candidates}
    spoken = _Spoken(decisions)
    pairs = spoken.apply(link for link in links if link.a in known and link.b in known)
    digests = _digests(known, pairs)
    inside = [link for link in pairs if link.edge is not None and (link.a in digests or link.b in digests)]
    # Two papers may run one digest: they are copies of each other.
    pairs = [link for link in pairs if link.edge is None or (link.a in digests) == (link.b in digests)]
    spoken.keep_apart(link for link in pairs if _is_no_copy(link, known))
    groups = _connect(known, pairs, spoken)
    hosts = _hang_excerpts(groups, pairs, spoken, known)
    clusters = [
        _describe(core, excerpts, known=known, pairs=pairs, spoken=spoken)
        for core, excerpts in hosts
        if len(core) + len(excerpts) > 1
    ]
    home = {article: number for number, host in enumerate(hosts) for members in host for article in members}
    return Found(
        sorted(clusters, key=lambda made: made.cluster_id),
        [_digest(whole, digests[whole], home, inside, known) for whole in sorted(digests)],
    )


def _digest(
    whole: str, parts: set[str], home: dict[str, int], links: Sequence[Link], known: dict[str, Candidate]
) -> Digest:
    """One part of each text: of its copies the one of which the digest has most, else the earliest."""
    ways = [link for link in (*links, *(link.turned() for link in links)) if link.a == whole and link.b in parts]
    ways.sort(key=lambda link: (-link.containment_ba, known[link.b].at, link.b))
    best: dict[int, Link] = {}
    for link in ways:
        best.setdefault(home[link.b], link)
    found = [Part(link.b, link.edge) for link in best.values() if link.edge is not None]
    return Digest(whole, tuple(sorted(found, key=lambda part: part.article)))


def said_apart(decisions: Sequence[Decision]) -> set[frozenset[str]]:
    """The pairs of articles of which a person said last that they are not the same."""
    return _Spoken(decisions).apart


class _Spoken:
    """What people said, by pair and by article."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        pairs: dict[frozenset[str], DecisionKind] = {}
        self.originals: dict[str, int] = {}
        """{article: its place in the order of time}: what was said last holds."""
        for place, decision in enumerate(
            sorted(decisions, key=lambda made: (made.decided_at, made.kind, made.subject))
        ):
            if decision.kind in (DecisionKind.SAME, DecisionKind.NOT_SAME) and decision.object:
                pairs[frozenset((decision.subject, decision.object))] = decision.kind
            elif decision.kind is DecisionKind.ORIGINAL:
                self.originals[decision.subject] = place
        self.apart: set[frozenset[str]] = set()
        self.apart_from: dict[str, set[str]] = defaultdict(set)
        self._set_apart(pair for pair, kind in pairs.items() if kind is DecisionKind.NOT_SAME)
        self.together = {pair for pair, kind in pairs.items() if kind is DecisionKind.SAME and len(pair) > 1}

    def keep_apart(self, links: Iterable[Link]) -> None:
        """What these links tie are two articles, also where a third is like both; unless a person ties them."""
        self._set_apart({frozenset((link.a, link.b)) for link in links} - self.together)

    def _set_apart(self, pairs: Iterable[frozenset[str]]) -> None:
        for pair in pairs:
            self.apart.add(pair)
            for article in pair:
                self.apart_from[article] |= pair - {article}

    def are_apart(self, one: set[str], other: set[str]) -> bool:
        """Whether any of the one must not be with any of the other; the two have no article in common."""
        fewer, more = sorted((one, other), key=len)
        return any(not self.apart_from[article].isdisjoint(more) for article in fewer & self.apart_from.keys())

    def apply(self, links: Iterable[Link]) -> list[Link]:
        kept = [link for link in links if frozenset((link.a, link.b)) not in self.apart]
        for pair in self.together:
            a, b = sorted(pair)
            kept.append(Link(a, b, Relation.EXACT, 1.0, 1.0, 1.0))
        return kept


def _digests(known: dict[str, Candidate], links: Sequence[Link]) -> dict[str, set[str]]:
    """{article that was made of two or more others: those}: it would join what has nothing in common.

    The parts are other texts, were there first and do not credit the digest: otherwise they are excerpts of it.
    """
    parts: dict[str, set[str]] = defaultdict(set)
    near: dict[str, set[str]] = defaultdict(set)
    for link in (*links, *(link.turned() for link in links)):
        near[link.a].add(link.b)
        if link.edge is None or not _holds(link) or link.b not in known or link.a not in known:
            continue
        holder, part = known[link.a], known[link.b]
        if part.at <= holder.at and part.credit_site != holder.site and part.credit_url != holder.url:
            parts[link.a].add(link.b)
    found: dict[str, set[str]] = {}
    for whole in sorted(parts, key=lambda article: (known[article].at, article)):
        # Another paper may have run the digest before: that one ties nothing either.
        inside = parts[whole] - found.keys()
        if len(inside) > 1 and _is_of_many(whole, inside, near, known, found.keys()):
            found[whole] = inside
    return found


def _holds(link: Link) -> bool:
    """Whether a is b and something more: a long part makes most of a digest, and then the two look like copies."""
    if link.relation is Relation.EXPANDS:
        return True
    is_copy = link.relation is Relation.NEAR_COPY
    return is_copy and link.containment_ba >= _WHOLE and link.containment_ab < _WHOLE


def _is_of_many(
    whole: str, parts: set[str], near: dict[str, set[str]], known: dict[str, Candidate], digests: Container[str]
) -> bool:
    """Whether the parts have nothing in common: neither a tie nor a text, no digest, that was there before `whole`."""
    left = set(parts)
    reached = [min(left)]
    while reached:
        at = reached.pop()
        left.discard(at)
        tied = near[at] - {whole}
        reached += left & tied
        for between in tied - parts:
            # Two excerpts of one article touch nowhere but in it.
            if between in known and between not in digests and known[between].at < known[whole].at:
                reached += left & near[between]
    return bool(left)


def _connect(known: dict[str, Candidate], links: Sequence[Link], spoken: _Spoken) -> list[set[str]]:
    """What the strong links connect, strongest first, never across a pair that a person set apart."""
    group = {article: {article} for article in known}
    strong = [link for link in links if link.relation in STRONG and link.a in known and link.b in known]
    strong.sort(
        key=lambda link: (
            link.edge is not None,
            -link.resemblance,
            max(known[link.a].at, known[link.b].at),
            *sorted((link.a, link.b)),
        )
    )
    for link in strong:
        one, other = group[link.a], group[link.b]
        if one is other or spoken.are_apart(one, other):
            continue
        one |= other
        for article in other:
            group[article] = one
    return list({id(members): members for members in group.values()}.values())


def _hang_excerpts(
    groups: list[set[str]], links: Sequence[Link], spoken: _Spoken, known: dict[str, Candidate]
) -> list[tuple[set[str], set[str]]]:
    """(core, excerpts) for each cluster: a group that only repeats part of another one hangs on it."""
    index = {article: number for number, members in enumerate(groups) for article in members}
    hosts: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for link in (*links, *(link.turned() for link in links)):
        part, whole = index.get(link.a), index.get(link.b)
        if link.relation is not Relation.EXCERPT_OF or part is None or whole is None or part == whole:
            continue
        if not spoken.are_apart(groups[part], groups[whole]):
            hosts[part].append((-link.containment_ab, whole))
    hung: dict[int, set[str]] = defaultdict(set)
    placed = set()
    # An excerpt of an excerpt hangs on the whole text, which it is contained in as well.
    ways = [(share, whole, part) for part, found in hosts.items() for share, whole in found if whole not in hosts]
    # Of two wholes that have as much of it, it hangs on the one that was there first.
    first = [min((known[article].at, article) for article in members) for members in groups]
    for _, whole, part in sorted(ways, key=lambda way: (way[0], first[way[1]], first[way[2]])):
        if part not in placed and not spoken.are_apart(groups[part], hung[whole]):
            hung[whole] |= groups[part]
            placed.add(part)
    return [(members, hung[number]) for number, members in enumerate(groups) if number not in placed]


def _describe(
    core: set[str],
    excerpts: set[str],
    *,
    known: dict[str, Candidate],
    pairs: Sequence[Link],
    spoken: _Spoken,
) -> Cluster:
    original, reason = choose(
        [known[article] for article in sorted(core)],
        [known[article] for article in sorted(excerpts)],
        spoken=spoken.originals,
    )
    everyone = core | excerpts
    first = min(everyone, key=lambda article: (known[article].first_seen_at, article))
    members = [Member(original, Role.ORIGINAL, reason)]
    for article in sorted(everyone - {original}):
        role = Role.COPY if article in core else Role.EXCERPT
        members.append(_member(article, role, original, everyone, pairs))
    return Cluster(hashlib.sha256(f"cluster {first}".encode()).hexdigest()[:16], tuple(members))


def _member(article: str, role: Role, original: str, everyone: set[str], pairs: Sequence[Link]) -> Member:
    """With its best evidence: the link to the original if there is one, else the strongest to any member."""
    own = [
        link if link.a == article else link.turned()
        for link in pairs
        if article in (link.a, link.b) and {link.a, link.b} <= everyone
    ]
    wanted = STRONG if role is Role.COPY else frozenset({Relation.EXCERPT_OF})
    own = [link for link in own if link.relation in wanted] or own
    if not own:
        return Member(article, role, "by other versions")
    best = min(own, key=lambda link: (link.b != original, -link.resemblance, link.b))
    return Member(article, role, WORD_OF_A_PERSON if best.edge is None else best.relation.value, best.edge)
