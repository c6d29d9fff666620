"""The swap: a generation that was built and found right becomes what readers see, by one write."""

from collections.abc import Mapping
from typing import Any

from services.chassis.errors import ConflictError
from services.chassis.projection.generations import Change, receipt_of, repoint
from services.chassis.projection.journal import Journal, Signature
from services.chassis.projection.store import Generation
from services.chassis.projection.target import Subject
from services.chassis.projection.undertaking import Phase, Undertaking, Undertakings


async def swap(subject: Subject, collection: str, signature: Signature) -> Change:
    """Make `collection` live if it is the one that was built; every batch since then was written to it as well."""
    undertaking = await Undertakings(subject.database).unfinished()
    if undertaking is None or undertaking.phase is not Phase.BUILT or undertaking.collection != collection:
        raise ConflictError(f"{collection} does not wait for its swap; look at the rebuild again.")
    return await swapped(subject, undertaking, undertaking.found, signature)


async def swapped(
    subject: Subject, undertaking: Undertaking, counts: Mapping[str, int], signature: Signature
) -> Change:
    """Make the generation live; the one before stays among those that are written."""
    pointer = await subject.store.generation()
    others = tuple(each for each in pointer.also if each != undertaking.collection)
    change = Change(pointer, Generation(undertaking.collection, (*others, pointer.live)))
    receipt = receipt_of(change, "rebuild", **counts)

    async def work(session: Any) -> None:
        await repoint(subject.store, change, session)
        await Undertakings(subject.database).end(undertaking, session=session)
        await Journal(subject.database).append(signature, receipt, session=session)

    await subject.store.at_once(work)
    return change
