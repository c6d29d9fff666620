"""Views made of documents for storing; rules that fail on one document hold up no other."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.projection.derivation import NO_ROLLOUT, Derive, Whole, derived, derived_of_rollout
from services.chassis.projection.documents import Document

log = logger(__name__)


class Deriving:
    """Applies one service's rules."""

    def __init__(self, derive: Derive, metrics: Metrics) -> None:
        self._derive = derive
        self._metrics = metrics

    def progress_of(self, document: Document, wholes: Mapping[str, Whole]) -> dict[str, Any] | None:
        """Return what is stored as `progress`; None where the rules failed: the facts are safe, the view stays."""
        own = list(document.facts.values())
        if document.whole_rollout:
            return derived_of_rollout(own)
        try:
            return derived(own, wholes.get(document.rollout, NO_ROLLOUT), self._derive)
        except Exception:
            self._metrics.derive_failures.inc()
            log.exception("derive_failed", document=document.id)
            return None


def wholes_of(documents: Iterable[Document]) -> dict[str, Whole]:
    """Return the rollouts' own facts that are among these documents, by rollout."""
    own = (each for each in documents if each.whole_rollout)
    return {each.rollout: Whole(list(each.facts.values())) for each in own}
