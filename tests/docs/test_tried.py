"""Every line that a reader could copy from a document is run, or stands in the one list of those that are not."""

import re

import pytest

from tests.docs.tried import ELSEWHERE, beside_the_campaign, elsewhere, every_line
from tests.stack import REPOSITORY


def test_what_is_not_in_the_list_is_a_command_of_klarmeld():
    assert [line for line in every_line() if elsewhere(line) is None and not line.startswith("klarmeld ")] == []


def test_there_is_something_to_run():
    assert {"verify", "parked", "rebuild", "ledger", "progress"} <= {words[0] for words in beside_the_campaign()}


@pytest.mark.parametrize("begins", ELSEWHERE)
def test_the_list_names_only_what_stands_in_a_document(begins: str):
    assert [line for line in every_line() if elsewhere(line) == begins]


@pytest.mark.parametrize("file", sorted({each for each in ELSEWHERE.values() if each.startswith("tests/")}))
def test_a_file_that_is_said_to_try_it_is_there(file: str):
    assert (REPOSITORY / file).is_file()


def test_each_target_of_make_that_a_document_names_is_one():
    named = {line.split()[1] for line in every_line() if line.startswith("make ")}
    targets = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))

    assert named
    assert named <= targets
