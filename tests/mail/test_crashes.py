"""A service killed at any step of a mail, two at once, a rebuild, an older ledger: never two mails of one notice."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from contracts.municipalities import MUNICIPALITIES
from deploy.local.children import Child
from deploy.local.ports import free_block
from deploy.local.probes import answers_ok
from deploy.local.services import service
from services.chassis import clock
from services.chassis.outward.ledger import Ledger
from services.chassis.projection.target import Target
from services.chassis.replay.rebuild import rebuild
from services.chassis.replay.shares import Asked
from services.chassis.settings import KafkaSettings, MongoSettings
from services.notifications.app import SERVICE
from tests.faults.operating import in_silence, signed
from tests.mail.post import DATABASE, OWNER, ROLES, Post, until

Start = Callable[..., Coroutine[Any, Any, Child]]
#: Long enough for one mail on a busy machine, short enough to be waited for.
LEASE_S = 12


@pytest.fixture
async def start(post: Post) -> AsyncIterator[Start]:
    """Start a replica, disturbed where that is said (see tests.faults.disturbed_service)."""
    children: list[Child] = []

    async def started(*disturbed: str) -> Child:
        ports = free_block()
        environment = post.environment(lease_s=LEASE_S)
        recipe = service("notifications", post.stack, port=ports.notifications, settings=environment).recipe
        instead = (*recipe.argv[:3], "tests.faults.disturbed_service", "notifications", *disturbed)
        env = {name: value for name, value in recipe.env.items() if not name.endswith("GROUP_INSTANCE_ID")}
        ready = lambda: answers_ok(ports.notifications, "/livez")  # noqa: E731
        child = Child(replace(recipe, argv=instead if disturbed else recipe.argv, env=env, ready=ready, stop_within=15))
        children.append(child)
        await child.start()
        return child

    yield started
    for child in children:
        await child.kill()


#: Where it dies, what the notice comes to, and how many mails the server has then.
CRASHES = [("claimed", "sent", 1), ("sending", "unknown", 0), ("delivered", "unknown", 1), ("concluded", "sent", 1)]


@pytest.mark.parametrize(("moment", "state", "mails"), CRASHES)
async def test_killed_while_it_sends_a_mail_leaves_at_most_once(
    post: Post, start: Start, moment: str, state: str, mails: int
):
    code = sorted(MUNICIPALITIES)[[each[0] for each in CRASHES].index(moment)]
    await post.name(code, OWNER)
    await post.enrol(code)
    dying = await start("crash", moment, "1")
    assert await dying.ended() == -signal.SIGKILL

    await start()
    await post.become({state: 1, "suppressed": 2})

    assert len(post.server.taken) == mails


@pytest.mark.parametrize(("moment", "number"), [("delivered", 2), ("concluded", 1)])
async def test_killed_among_several_mails_that_leave_at_once_sends_none_twice(
    post: Post, start: Start, moment: str, number: int
):
    code = sorted(MUNICIPALITIES)[10 + number]
    await post.name(code, *ROLES)
    await post.enrol(code)
    dying = await start("crash", moment, str(number))
    assert await dying.ended() == -signal.SIGKILL

    await start()
    await post.tell("GuidancePublished")  # and the service goes on with what is owed next
    await post.become({"sent": 3}, template="guidance_published")
    await until(lambda: judged(post), post.states)

    assert set(post.server.per_key.values()) == {1}
    assert len(post.server.per_key) >= len(ROLES) + number


async def judged(post: Post) -> bool:
    """Whether of each mail it is known and told what came of it, or known to be unknown."""
    return all(
        each["state"] == "unknown" or (each["state"], each["told"]) == ("sent", True) for each in await post.entries()
    )


async def test_a_service_that_is_told_to_stop_says_what_came_of_the_mail_that_leaves(post: Post, start: Start):
    post.server.script = lambda _: "slow"
    await post.name("0210", OWNER)
    await post.enrol("0210")
    stopping = await start()
    await until(lambda: seen(post), post.states)

    await stopping.stop()

    assert await post.states() == {"sent": 1, "suppressed": 2}
    await start()
    await post.become({"sent": 1, "suppressed": 2})
    assert len(post.server.taken) == 1


async def seen(post: Post) -> bool:
    """Whether the mail server has been handed a mail."""
    return bool(post.server.seen)


async def test_killed_between_telling_and_noting_it_tells_the_same_fact_again(post: Post, start: Start):
    await post.name("0187", OWNER)
    await post.enrol("0187")
    dying = await start("crash", "told", "1")
    assert await dying.ended() == -signal.SIGKILL

    await start()
    await post.become({"sent": 1, "suppressed": 2})

    told = await post.facts("NotificationSent")
    assert len(told) == 2
    assert len(set(told)) == 1


async def test_two_replicas_that_race_send_each_mail_once(post: Post, start: Start):
    codes = sorted(MUNICIPALITIES)[40:70]
    for code in codes:
        await post.name(code, *ROLES)
    await post.enrol(*codes)

    await asyncio.gather(start(), start())
    await post.become({"sent": 90})

    assert set(post.server.per_key.values()) == {1}
    assert len(post.server.per_key) == 90


async def test_a_ledger_from_an_older_backup_sends_nothing_until_an_operator_says_so(post: Post, start: Start):
    await post.name("0190", *ROLES)
    await post.enrol("0190")
    first = await start()
    await post.become({"sent": 3})
    await first.stop()
    lost = await post.database["ledger"].delete_many({"rollout": post.rollout})
    assert lost.deleted_count == 3
    await post.tell("GuidancePublished")

    await start()
    await post.become({"sent": 3})  # what the log tells was restored; the guidance waits
    ledger = Ledger(post.database)
    assert (await ledger.gate()).reason == "restored"
    await ledger.open(clock.now_ms(), "a test")
    await post.become({"sent": 6})

    assert set(post.server.per_key.values()) == {1}


async def test_a_projection_that_is_made_anew_sends_nothing_again(post: Post, start: Start):
    await post.name("0201", *ROLES)
    await post.enrol("0201")
    await start()
    await post.become({"sent": 3})

    await rebuilt(post)
    await post.tell("GuidancePublished")
    await post.become({"sent": 6})

    assert set(post.server.per_key.values()) == {1}


async def rebuilt(post: Post) -> None:
    """Make the documents anew beside the running service, as an operator does."""
    target = Target(
        name="notifications",
        group=DATABASE,
        derive=SERVICE.derive,
        topics=[str(each) for each in SERVICE.reads],
        kafka=KafkaSettings(bootstrap=post.stack.bootstrap),
        mongo=MongoSettings(uri=post.stack.mongo_uri),
        database=DATABASE,
    )
    await rebuild(target, Asked(clock.now_ms()), signed(), tell=in_silence)
