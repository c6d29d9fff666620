"""A running service as one test sees it: a rollout of its own, and whoever calls."""

import json
from typing import Any, NamedTuple

import httpx

from tests.tokens import Issuer

#: The municipality that speaks unless a test says otherwise.
OWN = "0630"


class Desk(NamedTuple):
    """Calls the service `client` about one rollout, with tokens of `issuer`."""

    client: httpx.AsyncClient
    issuer: Issuer
    rollout: str

    async def call(
        self, method: str, path: str, body: Any = None, *, role: str = "kommune-behandl", code: str = OWN, **more: str
    ) -> httpx.Response:
        """Call `/v1/rollouts/<rollout><path>`; `body` is JSON or bytes as they are, `more` are headers."""
        bearer = self.issuer.bearer(role, code if role.startswith("kommune") else None)
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**bearer, "Content-Type": "application/json", **more}
        return await self.client.request(method, f"/v1/rollouts/{self.rollout}{path}", content=content, headers=headers)

    async def say(self, what: str, body: Any, **more: str) -> httpx.Response:
        """Give a command of the own municipality."""
        return await self.call("POST", f"/municipalities/{OWN}/{what}", body, **more)

    async def until(self, position: str, code: str = OWN) -> None:
        """Wait until the service shows a position of the log to a municipality."""
        answer = await self.call("GET", f"/municipalities/{code}?after={position}&wait=20", role="koordinator")
        assert answer.status_code == httpx.codes.OK, answer.text

    async def orient_all(self) -> None:
        for role in ("aftaleadministrator", "erp_dialog"):
            answer = await self.say("orientations", {"role": role, "topics": ["plan"]})
            assert answer.status_code == httpx.codes.ACCEPTED

    async def names_of_facts(self) -> list[str]:
        """Return the names of the facts about the own municipality, oldest first."""
        answer = await self.call("GET", f"/municipalities/{OWN}/facts")
        return [each["type"].split(".")[2] for each in reversed(answer.json()["items"])]
