"""Mails beside the projection: how many leave in a minute, and what readers notice of it."""

import asyncio
import time
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from contracts import codec
from contracts.codec import NewEvent
from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.records import Message
from deploy.local.stack import Stack
from services.chassis.outward.contacts import Contacts, Recipient
from services.chassis.projection.mongo_client import connect
from services.chassis.service import wire
from services.chassis.settings import KafkaSettings, MongoSettings
from services.notifications.app import SERVICE
from services.notifications.composing import compose
from services.notifications.mailing import mailing
from services.notifications.settings import Settings, SmtpSettings
from tests.benchmarks import workload
from tests.benchmarks.mail_counter import Counted, mail_counter
from tests.benchmarks.running import Running, fill, running
from tests.benchmarks.visible import percentile, time_to_visible
from tests.mail_server import smtp_environment
from tests.tokens import Issuer

ROLLOUT = "bench-mails"
WARM_S = 8
#: Windows without and with mails take turns: what else this machine does meanwhile befalls both.
LAPS = 4
#: Guidances of one window: enough mails to last until it ends.
TOLD = 2
#: Every so many events one is asked for, so that whoever measures takes little of the machine.
ASK_EVERY = 3
ROLES = ("aftaleadministrator", "systemansvarlig_bogfoering", "kp_systemansvarlig")


class MailFigures(NamedTuple):
    """Milliseconds to visible, sorted, without and with mails; how many left in the seconds with; comparing.

    `laps` are the medians of both, window by window. What one mail costs is counted while there are no readers, less
    what the service takes at rest: its processor time (ms), and questions to MongoDB.
    """

    quiet: list[float]
    beside: list[float]
    laps: list[tuple[float, float]]
    mails: int
    seconds: float
    twice: int
    compared_s: float
    compared: int
    cpu_ms: float
    asked: float


class _Spent(NamedTuple):
    """What the service has spent so far: seconds of any clock, of the processor, and questions to MongoDB."""

    seconds: float
    cpu_s: float
    asked: float

    def since(self, other: "_Spent") -> "_Spent":
        return _Spent(*(now - then for now, then in zip(self, other, strict=True)))


async def mails(stack: Stack, issuer: Issuer, *, seconds: int, per_second: int = 50) -> MailFigures:
    """Measure a service by turns while it has nothing to send, and while it sends guidances to all who hear of them."""

    async def visible(for_s: float) -> list[float]:
        return await time_to_visible(
            stack,
            service,
            issuer,
            per_second=per_second,
            seconds=int(for_s),
            rollouts=["bench-visible"],
            ask_every=ASK_EVERY,
        )

    every, quiet, beside, left, took = len(workload.CODES) * len(ROLES), [], [], 0, 0.0
    async with (
        connect(stack.mongo_uri, timeout_s=20) as client,
        mail_counter() as server,
        running("notifications", stack, issuer, label="bench_mails", own=smtp_environment(server.port)) as service,
    ):
        await _name_all(stack)
        await fill(stack, [_message(EventName.MunicipalityEnrolled, code) for code in workload.CODES])
        await _until(server, every)
        await visible(WARM_S)
        for lap in range(1, LAPS + 1):
            quiet.append(await visible(seconds / 2))
            told = server.per_key.total()
            await fill(stack, [_guidance(f"{lap}-{each}") for each in range(TOLD)])
            await _until(server, told + 1)
            before, began = server.per_key.total(), time.perf_counter()
            beside.append(await visible(seconds / 2))
            left, took = left + server.per_key.total() - before, took + time.perf_counter() - began
            await _until(server, told + TOLD * every)
        cost = await _of_a_mail(stack, service, client, server)
    compared, compared_s = await _comparing(stack, server)
    twice = sum(1 for count in server.per_key.values() if count > 1)
    middles = [(percentile(before, 0.5), percentile(after, 0.5)) for before, after in zip(quiet, beside, strict=True)]
    whole = (sorted(chain.from_iterable(each)) for each in (quiet, beside))
    return MailFigures(*whole, middles, left, took, twice, compared_s, compared, *cost)


async def _of_a_mail(stack: Stack, service: Running, client: Any, server: Counted) -> tuple[float, float]:
    """Return milliseconds of the processor, and questions, that a mail takes beside what the service takes at rest."""
    await asyncio.sleep(WARM_S)
    begun = await _spent(service, client)
    await asyncio.sleep(WARM_S)
    rest = (await _spent(service, client)).since(begun)
    told = server.per_key.total()
    await fill(stack, [_guidance(f"alone-{each}") for each in range(TOLD)])
    await _until(server, told + 1)
    begun = await _spent(service, client)
    await _until(server, told + TOLD * len(workload.CODES) * len(ROLES))
    took = (await _spent(service, client)).since(begun)
    mails, usual = server.per_key.total() - told, took.seconds / rest.seconds
    return (took.cpu_s - usual * rest.cpu_s) / mails * 1000, (took.asked - usual * rest.asked) / mails


async def _spent(service: Running, client: Any) -> _Spent:
    said = await client.admin.command("serverStatus")
    return _Spent(time.perf_counter(), service.cpu_seconds, said["network"]["numRequests"])


async def _until(server: Counted, mails: int) -> None:
    while server.per_key.total() < mails:
        await asyncio.sleep(0.05)


async def _name_all(stack: Stack) -> None:
    async with connect(stack.mongo_uri, timeout_s=20) as client:
        contacts = Contacts(client["bench_mails"])
        for code in workload.CODES:
            for role in ROLES:
                await contacts.put(code, role, Recipient(f"{role}.{code}@kommune.example"))


def _guidance(number: str) -> Message:
    """Return a guidance that nobody has heard of yet."""
    event = EXAMPLES[EventName.GuidancePublished]
    data = event.data.model_copy(update={"guidance_id": f"bench-{number}"})
    return _encoded(event, f"guidance-{number}", None, data)


def _message(name: EventName, code: str) -> Message:
    return _encoded(EXAMPLES[name], f"{name}-{code}", code, EXAMPLES[name].data)


def _encoded(event: NewEvent, id_: str, code: str | None, data: Any) -> Message:
    return codec.encode(replace(event, rollout=ROLLOUT, municipality=code, id=id_, data=data))


async def _comparing(stack: Stack, server: Counted) -> tuple[int, float]:
    """Return of how many roles the facts were read and what they are owed compared with the ledger, and how long."""
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
        began = time.perf_counter()
        await reconciler.outlines.look()
        await reconciler.compared()
        return len(workload.CODES) * len(ROLES), time.perf_counter() - began
    finally:
        await client.close()
