"""A service is told where its neighbours are, and is this klarmeld's own wherever it is started."""

import sys
from pathlib import Path

import pytest

from deploy.local.ports import block
from deploy.local.services import mailing, service
from deploy.local.stack import Stack


@pytest.fixture
def idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that was never entered: nothing runs."""
    monkeypatch.setenv("KLARMELD_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("KLARMELD_HTTP__PORT", "1")
    return Stack(tmp_path, block(9000))


def test_a_service_is_told_where_kafka_mongodb_and_its_own_port_are(idle: Stack):
    env = service("tasks", idle, port=9003, settings={}).recipe.env

    assert env["KLARMELD_KAFKA__BOOTSTRAP"] == "127.0.0.1:9007"
    assert env["KLARMELD_MONGO__URI"] == "mongodb://127.0.0.1:9009/?replicaSet=rs0"
    assert (env["KLARMELD_HTTP__HOST"], env["KLARMELD_HTTP__PORT"]) == ("127.0.0.1", "9003")


def test_two_of_one_service_share_neither_name_nor_log_nor_record_nor_membership(idle: Stack):
    one, two = (service("tasks", idle, port=port, settings={}).recipe for port in (9003, 9013))

    assert (one.name, two.name) == ("tasks", "tasks-9013")
    assert one.log != two.log
    assert one.record != two.record
    assert one.env["KLARMELD_KAFKA__GROUP_INSTANCE_ID"] != two.env["KLARMELD_KAFKA__GROUP_INSTANCE_ID"]


def test_other_settings_of_the_environment_reach_it(idle: Stack):
    assert service("tasks", idle, port=9003, settings={}).recipe.env["KLARMELD_LOG_LEVEL"] == "DEBUG"


def test_settings_of_its_own_go_first(idle: Stack):
    child = service("tasks", idle, port=9003, settings={"KLARMELD_LOG_LEVEL": "ERROR"})

    assert child.recipe.env["KLARMELD_LOG_LEVEL"] == "ERROR"


def test_a_services_directory_of_somebody_else_is_not_run(idle: Stack):
    recipe = service("tasks", idle, port=9003, settings={}).recipe

    assert recipe.argv == (sys.executable, "-P", "-m", "services.tasks")
    assert (Path(recipe.env["PYTHONPATH"]) / "services" / "tasks").is_dir()


def test_an_existing_replica_set_takes_the_place_of_the_own_mongod(tmp_path: Path):
    stack = Stack(tmp_path, block(9000), mongo_uri="mongodb://elsewhere/?replicaSet=x")

    env = service("tasks", stack, port=9003, settings={}).recipe.env

    assert env["KLARMELD_MONGO__URI"] == "mongodb://elsewhere/?replicaSet=x"


def test_links_of_invitations_stay_good_when_the_stack_is_started_again(idle: Stack):
    first, again = (service("notifications", idle, port=9002, settings={}).recipe.env for _ in range(2))

    assert first["KLARMELD_ANSWERS__ADDRESS"] == "http://127.0.0.1:9002"
    assert len(first["KLARMELD_ANSWERS__KEY"]) == 64
    assert again["KLARMELD_ANSWERS__KEY"] == first["KLARMELD_ANSWERS__KEY"]


def test_nobody_else_may_read_the_key_of_the_links(idle: Stack):
    service("notifications", idle, port=9002, settings={})

    assert (idle.directory.root / "answers.key").stat().st_mode & 0o077 == 0


def test_a_service_that_sends_no_invitations_gets_no_key_for_them(idle: Stack):
    assert "KLARMELD_ANSWERS__KEY" not in service("tasks", idle, port=9003, settings={}).recipe.env


def test_the_mails_of_the_local_stack_say_that_they_are_samples(idle: Stack):
    assert mailing(idle)["KLARMELD_NOTICES__SAMPLE"] == "true"
