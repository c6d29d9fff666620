"""The three services as one who may see everything asks them."""

from typing import Any, NamedTuple

import httpx

from contracts.codec import NewEvent
from tests.in_process import tell

VEJLE, KOLDING = "0630", "0621"
OK, NOT_FOUND, INVALID = httpx.codes.OK, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY


class Three(NamedTuple):
    """The three services, each with a client that may see everything; told events are on the log when it returns."""

    apps: dict[str, Any]
    clients: dict[str, httpx.AsyncClient]

    async def tell(self, *events: NewEvent) -> list[str]:
        return await tell(self.apps["tasks"], *events)

    async def view(self, rollout: str, code: str = VEJLE, *, of: str = "tasks", **query: Any) -> httpx.Response:
        return await self.get(f"/v1/rollouts/{rollout}/municipalities/{code}", of=of, **query)

    async def get(self, url: str, /, *, of: str = "tasks", **query: Any) -> httpx.Response:
        headers = query.pop("headers", None)
        return await self.clients[of].get(url, params=query or None, headers=headers)


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body.keys() >= {"type", "title", "detail", "instance"}
    return body
