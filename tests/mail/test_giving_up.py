"""A mail that is put off for too long is given up, said so, and sent again by an operator's word alone."""

import json

from tests.mail.post import OWNER, Post

#: A third of a second, in hours.
AT_ONCE_H = 0.0001


async def test_a_mail_that_is_put_off_for_too_long_fails_and_is_told_so(post: Post):
    post.server.script = lambda _: "451 Later"
    await post.name("0260", OWNER)
    await post.enrol("0260")
    async with post.service(give_up_after_h=AT_ONCE_H):
        await post.become({"failed": 1, "suppressed": 2})
        tried = len(post.server.seen)
        await post.tell("GuidancePublished")
        await post.become({"failed": 2, "suppressed": 4})

    [reason, *_] = [json.loads(body)["reason"] for *_, body in await post.facts("NotificationFailed")]
    assert reason == "given_up_put_off_451"
    assert tried >= 2
    assert post.taken == {}
