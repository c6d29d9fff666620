"""The notifications service put together: the only module here that reads settings."""

from fastapi import FastAPI

from contracts.topics import Topic
from services.chassis.projector import Moment
from services.chassis.service import Parts, Service, build
from services.notifications import api
from services.notifications.composing import compose
from services.notifications.mailing import mailing
from services.notifications.progress import derive
from services.notifications.settings import Settings

SERVICE = Service(
    name="notifications",
    summary="Guidance and the webinar: what the municipalities are told.",
    owns=Topic.NOTIFICATIONS,
    reads=tuple(Topic),
    derive=derive,
)


def create(settings: Settings | None = None, *, moment: Moment = lambda _: None) -> FastAPI:
    """Return the application; settings come from the environment unless given."""
    chosen = settings or Settings()
    routes = (*api.ROUTES, api.mailed_answers(chosen.answers.links))

    async def mails(parts: Parts) -> None:
        await mailing(parts, settings=chosen, compose=compose, moment=moment).watch()

    return build(SERVICE, chosen, routes=routes, works=(mails,), moment=moment)
