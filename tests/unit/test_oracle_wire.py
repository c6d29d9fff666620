"""The codec and the oracle read a record alike: the same fact, or the same reason why it is none."""

import json
from decimal import Decimal

from hypothesis import given

from contracts.codec import read
from contracts.records import KafkaRecord
from contracts.refusals import Refusal
from tests.oracle import wire
from tests.oracle.reading import canonical
from tests.records_bent import records
from tests.worlds import searched


def _by_production(record: KafkaRecord) -> object:
    heard = read(record)
    if isinstance(heard, Refusal):
        return heard.reason.value
    fact = heard.fact
    data = canonical(json.loads(fact.body, parse_float=Decimal))
    return heard.rollout, heard.municipality, fact.place, fact.identity, fact.type, fact.subject, fact.time, data


def _by_the_oracle(record: KafkaRecord) -> object:
    try:
        heard = wire.read(record)
    except wire.ParkedError as reason:
        return str(reason)
    told = heard.told
    content = (told.type, told.subject, told.instant, canonical(told.data))
    return heard.rollout, heard.municipality, told.place, told.identity, *content


@searched
@given(records())
def test_a_record_is_the_same_fact_or_parked_for_the_same_reason(record: KafkaRecord) -> None:
    assert _by_production(record) == _by_the_oracle(record)


@searched
@given(records(bends=0))
def test_an_example_in_either_mode_is_a_fact(record: KafkaRecord) -> None:
    assert not isinstance(_by_the_oracle(record), str)
