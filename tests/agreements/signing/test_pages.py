"""The pages of signing on paper: who does what, what is refused and how it is said."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.pages import pages_expected
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, AgreementKind, Scan
from agreements.register.timeline import lines
from agreements.register.viewer import ViewedAgreement
from chinese.dates import cn_day
from institutions.models import Institution, Role
from tests.agreements.making import certified, rejected, scan_pdf, seen_of, ticked
from tests.reading import chips, facts, words
from tests.uploading import attach_scan, judge_all
from uploads.models import Upload
from verbs.errors import Unacceptable

DAY = timedelta(days=1)


def get(client: Client, user: User, name: str, *args: object) -> tuple[int, str]:
    client.force_login(user)
    response = client.get(reverse(name, args=args))
    text = b"".join(response) if response.streaming else response.content
    return response.status_code, text.decode(errors="replace")


def post(client: Client, user: User, name: str, *args: object, **data: object) -> tuple[int, str]:
    """Send a form of the page as it stands now."""
    client.force_login(user)
    if name in {"signing-record", "scan-attach"}:
        data = {"text": text_shown(Agreement.objects.get(number=args[0])), **data}
    response = client.post(reverse(name, args=args), data)
    return response.status_code, response.content.decode()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_each_side_enters_its_own_day(client: Client, final: Agreement, elder_care_clerk: User) -> None:
    today = timezone.localdate()
    assert post(client, elder_care_clerk, "signing-record", final.number, "medical", on=today)[0] == 403
    assert post(client, elder_care_clerk, "signing-record", final.number, "elder_care", on=today)[0] == 302
    assert post(client, elder_care_clerk, "signing-record", final.number, "nobody", on=today)[0] == 404
    final.refresh_from_db()
    assert (final.elder_care_signed_on, final.medical_signed_on) == (today, None)
    page = get(client, elder_care_clerk, "agreement-signing", final.number)[1]
    assert reverse("signing-record", args=[final.number, "elder_care"]) in page
    assert reverse("signing-record", args=[final.number, "medical"]) not in page
    assert "塔山街道社区卫生服务中心还没有登记签章日期" in page


@pytest.mark.parametrize(("days", "words"), [(1, "不能晚于今天"), (-1, "不能早于文本定稿"), (None, "请填写签章日期")])
def test_a_wrong_day_is_told_at_the_form(
    client: Client, final: Agreement, elder_care_clerk: User, days: int | None, words: str
) -> None:
    on = "" if days is None else str(timezone.localdate() + days * DAY)
    status, page = post(client, elder_care_clerk, "signing-record", final.number, "elder_care", on=on)
    assert (status, words in page, on in page) == (422, True, True)
    final.refresh_from_db()
    assert final.state == Agreement.State.AGREED


def test_strangers_and_readers(client: Client, final: Agreement, stranger: User, signatory: User) -> None:
    assert get(client, stranger, "agreement-signing", final.number)[0] == 404
    status, page = get(client, signatory, "agreement-signing", final.number)
    assert status == 200
    assert "登记日期" not in page
    assert post(client, signatory, "signing-record", final.number, "elder_care")[0] == 403


def test_there_is_no_page_before_the_text_is_final(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    assert get(client, elder_care_clerk, "agreement-signing", draft.number)[0] == 409


def test_one_bad_file_costs_no_good_one(client: Client, scanned: Agreement, elder_care_clerk: User) -> None:
    files = [upload("好.pdf", scan_pdf(2)), upload("坏.pdf", b"MZ\x90"), upload("空.pdf", b"")]
    status, page = post(client, elder_care_clerk, "scan-attach", scanned.number, scans=files)
    assert (status, "空.pdf：文件是空的" in page, "收到 2 个文件" in page) == (422, True, True)
    assert set(scanned.scans.values_list("original_name", flat=True)) == {"扫描件.pdf"}, "no scan before the verdict"
    judge_all()
    page = get(client, elder_care_clerk, "agreement-signing", scanned.number)[1]
    assert "坏.pdf：只能上传" in page
    assert 'type="file"' in page
    assert set(scanned.scans.values_list("original_name", flat=True)) == {"扫描件.pdf", "好.pdf"}


def test_a_file_without_a_verdict_is_told_with_progress_and_holds_the_certifying_up(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    post(client, elder_care_clerk, "scan-attach", scanned.number, scans=[upload("还有一页.pdf", scan_pdf(1))])
    page = get(client, elder_care_clerk, "agreement-signing", scanned.number)[1]
    assert all(words in page for words in ("等待检查", "还有一页.pdf", 'hx-trigger="every 2s"', "刷新查看结果"))
    page = get(client, medical_clerk, "agreement-certify", scanned.number)[1]
    assert ("检查完以前不能核验" in page, "核验无误，协议生效" in page) == (True, False)
    with pytest.raises(Unacceptable, match="没有检查完"):
        certified(scanned, by=medical_clerk)
    with pytest.raises(Unacceptable, match="没有检查完"):
        rejected(scanned, by=medical_clerk, reason="不清楚")
    judge_all()
    assert 'hx-trigger="every 2s"' not in get(client, elder_care_clerk, "agreement-signing", scanned.number)[1]
    extra = scanned.scans.get(original_name="还有一页.pdf")
    assert post(client, elder_care_clerk, "scan-take-back", scanned.number, extra.pk)[0] == 302
    assert certified(scanned, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_a_refusal_is_shown_to_its_sender_alone_until_noted(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    post(client, elder_care_clerk, "scan-attach", scanned.number, scans=[upload("坏.pdf", b"MZ\x90")])
    judge_all()
    refused = Upload.objects.get(state=Upload.State.REFUSED)
    assert "坏.pdf" not in get(client, medical_clerk, "agreement-signing", scanned.number)[1]
    assert post(client, medical_clerk, "upload-dismiss", refused.pk)[0] == 404
    assert post(client, elder_care_clerk, "upload-dismiss", refused.pk)[0] == 302
    assert "坏.pdf" not in get(client, elder_care_clerk, "agreement-signing", scanned.number)[1]
    assert not default_storage.exists(str(refused.file.name))


def test_the_history_says_why_a_file_was_refused(client: Client, scanned: Agreement, elder_care_clerk: User) -> None:
    post(client, elder_care_clerk, "scan-attach", scanned.number, scans=[upload("坏.pdf", b"MZ\x90")])
    judge_all()
    told = next(line for line in lines(scanned, for_drafting_side=False) if line.what == "上传文件被拒绝")
    assert told.detail.startswith("原因：只能上传扫描成 PDF、JPG 或 PNG 的文件")


def test_nothing_chosen_is_told(client: Client, scanned: Agreement, elder_care_clerk: User) -> None:
    status, page = post(client, elder_care_clerk, "scan-attach", scanned.number)
    assert (status, "请先选择要上传的扫描件" in page) == (422, True)


def test_the_other_side_may_certify_and_is_led_there(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    link = f'href="{reverse("agreement-certify", args=[scanned.number])}"'
    for name in ("agreement-signing", "agreement-detail"):
        assert link in get(client, medical_clerk, name, scanned.number)[1]
        assert link not in get(client, elder_care_clerk, name, scanned.number)[1]


def test_the_page_to_certify_shows_every_page_as_a_picture(
    client: Client, scanned: Agreement, medical_clerk: User
) -> None:
    page = get(client, medical_clerk, "agreement-certify", scanned.number)[1]
    scan = scanned.scans.get()
    assert all(reverse("upload-picture", args=[scan.upload_id, n]) in page for n in (1, 2, 3))
    assert "扫描件.pdf 第 3 页" in page


def test_the_page_to_certify_names_both_days_and_the_pages(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Medical on one day, elder care on the next; one page of three is not all."""
    lifecycle.record_signing(scanned, by=medical_clerk, role=Role.MEDICAL, on=timezone.localdate())
    with time_machine.travel(timezone.now() + DAY, tick=False):
        lifecycle.record_signing(scanned, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
        first, second = (cn_day(timezone.localdate() - days * DAY) for days in (1, 0))
        page = words(get(client, medical_clerk, "agreement-certify", scanned.number)[1])
    assert f"医疗卫生机构{first}，养老服务机构{second}。" in page
    told = facts(get(client, medical_clerk, "agreement-detail", scanned.number)[1])
    assert told["医疗卫生机构签章"].startswith(first)
    assert told["养老服务机构签章"].startswith(second)
    assert "页数齐全：" in page
    rejected(scanned, by=medical_clerk, reason="缺页")
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(1), name="一页.pdf")
    page = words(get(client, medical_clerk, "agreement-certify", scanned.number)[1])
    assert ("页不齐全：" in page) == (pages_expected(scanned) > 1)


def test_both_forms_of_the_page_to_certify_name_the_scans_that_were_seen(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """What is sent from a page that has become old is refused, so each form has to say what stood on it."""
    page = get(client, medical_clerk, "agreement-certify", scanned.number)[1]
    seen = scanned.scans.get().pk
    assert page.count(f'<input type="hidden" name="scan" value="{seen}">') == 2
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(4), name="另一份.pdf")
    for name in ("agreement-certify", "agreement-reject-scan"):
        status, page = post(client, medical_clerk, name, scanned.number, scan=seen, reason="不清")
        assert (status, "换过或添过" in page) == (422, True), name
    assert Agreement.objects.get(pk=scanned.pk).state == Agreement.State.SIGNING


def test_a_scan_is_not_turned_down_without_a_reason(client: Client, scanned: Agreement, medical_clerk: User) -> None:
    seen = scanned.scans.get().pk
    status, page = post(client, medical_clerk, "agreement-reject-scan", scanned.number, scan=seen, reason=" ")
    assert (status, 'id="errors"' in page, 'href="#id_reason"' in page) == (422, True, True)


def test_each_scan_is_marked_by_what_became_of_it(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    def marks() -> dict[str, str]:
        return chips(get(client, elder_care_clerk, "agreement-signing", scanned.number)[1])

    names = Scan.State.UPLOADED.label, Scan.State.REJECTED.label, Scan.State.CERTIFIED.label
    assert marks()[names[0]] == "amber"
    rejected(scanned, by=medical_clerk, reason="传错了")
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(4), name="正确.pdf")
    certified(scanned, by=medical_clerk)
    assert {name: marks()[name] for name in names[1:]} == {names[1]: "cinnabar", names[2]: "pine"}


def test_scans_go_out_only_to_whom_they_concern(
    client: Client, scanned: Agreement, medical_clerk: User, stranger: User, health_reviewer: User, signatory: User
) -> None:
    scan = scanned.scans.get()
    for user, status in ((medical_clerk, 200), (signatory, 200), (stranger, 404), (health_reviewer, 404)):
        assert get(client, user, "scan-file", scanned.number, scan.pk)[0] == status
        for name in ("upload-picture", "upload-page"):
            assert get(client, user, name, scan.upload_id, 1)[0] == status
    assert get(client, medical_clerk, "upload-picture", scan.upload_id, 4)[0] == 404


def test_an_official_sees_the_certified_scan_and_no_mistaken_one(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    rejected(scanned, by=medical_clerk, reason="传错了")
    attach_scan(scanned, by=elder_care_clerk, content=scan_pdf(4), name="正确.pdf")
    certified(scanned, by=medical_clerk)
    wrong, right = scanned.scans.all()
    assert get(client, health_reviewer, "scan-file", scanned.number, wrong.pk)[0] == 404
    assert get(client, health_reviewer, "scan-file", scanned.number, right.pk)[0] == 200
    page = get(client, health_reviewer, "agreement-signing", scanned.number)[1]
    assert "正确.pdf" in page
    assert "传错了" not in page


def test_the_page_of_an_agreement_in_force_keeps_the_dates_apart(
    client: Client, scanned: Agreement, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    """Certified three days later, but in force since the later of the two signatures."""
    later = timezone.now() + 3 * DAY
    running = lifecycle.certify(ticked(scanned, by=medical_clerk), by=medical_clerk, seen=seen_of(scanned), at=later)
    page = get(client, elder_care_clerk, "agreement-detail", running.number)[1]
    assert all(word in page for word in ("医疗卫生机构签章", "养老服务机构签章", "合作期限", "2099年12月31日"))
    assert all(word in page for word in ("登记了签章日期", "上传了签章扫描件", "核验了扫描件，协议生效"))
    since = cn_day(timezone.localdate())
    assert facts(page)["生效"].startswith(since)
    assert facts(page)["合作期限"].startswith("2098年1月1日至2099年12月31日")
    signing = words(get(client, elder_care_clerk, "agreement-signing", running.number)[1])
    assert f"协议自{since}" in signing
    acts = [reverse(f"agreement-{act}", args=[running.number]) for act in ("terminate", "supplement")]
    assert all(act in page for act in acts)
    assert not any(act in get(client, health_reviewer, "agreement-detail", running.number)[1] for act in acts)


def test_terminating_asks_for_day_and_reason(client: Client, running: Agreement, elder_care_clerk: User) -> None:
    late = {"on": "2100-01-01", "reason": "机构迁址"}
    asked = words(get(client, elder_care_clerk, "agreement-terminate", running.number)[1])
    assert "确定终止" in asked
    assert "期限是2098年1月1日至2099年12月31日" in asked
    status, page = post(client, elder_care_clerk, "agreement-terminate", running.number, **late)
    assert (status, "机构迁址" in page) == (422, True)
    last_day = {"on": "2098-06-30", "reason": "机构迁址"}
    assert post(client, elder_care_clerk, "agreement-terminate", running.number, **last_day)[0] == 302
    page = get(client, elder_care_clerk, "agreement-detail", running.number)[1]
    assert all(words in page for words in ("2098年6月30日", "机构迁址", "即将终止"))
    assert get(client, elder_care_clerk, "agreement-terminate", running.number)[0] == 409


def test_what_ends_today_runs_to_the_end_of_the_day(client: Client, running: Agreement, elder_care_clerk: User) -> None:
    lifecycle.terminate(running, by=elder_care_clerk, on=timezone.localdate(), reason="机构迁址")
    assert "即将终止" in chips(get(client, elder_care_clerk, "agreement-detail", running.number)[1])
    with time_machine.travel(timezone.now() + DAY, tick=False):
        assert "已终止" in chips(get(client, elder_care_clerk, "agreement-detail", running.number)[1])


def test_a_supplement_is_not_supplemented() -> None:
    for kind in AgreementKind:
        row = Agreement(kind=kind, state=Agreement.State.IN_FORCE)
        seen = ViewedAgreement(row, drafts=True, answers=False, beside_drafter=True)
        assert seen.can_supplement == (kind != AgreementKind.SUPPLEMENT)


def test_too_early_a_renewal_is_a_wrong_state(client: Client, running: Agreement, elder_care_clerk: User) -> None:
    assert post(client, elder_care_clerk, "agreement-renew", running.number)[0] == 409


def test_a_signatory_and_an_official_end_and_renew_nothing(
    client: Client, running: Agreement, signatory: User, civil_affairs_officer: User
) -> None:
    for user in (signatory, civil_affairs_officer):
        for name in ("agreement-terminate", "agreement-renew", "agreement-supplement"):
            assert post(client, user, name, running.number)[0] == 403
    assert Agreement.objects.count() == 1


def test_a_supplement_has_no_step_for_partner_or_template(
    client: Client, running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """From the main agreement's page through the wizard to the partner, by the pages alone."""
    assert post(client, elder_care_clerk, "agreement-supplement", running.number)[0] == 302
    new = Agreement.objects.get(kind=AgreementKind.SUPPLEMENT)
    assert post(client, elder_care_clerk, "draft-step", new.number, "partner")[0] == 302
    assert (new.predecessor, new.medical, new.elder_care) == (running, running.medical, running.elder_care)
    page = get(client, elder_care_clerk, "draft-step", new.number, "terms")[1]
    assert "选择合作机构" not in page
    assert "选择范本" not in page
    assert running.number in page
    answers = {**new.answers, "supplement_terms": "每月查房次数改为六次。", "revision": 0}
    assert post(client, elder_care_clerk, "draft-step", new.number, "terms", **answers)[0] == 302
    page = get(client, elder_care_clerk, "draft-step", new.number, "check")[1]
    assert "必须处理" not in page
    new.refresh_from_db()
    assert post(client, elder_care_clerk, "agreement-send", new.number, revision=new.revision)[0] == 302
    assert get(client, medical_clerk, "agreement-detail", new.number)[0] == 200
    assert new.number in get(client, medical_clerk, "agreement-detail", running.number)[1]


def test_the_partner_does_not_see_a_supplement_being_drafted(
    client: Client, running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    new = lifecycle.start_supplement(running, by=elder_care_clerk)
    assert new.number in get(client, elder_care_clerk, "agreement-detail", running.number)[1]
    assert new.number not in get(client, medical_clerk, "agreement-detail", running.number)[1]


def test_a_closed_partner_of_a_supplement_is_told_without_a_step_that_is_not_there(
    client: Client, running: Agreement, elder_care_clerk: User
) -> None:
    new = lifecycle.start_supplement(running, by=elder_care_clerk)
    partner = new.party(Role.MEDICAL)
    assert partner is not None
    partner.status = partner.Status.CLOSED
    partner.save(update_fields=["status"])
    page = get(client, elder_care_clerk, "draft-step", new.number, "check")[1]
    assert "必须处理" in page
    assert reverse("draft-step", args=[new.number, "partner"]) not in page


@pytest.mark.parametrize(
    "name",
    [
        "signing-record",
        "scan-attach",
        "scan-place",
        "scan-blanks",
        "agreement-certify",
        "agreement-recertify",
        "agreement-reject-scan",
    ],
)
def test_nothing_of_a_draft_is_signed_or_scanned(
    client: Client, elder_care_institution: Institution, elder_care_clerk: User, name: str
) -> None:
    """Not even of one without a template: whatever is sent there is answered in words."""
    begun = lifecycle.start_draft(elder_care_institution, by=elder_care_clerk)
    more = [Role.ELDER_CARE.value] if name == "signing-record" else []
    for data in ({}, {"reason": "第2页不清。", "scan": "1"}):
        assert post(client, elder_care_clerk, name, begun.number, *more, **data)[0] == 409
