"""What a test tells the log: every event of the catalogue about some municipalities, some of it twice, in any order."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from contracts.codec import NewEvent, encode
from contracts.events import FactRetracted
from contracts.examples import EXAMPLES, SYSTEM, example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.records import Message

CODES = tuple(sorted(MUNICIPALITIES))


def story(rollout: str, codes: Sequence[str], *, seed: int = 8) -> list[Message]:
    """Return every example of the catalogue for each municipality; a seventh of it is told twice."""
    chance = random.Random(seed)
    told = [encode(event) for event in (*_of_rollout(rollout), *_of_municipalities(rollout, codes))]
    told += chance.sample(told, len(told) // 7)
    chance.shuffle(told)
    return told


def procession(rollout: str, codes: Sequence[str]) -> Iterator[Message]:
    """Yield one municipality after the other, each with a few facts, and after each a record that is no fact.

    No later fact touches an earlier document, so that one that was passed over stays wrong.
    """
    for code in codes:
        for name in (EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.AgreementViewed):
            event = EXAMPLES[name]
            message = encode(replace(event, rollout=rollout, municipality=code, id=f"{event.id}-{code}"))
            yield message
        yield message._replace(value=b"no fact")


def orientations(rollout: str, number: int, *, code: str = "0630", padding: int = 0) -> Iterator[Message]:
    """Yield `number` different facts about one municipality, each with a field of `padding` bytes that nobody knows."""
    for each in range(number):
        event = example(EventName.StakeholderOriented, rollout=rollout, municipality=code, id=f"oriented-{each}")
        message = encode(event)
        yield message._replace(value=json.dumps({**json.loads(message.value), "unknown": "x" * padding}).encode())


def _of_rollout(rollout: str) -> Iterator[NewEvent]:
    return (replace(event, rollout=rollout) for event in EXAMPLES.values() if event.municipality is None)


def _of_municipalities(rollout: str, codes: Sequence[str]) -> Iterator[NewEvent]:
    for code in codes:
        for event in EXAMPLES.values():
            if event.municipality is not None and not isinstance(event.data, FactRetracted):
                yield replace(event, rollout=rollout, municipality=code, id=f"{event.id}-{code}")
        yield _retraction(rollout, code)


def _retraction(rollout: str, code: str) -> NewEvent:
    told = EXAMPLES[EventName.FactRetracted]
    data = FactRetracted(source=SYSTEM, id=f"8b-agreementsigned-{code}", reason="Underskriften var på en anden aftale")
    return replace(told, rollout=rollout, municipality=code, id=f"{told.id}-{code}", data=data)
