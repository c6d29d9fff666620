"""A service killed between the facts of a redrive and their marks: the next redrive finishes it."""

import httpx
import pytest

from contracts import codec
from contracts.access import UserRole
from contracts.examples import example
from contracts.names import EventName
from contracts.records import KafkaRecord
from contracts.refusals import Reason, Refusal
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked, ParkedRecord
from tests.faults.trial import READY_WITHIN_S, becomes, port_of
from tests.tokens import running_issuer

PATH = "/v1/admin/parked/redrive"


async def parked(trial) -> None:
    message = codec.encode(example(EventName.AgreementViewed, rollout=trial.rollout))
    place = (message.topic, 0, 1_000_000_000, 1_790_000_000_000)
    record = KafkaRecord(*place, message.key, message.value, message.headers)
    async with connect(trial.stack.mongo_uri, timeout_s=20) as client:
        refusal = Refusal(Reason.SCHEMA, "An older version did not take it.")
        await Parked(client[trial.database]).keep([ParkedRecord(record, refusal)])


async def redriven(child, issuer) -> dict:
    url, headers = f"http://127.0.0.1:{port_of(child)}{PATH}", issuer.bearer(UserRole.OPERATIONS)
    async with httpx.AsyncClient(timeout=30, headers=headers) as client:
        plan = (await client.post(url, json={"reason": "schema"})).json()
        signed = {"fingerprint": plan["fingerprint"], "who": "Ida", "why": "Rettet"}
        return (await client.post(url, json={"reason": "schema", **signed})).json()


async def test_a_redrive_that_was_killed_before_its_marks_is_finished_by_the_next(trial, tmp_path):
    async with running_issuer(tmp_path) as issuer:
        access = {"access__issuer": issuer.url, "access__jwks_uri": f"{issuer.url}/jwks"}
        killed = trial.replica(disturbed=("crash", "after_attempt", "1"), **access)
        await killed.start()
        await becomes(killed, 200, within_s=READY_WITHIN_S)
        await parked(trial)
        with pytest.raises(httpx.TransportError):
            await redriven(killed, issuer)
        after = await trial.started(**access)
        await becomes(after, 200, within_s=READY_WITHIN_S)
        first, second = await redriven(after, issuer), await redriven(after, issuer)
    assert (first["selected"], first["known"]) == (1, 1)
    assert second["selected"] == 0
