"""The workload, made from a seed: agreements and orientations of many rollouts, in random order."""

import random
from collections.abc import Iterator
from hashlib import sha256

from contracts import codec
from contracts.codec import NewEvent
from contracts.events import (
    AgreementDelivered,
    AgreementSent,
    AgreementSigned,
    AgreementViewed,
    Document,
    Event,
    Method,
    MunicipalityEnrolled,
    Supplier,
)
from contracts.instants import read_instant
from contracts.municipalities import MUNICIPALITIES
from contracts.records import Message
from contracts.roles import Role

CODES = sorted(MUNICIPALITIES)
SUPPLIER = "/eg/benchmark"


def spread(events: int, *, rollouts: int, seed: int = 8) -> Iterator[Message]:
    """Yield `events` messages over `rollouts` × 98 documents so that neighbours are about different ones."""
    chance = random.Random(seed)
    for number in range(events):
        rollout, code = f"bench-{chance.randrange(rollouts)}", chance.choice(CODES)
        yield codec.encode(_event(number, rollout, code, chance))


def campaign(events: int, *, seed: int = 8) -> Iterator[Message]:
    """Yield `events` messages of rollouts one after another: 98 documents of 51 facts each, then the next 98."""
    chance = random.Random(seed)
    for number in range(events):
        rollout = f"bench-{number // (len(CODES) * 51)}"
        yield codec.encode(_event(number, rollout, chance.choice(CODES), chance))


def one(number: int, rollout: str, code: str) -> Message:
    """Return one message of its own id, about one municipality."""
    return codec.encode(_event(number, rollout, code, random.Random(number)))


def _event(number: int, rollout: str, code: str, chance: random.Random) -> NewEvent:
    return NewEvent(
        data=_data(chance, code),
        id=f"bench-{number}",
        source=SUPPLIER,
        time=read_instant(f"2026-03-{1 + number % 28:02}T{number % 24:02}:00:00Z"),
        rollout=rollout,
        municipality=code,
    )


def _data(chance: random.Random, code: str) -> Event:
    agreement = f"AG-{code}-{chance.randrange(3)}"
    digest = sha256(agreement.encode()).hexdigest()
    makers = (
        lambda: MunicipalityEnrolled(erp="ØS Indsigt", valid_from="2026-01-01", roster_source="benchmark"),
        lambda: AgreementSent(
            agreement_id=agreement, batch_id="B1", supplier=Supplier.EG,
            document=Document(title="Serviceaftale: eFaktura til KP", version=1, sha256=digest),
            signer_role=Role.AFTALEADMINISTRATOR, extra_cost_dkk=0,
        ),
        lambda: AgreementDelivered(agreement_id=agreement),
        lambda: AgreementViewed(agreement_id=agreement),
        lambda: AgreementSigned(
            agreement_id=agreement, signed_by_role=Role.AFTALEADMINISTRATOR, method=Method.DIGITAL,
            document_sha256=digest,
        ),
    )  # fmt: skip
    return chance.choice(makers)()
