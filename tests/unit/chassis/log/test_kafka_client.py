"""Whoever reaches Kafka by password does so over a checked connection, or not at all."""

import ssl

import pytest
from faststream.kafka.security import parse_security
from pydantic import SecretStr, ValidationError

from services.chassis.log.consumer import security
from services.chassis.log.kafka_client import reaching
from services.chassis.settings import KafkaConnection


def test_the_open_connection_of_the_local_stack_has_no_security():
    assert reaching(KafkaConnection(bootstrap="a:1,b:2")) == {"bootstrap_servers": ["a:1", "b:2"]}


def test_a_user_is_known_by_scram_over_tls_that_checks_the_broker():
    kafka = KafkaConnection(tls=True, username="tasks", password=SecretStr("secret"))

    found = reaching(kafka)

    assert (found["security_protocol"], found["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (found["sasl_plain_username"], found["sasl_plain_password"]) == ("tasks", "secret")
    assert found["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    assert found["ssl_context"].check_hostname


def test_tls_without_a_user_is_encrypted_alone():
    found = reaching(KafkaConnection(tls=True))

    assert found["security_protocol"] == "SSL"
    assert found["ssl_context"].verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize(
    "kafka",
    [
        KafkaConnection(),
        KafkaConnection(tls=True),
        KafkaConnection(tls=True, username="tasks", password=SecretStr("secret")),
    ],
)
def test_the_consumer_reaches_kafka_as_every_other_client_does(kafka):
    said, expected = parse_security(security(kafka)), reaching(kafka)

    assert said.keys() == expected.keys() - {"bootstrap_servers"}
    assert all(said[name] == expected[name] for name in said.keys() - {"ssl_context"})
    assert "ssl_context" not in said or said["ssl_context"].verify_mode is expected["ssl_context"].verify_mode


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"username": "tasks", "password": "secret"}, "KLARMELD_KAFKA__TLS=true"),
        ({"username": "tasks", "tls": True}, "belong together"),
        ({"password": "secret", "tls": True}, "belong together"),
    ],
)
def test_half_a_connection_is_refused_with_the_remedy(fields, remedy):
    with pytest.raises(ValidationError, match=remedy):
        KafkaConnection(**fields)
