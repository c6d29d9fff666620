"""The portal put together: the only module here that reads settings."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from services.chassis.logs import logger
from services.chassis.web.headers import SecurityHeaders
from services.chassis.web.traced import Traced
from services.portal import faults
from services.portal.backend import Backend
from services.portal.drift.earlier import earlier_pages
from services.portal.drift.parked import parked_pages
from services.portal.drift.replays import replay_pages
from services.portal.drift.routes import drift_routes
from services.portal.drift.stream import drift_stream
from services.portal.following import stream_routes
from services.portal.front import front_routes
from services.portal.guard import check_pages, guard
from services.portal.headers import headers
from services.portal.issuer import Issuer
from services.portal.kommune.actions import action_routes
from services.portal.kommune.contacts import contact_pages
from services.portal.kommune.routes import kommune_routes
from services.portal.language import RemembersLanguage
from services.portal.overblik.earlier import moments_pages
from services.portal.overblik.routes import overview_pages
from services.portal.rendering import Pages
from services.portal.sealed import Sealed, sealing_key
from services.portal.settings import Settings
from services.portal.sign_in import ATTEMPT_S, CALLBACK, Cookies, sign_in_routes
from services.portal.static_files import static_routes

NAME = "portal"
#: How long a browser keeps a session that has ended, so that what is typed in it is not lost, in seconds.
KEPT_S = 43_200
#: An idle connection is let go before a service does so, which would be in the middle of the next request; a page
#: asks for several things at once, and a live stream keeps a connection for as long as it is looked at.
LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=2)
log = logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The wired parts of the running portal."""

    settings: Settings
    client: httpx.AsyncClient
    backend: Backend
    cookies: Cookies
    issuer: Issuer
    pages: Pages
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """Say that the portal stops: live streams end."""
        self.closing.set()


def create(settings: Settings | None = None) -> FastAPI:
    """Return the application; settings come from the environment unless given."""
    parts = wire(settings or Settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with parts.client:
            yield
            parts.close()

    app = FastAPI(
        title="klarmeld portal",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(guard(parts.cookies.sessions))],
    )
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=3)
    app.add_middleware(RemembersLanguage, secure=not parts.settings.local)
    app.add_middleware(SecurityHeaders, headers=headers(secure=not parts.settings.local))
    app.add_middleware(Traced)
    faults.install(app, parts.pages, sessions=parts.cookies.sessions, typed=parts.cookies.typed)
    app.include_router(static_routes())
    app.include_router(front_routes(parts.pages))
    app.include_router(sign_in_routes(parts.issuer, parts.cookies, parts.pages))
    app.include_router(kommune_routes(parts.backend, parts.pages, parts.settings.rollout))
    app.include_router(action_routes(parts.backend, parts.pages, parts.settings.rollout))
    app.include_router(contact_pages(parts.backend, parts.pages))
    app.include_router(stream_routes(parts.backend, parts.settings.rollout, parts.closing))
    app.include_router(overview_pages(parts.backend, parts.pages, parts.settings.rollout))
    app.include_router(moments_pages(parts.backend, parts.pages, parts.settings.rollout))
    app.include_router(drift_routes(parts.backend, parts.pages))
    app.include_router(earlier_pages(parts.backend, parts.pages, parts.settings.rollout))
    app.include_router(parked_pages(parts.backend, parts.pages))
    app.include_router(replay_pages(parts.backend, parts.pages))
    app.include_router(drift_stream(parts.backend, parts.closing))
    check_pages(app)
    app.state.parts = parts
    return app


def wire(settings: Settings) -> Parts:
    """Return the parts; nothing connects before somebody asks for a page."""
    client = httpx.AsyncClient(timeout=settings.services.timeout_s, limits=LIMITS, follow_redirects=False)
    callback = settings.address.rstrip("/") + CALLBACK
    return Parts(
        settings=settings,
        client=client,
        backend=Backend(client, settings.services),
        cookies=_cookies(settings),
        issuer=Issuer(client, access=settings.access, sign_in=settings.sign_in, callback=callback),
        pages=Pages(local=settings.local, sample_data=settings.sample_data),
    )


def _cookies(settings: Settings) -> Cookies:
    """Return the cookies, sealed with the key of the settings."""
    key = settings.session.key
    if key is None:
        log.warning("session_key_made", meaning="sessions end with this process; set KLARMELD_SESSION__KEY")
    sealing = sealing_key(key.get_secret_value() if key else None)
    secure = not settings.local
    return Cookies(
        sessions=Sealed(name="klarmeld", key=sealing, secure=secure, lifetime_s=KEPT_S),
        attempts=Sealed(name="klarmeld-log-paa", key=sealing, secure=secure, lifetime_s=ATTEMPT_S),
        typed=Sealed(name="klarmeld-skrevet", key=sealing, secure=secure, lifetime_s=ATTEMPT_S),
    )
