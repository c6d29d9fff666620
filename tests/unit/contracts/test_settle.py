"""Which facts count: the first content of an identity, and nothing that an effective retraction names."""

from contracts.concerns import Concern
from contracts.names import EventName
from contracts.settle import Settled, settle
from tests.facts_made import EG, Plain, as_fact, fact, placed, retraction

SENT = fact("AgreementSent", 2, named="sent")
OTHER = SENT | {"time": "2026-02-05T09:00:00Z"}
VIEWED = fact("AgreementViewed", 3, named="viewed")
MISTAKE = retraction(SENT, 4, named="mistake")


def settled(*told: Plain, known_at: int | None = None) -> Settled:
    return settle(map(as_fact, placed(told)), known_at)


def counting(*told: Plain) -> list[str]:
    return [each.id for each in settled(*told).facts]


def codes(*told: Plain) -> list[tuple[str, list[str]]]:
    return [(each["code"], each["facts"]) for each in settled(*told).anomalies]


def names(retracting: str, retracted: str, topic: str = "klarmeld.agreements", day: int = 4) -> Plain:
    return retraction({"id": retracted, "source": EG, "topic": topic}, day, named=retracting)


def at(recorded: int, topic: str = "klarmeld.agreements", partition: int = 0, offset: int = 0) -> Plain:
    return {"recorded": recorded, "topic": topic, "partition": partition, "offset": offset}


def test_nothing_told_is_nothing():
    assert settled() == Settled(())


def test_facts_stand_earliest_first():
    assert counting(VIEWED, SENT) == ["sent", "viewed"]


def test_of_one_instant_id_and_then_source_decide():
    same = [fact("AgreementViewed", named=named, source=source) for named, source in (("b", "/eg/a"), ("a", "/eg/b"))]

    assert counting(*same, fact("AgreementViewed", named="a", source="/eg/a")) == ["a", "a", "b"]
    assert [each.source for each in settled(*same, fact("AgreementViewed", named="a", source="/eg/a")).facts] == [
        "/eg/a",
        "/eg/b",
        "/eg/a",
    ]


# Conflicts


def test_the_same_fact_told_twice_is_one_at_its_first_place():
    found = settled(SENT, VIEWED, SENT | {"time": "2026-02-02T10:00:00+01:00"})

    assert [each.offset for each in found.facts] == [0, 1]
    assert found.anomalies == []


def test_of_two_contents_of_one_identity_the_one_recorded_first_counts():
    assert [each.time for each in settled(SENT, OTHER).facts] == ["2026-02-02T09:00:00.000000Z"]
    assert [each.time for each in settled(OTHER, SENT).facts] == ["2026-02-05T09:00:00.000000Z"]
    assert codes(SENT, OTHER) == [("conflict", ["sent"])]


def test_recorded_first_is_the_least_of_time_topic_partition_and_offset():
    places = [at(1), at(2), at(2, offset=3), at(2, partition=1), at(2, topic="klarmeld.notifications")]
    contents = [SENT | {"subject": f"AG-{number}"} | place for number, place in enumerate(places)]

    for first in range(len(places)):
        assert [each.subject for each in settled(*reversed(contents[first:])).facts] == [f"AG-{first}"]


def test_another_type_subject_or_body_is_another_content():
    for other in ({"type": VIEWED["type"]}, {"subject": "AG-9"}, {"data": VIEWED["data"]}):
        assert codes(SENT, SENT | other) == [("conflict", ["sent"])]


def test_one_id_from_two_sources_is_two_facts():
    assert counting(SENT, SENT | {"source": "/eg/archive"}) == ["sent", "sent"]
    assert codes(SENT, SENT | {"source": "/eg/archive"}) == []


def test_one_identity_on_two_topics_is_a_conflict():
    assert codes(SENT, SENT | {"topic": "klarmeld.notifications", "subject": "x"}) == [("conflict", ["sent"])]


def test_a_content_that_lost_never_counts_even_when_the_winner_is_retracted():
    assert counting(SENT, OTHER, MISTAKE) == ["mistake"]
    assert codes(SENT, OTHER, MISTAKE) == [("conflict", ["sent"])]


# Retractions


def test_a_retracted_fact_does_not_count():
    assert counting(SENT, VIEWED, MISTAKE) == ["viewed", "mistake"]


def test_a_retraction_may_be_recorded_before_its_fact():
    assert counting(MISTAKE, SENT) == ["mistake"]


def test_a_retraction_may_be_dated_before_its_fact():
    assert counting(SENT, retraction(SENT, 1)) == ["retract-sent"]


def test_two_retractions_of_one_fact_are_as_good_as_one():
    assert counting(SENT, MISTAKE, names("again", "sent")) == ["again", "mistake"]


def test_a_retraction_of_a_fact_that_nobody_told_changes_nothing():
    assert counting(SENT, names("r", "never-told")) == ["sent", "r"]


def test_a_retraction_reaches_its_own_topic_only():
    assert counting(SENT, names("r", "sent", topic="klarmeld.notifications")) == ["sent", "r"]


def test_a_retraction_names_a_source_too():
    assert counting(SENT | {"source": "/eg/archive"}, MISTAKE) == ["sent", "mistake"]


def test_a_retracted_retraction_takes_nothing():
    assert counting(SENT, MISTAKE, names("undo", "mistake")) == ["sent", "undo"]


def test_a_retraction_can_be_undone_and_that_undone():
    assert counting(SENT, MISTAKE, names("undo", "mistake"), names("redo", "undo")) == ["mistake", "redo"]


def test_one_effective_retraction_of_several_is_enough():
    again = names("again", "sent")

    assert counting(SENT, MISTAKE, again, names("undo", "mistake")) == ["again", "undo"]


def test_a_retraction_that_lost_a_conflict_takes_nothing():
    told_first = VIEWED | {"id": "mistake"}

    assert counting(SENT, told_first, MISTAKE) == ["sent", "mistake"]


def test_a_long_chain_of_retractions_alternates():
    chain = [names(f"r{number}", f"r{number - 1}") for number in range(1, 600)]

    assert len(counting(fact("AgreementSent", named="r0"), *chain)) == 300


# Circles


def test_a_retraction_that_names_itself_has_no_effect():
    assert counting(names("r", "r")) == ["r"]
    assert codes(names("r", "r")) == [("retraction_cycle", ["r"])]


def test_retractions_that_name_each_other_have_no_effect():
    circle = [names("a", "b"), names("b", "c"), names("c", "a")]

    assert counting(SENT, *circle) == ["sent", "a", "b", "c"]
    assert codes(SENT, *circle) == [("retraction_cycle", ["a", "b", "c"])]


def test_each_circle_is_an_anomaly_of_its_own():
    assert codes(names("a", "a"), names("b", "b")) == [("retraction_cycle", ["a"]), ("retraction_cycle", ["b"])]


def test_a_retraction_from_outside_takes_one_of_a_circle():
    circle = [names("a", "b"), names("b", "a")]

    assert counting(*circle, names("c", "a", day=5)) == ["b", "c"]
    assert codes(*circle, names("c", "a")) == [("retraction_cycle", ["a", "b"])]


def test_two_topics_make_no_circle():
    assert codes(names("a", "b"), names("b", "a", topic="klarmeld.notifications")) == []


# Known at


def test_what_was_recorded_later_was_not_known():
    facts = placed([SENT, OTHER | at(5), MISTAKE | at(9)])
    sent, *_ = facts

    assert settle(map(as_fact, facts), 4).facts == ()
    assert [each.time[8:10] for each in settle(map(as_fact, facts), 5).facts] == ["05"]
    assert [each.id for each in settle(map(as_fact, facts), 9).facts] == ["mistake"]
    assert settle(map(as_fact, facts), 9).anomalies == []
    assert settle(map(as_fact, facts), sent["recorded"]).anomalies == [{"code": "conflict", "facts": ["sent"]}]


# As of


def test_as_of_keeps_what_holds_by_then():
    assert [each.id for each in settled(SENT, VIEWED).until("2026-02-02T09:00:00.000000Z").facts] == ["sent"]


def test_a_mistake_that_was_retracted_later_is_not_shown_for_an_earlier_instant():
    assert settled(SENT, MISTAKE).until("2026-02-03T00:00:00.000000Z").facts == ()


def test_a_conflict_about_a_later_fact_is_not_shown_yet():
    found = settled(SENT, OTHER)

    assert found.until("2026-02-01T00:00:00.000000Z").anomalies == []
    assert found.until("2026-02-02T09:00:00.000000Z").anomalies == found.anomalies


def test_a_circle_is_shown_once_one_of_it_is_dated():
    found = settled(names("a", "b", day=3), names("b", "a", day=6))

    assert found.until("2026-02-02T09:00:00.000000Z").anomalies == []
    assert found.until("2026-02-03T09:00:00.000000Z").anomalies == found.anomalies


# What is asked of it


def test_facts_are_found_by_what_they_speak_of():
    found = settled(VIEWED, SENT, MISTAKE, fact("TaskCompleted"))

    assert [each.id for each in found.about(Concern.AGREEMENT)] == ["viewed"]
    assert found.about(Concern.FORWARDING) == ()


def test_facts_are_found_by_name():
    found = settled(VIEWED, SENT, fact("TaskCompleted"))

    assert [each.id for each in found.of(EventName.AgreementViewed, EventName.AgreementSent)] == ["sent", "viewed"]


def test_each_fact_says_whether_it_counts():
    facts = [as_fact(each) for each in placed([SENT, OTHER, VIEWED, MISTAKE])]
    found = settle(facts)

    assert [found.counts(each) for each in facts] == [False, False, True, True]
