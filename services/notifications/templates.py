"""The templates beside this file: texts are read block by block, as plain text; one page escapes all that it shows."""

import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from contracts.tracks.stage import Stage
from services.notifications.dates import Language, day_shown, moment_shown
from services.notifications.wording import ACTIONS, role_in_words, stage_in_words

TEXTS = Path(__file__).parent / "texts"
WIDTH = 72


class Blocks:
    """The blocks of one text in one language, with what it speaks of."""

    def __init__(self, language: Language, name: str, context: Mapping[str, Any]) -> None:
        self._template = _speaking(language).get_template(f"{language}/{name}.j2")
        self._context = dict(context)

    def __getitem__(self, name: str) -> str:
        """Return a block as plain text; empty where the text has none of this name."""
        block = self._template.blocks.get(name)
        return "".join(block(self._template.new_context(self._context))).strip() if block else ""


def plain(name: str) -> Template:
    """Return a template of plain text, which escapes nothing."""
    return _plain().get_template(name)


def page(name: str) -> Template:
    """Return a template of HTML, which escapes everything that it is given."""
    return _pages().get_template(name)


@cache
def _speaking(language: Language) -> Environment:
    environment = _environment(autoescape=False)
    environment.filters["day"] = lambda said: day_shown(said, language)
    environment.filters["moment"] = lambda said: moment_shown(said, language)
    environment.filters["role"] = lambda role: getattr(role_in_words(role), language)
    environment.filters["stage"] = lambda stage: getattr(stage_in_words(Stage(stage)), language)
    environment.filters["action"] = lambda action: getattr(ACTIONS[action], language)
    return environment


@cache
def _plain() -> Environment:
    environment = _environment(autoescape=False)
    environment.filters["wrapped"] = _wrapped
    return environment


@cache
def _pages() -> Environment:
    return _environment(autoescape=True)


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEXTS),
        autoescape=autoescape,  # noqa: S701  off for plain text alone
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _wrapped(text: str, indent: int = 0) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
