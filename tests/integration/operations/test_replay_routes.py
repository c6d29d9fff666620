"""Verify, rebuild, swap, rollback and abort over HTTP, on the real log and database, each with its receipt."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from contracts.examples import example
from contracts.names import EventName
from services.chassis.operations import background
from services.chassis.projection.jobs import SILENT_MS, Jobs, Kind
from services.chassis.projection.undertaking import Undertakings
from services.chassis.replay import crew
from tests.in_process import client_of, ready, running_service, tell
from tests.tokens import running_issuer

SIGNED = {"who": "Ida", "why": "Efter nye regler"}
CODE = "0630"


class Desk(NamedTuple):
    """The operations of one service."""

    app: Any
    client: httpx.AsyncClient
    issuer: Any
    position: str

    @property
    def database(self) -> Any:
        return self.app.state.parts.database

    async def call(self, method: str, path: str, body: Any = None, *, role: str = "drift") -> httpx.Response:
        return await self.client.request(method, f"/v1/admin{path}", json=body, headers=self.issuer.bearer(role))

    async def ended(self, what: str) -> dict[str, Any]:
        """Wait until the job of this kind does not run any more."""
        while True:
            told = (await self.call("GET", f"/{what}")).json()
            if told["job"]["state"] != "running":
                return told
            await asyncio.sleep(0.1)

    async def built(self) -> dict[str, Any]:
        answer = await self.call("POST", "/rebuild", SIGNED | {"execute": True})
        assert answer.status_code == 202, answer.text
        return await self.ended("rebuild")

    async def live(self) -> str:
        rows = (await self.call("GET", "/generations")).json()["items"]
        return next(each["name"] for each in rows if each["role"] == "live")


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory) -> AsyncIterator[Desk]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("tasks", stack, issuer, "replay_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        named = {"rollout": "replay-8b", "municipality": CODE, "id": "replay-1"}
        [position] = await tell(app, example(EventName.StakeholderOriented, **named))
        path = f"/v1/rollouts/replay-8b/municipalities/{CODE}?after={position}&wait=30"
        assert (await client.get(path, headers=issuer.bearer("koordinator"))).status_code == 200
        yield Desk(app, client, issuer, position)


@pytest.fixture
async def desk(service) -> AsyncIterator[Desk]:
    yield service
    await service.call("POST", "/rebuild/abort", SIGNED)


async def test_a_verify_runs_beside_the_service_and_its_result_is_kept(desk):
    begun = await desk.call("POST", "/verify", SIGNED)
    assert (begun.status_code, begun.json()["job"]["state"]) == (202, "running")
    told = (await desk.ended("verify"))["job"]
    assert (told["state"], told["who"], told["detail"]) == ("done", "Ida", None)
    assert (told["result"]["agrees"], told["result"]["differing"]) == (True, 0)
    status = (await desk.call("GET", "/status")).json()["database"]
    assert status["verified"]["differing"] == 0
    assert status["jobs"]["verify"]["state"] == "done"


async def test_a_verify_names_the_document_and_the_fact_that_differ(desk):
    live, document = await desk.live(), f"replay-8b:{CODE}"
    held = await desk.database[live].find_one({"_id": document})
    await desk.database[live].update_one({"_id": document}, {"$set": {"facts": {}}})
    try:
        await desk.call("POST", "/verify", SIGNED)
        found = (await desk.ended("verify"))["job"]["result"]
    finally:
        await desk.database[live].replace_one({"_id": document}, held)
    assert (found["agrees"], found["differing"]) == (False, 1)
    assert ("missing_fact", desk.position) in {(each["kind"], each["position"]) for each in found["differences"]}
    assert {each["document"] for each in found["differences"]} == {document}


async def test_a_plan_of_a_rebuild_changes_nothing(desk):
    live = await desk.live()
    plan = (await desk.call("POST", "/rebuild", {})).json()
    assert (plan["executed"], plan["live"], plan["unfinished"]) == (False, live, None)
    assert plan["records"] > 0
    assert (await desk.call("POST", "/rebuild", {"execute": True})).status_code == 422


async def test_what_is_built_waits_for_its_swap_and_the_way_back_stays_open(desk):
    before = await desk.live()
    told = await desk.built()
    assert (told["job"]["state"], told["unfinished"]["phase"]) == ("done", "built")
    result, new = told["job"]["result"], told["unfinished"]["collection"]
    assert result["digests"]["live"] == result["digests"]["new"]
    assert len(set(result["digests"]["new"].values())) == 3
    assert result["changes"] == 0
    assert await desk.live() == before

    swapped = await desk.call("POST", "/rebuild/swap", SIGNED | {"generation": new})
    assert (swapped.status_code, swapped.json()["after"]["live"]) == (200, new)
    assert (await desk.call("POST", "/rebuild/swap", SIGNED | {"generation": new})).status_code == 409
    back = await desk.call("POST", "/generations/rollback", SIGNED | {"execute": True, "to": before})
    assert back.json()["after"]["live"] == await desk.live() == before

    journal = (await desk.call("GET", "/journal")).json()
    assert [(each["what"], each["who"], each["why"]) for each in journal["items"][:2]] == [
        ("rollback", "Ida", SIGNED["why"]),
        ("rebuild", "Ida", SIGNED["why"]),
    ]
    assert journal["breaks"] == []


async def test_a_digest_tells_which_view_differs_and_how_many_municipalities_change(desk):
    live, document = await desk.live(), f"replay-8b:{CODE}"
    await desk.database[live].update_one({"_id": document}, {"$set": {"progress.stage": "receiving"}})
    result = (await desk.built())["job"]["result"]
    mine, new = result["digests"]["live"], result["digests"]["new"]
    assert mine["status"] != new["status"]
    assert (mine["history"], mine["eans"]) == (new["history"], new["eans"])
    assert (result["changes"], result["agrees"]) == (1, True)
    await desk.call("POST", "/rebuild/swap", SIGNED | {"generation": result["collection"]})


async def test_what_waits_for_its_swap_is_given_up_with_a_receipt(desk):
    before, name = await desk.live(), (await desk.built())["unfinished"]["collection"]
    aborted = await desk.call("POST", "/rebuild/abort", SIGNED)
    assert (aborted.status_code, aborted.json()) == (200, {"generation": name})
    assert (await desk.call("GET", "/rebuild")).json()["unfinished"] is None
    assert await desk.live() == before
    assert (await desk.call("GET", "/journal")).json()["items"][0]["what"] == f"drop {name}"
    assert (await desk.call("POST", "/rebuild/abort", SIGNED)).status_code == 409


async def test_one_of_a_kind_runs_at_a_time_and_one_that_is_aborted_stops(desk, monkeypatch):
    monkeypatch.setattr(background, "BEAT_S", 0.05)
    asked, held = asyncio.Event(), asyncio.Event()
    before = await desk.live()

    async def hang(*_: Any, **__: Any) -> Any:
        asked.set()
        await held.wait()

    monkeypatch.setattr("services.chassis.operations.replay_routes.build", hang)
    await desk.call("POST", "/rebuild", SIGNED | {"execute": True})
    await asked.wait()
    again = await desk.call("POST", "/rebuild", SIGNED | {"execute": True})
    assert again.status_code == 409
    assert (await desk.call("POST", "/rebuild/abort", SIGNED)).json() == {"generation": None}
    assert (await desk.ended("rebuild"))["job"]["state"] == "aborted"
    assert await desk.live() == before


async def test_long_work_is_a_process_of_its_own_and_the_service_answers_meanwhile(desk, monkeypatch):
    monkeypatch.setattr(crew, "WORTH_A_PROCESS", 0)
    await desk.call("POST", "/verify", SIGNED)
    working = []
    while (await desk.call("GET", "/verify")).json()["job"]["state"] == "running":
        working += multiprocessing.active_children()
        await asyncio.sleep(0.05)
    found = (await desk.ended("verify"))["job"]
    assert len({each.pid for each in working}) == 1
    assert (found["state"], found["result"]["agrees"]) == ("done", True)


async def test_a_rebuild_whose_process_died_is_told_of_and_a_second_try_completes_it(desk):
    jobs = Jobs(desk.database)
    dead = await jobs.begin(Kind.REBUILD, "Ida", "Før strømsvigtet")
    silent = dead.beat - SILENT_MS - 1_000
    await desk.database.jobs.update_one({"_id": "rebuild"}, {"$set": {"beat": silent}})
    assert (await desk.call("GET", "/rebuild")).json()["job"]["state"] == "interrupted"
    told = await desk.built()
    assert (told["job"]["state"], told["unfinished"]["phase"]) == ("done", "built")
    assert not await jobs.note(Kind.REBUILD, dead)


async def test_a_rebuild_that_another_command_takes_over_says_so(desk, monkeypatch):
    from services.chassis.replay import rebuild as replay  # noqa: PLC0415

    whole = replay._caught_up

    async def overtaken(site: Any, undertaking: Any) -> Any:
        await Undertakings(desk.database).take(undertaking, undertaking._replace(attempt="another"))
        return await whole(site, undertaking)

    monkeypatch.setattr(replay, "_caught_up", overtaken)
    told = await desk.built()
    assert told["job"]["state"] == "failed"
    assert "Another command took this rebuild over" in told["job"]["detail"]


async def test_a_generation_that_is_kept_up_is_dropped_with_a_receipt(desk):
    name = (await desk.built())["job"]["result"]["collection"]
    before = await desk.live()
    await desk.call("POST", "/rebuild/swap", SIGNED | {"generation": name})
    plan = (await desk.call("POST", "/generations/drop", {"generation": before})).json()
    assert (plan["executed"], before in plan["after"]["also"]) == (False, False)
    await desk.call("POST", "/generations/drop", SIGNED | {"generation": before, "execute": True})
    rows = (await desk.call("GET", "/generations")).json()["items"]
    assert before not in [each["name"] for each in rows]
    assert (await desk.call("POST", "/generations/drop", {"generation": name})).status_code == 409


@pytest.mark.parametrize("path", ["/verify", "/rebuild", "/rebuild/swap", "/rebuild/abort", "/generations/rollback"])
@pytest.mark.parametrize("role", ["koordinator", "eg"])
async def test_nobody_but_operations_asks_for_it(desk, path, role):
    assert (await desk.call("POST", path, SIGNED, role=role)).status_code == 403


async def test_a_body_without_end_is_not_read(desk):
    assert (await desk.call("POST", "/rebuild", SIGNED | {"why": "x" * 100_000})).status_code == 413
