"""Production and the oracle, two readings of one contract, come to the same on random worlds."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.progress import derive, derive_as_of
from tests.facts_made import FIRST_RECORDED, union
from tests.oracle.compared import unlike
from tests.oracle.reading import instant
from tests.oracle.view import progress
from tests.worlds import TIMES, World, searched, worlds


@searched
@given(worlds())
def test_a_world_means_what_the_oracle_reads_in_it(world: World) -> None:
    assert list(unlike(derive(union(world.own), union(world.rollout)), progress(*world))) == []


@searched
@given(worlds(), st.sampled_from(TIMES), st.integers(0, 9))
def test_a_world_meant_then_what_the_oracle_reads_in_what_was_known(world: World, as_of: str, known: int) -> None:
    known_at = FIRST_RECORDED + known
    production = derive_as_of(union(world.own), union(world.rollout), as_of=instant(as_of), known_at=known_at)
    assert list(unlike(production, progress(*world, as_of=as_of, known_at=known_at))) == []


def test_what_a_view_says_otherwise_than_the_oracle_is_named() -> None:
    right = progress(())
    shown = derive(union(()), union(()))
    bent = shown | {"stage": "effect", "anomalies": [{"code": "premature_completion", "facts": ["a"]}]}

    assert list(unlike(shown, right)) == []
    assert [each.partition(" ")[0] for each in unlike(bent, right)] == ["stage", "the"]
    assert "premature_completion is only production's" in list(unlike(bent, right))[1]
