"""What differs between two moments of one municipality."""

from contracts.diff import differences
from tests.facts_made import fact
from tests.unit.contracts.tracks.told import day, view

ENROLLED, SENT, SIGNED = fact("MunicipalityEnrolled"), fact("AgreementSent", 2), fact("AgreementSigned", 4)


def test_the_same_moment_differs_in_nothing():
    assert differences(view(ENROLLED, SENT), view(ENROLLED, SENT)) == []


def test_each_value_that_differs_is_named_with_both():
    story = (ENROLLED, SENT, SIGNED)
    found = differences(view(*story, as_of=3), view(*story))
    named = {each["path"]: (each["before"], each["after"]) for each in found}

    assert named["stage"] == ("to_sign", "to_configure")
    assert named["tracks.agreement.state"] == ("sent", "signed")
    assert named["tracks.agreement.since"] == (day(2), day(4))
    assert "tracks.orientation.state" not in named


def test_a_value_on_one_side_only_is_none_on_the_other():
    assert differences({"eans": {}}, {"eans": {"1": "verified"}}) == [
        {"path": "eans.1", "before": None, "after": "verified"}
    ]


def test_a_list_is_one_value():
    assert differences({"missing": ["a", "b"]}, {"missing": ["b"]}) == [
        {"path": "missing", "before": ["a", "b"], "after": ["b"]}
    ]


def test_differences_stand_in_the_order_of_their_paths():
    assert [each["path"] for each in differences({"b": 1, "a": 1}, {"c": 1})] == ["a", "b", "c"]
