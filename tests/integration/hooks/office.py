"""Webhooks end to end: a portal that receives them, and a running service with who calls it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import httpx
from fastapi import FastAPI, Request, Response

from contracts.names import EventName
from services.notifications.webhook_settings import WebhookSettings
from tests.in_process import tell
from tests.lasting import LASTING
from tests.tokens import Issuer
from tests.waiting import until

OWN, FOREIGN = "0630", "0661"
SOON = WebhookSettings(local=True, every_s=0.1, back_off_s=0.05, lease_s=5, within_s=2)
#: What a receiver answers, at once or when it is awaited.
Answer = Callable[[], Any]


class Receiver:
    """A municipality's portal: keeps what it is sent, and answers what the test says."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer: Answer = lambda: Response(status_code=204)
        self.url = ""
        self.app = FastAPI()
        self.app.post("/hook")(self._take)

    async def _take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        answer = self.answer()
        return await answer if asyncio.iscoroutine(answer) else answer

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    async def have(self, count: int) -> None:
        """Wait for so many messages."""
        await until(lambda: len(self.got) >= count)


class Office(NamedTuple):
    """A running service, who calls it, and the rollout of one test."""

    app: Any
    client: httpx.AsyncClient
    issuer: Issuer
    rollout: str

    async def call(
        self, method: str, path: str = "", *, code: str = OWN, caller: str = "kommune-behandl", **more: Any
    ) -> httpx.Response:
        bearer = self.issuer.bearer(caller, OWN if caller.startswith("kommune") else None)
        return await self.client.request(method, f"/v1/municipalities/{code}/webhooks{path}", headers=bearer, **more)

    async def hook(self, url: str) -> dict[str, Any]:
        answer = await self.call("POST", json={"url": url})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def state(self, hook: str) -> str:
        return next(each["state"] for each in (await self.call("GET")).json()["items"] if each["id"] == hook)

    async def becomes(self, hook: str, state: str) -> None:
        async with asyncio.timeout(60):
            while await self.state(hook) != state:
                await asyncio.sleep(0.05)

    async def deliveries(self, hook: str) -> list[dict[str, Any]]:
        return list((await self.call("GET", f"/{hook}/deliveries")).json()["items"])

    async def happens(self, *names: EventName) -> None:
        await tell(self.app, *(replace(LASTING[name], rollout=self.rollout) for name in names))


def stage(message: tuple[dict[str, str], bytes]) -> str:
    return str(json.loads(message[1])["data"]["progress"]["stage"])
