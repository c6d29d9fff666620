"""Where a service's settings come from: variables, then files of their names, as Docker and Kubernetes lay them."""

from pathlib import Path

import pytest

from services.tasks.settings import Settings


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Secrets as Kubernetes mounts them: links to links in a directory whose name begins with two dots."""
    versioned = tmp_path / "..2026_11_23"
    versioned.mkdir()
    (tmp_path / "..data").symlink_to(versioned.name)
    for name, value in {
        "KLARMELD_MONGO__URI": "mongodb://tasks:secret@db/",
        "KLARMELD_KAFKA__USERNAME": "tasks",
        "KLARMELD_KAFKA__PASSWORD": "secret",
        "KLARMELD_KAFKA__TLS": "true",
        "ca.crt": "no setting",
    }.items():
        (versioned / name).write_text(value)
        (tmp_path / name).symlink_to(Path("..data") / name)
    return tmp_path


def test_nested_settings_are_read_from_files_of_their_names(secrets: Path):
    found = Settings(_secrets_dir=str(secrets))

    assert found.mongo.uri == "mongodb://tasks:secret@db/"
    assert found.kafka.username == "tasks"
    assert found.kafka.password is not None
    assert found.kafka.password.get_secret_value() == "secret"


def test_a_variable_goes_before_the_file_of_its_name(secrets: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KLARMELD_MONGO__URI", "mongodb://elsewhere/")

    assert Settings(_secrets_dir=str(secrets)).mongo.uri == "mongodb://elsewhere/"


def test_without_files_there_is_nothing_to_complain_about(tmp_path: Path):
    assert Settings(_secrets_dir=str(tmp_path / "none")).kafka.username is None
