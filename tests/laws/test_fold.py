"""The laws of the fold: what stands is the greatest change of a set, by one order that every replica keeps."""

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from laws.histories import law
from saingan.engine.core.standing import ERASED, conflict, stands

_texts = st.none() | st.sampled_from(["", "a", "ก", "\N{GRINNING FACE}", "\\", '"', "\uffff"])
_fields = st.none() | st.tuples(_texts, st.integers(-2, 11), st.none() | st.integers(9, 10))
_standing = st.tuples(st.integers(1, 3), st.integers(0, 1), _fields) | st.just(ERASED)


def same(one, other):
    """As the store has it: a tuple comes back from there as a list."""
    return one == other


def _copied(standing):
    version, recorded_at, fields = standing
    return (version, recorded_at, None if fields is None else (*fields,))


@law
@given(_standing, _standing)
def test_either_of_two_changes_stands_whichever_came_first(one, other):
    assert same(stands(one, other), stands(other, one))
    assert stands(one, other) in (one, other)


@law
@given(_standing, _standing, _standing)
def test_three_changes_may_be_folded_in_any_grouping(one, two, three):
    assert same(stands(stands(one, two), three), stands(one, stands(two, three)))


@law
@given(_standing)
def test_a_repeated_change_alters_nothing(one):
    assert stands(one, one) is one
    assert stands(one, _copied(one)) is one
    assert not conflict(one, _copied(one))


@law
@given(st.lists(_standing, min_size=1, max_size=4))
def test_what_stands_is_a_matter_of_the_set(came):
    results = [reduce(stands, order) for order in permutations(came)]
    assert all(same(result, results[0]) for result in results)


@law
@given(st.lists(_standing, max_size=4))
def test_an_erasure_outranks_all(came):
    assert reduce(stands, [*came, ERASED]) == ERASED


@law
@given(_standing, _standing)
def test_two_changes_conflict_where_they_share_a_version_and_differ_in_what_is_kept(one, other):
    assert conflict(one, other) == (one[0] == other[0] and one[2] != other[2])
