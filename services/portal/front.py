"""The first page, the help, the accessibility statement, and whether the portal is there at all."""

from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from contracts.access import UserRole
from services.portal.filters import name_of
from services.portal.rendering import Pages
from services.portal.sign_in import home_of


class Sample(NamedTuple):
    """A sign-in that the local stack offers: a role, and a municipality of the sample roster or None."""

    role: UserRole
    code: str | None

    @property
    def hint(self) -> str:
        """What the local issuer takes for a choice that has been made."""
        return f"{self.role.value}:{self.code}" if self.code else self.role.value

    @property
    def name(self) -> str:
        return name_of(self.code) if self.code else ""


SAMPLES = (
    Sample(UserRole.ACT, "0657"),
    Sample(UserRole.READ, "0657"),
    Sample(UserRole.ACT, "0630"),
    Sample(UserRole.COORDINATOR, None),
    Sample(UserRole.EG, None),
    Sample(UserRole.OPERATIONS, None),
)


def front_routes(pages: Pages) -> APIRouter:
    """Return the routes that need no sign-in."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def front(request: Request) -> Response:
        visitor = request.state.visitor
        return pages.page(request, "front.html", home=home_of(visitor) if visitor else None, samples=SAMPLES)

    @router.get("/was")
    async def accessibility(request: Request) -> Response:
        return pages.page(request, "accessibility.html")

    @router.get("/hjaelp")
    async def help_page(request: Request) -> Response:
        return pages.page(request, "help.html")

    @router.get("/livez")
    @router.get("/startupz")
    async def alive() -> Response:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def ready() -> Response:
        """Answer as soon as it serves: a service that is away shows on the pages, and stops none of them."""
        return PlainTextResponse("ok")

    return router
