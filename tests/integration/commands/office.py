"""One rollout of a running agreements service: what EG and a municipality say there, and how they are answered."""

import json
from typing import Any, NamedTuple

import httpx

from contracts.examples import example
from contracts.names import EventName
from contracts.writer import NewEvent
from tests.desk import OWN, Desk
from tests.in_process import tell

FOREIGN, THIRD, NOT_A_USER = "0661", "0101", "0751"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
DOCUMENT = {"title": "Serviceaftale: eFaktura til KP", "version": 1, "sha256": SHA256}
SIGN = {"signed_by_role": "aftaleadministrator", "method": "digital", "document_sha256": SHA256}
REASON = {"reason": "Forkert juridisk enhed"}


class Office(NamedTuple):
    """One rollout of a running agreements service, and the batch that its agreements belong to."""

    desk: Desk
    app: Any
    batch_id: str

    def agreement(self, code: str = OWN) -> str:
        return f"{self.batch_id}-{code}"

    async def send(self, **changes: Any) -> httpx.Response:
        body = {"batch_id": self.batch_id, "document": DOCUMENT, "supplier": "EG", "extra_cost_dkk": 0, **changes}
        return await self.desk.call("POST", "/agreement-batches", body, role="eg")

    async def answer(self, what: str, body: Any, *, of: str = OWN, **more: str) -> httpx.Response:
        """Answer an agreement as the municipality or, for its own commands, as EG."""
        role = "eg" if what in {"void", "termination"} else "kommune-behandl"
        return await self.agreements("POST", f"{self.agreement(of)}/{what}", body, **{"role": role, **more})

    async def agreements(
        self, method: str, path: str, body: Any = None, *, role: str = "kommune-behandl", **more: str
    ) -> httpx.Response:
        bearer = self.desk.issuer.bearer(role, OWN if role.startswith("kommune") else None)
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**bearer, "Content-Type": "application/json", **more}
        return await self.desk.client.request(method, f"/v1/agreements/{path}", content=content, headers=headers)

    async def forward(self, body: Any, *, to: str = OWN, **more: str) -> httpx.Response:
        return await self.desk.call("POST", f"/municipalities/{to}/forwarding", body, **{"role": "eg", **more})

    async def view(self, code: str = OWN) -> dict[str, Any]:
        return (await self.desk.call("GET", f"/municipalities/{code}", role="koordinator")).json()

    async def told(self, code: str = OWN) -> list[str]:
        answer = await self.desk.call("GET", f"/municipalities/{code}/facts", role="koordinator")
        return [each["type"].split(".")[2] for each in reversed(answer.json()["items"])][1:]


async def enrol(desk: Desk, app: Any, *codes: str) -> None:
    """Let municipalities take part, as EG's roster says."""
    events = [
        example(EventName.MunicipalityEnrolled, id=f"{desk.rollout}-{code}", rollout=desk.rollout, municipality=code)
        for code in codes
    ]
    await put(desk, app, *events)


async def put(desk: Desk, app: Any, *events: NewEvent) -> None:
    """Put events on the log and wait until the service shows them."""
    for event, position in zip(events, await tell(app, *events), strict=True):
        await desk.until(position, event.municipality or OWN)


def outcomes(answer: httpx.Response) -> dict[str, str]:
    return {each["municipality"]: each["outcome"] for each in answer.json()["outcomes"]}


def is_problem(answer: httpx.Response, status: int) -> bool:
    return (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
