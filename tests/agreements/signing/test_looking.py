"""The second person goes through the pages: ticks each, takes a tick back, sends single pages back."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.documents.returned import picture_of
from agreements.lifecycle.pages import copies_made
from agreements.lifecycle.scans import shown_of, waiting_sheets
from agreements.models import Agreement, PageTick, Scan, ScanPage
from agreements.register.timeline import lines
from audit.log import history
from institutions.models import Role
from notifications.models import Notice
from tests.agreements.making import certified, read_from, scan_pdf, seen_of, ticked
from tests.reading import words
from tests.uploading import attach_read, judge_all
from uploads.at_once import as_file
from verbs.errors import NotAllowed, Unacceptable, WrongState


@pytest.fixture
def row(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both days are entered, and a whole copy of three pages is scanned by the elder-care clerk and read."""
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        final = lifecycle.record_signing(final, by=clerk, role=role, on=timezone.localdate())
    attach_read(final, by=elder_care_clerk, content=scan_pdf(3), seen=read_from(final), name="扫描件.pdf")
    return final


@pytest.fixture
def sheets(row: Agreement) -> list[ScanPage]:
    return waiting_sheets(row)


def tick(row: Agreement, sheet: ScanPage, by: User, *, confirmed: bool = False) -> None:
    lifecycle.tick_page(row, by=by, page=sheet.pk, seen=sheet.place, confirmed=confirmed)


def send_back(row: Agreement, by: User, *sheets: ScanPage, reason: str = "印章盖歪了，看不清") -> None:
    lifecycle.send_back_pages(row, by=by, pages=frozenset(sheet.pk for sheet in sheets), reason=reason)


def logged(row: Agreement, event: str) -> int:
    return history(row).filter(event=event).count()


def look_at(client: Client, user: User, row: Agreement, sheet: ScanPage) -> str:
    client.force_login(user)
    return client.get(reverse("scan-page", args=[row.number, sheet.pk])).content.decode()


def test_a_tick_is_kept_with_who_and_when_and_logged_once(
    row: Agreement, sheets: list[ScanPage], medical_clerk: User, colleague: User
) -> None:
    for _ in range(2):
        tick(row, sheets[1], medical_clerk)
    tick(row, sheets[1], colleague)
    kept = PageTick.objects.order_by("pk")
    assert [(each.page, each.by) for each in kept] == [(sheets[1], medical_clerk), (sheets[1], colleague)]
    assert timezone.now() >= kept[0].at
    assert logged(row, events.PageTicked.code) == 2


def test_a_tick_is_taken_back_by_whoever_gave_it(
    row: Agreement, sheets: list[ScanPage], medical_clerk: User, colleague: User
) -> None:
    tick(row, sheets[0], medical_clerk)
    lifecycle.untick_page(row, by=colleague, page=sheets[0].pk)
    assert PageTick.objects.count() == 1
    for _ in range(2):
        lifecycle.untick_page(row, by=medical_clerk, page=sheets[0].pk)
    assert not PageTick.objects.exists()
    assert logged(row, events.TickTakenBack.code) == 1


def test_nobody_compares_or_sends_back_their_own(
    row: Agreement, sheets: list[ScanPage], elder_care_clerk: User
) -> None:
    acts: list[Callable[[], None]] = [
        lambda: tick(row, sheets[0], elder_care_clerk),
        lambda: lifecycle.untick_page(row, by=elder_care_clerk, page=sheets[0].pk),
        lambda: send_back(row, elder_care_clerk, sheets[0]),
    ]
    for act in acts:
        with pytest.raises(Unacceptable, match="不能自己核验"):
            act()


def test_a_page_is_ticked_as_what_it_was_shown_to_be(
    row: Agreement, sheets: list[ScanPage], medical_clerk: User
) -> None:
    with pytest.raises(Unacceptable, match="在您打开以后改过"):
        lifecycle.tick_page(row, by=medical_clerk, page=sheets[0].pk, seen="1-2")
    with pytest.raises(Unacceptable, match="已经核验、退回或取回过"):
        lifecycle.tick_page(row, by=medical_clerk, page=0, seen="1-1")


def test_what_cannot_stand_is_not_ticked(row: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    code = read_from(row, 2)[0]["codes"][0]
    bad = [{}, {"codes": [code], "compared": {"code": code, "same": True}}]
    file = attach_read(row, by=elder_care_clerk, content=scan_pdf(2), seen=bad, name="b.pdf")
    for sheet, told in zip(file.sheets.order_by("picture__number"), ("读不出", "没有签章"), strict=True):
        with pytest.raises(Unacceptable, match=f"{told}，不能核对通过"):
            tick(row, sheet, medical_clerk)


def test_what_was_said_by_hand_is_confirmed_by_itself_and_ticked_anew_when_it_changes(
    row: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    file = attach_read(row, by=elder_care_clerk, content=scan_pdf(1), seen=[{}], name="b.pdf")
    key = file.sheets.get().pk

    def said(to: tuple[int, int] | None) -> ScanPage:
        lifecycle.place_pages(row, by=elder_care_clerk, places={key: to}, reason="看页脚")
        return file.sheets.get()

    sheet = said((2, 1))
    with pytest.raises(Unacceptable, match="由上传的人标明"):
        tick(row, sheet, medical_clerk)
    tick(row, sheet, medical_clerk, confirmed=True)
    assert history(row).filter(event=events.PageTicked.code).get().data["by_hand"] is True
    said((2, 1))
    assert sheet.ticks.exists(), "nothing was changed"
    said(None)
    assert not sheet.ticks.exists()


def test_one_page_is_sent_back_and_the_others_stay(
    row: Agreement, sheets: list[ScanPage], elder_care_clerk: User, medical_clerk: User, colleague: User
) -> None:
    ticked(row, by=medical_clerk)
    send_back(row, medical_clerk, sheets[1])
    assert Scan.objects.get().state == Scan.State.UPLOADED
    assert shown_of(row).words == ["第 1 份正本共 3 页，还缺第 2 页。"]
    assert "第 1 份正本第 2 页" in Notice.objects.get(recipient=elder_care_clerk, kind="agreement_scan_rejected").body
    with pytest.raises(Unacceptable, match="还缺第 2 页"):
        certified(row, by=medical_clerk)
    attach_read(row, by=elder_care_clerk, content=scan_pdf(1), seen=[read_from(row)[1]], name="第二页.pdf")
    with pytest.raises(Unacceptable, match="还有 1 页您没有逐页核对"):
        lifecycle.certify(row, by=medical_clerk, seen=seen_of(row))
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE
    first, second = Scan.objects.order_by("pk")
    assert (first.shown, second.shown) == ("第 1 份正本第 1、3 页", "第 1 份正本第 2 页")
    with pytest.raises(WrongState):
        send_back(row, colleague, sheets[0])


def test_the_history_says_in_words_what_was_compared_and_sent_back(
    row: Agreement, sheets: list[ScanPage], elder_care_clerk: User, medical_clerk: User
) -> None:
    ticked(row, by=medical_clerk)
    send_back(row, medical_clerk, sheets[0], sheets[1])
    told = [(line.what, line.detail) for line in lines(row, for_drafting_side=True, sides=[Role.MEDICAL])[:2]]
    compared = "、".join(f"第 1 份正本第 {page} 页" for page in (1, 2, 3))
    assert told == [
        ("退回了扫描件的几页", "第 1 份正本第 1–2 页，原因：印章盖歪了，看不清"),
        ("逐页核对了扫描件（3 页）", compared),
    ]
    outside = [(line.what, line.detail) for line in lines(row, for_drafting_side=False)[:2]]
    assert outside == [("退回了扫描件的几页", ""), ("逐页核对了扫描件", "")]


def test_a_file_of_which_no_page_is_left_is_turned_down(
    row: Agreement, sheets: list[ScanPage], medical_clerk: User
) -> None:
    send_back(row, medical_clerk, *sheets)
    file = Scan.objects.get()
    assert (file.state, file.reason, file.checked_by) == (Scan.State.REJECTED, "印章盖歪了，看不清", medical_clerk)


def test_sending_back_says_why_and_which(row: Agreement, sheets: list[ScanPage], medical_clerk: User) -> None:
    with pytest.raises(Unacceptable, match="请写明退回原因"):
        send_back(row, medical_clerk, sheets[0], reason=" ")
    with pytest.raises(Unacceptable, match="请选择要退回的页"):
        send_back(row, medical_clerk)
    send_back(row, medical_clerk, sheets[0])
    with pytest.raises(Unacceptable, match="已经核验、退回或取回过"):
        send_back(row, medical_clerk, sheets[0])
    with pytest.raises(Unacceptable, match="已经核验、退回或取回过"):
        tick(row, sheets[0], medical_clerk)


@pytest.mark.parametrize("person", ["stranger", "signatory", "health_reviewer", "auditor"])
def test_only_clerks_of_the_parties_compare(
    person: str, request: pytest.FixtureRequest, row: Agreement, sheets: list[ScanPage]
) -> None:
    by = request.getfixturevalue(person)
    with pytest.raises(NotAllowed):
        tick(row, sheets[0], by)
    with pytest.raises(NotAllowed):
        send_back(row, by, sheets[0])


@pytest.mark.usefixtures("owner")
def test_sending_back_that_fails_half_way_leaves_every_page(
    row: Agreement, sheets: list[ScanPage], medical_clerk: User
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_all BEFORE INSERT ON notifications_notice"
            " FOR EACH ROW EXECUTE FUNCTION refuse_all()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        send_back(row, medical_clerk, *sheets)
    assert not ScanPage.objects.filter(sent_back_at__isnull=False).exists()
    assert Scan.objects.get().state == Scan.State.UPLOADED
    assert not logged(row, events.PagesSentBack.code)


def test_the_page_leads_from_one_page_to_the_next_that_is_left_and_back(
    client: Client, row: Agreement, sheets: list[ScanPage], medical_clerk: User
) -> None:
    page = look_at(client, medical_clerk, row, sheets[0])
    assert "与正本一致，下一页" in page
    assert f'{reverse("scan-page-copy", args=[row.number, 1])}#page=1"' in page
    assert f'{reverse("upload-page", args=[sheets[0].picture.upload_id, 1])}?framed=alone"' in page
    tick(row, sheets[1], medical_clerk)
    here = [reverse("scan-page", args=[row.number, sheet.pk]) for sheet in sheets]
    assert client.post(here[0], {"place": "1-1"})["Location"] == here[2], "the second is done"
    assert client.post(here[2], {"place": "1-3"})["Location"] == reverse("agreement-certify", args=[row.number])
    page = look_at(client, medical_clerk, row, sheets[2])
    assert "撤销对这一页的核对" in page
    undo = reverse("scan-page-untick", args=[row.number, sheets[2].pk])
    assert client.post(undo)["Location"] == here[2]
    certify = words(client.get(reverse("agreement-certify", args=[row.number])).content.decode())
    assert "共 3 页，您还有 1 页没有核对" in certify


def test_a_page_that_lay_turned_is_drawn_upright_and_not_turned_again(
    client: Client, row: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    seen = {**read_from(row, 2)[0], "turned": 90}
    file = attach_read(row, by=elder_care_clerk, content=scan_pdf(1), seen=[seen], name="b.pdf")
    assert '?framed=alone"' in look_at(client, medical_clerk, row, file.sheets.get())


def test_the_page_says_who_assigned_it_and_wants_that_confirmed(
    client: Client, row: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    file = attach_read(row, by=elder_care_clerk, content=scan_pdf(1), seen=[{}], name="b.pdf")
    sheet = file.sheets.get()
    assert "要由上传的人标明" in words(look_at(client, medical_clerk, row, sheet))
    lifecycle.place_pages(row, by=elder_care_clerk, places={sheet.pk: (2, 3)}, reason="印章盖住了二维码")
    page = words(look_at(client, medical_clerk, row, sheet))
    assert f"{elder_care_clerk}标明为“第 2 份正本第 3 页”，理由：印章盖住了二维码" in page
    where = reverse("scan-page", args=[row.number, sheet.pk])
    refused = client.post(where, {"place": "2-3"})
    assert (refused.status_code, "先在下面打勾，确认标明的无误" in refused.content.decode()) == (422, True)
    assert client.post(where, {"place": "2-3", "confirmed": "yes"}).status_code == 302


def test_an_empty_back_is_asked_about_as_what_it_is(
    client: Client, row: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    back = {"codes": [], "turned": 0, "white": True}
    file = attach_read(row, by=elder_care_clerk, content=scan_pdf(1), seen=[back], name="b.pdf")
    sheet = file.sheets.get()
    assert "是不是放反了纸" in sheet.picture.doubt
    lifecycle.set_blanks_aside(row, by=elder_care_clerk, pages=[sheet.pk])
    page = words(look_at(client, medical_clerk, row, sheet))
    for told in (
        "机器看到这一页几乎全白",
        "没有二维码。 我看过",
        "没有协议的文字、印章和签字",
        "确认不是协议页，下一页",
    ):
        assert told in page
    for untold in ("机器认不出", "。。", "与正本一致", "逐行一致", "是不是放反了纸"):
        assert untold not in page
    certify = client.get(reverse("agreement-certify", args=[row.number])).content.decode()
    assert certify.count("是不是放反了纸") == 3, "of the copy's pages; of the back its uploader has answered it"
    assert "没有可用的正本页，1 页" in words(certify)


def test_a_page_is_sent_back_from_its_own_page_and_its_uploader_reads_why(
    client: Client, row: Agreement, sheets: list[ScanPage], elder_care_clerk: User, medical_clerk: User
) -> None:
    where = reverse("scan-page-return", args=[row.number, sheets[2].pk])
    client.force_login(medical_clerk)
    refused = client.post(where, {"reason": " "})
    assert (refused.status_code, "请写明退回原因" in refused.content.decode()) == (422, True)
    then = reverse("scan-page", args=[row.number, sheets[0].pk])
    assert client.post(where, {"reason": "缺骑缝章"})["Location"] == then
    assert "退回了这一页，等待重新扫描。原因：缺骑缝章" in words(look_at(client, medical_clerk, row, sheets[2]))
    client.force_login(elder_care_clerk)
    page = words(client.get(reverse("agreement-signing", args=[row.number])).content.decode())
    assert "第 3 页（第 1 份正本第 3 页）已退回，请重新扫描：缺骑缝章" in page
    assert "请重扫" in page


def test_the_uploader_looks_and_decides_nothing(
    client: Client, row: Agreement, sheets: list[ScanPage], elder_care_clerk: User
) -> None:
    page = look_at(client, elder_care_clerk, row, sheets[0])
    assert "不能由您核对" in page
    assert "与正本一致，下一页" not in page
    assert reverse("scan-page-return", args=[row.number, sheets[0].pk]) not in page


def test_what_is_decided_has_no_page_any_more(
    client: Client, row: Agreement, sheets: list[ScanPage], medical_clerk: User
) -> None:
    certified(row, by=medical_clerk)
    client.force_login(medical_clerk)
    assert client.get(reverse("scan-page", args=[row.number, sheets[0].pk])).status_code == 409
    assert client.get(reverse("scan-page", args=[row.number, 0])).status_code == 404
    assert client.get(reverse("scan-page-copy", args=[row.number, 5])).status_code == 404
    assert client.get(reverse("scan-page-picture", args=[row.number, 5, 1])).status_code == 404


def test_the_copys_page_stands_beside_as_a_picture_once_a_worker_has_judged_a_scan(
    client: Client, row: Agreement, sheets: list[ScanPage], elder_care_clerk: User, medical_clerk: User
) -> None:
    there = [reverse("scan-page-picture", args=[row.number, copy, 1]) for copy in (1, 4)]
    assert 'title="第 1 份正本第 1 页"></iframe>' in look_at(client, medical_clerk, row, sheets[0])
    assert [client.get(each).status_code for each in there] == [404, 404], "nothing is drawn for a request"
    lifecycle.send_scan(row, by=elder_care_clerk, file=as_file(scan_pdf(1), "第一页.pdf"))
    judge_all()
    page = look_at(client, medical_clerk, row, sheets[0])
    assert f'<img src="{there[0]}"' in page
    assert "</iframe>" not in page.split("对应的正本")[1]
    for each in there:
        assert client.get(each).content.startswith(b"\xff\xd8\xff")
    client.force_login(elder_care_clerk)
    assert client.get(there[0]).status_code == 200


def test_the_frame_beside_the_copy_leads_to_no_other_page(
    client: Client, row: Agreement, sheets: list[ScanPage], medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    where = reverse("upload-page", args=[sheets[0].picture.upload_id, 1])
    for asked, leads_on in (("?framed", True), ("?framed=alone", False)):
        page = client.get(where + asked).content.decode()
        assert ('rel="next"' in page) is leads_on
        assert f"{asked.replace('?', '&')}&back=" in page, "turned, it is framed as it was"


def test_pictures_of_copies_are_drawn_once(row: Agreement, elder_care_clerk: User) -> None:
    def drawn_after(name: str) -> list[datetime]:
        content = scan_pdf(1) + b"%" + name.encode()
        lifecycle.send_scan(row, by=elder_care_clerk, file=as_file(content, name))
        judge_all()
        names = [picture_of(copy, page) for copy in copies_made(row) for page in (1, 2, 3)]
        return [default_storage.get_modified_time(each) for each in names]

    assert drawn_after("一.pdf") == drawn_after("二.pdf")
