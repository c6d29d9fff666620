"""What a page says in another language than its own, apart from names, data and what it marks as another's words."""

import re
from html.parser import HTMLParser

from contracts.municipalities import MUNICIPALITIES

VOID = frozenset({"meta", "link", "input", "br", "img", "use", "hr"})
#: What these hold is data or code: as it came in, whatever the language of the page.
DATA = frozenset({"bdi", "code", "textarea", "style", "script"})
#: What people read or hear of an element beside what stands in it.
SPOKEN = frozenset({"aria-label", "data-title", "data-on", "data-off", "data-announce", "data-track", "data-state"})
NAMES = re.compile(
    "|".join(sorted((re.escape(each.name) for each in MUNICIPALITIES.values()), key=len, reverse=True))
    + r"|Københavns|Regionskommune|Kommune\b|Ejerkredsen|ØS Indsigt|ØiR|KP Videreudvikling"
    + r"|Hovedstaden|Midtjylland|Nordjylland|Sjælland|Syddanmark"
)
DANISH = re.compile(
    r"\w*[æøåÆØÅ]\w*|\b(?:og|ikke|er|af|til|der|det|som|skal|kan|jeres|har|blev|hvem|hvad|"
    r"aftaleadministrator|systemansvarlig|opgave\w*|serviceaftale\w*|vejledning\w*|kommune\w*|orienter\w*)\b",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"\b(?:the|and|not|is|are|been|with|from|this|that|of|your|you|"
    r"agreement|guidance|municipality|municipalities|event|briefed|task|setup|sent)\b",
    re.IGNORECASE,
)
FOREIGN = {"da": ENGLISH, "en": DANISH}


def foreign_words(page: str) -> list[str]:
    """Return the words of a page that are of the other language than it says of itself."""
    words = Words()
    words.feed(page)
    return [word for text in words.texts for word in FOREIGN[words.language].findall(NAMES.sub(" ", text))]


class Words(HTMLParser):
    """Collects what a page says itself, in its own language."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = str(given.pop("lang"))
        # What is hidden from who listens says the same as something else, as a short name does of a whole one.
        marked = tag in DATA or "lang" in given or given.get("dir") == "auto" or "aria-hidden" in given
        others = marked or self._others()
        if not others:
            self.texts += [text for name, text in given.items() if name in SPOKEN and text]
        if tag not in VOID:
            self._open.append((tag, others))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._others():
            self.texts.append(data)

    def _others(self) -> bool:
        return bool(self._open) and self._open[-1][1]
