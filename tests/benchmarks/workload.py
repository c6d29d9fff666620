"""The workload, made from a seed: agreements of many rollouts in random order, events of about 410 bytes of data.

Around the data of each stand about 300 bytes of CloudEvents attributes. `LEAN` instead of `USUAL` leaves the texts
that people write out of the data.
"""

import random
from collections.abc import Iterator
from hashlib import sha256

from contracts import codec
from contracts.codec import NewEvent
from contracts.events import (
    AgreementBounced,
    AgreementDeclined,
    AgreementSent,
    AgreementSigned,
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
#: Events of one rollout: about so many facts of each municipality.
ROLLOUT = len(CODES) * 51
#: So many characters of a text that somebody wrote stand in an event: as it is usual, and at the very least.
USUAL, LEAN = 402, 12
_SAID = (
    "aftalen er sendt retur fordi postkassen i kommunen er fuld og aftaleadministratoren har fri til mandag, så EG "
    "ringer om økonomisystemet, fakturaer fra leverandører og opsætningen af videresendelse før næste frist"
)
_TEXTS = tuple(" ".join(random.Random(number).choices(_SAID.split(), k=100)) for number in range(2_048))


def spread(events: int, *, rollouts: int, seed: int = 8, text: int = USUAL) -> Iterator[Message]:
    """Yield `events` messages over `rollouts` × 98 documents so that neighbours are about different ones."""
    chance = random.Random(seed)
    for number in range(events):
        rollout, code = f"bench-{chance.randrange(rollouts)}", chance.choice(CODES)
        yield codec.encode(_event(number, rollout, code, chance, text))


def campaign(events: int, *, seed: int = 8) -> Iterator[Message]:
    """Yield `events` messages of rollouts one after another: all documents of one, then those of the next."""
    chance = random.Random(seed)
    for number in range(events):
        rollout = f"bench-{number // ROLLOUT}"
        yield codec.encode(_event(number, rollout, chance.choice(CODES), chance))


def one(number: int, rollout: str, code: str) -> Message:
    """Return one message of its own id, about one municipality."""
    return codec.encode(_event(number, rollout, code, random.Random(number)))


def _event(number: int, rollout: str, code: str, chance: random.Random, text: int = USUAL) -> NewEvent:
    return NewEvent(
        data=_data(chance, code, chance.choice(_TEXTS)[:text]),
        id=f"bench-{number}",
        source=SUPPLIER,
        time=read_instant(f"2026-03-{1 + number % 28:02}T{number % 24:02}:00:00Z"),
        rollout=rollout,
        municipality=code,
        correlationid=f"{number % 4_096:08x}-benchmark-of-{rollout}",
    )


def _data(chance: random.Random, code: str, said: str) -> Event:
    agreement = f"AG-{code}-{chance.randrange(3)}"
    digest = sha256(agreement.encode()).hexdigest()
    makers = (
        lambda: MunicipalityEnrolled(erp="ØS Indsigt", valid_from="2026-01-01", roster_source=said),
        lambda: AgreementSent(
            agreement_id=agreement, batch_id="B1", supplier=Supplier.EG,
            document=Document(title=f"Serviceaftale: {said[:220]}", version=1, sha256=digest),
            signer_role=Role.AFTALEADMINISTRATOR, extra_cost_dkk=0,
        ),
        lambda: AgreementBounced(agreement_id=agreement, reason=said),
        lambda: AgreementDeclined(agreement_id=agreement, reason=said, by_role=Role.AFTALEADMINISTRATOR),
        lambda: AgreementSigned(
            agreement_id=agreement, signed_by_role=Role.AFTALEADMINISTRATOR, method=Method.DIGITAL,
            document_sha256=digest,
        ),
    )  # fmt: skip
    return chance.choice(makers)()
