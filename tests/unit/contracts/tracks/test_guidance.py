"""The guidance: published, and acknowledged in its newest version."""

from tests.facts_made import fact, retraction
from tests.unit.contracts.tracks.told import day, track

FIRST = fact("GuidancePublished", 2, named="first")
SECOND = fact("GuidancePublished", 4, named="second", version=2)
OTHER = fact("GuidancePublished", 3, named="other", guidance_id="G-2")
READ = fact("GuidanceAcknowledged", 5, named="read")


def guidance(*own, rollout=(), as_of=None):
    found = track("information", *own, rollout=rollout, as_of=as_of)
    return found["guidance"], found["guidance_since"]


def test_nothing_published_is_none():
    assert guidance() == ("none", None)


def test_published_since_its_day():
    assert guidance(rollout=[FIRST]) == ("published", day(2))


def test_acknowledged_since_its_day():
    assert guidance(READ, rollout=[FIRST]) == ("acknowledged", day(5))


def test_acknowledged_twice_is_so_since_the_first_time():
    assert guidance(READ, fact("GuidanceAcknowledged", 8), rollout=[FIRST]) == ("acknowledged", day(5))


def test_an_acknowledgement_before_the_guidance_is_known_waits_for_it():
    assert guidance(READ) == ("none", None)


def test_a_newer_version_is_to_be_read_again():
    assert guidance(fact("GuidanceAcknowledged", 3), rollout=[FIRST, SECOND]) == ("published", day(4))


def test_a_higher_version_covers_a_lower_one():
    assert guidance(fact("GuidanceAcknowledged", 5, version=3), rollout=[FIRST]) == ("acknowledged", day(5))


def test_the_highest_version_counts_whatever_its_time():
    late_first = fact("GuidancePublished", 9)

    assert guidance(READ, rollout=[SECOND, late_first])[0] == "published"


def test_each_guidance_is_to_be_read():
    assert guidance(READ, rollout=[FIRST, OTHER])[0] == "published"
    assert guidance(READ, fact("GuidanceAcknowledged", 6, guidance_id="G-2"), rollout=[FIRST, OTHER]) == (
        "acknowledged",
        day(6),
    )


def test_a_retracted_acknowledgement_does_not_count():
    assert guidance(READ, retraction(READ), rollout=[FIRST])[0] == "published"


def test_a_retracted_version_is_not_to_be_read():
    assert guidance(READ, rollout=[FIRST, SECOND, retraction(SECOND)])[0] == "acknowledged"


def test_before_it_was_read_it_was_published():
    assert guidance(READ, rollout=[FIRST], as_of=4)[0] == "published"


def test_it_rests_on_the_newest_versions_and_their_acknowledgements():
    found = track("information", READ, rollout=[FIRST, OTHER])

    assert found["guidance_facts"] == ["first", "read", "other"]


def test_what_is_to_be_read_is_shown():
    assert track("information", READ, rollout=[FIRST])["guidances"] == [
        {
            "guidance_id": "G-1",
            "version": 1,
            "title": "Vejledning",
            "url": "https://eg.example/vejledning.pdf",
            "published": day(2),
            "acknowledged": day(5),
        }
    ]
