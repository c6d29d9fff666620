"""Examples of answers for the API documents: what a service really shows once it has heard a few example events."""

from collections.abc import Sequence
from typing import Any

from contracts.codec import KafkaRecord, encode, read
from contracts.diff import differences
from contracts.examples import EXAMPLES, MUNICIPALITY, ROLLOUT
from contracts.explain import explain, explain_tracks
from contracts.facts import Fact
from contracts.instants import read_instant, to_milliseconds
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.progress import RULES
from contracts.refusals import Refusal
from contracts.rollup import rollup
from contracts.settle import settle
from contracts.topics import Topic
from services.chassis.projection.derivation import Derive
from services.chassis.queries.timeline import page

#: A municipality that may sign, set its forwarding up early, and has half of its roles oriented.
STORY = (
    EventName.MunicipalityEnrolled, EventName.StakeholderOriented, EventName.AgreementBatchDispatched,
    EventName.AgreementSent, EventName.AgreementDelivered, EventName.AgreementViewed, EventName.ForwardingConfigured,
    EventName.GuidancePublished, EventName.WebinarScheduled, EventName.WebinarInvited,
)  # fmt: skip
_ONE = "/v1/rollouts/{rollout}/municipalities/{code}"
Json = dict[str, Any]


def example_answers(derive: Derive, reads: Sequence[Topic]) -> dict[str, Json]:
    """Return by path what a service answers that means `derive` by facts and reads these topics."""
    own, whole = _facts(reads, of_municipality=True), _facts(reads, of_municipality=False)
    settled = settle(own), settle(whole)
    progress = {"rules": RULES, "facts": len(own) + len(whole), **derive(*settled)}
    nothing = {"rules": RULES, "facts": 0, **derive(settle(()), settle(()))}
    named = {"rollout": ROLLOUT, "municipality": MUNICIPALITY}
    places = {f"{fact.topic.removeprefix('klarmeld.')}-{fact.partition}": fact.offset for fact in (*own, *whole)}
    return {
        _ONE: {
            **named,
            "name": MUNICIPALITIES[MUNICIPALITY].name,
            "positions": places,
            "ean_conflicts": [],
            "progress": progress,
        },
        f"{_ONE}/facts": page(own, cursor=None, limit=100),
        f"{_ONE}/explain": explain(*settled, "agreement.state", derive=derive),
        f"{_ONE}/explanations": {"items": explain_tracks(*settled, derive=derive)},
        f"{_ONE}/diff": {**named, "differences": differences(nothing, progress)},
        "/v1/rollouts/{rollout}": {"rollout": ROLLOUT, "rollup": rollup(settled[1], {MUNICIPALITY: progress})},
    }


def _facts(reads: Sequence[Topic], *, of_municipality: bool) -> list[Fact]:
    told = [(offset, EXAMPLES[name]) for offset, name in enumerate(STORY)]
    heard = [
        (offset, event) for offset, event in told
        if event.topic in reads and (event.municipality is not None) is of_municipality
    ]  # fmt: skip
    return [_fact(offset, event) for offset, event in heard]


def _fact(offset: int, event: Any) -> Fact:
    message = encode(event)
    recorded = to_milliseconds(read_instant(event.time))
    heard = read(KafkaRecord(message.topic, 3, offset, recorded, message.key, message.value, message.headers))
    assert not isinstance(heard, Refusal)  # noqa: S101  the writer refuses what no reader takes
    return heard.fact
