"""What the closed broker and database speak on the wire: the newest TLS alone."""

import socket
import ssl
from urllib.parse import urlsplit

import pytest

from deploy.closed.transport import CIPHERS
from deploy.local.ports import HOST
from deploy.local.stack import Stack

PARTS = ("kafka", "mongodb")


def spoken(closed: Stack, part: str, newest: ssl.TLSVersion) -> tuple[str | None, str]:
    """Return the version and the cipher that a client and a part agree on; SSLError where they do not."""
    assert closed.secrets is not None
    context = ssl.create_default_context(cafile=str(closed.secrets.ca_file))
    context.maximum_version = newest
    where = {"kafka": closed.bootstrap, "mongodb": urlsplit(closed.mongo_uri).netloc}[part]
    with (
        socket.create_connection((HOST, int(where.rpartition(":")[2])), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as wrapped,
    ):
        cipher = wrapped.cipher()
        assert cipher is not None
        return wrapped.version(), cipher[0]


@pytest.mark.parametrize("part", PARTS)
def test_the_newest_is_spoken_with_a_strong_cipher(closed: Stack, part: str):
    version, cipher = spoken(closed, part, ssl.TLSVersion.TLSv1_3)

    assert version == "TLSv1.3"
    assert cipher in CIPHERS.split(",")


@pytest.mark.parametrize("part", PARTS)
def test_an_older_one_is_refused(closed: Stack, part: str):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        spoken(closed, part, ssl.TLSVersion.TLSv1_2)
