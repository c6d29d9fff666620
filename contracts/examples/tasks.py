"""When which fact of the topic klarmeld.tasks held, and its data; a retraction, which belongs to any topic."""

from contracts import events as e
from contracts.events import Event
from contracts.examples.world import SYSTEM, TASK
from contracts.roles import Role

CARD = e.TaskCardPublished(
    task_id=TASK,
    title="Serviceaftaler og vejledning fra Ejerkredsen og EG",
    project="KP Videreudvikling",
    priority=e.Priority.MANDATORY,
    goal=(
        "Målet er, at I er orienteret om Ejerkredsens / EGs overordnede plan for at understøtte jeres etablering af "
        "eFaktura-snitfladen mellem ØS Indsigt og KP."
    ),
    description=(
        "Denne opgave er særlig for jer, som har Ejerkredsen og EG som ERP-leverandør og altså benytter ØS Indsigt. "
        "I skal IKKE kontakte Ejerkredsen / EG med henblik på at etablere snitfladen mellem ØS Indsigt og KP."
    ),
    method=(
        (
            "Jeres Systemansvarlige for bogføringssystemet, og evt. andre relevante som fx ØiR koordinator skal "
            "orienteres jf. beskrivelsen af denne KLIK-opgave."
        ),
        (
            "Jeres aftaleadministrator skal desuden orienteres om, at der på et tidspunkt vil komme en serviceaftale "
            "til underskrift, som vedr. etablering af eFaktura-snitfladen mellem ØS Indsigt og KP."
        ),
        (
            "Når relevante er orienteret om, at I skal afvente Ejerkredsen / EG ift. serviceaftale, vejledning og "
            "indkaldelse til webinar, kan I markere denne opgave som fuldført."
        ),
    ),
    result="Resultatet er, at I får videresendt eFaktura relateret KP, så I kan behandle eFaktura i KP.",
    related_task="eFaktura 7",
    recommended_performer=(
        "Systemansvarlig for kommunens bogføringssystem eller anden, som varetager dialogen med jeres ERP-leverandør "
        "omkring serviceaftaler, opsætning i ERP-løsningen mv. Desuden jeres aftaleadministrator, som vil få en "
        "serviceaftale til underskrift."
    ),
    performer_comment=(
        "Det kan desuden være relevant at inddrage jeres ØiR koordinator samt jeres økonomiafdeling i denne opgave."
    ),
    recommended_responsible="KP-systemansvarlig eller systemansvarlig for bogføringssystemet",
)

DATA: list[tuple[str, Event]] = [
    ("2026-01-02T08:00:00Z", CARD),
    (
        "2026-01-12T09:00:00Z",
        e.StakeholderOriented(
            role=Role.AFTALEADMINISTRATOR,
            topics=(e.OrientationTopic.AGREEMENT_COMING, e.OrientationTopic.AWAIT_EG),
            note="Orienteret på kontormøde",
        ),
    ),
    (
        "2026-01-10T09:00:00Z",
        e.TaskAssigned(
            task_id=TASK, responsible_role=Role.KP_SYSTEMANSVARLIG, performer_role=Role.SYSTEMANSVARLIG_BOGFOERING
        ),
    ),
    (
        "2026-01-15T09:00:00Z",
        e.TaskCompleted(task_id=TASK, by_role=Role.KP_SYSTEMANSVARLIG, comment="Alle relevante er orienteret"),
    ),
    (
        "2026-01-16T09:00:00Z",
        e.TaskReopened(task_id=TASK, by_role=Role.KP_SYSTEMANSVARLIG, reason="Ny aftaleadministrator"),
    ),
    ("2026-01-20T09:00:00Z", e.LocalItemAdded(item_id="L-1", text="Kontoplanen skal tilpasses")),
    ("2026-01-25T09:00:00Z", e.LocalItemClosed(item_id="L-1", text="Kontoplanen skal tilpasses")),
    (
        "2026-02-13T09:00:00Z",
        e.FactRetracted(source=SYSTEM, id="8b-agreementsigned", reason="Underskriften var på en anden aftale"),
    ),
]
