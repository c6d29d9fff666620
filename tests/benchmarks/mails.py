"""Mails beside the projection: how many leave in a minute, and what readers notice of it."""

import asyncio
import time
from dataclasses import replace
from typing import Any, NamedTuple

from pymongo import AsyncMongoClient

from contracts import codec
from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.records import Message
from deploy.local.stack import Stack
from services.chassis.outward.contacts import Contacts, Recipient
from services.chassis.projection.store import connect
from services.chassis.service import wire
from services.chassis.settings import KafkaSettings, MongoSettings
from services.notifications.app import SERVICE
from services.notifications.composing import compose
from services.notifications.mailing import mailing
from services.notifications.settings import Settings, SmtpSettings
from tests.benchmarks import workload
from tests.benchmarks.mail_counter import Counted, mail_counter
from tests.benchmarks.running import fill, running
from tests.benchmarks.visible import time_to_visible
from tests.mail_server import smtp_environment
from tests.tokens import Issuer

ROLLOUT = "bench-mails"
WARM_S = 8
ROLES = ("aftaleadministrator", "systemansvarlig_bogfoering", "kp_systemansvarlig")
#: What each of them hears of: the plan, a guidance, a webinar and its recording.
WHOLE = (EventName.GuidancePublished, EventName.WebinarScheduled, EventName.WebinarRecordingPublished)
SOON = {"starts_at": "2099-03-01T09:00:00+01:00", "ends_at": "2099-03-01T10:00:00+01:00"}


class MailFigures(NamedTuple):
    """Milliseconds to visible, sorted, without and with mails beside; how many left in how many seconds; comparing."""

    quiet: list[float]
    beside: list[float]
    mails: int
    seconds: float
    twice: int
    compared_s: float
    compared: int


async def mails(stack: Stack, issuer: Issuer, *, seconds: int, per_second: int = 50) -> MailFigures:
    """Measure a service while nobody is named who hears, and the same once all are and it sends what they are owed."""

    async def visible(for_s: int) -> list[float]:
        return await time_to_visible(
            stack, service, issuer, per_second=per_second, seconds=for_s, rollouts=["bench-visible"]
        )

    async with (
        mail_counter() as server,
        running("notifications", stack, issuer, label="bench_mails", own=smtp_environment(server.port)) as service,
    ):
        await visible(WARM_S)
        quiet = await visible(seconds)
        await _name_all(stack)
        expected = await _owe(stack)
        await _until(server, 1)
        began = time.perf_counter()
        beside = await visible(seconds)
        await _until(server, expected)
        took, left = server.newest_at - began, server.per_key.total()
    compared, compared_s = await _comparing(stack, server)
    twice = sum(1 for count in server.per_key.values() if count > 1)
    return MailFigures(quiet, beside, left, took, twice, compared_s, compared)


async def _until(server: Counted, mails: int) -> None:
    while server.per_key.total() < mails:
        await asyncio.sleep(0.05)


async def _name_all(stack: Stack) -> None:
    async with AsyncMongoClient[dict[str, Any]](stack.mongo_uri) as client:
        contacts = Contacts(client["bench_mails"])
        for code in workload.CODES:
            for role in ROLES:
                await contacts.put(code, role, Recipient(f"{role}.{code}@kommune.example"))


async def _owe(stack: Stack) -> int:
    """Enrol all and tell of what they are to hear; returns how many mails that is."""
    told = [_message(EventName.MunicipalityEnrolled, code) for code in workload.CODES]
    told += [_message(each, None) for each in WHOLE]
    await fill(stack, told)
    return len(workload.CODES) * len(ROLES) * (len(WHOLE) + 1)


def _message(name: EventName, code: str | None) -> Message:
    event = EXAMPLES[name]
    held = SOON if name is EventName.WebinarScheduled else {}
    data = event.data.model_copy(update=held)
    return codec.encode(replace(event, rollout=ROLLOUT, municipality=code, id=f"{name}-{code}", data=data))


async def _comparing(stack: Stack, server: Counted) -> tuple[int, float]:
    """Return how many municipalities' notices were compared with the ledger, and in how many seconds."""
    settings = Settings(
        kafka=KafkaSettings(bootstrap=stack.bootstrap),
        mongo=MongoSettings(uri=stack.mongo_uri, database="bench_mails"),
        smtp=SmtpSettings(host="127.0.0.1", port=server.port, security="none", from_address="klarmeld@eg.example"),
        group="bench_mails",
    )
    client = connect(settings.mongo.uri, timeout_s=settings.mongo.timeout_s)
    parts = wire(SERVICE, settings, client, lambda _: None)
    reconciler = mailing(parts, settings=settings, compose=compose, moment=lambda _: None)
    try:
        await parts.store.prepare()
        await reconciler.outlines.look()
        began = time.perf_counter()
        await reconciler.compared()
        return len(workload.CODES) * len(ROLES), time.perf_counter() - began
    finally:
        client.close()
