"""The generations of a service's documents: which there are, going back to an older one, and dropping one."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, Protocol

from pydantic import Field

from services.chassis.errors import ConflictError, NotFoundError
from services.chassis.projection.journal import Journal, Receipt, Signature
from services.chassis.projection.store import FIRST, Generation, PointerMissingError, Store, translated
from services.chassis.projection.target import Subject
from services.chassis.projection.undertaking import Undertakings

_NAME = re.compile(r"progress_(\d+)")


class Holder(Protocol):
    """Whatever holds the generations of one service: a running one, or one that was reached."""

    @property
    def store(self) -> Store: ...

    @property
    def database(self) -> Any: ...


@dataclass(frozen=True)
class GenerationRow:
    """One generation of the documents."""

    name: Annotated[str, Field(examples=["progress_2"])]
    role: Annotated[
        str, Field(description="`live`: readers see it; `also`: kept up beside it; `being built`; `left over`.")
    ]
    documents: int


class Change(NamedTuple):
    """What a command makes of the pointer."""

    before: Generation
    after: Generation


async def pointed_at(store: Store) -> Generation:
    """Return the generations; in a database that was dropped, those that a service would begin with."""
    try:
        return await store.generation()
    except PointerMissingError:
        return FIRST


async def listed(subject: Holder) -> list[GenerationRow]:
    """Return every generation, the newest first."""
    pointer = await pointed_at(subject.store)
    built = await _built(subject)
    rows = []
    for name in sorted(await _names(subject.database), key=number_of, reverse=True):
        async with translated():
            documents = await subject.store.collection(name).estimated_document_count()
        rows.append(GenerationRow(name, _role(name, pointer, built), documents))
    return rows


async def next_name(subject: Subject) -> str:
    """Return the name of a generation that there has never been."""
    pointer = await pointed_at(subject.store)
    built = await _built(subject)
    names = [*await _names(subject.database), *pointer.in_writing_order, *([built] if built else [])]
    return f"progress_{1 + max(map(number_of, names))}"


async def rolled_back(subject: Subject, to: str | None = None) -> Change:
    """Return what going back to the last generation before the live one, or to `to`, would make of the pointer.

    Nothing, where `to` is live already: whoever could not see how the first try ended asks a second time.
    """
    pointer = await pointed_at(subject.store)
    if to == pointer.live:
        return Change(pointer, pointer)
    built = await _built(subject)
    whole = [each for each in pointer.also if each != built]
    if to is None and not whole:
        raise NotFoundError("There is no older generation to go back to.")
    chosen = whole[-1] if to is None else to
    if chosen not in whole:
        raise NotFoundError(f"{chosen} is no whole generation that is kept up beside the live one.")
    others = tuple(each for each in pointer.also if each != chosen)
    return Change(pointer, Generation(chosen, (*others, pointer.live)))


async def without(subject: Subject, name: str) -> Change:
    """Return what dropping a generation would make of the pointer."""
    pointer = await pointed_at(subject.store)
    if name == pointer.live:
        raise ConflictError(f"{name} is live; make another generation live first.")
    there = name in [*pointer.also, *await _names(subject.database), await _built(subject)]
    if not there and not await _was_dropped_last(subject, name):
        raise NotFoundError(f"There is no generation {name}.")
    return Change(pointer, Generation(pointer.live, tuple(each for each in pointer.also if each != name)))


async def carry_out(subject: Subject, change: Change, what: str, signature: Signature) -> None:
    """Write the pointer and the receipt; ConflictError where the pointer is not what the change was made for."""
    journal = Journal(subject.database)

    async def work(session: Any) -> None:
        await repoint(subject.store, change, session)
        await journal.append(signature, receipt_of(change, what), session=session)

    await subject.store.at_once(work)


async def drop(subject: Subject, name: str, signature: Signature) -> None:
    """Take a generation out of the writing, then away; an unfinished rebuild of it is given up.

    Where the last receipt is of this very drop, only the removal had been missing, and no second one is written.
    """
    undertakings = Undertakings(subject.database)
    unfinished = await undertakings.unfinished()
    change = await without(subject, name)
    journal = Journal(subject.database)
    finishing = change.before == change.after and not unfinished and await _was_dropped_last(subject, name)

    async def work(session: Any) -> None:
        if change.before != change.after:
            await repoint(subject.store, change, session)
        if unfinished and unfinished.collection == name:
            await undertakings.end(unfinished, session=session)
        await journal.append(signature, receipt_of(change, f"drop {name}"), session=session)

    if not finishing:
        await subject.store.at_once(work)
    await dropped(subject, name)


async def _was_dropped_last(subject: Subject, name: str) -> bool:
    last = await Journal(subject.database).last()
    return last is not None and last.what == f"drop {name}"


async def dropped(subject: Subject, name: str) -> None:
    """Remove a generation that nobody reads or writes any more; a batch that is under way may leave a trace of it."""
    async with translated():
        await subject.database.drop_collection(name)


async def repoint(store: Store, change: Change, session: Any = None) -> None:
    if not await store.repoint(change.before, change.after, session=session):
        raise ConflictError("Somebody else changed the generations meanwhile; look at them and start again.")


def receipt_of(change: Change, what: str, **more: Any) -> Receipt:
    before, after = (generation_as_json(each) for each in change)
    return Receipt(what, before, after | more)


def generation_as_json(generation: Generation) -> dict[str, Any]:
    return {"live": generation.live, "also": list(generation.also)}


async def _names(database: Any) -> list[str]:
    async with translated():
        names = await database.list_collection_names()
    return [each for each in names if _NAME.fullmatch(each)]


async def _built(subject: Holder) -> str | None:
    unfinished = await Undertakings(subject.database).unfinished()
    return unfinished.collection if unfinished else None


def _role(name: str, pointer: Generation, built: str | None) -> str:
    if name == pointer.live:
        return "live"
    if name == built:
        return "being built"
    return "also" if name in pointer.also else "left over"


def number_of(name: str) -> int:
    """Return which generation a name is of; 0 where it is none's."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0
