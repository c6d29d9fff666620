"""The routes by which a municipality says who hears for a role, how, and that nobody does any more."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from contracts.roles import Role
from services.chassis.doors.command_fields import Command, example
from services.chassis.errors import NotFoundError
from services.chassis.logs import logger
from services.chassis.outward.addresses import Address
from services.chassis.outward.contacts import Contacts, Recipient
from services.chassis.queries.routes import Code
from services.chassis.service import Parts
from services.chassis.web.access import NO_SUCH_THING, caller_of
from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.request_bodies import MOST_BYTES, BoundedRoute

log = logger(__name__)
Language = Literal["da", "en"]
PATH = "/municipalities/{code}/contacts/{role}"
AnyRole = Annotated[Role, Path(description="The role that the address is for.", examples=["aftaleadministrator"])]


class PutContact(Command):
    """Who hears for the role from now on: the whole of it, whatever was said before."""

    model_config = example(address="aftaler@vejle.example", language="da", digest=True, paused=False)

    address: Address
    language: Language = Field("da", description="The language of the mails.")
    digest: bool = Field(default=False, description="Whether a mail a week lists what is outstanding.")
    paused: bool = Field(default=False, description="Whether no mail is sent until further notice.")


class Contact(BaseModel):
    """Who hears for one role of a municipality."""

    municipality: str
    role: Role
    address: str
    language: Language
    digest: bool
    paused: bool


class Erased(BaseModel):
    """The role has no contact any more."""

    municipality: str
    role: Role
    erased: bool = Field(description="False where it had none.")


def contact_routes(parts: Parts) -> APIRouter:
    """Return the routes of contacts; addresses are held by this service's database alone."""
    router = APIRouter(prefix="/v1", tags=["contacts"], route_class=BoundedRoute, responses=_ANSWERS)
    contacts = Contacts(parts.database)

    @router.get(PATH, summary="Who hears for a role", response_model=Contact)
    async def show(code: Code, role: AnyRole) -> dict[str, Any]:
        """Answer 404 where the municipality has named nobody: notices for the role are then not sent."""
        recipient = await contacts.recipients(code, role)
        if recipient is None:
            raise NotFoundError(NO_SUCH_THING)
        return _shown(code, role, recipient)

    @router.put(PATH, summary="Say who hears for a role", response_model=Contact)
    async def put(request: Request, code: Code, role: AnyRole, body: PutContact) -> dict[str, Any]:
        """Replace the role's contact whole; the answer is what is kept, with the domain as the DNS spells it."""
        recipient = Recipient(**body.model_dump())
        await contacts.put(code, role, recipient)
        log.info("contact_put", municipality=code, role=role, client=caller_of(request).client)
        return _shown(code, role, recipient)

    @router.delete(PATH, summary="Erase a role's contact", response_model=Erased)
    async def erase(request: Request, code: Code, role: AnyRole) -> dict[str, Any]:
        """Forget the address at once, and for good; a second time changes nothing."""
        erased = await contacts.erase(code, role)
        log.info("contact_erased", municipality=code, role=role, client=caller_of(request).client, erased=erased)
        return {"municipality": code, "role": role, "erased": erased}

    return router


_ANSWERS: dict[int | str, dict[str, Any]] = {
    413: problem_answer(f"The body is longer than {MOST_BYTES:,} bytes."),
    422: problem_answer("A field is wrong; `errors` names each, and repeats no address."),
}


def _shown(code: str, role: str, recipient: Recipient) -> dict[str, Any]:
    return {"municipality": code, "role": role, **recipient._asdict()}
