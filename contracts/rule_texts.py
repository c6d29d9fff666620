"""The rules in one sentence each, Danish and English: what `explain` quotes."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages."""

    da: str
    en: str


RULES = {
    "orientation": Text(
        "Kommunen er orienteret, når aftaleadministrator og enten systemansvarlig for bogføringssystemet eller den, "
        "der varetager dialogen med ERP-leverandøren, er orienteret.",
        "A municipality is briefed (oriented) once the agreement administrator and either the system owner of the "
        "bookkeeping system or whoever handles the dialogue with the ERP vendor are briefed.",
    ),
    "agreement": Text(
        "Den serviceaftale, der er nået længst og ikke er erstattet af en ny, gælder; den tidligste af underskrift, "
        "afvisning, fristudløb og tilbagetrækning afgør den.",
        "The service agreement that got furthest and is not replaced by a new one counts; the earliest of signed, "
        "declined, expired and withdrawn decides it.",
    ),
    "information": Text(
        "Vejledningen er læst, når hver vejlednings nyeste version er markeret som læst; af flere webinarer gælder "
        "det, der er nået længst.",
        "The guidance is read once the newest version of each is marked as read; of several webinars the one that "
        "got furthest counts.",
    ),
    "forwarding": Text(
        "Videresendelsen er bekræftet, når hvert aktivt EAN i den nyeste opsætning er bekræftet, og fejlet, når "
        "et af dem er.",
        "Forwarding is confirmed once each active EAN of the newest setup is, and failed when any of them is.",
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
