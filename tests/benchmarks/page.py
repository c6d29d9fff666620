"""The municipality's page: how long the portal takes for it, its service calls alone, and until a neighbour sees."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import httpx

from contracts import codec
from contracts.names import EventName as E
from contracts.records import Message
from contracts.roles import Role
from deploy.local import services
from deploy.local.stack import Stack
from services.portal.backend import ServiceName
from services.portal.kommune.page import OTHERS
from tests.benchmarks import workload
from tests.benchmarks.running import fill, running
from tests.browser.situations import about
from tests.integration.portal.conftest import Browser, form_of
from tests.tokens import Issuer

ROLLOUT, CODE = "efaktura-8b", "0630"
ONE = f"/v1/rollouts/{ROLLOUT}/municipalities/{CODE}"
PAGE = f"/kommune/{CODE}"
CALLS = (
    (ServiceName.TASKS, f"{ONE}/whole"),
    *((service, "/readyz") for service in OTHERS),
)
WHO = "kommune-behandl"
#: One dispatch of a mail of each kind to each role is what a municipality has heard late in a campaign.
NOTICES = 12


class PageFigures(NamedTuple):
    """Milliseconds, sorted: of the page, of its service calls alone, and from a form sent to its change elsewhere."""

    page_ms: list[float]
    calls_ms: list[float]
    seen_ms: list[float]
    kilobytes: float
    facts: int


async def page(stack: Stack, issuer: Issuer, *, per_second: int, seconds: int, changes: int = 20) -> PageFigures:
    """Ask for the page of a municipality late in its campaign, of 98, at a steady rate."""
    async with _portal(stack, issuer) as (url, addresses):
        facts = await _told(stack, addresses[ServiceName.TASKS], issuer)
        async with _signed_in(url) as browser, _signed_in(url) as other:
            bearer = issuer.bearer(WHO, CODE)
            async with httpx.AsyncClient(headers=bearer, timeout=30) as client:
                urls = [f"{addresses[service]}{path}" for service, path in CALLS]
                calls = await steadily(lambda: _at_once(client, urls), per_second, seconds)
            opened = await browser.open(PAGE)
            shown = await steadily(lambda: _whole(browser), per_second, seconds)
            seen = [await _seen(browser, other, f"{number}. ting") for number in range(changes)]
    received = int(opened.headers["content-length"])
    return PageFigures(shown, calls, sorted(seen), received / 1000, facts)


async def steadily(ask: Callable[[], Awaitable[object]], per_second: int, seconds: int) -> list[float]:
    """Ask on time for so long, whatever the earlier answers do; what is asked first may have to be made."""
    for _ in range(per_second):
        await ask()
    started, asked = time.perf_counter(), []
    for number in range(per_second * seconds):
        await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        asked.append(asyncio.create_task(_timed(ask)))
    return sorted(await asyncio.gather(*asked))


async def _timed(ask: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await ask()
    return (time.perf_counter() - began) * 1000


async def _at_once(client: httpx.AsyncClient, urls: list[str]) -> None:
    for answer in await asyncio.gather(*map(client.get, urls)):
        answer.raise_for_status()


async def _whole(browser: Browser) -> None:
    """Open the page; one on which a service is away is not the page that is measured."""
    answer = (await browser.open(PAGE)).raise_for_status()
    if "service.away" in answer.text or "kl-track" not in answer.text:
        raise RuntimeError("a service is away")


async def _seen(here: Browser, there: Browser, text: str) -> float:
    """Return how long it takes from a form sent here until somebody there is told and has fetched the page with it."""
    form = form_of(await here.open(PAGE), f"{PAGE}/lokale-punkter")
    async with there.client.stream("GET", f"{PAGE}/stream") as answer:
        lines = answer.aiter_lines()
        await _next_news(lines)
        began = time.perf_counter()
        sent = asyncio.create_task(here.send(form, text=text))
        while True:
            await _next_news(lines)
            if text in (await there.open(PAGE)).text:
                break
        took = (time.perf_counter() - began) * 1000
        await sent
    return took


async def _next_news(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        if line.startswith("data: "):
            return
    raise RuntimeError("the stream ended")


@asynccontextmanager
async def _portal(stack: Stack, issuer: Issuer) -> AsyncIterator[tuple[str, dict[ServiceName, str]]]:
    """Run the three services and the portal, each as a process."""
    async with AsyncExitStack() as opened:
        addresses = {
            name: (await opened.enter_async_context(running(name, stack, issuer, label=f"bench_page_{name}"))).url
            for name in ServiceName
        }
        portal = services.portal(stack, settings={**issuer.environment, "KLARMELD_ROLLOUT": ROLLOUT})
        await portal.start()
        opened.push_async_callback(portal.stop)
        yield f"http://127.0.0.1:{stack.ports.portal}", addresses


@asynccontextmanager
async def _signed_in(url: str) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=url, follow_redirects=True, timeout=30) as client:
        browser = Browser(client)
        (await browser.sign_in(f"{WHO}:{CODE}")).raise_for_status()
        yield browser


async def _told(stack: Stack, tasks: str, issuer: Issuer) -> int:
    """Tell the campaign and wait until the page's own facts are shown; returns how many those are."""
    own = list(_way())
    await fill(stack, [*_others(), *own])
    async with httpx.AsyncClient(base_url=tasks, headers=issuer.bearer(WHO, CODE), timeout=30) as client:
        while (shown := await client.get(ONE)).is_error or shown.json()["progress"]["facts"] < len(own):
            await asyncio.sleep(0.2)
    facts: int = shown.json()["progress"]["facts"]
    return facts


def _others() -> Iterator[Message]:
    for code in workload.CODES:
        if code != CODE:
            yield codec.encode(about(E.MunicipalityEnrolled, code))


def _way() -> Iterator[Message]:
    """Yield what a municipality and its rollout have heard shortly before the first eFaktura arrives."""
    for name in (E.TaskCardPublished, E.GuidancePublished, E.WebinarScheduled):
        yield codec.encode(about(name, None))
    for role in (Role.AFTALEADMINISTRATOR, Role.ERP_DIALOG):
        yield codec.encode(about(E.StakeholderOriented, CODE, role=role))
    agreement = {"agreement_id": f"A-{CODE}"}
    yield codec.encode(about(E.AgreementSent, CODE, **agreement, sign_by=None))
    for name in (E.AgreementDelivered, E.AgreementViewed, E.AgreementSigned):
        yield codec.encode(about(name, CODE, **agreement))
    for name in (
        E.MunicipalityEnrolled, E.WebinarInvited, E.WebinarResponded, E.WebinarAttended, E.GuidanceAcknowledged,
        E.ForwardingConfigured, E.LocalItemAdded, E.TaskAssigned,
    ):  # fmt: skip
        yield codec.encode(about(name, CODE))
    for number in range(NOTICES):
        yield codec.encode(about(E.NotificationSent, CODE, notification_key=f"notice-{number}"))
