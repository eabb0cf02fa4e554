"""The first administrator of an institution: asked for in public, decided by the bureau of its side and place."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from boundary.events import UploadRefused
from duties import events, inviting, requesting
from duties.models import AdministratorRequest
from duties.permissions import requests_for
from duties.requesting import Applicant
from duties.views import requests
from institutions.models import Authority, Duty, Institution, Membership
from notifications.models import Notice
from tests import factories
from tests.agreements.making import scan_pdf
from tests.uploading import judge_all, requested
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = AdministratorRequest.State
APPLICANT = Applicant("王昇", "13800000001")


@pytest.fixture
def asked(elder_care_institution: Institution, civil_affairs_officer: User) -> AdministratorRequest:
    return requested(elder_care_institution, APPLICANT, scan_pdf(), "许可证.pdf")


def test_the_public_form_from_code_to_receipt(
    client: Client, elder_care_institution: Institution, civil_affairs_officer: User, institution_administrator: User
) -> None:
    found = client.get(reverse("administrator-find"), {"code": elder_care_institution.uscc.lower()})
    ask = reverse("administrator-ask", args=[elder_care_institution.pk])
    assert ask in found.content.decode()
    fields = {"full_name": "王 昇", "mobile": "138 0000 0001", "email": ""}
    bad = client.post(ask, {**fields, "licence": SimpleUploadedFile("a.pdf", b"MZ no licence")})
    judge_all()
    seen = client.get(bad["Location"]).content.decode()
    assert all(words in seen for words in ("只能上传扫描成", "换一个文件", "没有收下"))
    assert Client().get(bad["Location"]).content.decode().count("换一个文件") == 1, "no form for another browser"
    answers = [client.post(bad["Location"], {"licence": SimpleUploadedFile("a.pdf", scan_pdf())})]
    assert "正在检查" in client.get(bad["Location"]).content.decode()
    judge_all()
    answers.append(client.post(ask, {**fields, "licence": SimpleUploadedFile("a.pdf", scan_pdf())}))
    row = AdministratorRequest.objects.get()  # asking twice is asking once
    assert {answer["Location"] for answer in answers} == {reverse("administrator-asked", args=[row.number])}
    assert (row.full_name, row.mobile, row.page_count) == ("王昇", "13800000001", 3)
    by_number = client.get(reverse("administrator-find"), {"number": row.number.lower().replace("-", " ")})
    assert by_number["Location"] == answers[0]["Location"]
    assert "没有这个受理编号" in client.get(reverse("administrator-find"), {"number": "GL-AAAA-AAAA"}).content.decode()
    receipt = client.get(answers[0]["Location"]).content.decode()
    assert row.number in receipt
    assert "王昇" not in receipt, "whoever finds the number learns no name"
    told = set(Notice.objects.filter(subject_id=row.pk).values_list("recipient", flat=True))
    assert told == {civil_affairs_officer.pk, institution_administrator.pk}
    assert Entry.objects.get(event=UploadRefused.code).subject_id == elder_care_institution.pk


def test_the_same_name_and_mobile_lead_nobody_to_the_first_applicants_number(
    client: Client, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    """Another browser gets a number of its own, waiting, whatever became of the first one's."""
    ask = reverse("administrator-ask", args=[elder_care_institution.pk])
    fields = {"full_name": "王昇", "mobile": "13800000001", "email": ""}

    def answer(browser: Client) -> str:
        browser.get(ask)
        led = browser.post(ask, {**fields, "licence": SimpleUploadedFile("a.pdf", scan_pdf())})["Location"]
        judge_all()
        return str(led)

    first = answer(client)
    assert answer(client) == first
    second = answer(Client())
    assert second != first
    requesting.refuse(AdministratorRequest.objects.earliest("pk"), by=civil_affairs_officer, reason="证照不清")
    third = Client()
    receipt = third.get(answer(third)).content.decode()
    assert ("等待主管部门核实" in receipt, "证照不清" in receipt) == (True, False)
    assert AdministratorRequest.objects.count() == 3
    cookie = client.cookies["applicant"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert not AdministratorRequest.objects.filter(browser=cookie.value).exists(), "only the digest is kept"


def test_one_institution_is_asked_for_only_so_often_a_day(
    client: Client, elder_care_institution: Institution, medical_institution: Institution
) -> None:
    for number in range(requesting.MOST_A_DAY):
        requested(elder_care_institution, Applicant("王昇", f"1380000{number:04}"), scan_pdf(1), "a.pdf")
    ask = reverse("administrator-ask", args=[elder_care_institution.pk])
    fields = {"full_name": "李喆", "mobile": "13900000000", "email": ""}
    page = client.post(ask, {**fields, "licence": SimpleUploadedFile("a.pdf", scan_pdf(1))})
    assert (page.status_code, "今天收到的申请已经太多" in page.content.decode()) == (422, True)
    assert requested(medical_institution, APPLICANT, scan_pdf(1), "a.pdf").state == State.WAITING
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert requested(elder_care_institution, APPLICANT, scan_pdf(1), "a.pdf").state == State.WAITING


def test_one_institution_is_sent_only_so_much_a_day(
    elder_care_institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = scan_pdf(1)
    monkeypatch.setattr(requesting, "MOST_BYTES_A_DAY", 2 * len(content))
    mobiles = ["13800000001", "13800000002", "13800000003"]
    kept = [requested(elder_care_institution, Applicant("王昇", each), content, "a.pdf") for each in mobiles[:2]]
    assert [each.size for each in kept] == [len(content)] * 2
    with pytest.raises(Unacceptable, match="太多"):
        requested(elder_care_institution, Applicant("王昇", mobiles[2]), content, "a.pdf")
    assert requested(elder_care_institution, Applicant("王昇", mobiles[0]), content, "a.pdf") == kept[0]


def test_files_that_are_refused_count_too(
    client: Client, elder_care_institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MOST_TRIED_A_DAY", 2)
    ask = reverse("administrator-ask", args=[elder_care_institution.pk])
    fields = {"full_name": "王昇", "mobile": "13800000001", "email": ""}
    pages = [
        client.post(ask, {**fields, "licence": SimpleUploadedFile("a.pdf", b"MZ")}).content.decode() for _ in range(3)
    ]
    assert ["今天收到的申请已经太多" in page for page in pages] == [False, False, True]


def test_an_unknown_code_says_whom_to_ask(
    client: Client, elder_care_institution: Institution, authority_administrator: User
) -> None:
    bureau = Authority.objects.get(memberships__user=authority_administrator)
    client.force_login(authority_administrator)
    people = reverse("people-list")
    wrong = client.post(reverse("authority-phone"), {"phone": "88009001"})
    assert (wrong.status_code, "电话缺少区号" in wrong.content.decode()) == (422, True)
    for _ in range(2):  # saved twice is one entry in the log
        assert client.post(reverse("authority-phone"), {"phone": "0575-88009001"})["Location"] == people
    assert Entry.objects.get(event=events.PhoneSet.code).subject_id == bureau.pk
    client.logout()
    unknown = {"code": f"91{bureau.region.code}MA00000000"}
    page = client.get(reverse("administrator-find"), unknown).content.decode()
    assert "养老服务机构找民政局" in page
    assert f"{bureau.name}，咨询电话 <strong>0575-88009001" in page
    nowhere = client.get(reverse("administrator-find"), {"code": "91999999MA00000000"}).content.decode()
    assert "，咨询电话" not in nowhere
    assert client.get(reverse("administrator-asked", args=["GL-AAAA-AAAA"])).status_code == 404


def test_only_the_bureau_of_that_side_and_place_sees_and_decides(
    client: Client,
    asked: AdministratorRequest,
    health_reviewer: User,
    other_reviewer: User,
    supervisor: User,
    authority_administrator: User,
    platform_administrator: User,
    civil_affairs_officer: User,
) -> None:
    for user in (health_reviewer, other_reviewer, supervisor, authority_administrator, platform_administrator):
        assert not requests_for(user).exists()
        with pytest.raises(PermissionDenied):
            requesting.confirm(asked, by=user)
    above = factories.AuthorityFactory.create(region=factories.region("330600"), kind=Authority.Kind.CIVIL_AFFAIRS)
    chief = factories.UserFactory.create()
    factories.MembershipFactory.create(user=chief, authority=above, duty=Duty.ADMINISTRATOR)
    for user in (civil_affairs_officer, chief):
        assert requests_for(user).get() == asked
    client.force_login(civil_affairs_officer)
    home = client.get(reverse("home")).content.decode()
    assert "核实机构管理员" in home
    page = client.get(reverse("administrator-request", args=[asked.pk])).content.decode()
    assert reverse("upload-picture", args=[asked.upload_id, 3]) in page
    look = Entry.objects.get(event=events.ContactsRead.code)
    assert (look.actor_id, look.data["whose"]) == (civil_affairs_officer.pk, ["王昇"])
    assert client.get(reverse("upload-picture", args=[asked.upload_id, 4])).status_code == 404
    assert client.get(reverse("upload-picture", args=[asked.upload_id, 1]))["Content-Type"] == "image/jpeg"


def test_the_official_compares_and_calls_without_leaving_the_page(
    client: Client, medical_institution: Institution, health_reviewer: User
) -> None:
    Institution.objects.filter(pk=medical_institution.pk).update(phone="0575-88001234")
    asked = requested(medical_institution, APPLICANT, scan_pdf(), "许可证.pdf")
    client.force_login(health_reviewer)
    there = reverse("administrator-request", args=[asked.pk])
    page = client.get(there).content.decode()
    assert medical_institution.medical_profile.licence_number in page
    assert "0575-88001234" in page
    Institution.objects.filter(pk=medical_institution.pk).update(phone="")
    assert "没有登记，请用别的办法核实" in client.get(there).content.decode()


def test_confirming_invites_once_and_the_official_cannot_accept(
    asked: AdministratorRequest, civil_affairs_officer: User, elder_care_institution: Institution
) -> None:
    invitation = requesting.confirm(asked, by=civil_affairs_officer)
    with pytest.raises(NotAllowed, match="自己发出"):
        inviting.accept(invitation, by=civil_affairs_officer)
    account = inviting.NewAccount("wang-sheng", "13800000001", "", "Qing-Song-2026")
    inviting.accept_anew(invitation, account)
    held = Membership.objects.get(user__username="wang-sheng")
    assert (held.institution, held.duty) == (elder_care_institution, Duty.ADMINISTRATOR)
    assert (held.state, held.granted_by) == (Membership.State.WAITING, civil_affairs_officer)
    for verb in (requesting.confirm, lambda request, by: requesting.refuse(request, by=by, reason="无")):
        with pytest.raises(WrongState, match="已由同事处理"):
            verb(asked, by=civil_affairs_officer)
    assert Entry.objects.filter(event=events.AdministratorConfirmed.code).count() == 1


def test_refusing_keeps_the_reason_for_the_applicant(
    client: Client, asked: AdministratorRequest, civil_affairs_officer: User
) -> None:
    client.force_login(civil_affairs_officer)
    url = reverse("administrator-refuse", args=[asked.pk])
    again = client.post(url, {"reason": ""})
    assert again.status_code == 422
    assert asked.mobile in again.content.decode()
    look = Entry.objects.get(event=events.ContactsRead.code)
    assert look.actor_id == civil_affairs_officer.pk, "however the page came up"
    client.post(url, {"reason": "证照不清楚"})
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == (State.REFUSED, civil_affairs_officer)
    client.logout()
    page = client.get(reverse("administrator-asked", args=[asked.number])).content.decode()
    assert all(words in page for words in ("证照不清楚", "补齐材料后可以重新申请", reverse("administrator-find")))
