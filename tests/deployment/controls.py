"""What the documents promise of a cluster, control by control: each fails on manifests that lack it."""

import re
from urllib.parse import urlsplit

import kubernetes_validate
from jsonschema import ValidationError

from contracts.access import PAGES, PUBLIC, ROUTES
from contracts.topics import Topic
from deploy.closed import strimzi
from deploy.closed.kafka_access import READERS
from deploy.closed.principals import Principal
from deploy.fleet import FLEET, PORTAL
from services.chassis.operations.replay_routes import MEMORY_MB
from services.portal.headers import TLS_ALONE
from tests.deployment import crd_schemas, reach
from tests.deployment.broker_controls import access_lists, closed_broker, durable_broker, topics
from tests.deployment.cluster import NAMES, Resource, containers, named, of, pods

VERSION = "1.33"
#: Kinds that Kubernetes itself defines; the others belong to operators.
OWN_GROUPS = ("v1", "apps/v1", "policy/v1", "networking.k8s.io/v1")
_NAME = "app.kubernetes.io/name"
#: Where a connection to Kafka's pods is Strimzi's own business, of which it makes a policy.
_AMONG_BROKERS = (9090, 9091)


def validity(resources: list[Resource]) -> None:
    """Whatever Kubernetes or an operator defines is valid to the letter, and nothing else is there."""
    own = [each for each in resources if each["apiVersion"] in OWN_GROUPS]
    others = [each for each in resources if each not in own]

    assert len(own) > 20
    assert {each["kind"] for each in others} <= crd_schemas.kinds()
    assert [fault for each in others for fault in crd_schemas.faults(each)] == []
    for each in own:
        try:
            kubernetes_validate.validate(each, VERSION, strict=True)
        except (kubernetes_validate.ValidationError, ValidationError) as fault:
            raise AssertionError(each["kind"], each["metadata"]["name"], str(fault)) from fault


def commands(resources: list[Resource]) -> None:
    """Every service and the portal are deployed under their own command, from an image of a fixed version."""
    found = {each["metadata"]["name"]: each["spec"]["template"]["spec"] for each in of(resources, "Deployment")}
    images = {each["image"] for each in containers(resources)}

    assert {name: pod["containers"][0]["args"] for name, pod in found.items()} == {
        f"klarmeld-{name}": [f"services.{name}"] for name in NAMES
    }
    assert all(each.partition(":")[2] not in {"", "latest"} for each in images)


def restricted_pods(resources: list[Resource]) -> None:
    """The namespace refuses what is not restricted, and every pod is, with a root that it cannot write."""
    (namespace,) = of(resources, "Namespace")
    modes = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    assert modes.items() <= namespace["metadata"]["labels"].items()
    for pod in pods(resources):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] > 0
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert {kind for volume in pod["volumes"] for kind in volume} == {"name", "secret", "emptyDir"}
    for container in containers(resources):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def restricted_pods_of_strimzi(resources: list[Resource]) -> None:
    """Kafka's own pods are as restricted as their namespace demands, or they would be refused."""
    spec = named(resources, "Kafka", "klarmeld")["spec"]
    entity = spec["entityOperator"]["template"]
    for container in (
        spec["kafka"]["template"]["kafkaContainer"],
        entity["topicOperatorContainer"],
        entity["userOperatorContainer"],
    ):
        assert container["securityContext"] == {
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }


def no_tokens(resources: list[Resource]) -> None:
    """No pod holds a token of the cluster, and each runs under an account of its own."""
    assert all(pod["automountServiceAccountToken"] is False for pod in pods(resources))
    assert all(each["automountServiceAccountToken"] is False for each in of(resources, "ServiceAccount"))
    accounts = {each["metadata"]["name"] for each in of(resources, "ServiceAccount")}
    assert {pod["serviceAccountName"] for pod in pods(resources)} == accounts == {f"klarmeld-{name}" for name in NAMES}


def probes(resources: list[Resource]) -> None:
    """Each probe asks what it is for, at an address that is there and asks for no token."""
    for container in containers(resources):
        rules = PAGES if container["args"] == [f"services.{PORTAL}"] else ROUTES
        paths = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
        assert paths == {"startup": "/startupz", "readiness": "/readyz", "liveness": "/livez"}
        assert {rules["GET", path] for path in paths.values()} == {PUBLIC}


def bounded_resources(resources: list[Resource]) -> None:
    """Every pod says what it needs and gets no more memory than it may, which is enough for what runs in it."""
    for container in containers(resources):
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        most = container["resources"]["limits"]["memory"]
        assert most.endswith("Mi")
        assert int(most.removesuffix("Mi")) * 1024**2 >= MEMORY_MB * 1_000_000


def replacement(resources: list[Resource]) -> None:
    """A new pod is ready before an old one goes."""
    for each in of(resources, "Deployment"):
        assert each["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        assert each["spec"]["replicas"] >= 2
        assert each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= 30


def disruption(resources: list[Resource]) -> None:
    """One pod of a service at most is taken at a time; budget, service and deployment mean the same pods."""
    for name in NAMES:
        deployment = named(resources, "Deployment", f"klarmeld-{name}")["spec"]
        budget = named(resources, "PodDisruptionBudget", f"klarmeld-{name}")["spec"]
        selector = {_NAME: name, "app.kubernetes.io/part-of": "klarmeld"}
        assert budget["maxUnavailable"] == 1
        assert budget["selector"] == {"matchLabels": selector}
        assert deployment["selector"] == {"matchLabels": selector}
        assert named(resources, "Service", f"klarmeld-{name}")["spec"]["selector"] == selector
        assert selector.items() <= deployment["template"]["metadata"]["labels"].items()


def spreading(resources: list[Resource]) -> None:
    """Two replicas share no node, and zones as little as can be."""
    for each in of(resources, "Deployment"):
        own = {"matchLabels": {_NAME: each["metadata"]["name"].removeprefix("klarmeld-")}}
        pod = each["spec"]["template"]["spec"]
        apart = pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        spread = [(rule["topologyKey"], rule["labelSelector"]) for rule in pod["topologySpreadConstraints"]]
        assert apart == [{"topologyKey": "kubernetes.io/hostname", "labelSelector": own}]
        assert spread == [("topology.kubernetes.io/zone", own)]


def closed_by_default(resources: list[Resource]) -> None:
    """What no policy allows is denied in both directions, for whatever pod there is."""
    deny = named(resources, "NetworkPolicy", "deny-all")

    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def who_reaches_what(resources: list[Resource]) -> None:
    """The policies allow what the table of the documents says, in both directions, and no more."""
    table = reach.table()
    inside = {*NAMES, "operations", "Kafka", "MongoDB"}

    assert reach.outward(resources) == {each for each in table if each.source in inside}
    assert reach.inward(resources) == {
        each for each in table if each.target in inside and each.port not in _AMONG_BROKERS
    }


def traces(resources: list[Resource]) -> None:
    """Spans may go where the settings send them."""
    (settings,) = of(resources, "ConfigMap")
    told = urlsplit(settings["data"]["KLARMELD_TRACING__ENDPOINT"])

    assert str(told.hostname).split(".")[1] == "monitoring"
    assert told.port is not None
    assert {reach.Edge(name, "monitoring", told.port) for name in NAMES} <= reach.outward(resources)


def no_secrets(resources: list[Resource]) -> None:
    """No secret stands in the manifests."""
    (settings,) = of(resources, "ConfigMap")

    assert of(resources, "Secret") == []
    assert not [name for name in settings["data"] if re.search("PASSWORD|SECRET|KEY$|MONGO__URI", name)]


def secrets_as_files(resources: list[Resource]) -> None:
    """Secrets are files that can be read alone, of the service's own Secret; none is in the environment."""
    for name in NAMES:
        pod = named(resources, "Deployment", f"klarmeld-{name}")["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        (secrets,) = [each["secret"] for each in pod["volumes"] if "secret" in each]
        assert secrets == {"secretName": f"klarmeld-{name}", "defaultMode": 0o440}
        assert {"name": "secrets", "mountPath": "/run/secrets", "readOnly": True} in container["volumeMounts"]
        assert [key for source in container["envFrom"] for key in source] == ["configMapRef"]
        assert "env" not in container


def scaling(resources: list[Resource]) -> None:
    """A service grows by the lag of whatever it reads, never beyond a topic's partitions, and KEDA comes in closed."""
    assert len(of(resources, "ScaledObject")) == len(FLEET)
    for member in FLEET:
        spec = named(resources, "ScaledObject", f"klarmeld-{member.name}")["spec"]
        (trigger,) = spec["triggers"]
        read = sorted(topic for topic in Topic if Principal(member.name) in READERS[topic])
        assert spec["scaleTargetRef"] == {"name": f"klarmeld-{member.name}"}
        assert 2 <= spec["minReplicaCount"] <= spec["maxReplicaCount"] <= strimzi.PARTITIONS
        assert trigger["metadata"]["consumerGroup"] == f"klarmeld-{member.name}"
        assert trigger["metadata"]["topic"] == ",".join(read)
        assert (trigger["metadata"]["sasl"], trigger["metadata"]["tls"]) == ("scram_sha512", "enable")
        named(resources, "TriggerAuthentication", trigger["authenticationRef"]["name"])


def measuring(resources: list[Resource]) -> None:
    """Prometheus finds the metrics of every service."""
    monitors = {each["spec"]["selector"]["matchLabels"][_NAME]: each for each in of(resources, "ServiceMonitor")}

    assert monitors.keys() == {each.name for each in FLEET}
    for name, monitor in monitors.items():
        service = named(resources, "Service", f"klarmeld-{name}")
        (endpoint,) = monitor["spec"]["endpoints"]
        assert service["metadata"]["labels"][_NAME] == name
        assert endpoint["port"] in {each["name"] for each in service["spec"]["ports"]}
        assert endpoint["path"] == "/metrics"


def doors(resources: list[Resource]) -> None:
    """From outside the portal and each service have a host of their own, by TLS alone; of a service only its API."""
    (gateway,) = of(resources, "Gateway")
    routes = {each["metadata"]["name"]: each["spec"] for each in of(resources, "HTTPRoute")}
    hosts = [host for each in routes.values() for host in each["hostnames"]]

    assert [(each["port"], each["protocol"], each["tls"]["mode"]) for each in gateway["spec"]["listeners"]] == [
        (443, "HTTPS", "Terminate")
    ]
    assert routes.keys() == set(NAMES)
    assert len(set(hosts)) == len(NAMES)
    for member in FLEET:
        (rule,) = routes[member.name]["rules"]
        assert [match["path"] for match in rule["matches"]] == [{"type": "PathPrefix", "value": "/v1"}]
        told = [each for every in rule["filters"] for each in every["responseHeaderModifier"]["set"]]
        assert {each["name"]: each["value"] for each in told} == TLS_ALONE
    for name, route in routes.items():
        assert [ref["name"] for rule in route["rules"] for ref in rule["backendRefs"]] == [f"klarmeld-{name}"]


def addresses(resources: list[Resource]) -> None:
    """What browsers and mails are told leads to the hosts at which the gateway answers."""
    (settings,) = of(resources, "ConfigMap")
    hosts = {each["metadata"]["name"]: each["spec"]["hostnames"] for each in of(resources, "HTTPRoute")}
    told = {name: urlsplit(value) for name, value in settings["data"].items()}
    (listener,) = named(resources, "Gateway", "klarmeld")["spec"]["listeners"]

    for name, whose in (("ADDRESS", PORTAL), ("NOTICES__PORTAL", PORTAL), ("ANSWERS__ADDRESS", "notifications")):
        found = told[f"KLARMELD_{name}"]
        assert (found.scheme, [found.hostname]) == ("https", hosts[whose])
        assert found.hostname is not None
        assert found.hostname.partition(".")[2] == listener["hostname"].removeprefix("*.")


#: Of every overlay; the rest is of production, where there is more than one node and a way in from outside.
EVERYWHERE = (
    validity, commands, restricted_pods, restricted_pods_of_strimzi, no_tokens, probes, bounded_resources, replacement,
    disruption, closed_by_default, who_reaches_what, traces, no_secrets, secrets_as_files, scaling, measuring,
    closed_broker, access_lists, topics,
)  # fmt: skip
IN_PRODUCTION = (*EVERYWHERE, spreading, durable_broker, doors, addresses)
