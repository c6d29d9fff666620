"""The router that commands stand on: no body without end, and every answer in the OpenAPI document."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.request_bodies import MOST_BYTES, BoundedRoute

#: A rollout that need not exist yet: its first fact makes it.
NewRollout = Annotated[
    str,
    Path(
        description="The rollout; one that nothing is known of yet comes to be.",
        examples=["efaktura-8b"],
        pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$",
    ),
]


class Warned(BaseModel):
    """Something that is taken as it is, and looks unusual."""

    pointer: str = Field(description="The field, as a JSON pointer into the body.")
    detail: str


class Accepted(BaseModel):
    """The event is on the log."""

    event_id: str = Field(description="The id of the event.")
    position: str = Field(description="Its place on the log, for `?after=`.", examples=["tasks-3-1042"])
    view: dict[str, Any] | None = Field(description="What includes the event; null where that takes long.")
    warnings: list[Warned] = Field([], description="Left out where nothing is unusual.")


def command_router(tag: str) -> APIRouter:
    """Return a router for commands under /v1."""
    return APIRouter(prefix="/v1", tags=[tag], route_class=BoundedRoute, responses=ANSWERS)


ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {
        "model": Accepted,
        "description": "Told: the event is on the log. A repeated `Idempotency-Key` gets the first answer's event.",
        "headers": {"Location": {"description": "Where the event shows.", "schema": {"type": "string"}}},
    },
    401: problem_answer("No valid access token."),
    403: problem_answer("None of the token's roles may do this."),
    404: problem_answer("There is no such thing, or none that the caller may know of."),
    409: problem_answer("It does not fit what has happened already; `detail` says what, and when."),
    413: problem_answer(f"The body is longer than {MOST_BYTES:,} bytes."),
    422: problem_answer("A field is wrong; `errors` names each."),
    503: problem_answer("The log or the database can't be reached; try again."),
}
