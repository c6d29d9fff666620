"""The roll-up of a small rollout, written down by hand, holds for the oracle and for production."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.progress import derive_settled
from contracts.rollup import rollup
from contracts.settle import settle
from tests.facts_made import EANS, Plain, fact, placed, union
from tests.oracle import rollup as oracle

Rollup = Callable[[list[Plain], dict[str, list[Plain]]], dict[str, Any]]

ENROLLED = fact("MunicipalityEnrolled", 1)
ORIENTED = (fact("StakeholderOriented", 1), fact("StakeholderOriented", 2, role="erp_dialog"))
RECEIVING = (fact("AgreementSigned", 5), fact("ForwardingConfigured", 5), fact("ForwardingVerified", 6))
DISPATCHED = fact("AgreementBatchDispatched", 3, roster=["0101", "0147", "0151"])


def by_production(rollout: list[Plain], municipalities: dict[str, list[Plain]]) -> dict[str, Any]:
    whole = settle(union(rollout))
    return rollup(whole, {code: derive_settled(settle(union(own)), whole) for code, own in municipalities.items()})


readers = pytest.mark.parametrize("read", [oracle.rollup, by_production], ids=["oracle", "production"])


def _sent(time: str) -> Plain:
    return fact("AgreementSent", time=time, batch_id="B1")


def _rollout(**own: tuple[Plain, ...]) -> dict[str, list[Plain]]:
    return {code.removeprefix("m"): placed(facts) for code, facts in own.items()}


@readers
def test_goal_and_result_are_two_figures_over_applicable_municipalities(read: Rollup) -> None:
    figures = read(
        [],
        _rollout(
            m0101=(ENROLLED, *ORIENTED, *RECEIVING),
            m0147=(ENROLLED, *ORIENTED),
            m0151=(ENROLLED,),
            m0153=ORIENTED,
        ),
    )
    assert (figures["applicable"], figures["oriented"], figures["receiving"]) == (3, 2, 1)
    assert (figures["goal_percent"], figures["result_percent"]) == (66.7, 33.3)
    assert figures["stages"] == {"receiving": 1, "awaiting_eg": 1, "to_orient": 1}


@readers
def test_percent_is_null_when_nobody_is_applicable(read: Rollup) -> None:
    figures = read([], _rollout(m0101=ORIENTED))
    assert (figures["goal_percent"], figures["result_percent"]) == (None, None)


@readers
def test_at_once_tells_who_is_missing_who_is_extra_and_who_was_late(read: Rollup) -> None:
    figures = read(
        placed([DISPATCHED]),
        _rollout(
            m0101=(ENROLLED, _sent("2026-02-04T09:00:00Z")),
            m0147=(ENROLLED, _sent("2026-02-04T09:00:00.000001Z")),
            m0153=(ENROLLED, _sent("2026-02-03T09:00:00Z")),
            m0155=(ENROLLED, fact("AgreementSent", 3, batch_id="B2")),
        ),
    )
    proof = {key: figures["batches"][0][key] for key in ("batch_id", "missing", "extra", "late")}
    assert proof == {"batch_id": "B1", "missing": ["0151"], "extra": ["0153"], "late": ["0147"]}


@readers
def test_one_webinar_for_all_tells_which_applicable_municipality_has_no_invitation(read: Rollup) -> None:
    invited = fact("WebinarInvited", 4)
    figures = read([], _rollout(m0101=(ENROLLED, invited), m0147=(ENROLLED,), m0151=()))
    assert figures["not_invited"] == ["0147"]


@readers
def test_the_radar_tells_an_ean_that_is_active_at_two_municipalities(read: Rollup) -> None:
    configured = fact("ForwardingConfigured", 5)
    figures = read([], _rollout(m0101=(ENROLLED, configured), m0147=(configured,), m0151=()))
    assert figures["ean_conflicts"] == [{"ean": EANS[0], "municipalities": ["0101", "0147"]}]


@readers
def test_an_ean_that_one_of_two_has_retired_is_no_conflict(read: Rollup) -> None:
    retired = [{"ean": EANS[0], "valid_from": "2026-02-01", "valid_to": "2026-03-01"}]
    figures = read(
        [],
        _rollout(
            m0101=(ENROLLED, fact("ForwardingConfigured", 5)),
            m0147=(ENROLLED, fact("ForwardingConfigured", 5, rules=retired)),
        ),
    )
    assert figures["ean_conflicts"] == []
