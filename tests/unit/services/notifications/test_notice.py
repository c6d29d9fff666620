"""What is told once is known by its key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.roles import Role, SupplierRole
from services.notifications.notice import Notice, Template, key

NOTICE = Notice("efaktura-8b", "0630", Role.AFTALEADMINISTRATOR, Template.AGREEMENT_READY, "AG-1", "1", {})
OTHERS = {
    "rollout": "efaktura-9",
    "municipality": "0101",
    "role": SupplierRole.EG,
    "template": Template.AGREEMENT_REMINDER,
    "subject": "AG-2",
    "revision": "2",
}


@pytest.mark.parametrize("part", OTHERS)
def test_a_notice_that_differs_in_any_part_has_another_key(part: str):
    assert key(NOTICE._replace(**{part: OTHERS[part]})) != key(NOTICE)


def test_what_the_text_needs_is_no_part_of_the_key():
    assert key(NOTICE._replace(details={"title": "Serviceaftale"})) == key(NOTICE)


def test_a_key_fits_where_an_opaque_id_is_wanted():
    assert len(key(NOTICE)) == 32


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_no_two_spellings_of_subject_and_revision_share_a_key(subject: str, revision: str, other: str, another: str):
    one, two = (NOTICE._replace(subject=a, revision=b) for a, b in ((subject, revision), (other, another)))

    assert (key(one) == key(two)) == ((subject, revision) == (other, another))
