"""What a caller has is not sent again, whole answers to a GET alone."""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from services.chassis.web.unchanged import Unchanged, etag_of


@pytest.fixture
async def client():
    app = FastAPI()
    app.add_middleware(Unchanged)

    @app.get("/whole")
    @app.post("/whole")
    async def whole() -> dict[str, str]:
        return {"said": "æ"}

    @app.get("/pieces")
    async def pieces() -> StreamingResponse:
        return StreamingResponse(iter([b"one", b"two"]), media_type="text/event-stream")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        yield client


async def test_a_whole_answer_has_the_tag_of_its_bytes(client):
    answer = await client.get("/whole")
    assert answer.headers["etag"] == etag_of(answer.content)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Authorization"


@pytest.mark.parametrize("given", ["{}", "W/{}", '"other", {}', "*"])
async def test_what_the_caller_has_is_not_sent_again(client, given):
    etag = (await client.get("/whole")).headers["etag"]
    again = await client.get("/whole", headers={"If-None-Match": given.format(etag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (httpx.codes.NOT_MODIFIED, b"", etag)
    assert not again.headers.keys() & {"content-type", "content-length"}


async def test_what_the_caller_has_not_is_sent(client):
    assert (await client.get("/whole", headers={"If-None-Match": '"another"'})).json() == {"said": "æ"}


async def test_a_stream_passes_piece_by_piece_without_a_tag(client):
    answer = await client.get("/pieces", headers={"If-None-Match": "*"})
    assert (answer.content, "etag" in answer.headers) == (b"onetwo", False)


async def test_nothing_but_a_get_that_succeeds_has_a_tag(client):
    assert "etag" not in (await client.post("/whole")).headers
    assert "etag" not in (await client.get("/nowhere")).headers
