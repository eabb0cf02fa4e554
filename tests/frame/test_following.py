"""下一页 of a list that is worked on: every row once, whatever is decided, added or unknown meanwhile."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import chain

import pytest
from django.core import signing
from django.db.models import F
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from filing.models import Filing
from frame import following
from frame.following import page_of
from frame.templatetags.frame import page_numbers
from institutions.models import Institution
from notifications import ledger
from notifications.models import Notice
from tests import factories
from tests.filing.fixtures import InState

Order = list[str | OrderBy]
NEXT = re.compile(r'rel="next"\s+href="([^"]*)"')


@pytest.fixture
def notices(db: None) -> list[Notice]:
    """Twelve messages, of which two thirds are unread and two and two have the same moment."""
    person, now = factories.UserFactory.create(), timezone.now()
    for i in range(12):
        ledger.tell("follow", subject=person, recipients=[person], period=f"{i:02d}", title=f"第 {i % 4} 种", url="/")
    made = list(Notice.objects.order_by("pk"))
    for i, row in enumerate(made):
        read = now - timedelta(days=i // 6) if i % 3 == 0 else None
        Notice.objects.filter(pk=row.pk).update(read_at=read, created_at=now - timedelta(hours=i // 2))
    return made


def walked(order: Order, per_page: int = 5) -> Iterator[list[int]]:
    """Yield the keys of page after page, as 下一页 leads."""
    query = QueryDict(mutable=True)
    while True:
        page = page_of(Notice.objects.order_by(*order), query, per_page=per_page)
        yield [row.pk for row in page]
        if not page.has_next():
            return
        query["page"], query["after"] = str(page.next_page_number()), page.after


@pytest.mark.parametrize(
    "order",
    [
        ["id"],
        ["-created_at"],
        ["read_at"],
        ["-read_at"],
        ["title", "-read_at", "-id"],
        [F("read_at").asc(nulls_first=True)],
        [F("read_at").desc(nulls_last=True), "-id"],
        ["recipient__username", F("read_at").asc(nulls_last=True)],
    ],
    ids=str,
)
def test_every_row_comes_once_in_the_order_of_the_database(notices: list[Notice], order: Order) -> None:
    pages = list(walked(order))
    assert [len(page) for page in pages] == [5, 5, 2]
    has_key = order[-1] in {"id", "-id"}
    whole = Notice.objects.order_by(*order, *([] if has_key else ["pk"])).values_list("pk", flat=True)
    assert list(chain.from_iterable(pages)) == list(whole)


def test_what_was_dealt_with_on_a_page_hides_nothing_on_the_next(notices: list[Notice]) -> None:
    """By number the third row of what follows would be the first that is shown."""
    query = QueryDict(mutable=True)
    first = page_of(Notice.objects.order_by("id"), query, per_page=4)
    Notice.objects.filter(pk__in=[row.pk for row in list(first)[:2]]).delete()
    query["page"], query["after"] = "2", first.after
    second = page_of(Notice.objects.order_by("id"), query, per_page=4)
    assert [row.pk for row in second] == [row.pk for row in notices[4:8]]


def test_where_nothing_follows_any_more_the_page_of_that_number_is_shown(notices: list[Notice]) -> None:
    query = QueryDict(mutable=True)
    first = page_of(Notice.objects.order_by("id"), query, per_page=6)
    Notice.objects.filter(pk__in=[row.pk for row in notices[6:]]).delete()
    query["page"], query["after"] = "2", first.after
    left = page_of(Notice.objects.order_by("id"), query, per_page=6)
    assert ([row.pk for row in left], left.has_next(), left.number) == ([row.pk for row in notices[:6]], False, 1)


def test_the_way_back_stays_where_what_is_left_would_fill_one_page(notices: list[Notice]) -> None:
    """Four of the first eight were dealt with: the others are told of in the count, and can be reached."""
    query = QueryDict(mutable=True)
    first = page_of(Notice.objects.order_by("id"), query, per_page=8)
    assert not first.has_previous()
    Notice.objects.filter(pk__in=[row.pk for row in notices[:4]]).delete()
    query["page"], query["after"] = "2", first.after
    left = page_of(Notice.objects.order_by("id"), query, per_page=8)
    assert ([row.pk for row in left], left.paginator.num_pages) == ([row.pk for row in notices[8:]], 1)
    assert (left.has_other_pages(), left.has_previous(), left.previous_page_number()) == (True, True, 1)
    Notice.objects.filter(pk__in=[row.pk for row in notices[4:8]]).delete()
    assert not page_of(Notice.objects.order_by("id"), query, per_page=8).has_previous()


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=60) | st.just(signing.dumps([1], salt="another")))
def test_what_is_no_token_is_as_if_it_were_not_there(token: str) -> None:
    query = QueryDict(mutable=True)
    query["after"] = token
    assert page_of(Institution.objects.none().order_by("name"), query).number == 1


@pytest.mark.usefixtures("notices")
def test_a_token_of_one_order_is_none_of_another() -> None:
    query = QueryDict(mutable=True)
    query["after"] = page_of(Notice.objects.order_by("id"), query, per_page=4).after
    by_day = page_of(Notice.objects.order_by("read_at", "id"), query, per_page=4)
    assert [row.pk for row in by_day] == [*Notice.objects.order_by("read_at", "id").values_list("pk", flat=True)[:4]]


@pytest.mark.usefixtures("notices")
def test_a_page_costs_three_questions(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    query = QueryDict(mutable=True)
    with django_assert_num_queries(3):  # how many there are, which stand here, and these
        first = page_of(Notice.objects.order_by("id"), query, per_page=4)
    query["page"], query["after"] = "2", first.after
    with django_assert_num_queries(3):  # how many there are, which stand here, and these
        page_of(Notice.objects.order_by("id"), query, per_page=4)


def followed(client: Client, address: str, key: str) -> Iterator[set[int]]:
    """Yield the keys of page after page of a list, by its own links."""
    onward = address
    while onward:
        response = client.get(onward)
        assert response.status_code == 200
        yield {getattr(row, key).pk for row in response.context["rows"]}
        link = NEXT.search(response.content.decode())
        onward = f"{address.partition('?')[0]}{unescape(link[1])}" if link else ""


@pytest.mark.parametrize("sort", ["", "number", "-state", "expires_on", "-expires_on", "-updated_at"])
def test_the_list_of_agreements_is_followed_to_its_end(
    client: Client, elder_care_institution: Institution, elder_care_clerk: User, sort: str
) -> None:
    factories.DraftAgreementFactory.create_batch(60, drafted_by=elder_care_institution, created_by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    pages = list(followed(client, f"{reverse('agreement-list')}?sort={sort}", "agreement"))
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len(set().union(*pages)) == 60


@pytest.mark.parametrize("sort", ["", "-name", "region", "until", "-until"])
def test_the_register_is_followed_to_its_end(client: Client, supervisor: User, sort: str) -> None:
    factories.OpenElderCareFactory.create_batch(30)
    factories.OpenMedicalInstitutionFactory.create_batch(30)
    client.force_login(supervisor)
    pages = list(followed(client, f"{reverse('institution-list')}?sort={sort}", "institution"))
    assert [len(page) for page in pages] == [25, 25, 10]
    assert len(set().union(*pages)) == 60


@pytest.mark.parametrize("group", ["all", "due"])
@pytest.mark.parametrize("sort", ["", "clock_on", "-number"])
def test_the_queue_is_followed_to_its_end(
    client: Client, in_state: InState, elder_care_clerk: User, sort: str, group: str
) -> None:
    """By urgency, which is reckoned by the day, as well as by what a heading sorts by."""
    due = in_state(Filing.State.DUE)
    copies = [
        Filing(agreement=due.agreement, authority=authority, due_on=due.due_on, due_basis=due.due_basis)
        for authority in (factories.AuthorityFactory.create(region=factories.region(f"33{n:04d}")) for n in range(60))
    ]
    Filing.objects.bulk_create(copies)
    client.force_login(elder_care_clerk)
    address = f"{reverse('filing-list')}?group={group}&sort={sort}"
    pages = list(followed(client, address, "filing"))
    whole = Filing.objects.visible_to(elder_care_clerk).filter(state="due").count()
    assert len(set().union(*pages)) == sum(map(len, pages)) == whole > 50


def test_beyond_a_thousand_nothing_is_counted_and_the_pages_go_on(
    notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_COUNTED", 8)
    query, shown, numbers, words = QueryDict(mutable=True), [], [], set()
    while True:
        page = page_of(Notice.objects.order_by("id"), query, per_page=4)
        shown += [row.pk for row in page]
        numbers.append((page.number, page_numbers(page.paginator, page.number)))
        assert isinstance(page.paginator, following.CountingUpTo)
        words.add(page.paginator.count_in_words)
        if not page.has_next():
            break
        query["page"], query["after"] = str(page.next_page_number()), page.after
    assert shown == [row.pk for row in notices]
    assert numbers == [(1, [1, 2]), (2, [1, 2]), (3, [1, 2, 0, 3])]
    assert words == {"8 多"}
    asked = QueryDict(mutable=True)
    asked["page"] = "99"
    assert page_of(Notice.objects.order_by("id"), asked, per_page=4).number == 2
