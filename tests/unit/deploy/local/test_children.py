"""A child process is ready or the error says why not; it stops when asked, is forced otherwise, and is never lost."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.children import Child, Recipe, start_together, stop_together
from deploy.local.errors import LocalStackError
from deploy.local.ports import free_block
from deploy.local.probes import listens

SERVE = "import socket, time; s = socket.create_server(('127.0.0.1', {port})); print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVE


def recipe_for(place: Path, code: str, name: str = "child") -> Recipe:
    port = free_block().kafka

    async def ready() -> bool:
        return await listens(port)

    return Recipe(
        name=name,
        argv=(sys.executable, "-c", code.format(port=port)),
        env={},
        ports={name: port},
        log=place / "logs" / name,
        record=place / "run" / name,
        ready=ready,
    )


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return recipe_for(tmp_path, SERVE)


@pytest.fixture
def leftover(recipe: Recipe) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(recipe.argv) as process:
        yield process
        process.kill()


async def test_a_started_child_is_ready(recipe: Recipe):
    child = Child(recipe)
    await child.start()

    assert child.running
    assert await recipe.ready()
    await child.stop()


async def test_a_stopped_child_is_gone_with_its_record(recipe: Recipe):
    child = Child(recipe)
    await child.start()

    await child.stop()

    assert not child.running
    assert not recipe.record.exists()
    assert not await recipe.ready()


async def test_a_child_that_ignores_the_request_is_forced(tmp_path: Path):
    child = Child(replace(recipe_for(tmp_path, STUBBORN), stop_within=0.1))
    await child.start()

    await child.stop()

    assert not child.running


async def test_a_killed_child_starts_again(recipe: Recipe):
    child = Child(recipe)
    await child.start()
    first = child.pid

    await child.kill()
    await child.start()

    assert child.pid not in {None, first}
    await child.stop()


async def test_a_restarted_child_is_another_process(recipe: Recipe):
    child = Child(recipe)
    await child.start()
    first = child.pid

    await child.restart()

    assert child.pid not in {None, first}
    await child.stop()


async def test_starting_twice_is_starting_once(recipe: Recipe):
    child = Child(recipe)
    await child.start()
    first = child.pid

    await child.start()

    assert child.pid == first
    await child.stop()


@pytest.mark.parametrize("end", [Child.stop, Child.kill])
async def test_ending_what_never_started_is_nothing(recipe: Recipe, end: Callable):
    await end(Child(recipe))


async def test_a_child_that_dies_while_starting_has_last_words(tmp_path: Path):
    child = Child(recipe_for(tmp_path, "raise SystemExit('no such disk')"))

    with pytest.raises(LocalStackError, match=r"child stopped while it was starting; its last words: no such disk"):
        await child.start()

    assert not child.running


async def test_a_child_that_never_gets_ready_is_stopped(tmp_path: Path):
    child = Child(replace(recipe_for(tmp_path, "import time; time.sleep(60)"), ready_within=0.3))

    with pytest.raises(LocalStackError, match=r"not ready within 0\.3 seconds; its last words: none\. More is in"):
        await child.start()

    assert not child.running


async def test_how_a_child_ended_is_known(recipe: Recipe):
    child = Child(recipe)
    await child.start()

    processes.end(processes.identify(child.pid), within=5)

    assert await child.ended() == -signal.SIGTERM
    await child.stop()


async def test_what_a_crash_left_over_is_ended_before_a_start(recipe: Recipe, leftover: subprocess.Popen[bytes]):
    processes.save(processes.identify(leftover.pid), recipe.record)
    child = Child(recipe)

    await child.start()

    assert leftover.wait() == -signal.SIGTERM
    await child.stop()


async def test_a_process_that_merely_has_the_recorded_pid_is_left_alone(
    recipe: Recipe, leftover: subprocess.Popen[bytes]
):
    processes.save(processes.identify(leftover.pid)._replace(started=1.0), recipe.record)

    await Child(recipe).recover()

    assert leftover.poll() is None


async def test_a_foreign_process_on_its_port_is_named(recipe: Recipe):
    foreign = Child(recipe)
    await foreign.start()

    with pytest.raises(LocalStackError, match=f"for child is in use by process {foreign.pid} "):
        await Child(replace(recipe, record=recipe.record.with_name("other"))).start()

    await foreign.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends what is left")
def test_a_child_ends_with_its_parent_even_when_that_is_killed(recipe: Recipe):
    parent = f"""
import asyncio, os, sys
from pathlib import Path
from deploy.local.children import Child, Recipe
async def ready(): return True
async def main():
    await Child(Recipe(name="c", argv={recipe.argv!r}, env={{}}, ports={{}}, log=Path({str(recipe.log)!r}),
        record=Path({str(recipe.record)!r}), ready=ready)).start()
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", parent], check=False)
    orphan = processes.saved(recipe.record)

    processes.wait_until_ended(orphan, within=10)

    assert not processes.is_running(orphan)


async def test_one_that_cannot_start_leaves_none_running(tmp_path: Path):
    good = Child(recipe_for(tmp_path, SERVE, "good"))
    bad = Child(recipe_for(tmp_path, "raise SystemExit('bad luck')", "bad"))

    with pytest.raises(LocalStackError, match="bad luck"):
        await start_together([good, bad])

    assert not good.running


async def test_all_start_and_stop_together(tmp_path: Path):
    children = [Child(recipe_for(tmp_path, SERVE, name)) for name in ("one", "two")]
    await start_together(children)
    assert all(child.running for child in children)

    await stop_together(children)

    assert not any(child.running for child in children)


async def test_a_log_that_grew_large_is_put_aside(recipe: Recipe):
    recipe.log.parent.mkdir(parents=True)
    recipe.log.write_bytes(b"x" * 10_000_001)
    child = Child(recipe)

    await child.start()
    await child.stop()

    assert recipe.log.read_text() == "up\n"
    assert recipe.log.with_suffix(".old.log").stat().st_size == 10_000_001
