"""Each control notices when what it is for is taken away; one that notices nothing would be no control."""

import pytest

from tests.deployment.breaks import BREAKS, Break
from tests.deployment.cluster import rendered
from tests.deployment.controls import IN_PRODUCTION


@pytest.mark.parametrize("broken", BREAKS, ids=lambda each: f"{each.control.__name__}: {each.words}")
def test_what_is_taken_away_is_missed(broken: Break):
    resources = rendered("prod")
    broken.change(resources)

    assert resources != rendered("prod")
    with pytest.raises((AssertionError, LookupError, ValueError)):
        broken.control(resources)


def test_every_control_is_broken_once():
    assert {each.control for each in BREAKS} == set(IN_PRODUCTION)
