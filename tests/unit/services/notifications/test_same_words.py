"""Mails and pages say the same things in the same words, in both languages."""

import tomllib
from pathlib import Path

import pytest

import services.portal
from contracts.roles import Role
from contracts.tracks.stage import Stage
from services.notifications.notice import Template
from services.notifications.rendering import words_of
from services.notifications.wording import ACTIONS, role_in_words, stage_in_words
from tests.notices_made import SENDER, notice_of

PAGES = tomllib.loads((Path(services.portal.__file__).parent / "copy.toml").read_text(encoding="utf-8"))
in_both = pytest.mark.parametrize("language", ["da", "en"])
#: What a mail says is next, and the page's words for it.
NEXT = {
    Template.AGREEMENT_READY: "agreement.sent.next",
    Template.AGREEMENT_DECLINED: "agreement.declined.next",
    Template.AGREEMENT_BOUNCED: "agreement.bounced.next",
    Template.AGREEMENT_EXPIRED: "agreement.expired.next",
    Template.GUIDANCE_PUBLISHED: "guidance.published.next",
    Template.WEBINAR_INVITED: "webinar.invited.next",
    Template.WEBINAR_RECORDING: "webinar.recording.next",
    Template.FORWARDING_VERIFIED: "forwarding.verified.next",
    Template.FORWARDING_FAILED: "forwarding.failed.next",
    Template.TASK_MAY_BE_COMPLETED: "task.open_ready.next",
}
ALSO = {
    "orient_roles": "orientation.none.next",
    "sign_agreement": "agreement.sent.next",
    "clarify_signature": "agreement.hash_mismatch.next",
    "set_up_forwarding": "forwarding.none.next",
    "check_ean_setup": "forwarding.failed.next",
    "may_complete_task": "task.open_ready.next",
}


@in_both
@pytest.mark.parametrize("role", Role)
def test_a_role_is_called_the_same(role, language):
    assert getattr(role_in_words(role), language) == PAGES[f"role.{role}"][language]


@in_both
@pytest.mark.parametrize("stage", Stage)
def test_a_stage_is_called_the_same(stage, language):
    assert getattr(stage_in_words(stage), language) == PAGES[f"stage.{stage}.title"][language]


@in_both
@pytest.mark.parametrize(("action", "key"), ALSO.items(), ids=ALSO)
def test_what_can_be_done_is_said_the_same(action, key, language):
    assert getattr(ACTIONS[action], language) == PAGES[key][language]


@in_both
@pytest.mark.parametrize(("template", "key"), NEXT.items(), ids=NEXT)
def test_the_next_step_is_said_the_same(template, key, language):
    text = " ".join(words_of(notice_of(template), language, SENDER).text.split())
    assert f"{PAGES['page.next'][language]}: {PAGES[key][language]} " in text


@in_both
@pytest.mark.parametrize("key", ["page.contact_ban", "env.sample"])
def test_what_stands_in_every_mail_is_said_the_same(key, language):
    text = words_of(notice_of(Template.PLAN_ANNOUNCED), language, SENDER._replace(sample=True)).text
    assert PAGES[key][language] in " ".join(text.split())
