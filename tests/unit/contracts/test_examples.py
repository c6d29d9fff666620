"""There is one example of each event, and a test can bend it."""

from pathlib import Path

import pytest

from contracts.codec import encode
from contracts.events import TaskCardPublished
from contracts.examples import EXAMPLES, example, with_data
from contracts.names import EventName
from contracts.registry import REGISTRY

CARD = Path(__file__).parents[3] / "deploy" / "campaign" / "data" / "efaktura-8b.da.txt"


def test_each_event_has_an_example_in_the_order_of_the_catalogue() -> None:
    assert list(EXAMPLES) == list(EventName)


@pytest.mark.parametrize("name", EventName)
def test_an_example_says_everything_that_its_event_can_say(name: EventName) -> None:
    silent = {field for field, value in EXAMPLES[name].data if value is None}

    assert silent <= {"valid_to", "supersedes"}


@pytest.mark.parametrize("name", EventName)
def test_an_example_is_an_event_of_its_name(name: EventName) -> None:
    assert dict(encode(EXAMPLES[name]).headers)["ce_type"] == REGISTRY[name].type.encode()


def test_an_example_is_bent_in_its_attributes() -> None:
    assert example(EventName.AgreementSigned, id="other").id == "other"


def test_an_example_is_bent_in_its_data_and_checked() -> None:
    assert b'"agreement_id":"AG-2"' in encode(with_data(EventName.AgreementSigned, agreement_id="AG-2")).value
    with pytest.raises(ValueError, match="agreement_id"):
        with_data(EventName.AgreementSigned, agreement_id="AG 2")


def test_the_example_of_the_card_quotes_the_card() -> None:
    card = " ".join(CARD.read_text(encoding="utf-8").split()).replace("ERP- løsning", "ERP-løsning")
    data = EXAMPLES[EventName.TaskCardPublished].data

    assert isinstance(data, TaskCardPublished)
    assert [step for step in (*data.method, data.result, data.project, data.title) if step not in card] == []
