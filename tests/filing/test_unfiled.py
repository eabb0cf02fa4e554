"""An agreement that is filed nowhere is scanned again, too: wanted by a side, certified by a second person."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from agreements.register.worklist import waiting
from audit.log import history
from filing import lifecycle, opening, rescans
from filing.events import RescanAsked, RescanDone
from filing.models import Filing, HandIn, RescanCall
from institutions.models import Authority
from notifications.models import Notice
from regions.models import Region
from tests import factories
from tests.agreements.making import in_force, scan_pdf
from tests.filing.fixtures import ended, scanned_again
from tests.reading import words
from tests.uploading import attach_scan
from verbs.errors import NotAllowed, Unacceptable, WrongState


@pytest.fixture
def unfiled(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """In force, while no authority of its county is registered."""
    Authority.objects.update(region=factories.region("430102"))
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert not Filing.objects.exists()
    return Agreement.objects.with_parties().get(pk=row.pk)


def registered(county: Region) -> Filing:
    """Register the county's health bureau: the clock opens the filing with it."""
    authority, _ = Authority.objects.update_or_create(kind=Authority.Kind.HEALTH, defaults={"region": county})
    opening.open_missing()
    return Filing.objects.get(authority=authority)


def test_a_side_asks_a_second_person_certifies_and_nothing_is_handed_in(
    client: Client, unfiled: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    page = reverse("agreement-detail", args=[unfiled.number])
    ask = reverse("agreement-rescan", args=[unfiled.number])
    client.force_login(elder_care_clerk)
    assert f'href="{ask}"' in client.get(page).content.decode()
    assert client.get(ask).status_code == 200
    assert client.post(ask, {"reason": " "}).status_code == 422
    answer = client.post(ask, {"reason": "第二页缺角"})
    assert answer["Location"] == reverse("agreement-signing", args=[unfiled.number]) + "#scans"
    call = RescanCall.objects.get()
    assert (call.filing, call.authority, call.reason) == (None, None, "第二页缺角")
    told = Notice.objects.get(kind="filing_rescan_asked")
    assert (told.recipient, told.url) == (medical_clerk, page)
    scanned_again(unfiled, elder_care_clerk, medical_clerk)
    call.refresh_from_db()
    assert call.state == RescanCall.State.DONE
    assert not HandIn.objects.exists()
    for event in (RescanAsked.code, RescanDone.code):
        assert history(unfiled).filter(event=event).count() == 1


def test_the_second_person_finds_it_on_the_work_list(
    unfiled: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    rescans.ask_unfiled(unfiled, by=elder_care_clerk, reason="第二页缺角")
    scan = attach_scan(unfiled, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    assert list(waiting(medical_clerk)["for-me"]) == [unfiled]
    assert scan.state == "uploaded"


@pytest.mark.parametrize("who", ["signatory", "stranger", "auditor", "institution_administrator"])
def test_clerks_of_the_sides_alone_ask(request: pytest.FixtureRequest, unfiled: Agreement, who: str) -> None:
    with pytest.raises(NotAllowed):
        rescans.ask_unfiled(unfiled, by=request.getfixturevalue(who), reason="第二页缺角")


def test_it_is_asked_with_a_reason_once_and_only_of_what_is_in_force(
    unfiled: Agreement, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    with pytest.raises(Unacceptable, match="请写明扫描件哪里有问题"):
        rescans.ask_unfiled(unfiled, by=elder_care_clerk, reason=" ")
    assert not RescanCall.objects.exists()
    rescans.ask_unfiled(unfiled, by=elder_care_clerk, reason="第二页缺角")
    with pytest.raises(WrongState, match="已经可以重新上传扫描件"):
        rescans.ask_unfiled(unfiled, by=medical_clerk, reason="看不清")
    other = factories.DraftAgreementFactory.create(drafted_by=draft.drafted_by, created_by=draft.created_by)
    with pytest.raises(WrongState, match="还没有生效"):
        rescans.ask_unfiled(other, by=elder_care_clerk, reason="看不清")


def test_where_there_is_a_filing_it_is_asked_there(
    client: Client, unfiled: Agreement, elder_care_clerk: User, county: Region
) -> None:
    filing = registered(county)
    with pytest.raises(WrongState, match="请打开它的备案"):
        rescans.ask_unfiled(unfiled, by=elder_care_clerk, reason="第二页缺角")
    client.force_login(elder_care_clerk)
    page = client.get(reverse("agreement-detail", args=[unfiled.number])).content.decode()
    assert reverse("agreement-rescan", args=[unfiled.number]) not in page
    assert reverse("filing-detail", args=[filing.pk]) in page


@pytest.mark.parametrize("after", ["due", "returned"])
def test_where_every_filing_was_let_be_a_side_asks_from_the_agreements_page(
    after: str,
    client: Client,
    filings: dict[str, Filing],
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    civil_affairs_officer: User,
) -> None:
    row = next(iter(filings.values())).agreement
    health, civil = filings[Authority.Kind.HEALTH], filings[Authority.Kind.CIVIL_AFFAIRS]
    if after == "returned":
        health = lifecycle.take_up(lifecycle.submit(health, by=elder_care_clerk), by=health_reviewer)
        health = lifecycle.return_(health, by=health_reviewer, reasons="看不清")
    ended(row, by=elder_care_clerk)
    closed = (lifecycle.close if after == "returned" else lifecycle.waive)(health, by=health_reviewer, reason="已结束")
    ask, page = (reverse(name, args=[row.number]) for name in ("agreement-rescan", "agreement-detail"))
    client.force_login(medical_clerk)
    assert f'href="{ask}"' not in client.get(page).content.decode(), "the other bureau is to have it"
    lifecycle.waive(civil, by=civil_affairs_officer, reason="已结束")
    assert f'href="{ask}"' in client.get(page).content.decode()
    assert f'href="{ask}"' in client.get(reverse("filing-detail", args=[closed.pk])).content.decode()
    assert client.post(ask, {"reason": "第二页缺角"}).status_code == 302
    assert "第二页缺角" in client.get(page).content.decode()
    scanned_again(row, elder_care_clerk, medical_clerk)
    assert RescanCall.objects.get().state == RescanCall.State.DONE


def test_a_call_is_dropped_from_the_agreements_page_or_later_from_its_filing(
    client: Client, unfiled: Agreement, elder_care_clerk: User, medical_clerk: User, county: Region
) -> None:
    drop = reverse("agreement-rescan-drop", args=[unfiled.number])
    client.force_login(medical_clerk)
    assert client.get(drop).status_code == 409, "nobody asked"
    rescans.ask_unfiled(unfiled, by=elder_care_clerk, reason="第二页缺角")
    page = client.get(reverse("agreement-detail", args=[unfiled.number])).content.decode()
    assert "第二页缺角" in page
    assert f'href="{drop}"' in page
    assert client.get(drop).status_code == 200
    assert client.post(drop).status_code == 302
    assert RescanCall.objects.get().state == RescanCall.State.DROPPED
    assert Notice.objects.get(kind="filing_rescan_dropped").recipient == elder_care_clerk
    rescans.ask_unfiled(unfiled, by=elder_care_clerk, reason="还是看不清")
    assert client.post(reverse("filing-rescan-drop", args=[registered(county).pk])).status_code == 302
    assert not RescanCall.objects.open().exists()


def test_who_reads_for_a_side_is_told_why_nothing_is_filed_and_offered_nothing(
    client: Client, unfiled: Agreement, signatory: User
) -> None:
    client.force_login(signatory)
    page = client.get(reverse("agreement-detail", args=[unfiled.number])).content.decode()
    assert "系统里还没有登记本县区的" in words(page)
    assert reverse("agreement-rescan", args=[unfiled.number]) not in page
