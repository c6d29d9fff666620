"""A real browser before a portal that runs, and the municipalities that its tests look at."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, async_playwright, expect

from contracts import codec
from contracts.writer import NewEvent
from tests.browser.situations import NOTICES, SIGNING, told_before
from tests.browser.watched import Watched
from tests.integration.portal.conftest import World, noted, running_world

FLAGS = ("no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update", "disable-sync")
NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Longest time that anything on a page may take on a loaded machine; nothing is said about how fast it is.
PATIENCE_MS = 60_000
Visit = Callable[..., Awaitable[Watched]]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
async def world(stack, tmp_path_factory) -> AsyncIterator[World]:
    async with running_world(stack, tmp_path_factory.mktemp("issuer"), "browser") as world:
        await tell(world, *told_before())
        for fate, key in NOTICES.items():
            await noted(world, SIGNING, fate, key)
        await address(world, SIGNING, "kp_systemansvarlig")
        yield world


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        flags = [f"--{flag}" for flag in FLAGS]
        browser = await playwright.chromium.launch(executable_path=installed(), args=flags, timeout=PATIENCE_MS)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(world, chromium) -> AsyncIterator[Visit]:
    """Open a browser of its own for each call, signed in as `who`; afterwards nothing may have gone wrong in any."""
    async with AsyncExitStack() as opened:
        visits = []

        async def visit(who: str | None = None, *, width: int = 1280, **more: Any) -> Watched:
            size = {"width": width, "height": 900}
            context = await chromium.new_context(base_url=world.portal, viewport=size, locale="da-DK", **more)
            opened.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            visits.append(Watched(await context.new_page(), world.portal))
            if who:
                await visits[-1].sign_in(who)
            return visits[-1]

        yield visit
        assert [fault for each in visits for fault in each.faults] == []


async def tell(world: World, *events: NewEvent) -> None:
    """Put events onto the log and wait until the portal's services show them."""
    told = [codec.encode(replace(event, rollout=world.rollout)) for event in events]
    positions = await world.publisher.publish(told)
    async with httpx.AsyncClient(base_url=world.urls["tasks"], timeout=90) as client:
        for event, position in zip(events, positions, strict=True):
            path = f"/v1/rollouts/{world.rollout}/municipalities/{event.municipality or '0630'}"
            after = {"after": position, "wait": 30}
            answer = await client.get(path, params=after, headers=world.issuer.bearer("koordinator"))
            assert answer.status_code == httpx.codes.OK, answer.text


async def address(world: World, code: str, role: str) -> None:
    """Leave an address for a role, as the municipality does on its page of contacts."""
    async with httpx.AsyncClient(headers=world.issuer.bearer("kommune-behandl", code)) as client:
        body = {"address": "kp@kommune.example", "language": "da", "digest": True, "paused": False}
        path = f"/v1/municipalities/{code}/contacts/{role}"
        (await client.put(world.urls["notifications"] + path, json=body)).raise_for_status()


def installed() -> str:
    """Return the browser that is named, else that of this machine; the check of every change always names one."""
    found = os.environ.get("KLARMELD_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("NO CHROMIUM HERE: the pages are NOT looked at; install it, or name one in KLARMELD_CHROMIUM")
    return found
