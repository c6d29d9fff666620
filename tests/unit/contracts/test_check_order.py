"""When a record is wrong in two ways, the earlier check names the reason."""

from collections.abc import Callable
from itertools import combinations

import pytest

from contracts.codec import KafkaRecord, Reason, Refusal, read
from tests.unit.contracts.records_made import binary, with_fields, with_header, with_raw, without

Flaw = Callable[[KafkaRecord], KafkaRecord]

FLAWS: dict[Reason, Flaw] = {
    Reason.TOMBSTONE: lambda record: record._replace(value=None),
    Reason.TOO_LARGE: lambda record: record._replace(value=(record.value or b"").ljust(20_000)),
    Reason.NOT_CLOUDEVENT: lambda record: with_header(record, "ce_specversion", b"0.3"),
    Reason.BAD_HEADER: lambda record: without(record, "ce_dataschema"),
    Reason.UNKNOWN_TYPE: lambda record: with_header(record, "ce_type", b"dk.klarmeld.Nothing.v1"),
    Reason.UNKNOWN_VERSION: lambda record: with_header(record, "ce_type", b"dk.klarmeld.AgreementSent.v2"),
    Reason.WRONG_TOPIC: lambda record: record._replace(topic="klarmeld.notifications"),
    Reason.WRONG_SOURCE: lambda record: with_header(record, "ce_source", b"/kmd/aftaler"),
    Reason.BAD_KEY: lambda record: record._replace(key=b"0101"),
    Reason.NOT_JSON: lambda record: with_raw(record, b'"x":NaN'),
    Reason.SCHEMA: lambda record: with_fields(record, supplier="KMD"),
    Reason.EXTRA_COST: lambda record: with_fields(record, extra_cost_dkk=1),
    Reason.FUTURE_TIME: lambda record: with_header(record, "ce_time", b"2099-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("reason", FLAWS)
def test_one_flaw_names_its_own_reason(reason: Reason) -> None:
    answer = read(FLAWS[reason](binary()))

    assert isinstance(answer, Refusal)
    assert answer.reason is reason


@pytest.mark.parametrize(("first", "second"), list(combinations(FLAWS, 2)))
def test_of_two_flaws_the_one_that_is_checked_first_names_the_reason(first: Reason, second: Reason) -> None:
    answer = read(FLAWS[first](FLAWS[second](binary())))

    assert isinstance(answer, Refusal)
    assert answer.reason is first
