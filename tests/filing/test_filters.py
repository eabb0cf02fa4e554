"""What the list of filings offers to narrow by: in each group what can find something there, and no choice of one."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from filing.filters import OF_SOME_GROUPS, FilingFilter
from filing.models import Filing
from filing.states import State
from tests.filing.fixtures import InState

VALUES = {"due": ("late", "7", "30"), "since": ("2000-01-01",), "until": ("2999-12-31",)}


def keys(user: User, **asked: str) -> set[int]:
    return set(FilingFilter(asked, user=user).rows.values_list("pk", flat=True))


@pytest.mark.parametrize("state", State)
def test_each_filter_finds_what_its_groups_hold_and_touches_no_other_group(
    in_state: InState, state: Filing.State, health_reviewer: User, elder_care_clerk: User
) -> None:
    in_state(state)
    for user in (health_reviewer, elder_care_clerk):
        for group in FilingFilter({}, user=user).groups:
            held = keys(user, group=group.slug)
            for name in OF_SOME_GROUPS:
                found = set[int]().union(*(keys(user, group=group.slug, **{name: value}) for value in VALUES[name]))
                case = (user.username, group.slug, name)
                if name not in group.asks or (name != "due" and group.slug == "decided"):
                    assert found == held, case
                else:
                    assert found <= held, case


@pytest.mark.parametrize(("group", "offers"), [("open", {"due"}), ("decided", {"since", "until"}), ("late", set())])
def test_a_page_offers_only_what_can_find_something_in_its_group(
    client: Client, in_state: InState, health_reviewer: User, group: str, offers: set[str]
) -> None:
    in_state(State.ACCEPTED)
    client.force_login(health_reviewer)
    for asked in ({}, {"since": "2999-01-01", "due": "7"}):
        response = client.get(reverse("filing-list"), {"group": group, **asked})
        page = response.content.decode()
        assert {name for name in OF_SOME_GROUPS if f'name="{name}"' in page} == offers
        assert 'name="region"' not in page, "one county alone narrows nothing"
    dated = client.get(reverse("filing-list"), {"group": "open", "since": "2999-01-01"})
    assert not dated.context["filter"].is_narrowed, "what is not offered here is not asked here either"
    counts = {tab.group.slug: tab.count for tab in dated.context["tabs"]}
    assert counts["decided"] == 0, "a group that knows the filter is counted with it"
