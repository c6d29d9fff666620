"""The look for known weaknesses fails for one that is found, and says so where it could not look."""

import subprocess
from pathlib import Path

import pytest

from tests.stack import REPOSITORY


def audited(tmp_path: Path, *, says: str, ends_with: int) -> subprocess.CompletedProcess[str]:
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\necho '{says}'\nexit {ends_with}\n", encoding="utf-8")
    program.chmod(0o755)
    command = [str(REPOSITORY / ".ci/audit"), str(program)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_found_is_well(tmp_path: Path):
    outcome = audited(tmp_path, says="No known vulnerabilities found", ends_with=0)

    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_a_weakness_that_is_found_fails(tmp_path: Path):
    assert audited(tmp_path, says="Found 1 known vulnerability in 1 package", ends_with=1).returncode == 1


@pytest.mark.parametrize("says", ["pymongo: could not be audited", "Could not connect to the service"])
def test_where_nobody_could_be_asked_it_says_so_and_is_not_well(tmp_path: Path, says: str):
    outcome = audited(tmp_path, says=says, ends_with=1)

    assert outcome.returncode == 3
    assert outcome.stderr.startswith("SKIPPED")


def test_a_lock_that_is_not_understood_fails(tmp_path: Path):
    assert audited(tmp_path, says="invalid requirements input", ends_with=1).returncode == 1
