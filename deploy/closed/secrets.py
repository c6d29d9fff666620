"""What a closed local stack is opened with: certificates and passwords, made once, for their owner alone."""

import json
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.closed.certificates import make
from deploy.closed.principals import Principal

#: The user that the stack itself sets everything up with; not one of the principals.
ADMIN = "admin"
_NAMES = (ADMIN, *Principal)


@dataclass(frozen=True)
class Secrets:
    """Files below `root`, each readable by its owner alone, and the password of each user."""

    root: Path
    passwords: Mapping[str, str]

    @property
    def ca_file(self) -> Path:
        return self.root / "ca.pem"

    @property
    def server_file(self) -> Path:
        """The certificate and key that Kafka and MongoDB show."""
        return self.root / "server.pem"

    @property
    def key_file(self) -> Path:
        """What the members of MongoDB's replica set know each other by."""
        return self.root / "members.key"

    def kafka(self, name: str) -> dict[str, str]:
        """Return the settings with which `name` reaches Kafka."""
        return {
            "KLARMELD_KAFKA__TLS": "true",
            "KLARMELD_KAFKA__CA_FILE": str(self.ca_file),
            "KLARMELD_KAFKA__USERNAME": name,
            "KLARMELD_KAFKA__PASSWORD": self.passwords[name],
        }

    def mongo(self, name: str, uri: str) -> str:
        """Return `uri` for `name`, over TLS."""
        host = uri.removeprefix("mongodb://")
        mark = "&" if "?" in host else "/?"
        tls = f"tls=true&tlsCAFile={self.ca_file}&authSource=admin"
        return f"mongodb://{name}:{self.passwords[name]}@{host}{mark}{tls}"

    def for_commands(self, bootstrap: str, mongo_uri: str) -> Path:
        """Write what a shell reads (`set -a; . FILE`) so that `klarmeld` comes in as operations; return the file."""
        settings = {"KLARMELD_KAFKA__BOOTSTRAP": bootstrap, **self.kafka(Principal.OPS)}
        settings["KLARMELD_MONGO__URI"] = self.mongo(Principal.OPS, mongo_uri)
        file = self.root / "operations.env"
        _write(file, "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()))
        return file


def kept(root: Path) -> Secrets:
    """Return the secrets of `root`, made at the first time."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    passwords = root / "passwords.json"
    if not passwords.exists():
        made = Secrets(root, {name: secrets.token_urlsafe(24) for name in _NAMES})
        make(ca_file=made.ca_file, server_file=made.server_file)
        _write(made.key_file, secrets.token_hex(64))
        _write(passwords, json.dumps(made.passwords))  # last: what is here is whole
    return Secrets(root, json.loads(passwords.read_text()))


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
