"""Every mail in a real browser as wide as a phone: nothing is cut off, and nothing is fetched."""

import pytest
from playwright.async_api import Page

from services.notifications.rendering import words_of
from tests.browser.conftest import PATIENCE_MS
from tests.browser.pictures import NARROW, PHONE
from tests.notices_made import SENDER, every_notice

HEIGHT = 900
#: The longest words that somebody may write.
LONG = {
    "reason": "x" * 2_000,
    "title": "Serviceaftaleoplysningsbekendtgørelse" * 20,
    "url": f"https://eg.example/{'a' * 900}",
}


@pytest.fixture(scope="module")
async def mail(chromium):
    context = await chromium.new_context(viewport={"width": PHONE, "height": HEIGHT}, java_script_enabled=True)
    context.set_default_timeout(PATIENCE_MS)
    yield await context.new_page()
    await context.close()


async def width_of(mail: Page, width: int) -> int:
    await mail.set_viewport_size({"width": width, "height": HEIGHT})
    return int(await mail.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("notice", every_notice(), ids=lambda each: f"{each.template} {each.role}")
async def test_a_mail_is_no_wider_than_a_phone(mail, notice, language):
    told = {name: LONG.get(name, value) for name, value in notice.details.items()}
    asked: list[str] = []
    mail.on("request", lambda request: asked.append(request.url))

    await mail.set_content(words_of(notice._replace(details=told), language, SENDER).html)

    assert {width: await width_of(mail, width) for width in (PHONE, NARROW)} == {PHONE: PHONE, NARROW: NARROW}
    assert asked == []
