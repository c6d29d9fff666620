"""How a service is served: nothing that a client can send says who asks or how."""

from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient

from services.chassis.process import served
from services.chassis.settings import ProcessSettings


async def test_headers_that_a_proxy_might_send_are_not_believed():
    app = FastAPI()

    @app.get("/")
    async def told(request: Request) -> list[str]:
        return [str(request.client and request.client.host), request.url.scheme]

    config = served(app, ProcessSettings())
    config.load()
    transport = ASGITransport(config.loaded_app, client=("127.0.0.1", 1))  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://klarmeld") as client:
        answer = await client.get("/", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"})

    assert answer.json() == ["127.0.0.1", "http"]


def test_an_answer_does_not_say_what_serves_it():
    assert not served(FastAPI(), ProcessSettings()).server_header
