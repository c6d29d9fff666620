"""How every client reaches Kafka: the same servers, certificate check and user, for aiokafka and for FastStream."""

import ssl
from typing import Any

from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLScram512

from services.chassis.log.lost_connection import tell_of_lost_connections
from services.chassis.settings import KafkaConnection


def reaching(kafka: KafkaConnection) -> dict[str, Any]:
    """Return the arguments with which an aiokafka client connects; OSError or ssl.SSLError names a bad `ca_file`."""
    return {"bootstrap_servers": servers(kafka), **parse_security(security(kafka))}


def servers(kafka: KafkaConnection) -> list[str]:
    """Return where Kafka is; whoever asks is about to connect, so lost connections are told of from here on."""
    tell_of_lost_connections()
    return kafka.bootstrap.split(",")


def security(kafka: KafkaConnection) -> BaseSecurity | None:
    """Return FastStream's word for it; None for an open connection, as in the local stack."""
    if not kafka.tls:
        return None
    context = ssl.create_default_context(cafile=kafka.ca_file)
    if kafka.username is None or kafka.password is None:
        return BaseSecurity(ssl_context=context, use_ssl=True)
    return SASLScram512(kafka.username, kafka.password.get_secret_value(), ssl_context=context, use_ssl=True)
