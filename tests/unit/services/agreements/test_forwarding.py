"""Commands on forwarding: given what is set up, when a command comes, then a set-up or a refusal."""

import pytest
from pydantic import ValidationError

from contracts.events import ForwardingConfigured, ForwardingDisabled, Rule
from contracts.examples import EXAMPLES, example, with_data
from contracts.examples.world import CONFIG, EANS, MUNICIPALITY
from contracts.names import EventName
from services.agreements.commands import SetForwarding
from services.agreements.forwarding import active_eans, set_forwarding, warnings
from services.chassis.doors.decision import Refused, Why
from tests.situations import given

ENROLLED = EXAMPLES[EventName.MunicipalityEnrolled]
WITHDRAWN = EXAMPLES[EventName.MunicipalityWithdrawn]
CONFIGURED = EXAMPLES[EventName.ForwardingConfigured]
DISABLED = EXAMPLES[EventName.ForwardingDisabled]
OTHER_CONFIG = example(
    EventName.ForwardingConfigured,
    id="8b-other-config",
    data=with_data(EventName.ForwardingConfigured, config_id="FW-2", revision=0).data,
)
PRIVATE_EAN = "5790000000005"

ONE_RULE = {"rules": [{"ean": EANS[0], "valid_from": "2026-03-01"}]}
SAME_RULES = {"rules": [{"ean": ean, "valid_from": "2026-03-01"} for ean in EANS]}
ENDED = {"rules": [{"ean": EANS[0], "valid_from": "2026-03-01", "valid_to": "2026-03-31"}]}
DISABLE = {"disable": True, "reason": "Nyt ERP"}


def forward(body, *facts, taken=()):
    command = SetForwarding.model_validate(body)
    return set_forwarding(given(*facts), command, code=MUNICIPALITY, taken=taken)


def refused(decision, why: Why, *pointers: str) -> str:
    assert isinstance(decision, Refused)
    assert decision.why is why
    assert tuple(each.pointer for each in decision.errors) == pointers
    return decision.detail


def test_the_first_set_up_makes_a_configuration_of_its_own():
    assert forward(ONE_RULE, ENROLLED) == ForwardingConfigured(
        config_id=f"FW-{MUNICIPALITY}",
        revision=1,
        rules=(Rule(ean=EANS[0], valid_from="2026-03-01"),),
        target="KP",
    )


def test_forwarding_waits_for_no_agreement_and_no_orientation():
    assert isinstance(forward(ONE_RULE, ENROLLED), ForwardingConfigured)


def test_a_configuration_may_be_named():
    assert forward({**ONE_RULE, "config_id": "EG-7"}, ENROLLED).config_id == "EG-7"


def test_another_set_up_is_the_next_revision_of_the_only_configuration():
    decision = forward(ONE_RULE, ENROLLED, OTHER_CONFIG)
    assert (decision.config_id, decision.revision) == ("FW-2", 1)


def test_a_revision_may_be_given():
    assert forward({**ONE_RULE, "revision": 7}, ENROLLED, CONFIGURED).revision == 7


def test_with_several_configurations_one_is_to_be_named():
    detail = refused(forward(ONE_RULE, ENROLLED, CONFIGURED, OTHER_CONFIG), Why.INVALID, "/config_id")
    assert f"{CONFIG}, FW-2" in detail


@pytest.mark.parametrize("revision", [{}, {"revision": 1}], ids=["none", "the_same"])
def test_the_same_set_up_again_is_the_fact_that_says_so_already(revision):
    assert forward({**SAME_RULES, **revision}, ENROLLED, CONFIGURED).id == CONFIGURED.id


def test_the_same_set_up_under_a_higher_revision_is_told():
    assert forward({**SAME_RULES, "revision": 2}, ENROLLED, CONFIGURED).revision == 2


def test_the_same_set_up_after_it_was_disabled_is_told():
    assert forward(SAME_RULES, ENROLLED, CONFIGURED, DISABLED).revision == 3


@pytest.mark.parametrize("revision", [0, 1])
def test_a_revision_that_does_not_rise_hears_which_was_told_when(revision):
    detail = refused(forward({**ONE_RULE, "revision": revision}, ENROLLED, CONFIGURED), Why.CONFLICT, "/revision")
    assert f"Revision 1 of the forwarding {CONFIG} was told at 2026-02-15T09:00:00Z" in detail


def test_a_revision_can_rise_no_further_than_its_bound():
    highest = with_data(EventName.ForwardingConfigured, revision=2**31 - 1)
    with pytest.raises(ValidationError, match="revision"):
        forward(ONE_RULE, ENROLLED, highest)


def test_an_ean_that_is_active_elsewhere_is_named_without_saying_where():
    decision = forward(SAME_RULES, ENROLLED, taken=[EANS[1]])
    refused(decision, Why.CONFLICT, "/rules/1/ean")
    assert EANS[1] in decision.errors[0].detail


def test_a_rule_with_an_end_takes_nobodys_ean():
    assert isinstance(forward(ENDED, ENROLLED, taken=[EANS[0]]), ForwardingConfigured)
    assert active_eans(SetForwarding.model_validate(ENDED)) == []


def test_the_eans_of_rules_without_an_end_become_active():
    assert active_eans(SetForwarding.model_validate(SAME_RULES)) == list(EANS)


def test_a_rule_ends_no_earlier_than_it_begins():
    body = {"rules": [{"ean": EANS[0], "valid_from": "2026-03-02", "valid_to": "2026-03-01"}]}
    refused(forward(body, ENROLLED), Why.INVALID, "/rules/0/valid_to")


def test_a_municipality_that_does_not_use_oes_indsigt_gets_no_set_up():
    assert "ØS Indsigt" in refused(forward(ONE_RULE), Why.CONFLICT)


def test_a_municipality_that_left_gets_no_set_up_and_hears_since_when():
    assert "left the roll-out at 2026-06-30" in refused(forward(ONE_RULE, ENROLLED, WITHDRAWN), Why.CONFLICT)


def test_a_set_up_is_disabled_with_the_reason():
    assert forward(DISABLE, ENROLLED, CONFIGURED) == ForwardingDisabled(config_id=CONFIG, revision=2, reason="Nyt ERP")


def test_the_set_up_of_a_municipality_that_left_can_be_disabled():
    assert isinstance(forward(DISABLE, ENROLLED, CONFIGURED, WITHDRAWN), ForwardingDisabled)


def test_what_is_disabled_already_says_since_when():
    assert "since 2026-06-30T09:00:00Z" in refused(forward(DISABLE, ENROLLED, CONFIGURED, DISABLED), Why.CONFLICT)


def test_an_older_revision_disables_nothing():
    refused(forward({**DISABLE, "revision": 1}, ENROLLED, CONFIGURED), Why.CONFLICT, "/revision")


def test_where_nothing_is_set_up_there_is_nothing_to_disable():
    assert "nothing to disable" in refused(forward(DISABLE, ENROLLED), Why.CONFLICT)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/rules"),
        ({**ONE_RULE, **DISABLE}, "/rules"),
        ({"disable": True}, "/reason"),
        ({**ONE_RULE, "reason": "Nyt ERP"}, "/reason"),
    ],
    ids=["neither", "both", "no_reason", "reason_for_rules"],
)
def test_a_command_is_either_a_set_up_or_a_disabling(body, pointer):
    refused(forward(body, ENROLLED, CONFIGURED), Why.INVALID, pointer)


def test_an_ean_with_a_wrong_check_digit_is_named():
    with pytest.raises(ValidationError) as wrong:
        SetForwarding.model_validate({"rules": [{"ean": "5798000000000", "valid_from": "2026-03-01"}]})
    assert wrong.value.errors()[0]["loc"] == ("rules", 0, "ean")


def test_an_ean_without_the_usual_prefix_is_taken_with_a_warning():
    body = {"rules": [ONE_RULE["rules"][0], {"ean": PRIVATE_EAN, "valid_from": "2026-03-01"}]}
    assert [each.pointer for each in warnings(SetForwarding.model_validate(body))] == ["/rules/1/ean"]
    assert isinstance(forward(body, ENROLLED), ForwardingConfigured)


def test_nothing_unusual_gives_no_warning():
    assert warnings(SetForwarding.model_validate(ONE_RULE)) == []
