"""Roles, stages and actions in words, the same that municipalities read on their page."""

from typing import assert_never

from contracts.roles import Role, SupplierRole
from contracts.rule_texts import Text
from contracts.tracks.stage import Stage


def role_in_words(role: Role | SupplierRole) -> Text:  # noqa: PLR0911  a line for each
    """Return whom a mail is for."""
    match role:
        case Role.AFTALEADMINISTRATOR:
            return Text("Aftaleadministrator", "Agreement administrator")
        case Role.SYSTEMANSVARLIG_BOGFOERING:
            return Text("Systemansvarlig for bogføringssystemet", "System owner, bookkeeping system")
        case Role.ERP_DIALOG:
            return Text(
                "Den, der varetager dialogen med ERP-leverandøren", "Whoever handles the dialogue with the ERP vendor"
            )
        case Role.KP_SYSTEMANSVARLIG:
            return Text("KP-systemansvarlig", "KP system owner")
        case Role.OEIR_KOORDINATOR:
            return Text("ØiR koordinator", "ØiR coordinator")
        case Role.OEKONOMIAFDELING:
            return Text("Økonomiafdeling", "Finance department")
        case SupplierRole.EG | SupplierRole.EJERKREDSEN:
            return Text("Ejerkredsen / EG", "Ejerkredsen / EG")
        case _ as unreachable:
            assert_never(unreachable)


def stage_in_words(stage: Stage) -> Text:  # noqa: PLR0911  a line for each
    """Return how far a municipality is."""
    match stage:
        case Stage.TO_ORIENT:
            return Text("Skal orienteres", "To be briefed")
        case Stage.AWAITING_EG:
            return Text("Afventer EG", "Waiting for EG")
        case Stage.TO_SIGN:
            return Text("Til underskrift", "To be signed")
        case Stage.TO_CONFIGURE:
            return Text("Skal sættes op", "To be set up")
        case Stage.TO_VERIFY:
            return Text("Afventer bekræftelse", "Awaiting confirmation")
        case Stage.RECEIVING:
            return Text("Modtager eFaktura i KP", "Receives eFaktura in KP")
        case Stage.BLOCKED:
            return Text("Kræver afklaring", "Needs resolving")
        case Stage.NOT_APPLICABLE:
            return Text("Benytter ikke ØS Indsigt", "Does not use ØS Indsigt")
        case _ as unreachable:
            assert_never(unreachable)


#: What can be done now, by action; where EG is to act the municipality waits (card: it contacts nobody).
ACTIONS = {
    "orient_roles": Text(
        "Orientér systemansvarlig for bogføringssystemet (eller den, der varetager dialogen med jeres "
        "ERP-leverandør) og aftaleadministrator.",
        "Brief the system owner of the bookkeeping system (or whoever handles the dialogue with your ERP vendor) "
        "and the agreement administrator.",
    ),
    "await_eg": Text("Ingen handling: afvent EG.", "No action: wait for EG."),
    "sign_agreement": Text(
        "Aftaleadministrator underskriver serviceaftalen.", "The agreement administrator signs the service agreement."
    ),
    "clarify_signature": Text(
        "Ingen handling. EG og driften afklarer dokumentet.", "No action. EG and operations resolve the document."
    ),
    "renew_agreement": Text(
        "Ingen handling. EG kan sende en ny serviceaftale.", "No action. EG can send a new service agreement."
    ),
    "set_up_forwarding": Text(
        "Foretag opsætningen i ØS Indsigt efter vejledningen.", "Do the setup in ØS Indsigt following the guidance."
    ),
    "await_first_invoice": Text(
        "Ingen handling: afvent den første eFaktura.", "No action: wait for the first eFaktura."
    ),
    "check_ean_setup": Text(
        "Systemansvarlig kontrollerer opsætningen i ØS Indsigt efter vejledningen.",
        "The system owner checks the setup in ØS Indsigt against the guidance.",
    ),
    "may_complete_task": Text("I kan markere opgaven som fuldført.", "You may mark the task as completed."),
    "none": Text("Ingen handling: alt er på plads.", "No action: everything is in place."),
}
