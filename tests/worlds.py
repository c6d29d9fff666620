"""Random worlds for Hypothesis: few names and few instants, so that facts meet, collide and take each other back."""

from typing import Any, NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.facts_made import EANS, EG, FIRST_RECORDED, KINDS, OTHER_SHA, SHA, Plain, fact
from tests.oracle.reading import ABOUT_THE_ROLLOUT

#: How far a property is searched in a test run: the same worlds each time, so that a run says the same twice.
searched = settings(
    max_examples=300, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

AGREEMENTS, WEBINARS, GUIDANCES, CONFIGS = ("AG-1", "AG-2", "AG-3"), ("W-1", "W-2"), ("G-1", "G-2"), ("C-1", "C-2")
ROLES = (
    "aftaleadministrator",
    "systemansvarlig_bogfoering",
    "erp_dialog",
    "kp_systemansvarlig",
)
#: Few instants, some of them equal in another spelling, or within one microsecond.
TIMES = (
    "2026-02-01T09:00:00Z",
    "2026-02-01T10:00:00+01:00",
    "2026-02-01T09:00:00.000001Z",
    "2026-02-01T09:00:00.0000019Z",
    "2026-02-02T09:00:00Z",
    "2026-02-02T23:30:00-02:00",
    "2026-02-03T01:30:00.5Z",
    "2026-02-04T09:00:00Z",
    "2026-02-05T09:00:00+00:00",
    "2026-02-06T09:00:00Z",
)
SOURCES = (EG, "/eg/erp")
OF_A_MUNICIPALITY = tuple(sorted(KINDS.keys() - ABOUT_THE_ROLLOUT - {"FactRetracted"}))
OF_A_ROLLOUT = tuple(sorted(ABOUT_THE_ROLLOUT))
#: What a world may be mostly about, so that facts of one track meet often; the last is about everything.
THEMES = (
    tuple(name for name in OF_A_MUNICIPALITY if name.startswith(("Agreement", "MunicipalityE"))),
    ("AgreementSent", "AgreementSigned", "AgreementBounced", "AgreementViewed", "AgreementDelivered"),
    tuple(name for name in OF_A_MUNICIPALITY if name.startswith("Forwarding")),
    tuple(name for name in OF_A_MUNICIPALITY if name.startswith(("Guidance", "Webinar"))),
    tuple(name for name in OF_A_MUNICIPALITY if name.startswith(("Task", "Stakeholder", "Municipality"))),
    (
        *("MunicipalityEnrolled", "AgreementSent", "AgreementSigned", "ForwardingConfigured", "ForwardingVerified"),
        *("ForwardingFailed", "StakeholderOriented", "TaskCompleted", "TaskReopened"),
    ),
    OF_A_MUNICIPALITY,
)


#: The way of a municipality for which all goes well; a world holds some of it, else few would ever get anywhere.
WAY = (
    fact("MunicipalityEnrolled"),
    fact("StakeholderOriented", named="admin-oriented"),
    fact("StakeholderOriented", named="system-oriented", role="systemansvarlig_bogfoering"),
    fact("AgreementSent"),
    fact("AgreementSigned"),
    fact("ForwardingConfigured"),
    fact("ForwardingVerified"),
    fact("TaskCompleted"),
)


class World(NamedTuple):
    """The tellings about one municipality, and those about its rollout, each in the order of the log."""

    own: list[Plain]
    rollout: list[Plain]


@st.composite
def worlds(draw: DrawFn, most: int = 24) -> World:
    """Draw the facts of a municipality and of its rollout, with doubles, conflicts and retractions."""
    theme = draw(st.sampled_from(THEMES))
    return World(draw(_document(theme, most, way=WAY)), draw(_document(OF_A_ROLLOUT, most // 3)))


@st.composite
def _document(draw: DrawFn, names: tuple[str, ...], most: int, way: tuple[Plain, ...] = ()) -> list[Plain]:
    went = [each | {"time": draw(st.sampled_from(TIMES))} for each in way if draw(st.booleans())]
    facts = draw(st.lists(_fact(names), max_size=most))
    named = [*went, *(each | {"id": draw(_id(number))} for number, each in enumerate(facts))]
    tellings = [*named, *draw(_again(named)), *draw(_retractions(named))]
    return [each | draw(_place(number)) for number, each in enumerate(draw(st.permutations(tellings)))]


@st.composite
def _fact(draw: DrawFn, names: tuple[str, ...]) -> Plain:
    name = draw(st.sampled_from(names))
    source = draw(st.sampled_from(SOURCES)) if KINDS[name][0][0] != "klarmeld.tasks" else None
    return fact(name, time=draw(st.sampled_from(TIMES)), source=source, **draw(_data(name)))


def _data(name: str) -> SearchStrategy[dict[str, Any]]:
    """Vary what decides; the rest of the data stays as it is."""
    return st.fixed_dictionaries({key: VARIED[key] for key in KINDS[name][1] if key in VARIED} | ALSO.get(name, {}))


def _id(number: int) -> SearchStrategy[str]:
    """An id of its own nearly always; else one that another fact may have as well."""
    return st.integers(0, 19).map(lambda chance: f"e{number}" if chance else f"e{number % 3}")


def _again(named: list[Plain]) -> SearchStrategy[list[Plain]]:
    """The same facts told again, sometimes in another spelling of the time or with another content."""
    if not named:
        return st.just([])
    again = st.builds(_retold, st.sampled_from(named), st.sampled_from((None, None, *TIMES[:2])), st.integers(0, 3))
    return st.lists(again, max_size=4)


def _retold(each: Plain, time: str | None, chance: int) -> Plain:
    data = each["data"] | ({} if chance else {"unknown": [1.0, True]})
    return each | {"time": time or each["time"], "data": data}


@st.composite
def _retractions(draw: DrawFn, named: list[Plain]) -> list[Plain]:
    """Retractions of facts, of each other, of themselves and of nothing."""
    ids = [f"r{number}" for number in range(draw(st.sampled_from((0, 0, 1, 2, 5))))]
    known = [(each["source"], each["id"], each["topic"]) for each in named]
    known += [(EG, each, "klarmeld.agreements") for each in (*ids, "never-heard-of")]
    made = []
    for each in ids:
        source, target, topic = draw(st.sampled_from(known))
        astray = draw(st.integers(0, 9)) == 0
        retraction = fact(
            "FactRetracted",
            named=each,
            source=EG,
            time=draw(st.sampled_from(TIMES)),
            topic="klarmeld.notifications" if astray else topic,
        )
        made.append(retraction | {"subject": target, "data": {"source": source, "id": target, "reason": "Fejl"}})
    return made


def _place(offset: int) -> SearchStrategy[Plain]:
    """A place of its own on the log; several may be recorded within one millisecond."""
    return st.fixed_dictionaries(
        {
            "recorded": st.integers(0, 9).map(lambda each: FIRST_RECORDED + each),
            "partition": st.integers(0, 2),
            "offset": st.just(offset),
        }
    )


_RULES = st.lists(
    st.fixed_dictionaries(
        {"ean": st.sampled_from(EANS), "valid_from": st.just("2026-02-01")},
        optional={"valid_to": st.sampled_from([None, "2027-01-01"])},
    ),
    min_size=1,
    max_size=3,
)
_DOCUMENT = st.sampled_from([SHA, OTHER_SHA]).map(lambda sha: {"title": "S", "version": 1, "sha256": sha})

#: What each field of the data may be, where it is varied at all.
VARIED: dict[str, SearchStrategy[Any]] = {
    "agreement_id": st.sampled_from((*AGREEMENTS, "AG-1", "AG-1")),
    "webinar_id": st.sampled_from(WEBINARS),
    "guidance_id": st.sampled_from(GUIDANCES),
    "config_id": st.sampled_from((*CONFIGS, "C-1")),
    "revision": st.sampled_from((1, 1, 2)),
    "version": st.sampled_from((1, 2)),
    "sequence": st.sampled_from((0, 1, 2)),
    "ean": st.sampled_from(EANS),
    "role": st.sampled_from(ROLES),
    "partstat": st.sampled_from(("accepted", "declined", "tentative")),
    "rules": _RULES,
    "document": _DOCUMENT,
    "document_sha256": st.sampled_from((SHA, SHA, OTHER_SHA)),
    "batch_id": st.sampled_from(("B1", "B2")),
    "roster": st.lists(st.sampled_from(("0101", "0147", "0151")), unique=True),
}
#: Optional fields.
ALSO: dict[str, dict[str, SearchStrategy[Any]]] = {
    "AgreementSent": {
        "supersedes": st.sampled_from((None, None, None, *AGREEMENTS)),
        "batch_id": st.sampled_from((None, "B1", "B2")),
    },
}
