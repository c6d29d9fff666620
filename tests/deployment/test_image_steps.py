"""The image's steps, carried out without an engine: what they install runs as nobody, on a root that it cannot write.

What only an engine shows stays unseen here: the base image with its Python 3.13, and how layers are put together.
"""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.fleet import FLEET, PORTAL
from deploy.local.probes import answers_ok
from deploy.local.stack import Stack
from tests.deployment.dockerfile import INSTALLED, build, of, stages, variables, words
from tests.stack import REPOSITORY
from tests.tokens import Issuer, free_port, running_issuer

SHIPPED = stages()[-1]
NAMES = (*[each.name for each in FLEET], PORTAL)
#: Installing takes a minute, and several on a busy machine.
pytestmark = pytest.mark.timeout(900)
GIVEN = {"KLARMELD_SESSION__KEY": "A" * 43 + "=", "KLARMELD_ANSWERS__KEY": "a" * 32}
STARTS_S, ENDS_S = 60, 30
#: Everything read-only but one folder in memory. Where this Python lies in a folder that others may not enter, it alone
#: is put in the place of that folder, since the image's own lies open.
ALONE = """
folder="$1" closed="$2" python="$3"; shift 3
mount -t tmpfs -o mode=1777 tmpfs "$folder"
if [ -n "$closed" ]; then
    mkdir "$folder/python"; mount --bind "$python" "$folder/python"
    mount -t tmpfs -o mode=755 tmpfs "$closed"; mkdir -p "$python"
    mount --move "$folder/python" "$python"; rmdir "$folder/python"
    mount -o remount,ro,bind "$python"; mount -o remount,ro "$closed"
fi
mount -o remount,ro,bind /
cd "$folder"
exec "$@"
"""
NO_RIGHTS = ("--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")


class Image(NamedTuple):
    """What was installed, and the one folder that may be written."""

    installed: Path
    writable: Path

    def command(self, *arguments: str, **more: str) -> list[str]:
        """Return a program of the image as it would run there, with what the image sets and with `more`."""
        environment = [f"{name}={value}" for name, value in (self._environment() | more).items()]
        program = str(self.installed / "bin" / arguments[0])
        apart = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", ALONE, "sh"]
        places = [str(self.writable), closed(Path(sys.base_prefix)), sys.base_prefix]
        return [*apart, *places, *nobody(), "env", "-i", *environment, program, *arguments[1:]]

    def _environment(self) -> dict[str, str]:
        """Return what the image sets: nothing of this machine, and no other program on the path."""
        own = variables(of(SHIPPED, "ENV"))
        path = own["PATH"].split(":")[0].replace(INSTALLED, str(self.installed))
        return {**own, "PATH": path, "TMPDIR": str(self.writable), "KLARMELD_HTTP__HOST": "127.0.0.1"}


def nobody() -> list[str]:
    user, _, group = of(SHIPPED, "USER").partition(":")
    return ["setpriv", f"--reuid={user}", f"--regid={group}", *NO_RIGHTS]


def closed(folder: Path) -> str:
    """Return the first folder above this one that others may not enter; empty where there is none."""
    return next((str(each) for each in reversed(folder.parents) if not each.stat().st_mode & 0o001), "")


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    if os.getuid() != 0 or not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("the image's steps are NOT carried out: they need root of a Linux with unshare and setpriv")
    root = Path(tempfile.mkdtemp(prefix="klarmeld-image-"))
    try:
        root.chmod(0o755)
        (root / "writable").mkdir()
        yield Image(build(root), root / "writable")
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="module")
async def issuer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Issuer]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as found:
        yield found


async def ran(image: Image, *arguments: str, **environment: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *image.command(*arguments, **environment), stdout=-1, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_what_is_installed_is_what_the_lock_names_and_klarmeld(image: Image):
    code, said = await ran(image, "pip", "list", "--format", "freeze", "--no-index")
    locked = set(re.findall(r"^([\w.-]+==[\w.+!-]+)", (REPOSITORY / "requirements/run.txt").read_text(), re.MULTILINE))
    installed = {line for line in said.splitlines() if "==" in line}

    assert code == 0, said
    others = {canonical(each) for each in installed} - {canonical(each) for each in locked}
    assert {each.split("==")[0] for each in others} == {"klarmeld", "pip"}


def canonical(pinned: str) -> str:
    name, _, version = pinned.partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


async def test_it_is_nobody_and_writes_to_one_folder_alone(image: Image):
    tries = "import os, sys; print(os.getuid(), os.getgid(), os.getgroups()); open(sys.argv[1], 'w')"

    allowed = await ran(image, "python", "-c", tries, str(image.writable / "x"))
    refused = [await ran(image, "python", "-c", tries, str(each / "x")) for each in (image.installed, Path("/var/tmp"))]

    assert allowed == (0, "10001 10001 []\n")
    assert [(code, "Read-only file system" in said) for code, said in refused] == [(1, True), (1, True)]


async def test_the_operators_command_is_there(image: Image):
    code, said = await ran(image, *words(of(SHIPPED, "ENTRYPOINT")), "deploy.cli", "--help")

    assert code == 0, said
    assert "rebuild" in said


@asynccontextmanager
async def started(image: Image, name: str, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    command = image.command(*words(of(SHIPPED, "ENTRYPOINT")), f"services.{name}", **environment)
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=nowhere, stderr=nowhere)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("name", NAMES)
async def test_each_starts_is_found_well_and_ends_when_told_to(image: Image, stack: Stack, issuer: Issuer, name: str):
    port = free_port()
    own = {"KLARMELD_MONGO__DATABASE": f"image_{name}", "KLARMELD_GROUP": f"image-{name}"} if name != PORTAL else {}
    kafka = {"KLARMELD_KAFKA__BOOTSTRAP": stack.bootstrap, "KLARMELD_MONGO__URI": stack.mongo_uri}
    environment = {**issuer.environment, **kafka, **GIVEN, **own, "KLARMELD_HTTP__PORT": str(port)}
    asked = [each.replace(":8080", f":{port}") for each in words(of(SHIPPED, "HEALTHCHECK"))]

    assert (await ran(image, *asked))[0] != 0
    async with started(image, name, environment) as process:
        async with asyncio.timeout(STARTS_S):
            while (await ran(image, *asked))[0] != 0 or not await _answers(port):
                assert process.returncode is None
                await asyncio.sleep(0.2)
        process.terminate()
        async with asyncio.timeout(ENDS_S):
            assert await process.wait() == 0


async def _answers(port: int) -> bool:
    """Whether a cluster's probes would be content."""
    return all([await answers_ok(port, path) for path in ("/startupz", "/readyz", "/livez")])
