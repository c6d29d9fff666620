"""Which notices are owed: a function of the facts, of whom and what a municipality has named, and of the hour."""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from services.chassis.outward.contacts import Recipient
from services.notifications.notice import Notice, Template
from services.notifications.owing import agreement, information, result, webhooks
from services.notifications.owing.case import Case, Hour, Outline, Resting


def owed(
    outline: Outline, contacts: Mapping[str, Recipient], hour: Hour, resting: Sequence[Resting] = ()
) -> tuple[Notice, ...]:
    """Return what one municipality, and the supplier side about it, should have heard by now.

    Only a municipality on ØS Indsigt is owed anything. What no longer helps anybody is not owed any more, sent or
    not: an agreement to sign once it is signed, a webinar once it is over.
    """
    if outline.progress["enrolment"]["state"] != "enrolled":
        return ()
    case = Case(outline, contacts, hour, resting)
    return tuple(notice for template in Template for notice in _owed(template, case))


def _owed(template: Template, about: Case) -> Iterator[Notice]:  # noqa: C901, PLR0911, PLR0912  a line for each template
    match template:
        case Template.PLAN_ANNOUNCED:
            return information.plan_announced(about)
        case Template.AGREEMENT_READY:
            return agreement.ready(about)
        case Template.AGREEMENT_REMINDER:
            return agreement.reminder(about)
        case Template.AGREEMENT_DECLINED:
            return agreement.failed(about, template, "declined")
        case Template.AGREEMENT_BOUNCED:
            return agreement.failed(about, template, "bounced")
        case Template.AGREEMENT_EXPIRED:
            return agreement.failed(about, template, "expired")
        case Template.GUIDANCE_PUBLISHED:
            return information.guidance_published(about)
        case Template.WEBINAR_INVITED:
            return information.webinar_invited(about)
        case Template.WEBINAR_CHANGED:
            return information.webinar_changed(about)
        case Template.WEBINAR_CANCELLED:
            return information.webinar_cancelled(about)
        case Template.WEBINAR_RECORDING:
            return information.webinar_recording(about)
        case Template.SETUP_MAY_BEGIN:
            return agreement.setup_may_begin(about)
        case Template.FORWARDING_VERIFIED:
            return result.forwarding_verified(about)
        case Template.FORWARDING_FAILED:
            return result.forwarding_failed(about)
        case Template.TASK_MAY_BE_COMPLETED:
            return result.task_may_be_completed(about)
        case Template.WEEKLY_DIGEST:
            return result.weekly_digest(about)
        case Template.WEBHOOK_RESTS:
            return webhooks.rests(about)
        case _ as unreachable:
            assert_never(unreachable)
