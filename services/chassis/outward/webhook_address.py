"""Where a webhook may go: which addresses a municipality may name, and which of the network are ever reached."""

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

#: Ports of HTTPS; others would make a scanner of networks out of a webhook.
PORTS = frozenset({443, 8443})
LONGEST_URL = 2_000

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?", re.IGNORECASE | re.ASCII)
#: What Python's `is_global` lets through: addresses that hold another one, and a cloud's own at a public number.
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10", "192.88.99.0/24",
         "168.63.129.16/32"),
    )
)  # fmt: skip


def read_url(text: str, *, local: bool) -> str:
    """Return `text` if a webhook may have it as its address; ValueError says why not.

    In local mode HTTP, loopback and any port are allowed too. What a name resolves to is judged when it is reached.
    """
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError("an address is ASCII without spaces and backslashes; write other letters percent-encoded")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("this is no address") from None
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise ValueError("an address begins with https://")
    if "@" in parts.netloc or "#" in text:
        raise ValueError("an address holds no user, no password and no fragment")
    if not local and (port if port is not None else 443) not in PORTS:
        raise ValueError("an address has port 443 or 8443")
    _check_host(parts, local=local)
    return text


def may_be_reached(address: str, *, local: bool) -> bool:
    """Return whether a webhook may connect to this address of the network, which a name resolved to."""
    try:
        ip = _plain(ipaddress.ip_address(address))
    except ValueError:
        return False
    if local and ip.is_loopback:
        return True
    return ip.is_global and not ip.is_multicast and not any(ip in each for each in _NEVER if each.version == ip.version)


def _check_host(parts: SplitResult, *, local: bool) -> None:
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if not (_is_domain(host) or (local and host == "localhost")):
            raise ValueError("the host is a full name of the DNS, as hooks.vejle.example") from None
        return
    if not may_be_reached(host, local=local):
        raise ValueError("the host is an address that is not reached from here")


def _is_domain(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    return len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not _numeric(labels[-1])


def _numeric(label: str) -> bool:
    """Return whether a resolver may take a host that ends so for a number: 127.1, 0x7f.1, 2130706433."""
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", label, re.IGNORECASE | re.ASCII) is not None


def _plain(ip: Any) -> IpAddress:
    """Return the IPv4 address inside an IPv6 one that merely spells it."""
    found: IpAddress = getattr(ip, "ipv4_mapped", None) or ip
    return found
