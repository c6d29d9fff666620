"""The reconciler: what is owed, less what the ledger says, is sent; what became of it is told to the log."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import codec
from contracts.topics import Topic
from services.chassis import clock
from services.chassis.cancellation import to_its_end
from services.chassis.errors import KlarmeldError
from services.chassis.log.fence import caught_up
from services.chassis.log.log_reader import LogReader, reading
from services.chassis.log.publisher import Publisher
from services.chassis.logs import logger
from services.chassis.outward.contacts import Contacts, Recipient
from services.chassis.outward.ledger import Ledger, Move
from services.chassis.outward.ledger_entry import Entry, Fate, claimed
from services.chassis.outward.webhooks import Webhooks
from services.chassis.projection.projector import Moment
from services.chassis.service import Parts
from services.notifications import difference
from services.notifications.courier import Couriers
from services.notifications.difference import Difference, Due
from services.notifications.ledger_metrics import LedgerMetrics
from services.notifications.notice import Compose, Notice, Sender
from services.notifications.outcomes import about, events_of
from services.notifications.outlines import Outlines
from services.notifications.owing.case import Hour
from services.notifications.pace import Pace
from services.notifications.reactions import owed
from services.notifications.resting import by_place
from services.notifications.restoring import Restoring
from services.notifications.sending import Claim, Sending
from services.notifications.settings import Settings

log = logger(__name__)

#: Claimed at once by one replica, if a second allows so many: few enough that all are begun before their lease is over
#: and that readers wait little for them, and enough that what is written of them reaches the disk together.
CHUNK = 12
#: Sent before the log is told of them, so that they come back as few and larger batches.
SENT_UNTOLD = 36
TOLD_AT_ONCE = 500
BEHIND_FOR_S = 10.0
REACHED_WITHIN_S = 20.0


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """Reconciles for one replica; any number of them may at once. `closing` is set when the service stops."""

    settings: Settings
    group: str
    ledger: Ledger
    contacts: Contacts
    publisher: Publisher
    outlines: Outlines
    restoring: Restoring
    couriers: Couriers
    sending: Sending
    webhooks: Webhooks
    pace: Pace
    metrics: LedgerMetrics
    moment: Moment
    closing: asyncio.Event

    async def watch(self) -> None:
        """Reconcile for as long as the service runs; what keeps it from that is tried again later."""
        while not self.closing.is_set():
            try:
                await self._rounds()
            except KlarmeldError as error:
                log.warning("mailing_held_up", detail=error.detail)
                await self._rest()

    async def _rounds(self) -> None:
        await self.ledger.prepare()
        async with reading(self.settings.kafka, list(Topic)) as kafka:
            while not self.closing.is_set():
                await self.round(kafka)
                await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(self.settings.notices.every_s)

    async def round(self, kafka: LogReader) -> None:
        """Do once what is to be done now. What the ledger knows is told first, so that the facts include it."""
        await self.ledger.lose(clock.now_ms())
        await self.tell()
        known = await self.metrics.tell(self.ledger, clock.now_ms())
        if not self.settings.smtp.host or not await caught_up(kafka, self.group, within_s=BEHIND_FOR_S):
            return
        changed = await self.outlines.look()
        if not await self.restoring.is_whole(self.outlines, changed, known):
            return
        found = await self.compared()
        if found.silent:
            await self.ledger.add(found.silent)
        if found.due and await self._reached():
            await self._send(found.due)
        await self.tell()

    async def tell(self) -> None:
        """Tell the log every outcome that may not stand on it."""
        while outcomes := await self.ledger.untold(TOLD_AT_ONCE):
            await self.publisher.publish([codec.encode(event) for each in outcomes for event in events_of(each)])
            self.moment("told")
            await self.ledger.tell(outcomes)

    async def compared(self) -> Difference:
        """Return the difference now: one reading of the contacts, one of the ledger."""
        contacts: dict[str, dict[str, Recipient]] = {}
        for (municipality, role), recipient in (await self.contacts.every()).items():
            contacts.setdefault(municipality, {})[role] = recipient
        hour = Hour(clock.now(), self.settings.notices.reminders)
        resting = by_place(await self.webhooks.resting())
        notices: list[Notice] = []
        for look in list(self.outlines.looks()):
            await asyncio.sleep(0)  # readers and the projection take their turn between two municipalities
            place = look.outline.rollout, look.outline.municipality
            notices += owed(look.outline, contacts.get(place[1], {}), hour, resting.get(place, ()))
        entries = await self.ledger.of(about(each).key for each in notices)
        supplier = Recipient(self.settings.smtp.eg_address) if self.settings.smtp.eg_address else None
        return difference.difference(notices, entries, contacts, supplier, clock.now_ms())

    async def _reached(self) -> bool:
        fault = await self.couriers.reachable(within_s=REACHED_WITHIN_S)
        self.metrics.reachable.set(0 if fault else 1)
        if fault:
            log.warning("mail_server_not_reached", fault=fault)
        return fault is None

    async def _send(self, due: Sequence[Due]) -> None:
        size, untold = min(CHUNK, self.pace.a_second), 0
        for start in range(0, len(due), size):
            if self.closing.is_set():
                return
            chunk = due[start : start + size]
            await self.pace.turn(len(chunk))
            claims = await self._claim(chunk)
            self.moment("claimed")
            # A stop waits for what is on its way, so that it does not end as unknown; see `_leave`.
            await to_its_end(self._leave(claims))
            untold += len(claims)
            if untold >= SENT_UNTOLD:
                untold = 0
                await self.tell()

    async def _claim(self, due: Sequence[Due]) -> list[Claim]:
        """Make these ours; what another replica has taken is left to it."""
        now = clock.now_ms()
        ours = {"state": Fate.CLAIMED, "owner": self.sending.owner, "lease": now + self.sending.lease_ms}
        new = {each.about.key: each for each in due if each.entry is None}
        added = await self.ledger.add(
            [claimed(each.about, self.sending.owner, now, now + self.sending.lease_ms) for each in new.values()]
        )
        again = {each.about.key: each for each in due if each.entry is not None}
        taken = await self.ledger.move_all([_again(each.entry, ours, now) for each in again.values() if each.entry])
        both = [(new[each.key], each) for each in added] + [(again[each.key], each) for each in taken]
        return [Claim(each.notice, entry, each.recipient) for each, entry in both]

    async def _leave(self, claims: Sequence[Claim]) -> None:
        """Send wave by wave, as many at once as there are connections; a stop gives back what has not begun."""
        letters = await self.sending.letters(claims)
        wave = self.settings.smtp.connections
        for start in range(0, len(letters), wave):
            if self.closing.is_set():
                given_back = [Move(each.entry, {"owner": None, "lease": 0}) for each in letters[start:]]
                await self.ledger.move_all(given_back)
                return
            await self.sending.send(letters[start : start + wave])


def _again(entry: Entry, ours: Mapping[str, Any], now: int) -> Move:
    """Return how an entry becomes ours that waits to be tried again, or that nobody could hear until now."""
    first = entry.first if entry.state is Fate.CLAIMED else now
    return Move(entry, {**ours, "since": now, "first": first})


def mailing(parts: Parts, *, settings: Settings, compose: Compose, moment: Moment) -> Mailing:
    """Return the reconciler of a service; `parts` are its others."""
    ledger, couriers, pace = Ledger(parts.database), Couriers(settings.smtp), Pace(settings.smtp.per_minute)
    sender = Sender(
        settings.smtp.from_address or "",
        settings.smtp.from_name,
        settings.notices.portal.rstrip("/"),
        settings.answers.links,
        settings.notices.sample,
    )
    sending = Sending(
        owner=clock.new_id(),
        ledger=ledger,
        couriers=couriers,
        compose=compose,
        sender=sender,
        settings=settings.notices,
        pace=pace,
        moment=moment,
    )
    return Mailing(
        settings=settings,
        group=parts.consumer.group,
        ledger=ledger,
        contacts=Contacts(parts.database),
        publisher=parts.publisher,
        outlines=Outlines(parts.store),
        restoring=Restoring(ledger),
        couriers=couriers,
        sending=sending,
        webhooks=Webhooks(parts.database),
        pace=pace,
        metrics=LedgerMetrics(parts.metrics.registry),
        moment=moment,
        closing=parts.live.closing,
    )
