"""Every way in which a delivery can go wrong, against a real receiver."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import Response
from fastapi.responses import StreamingResponse

from contracts.names import EventName
from services.chassis import clock
from services.notifications.webhook_settings import WebhookSettings
from tests.in_process import client_of, ready, running_service
from tests.waiting import until


async def test_a_message_that_is_tried_again_has_the_same_id_and_body(office, receiver):
    answers = iter([500, 500])
    receiver.answer = lambda: Response(status_code=next(answers, 204))
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(3)
    assert len(set(receiver.ids)) == len({body for _, body in receiver.got}) == 1
    await office.becomes(hook["id"], "active")
    assert [each["attempt"] for each in await office.deliveries(hook["id"])] == [3, 2, 1]


async def test_what_one_rollout_has_been_told_does_not_keep_another_from_being_tried_again(office, receiver):
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(1)
    await office.becomes(hook["id"], "active")
    answers = iter([500, 500])
    receiver.answer = lambda: Response(status_code=next(answers, 204))
    await office._replace(rollout=f"{office.rollout}-later").happens(EventName.MunicipalityEnrolled)
    await receiver.have(4)
    await office.becomes(hook["id"], "active")
    assert len(set(receiver.ids)) == 2


async def test_a_portal_that_never_answers_is_left_after_the_time_allowed(office, receiver):
    receiver.answer = lambda: asyncio.sleep(10, Response(status_code=204))
    hook = await office.hook(receiver.url)
    answer = await office.call("POST", f"/{hook['id']}/test")
    assert (answer.json()["taken"], answer.json()["fault"]) == (False, "timeout")


async def test_a_redirect_is_not_followed(office, receiver):
    receiver.answer = lambda: Response(status_code=307, headers={"Location": receiver.url})
    hook = await office.hook(receiver.url)
    answer = await office.call("POST", f"/{hook['id']}/test")
    assert (answer.json()["taken"], answer.json()["status"], len(receiver.got)) == (False, 307, 1)


async def test_an_endless_answer_is_not_read(office, receiver):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536
            await asyncio.sleep(0.01)

    receiver.answer = lambda: StreamingResponse(endless())
    hook = await office.hook(receiver.url)
    assert (await office.call("POST", f"/{hook['id']}/test")).json()["taken"]


async def test_a_webhook_that_fails_for_too_long_rests_until_it_is_asked_to_begin_again(office, receiver):
    receiver.answer = lambda: Response(status_code=500)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await office.becomes(hook["id"], "failing")
    long_ago = {"$set": {"failing.since": 0, "failing.next_at": 0}}
    webhooks = office.app.state.parts.database["webhooks"]
    async with asyncio.timeout(60):
        # one that is being sent at this moment is left alone
        while not (await webhooks.update_one({"_id": hook["id"], "lease.until": 0}, long_ago)).matched_count:
            await asyncio.sleep(0.01)
    await office.becomes(hook["id"], "disabled")
    receiver.answer = lambda: Response(status_code=204)
    await office.call("POST", f"/{hook['id']}/redrive")
    await office.becomes(hook["id"], "active")
    await until(lambda: len(set(receiver.ids)) == 1 and len(receiver.got) > 1)


async def test_a_portal_is_tried_for_three_days_at_ever_longer_intervals(office, receiver, stack):
    patient = WebhookSettings(local=True, every_s=0.05)
    receiver.answer = lambda: Response(status_code=500)
    async with (
        running_service("notifications", stack, office.issuer, "patient_", webhooks=patient) as app,
        client_of(app) as client,
    ):
        await ready(client)
        own = office._replace(app=app, client=client)
        hook = await own.hook(receiver.url)
        await own.happens(EventName.MunicipalityEnrolled)
        waited = [each async for each in waits(app, hook["id"])]

    minutes = [round(each / 60_000) for each in waited]
    assert minutes == sorted(minutes)
    assert (minutes[0], minutes[-1]) == (0, 360)
    assert 71 * 60 < sum(minutes) < (72 + 6) * 60
    assert len(set(receiver.ids)) == 1


async def waits(app, hook):
    """Let each wait pass as soon as it has begun, and yield how long it was (ms), until the webhook rests."""
    webhooks = app.state.parts.database["webhooks"]
    attempts = 0
    async with asyncio.timeout(240):
        while not (found := await webhooks.find_one({"_id": hook}))["disabled"]:
            failing = found["failing"]
            if found["lease"]["until"] or not failing or failing["attempts"] == attempts:
                await asyncio.sleep(0.01)
                continue
            attempts, wait = failing["attempts"], failing["next_at"] - clock.now_ms()
            passed = {"$inc": {"failing.since": -wait, "failing.next_at": -wait}}
            assert (await webhooks.update_one({"_id": hook, "lease.until": 0}, passed)).matched_count
            yield wait


async def test_a_portal_that_is_gone_is_told_no_more(office, receiver):
    receiver.answer = lambda: Response(status_code=410)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await office.becomes(hook["id"], "disabled")
    [shown] = (await office.call("GET")).json()["items"]
    assert (shown["disabled_because"], len(receiver.got)) == ("gone", 1)
