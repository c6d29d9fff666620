"""A log of these tests' own: what a ledger holds and what the log tells of it belong together."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from tests.faults import log
from tests.mail.post import Post
from tests.mail_server import MailServer, mail_server


@pytest.fixture(scope="package")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with log.own_stack(tmp_path_factory.mktemp("mail")) as stack:
        yield stack


@pytest.fixture(scope="package")
async def running_server() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def server(running_server: MailServer) -> MailServer:
    """Accepts everything, unless the test says otherwise, and has taken nothing yet."""
    running_server.accept_all()
    running_server.taken.clear()
    running_server.seen.clear()
    return running_server


@pytest.fixture
async def post(stack: Stack, server: MailServer, prefix: str) -> AsyncIterator[Post]:
    """A rollout of one test's own; its contacts are forgotten afterwards."""
    post = Post(stack, server, f"{prefix}8b")
    yield post
    await post.close()
