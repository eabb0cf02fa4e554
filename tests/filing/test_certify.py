"""The second person certifies beside the scan: entry into force and filings in one transaction."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.seen import Seen
from agreements.models import Agreement, Scan
from agreements.signing import certifying_views
from agreements.signing.forms import what_was_seen
from chinese.dates import cn_day
from filing.models import Filing
from institutions.models import Authority, Role
from tests.agreements.making import certified, in_force, ready, rejected, save, scan_pdf, seen_of, signed, ticked
from tests.uploading import attach_scan
from verbs.errors import Unacceptable


@pytest.fixture
def scanned(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both dates entered, the scan uploaded by the drafting side, each page compared by the other side's clerk."""
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    return ticked(row, by=medical_clerk)


@pytest.fixture
def running(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def on_the_page(agreement: Agreement) -> dict[str, Any]:
    """Return what the page to certify sends when everything on it is confirmed, each page ticked before."""
    seen = seen_of(agreement)
    days = {f"{role.value}_day": day.isoformat() for role, day in seen.days.items() if day}
    points = [point.value for point in seen.points]
    return {"scan": list(seen.scans), "placing": seen.placing, "point": points, **days}


def act(client: Client, user: User, name: str, agreement: Agreement, **data: Any) -> tuple[int, str]:
    client.force_login(user)
    response = client.post(reverse(name, args=[agreement.number]), data)
    return response.status_code, response.content.decode()


def test_certifying_opens_the_filings(client: Client, scanned: Agreement, medical_clerk: User) -> None:
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-certify", args=[scanned.number])).content.decode()
    assert "核验无误，协议生效" in page
    assert act(client, medical_clerk, "agreement-certify", scanned, **on_the_page(scanned))[0] == 302
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE
    assert Filing.objects.filter(agreement=scanned, state=Filing.State.DUE).count() == 2


def test_the_uploader_does_not_certify(client: Client, scanned: Agreement, elder_care_clerk: User) -> None:
    status, page = act(client, elder_care_clerk, "agreement-certify", scanned, **on_the_page(scanned))
    assert (status, "不能自己核验" in page) == (422, True)
    assert "核验无误，协议生效" not in page
    assert not Filing.objects.exists()
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.SIGNING


def test_turning_the_scan_down_needs_a_reason(client: Client, scanned: Agreement, medical_clerk: User) -> None:
    assert act(client, medical_clerk, "agreement-reject-scan", scanned, reason=" ")[0] == 422
    assert (
        act(client, medical_clerk, "agreement-reject-scan", scanned, reason="第2页不清。", **on_the_page(scanned))[0]
        == 302
    )
    assert scanned.scans.get().state == Scan.State.REJECTED
    assert not Filing.objects.exists()


def test_a_scan_that_came_meanwhile_is_neither_certified_nor_turned_down_unseen(
    client: Client, scanned: Agreement, medical_clerk: User, elder_care_clerk: User, colleague: User
) -> None:
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-certify", args=[scanned.number])).content.decode()
    looked_at = re.findall(r'name="scan" value="(\d+)"', page)
    assert len(looked_at) == 2  # one for each of the two forms
    rejected(scanned, by=colleague, reason="模糊")
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    for name, more in (("agreement-certify", {}), ("agreement-reject-scan", {"reason": "第2页不清。"})):
        status, page = act(client, medical_clerk, name, scanned, scan=looked_at[0], **more)
        assert (status, "请重新逐页核对" in page) == (422, True)
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.SIGNING
    status, page = act(client, medical_clerk, "agreement-certify", scanned, **on_the_page(scanned))
    assert (status, "还有 4 页您没有逐页核对" in page) == (422, True), "of the new file"
    ticked(scanned, by=medical_clerk)
    assert act(client, medical_clerk, "agreement-certify", scanned, **on_the_page(scanned))[0] == 302
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE


@pytest.mark.parametrize("is_late", [True, False])
def test_whoever_certifies_second_is_led_to_the_agreement_and_told_who_was_first(
    client: Client, scanned: Agreement, medical_clerk: User, monkeypatch: pytest.MonkeyPatch, *, is_late: bool
) -> None:
    """Before the page is opened, or between its opening and the lock that the verb takes."""
    sent = on_the_page(scanned)

    def first_the_other(posted: QueryDict) -> Seen:
        seen = what_was_seen(posted)
        lifecycle.certify(scanned, by=medical_clerk, seen=seen)
        return seen

    client.force_login(medical_clerk)
    url = reverse("agreement-certify", args=[scanned.number])
    if is_late:
        lifecycle.certify(scanned, by=medical_clerk, seen=seen_of(scanned))
        assert f"已经由{medical_clerk}核验" in client.get(url, follow=True).content.decode()
    else:
        monkeypatch.setattr(certifying_views, "what_was_seen", first_the_other)
    answer = client.post(url, sent, follow=True)
    assert answer.redirect_chain == [(reverse("agreement-detail", args=[scanned.number]), 302)]
    assert f"扫描件已经由{medical_clerk}核验，协议已经生效，不用再核验" in answer.content.decode()
    assert Filing.objects.filter(agreement=scanned).count() == 2


def test_a_missing_authority_is_said_and_stops_nothing(
    client: Client, scanned: Agreement, medical_clerk: User, civil_affairs_authority: Authority
) -> None:
    civil_affairs_authority.delete()
    client.force_login(medical_clerk)
    url = reverse("agreement-certify", args=[scanned.number])
    assert "还没有登记本县区的民政部门" in client.post(url, on_the_page(scanned), follow=True).content.decode()
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.IN_FORCE


def test_not_before_the_scan_and_not_by_others(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, stranger: User, signatory: User
) -> None:
    final = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert act(client, medical_clerk, "agreement-certify", final)[0] == 409
    assert act(client, stranger, "agreement-certify", final)[0] == 404
    assert act(client, signatory, "agreement-certify", final)[0] == 403


@pytest.mark.parametrize(
    ("lacking", "kept"),
    [("placing", 0), ("point", 0), ("medical_day", 0), ("elder_care_day", 0), ("scan", 0)],
)
def test_what_was_not_confirmed_is_asked_for_and_nothing_is_certified(
    client: Client, scanned: Agreement, medical_clerk: User, lacking: str, kept: int
) -> None:
    sent = on_the_page(scanned)
    del sent[lacking]
    status, page = act(client, medical_clerk, "agreement-certify", scanned, **sent)
    assert (status, "没有核验" in page) == (422, True)
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.SIGNING
    assert len(re.findall(r"<input[^>]*\bchecked", page)) == kept


def test_one_point_too_few_is_named_and_the_others_stay(
    client: Client, scanned: Agreement, medical_clerk: User
) -> None:
    sent = on_the_page(scanned) | {"point": ["seals", "days", "nonsense"]}
    status, page = act(client, medical_clerk, "agreement-certify", scanned, **sent)
    assert (status, "请逐项核对并勾选：“文本与定稿一致" in page) == (422, True)
    assert len(re.findall(r"<input[^>]*\bchecked", page)) == 2
    bad = {"scan": ["x", "1" * 5000, "²"], "medical_day": "2026-02-31", "elder_care_day": "\x00"}
    assert act(client, medical_clerk, "agreement-certify", scanned, **(sent | bad))[0] == 422


def test_every_point_that_is_not_ticked_is_named_at_once(
    client: Client, scanned: Agreement, medical_clerk: User
) -> None:
    sent = on_the_page(scanned)
    del sent["point"]
    page = act(client, medical_clerk, "agreement-certify", scanned, **sent)[1]
    assert "请逐项核对并勾选：“双方印章（签字）清晰”、“纸上的签章日期与登记的一致”、“文本与定稿一致" in page


def test_the_days_that_will_hold_are_named_before_the_act(
    client: Client, scanned: Agreement, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-certify", args=[scanned.number])).content.decode()
    act(client, medical_clerk, "agreement-certify", scanned, **on_the_page(scanned))
    scanned.refresh_from_db()
    term = f"合作期限{cn_day(scanned.starts_on)}至{cn_day(scanned.expires_on)}（含当日）。"
    assert f"即{cn_day(scanned.effective_on)}；{term}" in page


def test_whoever_certifies_a_replacement_reads_when_the_old_one_ends(
    client: Client, running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    draft = lifecycle.start_replacement(running, by=elder_care_clerk)
    draft = save(draft, by=elder_care_clerk, step="terms", answers=running.answers)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        replacing = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
        client.force_login(medical_clerk)
        page = client.get(reverse("agreement-certify", args=[replacing.number])).content.decode()
        certified(replacing, by=medical_clerk)
    running.refresh_from_db()
    assert running.ended_on is not None
    assert f"原协议 {running.number} 的最后一天是{cn_day(running.ended_on)}。" in page


def test_a_replacement_that_leaves_the_old_one_no_day_is_told_so_and_promises_nothing(
    client: Client, running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """It begins on the very day from which the old one holds."""
    draft = lifecycle.start_replacement(running, by=elder_care_clerk)
    from_today = {"valid_from": timezone.localdate().isoformat()}
    draft = save(draft, by=elder_care_clerk, step="terms", answers=running.answers | from_today)
    replacing = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-certify", args=[replacing.number])).content.decode()
    assert "的最后一天是" not in page
    with pytest.raises(Unacceptable, match="不能早于原协议") as refusal:
        certified(replacing, by=medical_clerk)
    assert str(refusal.value) in page


def test_a_day_that_was_corrected_meanwhile_is_looked_at_again(
    client: Client, scanned: Agreement, medical_clerk: User, elder_care_clerk: User
) -> None:
    """Certified, it would hold from another day than the one that was compared with the paper."""
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        sent = on_the_page(scanned)
        lifecycle.record_signing(scanned, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
        status, page = act(client, medical_clerk, "agreement-certify", scanned, **sent)
    assert (status, "更正过" in page) == (422, True)
