"""What is not signed by its day expires on the real log: once, whoever notices."""

import asyncio
from typing import Any

from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from services.agreements import expiry
from services.agreements.expiry import expire, today
from services.chassis.errors import LogUnavailableError
from tests.integration.commands.conftest import serving
from tests.integration.commands.office import (
    SIGN,
    Office,
    put,
)


async def test_what_was_not_signed_by_its_day_expires_once(office):
    await put(office.desk, office.app, sent_long_ago(office))
    parts = office.app.state.parts
    while (await office.view())["progress"]["tracks"]["agreement"]["state"] != "expired":
        await asyncio.gather(expire(parts, today()), expire(parts, today()))
    await expire(parts, today())
    track = (await office.view())["progress"]["tracks"]["agreement"]
    assert track["since"] == "2026-03-31T22:00:00Z"
    assert (await office.told()).count("AgreementExpired") == 1


async def test_two_replicas_and_a_restart_tell_one_expiry(office, stack):
    """A replica with documents of its own knows nothing of the other's work but what the log says."""
    await put(office.desk, office.app, sent_long_ago(office))
    [sent] = [f"{name}-{offset}" for name, offset in (await office.view())["positions"].items()]
    parts, issuer = office.app.state.parts, office.desk.issuer
    async with serving("agreements", stack, issuer, "commands_other_") as other:
        await office.desk._replace(client=other.client).until(sent)
        first, second = await asyncio.gather(expire(parts, today()), expire(other.app.state.parts, today()))
    async with serving("agreements", stack, issuer, "commands_other_") as restarted:
        for position in (*first, *second):
            await office.desk.until(position)
            await office.desk._replace(client=restarted.client).until(position)
        assert await expire(restarted.app.state.parts, today()) == []
    assert (await office.view())["progress"]["tracks"]["agreement"]["state"] == "expired"
    assert (await office.told()).count("AgreementExpired") == 1


async def test_the_clock_of_a_running_service_finds_what_is_over(office, monkeypatch):
    monkeypatch.setattr(expiry, "EVERY_S", 0.05)
    await put(office.desk, office.app, sent_long_ago(office))
    clock = asyncio.create_task(expiry.watch(office.app.state.parts))
    while (await office.view())["progress"]["tracks"]["agreement"]["state"] != "expired":
        await asyncio.sleep(0.05)
    clock.cancel()
    assert (await office.told()).count("AgreementExpired") == 1


async def test_a_clock_that_cannot_tell_tries_again(office, monkeypatch):
    tries = []

    async def away(parts, day):
        tries.append(day)
        raise LogUnavailableError("Kafka is away.")

    monkeypatch.setattr(expiry, "EVERY_S", 0.01)
    monkeypatch.setattr(expiry, "expire", away)
    clock = asyncio.create_task(expiry.watch(office.app.state.parts))
    while len(tries) < 2:
        await asyncio.sleep(0.05)
    assert not clock.done()
    clock.cancel()


async def test_what_is_over_is_not_signed_even_before_it_expires(office):
    await put(office.desk, office.app, sent_long_ago(office))
    assert "expired at 2026-03-31T22:00:00Z" in (await office.answer("signature", SIGN)).json()["detail"]


def sent_long_ago(office: Office) -> Any:
    data = EXAMPLES[EventName.AgreementSent].data.model_copy(update={"agreement_id": office.agreement()})
    return example(EventName.AgreementSent, id=office.agreement(), rollout=office.desk.rollout, data=data)
