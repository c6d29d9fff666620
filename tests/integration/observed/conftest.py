"""Services and portal as processes that tell a collector of traces, on a stack and a log of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from contracts.records import KafkaRecord
from deploy.local.children import Child
from deploy.local.ports import HOST
from deploy.local.services import portal, service
from deploy.local.stack import Stack
from tests.collector import Collector, running_collector
from tests.faults import log
from tests.integration.portal.conftest import Browser
from tests.mail_server import MailServer, mail_server, smtp_environment
from tests.tokens import Issuer, free_port, running_issuer

SERVICES = ("agreements", "notifications", "tasks")
ROLLOUT = "observed-8b"


class Observed(NamedTuple):
    """What runs, where it is reached, and what it tells."""

    stack: Stack
    issuer: Issuer
    collector: Collector
    children: dict[str, Child]
    urls: dict[str, str]
    mails: MailServer

    async def call(
        self, name: str, method: str, path: str, *, who: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        headers = (who or self.issuer.bearer("eg")) | more.pop("headers", {})
        async with httpx.AsyncClient(timeout=60) as client:
            return await client.request(method, self.urls[name] + path, headers=headers, **more)

    @asynccontextmanager
    async def browser(self, who: str) -> AsyncIterator[httpx.AsyncClient]:
        """Run a browser that has signed in to the portal."""
        async with httpx.AsyncClient(base_url=self.urls["portal"], follow_redirects=True, timeout=60) as client:
            page = await Browser(client).sign_in(who)
            assert str(page.url).startswith(self.urls["portal"]), page.text
            yield client

    async def records(self) -> list[KafkaRecord]:
        return await log.whole_log(self.stack.bootstrap, ("klarmeld.agreements", "klarmeld.tasks"))

    def lines(self, name: str) -> str:
        """Return everything that a process has written."""
        return str(self.children[name].recipe.log.read_text())


@pytest.fixture(scope="package")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with log.own_stack(tmp_path_factory.mktemp("observed")) as stack:
        yield stack


@pytest.fixture(scope="module")
async def observed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Observed]:
    async with AsyncExitStack() as running:
        collector = await running.enter_async_context(running_collector())
        issuer = await running.enter_async_context(running_issuer(tmp_path_factory.mktemp("issuer")))
        mails = await running.enter_async_context(mail_server())
        tracing = issuer.environment | {
            "KLARMELD_TRACING__ENDPOINT": collector.url,
            "KLARMELD_TRACING__SAMPLED": "0",
            "KLARMELD_LOG_LEVEL": "DEBUG",
        }
        ports = {name: free_port() for name in SERVICES}
        urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
        children = {
            name: service(name, stack, port=port, settings=tracing | _own(name, mails)) for name, port in ports.items()
        }
        pages = {f"KLARMELD_SERVICES__{name.upper()}": url for name, url in urls.items()}
        children["portal"] = portal(stack, settings=tracing | pages | {"KLARMELD_ROLLOUT": ROLLOUT})
        urls["portal"] = f"http://{HOST}:{stack.ports.portal}"
        for child in children.values():
            await child.start()
            running.push_async_callback(child.stop)
        yield Observed(stack, issuer, collector, children, urls, mails)


def _own(name: str, mails: MailServer) -> dict[str, str]:
    """Return the settings of one service; the one that mails does so at once, to a server that counts."""
    return (smtp_environment(mails.port) if name == "notifications" else {}) | {
        "KLARMELD_MONGO__DATABASE": f"observed_{name}",
        "KLARMELD_GROUP": f"observed-{name}",
        "KLARMELD_WEBHOOKS__LOCAL": "true",
        "KLARMELD_WEBHOOKS__EVERY_S": "0.2",
    }
