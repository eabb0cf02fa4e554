"""The pages of eligibility: answering with files, checking beside the evidence, deciding, and who may do which."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.log import history
from boundary.events import FileDownloaded, UploadRefused
from chinese.dates import cn_day
from eligibility import answering, reviewing, worklist
from eligibility.models import EligibilityCase
from eligibility.reviewing import Finding
from institutions.models import Duty, Institution
from tests import factories
from tests.agreements.making import scan_pdf
from tests.eligibility.conftest import InState
from tests.reading import chips, facts, words
from tests.uploading import judge_all

State = EligibilityCase.State
TYPED: dict[str, Any] = {
    "answer-licence": "2099-12-31",
    "words-licence": "见附件",
    "answer-physicians": "5",
    "answer-promise": "yes",
}


def upload(name: str = "许可证.pdf", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or scan_pdf(1), content_type="application/octet-stream")


def test_a_clerk_answers_uploads_corrects_and_submits(
    client: Client, scheme: None, medical_institution: Institution, medical_clerk: User, health_reviewer: User
) -> None:
    client.force_login(medical_clerk)
    begun = client.post(reverse("eligibility-begin", args=[medical_institution.pk]), follow=True)
    assert "许可证在有效期内" in begun.content.decode()
    case = EligibilityCase.objects.get()
    url = reverse("eligibility-answer", args=[case.pk])
    bad = client.post(url, {"revision": 0, "go": "save", "answer-licence": "明天"})
    assert bad.status_code == 422
    hidden = upload("执照.exe", b"MZ not a scan")
    refused = client.post(url, {**TYPED, "revision": 0, "go": "submit", "files-licence": hidden})
    assert refused.status_code == 422
    assert "上传的文件还没有检查完" in refused.content.decode()
    judge_all()
    told = client.get(url).content.decode()
    assert ("没有收下" in told, "只能上传扫描成" in told) == (True, True)
    missing = client.post(reverse("eligibility-submit", args=[case.pk]), {"revision": 1})
    assert (missing.status_code, "还没有上传证明材料" in missing.content.decode()) == (422, True)
    assert history(medical_institution).filter(event=UploadRefused.code).count() == 1
    stale = client.post(url, {**TYPED, "revision": 0, "go": "save"})
    assert stale.status_code == 409
    client.post(url, {**TYPED, "revision": 1, "go": "save", "files-licence": [upload(), upload("再传.pdf")]})
    judge_all()
    kept = case.evidence.get()  # the same bytes twice are one file
    client.post(
        url, {**TYPED, "revision": 2, "go": "save", "remove": kept.pk, "files-licence": upload("新.pdf", scan_pdf(2))}
    )
    with pytest.raises(answering.Incomplete, match="没有检查完"):
        answering.submit(case, by=medical_clerk, revision=3)
    judge_all()
    assert case.evidence.get().page_count == 2
    assert client.post(url, {**TYPED, "revision": 3, "go": "submit"})["Location"] == reverse(
        "eligibility-submit", args=[case.pk]
    )
    assert "材料 1 个" in client.get(reverse("eligibility-submit", args=[case.pk])).content.decode()
    done = client.post(reverse("eligibility-submit", args=[case.pk]), {"revision": 4}, follow=True)
    assert "已提交越城区卫生健康局核对" in done.content.decode()
    assert client.get(url).status_code == 409
    [group] = worklist.groups_for_official(health_reviewer)
    assert [row.case for row in group.rows] == [case]


def test_a_checklist_is_not_reviewed_by_a_page_of_no_revision(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    case = in_state(State.SUBMITTED)
    client.force_login(health_reviewer)
    late = client.post(reverse("eligibility-review", args=[case.pk]), {"met-licence": "yes", "go": "save"})
    assert (late.status_code, "刚刚在别处保存过" in late.content.decode()) == (409, True)


def test_a_checklist_is_neither_answered_nor_submitted_by_a_page_of_no_revision(
    client: Client, in_state: InState, medical_clerk: User
) -> None:
    case = in_state(State.DRAFT)
    client.force_login(medical_clerk)
    late = client.post(reverse("eligibility-answer", args=[case.pk]), {"answer-physicians": "5"})
    assert (late.status_code, "刚刚在别处保存过" in late.content.decode()) == (409, True)
    for fields in ({}, {"revision": "x"}, {"revision": str(case.revision - 1)}):
        late = client.post(reverse("eligibility-submit", args=[case.pk]), fields)
        assert (late.status_code, "打开这一页以后" in late.content.decode()) == (409, True)
    case.refresh_from_db()
    assert case.state == State.DRAFT
    shown = late.context["case"].revision
    assert f'name="revision" value="{shown}"' in late.content.decode()
    assert client.post(reverse("eligibility-submit", args=[case.pk]), {"revision": shown}).status_code == 302


def test_a_reviewer_checks_item_by_item_and_confirms(
    client: Client, in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    case = in_state(State.SUBMITTED)
    url = reverse("eligibility-review", args=[case.pk])
    client.force_login(health_reviewer)
    page = client.get(url).content.decode()
    evidence = case.evidence.get()
    shown = reverse("upload-page", args=[evidence.upload_id, 1])
    assert f'src="{shown}?framed"' in page
    framed = client.get(shown, {"framed": "", "turn": "90", "zoom": "200"})
    assert (framed.status_code, framed["X-Frame-Options"]) == (200, "SAMEORIGIN")
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert "rotate(90)" in framed.content.decode()
    kept = client.get(reverse("eligibility-evidence", args=[case.pk, evidence.pk]))
    assert kept.getvalue() == Path(evidence.file.path).read_bytes()
    assert (kept["Content-Type"], kept["Content-Disposition"][:10]) == ("application/pdf", "attachment")
    assert history(case.institution).filter(event=FileDownloaded.code).count() == 1
    found = {f"met-{item}": "yes" for item in ("licence", "physicians", "promise")}
    doubtful = {**found, "met-licence": "no", "finding-licence": "第1页看不清", "revision": case.revision}
    client.post(url, {**doubtful, "go": "return"})
    assert "许可证：第1页看不清" in client.get(reverse("eligibility-return", args=[case.pk])).content.decode()
    assert client.post(url, {**found, "revision": case.revision, "go": "save"}).status_code == 409
    half = client.post(url, {**found, "met-promise": "", "revision": case.revision + 1, "go": "confirm"})
    assert (half.status_code, "“承诺”没有核对为符合" in half.content.decode()) == (422, True)
    onward = client.post(url, {**found, "revision": case.revision + 2, "go": "confirm"})
    days = client.get(onward["Location"]).context["form"].initial
    wrong = client.post(onward["Location"], {"valid_from": days["valid_to"], "valid_to": days["valid_from"]})
    assert wrong.status_code == 422
    done = client.post(onward["Location"], days, follow=True).content.decode()
    assert "符合资格条件" in done
    assert chips(done)["核对：符合"] == "pine"
    assert facts(done)["有效期"].startswith(f"{cn_day(days['valid_from'])}至{cn_day(days['valid_to'])}")
    client.force_login(second_reviewer)
    assert client.get(url).status_code == 409


def test_what_was_found_of_an_item_is_shown_as_it_was_found(
    client: Client, in_state: InState, health_reviewer: User, medical_clerk: User
) -> None:
    row = in_state(State.SUBMITTED)
    found = {"licence": Finding(is_met=False, words="第1页看不清"), "promise": Finding(is_met=None)}
    row = reviewing.review(row, by=health_reviewer, revision=row.revision, findings=found)
    reviewing.return_(row, by=health_reviewer, reason="许可证看不清。")
    client.force_login(medical_clerk)
    page = client.get(reverse("eligibility-case", args=[row.pk])).content.decode()
    assert chips(page).items() >= {"核对：不符合": "cinnabar", "核对：符合": "pine", "核对：没有填写": ""}.items()
    said = words(page)
    assert said.index("核对：不符合 第1页看不清") < said.index("核对：符合") < said.index("核对：没有填写")


def test_a_refusal_is_read_and_answered_again(
    client: Client, in_state: InState, medical_clerk: User, medical_institution: Institution
) -> None:
    case = in_state(State.RETURNED)
    client.force_login(medical_clerk)
    assert "退回：许可证看不清。" in client.get(reverse("eligibility-case", args=[case.pk])).content.decode()
    assert [row.case for group in worklist.groups_for_clerk(medical_clerk) for row in group.rows] == [case]
    place = reverse("eligibility-institution", args=[medical_institution.pk])
    assert "重新填报" in client.get(place).content.decode()
    again = client.post(reverse("eligibility-begin", args=[medical_institution.pk]), follow=True)
    assert 'value="5"' in again.content.decode()


def test_who_sees_a_draft_who_reads_and_who_decides(
    client: Client,
    in_state: InState,
    medical_institution: Institution,
    medical_clerk: User,
    health_reviewer: User,
    civil_affairs_officer: User,
    supervisor: User,
    other_reviewer: User,
    elder_care_clerk: User,
    auditor: User,
) -> None:
    case = in_state(State.DRAFT)
    detail, review = (reverse(name, args=[case.pk]) for name in ("eligibility-case", "eligibility-review"))
    people = (
        medical_clerk,
        health_reviewer,
        civil_affairs_officer,
        supervisor,
        other_reviewer,
        elder_care_clerk,
        auditor,
    )

    def seen(url: str) -> list[int]:
        answers = []
        for person in people:
            client.force_login(person)
            response = client.get(url)
            response.getvalue()
            answers.append(response.status_code)
        return answers

    assert seen(detail) == [200, 404, 404, 404, 404, 404, 404]
    answering.submit(case, by=medical_clerk, revision=EligibilityCase.objects.get(pk=case.pk).revision)
    assert seen(detail) == [200, 200, 200, 200, 404, 404, 404]
    assert seen(review) == [403, 200, 403, 403, 404, 404, 404]
    evidence = reverse("eligibility-evidence", args=[case.pk, case.evidence.get().pk])
    assert seen(evidence) == [200, 200, 200, 200, 404, 404, 404]
    assert seen(reverse("eligibility-institution", args=[medical_institution.pk])) == [
        200,
        200,
        200,
        200,
        404,
        404,
        404,
    ]
    client.force_login(factories.MembershipFactory.create(institution=medical_institution, duty="administrator").user)
    assert client.get(detail).status_code == 404  # administrators read no papers


def test_whoever_works_there_is_told_that_a_colleague_checks_before_anything_is_filled_in(
    client: Client, in_state: InState, health_reviewer: User, medical_clerk: User
) -> None:
    case = in_state(State.SUBMITTED)
    detail, review = (reverse(f"eligibility-{page}", args=[case.pk]) for page in ("case", "review"))
    client.force_login(health_reviewer)
    assert f'href="{review}"' in client.get(detail).content.decode()
    medical_clerk.memberships.all().delete()  # moved to the bureau
    factories.MembershipFactory.create(user=medical_clerk, authority=case.authority, duty=Duty.REVIEWER)
    client.force_login(medical_clerk)
    shown = client.get(detail).content.decode()
    assert (reviewing.THEIR_OWN in shown, f'href="{review}"' in shown) == (True, False)
    answer = client.get(review)
    assert (answer.status_code, "另一位审核员" in answer.content.decode()) == (403, True)
