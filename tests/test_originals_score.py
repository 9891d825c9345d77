"""How often what is held to be the original is the original, by grade. The floors may only be raised."""

import pytest
import scored_originals

from archive.originals import Grade

FLOORS = {Grade.HIGH: 0.99, Grade.MEDIUM: 0.96}


@pytest.fixture(
    scope="module", params=[scored_originals.SEED, scored_originals.HELD_OUT_SEED], ids=["seed", "held out"]
)
def found(request):
    return scored_originals.score(request.param)


def share(right, of):
    return right / of


def test_the_original_is_the_original(found):
    right, of = (sum(column) for column in zip(*found.values(), strict=True))
    assert (of > 500, right / of >= 0.94) == (True, True), found


@pytest.mark.parametrize("grade", FLOORS)
def test_a_grade_keeps_its_word(found, grade):
    assert share(*found[grade]) >= FLOORS[grade], found


def test_the_less_sure_the_more_often_wrong(found):
    assert share(*found[Grade.HIGH]) > share(*found[Grade.MEDIUM]) > share(*found[Grade.LOW])
