"""What the notifications service tells one role once: a notice, its key, and what makes a mail of it."""

from collections.abc import Mapping
from email.message import EmailMessage
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple, Protocol

from contracts.roles import Role, SupplierRole
from services.chassis.outward.contacts import Recipient
from services.notifications.answer_links import AnswerLinks


class Template(StrEnum):
    """What a notice is about; each has a text in every language."""

    PLAN_ANNOUNCED = "plan_announced"
    AGREEMENT_READY = "agreement_ready"
    AGREEMENT_REMINDER = "agreement_reminder"
    AGREEMENT_DECLINED = "agreement_declined"
    AGREEMENT_BOUNCED = "agreement_bounced"
    AGREEMENT_EXPIRED = "agreement_expired"
    GUIDANCE_PUBLISHED = "guidance_published"
    WEBINAR_INVITED = "webinar_invited"
    WEBINAR_CHANGED = "webinar_changed"
    WEBINAR_CANCELLED = "webinar_cancelled"
    WEBINAR_RECORDING = "webinar_recording"
    SETUP_MAY_BEGIN = "setup_may_begin"
    FORWARDING_VERIFIED = "forwarding_verified"
    FORWARDING_FAILED = "forwarding_failed"
    TASK_MAY_BE_COMPLETED = "task_may_be_completed"
    WEEKLY_DIGEST = "weekly_digest"
    WEBHOOK_RESTS = "webhook_rests"


class Notice(NamedTuple):
    """Something that one role is to hear once.

    `role` is a municipality's, or `eg` for the supplier side's function mailbox. `subject` is the id of what it is
    about, `revision` which state of that: a webinar's sequence, a guidance's version, a reminder's number. `details`
    is what the text needs, taken from the facts; no part of the key.
    """

    rollout: str
    municipality: str
    role: Role | SupplierRole
    template: Template
    subject: str
    revision: str
    details: Mapping[str, str | int]


class Sender(NamedTuple):
    """Whom mails come from: a function mailbox, the name beside it, and where the portal is, without a slash.

    `answers` makes the links of invitations, where there is a key for them; `sample` says that nothing here is real.
    """

    address: str
    name: str
    portal: str
    answers: AnswerLinks | None = None
    sample: bool = False


class Compose(Protocol):
    """Makes the mail of a notice; ValueError where it can't be one."""

    def __call__(self, notice: Notice, recipient: Recipient, sender: Sender) -> EmailMessage: ...


def key(notice: Notice) -> str:
    """Return 32 hex digits: the same for the same six parts, whatever the details, and for nothing else."""
    said = [str(part) for part in notice[:6]]
    text = "".join(f"{len(part)}:{part}" for part in said)
    return blake2b(text.encode(), digest_size=16).hexdigest()
