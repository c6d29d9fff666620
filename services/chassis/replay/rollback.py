"""Going back to an older generation, without showing any reader less than it has seen."""

from services.chassis import clock
from services.chassis.projection.generations import Change, carry_out
from services.chassis.projection.journal import Signature
from services.chassis.projection.target import Subject
from services.chassis.replay.catching_up import catch_up, redriven
from services.chassis.replay.judging import Tell


async def roll_back(subject: Subject, change: Change, signature: Signature, *, tell: Tell) -> None:
    """Bring the older generation up to the log of now, then point at it in one write.

    A consumer that read the pointer before the last swap writes the generation that is live now before the older one.
    What readers see of its batch is on the log already, and is brought to the older one here; of any later batch the
    older one is written first. A change that changes nothing leaves no receipt.
    """
    if change.before == change.after:
        return
    end = await subject.reader.ends()
    start = await subject.reader.committed(subject.group)
    await catch_up(subject, change.after.live, start, end, tell)
    await redriven(subject, change.after.live, clock.now_ms())
    await carry_out(subject, change, "rollback", signature)
