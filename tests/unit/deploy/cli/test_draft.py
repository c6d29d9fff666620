"""A file of events takes its name once it is whole, and what was cut off is gone on with."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition

from deploy.cli.draft import draft
from deploy.cli.errors import UsageError


def event(number: int, partition: int = 3) -> dict[str, Any]:
    return {"id": f"e-{number}", "position": f"agreements-{partition}-{number}"}


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_whole_file_has_its_name_and_nothing_else_is_left(tmp_path: Path):
    with draft(str(tmp_path / "out"), "all") as found:
        found.add(event(1))

    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert written(tmp_path / "out") == [event(1)]


def interrupted(path: Path, chosen: str = "all", *, more: bytes = b"") -> None:
    with pytest.raises(KeyboardInterrupt), draft(str(path), chosen) as found:
        found.add(event(1))
        found.add(event(7, partition=0))
        found.lines.write(more)
        raise KeyboardInterrupt


@pytest.mark.parametrize("more", [b"", b'{"id": "e-2", "posi', b'{"id": "e-2"}\n', json.dumps(event(2)).encode()])
def test_what_an_interrupted_command_wrote_whole_is_kept_and_gone_on_with(tmp_path: Path, more: bytes):
    interrupted(tmp_path / "out", more=more)
    assert not (tmp_path / "out").exists()

    with draft(str(tmp_path / "out"), "all") as found:
        assert found.found == 2
        assert found.reached == {
            TopicPartition("klarmeld.agreements", 3): 2,
            TopicPartition("klarmeld.agreements", 0): 8,
        }
        found.add(event(3))

    assert written(tmp_path / "out") == [event(1), event(7, partition=0), event(3)]


def test_another_selection_begins_anew(tmp_path: Path):
    interrupted(tmp_path / "out")

    with draft(str(tmp_path / "out"), "something else") as found:
        assert (found.found, found.reached) == (0, {})


def test_a_file_of_before_stays_until_the_new_one_is_whole(tmp_path: Path):
    (tmp_path / "out").write_text("before")
    interrupted(tmp_path / "out")

    assert (tmp_path / "out").read_text() == "before"


def test_where_nobody_may_write_is_said_with_a_remedy(tmp_path: Path):
    with pytest.raises(UsageError, match=r"no/out.*Name another file"), draft(str(tmp_path / "no" / "out"), "all"):
        pass


def test_what_is_no_file_is_written_as_it_is():
    with draft("/dev/null", "all") as found:
        found.add(event(1))

    assert Path("/dev/null").is_char_device()
