"""The desk of operations in tests: one service's routes about parked records, and records to park."""

from typing import Any, NamedTuple

import httpx

from contracts import codec
from contracts.examples import example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.records import KafkaRecord
from contracts.refusals import Reason, Refusal
from services.chassis.projection.parked import ParkedRecord

CODES = sorted(MUNICIPALITIES)
NOW = 1_790_000_000_000
OLD = Refusal(Reason.SCHEMA, "An older version did not take it.")


class Desk(NamedTuple):
    """The operations of one service; `offset` begins the places that no other test uses."""

    app: Any
    client: httpx.AsyncClient
    issuer: Any
    rollout: str
    offset: int

    async def call(self, method: str, path: str, body: Any = None, *, role="drift", **more: Any) -> httpx.Response:
        headers = self.issuer.bearer(role, "0630" if role.startswith("kommune") else None) | more.pop("headers", {})
        return await self.client.request(method, f"/v1{path}", json=body, headers=headers, **more)

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/admin/parked", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def redrive(self, selection: dict[str, Any], *, do: str = "redrive") -> dict[str, Any]:
        """Plan and carry out at once."""
        plan = await self.call("POST", f"/admin/parked/{do}", selection)
        signed = {"fingerprint": plan.json()["fingerprint"], "who": "Ida", "why": "Rettet"}
        done = await self.call("POST", f"/admin/parked/{do}", selection | signed)
        assert done.status_code == 200, done.text
        return done.json()

    async def facts(self, code: str) -> int:
        path = f"/rollouts/{self.rollout}/municipalities/{code}/facts?limit=500"
        return len((await self.call("GET", path, role="koordinator")).json().get("items", ()))

    def record(self, number: int, *, code: str = "0630", **changes: Any) -> KafkaRecord:
        """A record whose bytes are a fact today."""
        named = {"id": f"{self.rollout}-{changes.pop('named', number)}", "rollout": self.rollout, "municipality": code}
        message = codec.encode(example(EventName.AgreementViewed, **named, **changes))
        place = (message.topic, 0, self.offset + number, NOW + number)
        return KafkaRecord(*place, message.key, message.value, message.headers)

    async def park(self, *records: KafkaRecord, refusal: Refusal = OLD) -> list[str]:
        await self.app.state.parts.parked.keep([ParkedRecord(record, refusal) for record in records])
        return [f"agreements-{record.partition}-{record.offset}" for record in records]
