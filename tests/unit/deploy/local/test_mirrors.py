"""Jars come from the mirror that this machine's settings name, else from the central repository."""

from pathlib import Path

import pytest

from deploy.local.mirrors import central_mirror, repositories

MIRROR = "http://packages.test/jars"


def maven_settings(place: Path, mirror_of: str, url: str = MIRROR) -> Path:
    file = place / "settings.xml"
    mirror = f"<mirror><id>m</id><mirrorOf>{mirror_of}</mirrorOf><url>{url}</url></mirror>"
    file.write_text(f'<settings xmlns="urn:settings"><mirrors>{mirror}</mirrors></settings>')
    return file


@pytest.fixture(autouse=True)
def jgo_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "jgo.conf"))
    return tmp_path / "jgo.conf"


@pytest.mark.parametrize("mirror_of", ["*", "central", "external:*", "other, central", "*,!internal"])
def test_a_mirror_of_central_is_used(tmp_path: Path, mirror_of: str):
    assert repositories(maven_settings(tmp_path, mirror_of)) == {"central": MIRROR}


@pytest.mark.parametrize("mirror_of", ["internal", "*,!central", ""])
def test_a_mirror_of_something_else_is_not(tmp_path: Path, mirror_of: str):
    assert central_mirror(maven_settings(tmp_path, mirror_of)) is None


@pytest.mark.parametrize("content", ["", "<settings/>", "<settings>", "<settings><mirrors/></settings>"])
def test_settings_that_name_no_mirror_change_nothing(tmp_path: Path, content: str):
    (tmp_path / "settings.xml").write_text(content)

    assert central_mirror(tmp_path / "settings.xml") is None


def test_without_settings_it_is_the_central_repository(tmp_path: Path):
    assert list(repositories(tmp_path / "none.xml")) == ["central"]


def test_a_url_may_end_with_a_slash(tmp_path: Path):
    assert central_mirror(maven_settings(tmp_path, "*", f" {MIRROR}/ ")) == MIRROR


def test_jgos_own_settings_go_first(tmp_path: Path, jgo_settings: Path):
    jgo_settings.write_text("[repositories]\ncentral = http://own.test\n")

    assert repositories(maven_settings(tmp_path, "*")) == {"central": "http://own.test"}
