"""How much of what is planted among invented texts is found. The floors may only be raised."""

import copies
import planted
import pytest
from builders import paragraphs, sentences


def in_house_style(at):
    """Blocks with what each house writes in its own way: quotation marks, TP.HCM, tỷ, dates."""
    made = []
    for number, block in enumerate(paragraphs(f"planted {at}", 8)):
        said, more = (sentence.rstrip(".") for sentence in sentences(f"said {at} {number}", 2, words=10))
        day = f"{1 + (at + number) % 28}/{1 + at % 12}"
        price = f"{1 + at % 8},{number} tỷ đồng"
        made.append(f"{block} Ngày {day}/2026, {said} ở TP.HCM: “{more}” với {price}, sáng {day}.")
    return "\n\n".join(made)


FIRSTS = [
    planted.Text(
        f"t{at}",
        f"site-{at % 7}",
        sentences(f"title {at}", 1, words=9)[0],
        sentences(f"lede {at}", 1, words=24)[0],
        in_house_style(at),
        family=f"t{at}",
    )
    for at in range(60)
]


@pytest.fixture(scope="module", params=[copies.SEED, copies.HELD_OUT_SEED], ids=["seed", "held out"])
def found(request):
    return copies.measure(FIRSTS, request.param, each=20)


def test_clusters_are_what_was_planted(found):
    assert (found.f1 >= 0.97, found.precision >= 0.97) == (True, True), found


@pytest.mark.parametrize("kind", ["dressed", "words-5", "words-10", "half", "desk"])
def test_copies_are_found(found, kind):
    assert found.found[kind] >= 0.95


@pytest.mark.parametrize("kind", ["joined", "series", "twin"])
def test_what_is_no_copy_joins_nothing(found, kind):
    assert found.merged[kind] == 0


def test_no_digest_joins_two_clusters(found):
    assert found.bridged == 0


def test_candidates_are_what_brute_force_finds():
    texts = [*FIRSTS, *planted.plant(FIRSTS, copies.SEED, each=20)]
    profiles = copies.profiles_of(texts)
    truth = copies.brute_force(profiles, range(len(texts)))
    assert len(truth & copies.candidate_pairs(texts, profiles)) >= 0.995 * len(truth) > 100
