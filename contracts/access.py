"""Who may call which route: one table by method and path. A route that is not in it does not start."""

from enum import StrEnum
from typing import NamedTuple


class UserRole(StrEnum):
    """The brugersystemroller of KOMBIT's model that klarmeld knows."""

    READ = "kommune-laes"
    ACT = "kommune-behandl"
    COORDINATOR = "koordinator"
    EG = "eg"
    OPERATIONS = "drift"


class Caller(NamedTuple):
    """Who a valid token says is calling; `municipality` is the dataafgrænsning, a kommunekode or None."""

    client: str
    roles: frozenset[UserRole]
    municipality: str | None


class Rule(NamedTuple):
    """Who may call one route. A municipality's roles reach their own municipality only, whatever the path says."""

    roles: frozenset[UserRole]


PUBLIC = Rule(frozenset())
MUNICIPAL = frozenset({UserRole.READ, UserRole.ACT})
_ACT = frozenset({UserRole.ACT})
_READERS = MUNICIPAL | {UserRole.COORDINATOR, UserRole.EG}
_OVERSEERS = frozenset({UserRole.COORDINATOR, UserRole.EG})
_EG = frozenset({UserRole.EG})
_OPERATIONS = frozenset({UserRole.OPERATIONS})
_ALL = frozenset(UserRole)

_R = "/v1/rollouts/{rollout}"
_CONTACT = "/v1/municipalities/{code}/contacts/{role}"
_HOOKS = "/v1/municipalities/{code}/webhooks"
_M = f"{_R}/municipalities/{{code}}"

ROUTES: dict[tuple[str, str], Rule] = {
    ("GET", "/livez"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/startupz"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/asyncapi.json"): PUBLIC,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/asyncapi"): PUBLIC,
    # Operations compare what a moment shows with now; the facts themselves are not theirs to read.
    ("GET", _M): Rule(_READERS | _OPERATIONS),
    ("GET", f"{_M}/facts"): Rule(_READERS),
    ("GET", f"{_M}/explain"): Rule(_READERS),
    ("GET", f"{_M}/explanations"): Rule(_READERS),
    ("GET", f"{_M}/whole"): Rule(_READERS),
    ("GET", f"{_M}/diff"): Rule(_READERS),
    ("GET", f"{_M}/stream"): Rule(_READERS),
    ("GET", f"{_R}/municipalities"): Rule(_OVERSEERS),
    ("GET", _R): Rule(_OVERSEERS),
    ("GET", f"{_R}/stream"): Rule(_OVERSEERS),
    ("POST", "/v1/events"): Rule(_EG),
    ("POST", f"{_R}/agreement-batches"): Rule(_EG),
    ("POST", "/v1/agreements/{agreement}/signature"): Rule(_ACT),
    ("POST", "/v1/agreements/{agreement}/decline"): Rule(_ACT),
    ("POST", "/v1/agreements/{agreement}/void"): Rule(_EG),
    ("POST", "/v1/agreements/{agreement}/termination"): Rule(_EG),
    ("GET", "/v1/agreements/{agreement}"): Rule(MUNICIPAL | _EG),
    ("POST", f"{_M}/forwarding"): Rule(_EG),
    ("POST", f"{_R}/guidance"): Rule(_EG),
    ("POST", f"{_R}/webinars"): Rule(_EG),
    ("POST", f"{_R}/webinars/{{webinar}}/reschedule"): Rule(_EG),
    ("POST", f"{_R}/webinars/{{webinar}}/cancellation"): Rule(_EG),
    ("POST", f"{_R}/webinars/{{webinar}}/recording"): Rule(_EG),
    ("POST", f"{_R}/webinars/{{webinar}}/response"): Rule(_ACT),
    # The link is the key: it was mailed to one role, is signed, and ends with the webinar.
    ("GET", "/v1/answers/{token}"): PUBLIC,
    ("POST", "/v1/answers/{token}"): PUBLIC,
    ("GET", f"{_R}/webinars/{{webinar}}.ics"): Rule(MUNICIPAL),
    ("POST", f"{_R}/guidance/{{guidance}}/acknowledgement"): Rule(_ACT),
    ("GET", _CONTACT): Rule(_ACT),
    ("PUT", _CONTACT): Rule(_ACT),
    ("DELETE", _CONTACT): Rule(_ACT),
    ("GET", _HOOKS): Rule(MUNICIPAL),
    ("POST", _HOOKS): Rule(_ACT),
    ("DELETE", f"{_HOOKS}/{{hook}}"): Rule(_ACT),
    ("POST", f"{_HOOKS}/{{hook}}/rotation"): Rule(_ACT),
    ("POST", f"{_HOOKS}/{{hook}}/test"): Rule(_ACT),
    ("POST", f"{_HOOKS}/{{hook}}/redrive"): Rule(_ACT),
    ("GET", f"{_HOOKS}/{{hook}}/deliveries"): Rule(MUNICIPAL),
    ("GET", f"{_R}/card"): Rule(_ALL),
    ("PUT", f"{_R}/card"): Rule(frozenset({UserRole.COORDINATOR})),
    ("POST", f"{_M}/orientations"): Rule(_ACT),
    ("POST", f"{_M}/completion"): Rule(_ACT),
    ("POST", f"{_M}/reopening"): Rule(_ACT),
    ("POST", f"{_M}/assignment"): Rule(_ACT),
    ("POST", f"{_M}/local-items"): Rule(_ACT),
    ("DELETE", f"{_M}/local-items/{{item}}"): Rule(_ACT),
    ("GET", f"{_M}/notifications"): Rule(MUNICIPAL | _OPERATIONS),
    ("GET", "/v1/admin/generations"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/generations/rollback"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/generations/drop"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/verify"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/verify"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/rebuild"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/rebuild"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/rebuild/swap"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/rebuild/abort"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/journal"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/ledger"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/ledger/resolve"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/status"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/parked"): Rule(_OPERATIONS),
    ("GET", "/v1/admin/parked/groups"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/parked/redrive"): Rule(_OPERATIONS),
    ("POST", "/v1/admin/parked/discard"): Rule(_OPERATIONS),
}

_K = "/kommune/{code}"
_D = "/drift/{service}"
#: Pages that ask once more before something is said for the municipality.
_CONFIRMED = ("underskriv", "afvis", "fuldfoer", "genaabn")
#: Pages of operations on which a word is typed before a rebuild goes on, goes live or is given up.
_TYPED = ("genopbyg", "skift", "gaa-tilbage", "afbryd")
#: The portal's pages: the same roles and the same tenants, known from a session instead of a bearer token.
PAGES: dict[tuple[str, str], Rule] = {
    ("GET", "/"): PUBLIC,
    ("GET", "/was"): PUBLIC,
    ("GET", "/hjaelp"): PUBLIC,
    ("GET", "/livez"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/startupz"): PUBLIC,
    ("GET", "/static/{edition}/{name:path}"): PUBLIC,
    ("GET", "/log-paa"): PUBLIC,
    ("GET", "/log-paa/tilbage"): PUBLIC,
    ("GET", "/log-paa/fortsaet"): Rule(_ALL),
    ("POST", "/log-af"): Rule(_ALL),
    ("GET", _K): Rule(_READERS),
    ("GET", f"{_K}/historik"): Rule(_READERS),
    ("GET", f"{_K}/stream"): Rule(_READERS),
    ("GET", f"{_K}/beskeder"): Rule(MUNICIPAL),
    ("GET", f"{_K}/webinar.ics"): Rule(MUNICIPAL),
    ("GET", f"{_K}/orienter/{{role}}"): Rule(_ACT),
    ("POST", f"{_K}/orienter"): Rule(_ACT),
    **{(method, f"{_K}/{name}"): Rule(_ACT) for name in _CONFIRMED for method in ("GET", "POST")},
    ("GET", f"{_K}/kontakter"): Rule(_ACT),
    ("POST", f"{_K}/kontakter"): Rule(_ACT),
    ("POST", f"{_K}/lokale-punkter"): Rule(_ACT),
    ("POST", f"{_K}/lokale-punkter/luk"): Rule(_ACT),
    ("POST", f"{_K}/vejledning"): Rule(_ACT),
    ("POST", f"{_K}/webinar"): Rule(_ACT),
    ("GET", "/overblik"): Rule(_OVERSEERS),
    ("GET", "/overblik.csv"): Rule(_OVERSEERS),
    ("GET", "/overblik/stream"): Rule(_OVERSEERS),
    ("GET", "/overblik/bevis"): Rule(_OVERSEERS),
    ("GET", "/overblik/tidligere"): Rule(_OVERSEERS),
    ("GET", "/drift"): Rule(_OPERATIONS),
    ("GET", "/drift/stream"): Rule(_OPERATIONS),
    ("GET", "/drift/tidligere"): Rule(_OPERATIONS),
    ("GET", f"{_D}/parkeret"): Rule(_OPERATIONS),
    ("GET", f"{_D}/proevekoer"): Rule(_OPERATIONS),
    ("GET", f"{_D}/koer-igen"): Rule(_OPERATIONS),
    ("POST", f"{_D}/koer-igen"): Rule(_OPERATIONS),
    ("GET", f"{_D}/kasser"): Rule(_OPERATIONS),
    ("POST", f"{_D}/kasser"): Rule(_OPERATIONS),
    ("GET", f"{_D}/journal"): Rule(_OPERATIONS),
    ("POST", f"{_D}/kontroller"): Rule(_OPERATIONS),
    **{(method, f"{_D}/{name}"): Rule(_OPERATIONS) for name in _TYPED for method in ("GET", "POST")},
    ("GET", "/drift/beskeder/{key}"): Rule(_OPERATIONS),
    ("POST", "/drift/beskeder/{key}"): Rule(_OPERATIONS),
}
