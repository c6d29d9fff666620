"""The Kubernetes manifests: valid and strict, and each control that the documents promise is there in every overlay."""

import shutil
import subprocess
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from contracts.topics import Topic
from deploy.cli.setting_owners import SERVICES
from deploy.cli.setting_rows import rows_of
from deploy.closed import strimzi
from deploy.closed.kafka_access import grants
from deploy.fleet import FLEET, PORTAL
from services.portal.settings import Settings as PortalSettings
from tests.stack import REPOSITORY

K8S = REPOSITORY / "deploy" / "k8s"
VERSION = "1.33"
#: Kinds that Kubernetes itself defines; the others belong to operators, whose own webhooks check them.
OWN_GROUPS = ("v1", "apps/v1", "policy/v1", "networking.k8s.io/v1")
NAMES = (*[each.name for each in FLEET], PORTAL)
Resource = dict[str, Any]


@pytest.fixture(scope="module", params=["dev", "prod"])
def rendered(request: pytest.FixtureRequest) -> list[Resource]:
    folder = K8S / "overlays" / request.param
    return list(yaml.safe_load_all(_kustomized(folder)))


def _kustomized(folder: object) -> str:
    found = next((tool for tool in (("kustomize", "build"), ("kubectl", "kustomize")) if shutil.which(tool[0])), None)
    if found is None:
        pytest.skip("NEITHER kustomize NOR kubectl IS HERE: the Kubernetes manifests are NOT checked")
    said = subprocess.run([*found, str(folder)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout


def of(rendered: Iterable[Resource], kind: str) -> list[Resource]:
    return [each for each in rendered if each["kind"] == kind]


def pods(rendered: list[Resource]) -> list[Resource]:
    found = [each["spec"]["template"]["spec"] for each in of(rendered, "Deployment")]
    assert len(found) == len(NAMES)
    return found


def test_what_kubernetes_defines_is_valid_to_the_letter(rendered: list[Resource]):
    own = [each for each in rendered if each["apiVersion"] in OWN_GROUPS]

    assert len(own) > 20
    for each in own:
        kubernetes_validate.validate(each, VERSION, strict=True)


def test_every_service_and_the_portal_are_deployed_under_their_own_command(rendered: list[Resource]):
    commands = {each["metadata"]["name"]: _container(each)["args"] for each in of(rendered, "Deployment")}

    assert commands == {f"klarmeld-{name}": [f"services.{name}"] for name in NAMES}


def _container(deployment: Resource) -> Resource:
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    found: Resource = only
    return found


def test_pods_are_restricted(rendered: list[Resource]):
    (namespace,) = of(rendered, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for pod in pods(rendered):
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_no_pod_holds_a_token_of_the_cluster(rendered: list[Resource]):
    assert all(pod["automountServiceAccountToken"] is False for pod in pods(rendered))
    assert all(each["automountServiceAccountToken"] is False for each in of(rendered, "ServiceAccount"))


def test_each_probe_asks_what_it_is_for(rendered: list[Resource]):
    for pod in pods(rendered):
        (container,) = pod["containers"]
        paths = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
        assert paths == {"startup": "/startupz", "readiness": "/readyz", "liveness": "/livez"}


def test_resources_are_bounded(rendered: list[Resource]):
    for pod in pods(rendered):
        (container,) = pod["containers"]
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]


def test_a_new_pod_is_ready_before_an_old_one_goes_and_one_at_most_is_taken(rendered: list[Resource]):
    for each in of(rendered, "Deployment"):
        assert each["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    disruptions = of(rendered, "PodDisruptionBudget")
    assert len(disruptions) == len(NAMES)
    assert all(each["spec"]["maxUnavailable"] == 1 for each in disruptions)


def test_everything_is_denied_that_no_policy_allows(rendered: list[Resource]):
    policies = {each["metadata"]["name"]: each["spec"] for each in of(rendered, "NetworkPolicy")}

    assert policies.pop("deny-all") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert policies.keys() == {f"klarmeld-{name}" for name in NAMES}
    for name, policy in policies.items():
        labels = policy["podSelector"]["matchLabels"]
        assert labels["app.kubernetes.io/name"] == name.removeprefix("klarmeld-")
        assert policy["policyTypes"] == ["Ingress", "Egress"]


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        ("agreements", {53, 443, 4318, 9093, 27017}),
        ("notifications", {53, 443, 8443, 587, 4318, 9093, 27017}),
        ("tasks", {53, 443, 4318, 9093, 27017}),
        ("portal", {53, 443, 4318, 8080}),
    ],
)
def test_each_reaches_what_it_has_to_do_with_and_no_more(rendered: list[Resource], name: str, ports: set[int]):
    (policy,) = [each for each in of(rendered, "NetworkPolicy") if each["metadata"]["name"] == f"klarmeld-{name}"]

    assert {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]} == ports
    assert {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]} == {8080}


@pytest.mark.parametrize("name", NAMES)
def test_spans_may_go_where_the_settings_send_them(rendered: list[Resource], name: str):
    (settings,) = of(rendered, "ConfigMap")
    told = urlsplit(settings["data"]["KLARMELD_TRACING__ENDPOINT"])
    (policy,) = [each for each in of(rendered, "NetworkPolicy") if each["metadata"]["name"] == f"klarmeld-{name}"]
    [to] = [rule["to"] for rule in policy["spec"]["egress"] if {"protocol": "TCP", "port": told.port} in rule["ports"]]

    assert str(told.hostname).split(".")[1] == "monitoring"
    assert to == [{"namespaceSelector": {"matchLabels": {"klarmeld.dk/role": "monitoring"}}}]


def test_every_setting_is_one_that_somebody_reads_and_valid_for_all(
    rendered: list[Resource], monkeypatch: pytest.MonkeyPatch
):
    (settings,) = of(rendered, "ConfigMap")
    for key, value in (settings["data"] | {"KLARMELD_SESSION__KEY": "A" * 43 + "="}).items():
        monkeypatch.setenv(key, value)

    read = {row.name for kind in (*SERVICES.values(), PortalSettings) for row in rows_of(kind) if row.origin == "set"}
    assert settings["data"].keys() <= read


def test_what_goes_out_by_443_goes_to_no_private_address(rendered: list[Resource]):
    policies = [each["spec"]["egress"] for each in of(rendered, "NetworkPolicy") if "egress" in each["spec"]]
    blocks = [to["ipBlock"] for rules in policies for rule in rules for to in rule["to"] if "ipBlock" in to]

    assert len(blocks) == len(NAMES)
    for block in blocks:
        assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(block["except"])


def test_there_are_never_more_members_than_partitions(rendered: list[Resource]):
    scaled = of(rendered, "ScaledObject")

    assert {each["spec"]["scaleTargetRef"]["name"] for each in scaled} == {f"klarmeld-{each.name}" for each in FLEET}
    assert all(each["spec"]["maxReplicaCount"] <= strimzi.PARTITIONS for each in scaled)
    assert all(each["spec"]["minReplicaCount"] >= 2 for each in scaled)


def test_every_service_is_measured(rendered: list[Resource]):
    found = {
        each["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] for each in of(rendered, "ServiceMonitor")
    }

    assert found == {each.name for each in FLEET}


def test_kafka_asks_everybody_who_they_are(rendered: list[Resource]):
    (cluster,) = of(rendered, "Kafka")
    kafka = cluster["spec"]["kafka"]

    assert kafka["authorization"] == {"type": "simple"}
    assert [(each["tls"], each["authentication"]["type"]) for each in kafka["listeners"]] == [(True, "scram-sha-512")]
    assert kafka["config"]["auto.create.topics.enable"] == "false"


def test_users_of_kafka_may_what_the_list_says(rendered: list[Resource]):
    found = {
        (user["metadata"]["name"], acl["resource"]["type"], acl["resource"]["name"], operation)
        for user in of(rendered, "KafkaUser")
        for acl in user["spec"]["authorization"]["acls"]
        for operation in acl["operations"]
    }

    assert found == {
        (str(each.principal), each.resource.name.lower(), each.name, each.operation.name.title().replace("_", ""))
        for each in grants()
    }


def test_every_topic_is_made_as_the_contract_needs_it(rendered: list[Resource]):
    topics = {each["metadata"]["name"]: each["spec"] for each in of(rendered, "KafkaTopic")}

    assert topics.keys() == set(map(str, Topic))
    for topic in topics.values():
        assert topic["config"]["message.timestamp.type"] == "LogAppendTime"
        assert topic["config"]["retention.ms"] == "-1"


def test_no_secret_stands_in_the_manifests(rendered: list[Resource]):
    assert of(rendered, "Secret") == []
    (settings,) = of(rendered, "ConfigMap")
    assert not [name for name in settings["data"] if "PASSWORD" in name or name == "KLARMELD_MONGO__URI"]
