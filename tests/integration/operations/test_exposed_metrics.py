"""What alerts and dashboard ask Prometheus for is what running services tell it, by name and by label."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from contracts.examples import MUNICIPALITY, ROLLOUT, example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.records import KafkaRecord
from contracts.refusals import Reason, Refusal
from services.chassis.projection.parked import ParkedRecord
from tests.in_process import client_of, ready, running_service, tell
from tests.stack import REPOSITORY
from tests.tokens import Issuer, running_issuer

SERVICES = ("agreements", "notifications", "tasks")
#: What Prometheus adds to everything that it collects (see prometheus.yaml), and makes of a target itself.
ADDED = {"job", "instance", "service"}
OF_ALERTS = {"alertname", "severity"}
_WORDS = {
    "by",
    "and",
    "or",
    "unless",
    "on",
    "time",
    "sum",
    "min",
    "max",
    "rate",
    "increase",
    "changes",
    "count",
    "bool",
}
WORDS = _WORDS | {"avg_over_time", "bool", "histogram_quantile", "label_values", "avg"}


class Exposed(NamedTuple):
    """The labels of each series' name, and the bounds of the histograms' buckets."""

    labels: dict[str, set[str]]
    bounds: dict[str, set[str]]


class Expression(NamedTuple):
    """Where an expression stands, and what it is."""

    where: str
    text: str


@pytest.fixture(scope="module")
async def issuer(tmp_path_factory) -> AsyncIterator[Issuer]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture(scope="module")
async def scraped(stack, issuer: Issuer) -> dict[str, str]:
    """Return what each service tells Prometheus once it has handled a fact, parked a record and been asked."""
    told = {}
    async with AsyncExitStack() as running:
        for name in SERVICES:
            app = await running.enter_async_context(running_service(name, stack, issuer, "exposed-"))
            async with client_of(app) as client, asyncio.timeout(90):
                told[name] = await _after_some_work(app, client, issuer)
    return told


async def _after_some_work(app: Any, client: Any, issuer: Issuer) -> str:
    await ready(client)
    record = KafkaRecord("klarmeld.tasks", 0, 1, 1_790_000_000_000, None, b"{", [])
    await app.state.parts.parked.keep([ParkedRecord(record, Refusal(Reason.NOT_JSON, "No JSON."))])
    name = {"agreements": EventName.AgreementViewed, "notifications": EventName.GuidanceAcknowledged}
    own = name.get(app.title.split()[1], EventName.StakeholderOriented)
    [position] = await tell(app, example(own))
    path = f"/v1/rollouts/{ROLLOUT}/municipalities/{MUNICIPALITY}"
    headers = issuer.bearer("koordinator")
    await client.get(path, params={"after": position, "wait": 30}, headers=headers)
    await app.state.parts.standing.look()
    app.state.parts.metrics.retries.labels(fault="StoreUnavailableError")  # as the first fault does
    return str((await client.get("/metrics")).text)


@pytest.fixture(scope="module")
def exposed(scraped: dict[str, str]) -> Exposed:
    labels: dict[str, set[str]] = {"up": set()}
    bounds: dict[str, set[str]] = {}
    for text in scraped.values():
        for family in text_string_to_metric_families(text):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels.setdefault(name, set())
            for sample in family.samples:
                labels.setdefault(sample.name, set()).update(sample.labels)
                if "le" in sample.labels:
                    bounds.setdefault(sample.name, set()).add(sample.labels["le"])
    for rule in rules():
        if "record" in rule:
            labels[rule["record"]] = set()
    return Exposed(labels, bounds)


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((REPOSITORY / "deploy/prometheus/rules/klarmeld.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> Iterator[Expression]:
    for rule in rules():
        yield Expression(rule.get("alert") or rule["record"], rule["expr"])
    board = json.loads((REPOSITORY / "deploy/dashboards/klarmeld.json").read_text())
    for panel in board["panels"]:
        for number, target in enumerate(panel.get("targets", ())):
            yield Expression(f"{panel['title']} {number}", target["expr"])
    for each in board["templating"]["list"]:
        if each["type"] == "query":
            yield Expression(each["name"], each["query"]["query"].partition(",")[0].removeprefix("label_values("))


def names_in(text: str) -> set[str]:
    """Return the names of series in an expression: words that are neither PromQL's nor inside of braces or `by ()`."""
    bare = re.sub(r"by \([^)]*\)|\{[^}]*\}|\[[^]]*\]|\"[^\"]*\"|\b\d[\w.]*", " ", text)
    return set(re.findall(r"[a-zA-Z_:][\w:]*", bare)) - WORDS


@pytest.mark.parametrize("expression", list(expressions()), ids=lambda each: each.where)
def test_an_expression_asks_for_series_that_are_told_by_labels_that_they_have(exposed: Exposed, expression: Expression):
    names = names_in(expression.text)

    assert names
    assert names <= exposed.labels.keys()
    known = ADDED.union(*(exposed.labels[name] for name in names))
    grouped = {each.strip() for group in re.findall(r"by \(([^)]*)\)", expression.text) for each in group.split(",")}
    assert grouped <= known
    for name, matchers in re.findall(r"([\w:]+)\{([^}]*)\}", expression.text):
        for label, value in re.findall(r"(\w+)=~?\"([^\"]*)\"", matchers):
            assert label in exposed.labels[name] | ADDED
            assert label != "le" or value in exposed.bounds[name]


def test_an_expression_that_asks_for_what_nobody_tells_would_be_found():
    assert names_in('sum by (service) (rate(klarmeld_none_total{reason="x"}[5m])) > 3 * 0.01') == {
        "klarmeld_none_total"
    }


@pytest.mark.parametrize("rule", [each for each in rules() if "alert" in each], ids=lambda each: each["alert"])
def test_an_alert_says_of_labels_only_what_its_expression_leaves(rule: dict[str, Any]):
    said = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
    grouped = {each.strip() for group in re.findall(r"by \(([^)]*)\)", rule["expr"]) for each in group.split(",")}

    assert said <= (grouped or ADDED)


def test_every_service_tells_its_lag_its_standing_and_who_asks(scraped: dict[str, str]):
    for text in scraped.values():
        assert 'klarmeld_parked_records{reason="not_json"} 1.0' in text
        assert "klarmeld_generation 1.0" in text
        assert "klarmeld_verify_timestamp_seconds 0.0" in text
        assert "klarmeld_kafka_reachable 1.0" in text
        assert 'route="/v1/rollouts/{rollout}/municipalities/{code}",status="200"' in text


def test_no_label_names_a_municipality(scraped: dict[str, str]):
    for text in scraped.values():
        values = set(re.findall(r'="([^"]*)"', text))
        assert not {each for value in values for each in MUNICIPALITIES if each in value.split("/")}
