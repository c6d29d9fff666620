"""The first page: what the product is in three sentences, and sample sign-ins on the local stack alone."""

import re

import pytest
from fastapi import Request

from services.portal.front import SAMPLES
from services.portal.rendering import Pages


def front(*, local: bool, language: str = "da") -> str:
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": f"lang={language}".encode()}
    request = Request({**scope, "state": {"visitor": None}})
    return Pages(local=local, sample_data=local).html(request, "front.html", home=None, samples=SAMPLES)


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_product_is_told_in_three_sentences(language):
    [told] = re.findall(r'<ul class="kl-three[^"]*">(.*?)</ul>', front(local=False, language=language), re.DOTALL)
    sentences = re.findall(r"<span>([^<]*)</span>", told)
    assert len(sentences) == 3
    assert all(each.count(".") == 1 and each.endswith(".") for each in sentences)


def test_the_local_stack_offers_every_role_to_be_tried():
    offered = re.findall(r'href="/log-paa\?som=([a-z]+-?[a-z]*)', front(local=True))
    assert offered == [sample.role for sample in SAMPLES]


def test_nobody_is_offered_anything_elsewhere():
    assert "som=" not in front(local=False)
