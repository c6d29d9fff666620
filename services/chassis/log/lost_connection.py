"""A connection to Kafka that was lost a moment ago: whoever writes to it is told so, and connects again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiokafka import conn  # noqa: TID251  this module mends how it writes
from aiokafka.errors import KafkaConnectionError  # noqa: TID251


def tell_of_lost_connections() -> None:
    """Let every client that connects from now on in this process be told.

    For a moment aiokafka 0.14 takes a connection that Kafka has reset for a good one. asyncio's own loop drops what is
    written to it; uvloop, on which the services run, raises RuntimeError. No task of aiokafka expects that one: the
    one that looks for brokers ends by it without a word, and its client waits for ever, also when Kafka is back.
    """
    conn.AIOKafkaConnection = _Connection


class _Connection(conn.AIOKafkaConnection):  # type: ignore[misc]
    def send(self, *request: Any, **options: Any) -> Any:
        with self._told_if_lost():
            return super().send(*request, **options)

    def _send_sasl_token(self, *token: Any, **options: Any) -> Any:
        with self._told_if_lost():
            return super()._send_sasl_token(*token, **options)

    @contextmanager
    def _told_if_lost(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            raise KafkaConnectionError(f"Connection at {self.host}:{self.port} lost") from error
