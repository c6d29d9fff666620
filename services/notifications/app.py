"""The notifications service put together: the only module here that reads settings."""

from fastapi import APIRouter, FastAPI

from contracts.topics import Topic
from services.chassis.outward.webhook_sending import Sender
from services.chassis.projection.projector import Moment
from services.chassis.service import Parts, Service, build
from services.notifications import api
from services.notifications.composing import compose
from services.notifications.mailing import mailing
from services.notifications.progress import derive
from services.notifications.settings import Settings
from services.notifications.webhook_routes import document, webhook_routes
from services.notifications.webhook_work import WebhookWork

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
    sender = Sender(local=chosen.webhooks.local, within_s=chosen.webhooks.within_s)

    def webhooks(parts: Parts) -> APIRouter:
        return webhook_routes(parts, chosen.webhooks, sender)

    async def mails(parts: Parts) -> None:
        await mailing(parts, settings=chosen, compose=compose, moment=moment).watch()

    async def telling(parts: Parts) -> None:
        await WebhookWork(parts, chosen.webhooks, sender, moment).watch()

    routes = (*api.ROUTES, api.mailed_answers(chosen.answers.links), webhooks)
    app = build(SERVICE, chosen, routes=routes, works=(mails, telling), moment=moment)
    document(app)
    return app
