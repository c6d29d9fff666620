"""The mail of a notice: its parts and headers, which nothing that others wrote can change."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.notifications.composing import ABOUT_A_PLAN, INVITING, compose
from services.notifications.notice import Template, key
from services.notifications.said import one_line
from tests.notices_made import KINDS, RECIPIENT, SENDER, every_notice, notice_of
from tests.worlds import searched

every = pytest.mark.parametrize("notice", every_notice(), ids=lambda notice: f"{notice.template} {notice.role}")


def parsed(mail: EmailMessage) -> EmailMessage:
    """Return the mail as its recipient's side reads it from the wire."""
    return message_from_bytes(mail.as_bytes(policy=SMTP), policy=default)


def kinds(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def part_of(mail: EmailMessage, kind: str) -> str:
    [part] = [part for part in mail.walk() if part.get_content_type() == kind]
    content = part.get_content()
    return content if isinstance(content, str) else content.decode()


@every
def test_a_mail_has_a_text_and_a_page(notice):
    mail = parsed(compose(notice, RECIPIENT, SENDER))
    about_a_plan = notice.template in ABOUT_A_PLAN
    parts = ["multipart/alternative", "text/plain", "text/html"]
    invited = ["multipart/mixed", *parts, "text/calendar", "application/ics"]
    assert kinds(mail) == (invited if about_a_plan else parts)


@every
def test_a_mail_says_whom_it_is_from_and_for_and_that_no_absence_answers_it(notice):
    mail = parsed(compose(notice, RECIPIENT, SENDER))
    assert [address.addr_spec for address in mail["To"].addresses] == ["aftaler@vejle.example"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["klarmeld@kommunerne.example"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{key(notice)}@kommunerne.example>"
    assert mail["Content-Language"] == "da"
    assert not mail.defects


@every
def test_a_line_on_the_wire_is_short_and_ascii(notice):
    wire = compose(notice, RECIPIENT, SENDER).as_bytes(policy=SMTP)
    assert wire.isascii()
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")


def test_a_municipality_can_turn_mails_off():
    municipal = compose(notice_of(Template.AGREEMENT_READY), RECIPIENT, SENDER)
    assert municipal["List-Unsubscribe"] == "<https://portal.example/kommune/0630/kontakter>"
    assert (
        compose(notice_of(Template.AGREEMENT_READY), RECIPIENT, SENDER._replace(portal=""))["List-Unsubscribe"] is None
    )


def test_a_mail_is_in_the_recipients_language():
    mail = parsed(compose(notice_of(Template.AGREEMENT_READY), RECIPIENT._replace(language="en"), SENDER))
    assert (mail["Subject"], mail["Content-Language"]) == ("Service agreement for signature", "en")


def test_the_same_notice_is_the_same_mail():
    first, again = [compose(notice_of(Template.WEBINAR_INVITED), RECIPIENT, SENDER).as_bytes() for _ in range(2)]
    assert first == again


@every
def test_nothing_that_is_written_can_end_a_part(notice):
    mail = compose(notice, RECIPIENT, SENDER)
    boundaries = [part.get_boundary() for part in mail.walk() if part.is_multipart()]
    assert boundaries == [f"=_klarmeld_{number}" for number in range(len(boundaries))]
    ends = [line for line in mail.as_bytes(policy=SMTP).split(b"\r\n") if line.startswith(b"--=_")]
    assert len(ends) == len(kinds(mail)) - 1 + len(boundaries)  # before each part, and after the last of each whole


@pytest.mark.parametrize("template", ABOUT_A_PLAN)
def test_a_webinar_is_told_to_calendars_and_attached_as_a_file(template):
    mail = parsed(compose(notice_of(template), RECIPIENT, SENDER))
    method = "CANCEL" if template is Template.WEBINAR_CANCELLED else "REQUEST"
    [calendar] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert (calendar.get_param("method"), calendar.get_content_charset()) == (method, "utf-8")
    read = Calendar.from_ical(calendar.get_payload(decode=True))
    assert (read["METHOD"], read.events[0]["ATTENDEE"]) == (method, "mailto:aftaler@vejle.example")
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("webinar.ics", calendar.get_payload(decode=True))


def test_mails_about_one_webinar_are_one_event_in_a_calendar():
    events = [
        Calendar.from_ical(part_of(compose(notice_of(template), RECIPIENT, SENDER), "text/calendar")).events[0]
        for template in ABOUT_A_PLAN
    ]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


@every
def test_only_who_is_invited_gets_a_link_to_answer_by(notice):
    text = part_of(compose(notice, RECIPIENT, SENDER), "text/plain")
    assert ("https://svar.example/v1/answers/" in text) == (notice.template in INVITING)


def test_without_a_key_an_invitation_has_no_link_to_answer_by():
    mail = compose(notice_of(Template.WEBINAR_INVITED), RECIPIENT, SENDER._replace(answers=None))
    assert "/v1/answers/" not in part_of(mail, "text/plain")
    assert "https://portal.example/kommune/0630" in part_of(mail, "text/plain")


@pytest.mark.parametrize("address", ["a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", "nobody", ""])
def test_an_address_that_is_none_gets_no_mail(address):
    with pytest.raises(ValueError):
        compose(notice_of(Template.AGREEMENT_READY), RECIPIENT._replace(address=address), SENDER)


#: The kinds whose text shows what somebody wrote.
QUOTING = [
    template
    for template in Template
    if {"title", "ean"} & KINDS[template][1].keys() and template is not Template.AGREEMENT_EXPIRED
]
HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute": '" onload="alert(1)',
    "a turned text": "faktura\u202egpj.exe",
    "a header of one's own": "Sygdom\r\nBcc: alle@x.example\r\n\r\nHej",
    "a template": "{{ role }}{% for x in range(9) %}",
    "a part of its own": "\r\n--===============\r\nContent-Type: text/html\r\n\r\n<b>",
    "our own end of a part": "\r\n--=_klarmeld_0\r\n\r\n--=_klarmeld_1--\r\n--=_klarmeld_0--\r\n",
    "very long": "x" * 2_000,
    "a calendar of its own": "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b",
    "half a character": "a\ud800b",
}


class _Page(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.marks: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.marks.append((tag, *(name for name, _ in attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("template", QUOTING)
def test_hostile_text_is_shown_as_text_or_cut(template, text):
    notice = notice_of(template)
    plain = parsed(compose(notice, RECIPIENT, SENDER))
    free = [name for name in ("title", "reason", "code", "detail", "agreement_id", "ean") if name in notice.details]
    shown = [name for name in free if str(notice.details[name]) in " ".join(part_of(plain, "text/plain").split())]
    mail = parsed(compose(notice_of(template, **dict.fromkeys(free, text)), RECIPIENT, SENDER))
    page = _Page(part_of(mail, "text/html"))
    assert (mail.keys(), kinds(mail)) == (plain.keys(), kinds(plain))
    assert page.marks == _Page(part_of(plain, "text/html")).marks
    for said in (part_of(mail, "text/plain"), page.text):
        assert " ".join(said.split()).count(one_line(text)) >= len(shown) > 0


@searched
@given(
    notice=st.sampled_from(every_notice()),
    said=st.dictionaries(
        st.sampled_from(["title", "reason", "code", "detail", "agreement_id", "join_url", "organizer"]),
        st.text(max_size=2_000),
        max_size=4,
    ),
    name=st.text(max_size=100),
)
def test_whatever_is_written_a_mail_goes_to_the_same_with_the_same_headers(notice, said, name):
    told = notice._replace(details={**notice.details, **said})
    mail = parsed(compose(told, RECIPIENT, SENDER._replace(name=name)))
    plain = parsed(compose(notice, RECIPIENT, SENDER))
    assert mail.keys() == plain.keys()
    assert [address.addr_spec for address in mail["To"].addresses] == ["aftaler@vejle.example"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["klarmeld@kommunerne.example"]
    changed = {each for each in mail if mail[each] != plain[each]}
    assert changed <= {"From", "Subject"}
    assert kinds(mail) == kinds(plain)
    assert mail["Subject"] == one_line(mail["Subject"])
