"""What every test may ask for: the shared stack, and names that no other test uses."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from deploy.local.stack import Stack
from tests.stack import running_stack


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Kafka at `stack.bootstrap`, MongoDB at `stack.mongo_uri`; who kills or stops a part starts it again."""
    async with running_stack(tmp_path_factory.mktemp("klarmeld på prøve")) as stack:
        yield stack


@pytest.fixture
def prefix() -> str:
    """Begin the names of topics, groups and databases of one test, e.g. `t1c9e03b2-`: the stack is shared."""
    return f"t{uuid4().hex[:8]}-"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the stack, so that `-m "not stack"` runs the rest."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.stack)
