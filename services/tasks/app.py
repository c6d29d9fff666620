"""The tasks service put together: the only module here that reads settings."""

from fastapi import FastAPI

from contracts.topics import Topic
from services.chassis.projection.projector import Moment
from services.chassis.service import Service, build
from services.tasks import api
from services.tasks.progress import derive
from services.tasks.settings import Settings

SERVICE = Service(
    name="tasks",
    summary="The KLIK task, and the whole of each municipality's progress.",
    owns=Topic.TASKS,
    reads=tuple(Topic),
    derive=derive,
    shows_ean_conflicts=True,
)


def create(settings: Settings | None = None, *, moment: Moment = lambda _: None) -> FastAPI:
    """Return the application; settings come from the environment unless given."""
    return build(SERVICE, settings or Settings(), routes=api.ROUTES, moment=moment)
