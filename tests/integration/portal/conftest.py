"""The portal before its three running services and their issuer, and browsers that are signed in."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from html import unescape
from typing import Any, NamedTuple

import httpx
import pytest

from contracts import codec
from contracts.codec import NewEvent
from contracts.examples import EXAMPLES
from contracts.names import EventName
from services.chassis.outward.ledger import Ledger
from services.chassis.outward.ledger_entry import About, Entry, Fate
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from services.portal.app import create
from services.portal.settings import Addresses, Settings
from tests.tokens import Issuer, free_port, running_issuer, served

SERVICES = ("agreements", "notifications", "tasks")
OWN, FOREIGN = "0630", "0661"
#: What every municipality of these tests has heard before they begin.
STORY = (
    EventName.TaskCardPublished, EventName.GuidancePublished, EventName.WebinarScheduled,
    EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.WebinarInvited,
)  # fmt: skip


class Form(NamedTuple):
    """A form of a page: where it leads, and its fields as they stand."""

    action: str
    fields: dict[str, str]


class Browser:
    """A browser without script: follows links, fills in forms, keeps cookies."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def open(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={"Accept": "text/html", **headers})

    async def sign_in(self, who: str) -> httpx.Response:
        return await self.open(f"/log-paa?som={who}")

    async def send(self, form: Form, **typed: str) -> httpx.Response:
        fields = form.fields | typed
        return await self.client.post(form.action, data=fields, headers={"Accept": "text/html"})


def form_of(page: httpx.Response, action: str) -> Form:
    """Return the form of a page that leads to `action`; an error where there is none."""
    found = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page.text, re.DOTALL)
    assert found, f"no form leads to {action}"
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0])
    return Form(action, {name: unescape(value) for name, value in fields})


def heading_of(page: httpx.Response) -> str:
    return unescape(re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)[1])


class World(NamedTuple):
    """Everything that runs, and where."""

    rollout: str
    portal: str
    issuer: Issuer
    urls: dict[str, str]
    publisher: Any
    app: Any
    apps: dict[str, Any]

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        async with httpx.AsyncClient(base_url=self.portal, follow_redirects=True, timeout=60) as client:
            yield Browser(client)

    async def tell(self, name: EventName, code: str | None, event_id: str, **data: Any) -> None:
        """Put an example onto the log and wait until the portal's services show it."""
        example = EXAMPLES[name]
        event = NewEvent(
            data=example.data.model_copy(update=data),
            id=event_id,
            source=example.source,
            time=example.time,
            rollout=self.rollout,
            municipality=code,
        )
        [position] = await self.publisher.publish([codec.encode(event)])
        path = f"/v1/rollouts/{self.rollout}/municipalities/{code or OWN}?after={position}&wait=30"
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.get(self.urls["tasks"] + path, headers=self.issuer.bearer("koordinator"))
            assert answer.status_code == httpx.codes.OK, answer.text


@pytest.fixture(scope="session")
async def world(stack, tmp_path_factory) -> AsyncIterator[World]:
    async with running_world(stack, tmp_path_factory.mktemp("issuer"), "portal") as world:
        for number, name in enumerate(STORY):
            codes = (OWN, FOREIGN) if EXAMPLES[name].municipality else (None,)
            for code in codes:
                more = {"agreement_id": f"A-{code}", "sign_by": None} if name is EventName.AgreementSent else {}
                await world.tell(name, code, f"story-{number}-{code}", **more)
        yield world


@asynccontextmanager
async def running_world(stack: Any, directory: Any, name: str) -> AsyncIterator[World]:
    """Run the services and the portal for the rollout `<name>-8b`, in databases that begin with `name`."""
    rollout, port = f"{name}-8b", free_port()
    async with AsyncExitStack() as running:
        issuer = await running.enter_async_context(running_issuer(directory))
        access = AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks")
        apps = {each: service(each, stack, access, name) for each in SERVICES}
        urls = {each: await running.enter_async_context(served(app, free_port())) for each, app in apps.items()}
        await ready(urls)
        settings = Settings(
            access=access,
            services=Addresses(**urls, timeout_s=15),  # a laden machine takes its time, and no test is about that
            address=f"http://127.0.0.1:{port}",
            rollout=rollout,
            local=True,
        )
        app = create(settings)
        portal = await running.enter_async_context(served(app, port))
        yield World(rollout, portal, issuer, urls, apps["tasks"].state.parts.publisher, app, apps)


async def noted(world: World, code: str, fate: Fate, key: str) -> None:
    """Put a notice to a municipality into the ledger, with what became of it."""
    about = About(key, world.rollout, code, "systemansvarlig_bogfoering", "agreement_ready", "A-1", "0")
    entry = Entry(about, fate, None, 0, 1, "no_answer", 1_790_000_000_000, 1_790_000_000_000, told=False)
    await Ledger(world.apps["notifications"].state.parts.database).add([entry])


@pytest.fixture
async def browser(world) -> AsyncIterator[Browser]:
    async with world.browser() as browser:
        yield browser


def service(name: str, stack: Any, access: AccessSettings, world: str) -> Any:
    settings = importlib.import_module(f"services.{name}.settings").Settings(
        kafka=KafkaSettings(bootstrap=stack.bootstrap),
        mongo=MongoSettings(uri=stack.mongo_uri, database=f"{world}_{name}"),
        access=access,
        group=f"{world}-{name}",
    )
    return importlib.import_module(f"services.{name}.app").create(settings)


async def ready(urls: dict[str, str]) -> None:
    async with httpx.AsyncClient(timeout=60) as client:
        for url in urls.values():
            while (await client.get(f"{url}/readyz")).status_code != httpx.codes.OK:
                await asyncio.sleep(0.1)
