"""Batches: given what is known of every municipality, when a batch is sent, then a roster and an outcome for each."""

import pytest
from pydantic import ValidationError

from contracts.events import AgreementBatchDispatched
from contracts.examples import EXAMPLES, example
from contracts.examples.world import AGREEMENT, BATCH, DOCUMENT_SHA256
from contracts.facts import Fact
from contracts.names import EventName
from contracts.reader import NO_EXTRA_COST
from contracts.settle import Settled
from services.agreements.batches import Held, SendOutcome, dispatch, dispatched, event_id, lines
from services.agreements.commands import DispatchBatch
from services.chassis.doors.decision import Refused, Why
from tests.situations import given

ROLLOUT = "efaktura-8b"
NOW = "2026-02-02T08:00:00.000000Z"
ENROLLED = EXAMPLES[EventName.MunicipalityEnrolled]
WITHDRAWN = EXAMPLES[EventName.MunicipalityWithdrawn]
SENT = EXAMPLES[EventName.AgreementSent]
SIGNED = EXAMPLES[EventName.AgreementSigned]
DECLINED = EXAMPLES[EventName.AgreementDeclined]
DISPATCHED = EXAMPLES[EventName.AgreementBatchDispatched]
DOCUMENT = {"title": "Serviceaftale: eFaktura til KP", "version": 1, "sha256": DOCUMENT_SHA256}
BODY = {"batch_id": "B2", "document": DOCUMENT, "supplier": "EG", "sign_by": "2026-03-31", "extra_cost_dkk": 0}


def batch(**changes) -> DispatchBatch:
    return DispatchBatch.model_validate(BODY | changes)


def held(*facts, full=False) -> Held:
    return Held(given(*facts).own, frozenset(), full)


def nothing_sent(*facts):
    return given(*facts).whole


def sent(command, world, *whole):
    return dispatch(command, world, nothing_sent(*whole), NOW)


def outcomes(command, world, roster=()):
    return {each.municipality: each.outcome for each in lines(command, world, ROLLOUT, roster)}


def refused(decision, why: Why, *pointers: str) -> str:
    assert isinstance(decision, Refused)
    assert decision.why is why
    assert tuple(each.pointer for each in decision.errors) == pointers
    return decision.detail


def test_a_batch_goes_to_all_that_are_enrolled():
    world = {"0630": held(ENROLLED), "0101": held(ENROLLED), "0147": held(ENROLLED, WITHDRAWN), "0151": held()}
    assert sent(batch(), world) == AgreementBatchDispatched(
        batch_id="B2", roster=("0101", "0630"), roster_as_of="2026-02-02"
    )


def test_the_roster_is_of_the_danish_day():
    late = "2026-02-02T23:30:00.000000Z"
    assert dispatch(batch(), {"0630": held(ENROLLED)}, nothing_sent(), late).roster_as_of == "2026-02-03"


def test_a_batch_goes_to_those_listed_that_are_enrolled():
    world = {"0630": held(ENROLLED), "0101": held(ENROLLED), "0151": held()}
    command = batch(municipalities=["0630", "0151", "0147"])
    assert sent(command, world).roster == ("0630",)
    assert outcomes(command, world, ["0630"]) == {
        "0630": SendOutcome.SENT,
        "0151": SendOutcome.NOT_ENROLLED,
        "0147": SendOutcome.NOT_ENROLLED,
    }


def test_everybody_on_the_roster_is_sent_the_same_document():
    command = batch(supersedes={"0630": AGREEMENT})
    [line] = lines(command, {"0630": held(ENROLLED)}, ROLLOUT, ["0630"])
    assert line.sent.model_dump(mode="json") == {
        "agreement_id": "B2-0630",
        "batch_id": "B2",
        "document": DOCUMENT,
        "supplier": "EG",
        "signer_role": "aftaleadministrator",
        "sign_by": "2026-03-31",
        "extra_cost_dkk": 0,
        "supersedes": AGREEMENT,
    }


@pytest.mark.parametrize("cost", [1, -1, 0.01, float("nan"), float("inf")])
def test_an_extra_cost_is_refused_in_the_cards_words(cost):
    decision = sent(batch(extra_cost_dkk=cost), {"0630": held(ENROLLED)})
    assert NO_EXTRA_COST in refused(decision, Why.INVALID, "/extra_cost_dkk")


@pytest.mark.parametrize("cost", ["0", True, None])
def test_a_cost_is_a_number(cost):
    with pytest.raises(ValidationError, match="extra_cost_dkk"):
        batch(extra_cost_dkk=cost)


def test_a_day_that_is_over_is_nobodys_deadline():
    refused(sent(batch(sign_by="2026-02-01"), {"0630": held(ENROLLED)}), Why.INVALID, "/sign_by")


@pytest.mark.parametrize("sign_by", ["2026-02-02", None])
def test_today_and_no_day_at_all_are_deadlines(sign_by):
    assert isinstance(sent(batch(sign_by=sign_by), {"0630": held(ENROLLED)}), AgreementBatchDispatched)


def test_a_batch_that_reaches_nobody_says_why_of_each():
    decision = sent(batch(municipalities=["0151", "0147"]), {"0151": held()})
    refused(decision, Why.CONFLICT, "/municipalities", "/municipalities")
    assert [each.detail[:5] for each in decision.errors] == ["0151:", "0147:"]


def test_a_rollout_where_nobody_is_enrolled_gets_no_batch():
    refused(sent(batch(), {"0151": held()}), Why.CONFLICT)


def test_a_batch_told_again_is_the_fact_that_says_so_already():
    command = batch(batch_id=BATCH)
    assert sent(command, {"0630": held(ENROLLED, SENT)}, DISPATCHED).id == DISPATCHED.id


def test_a_batch_told_again_after_its_day_is_still_the_same():
    late = "2026-12-24T12:00:00.000000Z"
    world = {"0630": held(ENROLLED, SENT)}
    assert isinstance(dispatch(batch(batch_id=BATCH), world, nothing_sent(DISPATCHED), late), Fact)


def test_another_batch_says_nothing_of_this_one():
    assert isinstance(sent(batch(), {"0630": held(ENROLLED)}, DISPATCHED), AgreementBatchDispatched)


def test_of_two_dispatches_the_one_recorded_first_counts_whatever_its_time():
    later_in_time = example(EventName.AgreementBatchDispatched, id="8b-first", time="2026-02-02T09:00:00Z")
    recorded_after = example(EventName.AgreementBatchDispatched, id="8b-second", time="2026-02-02T08:00:00Z")
    first, second = sorted(given(later_in_time, recorded_after).whole.facts, key=lambda fact: fact.id)
    whole = Settled((second._replace(recorded=first.recorded + 1), first))
    assert dispatched(whole, BATCH).id == "8b-first"


def test_what_was_sent_already_is_not_sent_again():
    world = {"0630": held(ENROLLED, SENT)}
    [line] = lines(batch(batch_id=BATCH), world, ROLLOUT, ["0630"])
    assert (line.outcome, line.fact.id, line.sent) == (SendOutcome.ALREADY_SENT, SENT.id, None)


def test_what_an_interrupted_batch_left_out_is_sent_when_it_is_told_again():
    world = {"0630": held(ENROLLED, SENT), "0101": held(ENROLLED)}
    assert outcomes(batch(batch_id=BATCH), world, ["0101", "0630"]) == {
        "0101": SendOutcome.SENT,
        "0630": SendOutcome.ALREADY_SENT,
    }


def test_who_enrolled_after_the_dispatch_is_in_no_batch_of_before():
    world = {"0630": held(ENROLLED, SENT), "0101": held(ENROLLED)}
    assert outcomes(batch(batch_id=BATCH), world, ["0630"])["0101"] is SendOutcome.NOT_IN_BATCH


def test_an_agreement_of_the_batch_without_a_dispatch_is_no_reason_for_another():
    world = {"0630": held(ENROLLED, SENT), "0101": held(ENROLLED)}
    assert sent(batch(batch_id=BATCH), world).roster == ("0101",)


@pytest.mark.parametrize(
    "change",
    [{"supplier": "EJERKREDSEN"}, {"sign_by": None}, {"document": {**DOCUMENT, "version": 2}}],
    ids=["supplier", "day", "document"],
)
def test_another_content_needs_a_batch_of_its_own(change):
    decision = sent(batch(batch_id=BATCH, **change), {"0630": held(ENROLLED, SENT)}, DISPATCHED)
    assert "sent at 2026-02-02T08:05:00Z" in refused(decision, Why.CONFLICT)


@pytest.mark.parametrize("facts", [(SENT,), (SENT, SIGNED)], ids=["sent", "signed"])
def test_an_agreement_that_is_open_or_signed_is_not_doubled(facts):
    world = {"0630": held(ENROLLED, *facts), "0101": held(ENROLLED)}
    assert sent(batch(), world).roster == ("0101",)
    [line] = lines(batch(municipalities=["0630"]), world, ROLLOUT, ["0101"])
    assert line.outcome is SendOutcome.HAS_AGREEMENT
    assert AGREEMENT in line.detail


def test_an_agreement_that_is_superseded_is_followed_by_the_new_one():
    world = {"0630": held(ENROLLED, SENT, SIGNED)}
    assert sent(batch(supersedes={"0630": AGREEMENT}), world).roster == ("0630",)


def test_after_a_decline_a_new_agreement_can_be_sent():
    assert sent(batch(), {"0630": held(ENROLLED, SENT, DECLINED)}).roster == ("0630",)


@pytest.mark.parametrize(
    ("supersedes", "listed"),
    [({"0630": "AG-9"}, None), ({"0101": AGREEMENT}, None), ({"0630": AGREEMENT}, ["0101"])],
    ids=["unknown_agreement", "anothers_agreement", "not_listed"],
)
def test_only_an_agreement_of_the_municipality_itself_is_superseded(supersedes, listed):
    world = {"0630": held(ENROLLED, SENT)}
    decision = sent(batch(supersedes=supersedes, municipalities=listed), world)
    refused(decision, Why.INVALID, f"/supersedes/{next(iter(supersedes))}")


def test_a_municipality_that_can_hold_no_more_is_left_out():
    world = {"0630": held(ENROLLED, full=True), "0101": held(ENROLLED)}
    assert sent(batch(), world).roster == ("0101",)
    assert outcomes(batch(), world, ["0101", "0630"])["0630"] is SendOutcome.FULL


def test_an_agreement_of_the_batch_that_was_retracted_is_not_sent_again():
    told = frozenset({event_id(ROLLOUT, "B2", "0630")})
    assert outcomes(batch(), {"0630": held(ENROLLED)._replace(ids=told)}, ["0630"]) == {"0630": SendOutcome.TAKEN_BACK}


def test_the_ids_of_agreements_differ_by_rollout_batch_and_municipality():
    ids = {event_id(*each) for each in [("r", "B", "0630"), ("r", "B", "0101"), ("r", "C", "0630"), ("s", "B", "0630")]}
    assert len(ids) == 4
    assert all(len(each) <= 64 for each in ids)


@pytest.mark.parametrize("batch_id", ["", "x" * 60, "a/b", "é", "B\n"])
def test_a_batch_id_leaves_room_for_the_municipality(batch_id):
    with pytest.raises(ValidationError, match="batch_id"):
        batch(batch_id=batch_id)


def test_the_longest_batch_id_makes_an_agreement_id():
    longest = "x" * 59
    [line] = lines(batch(batch_id=longest), {"0630": held(ENROLLED)}, ROLLOUT, ["0630"])
    assert line.sent.agreement_id == f"{longest}-0630"
