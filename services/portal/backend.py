"""The services over HTTP, asked with the token of whoever looks: bounded waits, and errors that pages can show."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import quote

import httpx

from contracts.refusals import FieldError
from services.chassis import tracing
from services.chassis.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    KlarmeldError,
    NotFoundError,
    TooManyRequestsError,
)
from services.chassis.logs import logger
from services.portal.guard import SignedOutError
from services.portal.heard import Answer, Heard, Json, Seen
from services.portal.settings import Addresses

log = logger(__name__)


class ServiceName(StrEnum):
    """The services that the portal asks."""

    AGREEMENTS = "agreements"
    NOTIFICATIONS = "notifications"
    TASKS = "tasks"


class ServiceAwayError(KlarmeldError):
    """A service does not answer in time, or says itself that it can't."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "A service is away"
    slug = "service-away"


@dataclass(frozen=True)
class Backend:
    """Asks the services; `token` is always the visitor's own."""

    client: httpx.AsyncClient
    addresses: Addresses
    heard: Heard = field(default_factory=Heard)
    seen: Seen = field(default_factory=Seen)

    async def get(self, service: ServiceName, path: str, token: str, **query: Any) -> Json:
        """Return the JSON of `GET /v1<path>`, to be read only; ServiceAwayError, NotFoundError and their like."""
        return (await self.answer(service, path, token, **query)).body

    async def answer(self, service: ServiceName, path: str, token: str, **query: Any) -> Answer:
        """Return the same with its ETag.

        Who may see it the service judges each time, and then says whether it is what was heard before.
        """
        asked = self._url(service, path), *sorted(query.items())
        heard = self.heard.get(asked)
        more = {"If-None-Match": heard.etag} if heard and heard.etag else {}
        answer = await self._asked(service, "GET", path, token, query=query, more=more)
        if heard and answer.status_code == HTTPStatus.NOT_MODIFIED:
            return heard
        return self.heard.keep(asked, Answer(answer.headers.get("etag"), answer.json()))

    async def get_or_away(self, service: ServiceName, path: str, token: str, **query: Any) -> Json | None:
        """Return the same, or None where the service is away or has no such thing: the rest of a page goes on."""
        try:
            return await self.get(service, path, token, **query)
        except (ServiceAwayError, NotFoundError):
            return None

    async def readiness(self, service: ServiceName) -> Json | None:
        """Return what a service says of itself, ready or not, or None where it does not say."""
        try:
            answer = await _whole(self.client.get(self._address(service) + "/readyz"), self.addresses.timeout_s)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("service_away", which=service.value, fault=type(error).__name__)
            return None
        return _problem(answer) or None

    async def is_there(self, service: ServiceName) -> bool:
        """Return whether a service answers and has its database, as it says itself now or said a moment ago."""
        address, now = self._address(service), asyncio.get_running_loop().time()
        if self.seen.lately(address, now):
            return True
        said = await self.readiness(service)
        there = said is not None and "MongoDB" not in said.get("away", ())
        if there:
            self.seen.note(address, now)
        return there

    async def file(self, service: ServiceName, path: str, token: str, **query: Any) -> httpx.Response:
        """Return an answer that is no JSON, whole."""
        return await self._asked(service, "GET", path, token, query=query)

    async def tell(  # noqa: PLR0913, PLR0917  the parts of a command
        self, service: ServiceName, method: str, path: str, token: str, body: Json | None = None, key: str | None = None
    ) -> Json:
        """Give a command and return its answer; `key` makes a second try of the same form harmless."""
        more = {"Idempotency-Key": key} if key else {}
        answer = await self._asked(service, method, path, token, body=body, more=more, patience=True)
        told: Json = answer.json()
        return told

    @asynccontextmanager
    async def stream(
        self, service: ServiceName, path: str, token: str, last_id: str | None
    ) -> AsyncIterator[AsyncIterator[str]]:
        """Yield the lines of a live stream for as long as the service tells; what ends it ends the iteration."""
        headers = {**_headers(token), "Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
        timeout = httpx.Timeout(self.addresses.timeout_s, read=None)
        url = self._url(service, path)
        try:
            async with self.client.stream("GET", url, headers=headers, timeout=timeout) as answer:
                if not answer.is_success:
                    await answer.aread()
                    _refuse(service, answer)
                yield answer.aiter_lines()
        except httpx.HTTPError as error:
            raise _away(service, error) from None

    async def _asked(  # noqa: PLR0913  the parts of a request
        self,
        service: ServiceName,
        method: str,
        path: str,
        token: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Json | None = None,
        more: Mapping[str, str] | None = None,
        patience: bool = False,
    ) -> httpx.Response:
        wait_s = self.addresses.command_timeout_s if patience else self.addresses.timeout_s
        params = {name: value for name, value in (query or {}).items() if value is not None}
        headers = {**_headers(token), **(more or {})}
        asking = self.client.request(
            method, self._url(service, path), params=params, json=body, headers=headers, timeout=wait_s
        )
        try:
            answer = await _whole(asking, wait_s)
        except (httpx.HTTPError, TimeoutError) as error:
            raise _away(service, error) from None
        if not answer.is_success and answer.status_code != HTTPStatus.NOT_MODIFIED:
            _refuse(service, answer)
        return answer

    def _url(self, service: ServiceName, path: str) -> str:
        return f"{self._address(service)}/v1{path}"

    def _address(self, service: ServiceName) -> str:
        address: str = getattr(self.addresses, service.value)
        return address.rstrip("/")


def in_path(text: str) -> str:
    """Return a text as one part of a path, whatever is in it."""
    return quote(text, safe="")


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **tracing.outgoing()}


def _away(service: ServiceName, error: Exception) -> ServiceAwayError:
    log.warning("service_away", which=service.value, fault=type(error).__name__)
    return ServiceAwayError(f"The {service} service does not answer.", retry_after=5)


def _refuse(service: ServiceName, answer: httpx.Response) -> NoReturn:
    problem = _problem(answer)
    detail = str(problem.get("detail", f"Status {answer.status_code}."))
    match answer.status_code:
        case 401:
            raise SignedOutError
        case 403:
            raise ForbiddenError(detail)
        case 404:
            raise NotFoundError(detail)
        case 409:
            raise ConflictError(detail)
        case 413 | 422:
            raise InvalidRequestError(detail, [FieldError(**each) for each in problem.get("errors", [])])
        case 429:
            raise TooManyRequestsError(detail, retry_after=int(answer.headers.get("retry-after", 5)))
    log.warning("service_away", which=service.value, status=answer.status_code)
    raise ServiceAwayError(f"The {service} service answers {answer.status_code}.", retry_after=5)


async def _whole(asking: Coroutine[Any, Any, httpx.Response], wait_s: float) -> httpx.Response:
    """Return the answer that comes within `wait_s`; TimeoutError where none does.

    A request goes on when nobody waits for it any more: httpx would lose connections that it was about to close.
    """

    async def within() -> httpx.Response:
        # httpx bounds each step of a request; the sum of them is what somebody waits for.
        async with asyncio.timeout(wait_s):
            return await asking

    return await asyncio.shield(asyncio.ensure_future(within()))


def _problem(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
