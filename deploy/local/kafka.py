"""The local broker: a single KRaft node on 127.0.0.1, its properties, its storage and when it is ready."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiokafka.client import AIOKafkaClient  # noqa: TID251 - the one Kafka client outside the chassis
from aiokafka.errors import KafkaError  # noqa: TID251

from deploy.closed.secrets import Secrets
from deploy.local.children import Recipe
from deploy.local.directory import DataDirectory
from deploy.local.errors import LocalStackError
from deploy.local.fetch import Parts
from deploy.local.kafka_closed import admin, closing, granted, users
from deploy.local.ports import HOST, Ports
from deploy.local.probes import listens
from services.chassis.log.kafka_client import reaching

_LOG4J2 = Path(__file__).with_name("log4j2.properties")
_CLUSTER = "a2xhcm1lbGQtbG9jYWwtMQ"  # sixteen bytes in base64: klarmeld-local-1
_HEAP = "512m"


def broker(
    directory: DataDirectory, ports: Ports, parts: Parts, environ: Mapping[str, str], secrets: Secrets | None = None
) -> Recipe:
    """Return how the broker runs; writes its properties and on the first start formats its storage (a second).

    With `secrets` it is closed: TLS and SCRAM for every client, an access list for every topic and group.
    """
    if parts.java is None:
        raise ValueError("Kafka was not fetched")
    properties = directory.kafka / "server.properties"
    directory.kafka.mkdir(parents=True, exist_ok=True)
    properties.touch(mode=0o600)  # a closed broker's own password stands in it
    properties.write_text(_text(_properties(directory, ports) | (closing(secrets, ports) if secrets else {})))
    env = _environment(parts, environ)
    java = (str(parts.java), f"-Xmx{_HEAP}", "-XX:+UseSerialGC", f"-Dlog4j2.configurationFile={_LOG4J2}")
    if not (directory.kafka / "data" / "meta.properties").exists():
        _format(java, properties, env, users(secrets) if secrets else ())
    return Recipe(
        name="Kafka",
        argv=(*java, "kafka.Kafka", str(properties)),
        env=env,
        ports={"Kafka": ports.kafka, "Kafka's controller": ports.controller},
        log=directory.log("kafka"),
        record=directory.record("kafka"),
        ready=lambda: broker_is_ready(ports.kafka, secrets),
        stop_within=15,
    )


async def broker_is_ready(port: int, secrets: Secrets | None = None) -> bool:
    """Whether the broker serves: it is registered, so its partitions have a leader and, closed, its access lists."""
    if not await listens(port):
        return False
    client = AIOKafkaClient(request_timeout_ms=5_000, **reaching(admin(secrets, f"{HOST}:{port}")))
    try:
        await client.bootstrap()
        return bool(client.cluster.brokers()) and (secrets is None or await granted(client))
    except (KafkaError, OSError):
        return False
    finally:
        await client.close()


def _properties(directory: DataDirectory, ports: Ports) -> dict[str, object]:
    """Name the quorum statically: the ports are then no part of the data, and another --port-base finds it again."""
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{ports.kafka},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{ports.kafka}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": directory.kafka / "data",
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": 0,
        # a killed broker waits at its start until its old session has ended: 9 seconds by default
        "broker.session.timeout.ms": 2_000,
        "broker.heartbeat.interval.ms": 400,
        # the cleaner of compacted topics would take 128 MB of memory at once
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        "log.retention.ms": -1,
        "default.replication.factor": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 8,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
    }


def _text(properties: Mapping[str, object]) -> str:
    """Return Java properties: backslashes and everything beyond ASCII (a directory's name) escaped as Java reads it."""
    return "".join([f"{key}={json.dumps(str(value))[1:-1]}\n" for key, value in properties.items()])


def _environment(parts: Parts, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the classpath by environment, which keeps `ps` readable, and a locale in which Java can name any file."""
    return {**environ, "CLASSPATH": os.pathsep.join(map(str, parts.jars)), "LC_ALL": "C.UTF-8"}


def _format(java: tuple[str, ...], properties: Path, env: Mapping[str, str], users: Sequence[str]) -> None:
    command = [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(properties), *users]
    outcome = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        said = (outcome.stderr or outcome.stdout).strip().splitlines()
        raise LocalStackError(
            f"Kafka's storage could not be prepared: {said[-1] if said else 'no reason given'}.",
            remedy=f"Delete {properties.parent} when nothing in it is needed.",
        )
