"""The second person certifies beside the scan: entry into force and filings in one transaction."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Scan
from filing.models import Filing
from institutions.models import Authority
from tests.agreements.making import agreed, scan_pdf, signed


@pytest.fixture
def scanned(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both dates entered, the scan uploaded by the drafting side."""
    return signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def act(client: Client, user: User, name: str, agreement: Agreement, **data: str) -> tuple[int, str]:
    client.force_login(user)
    response = client.post(reverse(name, args=[agreement.number]), data)
    return response.status_code, response.content.decode()


def test_certifying_opens_the_filings(client: Client, scanned: Agreement, medical_clerk: User) -> None:
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-certify", args=[scanned.number])).content.decode()
    assert "核验无误，协议生效" in page
    assert act(client, medical_clerk, "agreement-certify", scanned)[0] == 302
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE
    assert Filing.objects.filter(agreement=scanned, state=Filing.State.DUE).count() == 2


def test_the_uploader_does_not_certify(client: Client, scanned: Agreement, elder_care_clerk: User) -> None:
    status, page = act(client, elder_care_clerk, "agreement-certify", scanned)
    assert (status, "不能自己核验" in page) == (422, True)
    assert "核验无误，协议生效" not in page
    assert not Filing.objects.exists()
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.SIGNING


def test_turning_the_scan_down_needs_a_reason(client: Client, scanned: Agreement, medical_clerk: User) -> None:
    assert act(client, medical_clerk, "agreement-reject-scan", scanned, reason=" ")[0] == 422
    assert act(client, medical_clerk, "agreement-reject-scan", scanned, reason="第2页不清。")[0] == 302
    assert scanned.scans.get().state == Scan.State.REJECTED
    assert not Filing.objects.exists()


def test_a_scan_that_came_meanwhile_is_neither_certified_nor_turned_down_unseen(
    client: Client, scanned: Agreement, medical_clerk: User, elder_care_clerk: User, colleague: User
) -> None:
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-certify", args=[scanned.number])).content.decode()
    looked_at = re.findall(r'name="scan" value="(\d+)"', page)
    assert len(looked_at) == 2  # one for each of the two forms
    lifecycle.reject_scan(scanned, by=colleague, reason="模糊")
    lifecycle.attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    for name, more in (("agreement-certify", {}), ("agreement-reject-scan", {"reason": "第2页不清。"})):
        status, page = act(client, medical_clerk, name, scanned, scan=looked_at[0], **more)
        assert (status, "请重新逐页核对" in page) == (422, True)
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.SIGNING
    now = re.findall(r'name="scan" value="(\d+)"', page)[0]
    assert act(client, medical_clerk, "agreement-certify", scanned, scan=now)[0] == 302
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE


def test_a_missing_authority_is_said_and_stops_nothing(
    client: Client, scanned: Agreement, medical_clerk: User, civil_affairs_authority: Authority
) -> None:
    civil_affairs_authority.delete()
    client.force_login(medical_clerk)
    url = reverse("agreement-certify", args=[scanned.number])
    assert "还没有登记本县区的民政部门" in client.post(url, follow=True).content.decode()
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE


def test_not_before_the_scan_and_not_by_others(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, stranger: User, signatory: User
) -> None:
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert act(client, medical_clerk, "agreement-certify", final)[0] == 409
    assert act(client, stranger, "agreement-certify", final)[0] == 404
    assert act(client, signatory, "agreement-certify", final)[0] == 403
