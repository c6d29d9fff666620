"""Scenarios: forwarding by EAN."""

from tests.facts_made import EANS, fact
from tests.scenarios.shape import Scenario, day

_A, _B, _C = EANS
_CONFIGURED = fact("ForwardingConfigured", 3)
_VERIFIED = fact("ForwardingVerified", 4, named="verified")
_FAILED = fact("ForwardingFailed", 5, named="failed")


def _rules(*eans: str) -> list[dict[str, str]]:
    return [{"ean": ean, "valid_from": "2026-02-01"} for ean in eans]


_BOTH = fact("ForwardingConfigured", 6, revision=2, rules=_rules(_A, _B))
_ONLY_B = fact("ForwardingConfigured", 6, revision=2, rules=_rules(_B))

FORWARDING = (
    Scenario(
        "Configured.",
        {"forwarding.state": "configured", "forwarding.since": day(3), "forwarding.eans": {_A: "configured"}},
        (_CONFIGURED,),
    ),
    Scenario(
        "Verified when each is.",
        {"forwarding.state": "verified", "forwarding.since": day(4), "forwarding.eans": {_A: "verified"}},
        (_VERIFIED, _CONFIGURED),
    ),
    Scenario(
        "Verified before it was configured is verified since it was configured.",
        {"forwarding.state": "verified", "forwarding.since": day(3)},
        (fact("ForwardingVerified", 2), _CONFIGURED),
    ),
    Scenario(
        "Of verified and failed the later counts.",
        {"forwarding.state": "failed", "forwarding.since": day(5), "forwarding.eans": {_A: "failed"}},
        (_CONFIGURED, _FAILED, _VERIFIED),
    ),
    Scenario(
        "... also when it is the verified.",
        {"forwarding.state": "verified", "forwarding.since": day(6)},
        (_CONFIGURED, _FAILED, _VERIFIED, fact("ForwardingVerified", 6)),
    ),
    Scenario(
        "An eFaktura more on the same EAN leaves it verified since the first.",
        {"forwarding.state": "verified", "forwarding.since": day(4)},
        (_CONFIGURED, _VERIFIED, fact("ForwardingVerified", 9)),
    ),
    Scenario(
        "Verified / failed speak only of the revision that they name.",
        {"forwarding.state": "configured", "forwarding.eans": {_A: "configured", _B: "configured"}},
        (_CONFIGURED, _VERIFIED, _BOTH),
    ),
    Scenario(
        "Configured while one active EAN is not verified.",
        {"forwarding.state": "configured", "forwarding.eans": {_A: "verified", _B: "configured"}},
        (_BOTH, fact("ForwardingVerified", 7, revision=2)),
    ),
    Scenario(
        "Failed when any active EAN is.",
        {"forwarding.state": "failed", "forwarding.eans": {_A: "verified", _B: "failed"}},
        (
            _BOTH,
            fact("ForwardingVerified", 7, revision=2),
            fact("ForwardingFailed", 7, revision=2, ean=_B),
        ),
    ),
    Scenario(
        "The newest revision counts, whatever its time.",
        {"forwarding.eans": {_B: "configured"}},
        (_ONLY_B, fact("ForwardingConfigured", 9)),
    ),
    Scenario(
        "Of one revision told twice, the later time counts.",
        {"forwarding.eans": {_C: "configured"}},
        (fact("ForwardingConfigured", 9, revision=2, rules=_rules(_C)), _ONLY_B),
    ),
    Scenario(
        "Active EANs = rules without valid_to.",
        {"forwarding.state": "configured", "forwarding.eans": {}},
        (
            fact(
                "ForwardingConfigured",
                3,
                rules=[{"ean": _A, "valid_from": "2026-02-01", "valid_to": "2030-01-01"}],
            ),
        ),
    ),
    Scenario(
        "For an EAN that is not active: retired_ean_used.",
        {"forwarding.state": "configured", "forwarding.eans": {_B: "configured"}},
        (_CONFIGURED, _ONLY_B, fact("ForwardingFailed", 8, named="late-invoice")),
        anomalies={"retired_ean_used": {"late-invoice"}},
    ),
    Scenario(
        "An EAN that was used before it was retired is nothing odd.",
        {"forwarding.state": "configured"},
        (_CONFIGURED, _VERIFIED, _ONLY_B),
    ),
    Scenario(
        "Disabled.",
        {"forwarding.state": "disabled", "forwarding.since": day(6), "forwarding.eans": {}},
        (_CONFIGURED, _VERIFIED, fact("ForwardingDisabled", 6)),
    ),
    Scenario(
        "Several config_ids: their EANs together.",
        {"forwarding.eans": {_A: "verified", _C: "configured"}, "forwarding.state": "configured"},
        (
            _CONFIGURED,
            _VERIFIED,
            fact("ForwardingConfigured", 5, named="c2", config_id="C-2", rules=_rules(_C)),
        ),
    ),
    Scenario(
        "Disabled only when all are.",
        {"forwarding.state": "verified", "forwarding.eans": {_A: "verified"}},
        (_CONFIGURED, _VERIFIED, fact("ForwardingDisabled", 6, config_id="C-2")),
    ),
)
