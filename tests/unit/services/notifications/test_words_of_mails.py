"""What mails call roles and stages is what the pages call them, so that a reader recognises one by the other."""

import pytest

from contracts.roles import Role
from contracts.tracks.stage import Stage
from services.notifications.wording import role_in_words, stage_in_words
from services.portal.catalogue import Language, text


@pytest.mark.parametrize("role", list(Role))
def test_a_role_has_one_name_in_mails_and_on_pages(role):
    assert role_in_words(role) == tuple(text(language, f"role.{role}") for language in Language)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_has_one_name_in_mails_and_on_pages(stage):
    assert stage_in_words(stage) == tuple(text(language, f"stage.{stage}.title") for language in Language)
