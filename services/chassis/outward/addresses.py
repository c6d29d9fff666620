"""A mail address as klarmeld takes it: one mailbox that any server takes, and a mark that stands for it."""

import hmac
import re
from typing import Annotated

import idna
from pydantic import AfterValidator, Field, StringConstraints

#: RFC 5321, 4.5.3.1: a path is at most 256 octets with its angle brackets, a local part 64.
LONGEST_ADDRESS = 254
LONGEST_LOCAL_PART = 64

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def read_address(text: str) -> str:
    """Return `text` as one address in ASCII, its domain in lower case; ValueError says what is wrong, and not of whom.

    The local part is a dot-atom (RFC 5322): neither quoted, nor beyond ASCII, since not every server takes SMTPUTF8.
    A domain of other letters is kept as it is spelled in the DNS: `rødovre.dk` as `xn--rdovre-bya.dk`.
    """
    local_part, at, domain = text.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local_part):
        raise ValueError("an address is name@domain; the name is letters from a to z, digits, dots and signs")
    if len(local_part) > LONGEST_LOCAL_PART:
        raise ValueError(f"the part before @ is at most {LONGEST_LOCAL_PART} characters (RFC 5321)")
    address = f"{local_part}@{_domain(domain)}"
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"an address is at most {LONGEST_ADDRESS} characters (RFC 5321)")
    return address


def address_mark(address: str, key: bytes) -> str:
    """Return what a ledger keeps of an address: 64 hex digits that only a holder of `key` can compare with it."""
    return hmac.digest(key, b"klarmeld address\n" + address.encode(), "sha256").hex()


def _domain(text: str) -> str:
    try:
        domain = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("this is no domain of the DNS") from None
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or _DIGITS.fullmatch(labels[-1]):
        raise ValueError("the part after @ is a domain with a dot in it, and no number")
    return domain


#: A field of a command: read by `read_address`.
Address = Annotated[
    str,
    Field(
        description="One mailbox, `name@domain`, preferably a function's; at most 254 characters.",
        examples=["aftaler@vejle.example"],
    ),
    # before anything else: no address is longer, and the check takes time by length
    StringConstraints(min_length=3, max_length=LONGEST_ADDRESS),
    AfterValidator(read_address),
]
