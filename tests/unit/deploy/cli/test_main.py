"""The command: its help, its settings, and how each foreseen error ends it."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from deploy.cli import __main__ as command
from deploy.cli.command import app
from deploy.cli.options import _codes, _paths, _rollouts, _services
from deploy.cli.place import place


def ends(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["klarmeld", *words])
    with pytest.raises(SystemExit) as ended:
        command.main()
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT_BASE", "DATA", "PARTS", "KAFKA__BOOTSTRAP", "MONGO__URI", "ACCESS__TOKEN", "SERVICES__TASKS"):
        monkeypatch.delenv(f"KLARMELD_{name}", raising=False)


def verbs(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield every verb, as one types it."""
    for name, each in getattr(command, "commands", {}).items():
        yield from verbs(each, *path, name)
    if not hasattr(command, "commands"):
        yield path


VERBS = tuple(verbs(get_command(app)))


def test_there_are_as_many_verbs_as_the_command_has():
    assert {("run",), ("rebuild",), ("events", "replay"), ("parked", "redrive"), ("ledger", "resolve")} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help_with_an_example(verb, monkeypatch, capsys):
    assert ends(monkeypatch, *verb, "--help") == 0
    assert "Example: " in capsys.readouterr().out


def test_an_unknown_verb_is_a_usage_error(monkeypatch):
    assert ends(monkeypatch, "explode") == 2


def test_a_block_of_ports_that_does_not_fit_is_refused_with_the_remedy(monkeypatch, capsys):
    assert ends(monkeypatch, "status", "--port-base", "65535") == 3
    assert "--port-base between" in capsys.readouterr().err


def test_a_setting_that_is_not_valid_is_named(monkeypatch, capsys):
    monkeypatch.setenv("KLARMELD_PORT_BASE", "many")

    assert ends(monkeypatch, "status") == 2
    assert "KLARMELD_PORT_BASE" in capsys.readouterr().err


def test_a_moment_needs_a_municipality(monkeypatch, capsys):
    assert ends(monkeypatch, "progress", "efaktura-8b", "--as-of", "2026-05-01T00:00:00Z") == 2
    assert "one municipality" in capsys.readouterr().err


def test_a_moment_without_offset_is_refused(monkeypatch, capsys):
    assert ends(monkeypatch, "progress", "efaktura-8b", "0630", "--as-of", "2026-05-01T00:00:00") == 2
    assert "--as-of" in capsys.readouterr().err


def test_a_service_that_is_none_is_refused(monkeypatch, capsys):
    assert ends(monkeypatch, "progress", "efaktura-8b", "0630", "--service", "billing") == 2
    assert "agreements" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_refused(monkeypatch, tmp_path, capsys):
    assert ends(monkeypatch, "events", "publish", str(tmp_path / "none.jsonl")) == 2
    assert "can't be read" in capsys.readouterr().err


def test_settings_are_shown_with_their_origin_and_without_secrets(monkeypatch, capsys):
    monkeypatch.setenv("KLARMELD_ACCESS__TOKEN", "very-secret")
    monkeypatch.setenv("KLARMELD_MONGO__URI", "mongodb://somebody:very-secret@db.example/?replicaSet=rs0")

    assert ends(monkeypatch, "config", "check", "--json") == 0

    said = capsys.readouterr().out
    rows = {row["name"]: row for row in json.loads(said)["klarmeld"]}
    assert rows["KLARMELD_MONGO__URI"]["value"] == "mongodb://********@db.example/?replicaSet=rs0"
    assert (rows["KLARMELD_MONGO__URI"]["origin"], rows["KLARMELD_PORT_BASE"]["origin"]) == ("set", "default")
    assert "very-secret" not in said


def test_settings_of_the_services_are_shown_once(monkeypatch, capsys):
    assert ends(monkeypatch, "config", "check", "--json") == 0

    assert [row["name"] for row in json.loads(capsys.readouterr().out)["every service"]].count(
        "KLARMELD_READY_LAG"
    ) == 1


def test_a_service_elsewhere_is_asked_there(monkeypatch):
    monkeypatch.setenv("KLARMELD_SERVICES__TASKS", "https://tasks.example")

    urls = place(9100).urls

    assert (urls["tasks"], urls["agreements"]) == ("https://tasks.example", "http://127.0.0.1:9101")


def test_completion_offers_codes_with_names():
    assert _codes("063") == [("0630", "Vejle")]


def test_completion_offers_what_fits():
    assert [value for value, _ in _rollouts("ef") + _services("ta") + _paths("task")] == [
        "efaktura-8b",
        "tasks",
        "task.state",
    ]
