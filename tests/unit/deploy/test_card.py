"""The task card: what the campaign publishes is what the municipalities got, word for word."""

import re
from importlib.resources import files

from contracts.events import Priority
from deploy.campaign.card import card

TEXT = files("deploy.campaign").joinpath("data/efaktura-8b.da.txt").read_text(encoding="utf-8")
#: Words of the card that are headings, numbers of steps, or the sentence that introduces the steps.
FRAME = """*Opgavetitel (eFaktura 8b) *Projekt *Prioritet: kritisk vej, Valgfri Mål *Beskrivelse Metode fremgangsmåde
Vi anbefaler følgende fremgangsmåde: 1. 2. 3. Resultat Opgaven tæt relateret Anbefalet udfører ansvarlig Eventuel
kommentar anbefalet"""


def lines() -> list[str]:
    fields = card().model_dump(mode="json", exclude={"task_id"}).values()
    texts = [text for field in fields for text in ([field] if isinstance(field, str) else field)]
    return [line for text in texts for line in text.split("\n")]


def test_every_line_of_every_field_stands_on_the_card():
    card_without_breaks = re.sub(r"\s+", "", TEXT)

    assert [line for line in lines() if re.sub(r"\s+", "", line) not in card_without_breaks] == []


def test_no_word_of_the_card_is_lost():
    told = {word for line in lines() for word in line.split()}

    assert {word for word in TEXT.replace("ERP-\n", "ERP-").split() if word not in told} <= set(FRAME.split())


def test_goal_and_result_are_two_texts():
    assert card().goal.startswith("Målet er, at I er orienteret")
    assert card().result.startswith("Resultatet er, at I får videresendt eFaktura")


def test_a_sentence_across_a_page_break_is_whole():
    assert "plan for at understøtte jeres etablering" in card().goal


def test_the_steps_come_in_their_order():
    assert [step.split()[0] for step in card().method] == ["Jeres", "Jeres", "Når"]


def test_the_card_is_mandatory_but_not_on_the_critical_path():
    assert card().priority is Priority.MANDATORY
