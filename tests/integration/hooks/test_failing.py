"""Every way in which a delivery can go wrong, against a real receiver."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import Response
from fastapi.responses import StreamingResponse

from contracts.names import EventName
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


async def test_a_portal_that_is_gone_is_told_no_more(office, receiver):
    receiver.answer = lambda: Response(status_code=410)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await office.becomes(hook["id"], "disabled")
    [shown] = (await office.call("GET")).json()["items"]
    assert (shown["disabled_because"], len(receiver.got)) == ("gone", 1)
