"""Manifests with one control taken away: what each control of `tests.deployment.controls` has to notice."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.deployment import controls
from tests.deployment.cluster import Resource, named, of

Change = Callable[[list[Resource]], None]
Control = Callable[[list[Resource]], None]


class Break(NamedTuple):
    """A change, in words, and the control that has to notice it."""

    control: Control
    words: str
    change: Change


def taken(kind: str, path: str) -> Change:
    """Take what stands at `path` from the last resource of a kind."""

    def change(resources: list[Resource]) -> None:
        at, last = _at(of(resources, kind)[-1], path)
        del at[last]

    return change


def put(kind: str, path: str, value: Any) -> Change:
    """Put a value at `path` of the last resource of a kind, where another one stands."""

    def change(resources: list[Resource]) -> None:
        at, last = _at(of(resources, kind)[-1], path)
        assert at[last] != value
        at[last] = value

    return change


def more(kind: str, path: str, name: str, value: Any) -> Change:
    """Put something beside what stands at `path` of the last resource of a kind."""

    def change(resources: list[Resource]) -> None:
        at, last = _at(of(resources, kind)[-1], f"{path}/{name}")
        assert isinstance(at, list) or last not in at
        at.append(value) if isinstance(at, list) else at.update({name: value})

    return change


def gone(kind: str, name: str) -> Change:
    return lambda resources: resources.remove(named(resources, kind, name))


def _at(resource: Resource, path: str) -> tuple[Any, Any]:
    *above, last = [int(each) if each.isdigit() else each.replace("~1", "/") for each in path.split("/")]
    at: Any = resource
    for step in above:
        at = at[step]
    return at, last


_POD = "spec/template/spec"
_CONTAINER = f"{_POD}/containers/0"
_KAFKA = "spec/kafka"
_SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}}
_ANYBODY = {"namespaceSelector": {}}
_OPEN = {"port": 80, "protocol": "HTTP", "tls": {"mode": ""}, "authentication": {"type": ""}}

BREAKS = tuple(
    Break(control, words, change)
    for control, changes in {
        controls.validity: {
            "a field of a service that is none": more("Service", "spec", "portz", []),
            "a field of Kafka that is none": more("Kafka", f"{_KAFKA}", "listenerz", []),
            "a user without a kind of access list": taken("KafkaUser", "spec/authorization/type"),
            "an older interface of Strimzi": put("KafkaTopic", "apiVersion", "kafka.strimzi.io/v1beta2"),
            "a number that is a text": put("ScaledObject", "spec/maxReplicaCount", "six"),
        },
        controls.commands: {
            "the command of another": put("Deployment", f"{_CONTAINER}/args", ["services.portal"]),
            "an image of no version": put("Deployment", f"{_CONTAINER}/image", "klarmeld:latest"),
        },
        controls.restricted_pods: {
            "a namespace that takes any pod": taken("Namespace", "metadata/labels/pod-security.kubernetes.io~1enforce"),
            "root": put("Deployment", f"{_POD}/securityContext/runAsUser", 0),
            "anybody": taken("Deployment", f"{_POD}/securityContext/runAsNonRoot"),
            "every call of the kernel": taken("Deployment", f"{_POD}/securityContext/seccompProfile"),
            "a root that is written": taken("Deployment", f"{_CONTAINER}/securityContext/readOnlyRootFilesystem"),
            "more rights later": put("Deployment", f"{_CONTAINER}/securityContext/allowPrivilegeEscalation", True),
            "a capability": put("Deployment", f"{_CONTAINER}/securityContext/capabilities", {"drop": []}),
            "the network of the node": more("Deployment", _POD, "hostNetwork", True),
            "a folder of the node": more("Deployment", f"{_POD}/volumes", "0", {"name": "x", "hostPath": {}}),
        },
        controls.restricted_pods_of_strimzi: {
            "a broker as Strimzi makes it unasked": taken("Kafka", f"{_KAFKA}/template/kafkaContainer/securityContext"),
            "an operator that may gain rights": taken(
                "Kafka", "spec/entityOperator/template/userOperatorContainer/securityContext/allowPrivilegeEscalation"
            ),
        },
        controls.no_tokens: {
            "a token in a pod": taken("Deployment", f"{_POD}/automountServiceAccountToken"),
            "a token by the account": put("ServiceAccount", "automountServiceAccountToken", True),
            "the account of all": put("Deployment", f"{_POD}/serviceAccountName", "default"),
        },
        controls.probes: {
            "no question after the start": taken("Deployment", f"{_CONTAINER}/startupProbe"),
            "alive taken for ready": put("Deployment", f"{_CONTAINER}/readinessProbe/httpGet/path", "/livez"),
            "ready taken for alive": put("Deployment", f"{_CONTAINER}/livenessProbe/httpGet/path", "/readyz"),
        },
        controls.bounded_resources: {
            "memory without bound": taken("Deployment", f"{_CONTAINER}/resources/limits/memory"),
            "less than a rebuild beside it takes": put("Deployment", f"{_CONTAINER}/resources/limits/memory", "384Mi"),
            "no need": taken("Deployment", f"{_CONTAINER}/resources/requests"),
        },
        controls.replacement: {
            "an old one goes first": put("Deployment", "spec/strategy/rollingUpdate/maxUnavailable", 1),
            "one alone": put("Deployment", "spec/replicas", 1),
            "no time to end a batch": put("Deployment", f"{_POD}/terminationGracePeriodSeconds", 1),
        },
        controls.disruption: {
            "a budget of no pods": taken("PodDisruptionBudget", "spec/selector"),
            "all at once": put("PodDisruptionBudget", "spec/maxUnavailable", "100%"),
            "no budget": gone("PodDisruptionBudget", "klarmeld-tasks"),
            "a service of every pod": put("Service", "spec/selector", {"app.kubernetes.io/part-of": "klarmeld"}),
        },
        controls.spreading: {
            "both on one node": put("Deployment", f"{_POD}/affinity/podAntiAffinity", {}),
            "apart from others only": put(
                "Deployment", f"{_POD}/topologySpreadConstraints/0/labelSelector/matchLabels", {"a": "b"}
            ),
        },
        controls.closed_by_default: {
            "nothing denied": gone("NetworkPolicy", "deny-all"),
            "what goes out": lambda found: (
                named(found, "NetworkPolicy", "deny-all")["spec"]["policyTypes"].remove("Egress")
            ),
            "some pods": lambda found: (
                named(found, "NetworkPolicy", "deny-all")["spec"].update(podSelector={"matchLabels": {"a": "b"}})
            ),
        },
        controls.who_reaches_what: {
            "a service without a policy": gone("NetworkPolicy", "klarmeld-tasks"),
            "anybody comes in": more("NetworkPolicy", "spec/ingress/0/from", "0", _ANYBODY),
            "anywhere goes out": more("NetworkPolicy", "spec/egress", "0", {}),
            "another port": more("NetworkPolicy", "spec/egress/0/ports", "0", {"protocol": "TCP", "port": 22}),
            "every port": taken("NetworkPolicy", "spec/egress/2/ports"),
            "whoever is there": taken("NetworkPolicy", "spec/egress/2/to"),
            "a way less": taken("NetworkPolicy", "spec/egress/3"),
            "private addresses": put("NetworkPolicy", "spec/egress/1/to/0/ipBlock/except", []),
            "its own pods alone": more(
                "NetworkPolicy", "spec/egress/2/to/0/podSelector/matchLabels", "app.kubernetes.io~1name", "tasks"
            ),
            "Kafka for everybody": taken("Kafka", f"{_KAFKA}/listeners/0/networkPolicyPeers"),
            "MongoDB for everybody": lambda found: (
                named(found, "NetworkPolicy", "klarmeld-mongodb")["spec"]["ingress"][0].pop("from")
            ),
        },
        controls.traces: {
            "spans to elsewhere": put("ConfigMap", "data/KLARMELD_TRACING__ENDPOINT", "http://a.monitoring:4317/x"),
        },
        controls.no_secrets: {
            "a password among settings": more("ConfigMap", "data", "KLARMELD_KAFKA__PASSWORD", "x"),
            "a Secret among manifests": lambda found: found.append(_SECRET),
        },
        controls.secrets_as_files: {
            "secrets in the environment": more(
                "Deployment", f"{_CONTAINER}/envFrom", "0", {"secretRef": {"name": "klarmeld-tasks"}}
            ),
            "the secrets of another": put("Deployment", f"{_POD}/volumes/0/secret/secretName", "klarmeld-ops"),
            "secrets that all can read": put("Deployment", f"{_POD}/volumes/0/secret/defaultMode", 0o444),
        },
        controls.scaling: {
            "more members than partitions": put("ScaledObject", "spec/maxReplicaCount", 7),
            "down to one": put("ScaledObject", "spec/minReplicaCount", 1),
            "a topic that nobody watches": put("ScaledObject", "spec/triggers/0/metadata/topic", "klarmeld.tasks"),
            "the lag in the open": put("ScaledObject", "spec/triggers/0/metadata/tls", "disable"),
        },
        controls.measuring: {
            "a service that is not measured": gone("ServiceMonitor", "klarmeld-tasks"),
            "a port that is none": put("ServiceMonitor", "spec/endpoints/0/port", "metrics"),
        },
        controls.closed_broker: {
            "whoever comes": taken("Kafka", f"{_KAFKA}/authorization"),
            "whatever they say who they are": taken("Kafka", f"{_KAFKA}/listeners/0/authentication"),
            "in the open": put("Kafka", f"{_KAFKA}/listeners/0/tls", False),
            "an older TLS": put("Kafka", f"{_KAFKA}/config/ssl.enabled.protocols", "TLSv1.2,TLSv1.3"),
            "one more listener": more("Kafka", f"{_KAFKA}/listeners", "0", _OPEN),
            "topics by naming them": put("Kafka", f"{_KAFKA}/config/auto.create.topics.enable", "true"),
        },
        controls.durable_broker: {
            "one copy enough": put("Kafka", f"{_KAFKA}/config/min.insync.replicas", 1),
            "a log that is forgotten": put("Kafka", f"{_KAFKA}/config/log.retention.ms", 604_800_000),
            "one broker": put("KafkaNodePool", "spec/replicas", 1),
            "a disk that goes with its claim": put("KafkaNodePool", "spec/storage/volumes/0/deleteClaim", True),
            "a topic of one copy": put("KafkaTopic", "spec/replicas", 1),
        },
        controls.access_lists: {
            "one operation more": more("KafkaUser", "spec/authorization/acls/0/operations", "0", "Write"),
            "one operation less": taken("KafkaUser", "spec/authorization/acls/0/operations/0"),
            "all that begins so": put("KafkaUser", "spec/authorization/acls/0/resource/patternType", "prefix"),
            "a user less": gone("KafkaUser", "tasks"),
            "no password": put("KafkaUser", "spec/authentication/type", "tls"),
        },
        controls.topics: {
            "a topic that forgets": put("KafkaTopic", "spec/config/retention.ms", "1"),
            "the clock of whoever writes": put("KafkaTopic", "spec/config/message.timestamp.type", "CreateTime"),
            "a partition less": put("KafkaTopic", "spec/partitions", 5),
        },
        controls.doors: {
            "a door without TLS": more("Gateway", "spec/listeners", "0", _OPEN),
            "no word of TLS to browsers": taken("HTTPRoute", "spec/rules/0/filters"),
            "operators' paths from outside": put("HTTPRoute", "spec/rules/0/matches/0/path/value", "/"),
            "the host of another": put("HTTPRoute", "spec/hostnames", ["www.klarmeld.example"]),
            "the service of another": put("HTTPRoute", "spec/rules/0/backendRefs/0/name", "klarmeld-agreements"),
        },
        controls.addresses: {
            "a sign-in that comes back to nowhere": put("ConfigMap", "data/KLARMELD_ADDRESS", "https://klarmeld.example"),
            "links in mails without TLS": put("ConfigMap", "data/KLARMELD_ANSWERS__ADDRESS", "http://notifications.x"),
        },
    }.items()
    for words, change in changes.items()
)  # fmt: skip
