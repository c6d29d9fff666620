"""What is told of webhooks: that one rests, so that its portal shows what was."""

from collections.abc import Iterator

from contracts.instants import from_milliseconds, shown
from services.notifications.notice import Notice, Template
from services.notifications.owing.case import Case


def rests(case: Case) -> Iterator[Notice]:
    """Tell who looks after the ERP of each webhook that rests, once for each time that it does."""
    for hook in case.resting:
        details = {"host": hook.host, "since": shown(from_milliseconds(hook.since))}
        yield from case.notices(Template.WEBHOOK_RESTS, [case.owner], hook.id, hook.since, **details)
