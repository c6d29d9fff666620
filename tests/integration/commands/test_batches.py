"""A batch of agreements on the real log: sent at once to all that are enrolled, once, whatever gets in the way."""

import asyncio

import pytest

from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from tests.in_process import tell
from tests.integration.commands.conftest import serving
from tests.integration.commands.office import (
    DOCUMENT,
    FOREIGN,
    NOT_A_USER,
    OWN,
    THIRD,
    enrol,
    is_problem,
    outcomes,
)


async def test_a_batch_reaches_all_that_are_enrolled_at_once(office):
    answer = await office.send()
    assert answer.status_code == 202
    assert outcomes(answer) == {OWN: "sent", FOREIGN: "sent"}
    assert (await office.view())["progress"]["tracks"]["agreement"]["state"] == "sent"
    rollup = (await office.desk.call("GET", "", role="eg")).json()["rollup"]
    [batch] = rollup["batches"]
    assert (batch["roster"], batch["missing"], batch["extra"], batch["late"]) == (2, [], [], [])


async def test_an_outcome_names_the_agreement_and_the_place_of_its_event(office):
    first = (await office.send()).json()["outcomes"][0]
    partition, _, offset = first["position"].rpartition("-")
    view = await office.view(first["municipality"])
    assert view["positions"][partition] >= int(offset)
    assert view["progress"]["tracks"]["agreement"]["agreement_id"] == first["agreement_id"]
    assert first["event_id"] in view["progress"]["tracks"]["agreement"]["facts"]


async def test_a_listed_municipality_that_does_not_use_oes_indsigt_is_named_and_gets_none(office):
    answer = await office.send(municipalities=[OWN, NOT_A_USER])
    assert outcomes(answer) == {OWN: "sent", NOT_A_USER: "not_enrolled"}
    assert (await office.view(NOT_A_USER))["progress"]["stage"] == "not_applicable"


async def test_the_same_batch_again_changes_nothing(office):
    first = await office.send()
    again = await office.send()
    assert (again.status_code, set(outcomes(again).values())) == (202, {"already_sent"})
    assert again.json()["position"] == first.json()["position"]
    kept = ("municipality", "agreement_id", "event_id", "position")
    before, after = ([[row[name] for name in kept] for row in each.json()["outcomes"]] for each in (first, again))
    assert before == after
    assert await office.told() == ["AgreementSent"]


async def test_a_batch_clicked_twice_is_sent_once(office):
    answers = await asyncio.gather(office.send(), office.send())
    assert sorted(outcomes(answer)[OWN] for answer in answers) == ["already_sent", "sent"]
    assert await office.told() == ["AgreementSent"]


async def test_a_batch_that_two_processes_send_is_one_batch(office, stack):
    """Two processes don't take turns, but the dispatch that the log has first decides for both."""
    async with serving("agreements", stack, office.desk.issuer, "commands_other_") as served:
        other = office._replace(desk=office.desk._replace(client=served.client), app=served.app)
        for name, offset in (await office.view())["positions"].items():
            await other.desk.until(f"{name}-{offset}")
        answers = await asyncio.gather(office.send(), other.send())
        assert {answer.status_code for answer in answers} == {202}
    view = await office.view()
    assert view["progress"]["anomalies"] == []
    assert await office.told() == ["AgreementSent"]


async def test_a_batch_that_was_cut_off_after_its_dispatch_is_completed_under_the_first_time(office):
    data = EXAMPLES[EventName.AgreementBatchDispatched].data.model_copy(
        update={"batch_id": office.batch_id, "roster": (OWN,)}
    )
    dispatched = example(EventName.AgreementBatchDispatched, id=office.batch_id, rollout=office.desk.rollout, data=data)
    [position] = await tell(office.app, dispatched)
    await office.desk.until(position)
    answer = await office.send()
    assert outcomes(answer) == {OWN: "sent", FOREIGN: "not_in_batch"}
    assert answer.json()["position"] == position
    assert (await office.view())["progress"]["tracks"]["agreement"]["since"] == dispatched.time


async def test_who_enrols_later_is_not_slipped_into_an_old_batch(sent):
    await enrol(sent.desk, sent.app, THIRD)
    assert outcomes(await sent.send())[THIRD] == "not_in_batch"
    assert await sent.told(THIRD) == []


async def test_an_open_agreement_is_followed_only_by_one_that_supersedes_it(sent):
    later = sent._replace(batch_id=f"{sent.batch_id}-again")
    refused = await later.send(municipalities=[OWN])
    assert is_problem(refused, 409)
    assert sent.agreement() in refused.json()["errors"][0]["detail"]
    answer = await later.send(municipalities=[OWN], supersedes={OWN: sent.agreement()})
    assert outcomes(answer) == {OWN: "sent"}
    assert (await sent.view())["progress"]["tracks"]["agreement"]["agreement_id"] == later.agreement()


async def test_the_same_batch_with_another_document_is_refused(sent):
    assert is_problem(await sent.send(document={**DOCUMENT, "version": 2}), 409)
    assert await sent.told() == ["AgreementSent"]


BAD_BATCHES = {
    "an extra cost": ({"extra_cost_dkk": 1}, "/extra_cost_dkk"),
    "a cost that is no number": ({"extra_cost_dkk": "0"}, "/extra_cost_dkk"),
    "an unknown field": ({"discount": 1}, "/discount"),
    "an unknown field of the document": ({"document": {**DOCUMENT, "author": "x"}}, "/document/author"),
    "a wrong digest": ({"document": {**DOCUMENT, "sha256": "abc"}}, "/document/sha256"),
    "an unknown supplier": ({"supplier": "KMD"}, "/supplier"),
    "no such municipality": ({"municipalities": [OWN, "0411"]}, "/municipalities/1"),
    "an empty list": ({"municipalities": []}, "/municipalities"),
    "a day that is none": ({"sign_by": "2026-02-30"}, "/sign_by"),
    "a day that is over": ({"sign_by": "2020-01-01"}, "/sign_by"),
    "a long batch id": ({"batch_id": "x" * 60}, "/batch_id"),
    "an unknown agreement to supersede": ({"supersedes": {OWN: "AG-9"}}, f"/supersedes/{OWN}"),
}


@pytest.mark.parametrize(("changes", "pointer"), BAD_BATCHES.values(), ids=BAD_BATCHES)
async def test_a_bad_batch_is_refused_by_field_and_nothing_is_sent(office, changes, pointer):
    refused = await office.send(**changes)
    assert is_problem(refused, 422)
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]
    assert await office.told() == []


async def test_an_extra_cost_is_refused_in_the_cards_words(office):
    assert "ikke er forbundet med en meromkostning" in (await office.send(extra_cost_dkk=500)).json()["detail"]


async def test_a_rollout_that_nothing_is_known_of_gets_no_batch(office):
    nowhere = office._replace(desk=office.desk._replace(rollout="nowhere"))
    assert is_problem(await nowhere.send(), 404)
