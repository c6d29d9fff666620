"""Asks the services over HTTP, like any other client, as a koordinator unless another role is meant."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

import httpx

from contracts.access import UserRole
from deploy.campaign.said import Said
from deploy.cli.errors import CommandError, UnreachableError, UsageError
from deploy.cli.place import Place

Answer = TypeVar("Answer")
#: Is told of each line of an answer.
Hear = Callable[[str], None]
_TIMEOUT_S = 10
#: An idle connection is let go before the service does so, which would be in the middle of the next request.
_LIMITS = httpx.Limits(keepalive_expiry=2)
#: A proxy that the machine has for the world outside is no way to the machine itself.
DIRECT = {"all://127.0.0.1": None, "all://localhost": None}


class NotKnownError(UsageError):
    """The service knows no such thing, at least not yet."""


class Services:
    """The three services by name; the access token is got when first needed and again when it has expired."""

    def __init__(self, place: Place, client: httpx.AsyncClient, role: UserRole = UserRole.COORDINATOR) -> None:
        self._place = place
        self._role = role
        self._client = client
        self._token = place.token
        self._voices: dict[tuple[UserRole, str | None], str] = {}
        self._others: dict[UserRole, Services] = {}

    def acting_as(self, role: UserRole) -> "Services":
        """Return the same services, asked by somebody of another role whom the local issuer knows."""
        if role not in self._others:
            self._others[role] = Services(replace(self._place, token=None), self._client, role)
        return self._others[role]

    def named(self, service: str) -> str:
        """Return a service as a sentence calls it, with where it is looked for."""
        return f"The {service} service at {self._place.urls.get(service, self._place.issuer)}"

    async def get(self, service: str, path: str, /, **query: str | None) -> Any:
        """Return the JSON that `service` answers; errors say what to do, NotKnownError where it answers 404."""
        url = self._place.urls[service] + path
        given = {name: text for name, text in query.items() if text is not None}
        answer = await self._with_token(service, url, given)
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._place.token is None:
            self._token = None
            answer = await self._with_token(service, url, given)
        return _read(service, answer)

    async def post(
        self, service: str, path: str, body: Any, *, accept: str = "application/json", hear: Hear = lambda _: None
    ) -> list[str]:
        """Return the lines that `service` answers, and let `hear` know each as it comes; waits as long as it takes."""
        self._token = self._token or await self.token(self._role)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": accept}
        url, timeout = self._place.urls[service] + path, httpx.Timeout(_TIMEOUT_S, read=None)
        stream = self._client.stream("POST", url, json=body, headers=headers, timeout=timeout)
        return list(await self._reached(service, _heard(service, stream, hear)))

    async def say(self, service: str, command: Said) -> Any:
        """Say a command of the campaign as whoever it is; errors are those of `get`, CommandError for a conflict."""
        who = (command.role, command.municipality)
        if who not in self._voices:
            self._voices[who] = await self.token(*who)
        headers = {
            "Authorization": f"Bearer {self._voices[who]}",
            "Idempotency-Key": command.key,
            "ce-time": command.time,
        }
        url = self._place.urls[service] + command.path
        request = self._twice(command.method, url, json=command.body, headers=headers)
        return _read(service, await self._reached(service, request))

    async def readiness(self, service: str) -> dict[str, Any]:
        """Return what `/readyz` says, whether the service is ready or not."""
        answer = await self._reached(service, self._client.get(self._place.urls[service] + "/readyz"))
        found: dict[str, Any] = answer.json()
        return found

    async def _with_token(self, service: str, url: str, query: dict[str, str]) -> httpx.Response:
        self._token = self._token or await self.token(self._role)
        headers = {"Authorization": f"Bearer {self._token}"}
        return await self._reached(service, self._twice("GET", url, params=query, headers=headers))

    async def _twice(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Send a request that may be sent again, once more where its connection broke under it."""
        try:
            return await self._client.request(method, url, **more)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            return await self._client.request(method, url, **more)

    async def token(self, role: UserRole, municipality: str | None = None) -> str:
        """Return a new access token of the local issuer."""
        form = {"grant_type": "client_credentials", "role": role.value}
        if municipality is not None:
            form["kommunekode"] = municipality
        answer = await self._reached("issuer", self._client.post(f"{self._place.issuer}/token", data=form))
        if answer.is_error:
            raise UsageError(
                f"The issuer at {self._place.issuer} gives no token for the asking ({answer.status_code}).",
                remedy=f"Set KLARMELD_ACCESS__TOKEN to an access token with the role {self._role}.",
            )
        return str(answer.json()["access_token"])

    async def _reached(self, who: str, request: Awaitable[Answer]) -> Answer:
        try:
            answer = await request
        except httpx.ReadTimeout:
            raise UnreachableError(
                f"{self.named(who)} was asked and has said nothing for {_TIMEOUT_S} s.",
                remedy="`klarmeld status` shows what it waits for; then ask again.",
            ) from None
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"{self.named(who)} can't be reached ({type(error).__name__}).",
                remedy="Start the local stack with `klarmeld up`, or say where it is with --port-base.",
            ) from None
        return answer


@asynccontextmanager
async def asking(place: Place, role: UserRole = UserRole.COORDINATOR) -> AsyncIterator[Services]:
    """Yield the services at `place`, asked by somebody of `role`."""
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, limits=_LIMITS, mounts=DIRECT) as client:
        yield Services(place, client, role)


async def _heard(service: str, stream: AbstractAsyncContextManager[httpx.Response], hear: Hear) -> list[str]:
    lines = []
    async with stream as answer:
        if not answer.is_success:
            await answer.aread()
            _refuse(service, answer)
        async for line in answer.aiter_lines():
            hear(line)
            lines.append(line)
    return lines


def _read(service: str, answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    return _refuse(service, answer)


def _refuse(service: str, answer: httpx.Response) -> NoReturn:
    detail = detail_of(answer)
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotKnownError(detail)
    if answer.is_server_error:
        where = f"{answer.url.scheme}://{answer.url.netloc.decode()}"
        raise UnreachableError(f"The {service} service at {where} can't answer now: {detail}")
    if answer.status_code == httpx.codes.CONFLICT:
        raise CommandError(detail)
    raise UsageError(f"The {service} service refuses: {detail}")


def detail_of(answer: httpx.Response) -> str:
    """Return the sentence of an RFC 9457 problem, or the bare status of anything else."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {answer.status_code}."
