"""A batch's way: its roster is settled on the log first, then everybody on it is sent the agreement, at once."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from contracts.codec import NewEvent
from contracts.events import AgreementBatchDispatched
from contracts.facts import Fact, document_id
from contracts.settle import settle
from services.agreements.batches import Held, Line, dispatch, dispatched, event_id, lines
from services.agreements.commands import DispatchBatch
from services.chassis.doors.commands import VISIBLE_WITHIN_S, Commands, decided, position_of
from services.chassis.errors import NotFoundError, PositionNotReachedError
from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store
from services.chassis.queries.positions import read_position
from services.chassis.queries.views import NOW


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Sends batches. The dispatch that the log recorded first gives everybody's agreement its time.

    So a batch that is sent again, after a crash or by two at once, tells the same facts under the same ids.
    """

    commands: Commands
    store: Store

    async def send(self, rollout: str, command: DispatchBatch, *, at: str) -> dict[str, Any]:
        """Send as of `at`; return `{batch_id, position, outcomes}`, or raise a refusal and publish nothing."""
        async with self.commands.turns.of(document_id(rollout, None)):
            documents = await self._documents(rollout)
            world = {each.municipality: self._held(each) for each in documents if not each.whole_rollout}
            whole = settle(fact for each in documents if each.whole_rollout for fact in each.facts.values())
            decision = decided(dispatch(command, world, whole, at))
            first = decision if isinstance(decision, Fact) else await self._dispatch(rollout, command, decision, at)
            found = lines(command, world, rollout, first.data["roster"])
            positions = await self._send(rollout, command.batch_id, first, found)
        outcomes = [self._outcome(rollout, command.batch_id, each, positions) for each in found]
        return {"batch_id": command.batch_id, "position": position_of(first), "outcomes": outcomes}

    async def _documents(self, rollout: str) -> Sequence[Document]:
        documents = await self.store.of_live(lambda live: self.store.of_rollouts(live, [rollout]))
        if not documents:
            raise NotFoundError("There is no such rollout.")
        return documents

    def _held(self, document: Document) -> Held:
        facts = document.facts.values()
        own = frozenset(fact.id for fact in facts if fact.source == self.commands.source)
        return Held(settle(facts), own, document.full)

    async def _dispatch(self, rollout: str, command: DispatchBatch, data: Any, at: str) -> Fact:
        """Tell the roster and return the dispatch that counts: another process may have been first."""
        assert isinstance(data, AgreementBatchDispatched)  # noqa: S101  the decision makes no other event
        [position] = await self.commands.publish([self.commands.event(rollout, None, data, at=at)])
        first = await self._first(rollout, command.batch_id, position)
        if first is None:
            raise PositionNotReachedError(
                f"The roster of {command.batch_id} stands on the log at {position} and can't be seen yet; "
                "send the same batch again, and it goes on.",
                retry_after=1,
            )
        return first

    async def _first(self, rollout: str, batch_id: str, position: str) -> Fact | None:
        try:
            pair = await self.commands.views.whole_after(rollout, read_position(position), VISIBLE_WITHIN_S)
        except PositionNotReachedError:
            return None
        return dispatched(pair.settled(NOW)[1], batch_id)

    async def _send(self, rollout: str, batch_id: str, first: Fact, found: Sequence[Line]) -> Mapping[str, str]:
        """Send what is to be sent and return each position by municipality, once all of it shows."""
        events = [
            NewEvent(
                data=each.sent,
                id=event_id(rollout, batch_id, each.municipality),
                source=self.commands.source,
                time=first.time,
                rollout=rollout,
                municipality=each.municipality,
            )
            for each in found
            if each.sent is not None
        ]
        told = await self.commands.publish(events)
        await self._shown(events, told)
        return {str(event.municipality): position for event, position in zip(events, told, strict=True)}

    async def _shown(self, events: Sequence[NewEvent], positions: Sequence[str]) -> None:
        """Wait until every agreement shows and can be found by its id, for as long as one answer may wait in all."""
        views = self.commands.views
        with suppress(TimeoutError, PositionNotReachedError):
            async with asyncio.timeout(VISIBLE_WITHIN_S):
                for event, position in zip(events, positions, strict=True):
                    place, after = (event.rollout, str(event.municipality)), read_position(position)
                    await views.shown_after(*place, after, VISIBLE_WITHIN_S)

    def _outcome(self, rollout: str, batch_id: str, line: Line, positions: Mapping[str, str]) -> dict[str, Any]:
        told = line.fact
        return {
            "municipality": line.municipality,
            "outcome": line.outcome,
            "agreement_id": told.data["agreement_id"] if told else line.sent and line.sent.agreement_id,
            "event_id": told.id if told else line.sent and event_id(rollout, batch_id, line.municipality),
            "position": position_of(told) if told else positions.get(line.municipality),
            "detail": line.detail or None,
        }
