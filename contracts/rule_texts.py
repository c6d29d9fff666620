"""The rules in one sentence each, Danish and English, and what each state waits for."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages."""

    da: str
    en: str


RULES = {
    "orientation": Text(
        "Kommunen er orienteret, når aftaleadministrator og enten systemansvarlig for bogføringssystemet eller den, "
        "der varetager dialogen med ERP-leverandøren, er orienteret.",
        "A municipality is oriented once the aftaleadministrator and either the systemansvarlig for bookkeeping or "
        "whoever holds the dialogue with the ERP supplier are oriented.",
    ),
    "agreement": Text(
        "Den serviceaftale, der er nået længst og ikke er erstattet af en ny, gælder; den tidligste af underskrift, "
        "afvisning, fristudløb og tilbagetrækning afgør den.",
        "The agreement that got furthest and is not superseded counts; the earliest of signed, declined, expired "
        "and voided decides it.",
    ),
    "information": Text(
        "Vejledningen er læst, når hver vejlednings nyeste version er markeret som læst; af flere webinarer gælder "
        "det, der er nået længst.",
        "Guidance is acknowledged once the newest version of each is; of several webinars the one that got furthest "
        "counts.",
    ),
    "forwarding": Text(
        "Videresendelsen er bekræftet, når hvert aktivt EAN i den nyeste opsætning er bekræftet, og fejlet, når "
        "et af dem er.",
        "Forwarding is verified once each active EAN of the newest revision is, and failed when any of them is.",
    ),
    "task": Text(
        "Det seneste af fuldført og genåbnet gælder; intet fuldfører opgaven af sig selv.",
        "The later of completed and reopened counts; nothing completes the task by itself.",
    ),
    "enrolment": Text(
        "Det seneste af til- og framelding til ØS Indsigt gælder.",
        "The later of enrolled and withdrawn counts.",
    ),
    "stage": Text(
        "Stadiet er den første linje, der passer: gælder ikke, kræver afklaring, modtager, skal bekræftes, "
        "skal sættes op, til underskrift, afventer EG, skal orienteres.",
        "The stage is the first line that matches: not applicable, blocked, receiving, to verify, to configure, "
        "to sign, awaiting EG, to orient.",
    ),
    "turn": Text(
        "Den næste handling er den, der hører til stadiet; de andre mulige handlinger står ved siden af.",
        "The next action is the stage's own; the other possible actions stand beside it.",
    ),
    "anomalies": Text(
        "Det, der ikke passer sammen i hændelserne, vises og ændrer ikke på, hvad der gælder.",
        "What does not fit together in the facts is shown, and changes nothing about what counts.",
    ),
}

AWAITS = {
    ("orientation", "none"): Text(
        "Aftaleadministrator og systemansvarlig (eller den, der varetager ERP-dialogen) skal orienteres.",
        "The aftaleadministrator and the systemansvarlig (or the holder of the ERP dialogue) are to be oriented.",
    ),
    ("agreement", "awaiting_eg"): Text(
        "Serviceaftalen er ikke udsendt endnu; afvent EG.", "The agreement is not sent yet."
    ),
    ("agreement", "sent"): Text("Aftaleadministrators underskrift mangler.", "The signature is missing."),
    ("agreement", "delivered"): Text("Aftaleadministrators underskrift mangler.", "The signature is missing."),
    ("agreement", "viewed"): Text("Aftaleadministrators underskrift mangler.", "The signature is missing."),
    ("agreement", "bounced"): Text("Serviceaftalen skal sendes igen af EG.", "EG is to send the agreement again."),
    ("agreement", "declined"): Text("EG kan sende en ny serviceaftale.", "EG may send a new agreement."),
    ("agreement", "expired"): Text("EG kan sende en ny serviceaftale.", "EG may send a new agreement."),
    ("agreement", "voided"): Text("EG kan sende en ny serviceaftale.", "EG may send a new agreement."),
    ("agreement", "terminated"): Text("EG kan sende en ny serviceaftale.", "EG may send a new agreement."),
    ("forwarding", "none"): Text("Videresendelsen er ikke sat op på et EAN.", "No EAN is set up for forwarding."),
    ("forwarding", "disabled"): Text("Videresendelsen er slået fra.", "Forwarding is switched off."),
    ("forwarding", "configured"): Text(
        "Den første eFaktura er ikke modtaget i KP på hvert aktivt EAN.",
        "The first eFaktura has not arrived on each active EAN.",
    ),
    ("forwarding", "failed"): Text(
        "Et EAN fejler; opsætningen i ØS Indsigt skal kontrolleres.",
        "An EAN fails; its set-up in ØS Indsigt is to be checked.",
    ),
    ("task", "open"): Text("Opgaven er ikke markeret som fuldført.", "The task is not marked as completed."),
    ("guidance", "none"): Text("Vejledningen er ikke udgivet endnu; afvent EG.", "The guidance is not published yet."),
    ("guidance", "published"): Text(
        "Vejledningens nyeste version er ikke markeret som læst.", "Its newest version is not acknowledged."
    ),
    ("webinar", "none"): Text("Webinaret er ikke planlagt endnu; afvent EG.", "The webinar is not scheduled yet."),
    ("webinar", "scheduled"): Text("Indkaldelsen er ikke kommet endnu.", "The invitation has not come yet."),
    ("webinar", "invited"): Text("Kommunens svar mangler.", "The municipality's reply is missing."),
    ("webinar", "tentative"): Text("Kommunens endelige svar mangler.", "The municipality's final reply is missing."),
    ("webinar", "cancelled"): Text("Et nyt webinar er ikke planlagt.", "No new webinar is scheduled."),
}

MISSING_ROLE = {
    "aftaleadministrator": Text("Aftaleadministrator er ikke orienteret.", "The aftaleadministrator is not oriented."),
    "systemansvarlig_bogfoering": Text(
        "Systemansvarlig for bogføringssystemet (eller den, der varetager ERP-dialogen) er ikke orienteret.",
        "The systemansvarlig for bookkeeping (or the holder of the ERP dialogue) is not oriented.",
    ),
}
