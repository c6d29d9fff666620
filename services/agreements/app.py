"""The agreements service put together: the only module here that reads settings."""

from fastapi import FastAPI

from contracts.topics import Topic
from services.agreements import api, expiry
from services.agreements.progress import derive
from services.agreements.settings import Settings
from services.chassis.projection.projector import Moment
from services.chassis.service import Service, build

SERVICE = Service(
    name="agreements",
    summary="Agreements and forwarding: what is sent, signed and set up.",
    owns=Topic.AGREEMENTS,
    reads=(Topic.AGREEMENTS, Topic.TASKS),
    derive=derive,
)


def create(settings: Settings | None = None, *, moment: Moment = lambda _: None) -> FastAPI:
    """Return the application; settings come from the environment unless given."""
    return build(SERVICE, settings or Settings(), routes=api.ROUTES, works=(expiry.watch,), moment=moment)
