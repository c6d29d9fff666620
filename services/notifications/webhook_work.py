"""Webhooks reconciled: what each municipality's view is against what its webhooks took last; the difference is sent."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from prometheus_client import Counter, Gauge

from services.chassis import clock
from services.chassis.errors import KlarmeldError, NotFoundError, StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.outward.webhook_sending import Answer, Sender
from services.chassis.outward.webhooks import Attempt, Failing, Pending, Told, Webhook, Webhooks
from services.chassis.projection.documents import COMPARED
from services.chassis.projection.projector import Moment
from services.chassis.projection.stored_views import stored_views
from services.chassis.service import Parts
from services.notifications.webhook_message import CHANGED, envelope, fingerprint, headers, message_id
from services.notifications.webhook_settings import WebhookSettings

log = logger(__name__)
#: Webhooks that are told at once; each takes at most as long as one delivery a rollout.
AT_ONCE = 16
#: Waits between attempts, as multiples of the first: with 5 s up to six hours.
WAITS = (1, 6, 24, 120, 360, 720, 1_440, 2_880, 4_320)
Marks = dict[str, dict[str, dict[str, Any]]]


class Seen(NamedTuple):
    """What a webhook was told everything of: until this changes there is nothing to look at."""

    asked: int
    marks: Mapping[str, Mapping[str, Any]]


class WebhookWork:
    """The work of one replica; another may do the same at once, since each webhook is held while it is told."""

    def __init__(
        self, parts: Parts, settings: WebhookSettings, sender: Sender, moment: Moment = lambda _: None
    ) -> None:
        self._parts = parts
        self._settings = settings
        self._sender = sender
        self._moment = moment
        self._hooks = Webhooks(parts.database)
        self._owner = clock.new_id()
        self._seen: dict[str, Seen] = {}
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        registry = parts.metrics.registry
        self._sent = Counter("klarmeld_webhook_attempts_total", "Webhook attempts.", ["outcome"], registry=registry)
        for outcome in ("taken", "refused"):  # told from the beginning, so that the first one is a rise
            self._sent.labels(outcome)
        self._resting = Gauge("klarmeld_webhooks_disabled", "Webhooks that rest after failing.", registry=registry)

    async def watch(self) -> None:
        """Look again and again, however long MongoDB stays away; no slow receiver holds up the others."""
        prepared = False
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    if not prepared:
                        await self._hooks.prepare()
                        prepared = True
                    await self.look(group)
                except KlarmeldError as error:
                    log.warning("webhooks_held_up", detail=error.detail)
                await asyncio.sleep(self._settings.every_s)

    async def look(self, group: asyncio.TaskGroup) -> None:
        """Begin to tell each webhook that may not know everything."""
        active = await self._hooks.active()
        self._resting.set(await self._hooks.disabled())
        self._seen = {each.id: self._seen[each.id] for each in active if each.id in self._seen}
        marks = await self._marks() if active else {}
        now = clock.now_ms()
        for hook in active:
            seen = Seen(hook.asked, marks.get(hook.municipality, {}))
            waiting = hook.failing is not None and hook.failing.next_at > now
            if waiting or hook.id in self._busy or self._seen.get(hook.id) == seen:
                continue
            task = group.create_task(self._tell(hook.id, seen))
            self._busy[hook.id] = task
            task.add_done_callback(partial(self._done, hook.id))

    def _done(self, hook: str, _task: asyncio.Task[None]) -> None:
        self._busy.pop(hook, None)

    async def _marks(self) -> Marks:
        """Return the measures of all stored views, by municipality and rollout."""
        return await self._parts.store.of_live(self._marks_in)

    async def _marks_in(self, live: str) -> Marks:
        store = self._parts.store
        marks: Marks = {}
        for rollout in await store.rollouts(live):
            for code, header in (await stored_views(store, live, rollout, COMPARED)).progress.items():
                marks.setdefault(code, {})[rollout] = header
        return marks

    async def _tell(self, hook: str, seen: Seen) -> None:
        async with self._room:
            try:
                held = await self._hooks.claim(hook, self._owner, now=clock.now_ms(), until=self._lease())
                if held is not None and await self._told_all(held, seen):
                    self._seen[hook] = seen
            except StoreUnavailableError as error:
                log.warning("webhook_held_up", webhook=hook, detail=error.detail)

    async def _told_all(self, hook: Webhook, seen: Seen) -> bool:
        """Tell each rollout of which the webhook does not know; return whether it knows all of them now."""
        for rollout in seen.marks:
            after = await self._told(hook, rollout)
            if after is None:
                return False
            refused_now = after.failing is not None and after.failing is not hook.failing
            hook = after
            if refused_now:
                break
        else:
            hook = hook._replace(failing=None)  # what failed before has been taken since, or is no more
        kept = await self._hooks.conclude(hook, self._owner)
        return kept and hook.failing is None and hook.asked == seen.asked

    async def _told(self, hook: Webhook, rollout: str) -> Webhook | None:
        """Send the newest view where it is not known; None where the webhook is not held any more."""
        told = next((each for each in hook.told if each.rollout == rollout), Told(rollout))
        view = await self._view(rollout, hook.municipality)
        if view is None or _known(told, view, hook.asked):
            return hook
        told = self._next(hook, told, view)
        hook = _with(hook, told)
        # kept before it is sent: whoever goes on after a crash sends the same message under the same id
        if told.pending is None or not await self._hooks.note(hook, self._owner, until=self._lease()):
            return None
        self._moment("webhook_noted")
        answer = await self._send(hook, told.pending)
        self._moment("webhook_sent")
        await self._keep(hook, rollout, told.pending, answer)
        return self._after(hook, told, answer)

    async def _view(self, rollout: str, municipality: str) -> dict[str, Any] | None:
        try:
            return (await self._parts.views.shown(rollout, municipality)).view
        except NotFoundError:  # a rollout that a swap took away
            return None

    def _next(self, hook: Webhook, told: Told, view: dict[str, Any]) -> Told:
        """Return what is to be sent: the message that is on its way, or one with the newest view in its place."""
        mark = fingerprint(view)
        number, pending = told.number, told.pending
        if pending is None or pending.fingerprint != mark:
            number += 1
            body = envelope(CHANGED, clock.now_ms(), view)
            pending = Pending(message_id(hook.id, told.rollout, number), mark, body)
        return told._replace(number=number, pending=pending._replace(attempts=pending.attempts + 1))

    async def _send(self, hook: Webhook, pending: Pending) -> Answer:
        now = clock.now_ms()
        signed = headers(pending.id, pending.body, hook.valid_secrets(now), now)
        return await self._sender.post(hook.url, signed, pending.body.encode())

    async def _keep(self, hook: Webhook, rollout: str, pending: Pending, answer: Answer) -> None:
        self._sent.labels("taken" if answer.taken else answer.fault or "refused").inc()
        log.info("webhook_sent", webhook=hook.id, message=pending.id, status=answer.status, fault=answer.fault)
        attempt = Attempt(hook.id, pending.id, rollout, pending.attempts, clock.now_ms(), answer.status, answer.fault)
        await self._hooks.log(attempt)

    def _after(self, hook: Webhook, told: Told, answer: Answer) -> Webhook:
        if answer.taken and told.pending:
            taken = Told(told.rollout, told.pending.fingerprint, told.number, hook.asked)
            return _with(hook, taken)._replace(failing=None)
        return self._failed(hook, clock.now_ms(), gone=answer.gone)

    def _failed(self, hook: Webhook, now: int, *, gone: bool) -> Webhook:
        since, attempts = (hook.failing.since, hook.failing.attempts) if hook.failing else (now, 0)
        wait = self._settings.back_off_s * WAITS[min(attempts, len(WAITS) - 1)]
        failing = Failing(since, attempts + 1, now + int(wait * 1_000))
        if gone or now - since >= self._settings.give_up_after_h * 3_600_000:
            log.warning("webhook_disabled", webhook=hook.id, municipality=hook.municipality, gone=gone)
            return hook._replace(failing=failing, disabled="gone" if gone else "failed_too_long")
        return hook._replace(failing=failing)

    def _lease(self) -> int:
        return clock.now_ms() + int(self._settings.lease_s * 1_000)


def _known(told: Told, view: dict[str, Any], asked: int) -> bool:
    """Return whether there is nothing to send; who never took part is not told that nothing is known."""
    if told.number == 0 and view["progress"]["stage"] == "not_applicable":
        return True
    return told.pending is None and told.fingerprint == fingerprint(view) and told.asked >= asked


def _with(hook: Webhook, told: Told) -> Webhook:
    others = (each for each in hook.told if each.rollout != told.rollout)
    return hook._replace(told=(*others, told))
