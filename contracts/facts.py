"""A fact: what an event says, where the log first said it, and the key that makes two tellings one."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from contracts.bodies import data_of
from contracts.names import EventName, name_of

#: The name of the document that holds a rollout's own facts, where a municipality's code stands otherwise.
WHOLE_ROLLOUT = "*"


class Fact(NamedTuple):
    """One fact, its fields in the order in which MongoDB keeps and compares them.

    `recorded` is the log's time in milliseconds since 1970, `time` the instant at which the fact holds, as UTC text
    of fixed width (`2026-02-01T09:00:00.000000Z`), so that text order is the order in time. `body` is canonical JSON.
    """

    recorded: int
    topic: str
    partition: int
    offset: int
    source: str
    id: str
    type: str
    subject: str
    time: str
    body: str

    @property
    def place(self) -> tuple[int, str, int, int]:
        """Where on the log: facts recorded first have the least place."""
        return self[:4]

    @property
    def name(self) -> EventName:
        return name_of(self.type)

    @property
    def identity(self) -> tuple[str, str]:
        return self.source, self.id

    @property
    def order(self) -> tuple[str, str, str]:
        """Earlier and later in the world: by instant, then id, then source."""
        return self.time, self.id, self.source

    @property
    def stored(self) -> dict[str, Any]:
        """The fields by name, as MongoDB keeps them."""
        recorded, topic, partition, offset, source, id_, type_, subject, time, body = self
        return {
            "recorded": recorded,
            "topic": topic,
            "partition": partition,
            "offset": offset,
            "source": source,
            "id": id_,
            "type": type_,
            "subject": subject,
            "time": time,
            "body": body,
        }

    @property
    def data(self) -> Mapping[str, Any]:
        """The body as today's readers know it, upcast where it was written by an older version; not to be changed."""
        return data_of(self.type, self.body)


class Heard(NamedTuple):
    """A fact and the document that it belongs to; `municipality` is None for a fact about the whole rollout."""

    rollout: str
    municipality: str | None
    fact: Fact

    @property
    def document_id(self) -> str:
        return document_id(self.rollout, self.municipality)


def document_id(rollout: str, municipality: str | None) -> str:
    """Return the id of a projection document, e.g. `efaktura-8b:0101`, or `efaktura-8b:*` for the rollout's own."""
    return f"{rollout}:{municipality or WHOLE_ROLLOUT}"


def fact_key(fact: Fact) -> str:
    """Return the content address of a fact: equal for two tellings of one fact, whatever their place or spelling.

    The body is added by itself: joined with the rest it would be another large text, and what such texts leave behind
    in memory when many facts are kept is a fifth of what the facts take.
    """
    source, id_, kind, subject, time, body = fact[4:]
    text = (
        f"{len(source)}:{source}{len(id_)}:{id_}{len(kind)}:{kind}"
        f"{len(subject)}:{subject}{len(time)}:{time}{len(body)}:"
    )
    address = blake2b(text.encode(), digest_size=16)
    address.update(body.encode())
    return address.hexdigest()
