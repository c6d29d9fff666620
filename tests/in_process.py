"""A service in the process of the test, on the shared stack, with a database and a group of its own."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from contracts import codec
from contracts.writer import NewEvent
from deploy.local.stack import Stack
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from tests.tokens import Issuer

#: How often, a tenth of a second apart, a test looks whether its service is level.
LOOKS = 200


@asynccontextmanager
async def running_service(name: str, stack: Stack, issuer: Issuer, prefix: str, **own: Any) -> AsyncIterator[Any]:
    """Run the application `name` for as long as the block lasts; `own` are settings of its own."""
    settings = importlib.import_module(f"services.{name}.settings").Settings(
        kafka=KafkaSettings(bootstrap=stack.bootstrap),
        mongo=MongoSettings(uri=stack.mongo_uri, database=f"{prefix}{name}"),
        access=AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks"),
        group=f"{prefix}{name}",
        **own,
    )
    app = importlib.import_module(f"services.{name}.app").create(settings)
    async with app.router.lifespan_context(app):
        yield app


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service", timeout=60)


async def ready(client: httpx.AsyncClient) -> None:
    """Wait until the service reads the log, and for a while until it has read what other tests have left on it.

    The end of a transaction is an offset that nobody handles: behind one a service looks as if it were not level.
    """
    while (await client.get("/readyz")).status_code != httpx.codes.OK:
        await asyncio.sleep(0.1)
    for _ in range(LOOKS):
        lag = (await client.get("/readyz")).json()["lag"]
        if lag and not any(each["records"] for each in lag.values()):
            return
        await asyncio.sleep(0.1)


async def tell(app: Any, *events: NewEvent) -> list[str]:
    """Put events on the log by the service's own producer, and return their positions."""
    return list(await app.state.parts.publisher.publish([codec.encode(event) for event in events]))
