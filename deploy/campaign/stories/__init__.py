"""What happens in each municipality of the sample, made up, and what it must come to, written by hand."""

from deploy.campaign.stories.arrived import herning, ikast_brande, odense, vejle
from deploy.campaign.stories.story import Story
from deploy.campaign.stories.under_way import gladsaxe, hjoerring, hoersholm, holstebro, jammerbugt, svendborg

__all__ = ["STORIES", "Story"]

STORIES = (
    gladsaxe(),
    hoersholm(),
    odense(),
    svendborg(),
    vejle(),
    herning(),
    holstebro(),
    ikast_brande(),
    jammerbugt(),
    hjoerring(),
)
