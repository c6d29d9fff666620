"""How every client of aiokafka reaches Kafka: the same servers, certificate check and user."""

import ssl
from typing import Any

from services.chassis.log.lost_connection import tell_of_lost_connections
from services.chassis.settings import KafkaConnection


def reaching(kafka: KafkaConnection) -> dict[str, Any]:
    """Return the arguments with which an aiokafka client connects; OSError or ssl.SSLError names a bad `ca_file`."""
    return {"bootstrap_servers": servers(kafka), **(_secured(kafka) if kafka.tls else {})}


def servers(kafka: KafkaConnection) -> list[str]:
    """Return where Kafka is; whoever asks is about to connect, so lost connections are told of from here on."""
    tell_of_lost_connections()
    return kafka.bootstrap.split(",")


def _secured(kafka: KafkaConnection) -> dict[str, Any]:
    checking = ssl.create_default_context(cafile=kafka.ca_file)
    if kafka.username is None or kafka.password is None:
        return {"security_protocol": "SSL", "ssl_context": checking}
    return {
        "security_protocol": "SASL_SSL",
        "ssl_context": checking,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": kafka.username,
        "sasl_plain_password": kafka.password.get_secret_value(),
    }
