"""Which mail addresses are taken, how they are kept, and the mark that stands for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.outward.addresses import address_mark, read_address
from tests.worlds import searched

LONGEST_DOMAIN = ".".join(["d" * 63, "e" * 63, "f" * 59, "example"])

TAKEN = {
    "a function mailbox": ("aftaler@vejle.example", "aftaler@vejle.example"),
    "signs of a dot-atom": ("a.b+c_d-e'f@x.example", "a.b+c_d-e'f@x.example"),
    "a domain in capitals": ("Aftaler@Vejle.Example", "Aftaler@vejle.example"),
    "a Danish domain": ("post@rødovre.example", "post@xn--rdovre-bya.example"),
    "the longest local part": (f"{'a' * 64}@x.example", f"{'a' * 64}@x.example"),
    "the longest address": (f"{'a' * 58}@{LONGEST_DOMAIN}", f"{'a' * 58}@{LONGEST_DOMAIN}"),
}

REFUSED = {
    "nothing": "",
    "no @": "aftaler.vejle.example",
    "nobody": "@vejle.example",
    "nowhere": "aftaler@",
    "a line break before": "\naftaler@vejle.example",
    "a line break after": "aftaler@vejle.example\n",
    "a header of one's own": "aftaler@vejle.example\r\nBcc: alle@x.example",
    "a header inside": "aftaler\r\nBcc: x@vejle.example",
    "a NUL": "aftaler\0@vejle.example",
    "a space": "aftaler @vejle.example",
    "two": "a@vejle.example,b@vejle.example",
    "a name before it": "Aftaler <aftaler@vejle.example>",
    "a quoted name": '"a b"@vejle.example',
    "two @": "a@b@vejle.example",
    "a dot first": ".a@vejle.example",
    "two dots": "a..b@vejle.example",
    "a Danish local part": "økonomi@vejle.example",
    "an address of a machine": "a@[127.0.0.1]",
    "a number of a machine": "a@127.0.0.1",
    "a machine without a domain": "root@localhost",
    "a dot last": "a@vejle.example.",
    "an empty label": "a@vejle..example",
    "a label that ends in a hyphen": "a@vejle-.example",
    "a label too long": f"a@{'d' * 64}.example",
    "a local part too long": f"{'a' * 65}@vejle.example",
    "an address too long": f"{'a' * 59}@{LONGEST_DOMAIN}",
    "a route of old": "a%b@vejle.example>",
    "a turned text": "a@vej\u202ele.example",
}


@pytest.mark.parametrize(("given_text", "kept"), TAKEN.values(), ids=TAKEN)
def test_an_address_is_kept_as_the_dns_spells_it(given_text, kept):
    assert read_address(given_text) == kept


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_not_one_mailbox_is_refused(text):
    with pytest.raises(ValueError):
        read_address(text)


@searched
@given(st.one_of(st.text(max_size=40), st.from_regex(r"\A\S{1,20}@\S{1,20}\.example\Z")))
def test_whatever_is_taken_is_one_line_of_ascii_and_taken_again_unchanged(text):
    try:
        address = read_address(text)
    except ValueError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert read_address(address) == address


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_refusal_repeats_nothing_of_the_address(text):
    with pytest.raises(ValueError) as refused:
        read_address(text)
    assert "vejle" not in str(refused.value)


def test_a_mark_is_the_same_for_the_same_address_and_key_alone():
    marks = {
        address_mark(address, key)
        for address in ("a@vejle.example", "b@vejle.example")
        for key in (b"one key", b"another")
    }
    assert len(marks) == 4
    assert address_mark("a@vejle.example", b"one key") in marks


def test_a_mark_says_nothing_of_the_address():
    mark = address_mark("aftaler@vejle.example", b"key")
    assert (len(mark), int(mark, 16).bit_length() <= 256) == (64, True)
