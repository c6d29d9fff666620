"""The alerts: promtool tries each, each leads to its section of the runbook and says how grave it is."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stack import REPOSITORY, parts

HERE = Path(__file__).parent
RULES = REPOSITORY / "deploy/prometheus/rules/klarmeld.yaml"
TRIALS = (HERE / "alerts.yaml", HERE / "alerts_of_days.yaml")
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"] if "alert" in rule
]


@pytest.fixture(scope="module")
def promtool() -> str:
    """Return where promtool is: on PATH, or where `make promtool` puts it."""
    path = f"{os.environ['PATH']}{os.pathsep}{parts() / 'promtool'}"
    found = shutil.which("promtool", path=path)
    if found is None:
        pytest.skip("promtool is neither on PATH nor fetched: `make promtool` fetches it")
    return found


def ran(promtool: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool, *words], capture_output=True, text=True, cwd=HERE, check=False)


def test_prometheus_takes_the_rules(promtool: str):
    done = ran(promtool, "check", "rules", RULES)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("trials", TRIALS, ids=lambda each: each.stem)
def test_each_alert_is_quiet_and_fires_as_its_trial_says(promtool: str, trials: Path):
    done = ran(promtool, "test", "rules", trials)

    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_a_trial():
    tried = [each["name"] for trials in TRIALS for each in yaml.safe_load(trials.read_text())["tests"]]

    assert sorted(tried) == sorted(each["alert"] for each in ALERTS)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each["alert"])
def test_each_alert_says_how_grave_it_is_and_leads_to_its_section_of_the_runbook(alert: dict[str, Any]):
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")

    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert alert["annotations"]["summary"]
    assert alert["annotations"]["description"]
    assert anchor in anchors((REPOSITORY / page).read_text())


def anchors(page: str) -> set[str]:
    """Return the anchors of a page's headings, as readers of Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
