"""One institution's page and acts, by who looks: what strangers are shown, what own people and officials do there."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import TemplateVersion
from audit.models import Entry
from boundary.events import UploadRefused
from chinese.dates import cn_day
from institutions.models import Institution
from tests import factories
from tests.agreements.making import complete_draft, in_force, scan_pdf
from tests.reading import table_rows
from tests.uploading import judge_all

NEW_LICENCE = {"valid_from": "2026-11-01", "valid_to": "2031-10-31"}


def page(client: Client, user: User, institution: Institution) -> str:
    client.force_login(user)
    return client.get(reverse("institution-detail", args=[institution.pk])).content.decode()


def test_strangers_are_shown_the_public_facts_and_no_more(
    client: Client,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    institution_administrator: User,
    health_reviewer: User,
    other_reviewer: User,
    stranger: User,
    auditor: User,
    published: dict[str, TemplateVersion],
) -> None:
    version = published["shaoxing-2024-home-sickbed"]
    draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    agreement = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    client.force_login(health_reviewer)
    assert client.post(reverse("institution-suspend", args=[elder_care_institution.pk]), {}).status_code == 200
    asked = {"kind": "renamed", "to": "越城区晚晴养老院", "on": "2026-11-02", "reason": "变更原因"}
    asked["seen"] = elder_care_institution.name
    assert client.post(reverse("institution-rename", args=[elder_care_institution.pk]), asked).status_code == 302
    inside = {"变更原因", "登记变更"}
    for user in (stranger, other_reviewer, auditor):
        shown = page(client, user, elder_care_institution)
        assert elder_care_institution.name in shown, "the former name is public"
        assert "2026年11月2日更名" in shown
        assert not [each for each in (*inside, agreement.number, "0575-88000001") if each in shown], user.username
    for user in (elder_care_clerk, health_reviewer):
        shown = page(client, user, elder_care_institution)
        assert all(each in shown for each in (*inside, agreement.number)), user.username
    # An administrator looks after people and reads no agreements.
    shown = page(client, institution_administrator, elder_care_institution)
    assert "变更原因" in shown
    assert agreement.number not in shown


def test_what_is_closed_is_on_no_strangers_list_or_ledger(
    client: Client, elder_care_institution: Institution, stranger: User, other_reviewer: User, health_reviewer: User
) -> None:
    closed = factories.ClosedElderCareFactory.create(name="越城区停办养老院", region=elder_care_institution.region)
    for user, seen in ((stranger, False), (other_reviewer, False), (health_reviewer, True)):
        client.force_login(user)
        for scope in ("remit", "all"):
            text = client.get(reverse("institution-list"), {"scope": scope, "q": "停办"}).content.decode()
            assert (reverse("institution-detail", args=[closed.pk]) in text) is seen, user.username


def test_the_institution_renews_its_licence_with_a_scan(
    client: Client, medical_institution: Institution, medical_clerk: User, health_reviewer: User, stranger: User
) -> None:
    url = reverse("institution-validity", args=[medical_institution.pk])
    number = medical_institution.medical_profile.licence_number
    client.force_login(medical_clerk)
    without = client.post(url, {"number": number, **NEW_LICENCE})
    assert (without.status_code, "请上传证照的扫描件" in without.content.decode()) == (422, True)
    no_scan = SimpleUploadedFile("x.pdf", b"<html>")
    sent = client.post(url, {"number": number, **NEW_LICENCE, "scan": no_scan})
    assert "等待检查" in client.get(sent["Location"]).content.decode()
    assert "等待检查" in page(client, medical_clerk, medical_institution)
    judge_all()
    refused = client.get(sent["Location"], follow=True).content.decode()
    assert all(words in refused for words in ("只能上传扫描成", f'value="{number}"', NEW_LICENCE["valid_to"]))
    assert Entry.objects.filter(event=UploadRefused.code).count() == 1
    scan = SimpleUploadedFile("许可证.pdf", scan_pdf(1))
    assert client.post(url, {"number": number, **NEW_LICENCE, "scan": scan}).status_code == 302
    assert not medical_institution.validity_periods.exclude(scan="").exists(), "nothing is entered before the verdict"
    judge_all()
    period = medical_institution.validity_periods.exclude(scan="").get()
    assert period.valid_to == date(2031, 10, 31)
    at = reverse("institution-validity-scan", args=[medical_institution.pk, period.pk])
    client.force_login(health_reviewer)
    assert client.get(at).getvalue().startswith(b"%PDF-")
    newest = table_rows(page(client, health_reviewer, medical_institution))[0]
    assert newest == {
        "编号": number,
        "有效期起": "2026年11月1日",
        "有效期止": "2031年10月31日",
        "登记": f"{medical_clerk.full_name}，{cn_day(timezone.localdate())}",
        "扫描件": "查看 下载",
    }
    client.force_login(stranger)
    assert client.get(at).status_code == 403


def test_a_doubtful_licence_number_needs_a_tick(
    client: Client, medical_institution: Institution, health_reviewer: User
) -> None:
    url = reverse("institution-validity", args=[medical_institution.pk])
    client.force_login(health_reviewer)
    entered = {"number": "12345", **NEW_LICENCE}
    assert "现在是 5 位" in client.post(url, entered).content.decode()
    assert client.post(url, {**entered, "looked": "yes"}).status_code == 302


def test_neither_a_new_name_nor_a_new_number_may_be_what_no_paper_shows(
    client: Client, medical_institution: Institution, health_reviewer: User
) -> None:
    client.force_login(health_reviewer)
    renamed = {"kind": "corrected", "to": "东𓂀卫生院", "seen": medical_institution.name}
    for address, sent in (("rename", renamed), ("validity", {"number": "PDY𓂀", **NEW_LICENCE})):
        refused = client.post(reverse(f"institution-{address}", args=[medical_institution.pk]), sent)
        assert refused.status_code == 422
        assert "这些字打印不出来：𓂀（U+13080）" in refused.content.decode()


def test_closing_says_first_what_follows(
    client: Client, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    client.force_login(civil_affairs_officer)
    url = reverse("institution-close", args=[elder_care_institution.pk])
    assert "没有涉及的协议" in client.get(url).content.decode()
    wrong = client.post(url, {"on": "2999-01-01", "reason": "歇业"})
    assert (wrong.status_code, "不能晚于今天" in wrong.content.decode()) == (422, True)
    assert client.post(url, {"on": "2026-11-02", "reason": "歇业"}).status_code == 302
    assert client.get(url).status_code == 409
    assert client.get(reverse("institution-reopen", args=[elder_care_institution.pk])).status_code == 200
