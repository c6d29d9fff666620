"""One ready example of each event, from the roll-out of eFaktura 8b in Vejle; tests, docs and scripts share them."""

from dataclasses import replace
from typing import Any

from contracts.events import Event
from contracts.examples import agreements, notifications, tasks
from contracts.examples.world import MUNICIPALITY, ROLLOUT, SYSTEM
from contracts.names import EventName
from contracts.registry import SPEC_OF_MODEL, Scope
from contracts.topics import OWN_SOURCES, Topic
from contracts.writer import NewEvent

__all__ = ["EXAMPLES", "MUNICIPALITY", "ROLLOUT", "SYSTEM", "example", "with_data"]


def example(name: EventName, **changes: Any) -> NewEvent:
    """Return the example of `name` with some attributes changed: another time, id, municipality or so."""
    return replace(EXAMPLES[name], **changes)


def with_data(name: EventName, **changes: Any) -> NewEvent:
    """Return the example of `name` with some fields of its data changed, checked like any other data."""
    data = EXAMPLES[name].data
    said = {field: getattr(data, field) for field in type(data).model_fields}
    return example(name, data=type(data)(**said | changes))


def _event(time: str, data: Event) -> NewEvent:
    spec = SPEC_OF_MODEL[type(data)]
    topic = spec.topics[0]
    return NewEvent(
        data=data,
        id=f"8b-{spec.name.lower()}",
        source=OWN_SOURCES[topic] if topic is Topic.TASKS else SYSTEM,
        time=time,
        rollout=ROLLOUT,
        municipality=None if spec.scope is Scope.ROLLOUT else MUNICIPALITY,
        topic=topic,
    )


EXAMPLES = {
    SPEC_OF_MODEL[type(data)].name: _event(time, data)
    for time, data in [*agreements.DATA, *notifications.DATA, *tasks.DATA]
}
