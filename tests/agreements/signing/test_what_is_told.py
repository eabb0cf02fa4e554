"""What the pages and messages tell whoever signs on screen: what became of it, what they lack, what the other did."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.announcements import turn_in_words
from agreements.documents import renditions
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, TemplateVersion
from agreements.models.ways import Way
from agreements.signing.seals_told import WANTED, seals_told
from institutions.models import Duty, Institution, Role
from notifications.models import Notice
from sealing import ending, enrolling, seals
from sealing.models import Certificate, SigningIdentity, SigningKey
from sealing.seals import Paper, Scope
from tests import factories
from tests.agreements.electronic import read_by, signed_on_screen
from tests.agreements.making import CONTACT, printed, sent
from tests.reading import words
from tests.sealing.making import PIN, in_use, signatory_of


def shown(client: Client, person: User, name: str, *args: object) -> str:
    client.force_login(person)
    return words(client.get(reverse(name, args=args)).content.decode())


def unread(person: User, kind: str) -> bool:
    return Notice.objects.unread().filter(recipient=person, kind=kind).exists()


def test_what_was_not_signed_in_time_is_called_so(
    client: Client,
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    """On both sides' pages, in lists, and without a word of paper."""
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert lifecycle.lapse_due() == 1
    row = Agreement.objects.with_parties().get(pk=row.pk)
    assert row.state_words == "到期没有签完，待越城区福星养老院修改"
    pages = ["agreement-detail", "home", "agreement-list"]
    for person, name in [(who, page) for who in (elder_care_clerk, medical_clerk) for page in pages]:
        page = shown(client, person, name, *([row.number] if name == "agreement-detail" else []))
        assert "到期没有签完" in page, (person, name)
        assert "对方退回" not in page, (person, name)
        assert "已撤回" not in page, (person, name)
        assert "纸张" not in page, (person, name)
    assert "已经有的电子签名不再算数" in shown(client, elder_care_clerk, "agreement-detail", row.number)
    check = shown(client, elder_care_clerk, "draft-step", row.number, "check")
    assert "到期没有签完" in check
    assert "还没有改动" not in check, "nobody asked for another text"
    client.force_login(elder_care_clerk)
    signing = client.get(reverse("agreement-signing", args=[row.number]))
    assert (signing.status_code, "已经有的电子签名不再算数" in signing.content.decode()) == (409, True)
    assert "扫描" not in words(signing.content.decode())


def test_what_a_signatory_would_not_sign_is_called_so_in_the_chip(
    on_screen: Agreement, medical_signatory: User, elder_care_clerk: User
) -> None:
    row = lifecycle.decline_to_sign(on_screen, by=medical_signatory, reason="第三条的费用要改。")
    told = f"{row.party_name(Role.MEDICAL)}的签约人拒绝签署，待{row.party_name(Role.ELDER_CARE)}修改"
    assert Agreement.objects.with_parties().get(pk=row.pk).state_words == told
    assert Agreement.objects.with_parties().with_return().get(pk=row.pk).state_words == told
    row = lifecycle.send(row, by=elder_care_clerk, revision=row.revision, way=Way.ELECTRONIC)
    assert "拒绝签署" not in row.state_words


def test_whose_turn_it_is_signs_from_the_page_of_the_agreement(
    client: Client, on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    act = f'class="btn btn-primary"\n       href="{reverse("agreement-sign", args=[on_screen.number])}"'
    page = reverse("agreement-detail", args=[on_screen.number])
    client.force_login(elder_care_signatory)
    assert act in client.get(page).content.decode()
    signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    assert act not in client.get(page).content.decode()


def test_a_signatory_is_told_what_became_of_it_and_asked_no_more(
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    on_screen: Agreement,  # after those who are told of it
) -> None:
    assert unread(elder_care_signatory, "agreement_to_be_signed")
    assert unread(medical_signatory, "agreement_to_be_signed")
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    assert not unread(elder_care_signatory, "agreement_to_be_signed")
    assert unread(medical_signatory, "agreement_to_be_signed"), "it waits for the other still"
    signed_on_screen(row, medical_signatory, medical_institution)
    assert not unread(medical_signatory, "agreement_to_be_signed")
    assert not unread(medical_signatory, "agreement_signed")
    assert unread(elder_care_signatory, "agreement_in_force")


def test_nobody_is_asked_to_sign_what_was_given_up(
    elder_care_signatory: User, medical_signatory: User, elder_care_clerk: User, on_screen: Agreement
) -> None:
    assert unread(elder_care_signatory, "agreement_to_be_signed")
    assert unread(medical_signatory, "agreement_to_be_signed")
    lifecycle.withdraw(on_screen, by=elder_care_clerk, reason="费用要改。")
    for person in (elder_care_signatory, medical_signatory):
        assert not unread(person, "agreement_to_be_signed")
    told = Notice.objects.filter(kind="agreement_withdrawn").values_list("body", flat=True)
    assert all("电子签名不再算数" in body and "纸张" not in body for body in told)


def test_of_two_ways_each_side_is_told_its_own(
    signing_is_open: None, draft: Agreement, elder_care_clerk: User, medical_clerk: User, client: Client
) -> None:
    row = printed(
        lifecycle.agree(sent(draft, by=elder_care_clerk), by=medical_clerk, contact=CONTACT, way=Way.ELECTRONIC)
    )
    assert "本方在纸上签章" in Notice.objects.get(kind="agreement_agreed", recipient=elder_care_clerk).body
    assert "本方以电子签章签署" in turn_in_words(row, Role.MEDICAL)
    page = shown(client, elder_care_clerk, "agreement-signing", row.number)
    own = row.party_name(Role.ELDER_CARE)
    assert f"{own}在每一份的落款处签字" in page
    assert f"把{own}签章的" in page
    assert f"还没有上传{own}签章后的扫描件" in page
    assert "双方在每一份" not in page


def test_of_two_ways_the_last_signature_asks_for_the_scan_and_for_no_other_signature(
    signing_is_open: None,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    medical_signatory: User,
    medical_institution: Institution,
) -> None:
    row = lifecycle.agree(sent(draft, by=elder_care_clerk), by=medical_clerk, contact=CONTACT, way=Way.ELECTRONIC)
    renditions.render(row.renditions.final().get().pk)
    row = lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    signed_on_screen(row, medical_signatory, medical_institution)
    assert unread(elder_care_clerk, "agreement_both_signed")
    assert not unread(elder_care_clerk, "agreement_signed"), "it has signed"


def test_the_second_is_told_who_signed_for_the_first_and_that_the_certificate_is_revoked(
    client: Client,
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
) -> None:
    row = signed_on_screen(on_screen, medical_signatory, medical_institution)
    page = shown(client, elder_care_signatory, "agreement-sign", row.number)
    assert f"{row.party_name(Role.MEDICAL)} 已由徐赟代赵堃签于" in page
    assert "只签名，没有用印；双方约定采用的证书" in page
    assert "吊销" not in page
    held = SigningIdentity.objects.get(person=medical_signatory)
    ending.revoke(held, Certificate.Reason.KEY_COMPROMISE, by=medical_signatory, reason="密码被人看到")
    assert "证书在签名以后被吊销" in shown(client, elder_care_signatory, "agreement-sign", row.number)
    assert "证书在签名以后被吊销" in shown(client, elder_care_signatory, "agreement-detail", row.number)


def test_a_password_in_the_place_of_the_pin_counts_for_nothing_and_wide_digits_are_digits(
    client: Client, on_screen: Agreement, elder_care_signatory: User
) -> None:
    read_by(on_screen, elder_care_signatory)
    client.force_login(elder_care_signatory)
    entered = {"text": text_shown(on_screen), "seal": "none", "intent": "on"}
    now = reverse("agreement-sign-now", args=[on_screen.number])
    for typed in (factories.PASSWORD, "73916", "73916a"):
        refused = client.post(now, {**entered, "pin": typed})
        assert refused.status_code == 422
        assert "不是登录密码" in refused.content.decode()
        assert typed not in refused.content.decode()
    assert SigningKey.objects.get(certificate__identity__person=elder_care_signatory).wrong_pins == 0
    wide = PIN.translate({ord(digit): ord(digit) + 0xFEE0 for digit in PIN})
    assert client.post(now, {**entered, "pin": f" {wide}"}).status_code == 302


def test_a_locked_pin_closes_the_form_and_leads_to_another_certificate(
    client: Client, on_screen: Agreement, elder_care_signatory: User
) -> None:
    read_by(on_screen, elder_care_signatory)
    client.force_login(elder_care_signatory)
    entered = {"text": text_shown(on_screen), "seal": "none", "intent": "on", "pin": "111222"}
    now, held = reverse("agreement-sign-now", args=[on_screen.number]), SigningIdentity.objects.get()
    for left in range(4, -1, -1):
        page = client.post(now, entered).content.decode()
        assert ('name="pin"' in page) is bool(left), left
    assert "不能解开" in page
    assert reverse("signing-again", args=[held.pk]) in page
    for again in (client.post(now, entered), client.get(reverse("agreement-sign", args=[on_screen.number]))):
        assert reverse("signing-again", args=[held.pk]) in again.content.decode(), "from another window, too"
    renewal = enrolling.ask_again(held, by=elder_care_signatory, is_forgotten=True)
    waiting = client.get(reverse("agreement-sign", args=[on_screen.number])).content.decode()
    assert "您申请的签约证书正在办理：待本单位确认" in waiting
    assert reverse("signing-identity", args=[renewal.pk]) in waiting
    administrator = User.objects.get(memberships__institution=renewal.institution, memberships__duty="administrator")
    enrolling.confirm(renewal, by=administrator)
    assert "去设置签名密码" in client.get(reverse("agreement-sign", args=[on_screen.number])).content.decode()


def test_a_renewal_that_is_on_the_way_is_said_beside_the_certificate(
    client: Client, signing_is_open: None, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    held = SigningIdentity.objects.get(person=elder_care_signatory)
    place, ask = (reverse(name, args=[elder_care_institution.pk]) for name in ("signing-identities", "signing-ask"))
    client.force_login(elder_care_signatory)
    assert f'btn-primary"\n       href="{ask}"' not in client.get(place).content.decode(), "is certified already"
    renewal = enrolling.ask_again(held, by=elder_care_signatory, is_forgotten=False)
    page = client.get(reverse("signing-identity", args=[renewal.pk])).content.decode()
    assert "还没有证书" not in page
    assert "这次申请的证书还没有签发" in words(page)
    assert f'href="{reverse("signing-identity", args=[held.pk])}">查看原来的证书' in page
    page = client.get(reverse("signing-identity", args=[held.pk])).content.decode()
    assert f'href="{reverse("signing-identity", args=[renewal.pk])}">查看换发的申请' in page
    assert reverse("signing-again", args=[held.pk]) not in page
    newcomer = signatory_of(elder_care_institution, "赵静")
    client.force_login(newcomer)
    assert f'btn-primary"\n       href="{ask}"' in client.get(place).content.decode()


def test_a_seal_that_is_kept_for_other_papers_is_explained(
    client: Client,
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    institution_administrator: User,
    colleague: User,
    elder_care_clerk: User,
) -> None:
    factories.MembershipFactory.create(user=colleague, institution=elder_care_institution, duty=Duty.APPROVER)
    seal = in_use(elder_care_institution, elder_care_clerk, institution_administrator, colleague)
    today = timezone.localdate()

    def give(**limits: Any) -> None:
        scope = Scope(today, today + timedelta(days=1), **limits)
        seals.authorise(seal, elder_care_signatory, scope, by=institution_administrator)

    give(templates=("hunan-2020",))
    page = shown(client, elder_care_signatory, "agreement-sign", on_screen.number)
    assert f"{seal}没有列在上面：给您的用印授权限于范本hunan-2020。" in page
    assert f"请保管人{elder_care_clerk}或者管理员另行授权" in page
    batch = shown(client, elder_care_signatory, "signing-batch")
    assert "没有列在上面" not in batch, "nothing was read that could be signed"
    read_by(on_screen, elder_care_signatory)
    assert "没有列在上面" in shown(client, elder_care_signatory, "signing-batch")
    give(agreement=on_screen.number)
    assert "没有列在上面" not in shown(client, elder_care_signatory, "agreement-sign", on_screen.number)
    assert f"限于协议 {on_screen.number}" in shown(client, elder_care_signatory, "signing-batch")


@pytest.mark.parametrize(
    ("slug", "wants"),
    [("hunan-2020", True), ("taihe-2021", True), ("shaoxing-2024-consortium", False), ("wuzhong-2022", False)],
)
def test_where_the_text_speaks_of_seals_it_is_said_beside_the_choice(
    slug: str,
    wants: bool,
    signing_is_open: None,
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    elder_care_signatory: User,
) -> None:
    row = Agreement(template_version=published[slug])
    told = seals_told(elder_care_signatory, elder_care_institution, [row], papers=[Paper(slug)], usable=set())
    assert told.wanted == (WANTED if wants else "")
    assert (WANTED in render_to_string("agreements/signing/_seals_told.html", {"seals_told": told})) is wants
