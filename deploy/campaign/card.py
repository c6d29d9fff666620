"""The task card eFaktura 8b, read whole and word for word from the text that the municipalities got."""

import re
from importlib.resources import files

from contracts.events import Priority, TaskCardPublished

TASK_ID = "efaktura-8b"
#: The headings of the card in their order, as the page breaks its lines; the text under one is one field.
_HEADINGS = {
    "title": "*Opgavetitel (eFaktura 8b)",
    "project": "*Projekt",
    "priority": "*Prioritet: Obligatorisk \npå kritisk vej, \nObligatorisk og Valgfri",
    "goal": "Mål \n",
    "description": "*Beskrivelse",
    "method": "Metode og \nfremgangsmåde",
    "result": "Resultat \n",
    "related_task": "Opgaven er tæt \nrelateret til",
    "recommended_performer": "Anbefalet udfører \n",
    "performer_comment": "Eventuel kommentar til \nanbefalet udfører",
    "recommended_responsible": "Anbefalet ansvarlig ",
}
_LINE_START = re.compile(r"(?=\n(?:- |\d\. ))")


def card() -> TaskCardPublished:
    """Return the card with every field complete; only the page's line breaks are gone."""
    fields = _fields(files("deploy.campaign").joinpath("data/efaktura-8b.da.txt").read_text(encoding="utf-8"))
    return TaskCardPublished(
        task_id=TASK_ID,
        title=fields["title"],
        project=fields["project"],
        priority=Priority(fields["priority"]),
        goal=fields["goal"],
        description=fields["description"],
        method=tuple(re.sub(r"^\d\. ", "", step) for step in fields["method"].splitlines()[1:]),
        result=fields["result"],
        related_task=fields["related_task"],
        recommended_performer=fields["recommended_performer"],
        performer_comment=fields["performer_comment"],
        recommended_responsible=fields["recommended_responsible"],
    )


def _fields(text: str) -> dict[str, str]:
    """Cut the text at its headings, each looked for after the one before, since some words come twice."""
    starts, end = [], 0
    for heading in _HEADINGS.values():
        start = text.index(heading, end)
        end = start + len(heading)
        starts.append((start, end))
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return {name: _flowing(text[start:end]) for name, (_, start), end in zip(_HEADINGS, starts, ends, strict=True)}


def _flowing(text: str) -> str:
    """Join the lines of a paragraph; paragraphs, list items and steps keep a line of their own."""
    paragraphs = [part.strip() for block in re.split(r"\n\s*\n", text) for part in _LINE_START.split(f"\n{block}")]
    lines: list[str] = []
    for paragraph in filter(None, map(_joined, paragraphs)):
        if lines and paragraph[0].islower():  # a page break in the middle of a sentence
            lines[-1] += f" {paragraph}"
        else:
            lines.append(paragraph)
    return "\n".join(lines)


def _joined(paragraph: str) -> str:
    return re.sub(r"(?<=\w-)\n", "", re.sub(r" +(?=\n)", "", paragraph)).replace("\n", " ")
