"""Who reaches whom: as the table of the documents says, and as the network policies allow."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tests.deployment.cluster import K8S, Resource, named, of
from tests.docs.commands import section

_PAGE = K8S / "README.md"
_CLUSTER_DNS = {"k8s-app": "kube-dns"}
_PRIVATE = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"}
_NAME, _PART_OF, _ROLE = "app.kubernetes.io/name", "app.kubernetes.io/part-of", "klarmeld.dk/role"
_KAFKA = ({"strimzi.io/name": "klarmeld-kafka"}, {"strimzi.io/cluster": "klarmeld"})
_MONGODB = "klarmeld-mongodb"


class Edge(NamedTuple):
    """That `source` may open a connection to `target` at `port`."""

    source: str
    target: str
    port: int


def table() -> set[Edge]:
    """Return each edge of the table of the documents."""
    rows = [line.split("|")[1:4] for line in section(_PAGE, "Who reaches what").splitlines() if line.startswith("| ")]
    return {
        Edge(source, target, int(port))
        for sources, targets, ports in rows[1:]
        for source in _words(sources)
        for target in _words(targets)
        for port in _words(ports)
    }


def _words(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(",")]


def outward(resources: list[Resource]) -> set[Edge]:
    """Return what each pod may open, by the policies."""
    return {Edge(own, peer, port) for own, rule in _rules(resources, "egress") for peer, port in _ends(rule, "to")}


def inward(resources: list[Resource]) -> set[Edge]:
    """Return whom each pod answers: by the policies, and by the peers of the listener, of which Strimzi makes one."""
    found = {Edge(peer, own, port) for own, rule in _rules(resources, "ingress") for peer, port in _ends(rule, "from")}
    return found | {
        Edge(name, "Kafka", listener["port"])
        for listener in named(resources, "Kafka", "klarmeld")["spec"]["kafka"]["listeners"]
        for peer in listener.get("networkPolicyPeers", [{}])
        for name in _names(peer)
    }


def _rules(resources: list[Resource], direction: str) -> Iterator[tuple[str, Resource]]:
    for policy in of(resources, "NetworkPolicy"):
        if policy["metadata"]["name"] == "deny-all":
            continue
        for own in _selected(policy["spec"]["podSelector"]):
            yield from ((own, rule) for rule in policy["spec"].get(direction, ()))


def _ends(rule: Resource, side: str) -> Iterator[tuple[str, int]]:
    ports = [port["port"] for port in rule.get("ports", [{"port": 0}])]
    for peer in rule.get(side) or [{}]:
        yield from ((name, port) for name in _names(peer) for port in ports)


def _names(peer: Resource) -> Iterable[str]:
    """Return what the table calls a peer; what it has no word for stands as it is, and so is in no table."""
    match peer:
        case {} if not peer:
            return ["anywhere"]
        case {"ipBlock": {"cidr": "0.0.0.0/0", "except": kept}} if set(kept) >= _PRIVATE:
            return ["public addresses"]
        case {"namespaceSelector": {"matchLabels": {**labels}}, **rest} if labels.keys() == {_ROLE} and not rest:
            return [labels[_ROLE]]
        case {"namespaceSelector": _, "podSelector": {"matchLabels": labels}} if labels == _CLUSTER_DNS:
            return ["DNS"]
        case {"podSelector": {**selector}, **rest} if not rest:
            return _selected(selector)
    return [str(peer)]


def _selected(selector: dict[str, Any]) -> Iterable[str]:
    labels = dict(selector.get("matchLabels", {}))
    if labels in _KAFKA:
        return ["Kafka"]
    ours = labels.pop(_PART_OF, "klarmeld") == "klarmeld"
    match labels, selector.get("matchExpressions", []):
        case {"app.kubernetes.io/name": name}, [] if ours and len(labels) == 1:
            return ["MongoDB" if name == _MONGODB else name]
        case {}, [{"key": key, "operator": "In", "values": values}] if ours and not labels and key == _NAME:
            return [str(each) for each in values]
    return [str(selector)]
