"""Production and the oracle, two readings of one contract, come to the same on random worlds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.progress import derive, derive_as_of
from tests.facts_made import FIRST_RECORDED, union
from tests.oracle.reading import instant
from tests.oracle.view import progress
from tests.worlds import TIMES, World, searched, worlds


def comparable(view: dict[str, Any]) -> dict[str, Any]:
    """What the contract shows of a production view, in the oracle's shape."""
    shown = {
        "orientation": ("state", "since", "missing"),
        "agreement": ("state", "since", "agreement_id", "details_pending"),
        "information": ("guidance", "webinar"),
        "forwarding": ("state", "since", "eans"),
        "task": ("state", "since", "premature"),
    }
    primary, others = view["turn"]["primary"], view["turn"]["others"]
    return {
        "stage": view["stage"],
        "tracks": {name: {key: view["tracks"][name][key] for key in keys} for name, keys in shown.items()},
        "turn": {
            "primary": (primary["actor"], primary["action"]),
            "others": [(each["actor"], each["action"]) for each in others],
        },
    }


def anomalies(view: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The ids that each code names, however many entries they are spread over."""
    found: dict[str, frozenset[str]] = {}
    for each in view["anomalies"]:
        found[each["code"]] = found.get(each["code"], frozenset()) | frozenset(each["facts"])
    return found


def agree(production: dict[str, Any], oracle: dict[str, Any]) -> None:
    """Assert that the two views are one, and that each anomaly rests at least on the facts that make it one."""
    assert comparable(production) == {key: oracle[key] for key in ("stage", "tracks", "turn")}
    named = anomalies(production)
    assert named.keys() == {code for code, _ in oracle["anomalies"]}
    assert all(ids <= named[code] for code, ids in oracle["anomalies"])


@searched
@given(worlds())
def test_a_world_means_what_the_oracle_reads_in_it(world: World) -> None:
    agree(derive(union(world.own), union(world.rollout)), progress(*world))


@searched
@given(worlds(), st.sampled_from(TIMES), st.integers(0, 9))
def test_a_world_meant_then_what_the_oracle_reads_in_what_was_known(world: World, as_of: str, known: int) -> None:
    known_at = FIRST_RECORDED + known
    production = derive_as_of(union(world.own), union(world.rollout), as_of=instant(as_of), known_at=known_at)
    agree(production, progress(*world, as_of=as_of, known_at=known_at))
