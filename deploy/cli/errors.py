"""How a command ends when it can't do what was asked: a sentence, a remedy and an exit code."""

from typing import ClassVar


class CommandError(Exception):
    """Base of the errors that end a command; `str()` of it is meant for the terminal."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sentence: str, *, remedy: str = "") -> None:
        super().__init__(f"{sentence} {remedy}".strip())


class UsageError(CommandError):
    """What was asked can't be meant: the remedy is another command."""

    exit_code = 2


class UnreachableError(CommandError):
    """Something that the command needs can't be reached."""

    exit_code = 3
