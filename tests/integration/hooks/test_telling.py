"""What a portal is told: the newest view, signed, once for each change, whatever is killed, replayed or rebuilt."""

import json
from dataclasses import replace

import httpx
from fastapi import Response
from standardwebhooks import Webhook as Verifier

from contracts.names import EventName
from deploy.local.children import Child
from deploy.local.services import service
from deploy.local.stack import Stack
from services.chassis import clock
from services.chassis.projection.target import Target
from services.chassis.replay.rebuild import rebuild
from services.chassis.replay.shares import Asked
from services.chassis.settings import KafkaSettings, MongoSettings
from services.notifications.app import SERVICE
from tests.faults.operating import in_silence, signed
from tests.in_process import client_of, ready, running_service
from tests.integration.hooks.office import OWN, SOON, Office, Receiver, stage
from tests.tokens import free_port
from tests.waiting import until


async def test_a_portal_is_told_the_newest_view_signed_by_its_key(office, receiver):
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    verifier = Verifier(hook["secret"])
    # What other tests' rollouts have told of the municipality on the same log may still come in between.
    own = ("municipality.view.changed", office.rollout, OWN)
    await until(lambda: own in [told_of(verifier.verify(body, headers)) for headers, body in receiver.got])


def told_of(said):
    return said["type"], said["data"]["rollout"], said["data"]["municipality"]


async def test_the_same_fact_told_again_is_no_news(office, receiver):
    await office.happens(EventName.MunicipalityEnrolled)
    await office.hook(receiver.url)
    await receiver.have(1)
    await office.happens(*[EventName.MunicipalityEnrolled] * 20, EventName.AgreementSent)
    await until(lambda: stage(receiver.got[-1]) == "to_sign")
    assert len(receiver.got) == 2


async def test_what_came_while_a_portal_was_down_is_one_message_with_the_newest_view(office, receiver):
    receiver.answer = lambda: Response(status_code=503)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(1)
    await office.happens(EventName.AgreementSent)
    receiver.answer = lambda: Response(status_code=204)
    await until(lambda: stage(receiver.got[-1]) == "to_sign")
    await office.becomes(hook["id"], "active")
    assert (await office.deliveries(hook["id"]))[0]["taken"]


async def test_after_a_rotation_both_keys_verify_a_message_and_neither_is_shown_again(office, receiver):
    hook = await office.hook(receiver.url)
    rotated = (await office.call("POST", f"/{hook['id']}/rotation")).json()
    await office.call("POST", f"/{hook['id']}/test")
    headers, body = receiver.got[0]
    for key in (hook["secret"], rotated["secret"]):
        assert Verifier(key).verify(body, headers)["type"] == "webhook.test"
    assert hook["secret"] != rotated["secret"]
    assert "whsec_" not in (await office.call("GET")).text


async def test_a_redrive_sends_the_present_view_once_more(office, receiver):
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(1)
    await office.call("POST", f"/{hook['id']}/redrive")
    await receiver.have(2)
    assert stage(receiver.got[0]) == stage(receiver.got[1])
    assert len(set(receiver.ids)) == 2


async def test_two_replicas_send_one_message_for_one_change(office, receiver, stack):
    await office.hook(receiver.url)
    async with running_service("notifications", stack, office.issuer, "hooks_", webhooks=SOON) as second:
        async with client_of(second) as client:
            await ready(client)
        for name in (EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.AgreementSigned):
            seen = len(receiver.got)
            await office.happens(name)
            await receiver.have(seen + 1)
        await until(lambda: stage(receiver.got[-1]) == "to_configure")
    assert len(receiver.got) == 3


async def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_id(office, receiver, stack, prefix):
    own = {
        **office.issuer.environment,
        "KLARMELD_MONGO__DATABASE": f"{prefix}killed",
        "KLARMELD_GROUP": f"{prefix}killed",
        **{f"KLARMELD_WEBHOOKS__{name.upper()}": str(value) for name, value in SOON.model_dump().items()},
    }
    recipe = service("notifications", stack, port=free_port(), settings=own).recipe
    dies = (*recipe.argv[:3], "tests.faults.disturbed_service", "notifications", "crash", "webhook_sent", "1")
    first, second = Child(replace(recipe, argv=dies)), Child(recipe)
    await first.start()
    bearer = office.issuer.bearer("kommune-behandl", OWN)
    path = f"http://127.0.0.1:{next(iter(recipe.ports.values()))}/v1/municipalities/{OWN}/webhooks"
    async with httpx.AsyncClient() as client:
        await client.post(path, json={"url": receiver.url}, headers=bearer)
    await office.happens(EventName.MunicipalityEnrolled)
    await first.ended()
    await receiver.have(1)
    await second.start()
    try:
        await until(lambda: receiver.ids.count(receiver.ids[0]) == 2)
    finally:
        await second.stop()
    assert len({body for headers, body in receiver.got if headers["webhook-id"] == receiver.ids[0]}) == 1


async def test_a_projection_that_is_made_anew_tells_nothing_again(office, receiver, stack):
    await office.happens(EventName.MunicipalityEnrolled, EventName.AgreementSent)
    await office.hook(receiver.url)
    await until(lambda: told(receiver, office) == ["to_sign"])

    await rebuild(target_of(stack), Asked(clock.now_ms()), signed(), tell=in_silence)
    await office.happens(EventName.AgreementSigned)
    await until(lambda: told(receiver, office)[-1] != "to_sign")

    assert told(receiver, office) == ["to_sign", "to_configure"]


def told(receiver: Receiver, office: Office) -> list[str]:
    """Return the stages that were told of this test's rollout; a rebuild brings those of other tests back."""
    return [stage(each) for each in receiver.got if json.loads(each[1])["data"]["rollout"] == office.rollout]


def target_of(stack: Stack) -> Target:
    return Target(
        name="notifications",
        group="hooks_notifications",
        derive=SERVICE.derive,
        topics=[str(each) for each in SERVICE.reads],
        kafka=KafkaSettings(bootstrap=stack.bootstrap),
        mongo=MongoSettings(uri=stack.mongo_uri),
        database="hooks_notifications",
    )
