"""What desks do to another paper's article, several things at once, and near twins of one site. Floors only rise."""

import desks
import pytest
from builders import sentences
from planted import Text
from test_copies_found import FIRSTS, in_house_style

SOME = [
    *FIRSTS,
    *(
        Text(
            f"d{at}",
            f"site-{at % 9}",
            sentences(f"desk title {at}", 1, words=9)[0],
            sentences(f"desk lede {at}", 1, words=26)[0],
            in_house_style(1000 + at),
            family=f"d{at}",
        )
        for at in range(110)
    ),
]


@pytest.fixture(scope="module")
def found():
    return desks.measure(SOME, desks.SEED)


def test_copies_are_found_whatever_a_desk_did(found):
    assert found.together >= 0.97, found.by_kind


@pytest.mark.parametrize("kind", sorted(desks.EDITS))
def test_one_edit_alone_hides_no_copy(found, kind):
    assert found.by_kind[kind] == 1.0


@pytest.mark.parametrize("kind", sorted(desks.TWINS))
def test_near_twins_of_one_site_are_not_merged(found, kind):
    assert found.twins[kind] == 0


def test_nothing_else_is_merged(found):
    assert found.strangers == 0
