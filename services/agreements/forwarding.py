"""What becomes of a command on forwarding: the set-up that it makes, or why it makes none."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from contracts.events import ForwardingConfigured, ForwardingDisabled, Rule
from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.refusals import FieldError
from services.agreements.commands import ForwardingRule, SetForwarding
from services.chassis.doors.decision import Decision, Refused, Situation, Why, conflict, invalid

#: Card, Beskrivelse.
ONLY_FOR_USERS = (
    "Denne opgave er særlig for jer, som har Ejerkredsen og EG som ERP-leverandør og altså benytter ØS Indsigt."
)
USUAL_PREFIX = "5798"


class Target(NamedTuple):
    """The configuration that a command is about; `newest` is what was last said of it, if anything."""

    config_id: str
    newest: Fact | None

    @property
    def revision(self) -> int:
        return self.newest.data["revision"] if self.newest else 0


def set_forwarding(situation: Situation, command: SetForwarding, *, code: str, taken: Collection[str]) -> Decision:
    """Set up or disable forwarding; `taken` are the command's EANs that are active at another municipality."""
    target = _misshapen(command) or _target(situation, command, code)
    if isinstance(target, Refused):
        return target
    return _disable(command, target) if command.disable else _set_up(situation, command, target, taken)


def warnings(command: SetForwarding) -> list[FieldError]:
    """Return what is taken as it is, and looks unusual for a public body."""
    return [
        FieldError(f"/rules/{number}/ean", f"The EAN {rule.ean} does not begin with {USUAL_PREFIX}, as usual here.")
        for number, rule in _rules(command)
        if not rule.ean.startswith(USUAL_PREFIX)
    ]


def active_eans(command: SetForwarding) -> list[str]:
    """Return the EANs that the command would make active."""
    return [rule.ean for _, rule in _rules(command) if rule.valid_to is None]


def _set_up(situation: Situation, command: SetForwarding, target: Target, taken: Collection[str]) -> Decision:
    rules = tuple(Rule(ean=rule.ean, valid_from=rule.valid_from, valid_to=rule.valid_to) for _, rule in _rules(command))
    return (
        _not_enrolled(situation)
        or _ending_before_it_begins(command)
        or _active_elsewhere(command, taken)
        or _said_already(command, target, rules)
        or _outdated(command, target)
        or ForwardingConfigured(
            config_id=target.config_id, revision=_revision(command, target), rules=rules, target="KP"
        )
    )


def _disable(command: SetForwarding, target: Target) -> Decision:
    """Disable a set-up; also one of a municipality that left the roll-out."""
    if target.newest is None:
        return conflict(f"There is no forwarding {target.config_id} here, so there is nothing to disable.")
    if target.newest.name is EventName.ForwardingDisabled:
        return conflict(f"The forwarding {target.config_id} has been disabled since {_at(target.newest)}.")
    return _outdated(command, target) or ForwardingDisabled(
        config_id=target.config_id, revision=_revision(command, target), reason=command.reason or ""
    )


def _misshapen(command: SetForwarding) -> Refused | None:
    if command.disable and command.rules is not None:
        return invalid("/rules", "Send either `rules` or `disable`, not both.")
    if command.disable and command.reason is None:
        return invalid("/reason", "Say why it is disabled.")
    if not command.disable and command.rules is None:
        return invalid("/rules", "Send `rules`, or `disable: true` with a `reason`.")
    if not command.disable and command.reason is not None:
        return invalid("/reason", "A reason goes with `disable: true` only.")
    return None


def _target(situation: Situation, command: SetForwarding, code: str) -> Target | Refused:
    newest = _newest(situation)
    if command.config_id is not None:
        return Target(command.config_id, newest.get(command.config_id))
    if len(newest) > 1:
        return invalid("/config_id", f"Say which is meant: {', '.join(sorted(newest))}.")
    config_id = next(iter(newest), f"FW-{code}")
    return Target(config_id, newest.get(config_id))


def _newest(situation: Situation) -> Mapping[str, Fact]:
    """Return what each configuration's highest revision says, of equal ones the later."""
    facts = situation.own.of(EventName.ForwardingConfigured, EventName.ForwardingDisabled)
    return {fact.data["config_id"]: fact for fact in sorted(facts, key=lambda fact: fact.data["revision"])}


def _not_enrolled(situation: Situation) -> Refused | None:
    enrolment = situation.progress["enrolment"]
    if enrolment["state"] == "enrolled":
        return None
    left = f"left the roll-out at {enrolment['since']}" if enrolment["since"] else "is not on the roll-out's roster"
    return conflict(f"The municipality {left}. The card says: »{ONLY_FOR_USERS}«")


def _ending_before_it_begins(command: SetForwarding) -> Refused | None:
    wrong = (
        number for number, rule in _rules(command) if rule.valid_to is not None and rule.valid_to < rule.valid_from
    )
    first = next(wrong, None)
    return None if first is None else invalid(f"/rules/{first}/valid_to", "The rule ends before it begins.")


def _active_elsewhere(command: SetForwarding, taken: Collection[str]) -> Refused | None:
    """Refuse an EAN of another municipality, without a word about which one that is."""
    errors = tuple(
        FieldError(f"/rules/{number}/ean", f"The EAN {rule.ean} is active at another municipality already.")
        for number, rule in _rules(command)
        if rule.valid_to is None and rule.ean in taken
    )
    detail = "An EAN belongs to one municipality; `errors` names those that are active elsewhere. Check the numbers."
    return Refused(Why.CONFLICT, detail, errors) if errors else None


def _said_already(command: SetForwarding, target: Target, rules: tuple[Rule, ...]) -> Fact | None:
    """Return what says the same already: told again it would only forget which EANs are verified."""
    newest = target.newest
    if newest is None or newest.name is EventName.ForwardingDisabled:
        return None
    if command.revision not in {None, target.revision}:
        return None
    return newest if tuple(map(Rule.model_validate, newest.data["rules"])) == rules else None


def _outdated(command: SetForwarding, target: Target) -> Refused | None:
    if target.newest is None or command.revision is None or command.revision > target.revision:
        return None
    return Refused(
        Why.CONFLICT,
        f"Revision {target.revision} of the forwarding {target.config_id} was told at {_at(target.newest)}; "
        "send a higher one, or none, and it rises by itself.",
        (FieldError("/revision", f"must be higher than {target.revision}"),),
    )


def _revision(command: SetForwarding, target: Target) -> int:
    return target.revision + 1 if command.revision is None else command.revision


def _rules(command: SetForwarding) -> Iterator[tuple[int, ForwardingRule]]:
    return enumerate(command.rules or ())


def _at(fact: Fact) -> str:
    return shown(f"{fact.time[:19]}.000000Z")
