"""Every event speaks of one part of a view."""

import pytest

from contracts.concerns import Concern, _concern, concern_of
from contracts.names import EventName, event_type
from tests.facts_made import KINDS


@pytest.mark.parametrize("name", EventName)
def test_each_event_of_the_catalogue_has_a_concern(name):
    assert concern_of(event_type(name)) in Concern


def test_each_concern_has_an_event():
    assert {concern_of(event_type(EventName(name))) for name in KINDS} == set(Concern)


def test_an_unknown_type_has_none():
    with pytest.raises(ValueError, match="AgreementLost"):
        concern_of("dk.klarmeld.AgreementLost.v1")


def test_a_concern_that_nobody_thought_of_is_a_fault():
    with pytest.raises(AssertionError):
        _concern("AgreementLost")
