"""What stands between a decision and the log."""

from types import SimpleNamespace

import pytest

from contracts.examples import example
from contracts.names import EventName
from contracts.topics import OWN_SOURCES, Topic
from services.chassis.doors.commands import Commands, decided
from services.chassis.doors.decision import conflict, invalid, unknown
from services.chassis.errors import ConflictError, InvalidRequestError, LogUnavailableError, NotFoundError
from services.chassis.projection.documents import Document
from services.chassis.queries.views import Pair


class FullHouse:
    """Views of a municipality whose document takes no more facts."""

    async def pair(self, rollout, municipality):
        return Pair(Document(f"{rollout}:{municipality}", rollout, municipality, {}, {}, None, full=True), None)

    def progress(self, _pair, _moment):
        return {}


class NoLog:
    """A publisher whose Kafka is away."""

    async def publish(self, _messages):
        raise LogUnavailableError("away", retry_after=5)


def commands(publisher, views=None) -> Commands:
    return Commands(
        topic=Topic.TASKS, source=OWN_SOURCES[Topic.TASKS], views=views, overviews=None, publisher=publisher
    )


async def test_a_full_document_takes_no_more_commands():
    request = SimpleNamespace(headers={})
    with pytest.raises(ConflictError, match="efaktura-8b:0630 holds as many facts as it can"):
        await commands(NoLog(), FullHouse()).carry_out(
            request, "efaktura-8b", "0630", lambda _: example(EventName.TaskCompleted).data
        )


async def test_a_log_that_is_away_says_that_the_command_may_be_sent_again():
    with pytest.raises(LogUnavailableError, match="Idempotency-Key") as refused:
        await commands(NoLog()).publish([example(EventName.TaskCompleted)])
    assert refused.value.retry_after == 5


async def test_an_event_that_no_reader_takes_is_the_commands_fault():
    with pytest.raises(InvalidRequestError, match="rollout"):
        await commands(NoLog()).publish([example(EventName.TaskCompleted, rollout="E-Faktura")])


@pytest.mark.parametrize(
    ("refused", "error"),
    [(conflict("x"), ConflictError), (invalid("/a", "x"), InvalidRequestError), (unknown("x"), NotFoundError)],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_each_refusal_has_a_status_of_its_own(refused, error):
    with pytest.raises(error, match="x"):
        decided(refused)


def test_a_refusal_names_its_field():
    with pytest.raises(InvalidRequestError) as refused:
        decided(invalid("/ends_at", "too early"))
    assert refused.value.errors[0].pointer == "/ends_at"
