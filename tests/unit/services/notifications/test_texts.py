"""What mails say, in both languages: whole, dated, and never that a municipality is to contact EG for the interface."""

import re
from html.parser import HTMLParser

import pytest
from jinja2 import Environment

from contracts.roles import Role, SupplierRole
from contracts.tracks.stage import Stage
from contracts.tracks.turn import PRIMARY
from services.notifications.notice import Notice, Template
from services.notifications.rendering import DETAILS, words_of
from services.notifications.templates import TEXTS
from services.notifications.wording import ACTIONS
from tests.notices_made import KINDS, SENDER, every_notice, notice_of

LANGUAGES = ("da", "en")
BAN = {
    "da": "I skal IKKE kontakte Ejerkredsen / EG med henblik på at etablere snitfladen mellem ØS Indsigt og KP.",
    "en": "Do NOT contact Ejerkredsen / EG in order to establish the interface between ØS Indsigt and KP.",
}
SOURCES = sorted(path for language in LANGUAGES for path in (TEXTS / language).glob("*.j2"))
#: Ways to say that somebody is to be approached; the page named Kontakter is not one.
_APPROACH = re.compile(
    r"kontakt(?!er\b)|henvend|\bring\b|\bskriv til|\bspørg|telefon|\bcontact(?!s\b)|reach out|get in touch|\bwrite to"
    r"|\bcall\b|\bask\b|phone|@",
    re.IGNORECASE,
)
_NEVER = re.compile(r"\b(ikke|not)\b", re.IGNORECASE)
every = pytest.mark.parametrize("notice", every_notice(), ids=lambda notice: f"{notice.template} {notice.role}")
in_both = pytest.mark.parametrize("language", LANGUAGES)


def approaches(text: str) -> list[str]:
    """Return the sentences that tell a reader to approach somebody."""
    sentences = re.split(r"(?<=[.!?:])\s+", " ".join(text.split()))
    return [each for each in sentences if _APPROACH.search(each) and not _NEVER.search(each)]


class _Seen(HTMLParser):
    """What a reader sees of a page, and what the page would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.loads: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in {"src", "background", "srcset"}]

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.mark.parametrize(
    "sentence",
    [
        "Kontakt EG for at få snitfladen etableret.",
        "I kan kontakte Ejerkredsen.",
        "Ring til EG.",
        "Skriv til efaktura@eg.example.",
        "Please contact EG to establish the interface.",
        "You can call Ejerkredsen.",
        "Do not wait. Get in touch with EG.",
    ],
)
def test_a_text_that_has_somebody_contacted_would_be_found(sentence):
    assert approaches(f"Serviceaftalen er sendt. {sentence} Tak.")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_no_text_has_anybody_contacted(source):
    parsed = Environment(autoescape=True).lex(source.read_text(encoding="utf-8"))
    said = " ".join(value for _, kind, value in parsed if kind in {"data", "string"})
    assert said.strip()
    assert approaches(said) == []


@in_both
@every
def test_no_mail_has_anybody_contacted(notice, language):
    words = words_of(notice, language, SENDER)
    for said in (words.subject, words.text, _Seen(words.html).text):
        assert approaches(said) == []


@in_both
def test_no_action_has_anybody_contacted(language):
    assert [said for text in ACTIONS.values() for said in approaches(getattr(text, language))] == []


@in_both
@every
def test_every_mail_to_a_municipality_says_that_eg_is_not_to_be_contacted(notice, language):
    words = words_of(notice, language, SENDER)
    municipal = isinstance(notice.role, Role)
    assert (BAN[language] in " ".join(words.text.split())) == municipal
    assert (BAN[language] in _Seen(words.html).text) == municipal


def test_each_kind_of_notice_has_a_text_in_each_language_and_there_are_no_others():
    stems = {*Template, "frame", "answer"}
    assert {path.relative_to(TEXTS) for path in SOURCES} == {
        (TEXTS / language / f"{stem}.j2").relative_to(TEXTS) for language in LANGUAGES for stem in stems
    }


@pytest.mark.parametrize("stem", [*Template, "frame", "answer"])
def test_both_languages_say_the_same_parts_and_speak_of_the_same_details(stem):
    said = [(TEXTS / language / f"{stem}.j2").read_text(encoding="utf-8") for language in LANGUAGES]
    blocks, details = ([sorted(re.findall(what, each)) for each in said] for what in (r"block (\w+)", r"{[{%].*?[%}]}"))
    assert blocks[0] == blocks[1]
    assert details[0] == details[1]


@in_both
@every
def test_a_mail_reads_whole(notice, language):
    words = words_of(notice, language, SENDER)
    seen = " ".join(words.text.split())
    assert words.subject
    assert not re.search(r"[{}]|»«|“”|\bNone\b|\.\.|\s[.,]", seen), seen
    assert max(map(len, words.text.splitlines())) <= max(72, *map(len, re.findall(r"\S+", words.text)))


@in_both
@every
def test_text_and_page_say_the_same(notice, language):
    words = words_of(notice, language, SENDER)
    page = _Seen(words.html).text.casefold()
    left_out = r"https?://\S+|[-:]"  # links have a label, lists their bullets
    for line in re.sub(left_out, " ", words.text.casefold()).splitlines():
        assert " ".join(line.split()) in " ".join(re.sub(left_out, " ", page).split()), line


@in_both
@every
def test_a_page_loads_nothing_and_runs_nothing(notice, language):
    seen = _Seen(words_of(notice, language, SENDER).html)
    assert seen.loads == []
    assert not {"script", "style", "link", "img", "iframe", "object", "form"} & {*seen.tags}


@in_both
@pytest.mark.parametrize("template", Template)
def test_a_text_without_a_detail_that_may_be_absent_still_reads_whole(template, language):
    needed = {
        Template.GUIDANCE_PUBLISHED: {"title", "url", "version", "published"},
        Template.WEBINAR_INVITED: {"title", "starts_at"},
        Template.WEBINAR_CHANGED: {"title", "starts_at"},
        Template.WEBINAR_CANCELLED: {"title", "starts_at"},
        Template.WEBINAR_RECORDING: {"url"},
        Template.AGREEMENT_REMINDER: {"reminder"},
        Template.FORWARDING_VERIFIED: {"eans"},
        Template.FORWARDING_FAILED: {"ean"},
        Template.WEEKLY_DIGEST: {"actions"},
    }.get(template, set())
    notice = notice_of(template)
    least = notice._replace(details={name: notice.details[name] for name in needed})
    test_a_mail_reads_whole(least, language)


@pytest.mark.parametrize("template", Template)
def test_the_texts_know_every_detail_that_they_speak_of(template):
    spoken = {
        name
        for language in LANGUAGES
        for name in re.findall(
            r"{[{%] *(?:if|for \w+ in)? *(\w+)", (TEXTS / language / f"{template}.j2").read_text(encoding="utf-8")
        )
    }
    words = {"block", "endblock", "if", "endif", "else", "for", "endfor", "role", "municipality", "action"}
    assert spoken - words <= {*DETAILS}


MOMENTS = {
    "winter": ("2026-03-10T10:00:00+01:00", "10. marts 2026 kl. 10.00", "10 March 2026, 10:00"),
    "summer, told in UTC": ("2026-07-01T22:30:00Z", "2. juli 2026 kl. 00.30", "2 July 2026, 00:30"),
}


@pytest.mark.parametrize(("told", "danish", "english"), MOMENTS.values(), ids=MOMENTS)
def test_a_webinar_is_told_by_the_clock_in_denmark(told, danish, english):
    notice = notice_of(Template.WEBINAR_INVITED, starts_at=told)
    assert danish in " ".join(words_of(notice, "da", SENDER).text.split())
    assert english in " ".join(words_of(notice, "en", SENDER).text.split())


def test_a_deadline_is_told_where_there_is_one_and_never_made_up():
    with_one, without = notice_of(Template.AGREEMENT_READY), notice_of(Template.AGREEMENT_READY, sign_by="")
    assert "Underskriv senest 31. marts 2026." in words_of(with_one, "da", SENDER).text
    assert "Der er ikke oplyst en frist." in words_of(without, "da", SENDER).text


def test_a_digest_lists_what_the_municipality_can_do():
    text = words_of(notice_of(Template.WEEKLY_DIGEST), "da", SENDER).text
    assert re.findall(r"^- \w+", text, re.MULTILINE) == ["- Aftaleadministrator", "- Orientér"]
    assert "Status for Vejle: Til underskrift." in text


@in_both
@pytest.mark.parametrize("stage", Stage)
def test_a_digest_knows_every_stage_and_its_actions(stage, language):
    actions = " ".join(PRIMARY.get(stage, ("none",)))
    text = words_of(notice_of(Template.WEEKLY_DIGEST, stage=str(stage), actions=actions), language, SENDER).text
    for action in actions.split():
        assert getattr(ACTIONS[action], language) in " ".join(text.split())


@pytest.mark.parametrize("role", [*Role, SupplierRole.EG])
def test_a_mail_says_for_which_role_it_is(role):
    said = {role: words_of(notice_of(Template.AGREEMENT_DECLINED, role=role), "da", SENDER).text for role in Role}
    assert len(set(said.values())) == len(Role)


def test_the_supplier_side_is_told_which_municipality_and_agreement():
    told = words_of(notice_of(Template.AGREEMENT_DECLINED, role=SupplierRole.EG), "da", SENDER)
    assert told.subject == "Vejle: serviceaftalen er afvist"
    assert "AG-1" in told.text
    assert "https://portal.example" not in told.text


def test_sample_data_are_called_so_at_the_top():
    notice = notice_of(Template.PLAN_ANNOUNCED)
    words = words_of(notice, "da", SENDER._replace(sample=True))
    assert words.text.startswith("*** Eksempeldata: viser ikke kommunernes faktiske status ***")
    assert _Seen(words.html).text.count("Eksempeldata") == 1
    assert "Eksempeldata" not in words_of(notice, "da", SENDER).text


def test_without_a_portal_there_are_no_links_to_it():
    words = words_of(notice_of(Template.AGREEMENT_READY), "da", SENDER._replace(portal=""))
    assert "kommune/0630" not in words.text + words.html
    assert "http" not in words.text


def test_every_kind_of_notice_is_looked_at():
    assert {*KINDS} == {*Template}
    assert all(isinstance(notice, Notice) for notice in every_notice())
