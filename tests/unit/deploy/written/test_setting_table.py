"""Each setting is told with its type, bounds, default, whether it is a secret, and what it does."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.cli.setting_owners import SERVICES
from deploy.cli.written import settings_page
from deploy.written.setting_table import Described, described, setting_table


class Inner(BaseModel):
    key: SecretStr | None = Field(None, min_length=32, description="Signs.")
    mode: Literal["a", "b"] = Field("a", description="How.")


class Sample(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="X_", env_nested_delimiter="__")

    inner: Inner = Field(default_factory=Inner)
    tries: int = Field(3, ge=1, le=9, description="How often.")
    names: tuple[str, ...] = Field(("x", "y"), description="Which.")
    loud: bool = Field(False, description="Whether.")


def test_a_setting_is_told_as_its_model_describes_it():
    assert described(Sample) == [
        Described("X_INNER__KEY", "text, length ≥ 32", "none", secret=True, meaning="Signs."),
        Described("X_INNER__MODE", "`a` or `b`", "`a`", secret=False, meaning="How."),
        Described("X_TRIES", "whole number, ≥ 1, ≤ 9", "`3`", secret=False, meaning="How often."),
        Described("X_NAMES", "list of text", '`["x", "y"]`', secret=False, meaning="Which."),
        Described("X_LOUD", "true or false", "`false`", secret=False, meaning="Whether."),
    ]


def test_a_value_of_this_machine_is_not_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KLARMELD_MONGO__URI", "mongodb://user:hidden@database")

    assert "hidden" not in settings_page()


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_of_a_service_says_what_it_does(service: str):
    assert [row.name for row in described(SERVICES[service]) if not row.meaning] == []


def test_a_table_has_a_row_for_each_setting():
    page = setting_table({"sample": described(Sample)})

    assert "| `X_INNER__KEY` | text, length ≥ 32 | none | secret | Signs. |" in page.splitlines()
