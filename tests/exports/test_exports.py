"""A list taken along: ordered once, made as of its moment, for whoever ordered it, as long as they may and a week."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

import jobs
from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry
from boundary.events import FileDownloaded, ListExported
from exports import making, ordering
from exports.models import Export
from exports.schedule import clear_away_exports
from institutions.models import Authority, Duty, Institution, Membership
from notifications.models import Notice
from tests import factories
from tests.at_once import at_once
from tests.exporting import content_of, ordered
from verbs.errors import WrongState


@pytest.fixture
def at_home(client: Client, draft: Agreement, elder_care_clerk: User) -> Client:
    client.force_login(elder_care_clerk)
    return client


@pytest.fixture
def by(elder_care_clerk: User, elder_care_institution: Institution) -> User:
    """The clerk as the worker knows them: nothing of them has been read by a request."""
    return User.objects.get(pk=elder_care_clerk.pk).at("institution", elder_care_institution.pk)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is one that waits for a worker."""
    monkeypatch.setattr(ordering, "FEW", -1)


def made(client: Client) -> Export:
    """Order the list of agreements and let a worker write it."""
    ordered(client, "agreements")
    export = Export.objects.latest("pk")
    making.make(export.pk)
    export.refresh_from_db()
    return export


def page_of(client: Client, export: Export) -> str:
    return client.get(reverse("export-detail", args=[export.pk])).content.decode()


def file_of(client: Client, export: Export) -> int:
    answer = client.get(reverse("export-file", args=[export.pk]))
    answer.getvalue()
    return answer.status_code


def test_a_short_list_is_there_at_once_and_found_again(
    at_home: Client, draft: Agreement, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's own
        answer = ordered(at_home, "agreements", {"state": "draft"})
    export = Export.objects.get()
    assert answer["Location"] == reverse("export-detail", args=[export.pk])
    assert (export.state, export.rows, export.asked) == ("done", 1, "状态：起草中")
    page = page_of(at_home, export)
    assert "已生成，共 1 行" in page
    assert f'href="{reverse("export-file", args=[export.pk])}"' in page
    assert f'href="{reverse("agreement-list")}?state=draft"' in page
    listed = at_home.get(reverse("export-list")).content.decode()
    assert "医养签约合作协议台账" in listed
    assert "状态：起草中" in listed
    content = content_of(at_home.get(reverse("export-file", args=[export.pk])))
    assert draft.number in str(list(load_workbook(BytesIO(content))["台账"].values))
    assert not Notice.objects.filter(kind="export_ended").exists(), "nobody had to wait"
    made, given = Entry.objects.filter(event__in=[ListExported.code, FileDownloaded.code]).order_by("pk")
    assert made.data == {"list": "医养签约合作协议台账", "asked": "状态：起草中", "rows": 1}
    assert given.data["sha256"] == export.sha256


def test_a_long_one_waits_shows_how_far_it_is_and_is_told_of(
    at_home: Client, draft: Agreement, elder_care_clerk: User, long: None
) -> None:
    ordered(at_home, "agreements")
    export = Export.objects.get()
    assert "排队中" in page_of(at_home, export)
    assert file_of(at_home, export) == 409
    claimed = jobs.claim(making.EXPORTS, export.pk)
    assert claimed is not None
    teller = making.Teller(claimed, 45_000)
    list(teller(iter(range(12_000))))
    page = page_of(at_home, export)
    assert "已写出 12,000 / 45,000 行" in page
    assert 'http-equiv="refresh"' in page, "without a script too"
    Export.objects.update(ordered_at=timezone.now() - timedelta(minutes=2))
    claimed.refresh_from_db()
    jobs.carry_out(making.EXPORTS, claimed, making._make)
    notice = Notice.objects.get(kind="export_ended", recipient=elder_care_clerk)
    assert notice.title == "导出已生成：医养签约合作协议台账"
    assert notice.url == reverse("export-detail", args=[export.pk])


def test_the_same_is_ordered_once_while_it_is_made_and_anew_afterwards(by: User, draft: Agreement, long: None) -> None:
    def order(query: str) -> Export:
        return ordering.order("agreements", QueryDict(query), by=by)

    first = order("state=draft&q=福星&page=2")
    assert order("q=福星&state=draft") == first
    assert order("q=福星") != first
    making.make(first.pk)
    assert order("q=福星&state=draft") != first


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_get_one(by: User, draft: Agreement, long: None) -> None:
    at_once(*[lambda: ordering.order("agreements", QueryDict(), by=by)] * 3)
    assert Export.objects.count() == 1


def test_nobody_fills_the_queue(by: User, long: None) -> None:
    for number in range(ordering.MOST_UNDER_WAY):
        ordering.order("agreements", QueryDict(f"q={number}"), by=by)
    with pytest.raises(WrongState, match="还有 5 份"):
        ordering.order("agreements", QueryDict("q=another"), by=by)


def test_one_long_list_leaves_the_other_workers_free(by: User, draft: Agreement, long: None) -> None:
    first, second = (ordering.order("agreements", QueryDict(f"q={number}"), by=by) for number in range(2))
    claimed = jobs.claim(making.EXPORTS, first.pk)
    assert claimed is not None
    making.make_in_turn(second.pk)
    second.refresh_from_db()
    assert second.state == "waiting"
    jobs.carry_out(making.EXPORTS, claimed, making._make)
    making.make_in_turn(second.pk)
    second.refresh_from_db()
    assert second.state == "done"


def test_it_is_nobody_elses_and_of_no_other_place(
    at_home: Client, elder_care_clerk: User, colleague: User, health_authority: Authority
) -> None:
    export = made(at_home)
    factories.MembershipFactory.create(user=elder_care_clerk, authority=health_authority, duty=Duty.REVIEWER)
    places = {"institution": elder_care_clerk.memberships.first(), "authority": elder_care_clerk.memberships.last()}
    for kind, status in (("authority", 404), ("institution", 200)):
        held = places[kind]
        assert held is not None
        session = at_home.session
        session["acting"] = list(held.place_key)
        session.save()
        assert file_of(at_home, export) == status, kind
        assert (export.asked in at_home.get(reverse("export-list")).content.decode()) is (status == 200)
    at_home.force_login(colleague)
    for name, send in (("export-detail", at_home.get), ("export-file", at_home.get), ("export-delete", at_home.post)):
        assert send(reverse(name, args=[export.pk])).status_code == 404
    assert Export.objects.exists()


def test_with_the_duty_ends_what_was_ordered_by_it(
    at_home: Client, elder_care_clerk: User, elder_care_institution: Institution, long: None
) -> None:
    """Also where the person has another duty at the same place since."""
    earlier = made(at_home)
    ordered(at_home, "agreements", {"q": "福星"})
    waits = Export.objects.exclude(pk=earlier.pk).get()
    Membership.objects.filter(user=elder_care_clerk).delete()
    factories.MembershipFactory.create(
        user=elder_care_clerk, institution=elder_care_institution, duty=Duty.ADMINISTRATOR
    )
    making.make(waits.pk)
    waits.refresh_from_db()
    assert (waits.state, waits.failure, waits.file.name) == ("failed", making.ENDED, "")
    assert file_of(at_home, earlier) == 403
    assert "不能再下载" in page_of(at_home, earlier)


def test_a_duty_that_came_before_it_was_made_must_count_too(
    at_home: Client, elder_care_clerk: User, elder_care_institution: Institution, long: None
) -> None:
    ordered(at_home, "agreements")
    export = Export.objects.get()
    more = factories.MembershipFactory.create(
        user=elder_care_clerk, institution=elder_care_institution, duty=Duty.ADMINISTRATOR
    )
    making.make(export.pk)
    assert file_of(at_home, export) == 200
    more.delete()
    assert file_of(at_home, export) == 403


def test_it_holds_what_may_be_seen_when_it_is_made(
    by: User, draft: Agreement, stranger_institution: Institution
) -> None:
    export = ordering.order("agreements", QueryDict(), by=by)
    factories.DraftAgreementFactory.create(drafted_by=stranger_institution)
    factories.DraftAgreementFactory.create(drafted_by=draft.drafted_by, created_by=by)
    making.make(export.pk)
    export.refresh_from_db()
    assert export.rows == 2


def test_one_that_may_not_be_had_any_more_says_so(
    client: Client, health_reviewer: User, county: object, long: None
) -> None:
    client.force_login(health_reviewer)
    ordered(client, "coverage", {"code": "330602"})
    export = Export.objects.get()
    Export.objects.update(query="code=430000")
    making.make(export.pk)
    export.refresh_from_db()
    assert export.failure == making.UNSEEN


@pytest.mark.parametrize(("code", "state"), [("330602", "done"), ("330600", "waiting")])
def test_coverage_of_more_than_a_county_is_left_to_a_worker(
    code: str, state: str, client: Client, health_reviewer: User, django_capture_on_commit_callbacks: object
) -> None:
    """However few rows: what it is narrowed by may have to be looked for in every county of the nation."""
    Authority.objects.filter(memberships__user=health_reviewer).update(region=factories.region("330600"))
    factories.region("330602")
    client.force_login(health_reviewer)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's own
        ordered(client, "coverage", {"code": code, "kind": "residential_care"})
    assert Export.objects.get().state == state


def test_a_list_that_there_is_not_is_not_found(at_home: Client) -> None:
    assert ordered(at_home, "nothing").status_code == 404
    assert ordered(at_home, "surveys").status_code == 403


def test_a_worker_that_dies_half_way_leaves_nothing_and_it_is_ordered_anew(
    at_home: Client, draft: Agreement, long: None
) -> None:
    ordered(at_home, "agreements")
    export = Export.objects.get()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(making.EXPORTS.most_deaths):
            assert jobs.claim(making.EXPORTS, export.pk)
            default_storage.save(making.path_of(export), ContentFile(b"half"))
            clock.shift(making.EXPORTS.dead_after + timedelta(seconds=1))
            making.sweep()
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", making.DIED)
    assert not default_storage.exists(making.path_of(export))
    page = page_of(at_home, export)
    assert making.DIED in page
    assert f'action="{reverse("export-order", args=["agreements"])}?' in page
    assert made(at_home).state == "done"


def test_what_is_let_go_is_gone_made_or_not(
    at_home: Client, draft: Agreement, long: None, django_capture_on_commit_callbacks: object
) -> None:
    export = made(at_home)
    path = export.file.name
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's own
        assert at_home.post(reverse("export-delete", args=[export.pk])).status_code == 302
    assert not default_storage.exists(str(path))
    assert at_home.get(reverse("export-detail", args=[export.pk])).status_code == 404

    ordered(at_home, "agreements")
    export = Export.objects.get()
    claimed = jobs.claim(making.EXPORTS, export.pk)
    assert claimed is not None
    teller = making.Teller(claimed, 1_000)
    at_home.post(reverse("export-delete", args=[export.pk]))
    with pytest.raises(jobs.Lost):
        list(teller(iter(range(1_000))))
    jobs.carry_out(making.EXPORTS, claimed, making._make)
    assert not default_storage.exists(making.path_of(export))


def test_files_are_kept_a_week_and_what_was_asked_a_month(at_home: Client, draft: Agreement) -> None:
    export = made(at_home)
    path = export.file.name
    orphan = default_storage.save(f"{making.FOLDER}/nobodys.xlsx", ContentFile(b"x"))
    clear_away_exports()
    assert default_storage.exists(str(path))
    assert default_storage.exists(orphan), "its row may still be written"
    with time_machine.travel(timezone.now() + making.KEPT + timedelta(hours=1)):
        clear_away_exports()
        assert not default_storage.exists(str(path))
        assert not default_storage.exists(orphan)
    assert file_of(at_home, export) == 409
    assert "不再保留" in page_of(at_home, export)
    with time_machine.travel(timezone.now() + making.LISTED + timedelta(hours=1)):
        clear_away_exports()
    assert not Export.objects.exists()


def test_of_a_file_that_is_missing_the_order_can_be_given_again(at_home: Client, draft: Agreement) -> None:
    first = made(at_home)
    default_storage.delete(str(first.file.name))
    again = made(at_home)
    assert again != first
    assert file_of(at_home, again) == 200
