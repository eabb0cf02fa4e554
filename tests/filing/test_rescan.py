"""A filing returned for a bad scan: the pages are scanned again, looked at again, and the copy is filed again."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import events
from agreements import lifecycle as agreements
from agreements.lifecycle.scans import waiting_sheets
from agreements.models import Agreement, Scan
from agreements.register.worklist import groups, waiting
from audit.log import history
from filing import handing_in, lifecycle
from filing.models import Filing
from filing.papers import certified_scans
from institutions.models import Authority
from notifications.models import Notice
from tests.agreements.making import rejected, scan_pdf, scans_of, seen_of, ticked
from tests.filing.fixtures import ended
from tests.uploading import attach_scan, place
from verbs.errors import NotAllowed, Unacceptable, WrongState


@pytest.fixture
def returned(filing: Filing, elder_care_clerk: User, health_reviewer: User) -> Filing:
    row = lifecycle.take_up(lifecycle.submit(filing, by=elder_care_clerk), by=health_reviewer)
    return lifecycle.return_(row, by=health_reviewer, reasons="扫描件第二页看不清")


def page_two(row: Agreement, by: User) -> Scan:
    """Scan the second page again."""
    scan = attach_scan(row, by=by, content=scan_pdf(1), name="第二页.pdf")
    place(row, by=by, pages={scan.pk: [2]})
    return scan


def test_bad_pages_are_replaced_and_the_copy_is_filed_again(
    returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = returned.agreement
    before = Agreement.objects.values().get(pk=row.pk)
    proofs = list(row.signatures.values_list("proof", flat=True))
    old = row.scans.get()
    new = page_two(row, elder_care_clerk)
    with pytest.raises(WrongState, match="还没有核验"):
        lifecycle.resubmit(returned, by=elder_care_clerk, remark="已换第二页")
    with pytest.raises(Unacceptable, match="不能自己核验"):
        agreements.certify_rescan(row, by=elder_care_clerk, seen=seen_of(row))
    agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    assert Agreement.objects.values().get(pk=row.pk) == before, "the same agreement, in force as it was"
    assert list(row.signatures.values_list("proof", flat=True)) == proofs
    old.refresh_from_db()
    assert old.state == Scan.State.CERTIFIED, "kept as it was"
    again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已换第二页")
    assert certified_scans(again) == [old, new]
    assert certified_scans(Filing.objects.with_parties().get(pk=returned.pk)) == [old], "as it was submitted then"
    assert history(row).filter(event=events.ScansReplaced.code).get().data["pages"] == "第 1 份正本第 2 页"


def test_the_reviewer_is_shown_which_pages_were_scanned_again(
    client: Client, returned: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    row = returned.agreement
    page_two(row, elder_care_clerk)
    agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已换第二页")
    client.force_login(health_reviewer)
    for filing, marked in ((again, 1), (returned, 0)):
        page = client.get(reverse("filing-detail", args=[filing.pk])).content.decode()
        assert page.count("重新扫描的页") == marked


@pytest.mark.parametrize(
    ("who", "word", "filled"),
    [("elder_care_clerk", "查看", ""), ("medical_clerk", "核验扫描件", "核验扫描件")],
)
def test_while_a_new_scan_waits_nothing_is_offered_that_would_be_refused(
    request: pytest.FixtureRequest,
    client: Client,
    returned: Filing,
    elder_care_clerk: User,
    who: str,
    word: str,
    filled: str,
) -> None:
    """In the list and on the agreement's page the one act is the second person's, and the uploader waits."""
    row = returned.agreement
    page_two(row, elder_care_clerk)
    client.force_login(request.getfixturevalue(who))
    [listed] = client.get(reverse("agreement-list")).context["rows"]
    assert listed.next_act.word == word
    page = client.get(reverse("agreement-detail", args=[row.number])).content.decode()
    assert "退回补正" in page
    assert "重新上传的扫描件待核验" in page
    main = page[page.index("<main") : page.index("</main>")]
    acts = re.findall(r'class="btn btn-primary"[^>]*>(?:<svg.*?</svg>)?\s*([^<]*)', main, re.DOTALL)
    assert [act.strip() for act in acts] == ([filled] if filled else [])


def test_the_work_list_dates_a_rescan_by_its_own_beginning(
    returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    first = page_two(returned.agreement, elder_care_clerk)
    attach_scan(returned.agreement, by=elder_care_clerk, content=scan_pdf(2), name="再扫.pdf")
    [group] = [group for group in groups(medical_clerk) if group.slug == "for-me"]
    assert [(row.dated, row.since) for row in group.rows] == [("重新扫描", first.uploaded_at)]


def test_what_nobody_wants_scanned_again_waits_for_no_second_person(
    client: Client, returned: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    """The authority let the return be while a new scan of an agreement that has ended waited."""
    row = returned.agreement
    page_two(row, elder_care_clerk)
    recertify = reverse("agreement-recertify", args=[row.number])
    pages = [reverse("home"), reverse("agreement-list"), reverse("agreement-detail", args=[row.number])]
    client.force_login(medical_clerk)
    assert all(recertify in client.get(page).content.decode() for page in pages)
    ended(Agreement.objects.get(pk=row.pk), by=elder_care_clerk)
    lifecycle.close(returned, by=health_reviewer, reason="协议只履行了三天。")
    assert client.get(recertify).status_code == 409
    assert [page for page in pages if recertify in client.get(page).content.decode()] == []
    assert not waiting(medical_clerk)["for-me"].exists()


def test_what_no_page_stands_of_any_more_is_history(
    returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = returned.agreement
    whole = attach_scan(row, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="重扫")
    assert certified_scans(again) == [whole]
    assert row.scans.count() == 2


def test_the_page_of_filing_again_shows_what_will_be_filed(
    client: Client, returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    page_two(returned.agreement, elder_care_clerk)
    row = ticked(returned.agreement, by=medical_clerk)
    agreements.certify_rescan(row, by=medical_clerk, seen=seen_of(row))
    client.force_login(elder_care_clerk)
    page = client.get(reverse("filing-resubmit", args=[returned.pk])).content.decode()
    assert "第 1 份正本第 2 页" in page


def test_once_the_new_scan_is_certified_its_filing_is_offered_and_no_other_scan_asked_for(
    client: Client, returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    row, detail = returned.agreement, reverse("filing-detail", args=[returned.pk])
    client.force_login(elder_care_clerk)
    assert "请先" in shown_of(client, detail)
    page_two(row, elder_care_clerk)
    agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    page = shown_of(client, detail)
    assert "新的扫描件已经上传、核验" in page
    assert f'现在可以<a href="{reverse("filing-resubmit", args=[returned.pk])}">重新报送</a>' in page
    assert "请先" not in page
    assert "就在本页列出，可以重新报送" in shown_of(client, reverse("filing-resubmit", args=[returned.pk]))
    assert "新的扫描件已经上传、核验，请到备案页面重新报送" in agreements.rescan_wanted(row)
    assert "还没有重新上传" not in shown_of(client, reverse("agreement-signing", args=[row.number]))


def shown_of(client: Client, address: str) -> str:
    """Return a page as it is written, without the breaks of its lines."""
    return re.sub(r"\s*\n\s*", "", client.get(address).content.decode())


@pytest.mark.parametrize("state", ["due", "submitted", "resubmitted"])
def test_nobody_wants_another_scan_while_nothing_is_returned(
    state: str, filing: Filing, request: pytest.FixtureRequest, elder_care_clerk: User
) -> None:
    if state == "submitted":
        lifecycle.submit(filing, by=elder_care_clerk)
    if state == "resubmitted":
        lifecycle.resubmit(request.getfixturevalue("returned"), by=elder_care_clerk, remark="已补正")
    row = filing.agreement
    with pytest.raises(WrongState, match="扫描件已经核验"):
        attach_scan(row, by=elder_care_clerk, content=scan_pdf(1), name="第二页.pdf")
    with pytest.raises(WrongState, match="扫描件已经核验"):
        agreements.certify_rescan(row, by=elder_care_clerk, seen=seen_of(row))


@pytest.mark.parametrize("person", ["stranger", "signatory", "health_reviewer", "auditor", "institution_administrator"])
def test_only_clerks_of_the_parties_scan_again(
    person: str, returned: Filing, request: pytest.FixtureRequest, elder_care_clerk: User
) -> None:
    by, row = request.getfixturevalue(person), returned.agreement
    page_two(row, elder_care_clerk)
    refused: list[Callable[[], object]] = [
        lambda: attach_scan(row, by=by, content=scan_pdf(2), name="别人.pdf"),
        lambda: agreements.certify_rescan(row, by=by, seen=seen_of(row)),
        lambda: rejected(row, by=by, reason="看不清"),
        lambda: agreements.take_back_scan(row, by=by, scan=min(scans_of(row))),
    ]
    for act in refused:
        with pytest.raises(NotAllowed):
            act()


def test_a_new_scan_that_will_not_do_is_turned_down_or_taken_back(
    returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = returned.agreement
    page_two(row, elder_care_clerk)
    rejected(row, by=medical_clerk, reason="还是看不清")
    third = attach_scan(row, by=elder_care_clerk, content=scan_pdf(2), name="又一次.pdf")
    agreements.take_back_scan(row, by=elder_care_clerk, scan=third.pk)
    assert lifecycle.resubmit(returned, by=elder_care_clerk, remark="纸面可以看清").round == 2


def test_the_returned_page_leads_there_and_the_second_person_finds_it(
    client: Client, returned: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    row = returned.agreement
    where, scans = (reverse("filing-detail", args=[returned.pk]), reverse("agreement-signing", args=[row.number]))
    client.force_login(elder_care_clerk)
    assert "重新上传扫描件" in client.get(where).content.decode()
    page = client.get(scans).content.decode()
    assert f"退回补正（{returned.reasons.rstrip('。')}），可以重新上传扫描件" in page, "and for which page"
    assert "只扫描要换的页" in page
    assert "一页不缺" not in page, "that is asked of the first scan only"
    assert reverse("scan-attach", args=[row.number]) in page
    page_two(row, elder_care_clerk)
    assert "还没有核验" in client.get(where).content.decode()
    page = client.get(reverse("filing-resubmit", args=[returned.pk])).content.decode()
    assert "还没有核验" in page
    assert 'name="remark"' not in page, "it would be refused"
    assert client.post(reverse("filing-resubmit", args=[returned.pk]), {"remark": "已换"}).status_code == 409
    assert "重新上传的扫描件等待核验" in Notice.objects.get(recipient=medical_clerk, kind="agreement_rescanned").title
    client.force_login(medical_clerk)
    recertify = reverse("agreement-recertify", args=[row.number])
    for page in (scans, reverse("agreement-detail", args=[row.number]), reverse("home")):
        assert recertify in client.get(page).content.decode(), page
    shown = client.get(recertify)
    assert "更换扫描件" in shown.content.decode()
    seen = seen_of(ticked(row, by=medical_clerk))
    posted = {
        "scan": list(seen.scans),
        "placing": shown.context["placing"],
        "point": [point.value for point in seen.points],
        **{f"{role.value}_day": day.isoformat() for role, day in seen.days.items() if day},
    }
    assert client.post(recertify, posted).status_code == 302
    assert client.get(recertify).status_code == 200
    client.force_login(elder_care_clerk)
    page = client.get(reverse("filing-resubmit", args=[returned.pk])).content.decode()
    assert page.count("（其中第 1 份正本第 2 页已由后来的扫描件代替）") == 1, "of the old scan, not of the new"
    client.force_login(health_reviewer)
    assert "重新上传扫描件" not in client.get(where).content.decode()


def test_new_scans_that_show_no_page_anew_replace_nothing(
    returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Every page of the paper was certified before: an empty back would stand for a corrected scan."""
    row = returned.agreement
    scan = attach_scan(row, by=elder_care_clerk, content=scan_pdf(1), name="背面.pdf")
    place(row, by=elder_care_clerk, pages={scan.pk: [0]})
    with pytest.raises(Unacceptable, match="没有一页"):
        agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    scan.refresh_from_db()
    assert scan.state == Scan.State.UPLOADED


def test_a_page_sent_back_is_scanned_anew_before_the_old_one_stands_for_it(
    returned: Filing, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = returned.agreement
    attach_scan(row, by=elder_care_clerk, content=scan_pdf(4), name="重扫.pdf")
    second = waiting_sheets(row)[1]
    agreements.send_back_pages(row, by=medical_clerk, pages=frozenset({second.pk}), reason="仍看不清")
    with pytest.raises(Unacceptable, match="第 1 份正本第 2 页退回以后还没有重新扫描"):
        agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    page_two(row, elder_care_clerk)
    agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))


def test_what_nobody_wants_scanned_again_keeps_no_corrected_scan_from_the_others(
    returned: Filing, filings: dict[str, Filing], elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    """Nobody could certify it, nor turn it down: the clerk who sent it may be gone."""
    row = returned.agreement
    other = lifecycle.submit(filings[Authority.Kind.CIVIL_AFFAIRS], by=elder_care_clerk)
    page_two(row, elder_care_clerk)
    agreements.certify_rescan(ticked(row, by=medical_clerk), by=medical_clerk, seen=seen_of(row))
    attach_scan(row, by=elder_care_clerk, content=scan_pdf(2), name="又一次.pdf")
    due = other.hand_ins.get()
    with pytest.raises(WrongState, match="还没有核验"):
        handing_in.hand_in(due, by=medical_clerk, remark="已换第二页")
    ended(Agreement.objects.get(pk=row.pk), by=elder_care_clerk)
    lifecycle.close(returned, by=health_reviewer, reason="协议只履行了三天。")
    assert handing_in.hand_in(due, by=medical_clerk, remark="已换第二页").state == "submitted"
