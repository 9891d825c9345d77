"""Which articles carry the same text, and which of them is the original."""

import pytest
from builders import at
from hypothesis import given
from hypothesis import strategies as st

from archive.clustering import Link, cluster, find
from archive.originals import Candidate
from archive.types import Decision, DecisionKind, Relation, Role


def candidate(name, *, day=1, **changes):
    standard = {"article": name, "url": f"https://{name}.example/1", "site": name, "first_seen_at": at(day)}
    return Candidate(**(standard | changes))


def link(pair, relation="near_copy", *, resemblance=0.9, ab=0.95, ba=0.95, edge=1):
    return Link(pair[0], pair[1], Relation(relation), resemblance, ab, ba, edge)


def said(kind, subject, other=None, *, day=1):
    return Decision(DecisionKind(kind), subject, at(day), other)


def roles(candidates, links, decisions=()):
    """Each cluster as {article: role}."""
    return [
        {member.article: member.role.value for member in made.members} for made in cluster(candidates, links, decisions)
    ]


ABC = [candidate("a", day=1), candidate("b", day=2), candidate("c", day=3)]


@pytest.mark.parametrize("relation", ["exact", "near_copy"])
def test_a_copy_makes_a_cluster(relation):
    assert roles(ABC, [link("ab", relation)]) == [{"a": "original", "b": "copy"}]


@pytest.mark.parametrize("relation", ["series", "partial_reuse", "update_of"])
def test_what_is_no_copy_makes_no_cluster(relation):
    assert roles(ABC, [link("ab", relation)]) == []


def test_two_articles_of_one_site_that_share_text_stay_apart_where_another_site_runs_one_of_them():
    known = [candidate("a"), candidate("b", site="a", day=2), candidate("c", day=3)]
    links = [link("ab", "partial_reuse"), link("ac", resemblance=0.9), link("bc", resemblance=0.7)]
    assert roles(known, links) == [{"a": "original", "c": "copy"}]
    assert roles(known, links, [said("same", "a", "b")]) == [{"a": "original", "b": "copy", "c": "copy"}]


def test_two_sites_that_share_text_may_be_joined_by_a_third():
    links = [link("ab", "partial_reuse"), link("ac"), link("bc")]
    assert roles(ABC, links) == [{"a": "original", "b": "copy", "c": "copy"}]


def test_copies_of_copies_are_one_cluster():
    assert roles(ABC, [link("ab"), link("bc")]) == [{"a": "original", "b": "copy", "c": "copy"}]


def test_an_excerpt_hangs_on_its_whole():
    assert roles(ABC, [link("ba", "excerpt_of")]) == [{"a": "original", "b": "excerpt"}]


def test_an_excerpt_is_one_from_either_side():
    assert roles(ABC, [link("ab", "expands")]) == [{"a": "original", "b": "excerpt"}]


def test_an_excerpt_that_was_first_is_no_original():
    assert roles(ABC, [link("ab", "excerpt_of")]) == [{"b": "original", "a": "excerpt"}]


def test_an_excerpt_of_an_excerpt_hangs_on_the_whole():
    links = [link("ba", "excerpt_of"), link("cb", "excerpt_of"), link("ca", "excerpt_of")]
    assert roles(ABC, links) == [{"a": "original", "b": "excerpt", "c": "excerpt"}]


def test_an_excerpt_of_two_hangs_on_the_one_that_has_more_of_it():
    links = [link("ca", "excerpt_of", ab=0.8), link("cb", "excerpt_of", ab=0.9)]
    assert roles(ABC, links) == [{"b": "original", "c": "excerpt"}]


def test_a_digest_of_two_articles_joins_neither():
    digest = candidate("d", day=4)
    assert roles([*ABC, digest], [link("da", "expands"), link("db", "expands")]) == []


def made_of(candidates, links, decisions=()):
    """Each digest as {article: its parts}."""
    return {
        digest.article: [part.article for part in digest.parts] for digest in find(candidates, links, decisions).digests
    }


def test_a_digest_says_what_it_is_made_of():
    links = [link("da", "expands", edge=7), link("db", "expands", edge=8)]
    (digest,) = find([*ABC, candidate("d", day=4)], links).digests
    assert [(part.article, part.edge) for part in digest.parts] == [("a", 7), ("b", 8)]


def test_of_copies_a_digest_names_the_one_that_it_has_most_of():
    links = [link("da", "expands", ba=0.8), link("db", "expands", ba=0.95), link("dc", "expands"), link("ab")]
    assert made_of([*ABC, candidate("d", day=4)], links) == {"d": ["b", "c"]}


def test_two_papers_that_run_one_digest_are_copies_and_both_say_what_it_is_made_of():
    links = [link(pair, "expands") for pair in ("da", "db", "ea", "eb")]
    members = [*ABC, candidate("d", day=4), candidate("e", day=5)]
    assert made_of(members, [*links, link("de")]) == {"d": ["a", "b"], "e": ["a", "b"]}
    assert roles(members, [*links, link("de")]) == [{"d": "original", "e": "copy"}]


def test_a_part_that_a_person_set_apart_is_none():
    links = [link(pair, "expands") for pair in ("da", "db", "dc")]
    assert made_of([*ABC, candidate("d", day=4)], links, [said("not_same", "d", "b")]) == {"d": ["a", "c"]}


def test_what_is_no_digest_is_made_of_nothing():
    assert made_of(ABC, [link("ab", "expands"), link("ac", "expands"), link("bc")]) == {}


def test_a_whole_of_two_excerpts_that_are_alike_is_no_digest():
    links = [link("ab", "expands"), link("ac", "expands"), link("bc")]
    assert roles(ABC, links) == [{"a": "original", "b": "excerpt", "c": "excerpt"}]


def test_a_whole_that_was_there_first_is_no_digest():
    assert roles(ABC, [link("ab", "expands"), link("ac", "expands")]) == [
        {"a": "original", "b": "excerpt", "c": "excerpt"}
    ]


def test_a_whole_that_its_parts_credit_is_no_digest():
    parts = [candidate("b", credit_site="d"), candidate("c", credit_url="https://d.example/1")]
    links = [link("db", "expands"), link("dc", "expands")]
    assert roles([*parts, candidate("d", day=4)], links) == [{"d": "original", "b": "excerpt", "c": "excerpt"}]


# The original


def original(candidates, links=None, decisions=()):
    (made,) = cluster(candidates, links or [link("ab"), link("bc")], decisions)
    first = made.members[0]
    assert first.role is Role.ORIGINAL
    return first.article, first.reason


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, ("a", "first captured"), id="nobody says anything"),
        pytest.param({"a": {"credit_site": "c"}}, ("c", "credited"), id="credited by name"),
        pytest.param({"a": {"credit_url": "https://b.example/1"}}, ("b", "credited"), id="credited by address"),
        pytest.param({"a": {"credit_site": "a"}}, ("a", "first captured"), id="crediting itself"),
        pytest.param({"a": {"credit_site": "x"}}, ("a", "first captured"), id="crediting another paper"),
        pytest.param(
            {"a": {"credit_site": "c"}, "b": {"credit_site": "c"}, "c": {"credit_site": "b"}},
            ("c", "credited"),
            id="most",
        ),
        pytest.param(
            {"a": {"published_at": at(3)}, "b": {"published_at": at(1)}, "c": {"published_at": at(2)}},
            ("b", "earliest published"),
            id="earliest published",
        ),
        pytest.param({"b": {"published_at": at(0)}}, ("a", "first captured"), id="some do not say when"),
    ],
)
def test_the_original_is(changes, expected):
    members = [candidate(name, day=day, **changes.get(name, {})) for day, name in enumerate("abc", start=1)]
    assert original(members) == expected


def test_a_site_with_two_members_is_not_credited_by_its_name():
    members = [candidate("a", credit_site="s"), candidate("b", site="s", day=2), candidate("c", site="s", day=3)]
    assert original(members) == ("a", "first captured")


def test_a_person_names_the_original():
    assert original(ABC, decisions=[said("original", "c")]) == ("c", "a person's word")


@pytest.mark.parametrize(("first", "last"), ["bc", "cb"])
def test_of_two_originals_the_one_named_last_holds(first, last):
    decisions = [said("original", last, day=2), said("original", first, day=1)]
    assert original(ABC, decisions=decisions) == (last, "a person's word")


# What people say


def test_not_the_same_parts_two_copies():
    assert roles(ABC, [link("ab")], [said("not_same", "a", "b")]) == []


def test_not_the_same_is_said_of_both():
    assert roles(ABC, [link("ab")], [said("not_same", "b", "a")]) == []


def test_not_the_same_holds_over_what_ties_both_to_a_third():
    (made,) = roles(ABC, [link("ab", resemblance=0.9), link("bc", resemblance=0.8)], [said("not_same", "a", "c")])
    assert made == {"a": "original", "b": "copy"}


def test_the_same_joins_two():
    made = cluster(ABC, [], [said("same", "a", "b")])
    assert [(member.article, member.reason) for member in made[0].members] == [
        ("a", "first captured"),
        ("b", "a person's word"),
    ]


def test_the_last_word_about_a_pair_holds():
    decisions = [said("same", "a", "b", day=2), said("not_same", "b", "a", day=1)]
    assert roles(ABC, [], decisions) == [{"a": "original", "b": "copy"}]


def test_what_is_said_of_unknown_articles_is_for_later():
    assert roles(ABC, [], [said("same", "a", "x"), said("original", "x")]) == []


def test_the_same_said_of_one_article_is_nothing():
    assert roles(ABC, [], [said("same", "a", "a")]) == []


# Identity and order


def test_a_cluster_keeps_its_id_when_a_member_joins():
    before, after = cluster(ABC, [link("ab")]), cluster(ABC, [link("ab"), link("bc")])
    assert before[0].cluster_id == after[0].cluster_id


def test_a_member_shows_its_link_to_the_original():
    (made,) = cluster(
        ABC, [link("ab", edge=1, resemblance=0.8), link("bc", edge=2, resemblance=0.99), link("ac", edge=3)]
    )
    assert {member.article: member.edge for member in made.members} == {"a": None, "b": 1, "c": 3}


_names = st.sampled_from("abcdef")
_links = st.lists(
    st.builds(
        lambda pair, relation, share: link(sorted(pair), relation, resemblance=share, ab=share, ba=share),
        st.sets(_names, min_size=2, max_size=2),
        st.sampled_from(["exact", "near_copy", "excerpt_of", "expands", "partial_reuse", "series"]),
        st.sampled_from([0.5, 0.75, 1.0]),
    ),
    max_size=10,
    unique_by=lambda made: (made.a, made.b),
)
_decisions = st.lists(
    st.builds(
        lambda kind, pair, day: said(kind, *sorted(pair), day=day),
        st.sampled_from(["same", "not_same"]),
        st.sets(_names, min_size=2, max_size=2),
        st.integers(1, 9),
    ),
    max_size=3,
    unique_by=lambda made: made.decided_at,
)
_known = [candidate(name, day=day) for day, name in zip((2, 1, 1, 3, 2, 1), "abcdef", strict=True)]


@given(links=_links, decisions=_decisions, chance=st.randoms(use_true_random=False))
def test_order_does_not_matter(links, decisions, chance):
    shuffled = [chance.sample(items, len(items)) for items in (_known, links, decisions)]
    assert find(*shuffled) == find(_known, links, decisions)


@given(links=_links, decisions=_decisions)
def test_an_article_is_in_one_cluster_at_most(links, decisions):
    members = [member.article for made in cluster(_known, links, decisions) for member in made.members]
    assert len(members) == len(set(members))


@given(links=_links, decisions=_decisions)
def test_every_cluster_has_one_original(links, decisions):
    for made in cluster(_known, links, decisions):
        assert [member.role for member in made.members].count(Role.ORIGINAL) == 1


@given(links=_links, decisions=_decisions)
def test_a_pair_that_was_set_apart_is_in_no_cluster_together(links, decisions):
    apart = {}
    for decision in sorted(decisions, key=lambda one: one.decided_at):
        apart[frozenset((decision.subject, decision.object))] = decision.kind
    together = [{member.article for member in made.members} for made in cluster(_known, links, decisions)]
    for pair, kind in apart.items():
        if kind is DecisionKind.NOT_SAME:
            assert not any(pair <= members for members in together)
