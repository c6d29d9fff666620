"""The other tracks, orientation, information, forwarding and task, and enrolment: sentence by sentence."""

from collections.abc import Iterable, Sequence
from typing import Any

from tests.oracle.counting import Anomaly
from tests.oracle.reading import Told, ids, latest, named
from tests.oracle.since import since

#: "Several webinars: the one that got furthest counts".
WEBINAR_FURTHEST = ("attended", "accepted", "tentative", "declined", "invited", "scheduled", "cancelled", "none")
#: An EAN of several config_ids shows the worst of them: failed when any is, verified when each is.
EAN_WORST = ("failed", "configured", "verified")


# Orientation


def missing(facts: Iterable[Told]) -> list[str]:
    """Oriented = `aftaleadministrator` AND (`systemansvarlig_bogfoering` OR `erp_dialog`); `missing` names the pair."""
    roles = {fact.data["role"] for fact in named(facts, "StakeholderOriented")}
    lacking = []
    if "aftaleadministrator" not in roles:
        lacking.append("aftaleadministrator")
    if not roles & {"systemansvarlig_bogfoering", "erp_dialog"}:
        lacking.append("systemansvarlig_bogfoering")
    return lacking


def orientation_state(facts: Iterable[Told]) -> str:
    """Partial = at least one role of that rule, not yet all; other roles alone leave `none`."""
    return ("oriented", "partial", "none")[len(missing(facts))]


def orientation_track(facts: Sequence[Told]) -> dict[str, Any]:
    return {
        "state": orientation_state(facts),
        "since": since(facts, orientation_state),
        "missing": missing(facts),
    }


# Information


def information_track(own: Sequence[Told], rollout: Sequence[Told]) -> dict[str, Any]:
    return {"guidance": guidance_state(own, rollout), "webinar": webinar_state(own, rollout)}


def guidance_state(own: Sequence[Told], rollout: Sequence[Told]) -> str:
    """Per guidance_id the highest version; acknowledged when each is, by an acknowledgement of that or a higher one."""
    highest: dict[str, int] = {}
    for fact in named(rollout, "GuidancePublished"):
        guidance_id, version = fact.data["guidance_id"], fact.data["version"]
        highest[guidance_id] = max(version, highest.get(guidance_id, version))
    if not highest:
        return "none"
    acknowledgements = [(fact.data["guidance_id"], fact.data["version"]) for fact in named(own, "GuidanceAcknowledged")]
    each_is = all(
        any(about == guidance_id and version >= newest for about, version in acknowledgements)
        for guidance_id, newest in highest.items()
    )
    return "acknowledged" if each_is else "published"


def webinar_state(own: Sequence[Told], rollout: Sequence[Told]) -> str:
    """Several webinars: the one that got furthest counts."""
    facts = [*own, *rollout]
    every = {fact.data["webinar_id"] for fact in facts if "webinar_id" in fact.data}
    states = {
        "none",
        *(_one_webinar([fact for fact in facts if fact.data.get("webinar_id") == each]) for each in every),
    }
    return min(states, key=WEBINAR_FURTHEST.index)


def _one_webinar(facts: list[Told]) -> str:
    """Attended outranks cancelled, cancelled outranks the rest."""
    if named(facts, "WebinarAttended"):
        return "attended"
    plans = named(facts, "WebinarScheduled", "WebinarRescheduled", "WebinarCancelled")
    # `sequence`, then `time`, orders Scheduled / Rescheduled / Cancelled of one webinar_id
    plan = max(plans, key=lambda fact: (fact.data["sequence"], *fact.order), default=None)
    if plan and plan.name == "WebinarCancelled":
        return "cancelled"
    response = latest(named(facts, "WebinarResponded"))
    if response:
        return str(response.data["partstat"])
    if named(facts, "WebinarInvited"):
        return "invited"
    return "scheduled" if plan else "none"


# Forwarding


def newest_revisions(facts: Iterable[Told]) -> dict[str, Told]:
    """Per config_id the newest revision among Configured and Disabled (then `time`)."""
    newest: dict[str, Told] = {}
    for fact in named(facts, "ForwardingConfigured", "ForwardingDisabled"):
        config_id = fact.data["config_id"]
        held = newest.get(config_id)
        if held is None or fact.data["revision"] >= held.data["revision"]:
            newest[config_id] = fact
    return newest


def active_eans(config: Told) -> set[str]:
    """Active EANs = its rules without `valid_to`."""
    rules = config.data["rules"] if config.name == "ForwardingConfigured" else []
    return {rule["ean"] for rule in rules if rule.get("valid_to") is None}


def ean_states(facts: Sequence[Told]) -> dict[str, str]:
    """Several config_ids: their EANs together."""
    states: dict[str, str] = {}
    for config in newest_revisions(facts).values():
        for ean in active_eans(config):
            states[ean] = min(states.get(ean, "verified"), _verdict(config, ean, facts), key=EAN_WORST.index)
    return states


def _verdict(config: Told, ean: str, facts: Sequence[Told]) -> str:
    """Verified / failed speak only of the revision and EAN that they name, the later of the two counts."""
    about = [
        fact
        for fact in named(facts, "ForwardingVerified", "ForwardingFailed")
        if all(fact.data[key] == config.data[key] for key in ("config_id", "revision")) and fact.data["ean"] == ean
    ]
    if not about:
        return "configured"
    return "verified" if about[-1].name == "ForwardingVerified" else "failed"


def forwarding_state(facts: Sequence[Told]) -> str:
    """Failed when any active EAN is; verified when each is (and there is one); else configured."""
    configs = newest_revisions(facts).values()
    if not configs:
        return "none"
    if all(config.name == "ForwardingDisabled" for config in configs):  # disabled only when all are
        return "disabled"
    eans = set(ean_states(facts).values())
    if "failed" in eans:
        return "failed"
    return "verified" if eans == {"verified"} else "configured"


def forwarding_track(facts: Sequence[Told]) -> dict[str, Any]:
    return {
        "state": forwarding_state(facts),
        "since": since(facts, forwarding_state),
        "eans": ean_states(facts),
    }


def forwarding_anomalies(facts: Sequence[Told]) -> Iterable[Anomaly]:
    """Verified/failed names an EAN that the newest revision, dated earlier, does not hold as active."""
    newest = newest_revisions(facts)
    for fact in named(facts, "ForwardingVerified", "ForwardingFailed"):
        config = newest.get(fact.data["config_id"])
        if config and config.instant < fact.instant and fact.data["ean"] not in active_eans(config):
            yield "retired_ean_used", ids([fact])


# KLIK task


def last_word(facts: Iterable[Told]) -> str | None:
    """The later of completed / reopened wins; None where the task is open because nobody said a word."""
    word = latest(named(facts, "TaskCompleted", "TaskReopened"))
    return word.name if word else None


def task_track(facts: Sequence[Told]) -> dict[str, Any]:
    state = "completed" if last_word(facts) == "TaskCompleted" else "open"
    return {
        "state": state,
        "since": since(facts, last_word),
        # Completed while not oriented: `premature`, until orientation is complete.
        "premature": state == "completed" and bool(missing(facts)),
    }


def task_anomalies(facts: Sequence[Told]) -> Iterable[Anomaly]:
    """A completion dated before `orientation.since` leaves `late_orientation`, also when reopened since."""
    oriented_since = since(facts, orientation_state)
    for fact in named(facts, "TaskCompleted"):
        if not missing(facts) and oriented_since and fact.instant < oriented_since:
            yield "late_orientation", ids([fact])


# Enrolment


def is_enrolled(facts: Iterable[Told]) -> bool:
    """The later of MunicipalityEnrolled / MunicipalityWithdrawn wins."""
    word = latest(named(facts, "MunicipalityEnrolled", "MunicipalityWithdrawn"))
    return word is not None and word.name == "MunicipalityEnrolled"


def enrolment_anomalies(facts: Sequence[Told]) -> Iterable[Anomaly]:
    """An AgreementSent counts and no MunicipalityEnrolled does."""
    sent = named(facts, "AgreementSent")
    if sent and not named(facts, "MunicipalityEnrolled"):
        yield "not_enrolled", ids(sent)
