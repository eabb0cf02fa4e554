"""The switch of place: everything follows it, and nobody does for one place what they saw for another."""

import re
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from audit.models import Entry
from institutions import events
from institutions.acting import PlaceChoice, places_of
from institutions.models import Authority, Duty, Institution, Membership
from institutions.posts import posts_of
from tests import factories
from tests.access.world import World
from tests.exporting import exported


@pytest.fixture
def double(elder_care_institution: Institution, health_authority: Authority) -> User:
    """Clerk of the elder-care institution and reviewer at the county's health bureau."""
    user = factories.UserFactory.create(username="double", full_name="严昇")
    factories.MembershipFactory.create(user=user, institution=elder_care_institution)
    factories.MembershipFactory.create(user=user, authority=health_authority, duty=Duty.REVIEWER)
    return user


OFFERED = re.compile(r"接收审核|继续审核|受理备案</a>|免予")


def place_of(user: User, kind: str) -> PlaceChoice:
    return next(place for place in places_of(user) if place.kind == kind)


def switch(client: Client, place: PlaceChoice, **fields: str) -> int:
    return client.post(reverse("acting-switch"), {"place": place.word, **fields}).status_code


def test_without_a_choice_it_is_the_first_by_name_and_a_choice_is_kept(client: Client, double: User) -> None:
    client.force_login(double)
    page = client.get(reverse("template-list"))
    assert page.context["posts"].acting_for == "越城区卫生健康局"
    assert "切换到 越城区福星养老院" in " ".join(page.content.decode().split())
    assert switch(client, place_of(double, "institution")) == 302
    assert client.get(reverse("template-list")).context["posts"].acting_for == "越城区福星养老院"
    entry = Entry.objects.get(event=events.ActingSwitched.code)
    assert entry.data["place"] == "越城区福星养老院"
    assert entry.subject_id == entry.actor_id == double.pk
    switch(client, place_of(double, "institution"))
    assert Entry.objects.filter(event=events.ActingSwitched.code).count() == 1, "the same place again is no switch"


def test_a_place_that_is_not_ones_own_is_not_found(
    client: Client, double: User, stranger_institution: Institution
) -> None:
    client.force_login(double)
    assert switch(client, PlaceChoice("institution", stranger_institution.pk, "", "")) == 404
    session = client.session
    session["acting"] = ["institution", stranger_institution.pk]
    session.save()
    assert client.get(reverse("template-list")).context["posts"].acting_for == "越城区卫生健康局"


def test_when_a_duty_ends_the_next_request_falls_back(client: Client, double: User) -> None:
    client.force_login(double)
    switch(client, place_of(double, "institution"))
    Membership.objects.filter(user=double, institution__isnull=False).delete()
    page = client.get(reverse("template-list"))
    assert page.context["posts"].acting_for == "越城区卫生健康局"
    assert "切换到" not in page.content.decode(), "one place is no choice"


def test_a_form_shown_for_another_place_is_refused(client: Client, double: User) -> None:
    client.force_login(double)
    there, here = place_of(double, "authority"), place_of(double, "institution")
    switch(client, here)
    for refused in (
        client.post(reverse("inbox-read"), {"acting_for": there.word}),
        client.post(reverse("inbox-read"), headers={"X-Acting": there.word}),
    ):
        assert refused.status_code == 409
        assert "您已切换单位" in refused.content.decode()
    assert client.post(reverse("inbox-read"), {"acting_for": here.word}).status_code == 302
    assert switch(client, there, acting_for=there.word) == 302, "an old window may still switch"


def test_what_is_not_found_may_belong_to_the_other_place(client: Client, double: User, elder_care_clerk: User) -> None:
    client.force_login(double)
    missing = reverse("agreement-detail", args=["YY2026-999999"])
    page = client.get(missing)
    assert page.status_code == 404
    assert "请先切换过去" in page.content.decode()
    assert f'name="next" value="{missing}"' in page.content.decode()
    client.force_login(elder_care_clerk)
    assert "请先切换过去" not in client.get(missing).content.decode()


def test_outside_a_request_all_places_count(double: User) -> None:
    assert posts_of(double).duties == {Duty.CLERK, Duty.REVIEWER}


def test_everything_follows_the_switch(
    client: Client,
    world: World,
    double: User,
    colleague: User,
    health_authority: Authority,
    medical_institution: Institution,
) -> None:
    """Acting for the institution one sees what a clerk of it sees, page by page, and for the bureau what a reviewer
    sees: the same statuses, the same words, but for the person's own name, switch and news."""
    reviewer = factories.UserFactory.create(username="only-reviewer", full_name="严昇")
    factories.MembershipFactory.create(user=reviewer, authority=health_authority, duty=Duty.REVIEWER)
    User.objects.filter(pk=colleague.pk).update(full_name="严昇")
    names = ("agreement-list", "filing-list", "home", "institution-list")
    of_agreement = [("agreement-detail", [world[state]["number"]]) for state in ("draft", "sent", "in-force")]
    of_filing = [("filing-detail", [world[state]["filing"]]) for state in ("due", "submitted", "accepted")]
    urls = [reverse(name, args=args) for name, args in [*((name, []) for name in names), *of_agreement, *of_filing]]
    urls += ["agreements", "filings"]  # lists to take along
    withheld = 0
    for kind, single in (("institution", colleague), ("authority", reviewer)):
        client.force_login(double)
        switch(client, place_of(double, kind))
        client.get(reverse("home"))  # the switch has told of itself
        seen = [_seen(client, url) for url in urls]
        client.force_login(single)
        for url, to_double, to_single in zip(urls, seen, [_seen(client, url) for url in urls], strict=True):
            if to_double == to_single:
                continue
            # One house's clerk decides nowhere about its copies: what differs is that nothing of the kind is offered.
            assert kind == "authority", url
            assert to_double[0] == to_single[0], url
            assert not OFFERED.search(to_double[1]), url
            withheld += OFFERED.search(to_single[1]) is not None
    assert withheld >= 3, "in the list, on the agreement's page, on the copy's"


def _seen(client: Client, url: str) -> tuple[int, str]:
    """Return the status, and what the page's main part or the workbook says."""
    response = client.get(url) if url.startswith("/") else exported(client, url)
    content = response.getvalue()
    if content.startswith(b"PK"):
        book = load_workbook(BytesIO(content), read_only=True)
        cells = str([row for sheet in book for row in sheet.iter_rows(values_only=True)])
        return response.status_code, re.sub(r"\d+:\d\d", "", cells)  # when it was made
    text = re.sub(r'name="(csrfmiddlewaretoken|once)" value="[^"]+"', "", content.decode())
    menu, _, main = text.partition('aria-label="我的工作"')[2].partition('<main id="content"')
    if response.status_code == 404:  # its code to quote is new each time, and it offers the switch
        return response.status_code, menu
    return response.status_code, menu + main
