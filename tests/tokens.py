"""An issuer for tests: the local stack's own, served on a free port, and tokens of every kind, hostile ones too."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey

from contracts.access import UserRole
from deploy.local.issuer import create, issue, signing_key
from services.chassis import clock


class Issuer(NamedTuple):
    """A running issuer: its address, which is its name too, and its key."""

    url: str
    key: RSAKey

    def token(self, role: UserRole | str, municipality: str | None = None, *, lifetime_s: int = 3_600) -> str:
        return issue(self.key, issuer=self.url, role=UserRole(role), municipality=municipality, lifetime_s=lifetime_s)

    def bearer(self, role: UserRole | str, municipality: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(role, municipality)}"}

    def made(self, *, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        """Return a token with other claims or another header; a claim of None is left out."""
        now = int(clock.now().timestamp())
        usual = {
            "iss": self.url, "aud": "klarmeld", "sub": "somebody", "client_id": "somebody", "iat": now, "nbf": now,
            "exp": now + 600, "roles": ["koordinator"],
        }  # fmt: skip
        given = {name: value for name, value in (usual | claims).items() if value is not None}
        usual_header = {"alg": "RS256", "typ": "at+jwt", "kid": self.key.kid}
        return jwt.encode(usual_header | (header or {}), given, key or self.key, algorithms=["RS256", "HS256", "none"])

    @property
    def environment(self) -> dict[str, str]:
        return {"KLARMELD_ACCESS__ISSUER": self.url, "KLARMELD_ACCESS__JWKS_URI": f"{self.url}/jwks"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def served(app: Any, port: int) -> AsyncIterator[str]:
    """Serve `app` on loopback for as long as the block lasts."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="auto"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
        if serving.done():
            serving.result()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def running_issuer(directory: Any) -> AsyncIterator[Issuer]:
    """Run an issuer whose key lives in `directory`."""
    port = free_port()
    key = signing_key(directory / "issuer.pem")
    async with served(create(key=key, issuer=f"http://127.0.0.1:{port}"), port) as url:
        yield Issuer(url, key)
