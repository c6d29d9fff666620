"""Webhooks that rest, by the rollout whose news they did not take."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from services.chassis.outward.webhooks import Webhook
from services.notifications.owing.case import Resting


def by_place(hooks: Iterable[Webhook]) -> Mapping[tuple[str, str], Sequence[Resting]]:
    """Return them by rollout and municipality; each once, so that one that rests is told of in one mail.

    Of the address only the host: a path may hold a password.
    """
    places: dict[tuple[str, str], list[Resting]] = {}
    for hook in hooks:
        untaken = sorted(told.rollout for told in hook.told if told.pending)
        if untaken and hook.failing:
            host = urlsplit(hook.url).hostname or ""
            places.setdefault((untaken[0], hook.municipality), []).append(Resting(hook.id, host, hook.failing.since))
    return places
