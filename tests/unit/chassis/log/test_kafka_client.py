"""Whoever reaches Kafka by password does so over a checked connection, or not at all."""

import ssl

import pytest
from pydantic import SecretStr, ValidationError

from services.chassis.log.kafka_client import reaching, security
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
    found = security(KafkaConnection(tls=True))

    assert found is not None
    assert found.use_ssl


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
