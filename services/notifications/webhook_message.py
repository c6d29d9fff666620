"""What a webhook is sent: the municipality's view, an id, and signatures by Standard Webhooks."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from standardwebhooks import Webhook as Signer

from services.chassis.queries.views import as_json

CHANGED = "municipality.view.changed"
TEST = "webhook.test"
#: How many facts there are and where they stand is no news: a fact that is told again moves both.
_NO_NEWS = ("rules", "facts")


def fingerprint(view: Mapping[str, Any]) -> str:
    """Return what stands for a view's meaning: equal as long as a reader would see the same."""
    progress = {name: value for name, value in view["progress"].items() if name not in _NO_NEWS}
    seen = {"progress": progress, "ean_conflicts": view["ean_conflicts"]}
    return blake2b(as_json(seen), digest_size=16).hexdigest()


def message_id(hook: str, rollout: str, number: int) -> str:
    """Return the id of the `number`th message about a rollout: the same whoever sends it, and however often."""
    return f"msg_{blake2b(as_json({'told': [hook, rollout, number]}), digest_size=16).hexdigest()}"


def envelope(kind: str, now: int, data: Mapping[str, Any]) -> str:
    """Return the body of a message made at `now` (ms)."""
    moment = datetime.fromtimestamp(now / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return as_json({"type": kind, "timestamp": moment, "data": data}).decode()


def headers(message: str, body: str, secrets: Iterable[str], now: int) -> dict[str, str]:
    """Return the headers of one sending at `now` (ms), with a signature for each key that is valid."""
    moment = datetime.fromtimestamp(now // 1_000, UTC)
    signatures = [Signer(each).sign(message, moment, body) for each in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "klarmeld-webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(now // 1_000),
        "webhook-signature": " ".join(signatures),
    }
