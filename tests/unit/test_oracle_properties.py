"""What holds of every world: order says nothing, the past is a cut of what counts, a value rests on what it names."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.facts import Fact
from contracts.progress import derive, derive_as_of, derive_settled
from contracts.rollup import rollup
from contracts.settle import settle
from contracts.tracks import forwarding, guidance, one_agreement, orientation, webinar
from tests.facts_made import Plain, union
from tests.oracle import rollup as oracle
from tests.oracle.reading import instant
from tests.worlds import TIMES, World, searched, worlds

#: What each track says of today; since when is told by facts that later ones took the place of.
VALUES = {"state", "missing", "agreement_id", "details_pending", "guidance", "webinar", "eans"}
#: Rules whose results are remembered between views.
REMEMBERING = (one_agreement.one, forwarding._derived, orientation._derived, guidance.derive, webinar.derive)
CODES = ("0101", "0147", "0151", "0153")


@searched
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_says_nothing(world: World, random: Any) -> None:
    own, rollout = union(world.own), union(world.rollout)
    before = derive(own, rollout)
    random.shuffle(own)
    random.shuffle(rollout)
    assert derive(own, rollout) == before


@searched
@given(worlds(), st.randoms(use_true_random=False))
def test_a_view_made_fact_by_fact_is_the_view_made_at_once(world: World, random: Any) -> None:
    own, rollout = union(world.own), union(world.rollout)
    random.shuffle(own)
    for many in range(len(own) + 1):
        step_by_step = derive(own[:many], rollout)
    for rule in REMEMBERING:
        rule.cache_clear()
    assert step_by_step == derive(own, rollout)


@searched
@given(worlds(), st.sampled_from(TIMES))
def test_the_view_as_of_an_instant_is_that_of_the_counting_facts_up_to_it(world: World, time: str) -> None:
    as_of = instant(time)
    own, rollout = union(world.own), union(world.rollout)
    then = [[fact for fact in settle(facts).facts if fact.time <= as_of] for facts in (own, rollout)]
    assert _meaning(derive_as_of(own, rollout, as_of=as_of)) == _meaning(derive(*then))


def _meaning(view: dict[str, Any]) -> dict[str, Any]:
    """The view without what was odd in settling, of which counting facts alone show nothing."""
    odd = [each for each in view["anomalies"] if each["code"] not in {"conflict", "retraction_cycle"}]
    return {**view, "anomalies": odd}


@searched
@given(worlds())
def test_a_track_rests_on_the_facts_that_it_names(world: World) -> None:
    own, rollout = settle(union(world.own)), settle(union(world.rollout))
    view = derive_settled(own, rollout)
    for name, track in view["tracks"].items():
        of_these = derive(_named(own.facts, track["facts"]), _named(rollout.facts, track["facts"]))
        for key in {
            "state",
            "missing",
            "agreement_id",
            "details_pending",
            "guidance",
            "webinar",
            "eans",
        } & track.keys():
            assert of_these["tracks"][name][key] == track[key]


@searched
@given(worlds())
def test_an_action_is_listed_because_of_the_facts_that_it_names(world: World) -> None:
    own, rollout = settle(union(world.own)), settle(union(world.rollout))
    for action in _actions(derive_settled(own, rollout)):
        enrolment = [fact for fact in own.facts if fact.name.startswith("Municipality")]
        of_these = derive({*enrolment, *_named(own.facts, action["because"])}, [])
        assert action["action"] in [each["action"] for each in _actions(of_these)]


def _actions(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [view["turn"]["primary"], *view["turn"]["others"]]


def _named(facts: tuple[Fact, ...], ids: list[str]) -> list[Fact]:
    return [fact for fact in facts if fact.id in ids]


@searched
@given(st.lists(worlds(most=12), min_size=1, max_size=len(CODES)))
def test_a_rollout_adds_up_as_the_oracle_counts_it(several: list[World]) -> None:
    whole = several[0].rollout
    settled = settle(union(whole))
    views = {
        code: derive_settled(settle(union(world.own)), settled) for code, world in zip(CODES, several, strict=False)
    }
    owns: dict[str, list[Plain]] = {code: world.own for code, world in zip(CODES, several, strict=False)}
    assert _figures(rollup(settled, views)) == _figures(oracle.rollup(whole, owns))


def _figures(figures: dict[str, Any]) -> dict[str, Any]:
    """The fields that the contract shows; of a batch that was dispatched twice the first proof."""
    batches: dict[str, dict[str, Any]] = {}
    for batch in figures["batches"]:
        proof = {key: batch[key] for key in ("batch_id", "missing", "extra", "late")}
        batches.setdefault(batch["batch_id"], proof)
    keys = ("applicable", "oriented", "goal_percent", "receiving", "result_percent", "stages", "not_invited")
    return {key: figures[key] for key in keys} | {"batches": batches, "ean_conflicts": figures["ean_conflicts"]}
