"""Scenarios: the stage, and whose turn it is."""

from tests.facts_made import fact
from tests.scenarios.shape import ADMIN, ENROLLED, ORIENTED, Scenario

_SENT = fact("AgreementSent", 3, named="sent")
_SIGNED = fact("AgreementSigned", 5)
_CONFIGURED = fact("ForwardingConfigured", 3)
_VERIFIED = fact("ForwardingVerified", 4)
_FAILED = fact("ForwardingFailed", 6)

STAGE = (
    Scenario(
        "to_orient: nothing but the enrolment; EG's plan is awaited too.",
        {"stage": "to_orient", "turn": "orient_roles", "others": ["await_eg"]},
        (ENROLLED,),
    ),
    Scenario(
        "awaiting_eg: oriented; the task may be completed before any agreement.",
        {"stage": "awaiting_eg", "turn": "await_eg", "others": ["may_complete_task"]},
        (ENROLLED, *ORIENTED),
    ),
    Scenario(
        "Completed and oriented, the task is no action any more.",
        {"stage": "awaiting_eg", "turn": "await_eg", "others": []},
        (ENROLLED, *ORIENTED, fact("TaskCompleted", 9)),
    ),
    Scenario(
        "A municipality can be to_sign and un-oriented: both are listed.",
        {"stage": "to_sign", "turn": "sign_agreement", "others": ["orient_roles"]},
        (ENROLLED, ADMIN, _SENT),
    ),
    Scenario(
        "Forwarding can be set up before the agreement is signed.",
        {"stage": "to_sign", "turn": "sign_agreement", "others": ["await_first_invoice", "may_complete_task"]},
        (ENROLLED, *ORIENTED, _SENT, _CONFIGURED),
    ),
    Scenario(
        "to_configure: signed; forwarding none.",
        {"stage": "to_configure", "turn": "set_up_forwarding", "others": ["orient_roles"]},
        (ENROLLED, _SENT, _SIGNED),
    ),
    Scenario(
        "... or disabled.",
        {"stage": "to_configure", "turn": "set_up_forwarding", "others": ["may_complete_task"]},
        (ENROLLED, *ORIENTED, _SENT, _SIGNED, fact("ForwardingDisabled", 6)),
    ),
    Scenario(
        "to_verify: signed, configured.",
        {"stage": "to_verify", "turn": "await_first_invoice", "others": ["may_complete_task"]},
        (ENROLLED, *ORIENTED, _SENT, _SIGNED, _CONFIGURED),
    ),
    Scenario(
        "receiving: signed AND verified, the card's Resultat.",
        {"stage": "receiving", "turn": "none"},
        (ENROLLED, *ORIENTED, _SENT, _SIGNED, _CONFIGURED, _VERIFIED, fact("TaskCompleted", 9)),
    ),
    Scenario(
        "Verified but not signed is to_sign.",
        {"stage": "to_sign", "turn": "sign_agreement"},
        (ENROLLED, _SENT, _CONFIGURED, _VERIFIED),
    ),
    Scenario(
        "Verified without any agreement awaits EG.",
        {"stage": "awaiting_eg", "turn": "await_eg"},
        (ENROLLED, *ORIENTED, _CONFIGURED, _VERIFIED),
    ),
    Scenario(
        "blocked: forwarding failed.",
        {"stage": "blocked", "turn": "check_ean_setup", "others": ["may_complete_task"]},
        (ENROLLED, *ORIENTED, _SENT, _SIGNED, _CONFIGURED, _FAILED),
    ),
    Scenario(
        "blocked for both reasons: the agreement is the first choice.",
        {"stage": "blocked", "turn": "renew_agreement", "others": ["orient_roles", "check_ean_setup"]},
        (ENROLLED, _SENT, fact("AgreementVoided", 5), _CONFIGURED, _FAILED),
    ),
    Scenario(
        "blocked by the forwarding alone: signing stays possible.",
        {"stage": "blocked", "turn": "check_ean_setup", "others": ["sign_agreement", "may_complete_task"]},
        (ENROLLED, *ORIENTED, _SENT, _CONFIGURED, _FAILED),
    ),
    Scenario(
        "Not enrolled: nothing else is listed, whatever else is known.",
        {"stage": "not_applicable", "turn": "none", "others": []},
        (*ORIENTED, _CONFIGURED, _FAILED),
    ),
    Scenario(
        "The later of enrolled / withdrawn wins.",
        {"stage": "to_orient"},
        (fact("MunicipalityEnrolled", 9), fact("MunicipalityWithdrawn", 5)),
    ),
)
