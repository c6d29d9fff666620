"""The last words of a process are its last error, else its last line."""

from pathlib import Path

import pytest

from deploy.local.last_words import last_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        ("12:00 ERROR no space\n12:01 INFO bye\n", "12:00 ERROR no space"),
        ('  File "x.py"\nValueError: no such port\n', "ValueError: no such port"),
        ('{"s":"I","msg":"shutting down"}\n', "shutting down"),
        (
            '{"s":"E","msg":"Failed","attr":{"error":"in use"}}\n{"s":"I","msg":"bye"}\n',
            "Failed in use",
        ),
        ('{"s":"E","msg":"Failed","attr":"odd"}\n', '{"s":"E","msg":"Failed","attr":"odd"}'),
        ('{"event":"not_joined_yet","detail":"no such host","level":"warning"}\n', "not_joined_yet no such host"),
        ("x" * 1_000, "x" * 300),
    ],
)
def test_last_words_of_a_log(tmp_path: Path, text: str, words: str):
    log = tmp_path / "log"
    log.write_text(text)

    assert last_words(log) == words


def test_what_an_earlier_start_said_is_left_alone(tmp_path: Path):
    log = tmp_path / "log"
    log.write_text("12:00 ERROR yesterday\ntoday\n")

    assert last_words(log, since=len("12:00 ERROR yesterday\n")) == "today"
