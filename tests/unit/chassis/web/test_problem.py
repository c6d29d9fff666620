"""Errors that FastAPI would word by itself are problems like any other."""

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from structlog.testing import capture_logs

from services.chassis.web import problem


class Body(BaseModel):
    text: str


@pytest.fixture
def client():
    app = FastAPI()
    problem.install(app)

    @app.post("/texts")
    async def take(body: Body) -> str:
        return body.text

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")


@pytest.mark.parametrize("body", [b'{"text": "\xe6"}', b"\xff\xfe", b"{", b"[]", b"{}", b""])
async def test_a_body_that_does_not_fit_is_an_invalid_request(client, body):
    answer = await client.post("/texts", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:klarmeld:problem:invalid"
    assert answer.json()["errors"]


async def test_a_method_that_an_address_does_not_take_is_a_problem(client):
    answer = await client.put("/texts")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.json()["instance"] == "/texts"


async def test_an_error_of_ours_is_logged_by_its_route_and_told_without_its_words():
    app = FastAPI()
    problem.install(app)

    @app.get("/v1/answers/{token}")
    async def fail(token: str) -> None:
        raise RuntimeError("the database's own words")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        with capture_logs() as lines:
            answer = await client.get("/v1/answers/a-secret-link")

    assert (answer.status_code, answer.json()["title"]) == (500, "Internal error")
    assert "own words" not in answer.text
    [line] = [each for each in lines if each["event"] == "unexpected_error"]
    assert (line["route"], line["error"]) == ("/v1/answers/{token}", "RuntimeError")
    assert "a-secret-link" not in repr({**line, "exc_info": ""})
