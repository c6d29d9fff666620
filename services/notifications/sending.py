"""Claimed notices on their way to an outcome in the ledger; a crash anywhere leaves a state that says enough."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import stamina

from services.chassis import clock
from services.chassis.errors import StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.outward.addresses import address_mark, read_address
from services.chassis.outward.contacts import Recipient
from services.chassis.outward.ledger import Ledger, Move
from services.chassis.outward.ledger_entry import Entry, Fate
from services.chassis.projection.projector import Moment
from services.notifications.courier import Couriers, Delivery, Verdict, on_the_wire
from services.notifications.notice import Compose, Notice, Sender
from services.notifications.pace import Pace
from services.notifications.settings import NoticeSettings

log = logger(__name__)

#: A server that puts a mail off is asked once more at once; then the mail waits its time.
TRIES = 2
LONGEST_WAIT_S = 3600
HOUR_MS = 3_600_000
#: After the first of a wave's outcomes so long is waited for others, which are then written with it.
TOGETHER_S = 0.02


class Claim(NamedTuple):
    """A notice that is ours to send, its entry in the ledger, and who hears it."""

    notice: Notice
    entry: Entry
    recipient: Recipient


class Letter(NamedTuple):
    """A claimed notice that is ready to leave: its entry, where to, and what the wire carries."""

    entry: Entry
    address: str
    content: bytes


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
    pace: Pace
    moment: Moment

    @property
    def lease_ms(self) -> int:
        return int(self.settings.lease_s * 1000)

    async def letters(self, claims: Iterable[Claim]) -> list[Letter]:
        """Return what can leave, made one by one with pauses in between; of what can't, that it failed is noted."""
        letters: list[Letter] = []
        spoiled: list[Move] = []
        for claim in claims:
            try:
                letters.append(self._letter(claim))
            except Exception as error:  # noqa: BLE001  whatever is wrong with one mail, the others leave
                spoiled.append(_spoiled(claim, error))
            await self.pace.breath()
        await self.ledger.move_all(spoiled)
        return letters

    async def send(self, letters: Sequence[Letter]) -> None:
        """Send at once as many as there are connections; what came of them is written as it comes, together."""
        begun = {each.key: each for each in await self.ledger.move_all([self._begun(each) for each in letters])}
        self.moment("sending")
        ours = [each for each in letters if each.entry.key in begun]  # another replica may have taken one over
        leaving = {asyncio.create_task(self._left(each, begun[each.entry.key])) for each in ours}
        while leaving:
            await asyncio.wait(leaving, return_when=asyncio.FIRST_COMPLETED)
            done, leaving = await asyncio.wait(leaving, timeout=TOGETHER_S)
            await self._conclude([each.result() for each in done])

    def _letter(self, claim: Claim) -> Letter:
        mail = self.compose(claim.notice, claim.recipient, self.sender)
        mail["Date"] = clock.now()
        return Letter(claim.entry, read_address(claim.recipient.address), on_the_wire(mail))

    def _begun(self, letter: Letter) -> Move:
        now = clock.now_ms()
        ours = {"lease": now + self.lease_ms, "since": now, "mark": self._mark(letter.address)}
        return Move(letter.entry, {"state": Fate.SENDING, **ours})

    def _mark(self, address: str) -> str | None:
        """Return what stands for an address in the ledger; without a key nothing does."""
        return address_mark(address, self.sender.answers.key) if self.sender.answers else None

    async def _left(self, letter: Letter, sending: Entry) -> tuple[Entry, Delivery]:
        delivery = await self._delivered(letter)
        self.moment("delivered")
        return sending, delivery

    async def _delivered(self, letter: Letter) -> Delivery:
        """Deliver in half of the lease at most, so that what came of it is written while it is ours."""
        try:
            async for attempt in stamina.retry_context(
                on=_PutOffError, attempts=TRIES, wait_initial=0.5, wait_jitter=0.5
            ):
                with attempt:
                    return await self._tried(letter)
        except _PutOffError as error:
            return error.delivery
        except ValueError as error:
            return Delivery(Verdict.REFUSED, f"not_a_mail_{type(error).__name__}")
        raise AssertionError  # the last try returns or raises

    async def _tried(self, letter: Letter) -> Delivery:
        within_s = self.settings.lease_s / (2 * TRIES)
        delivery = await self.couriers.deliver(
            letter.content, sender=self.sender.address, recipient=letter.address, within_s=within_s
        )
        if delivery.verdict is Verdict.PUT_OFF:
            raise _PutOffError(delivery)
        return delivery

    async def _conclude(self, left: Iterable[tuple[Entry, Delivery]]) -> None:
        """Write what came of them, for as long as they are ours: a mail that left must not be unknown for a fault."""
        now = clock.now_ms()
        moves = [Move(sending, self._changes(sending, delivery, now)) for sending, delivery in left]
        retries = stamina.retry_context(on=StoreUnavailableError, attempts=None, timeout=self.settings.lease_s / 2)
        async for attempt in retries:
            with attempt:
                await self.ledger.conclude(moves, self.owner)
        self.moment("concluded")
        for sending, changes in moves:
            log.info("concluded", key=sending.key, state=str(changes["state"]), reason=changes["reason"] or "accepted")

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


def _spoiled(claim: Claim, error: Exception) -> Move:
    log.warning("not_composed", key=claim.entry.key, fault=type(error).__name__)
    failed = {"state": Fate.FAILED, "reason": "not_composed", "since": clock.now_ms(), "told": False}
    return Move(claim.entry, failed)
