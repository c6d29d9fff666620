"""A fingerprint tells documents apart by their content, and by nothing else."""

import random

import bson
import pytest

from services.chassis.projection.fingerprint import fingerprint, name_of


def document(**changes):
    facts = {
        f"{number:032x}": {"recorded": 1_790_000_000_000 + number, "topic": "klarmeld.tasks", "body": "{}"}
        for number in range(20)
    }
    positions = {"tasks-1": 7, "tasks-2": 3}
    progress = {"rules": 1, "facts": 20, "tracks": {"eans": {}}, "odd": [1.5, None, True, 2**40]}
    plain = {"_id": "r:0101", "rollout": "r", "municipality": "0101", "facts": facts, "positions": positions}
    return plain | {"progress": progress} | changes


def shuffled(mapping):
    pairs = list(mapping.items())
    random.Random(8).shuffle(pairs)
    return dict(pairs)


def print_of(plain) -> bytes | None:
    return fingerprint(bson.encode(plain))


@pytest.mark.parametrize("field", ["facts", "positions"])
def test_the_order_of_facts_and_positions_does_not_matter(field):
    plain = document()
    assert print_of(plain | {field: shuffled(plain[field])}) == print_of(plain)


def test_the_order_of_fields_does_not_matter():
    assert print_of(shuffled(document())) == print_of(document())


def test_which_writing_was_the_last_does_not_matter():
    assert print_of(document(mark="another")) == print_of(document())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("facts", f"{3:032x}", "body"), "{ }"),
        (("facts", f"{3:032x}", "recorded"), 1),
        (("facts", f"{99:032x}"), {"recorded": 1}),
        (("positions", "tasks-1"), 8),
        (("positions", "tasks-1"), 7.0),
        (("positions", "tasks-3"), 0),
        (("progress", "rules"), 2),
        (("progress", "tracks", "eans"), {"5798009811578": "failed"}),
        (("municipality",), "0147"),
        (("full",), True),
    ],
)
def test_any_other_content_has_another_fingerprint(path, value):
    plain = bson.decode(bson.encode(document()))
    inner = plain
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert print_of(plain) not in {print_of(document()), None}


def test_two_facts_that_change_places_show():
    plain = document()
    one, other = list(plain["facts"])[:2]
    facts = plain["facts"] | {one: plain["facts"][other], other: plain["facts"][one]}
    assert print_of(plain | {"facts": facts}) != print_of(plain)


@pytest.mark.parametrize("facts", ["none", {"short": {}}, {f"{1:032x}": 7}])
def test_what_is_not_built_like_a_projection_document_has_none(facts):
    assert print_of(document(facts=facts)) is None


@pytest.mark.parametrize(("key", "name"), [("r:0101", "r:0101"), ("rød:0101", "rød:0101"), (7, None)])
def test_the_name_is_read_from_the_bytes(key, name):
    assert name_of(bson.encode({"first": 1, "_id": key})) == name
