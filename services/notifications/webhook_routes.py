"""The routes by which a municipality has its own portal told of its view: webhooks, their keys and their deliveries."""

import base64
import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path, Request
from pydantic import BaseModel, Field

from contracts.refusals import FieldError
from services.chassis import clock
from services.chassis.doors.command_fields import Command, example
from services.chassis.errors import ConflictError, InvalidRequestError, NotFoundError
from services.chassis.logs import logger
from services.chassis.outward.webhook_address import LONGEST_URL, read_url
from services.chassis.outward.webhook_sending import Answer, Sender
from services.chassis.outward.webhooks import Attempt, Secret, Webhook, Webhooks
from services.chassis.queries.routes import Code
from services.chassis.queries.view_shape import View
from services.chassis.service import Parts
from services.chassis.web.access import NO_SUCH_THING, caller_of
from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.rate import Rate
from services.chassis.web.request_bodies import MOST_BYTES, BoundedRoute
from services.notifications.webhook_message import CHANGED, TEST, envelope, headers
from services.notifications.webhook_settings import WebhookSettings

log = logger(__name__)
PATH = "/municipalities/{code}/webhooks"
ONE = f"{PATH}/{{hook}}"
#: Deliveries that are shown, the newest.
SHOWN = 100
Hook = Annotated[str, Path(description="The id of a webhook.", examples=["wh_2f1c9c8e5d3b4f7a"])]
State = Literal["active", "failing", "disabled"]


class CreateWebhook(Command):
    """Where the municipality's view is sent to."""

    model_config = example(url="https://portal.vejle.example/klarmeld")

    url: str = Field(min_length=8, max_length=LONGEST_URL, description="HTTPS, port 443 or 8443; no user, no fragment.")


class ShownWebhook(BaseModel):
    """One webhook; its key is shown when it is made and never again. Moments are in milliseconds since 1970."""

    id: str
    municipality: str
    url: str
    created_ms: int
    state: State
    disabled_because: Literal["gone", "failed_too_long"] | None
    failing_since_ms: int | None
    next_attempt_ms: int | None
    earlier_key_until_ms: int | None = Field(description="Until when the key before the present one signs too.")


class NewKey(ShownWebhook):
    """A webhook with the key that its messages are signed with from now on."""

    secret: str = Field(description="Keep it: it is not shown again.")


class Webhooked(BaseModel):
    """The webhooks of a municipality."""

    items: list[ShownWebhook]


class Delivery(BaseModel):
    """One attempt to deliver a message."""

    message: str = Field(description="The header `webhook-id`: the same in each attempt.")
    rollout: str | None
    attempt: int
    at_ms: int
    taken: bool
    status: int | None
    fault: str | None = Field(description="timeout, not_reached, target_refused or no_http.")


class Deliveries(BaseModel):
    """The newest attempts, the newest first."""

    items: list[Delivery]


class Erased(BaseModel):
    """The webhook is gone."""

    id: str
    erased: bool


class Message(BaseModel):
    """What a webhook is sent."""

    type: Literal["municipality.view.changed"]
    timestamp: str = Field(description="When the message was made.", json_schema_extra={"format": "date-time"})
    data: View


def webhook_routes(parts: Parts, settings: WebhookSettings, sender: Sender) -> APIRouter:  # noqa: C901  routes, not branches
    """Return the routes of webhooks."""
    router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=BoundedRoute, responses=_ANSWERS)
    hooks = Webhooks(parts.database)
    trials = Rate(per_second=0.2, burst=5)

    async def found(code: str, hook: str) -> Webhook:
        one = await hooks.one(code, hook)
        if one is None:
            raise NotFoundError(NO_SUCH_THING)
        return one

    @router.get(PATH, summary="The webhooks of a municipality", response_model=Webhooked)
    async def every(code: Code) -> dict[str, Any]:
        return {"items": [_shown(each) for each in await hooks.of(code)]}

    @router.post(PATH, summary="Have a portal told", status_code=201, response_model=NewKey)
    async def create(request: Request, code: Code, body: CreateWebhook) -> dict[str, Any]:
        """Send the view to this address now, and whenever it changes; the answer alone shows the key."""
        hook = _new(code, _judged(body.url, settings), clock.now_ms())
        if not await hooks.add(hook, most=settings.per_municipality):
            raise ConflictError(f"A municipality has at most {settings.per_municipality} webhooks; delete one first.")
        log.info("webhook_created", webhook=hook.id, municipality=code, client=caller_of(request).client)
        return {**_shown(hook), "secret": hook.secrets[0].value}

    @router.delete(ONE, summary="Tell a portal no more", response_model=Erased)
    async def erase(request: Request, code: Code, hook: Hook) -> dict[str, Any]:
        """Forget the webhook, its keys and its deliveries; a second time changes nothing."""
        erased = await hooks.erase(code, hook)
        log.info("webhook_erased", municipality=code, client=caller_of(request).client, erased=erased)
        return {"id": hook, "erased": erased}

    @router.post(f"{ONE}/rotation", summary="Change a webhook's key", response_model=NewKey)
    async def rotate(code: Code, hook: Hook) -> dict[str, Any]:
        """Sign with a new key, and with the present one too for a while; the answer alone shows the new one."""
        one = await found(code, hook)
        until = clock.now_ms() + int(settings.rotation_h * 3_600_000)
        keys = (_new_secret(), one.secrets[0]._replace(until=until))
        if not await hooks.rotate(one, keys):
            raise ConflictError("The webhook has just been changed; look at it and try again.")
        return {**_shown(one._replace(secrets=keys)), "secret": keys[0].value}

    @router.post(f"{ONE}/test", summary="Try a webhook", response_model=Delivery)
    async def attempt(code: Code, hook: Hook) -> dict[str, Any]:
        """Send a signed message of the type `webhook.test` at once, and answer what came of it."""
        one = await found(code, hook)
        now = clock.now_ms()
        trials.spend(one.id, 1, now / 1_000)
        body, message = envelope(TEST, now, {"webhook": one.id, "municipality": code}), f"msg_{clock.new_id()}"
        answer = await sender.post(one.url, headers(message, body, one.valid_secrets(now), now), body.encode())
        tried = Attempt(one.id, message, None, 1, now, answer.status, answer.fault)
        await hooks.log(tried)
        return _delivery(tried)

    @router.post(f"{ONE}/redrive", summary="Send a webhook everything anew", response_model=ShownWebhook)
    async def redrive(code: Code, hook: Hook) -> dict[str, Any]:
        """Send the present view once more, and begin again with a webhook that rests."""
        if not await hooks.ask_again(code, hook):
            raise NotFoundError(NO_SUCH_THING)
        return _shown(await found(code, hook))

    @router.get(f"{ONE}/deliveries", summary="What came of a webhook's deliveries", response_model=Deliveries)
    async def deliveries(code: Code, hook: Hook) -> dict[str, Any]:
        """Show the newest attempts; they are kept for 30 days."""
        one = await found(code, hook)
        return {"items": [_delivery(each) for each in await hooks.attempts(one.id, SHOWN)]}

    return router


def document(app: FastAPI) -> None:
    """Say in the API document what a webhook's receiver is asked."""

    @app.webhooks.post(CHANGED, tags=["webhooks"], summary="A municipality's view has changed")
    def changed(message: Message) -> None:
        """Answer 2xx within ten seconds. Signed by Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature.

        Only the newest view is sent; the same `webhook-id` is the same message. 410 ends the webhook.
        """


_ANSWERS: dict[int | str, dict[str, Any]] = {
    409: problem_answer("The municipality has as many webhooks as it may, or this one has just been changed."),
    413: problem_answer(f"The body is longer than {MOST_BYTES:,} bytes."),
    429: problem_answer("A webhook is tried too often; `Retry-After` says when to come again."),
}


def _judged(url: str, settings: WebhookSettings) -> str:
    try:
        return read_url(url, local=settings.local)
    except ValueError as error:
        raise InvalidRequestError("The address can't be a webhook's.", [FieldError("/url", str(error))]) from None


def _new(code: str, url: str, now: int) -> Webhook:
    hook = f"wh_{clock.new_id().replace('-', '')[:16]}"
    return Webhook(id=hook, municipality=code, url=url, created=now, secrets=(_new_secret(),))


def _new_secret() -> Secret:
    return Secret(f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}")


def _state(hook: Webhook) -> State:
    if hook.disabled:
        return "disabled"
    return "failing" if hook.failing else "active"


def _shown(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "municipality": hook.municipality,
        "url": hook.url,
        "created_ms": hook.created,
        "state": _state(hook),
        "disabled_because": hook.disabled,
        "failing_since_ms": hook.failing.since if hook.failing else None,
        "next_attempt_ms": hook.failing.next_at if hook.failing and not hook.disabled else None,
        "earlier_key_until_ms": max((each.until for each in hook.secrets if each.until), default=None),
    }


def _delivery(attempt: Attempt) -> dict[str, Any]:
    return {
        "message": attempt.message,
        "rollout": attempt.rollout,
        "attempt": attempt.attempt,
        "at_ms": attempt.at,
        "taken": Answer(attempt.status, attempt.fault).taken,
        "status": attempt.status,
        "fault": attempt.fault,
    }
