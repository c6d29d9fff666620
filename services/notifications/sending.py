"""One notice's way from its claim to its outcome in the ledger; a crash anywhere leaves a state that says enough."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, NamedTuple

import stamina

from services.chassis import clock
from services.chassis.errors import StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.outward.addresses import address_mark, read_address
from services.chassis.outward.contacts import Recipient
from services.chassis.outward.ledger import Ledger
from services.chassis.outward.ledger_entry import Entry, Fate
from services.chassis.projection.projector import Moment
from services.notifications.courier import Couriers, Delivery, Verdict
from services.notifications.notice import Compose, Notice, Sender
from services.notifications.settings import NoticeSettings

log = logger(__name__)

#: A server that puts a mail off is asked once more at once; then the mail waits its time.
TRIES = 2
LONGEST_WAIT_S = 3600
HOUR_MS = 3_600_000


class Claim(NamedTuple):
    """A notice that is ours to send, its entry in the ledger, and who hears it."""

    notice: Notice
    entry: Entry
    recipient: Recipient


class _PutOffError(Exception):
    """The server puts a mail off."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery.reason)
        self.delivery = delivery


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Sends claimed notices for one replica, `owner`."""

    owner: str
    ledger: Ledger
    couriers: Couriers
    compose: Compose
    sender: Sender
    settings: NoticeSettings
    moment: Moment

    @property
    def lease_ms(self) -> int:
        return int(self.settings.lease_s * 1000)

    async def send(self, claim: Claim) -> Entry | None:
        """Return the entry of what came of it; None where another replica has taken the notice over."""
        try:
            address = read_address(claim.recipient.address)
            mail = self.compose(claim.notice, claim.recipient, self.sender)
            mail["Date"] = clock.now()
        except Exception as error:  # noqa: BLE001  whatever is wrong with one mail, the others leave
            return await self._refused(claim, error)
        now = clock.now_ms()
        ours = {"lease": now + self.lease_ms, "since": now, "mark": self._mark(address)}
        sending = await self.ledger.move(claim.entry, state=Fate.SENDING, **ours)
        if sending is None:
            return None
        self.moment("sending")
        delivery = await self._delivered(mail, address)
        self.moment("delivered")
        return await self._concluded(sending, delivery)

    def _mark(self, address: str) -> str | None:
        """Return what stands for an address in the ledger; without a key nothing does."""
        return address_mark(address, self.sender.answers.key) if self.sender.answers else None

    async def _refused(self, claim: Claim, error: Exception) -> Entry | None:
        log.warning("not_composed", key=claim.entry.key, fault=type(error).__name__)
        failed = {"state": Fate.FAILED, "reason": "not_composed", "since": clock.now_ms(), "told": False}
        return await self.ledger.move(claim.entry, **failed)

    async def _delivered(self, mail: EmailMessage, address: str) -> Delivery:
        """Deliver in half of the lease at most, so that what came of it is written while it is ours."""
        try:
            async for attempt in stamina.retry_context(
                on=_PutOffError, attempts=TRIES, wait_initial=0.5, wait_jitter=0.5
            ):
                with attempt:
                    return await self._tried(mail, address)
        except _PutOffError as error:
            return error.delivery
        except ValueError as error:
            return Delivery(Verdict.REFUSED, f"not_a_mail_{type(error).__name__}")
        raise AssertionError  # the last try returns or raises

    async def _tried(self, mail: EmailMessage, address: str) -> Delivery:
        within_s = self.settings.lease_s / (2 * TRIES)
        delivery = await self.couriers.deliver(mail, sender=self.sender.address, recipient=address, within_s=within_s)
        if delivery.verdict is Verdict.PUT_OFF:
            raise _PutOffError(delivery)
        return delivery

    async def _concluded(self, sending: Entry, delivery: Delivery) -> Entry | None:
        """Write what came of it, for as long as it is ours: a mail that left must not end as unknown for a fault."""
        changes = self._changes(sending, delivery, clock.now_ms())
        retries = stamina.retry_context(on=StoreUnavailableError, attempts=None, timeout=self.settings.lease_s / 2)
        entry = None
        async for attempt in retries:
            with attempt:
                entry = await self.ledger.conclude(sending.key, self.owner, **changes)
        self.moment("concluded")
        log.info("concluded", key=sending.key, state=str(changes["state"]), reason=delivery.reason)
        return entry

    def _changes(self, sending: Entry, delivery: Delivery, now: int) -> dict[str, Any]:
        match delivery.verdict:
            case Verdict.ACCEPTED:
                return {"state": Fate.SENT, "reason": None, "since": now, "told": False}
            case Verdict.REFUSED:
                return {"state": Fate.FAILED, "reason": delivery.reason, "since": now, "told": False}
            case Verdict.LOST:
                return {"state": Fate.UNKNOWN, "reason": delivery.reason, "since": now}
            case Verdict.PUT_OFF:
                return self._later(sending, delivery.reason, self.settings.back_off_s, now)
            case Verdict.UNREACHED:
                return self._later(sending, delivery.reason, self.settings.every_s, now)

    def _later(self, sending: Entry, reason: str, first_s: float, now: int) -> dict[str, Any]:
        """Put it back with a wait that doubles, or give it up when it has been tried for too long."""
        if now - sending.first > self.settings.give_up_after_h * HOUR_MS:
            return {"state": Fate.FAILED, "reason": f"given_up_{reason}", "since": now, "told": False}
        wait_s = min(first_s * 2 ** min(sending.attempts, 20), LONGEST_WAIT_S)
        again = {"owner": None, "lease": now + int(wait_s * 1000), "attempts": sending.attempts + 1}
        return {"state": Fate.CLAIMED, "reason": reason, "since": now, **again}
