"""The block of ten ports on 127.0.0.1 that the local stack uses, and whether they are free."""

import random
import socket
from collections.abc import Mapping
from typing import NamedTuple

from deploy.local.errors import LocalStackError
from deploy.local.processes import Holder, holder_of

HOST = "127.0.0.1"
DEFAULT_BASE = 8100


class Ports(NamedTuple):
    """One port for each part; consecutive, in this order, from the base."""

    portal: int
    agreements: int
    notifications: int
    tasks: int
    issuer: int
    mail: int
    smtp: int
    kafka: int
    controller: int
    mongod: int


def block(base: int = DEFAULT_BASE) -> Ports:
    """Return the ports from `base` on; LocalStackError when the block does not fit into 1024–65535."""
    if not 1024 <= base <= 65_536 - len(Ports._fields):
        raise LocalStackError(
            f"A block of {len(Ports._fields)} ports does not fit at {base}.",
            remedy=f"Choose --port-base between 1024 and {65_536 - len(Ports._fields)}.",
        )
    return Ports(*range(base, base + len(Ports._fields)))


def free_block(tries: int = 200) -> Ports:
    """Return a block that is free now, below the ports that systems hand out themselves."""
    for base in random.sample(range(12_000, 32_000, 10), tries):
        if all(map(is_free, block(base))):
            return block(base)
    raise LocalStackError(f"None of {tries} blocks of ports was free.", remedy="Stop what listens on them.")


def is_free(port: int) -> bool:
    """Whether a server could listen on `port`; connections that linger after a stop do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def require_free(ports: Mapping[str, int]) -> None:
    """Raise LocalStackError naming each port that is taken, what it is for and who holds it."""
    taken = [_taken(part, port, holder_of(port)) for part, port in ports.items() if not is_free(port)]
    if taken:
        raise LocalStackError(
            f"{'; '.join(taken)}.", remedy="Stop that process, or choose another block of ports with --port-base."
        )


def _taken(part: str, port: int, holder: Holder | None) -> str:
    who = f"process {holder.pid} ({holder.name})" if holder else "a process that is not to be seen from here"
    return f"Port {port} for {part} is in use by {who}"
