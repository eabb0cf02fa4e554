"""Signing on screen: both sides, with real copies, keys and seals."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.announcements import turn_in_words
from agreements.documents import issued
from agreements.documents.issued import newest
from agreements.documents.verdicts import verdict_on
from agreements.lifecycle import electronic
from agreements.lifecycle.electronic import Accepted
from agreements.lifecycle.pages import copies_made
from agreements.lifecycle.ways import way_before
from agreements.models import Agreement, Counterpart, IssuedFile, SigningWindow
from agreements.models.ways import Way
from institutions.models import Duty, Institution, Role
from notifications.models import Notice
from sealing.models import Seal, SigningIdentity
from tests import factories
from tests.agreements.electronic import accepted, pen, read_by, signed_on_screen
from tests.reading import words
from tests.sealing.making import in_use
from verbs.errors import NotAllowed, Unacceptable, WrongState


def test_both_sign_and_it_is_in_force(
    on_screen: Agreement,
    medical_signatory: User,
    elder_care_signatory: User,
    medical_institution: Institution,
    elder_care_institution: Institution,
    institution_administrator: User,
    colleague: User,
    elder_care_clerk: User,
    tmp_path: Path,
) -> None:
    """With a seal and without one, in either order of sides; every copy is ours and whole, and says who signed."""
    keeper = elder_care_signatory
    factories.MembershipFactory.create(user=colleague, institution=elder_care_institution, duty=Duty.APPROVER)
    seal = in_use(elder_care_institution, keeper, institution_administrator, colleague)
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution, seal=seal)
    assert (row.state, row.elder_care_signed_on) == (Agreement.State.SIGNING, timezone.localdate())
    assert set(Notice.objects.filter(kind="agreement_signed").values_list("recipient", flat=True)) >= {
        medical_signatory.pk
    }
    row = signed_on_screen(row, medical_signatory, medical_institution)
    assert row.state == Agreement.State.IN_FORCE
    assert row.effective_on == timezone.localdate()
    assert row.expires_on is not None
    copies = copies_made(row)
    assert [copy.issued.count() for copy in copies] == [2] * 4
    for copy in copies:
        path = tmp_path / f"{copy.number}.pdf"
        path.write_bytes(newest(copy)[0])
        verdict = verdict_on(path)
        assert verdict.is_whole, verdict.words
        assert [said.by for said in verdict.signatures] == ["沈祎", "徐赟"]
        assert verdict.copy is not None
        assert verdict.copy.state.startswith("生效中")
    proofs = dict(row.signatures.current().values_list("role", "proof"))
    assert proofs["elder_care"]["seal"] == str(seal)
    assert proofs["medical"]["seal"] == ""
    assert proofs["medical"]["words"] == "徐赟代赵堃签", "the text names another signatory"
    assert seal.uses.count() == 1, "one use, however many copies"
    follower = lifecycle.start_supplement(row, by=elder_care_clerk)
    assert follower.drafting_way == Way.ELECTRONIC
    assert [way_before(follower, role) for role in Role] == [Way.ELECTRONIC] * 2, "proposed as they signed before"


def test_nothing_is_signed_that_was_not_read_or_is_another_text(
    on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    own = pen(elder_care_signatory, elder_care_institution)
    with pytest.raises(Unacceptable, match="还有第 1、2"):
        lifecycle.sign_electronically(on_screen, by=elder_care_signatory, pen=own, accepted=accepted(on_screen))
    read_by(on_screen, elder_care_signatory)
    with pytest.raises(Unacceptable):
        lifecycle.sign_electronically(on_screen, by=elder_care_signatory, pen=own, accepted=Accepted("0" * 64))
    assert not IssuedFile.objects.exists()


def test_only_a_signatory_of_one_side_signs_and_only_with_their_own_key(
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    elder_care_clerk: User,
) -> None:
    own = pen(elder_care_signatory, elder_care_institution)
    for other in (elder_care_clerk, medical_signatory):
        read_by(on_screen, other)
        with pytest.raises(NotAllowed):
            lifecycle.sign_electronically(on_screen, by=other, pen=own, accepted=accepted(on_screen))
    assert on_screen.signatures.count() == 0


def test_nobody_puts_another_house_s_seal_on_it(
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
) -> None:
    """Whoever signs for two houses has both at hand."""
    read_by(on_screen, elder_care_signatory)
    strange = replace(pen(elder_care_signatory, elder_care_institution), seal=Seal(institution=medical_institution))
    with pytest.raises(NotAllowed, match="您代表的这家机构的印章"):
        lifecycle.sign_electronically(on_screen, by=elder_care_signatory, pen=strange, accepted=accepted(on_screen))


def test_a_side_signs_once(
    on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    with pytest.raises(Unacceptable, match="已经签署"):
        signed_on_screen(row, elder_care_signatory, elder_care_institution)
    assert row.signatures.count() == 1


def test_when_the_last_copy_cannot_be_stored_no_copy_is_signed(
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = issued.keep

    def broken(copy: Counterpart, *args: Any, **kwargs: Any) -> IssuedFile:
        if copy.number == 4:
            raise OSError("no space left")
        return kept(copy, *args, **kwargs)

    monkeypatch.setattr(electronic, "keep", broken)
    with pytest.raises(OSError, match="no space"):
        signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    on_screen.refresh_from_db()
    assert on_screen.state == Agreement.State.AGREED
    assert on_screen.signatures.count() == IssuedFile.objects.count() == 0


@pytest.mark.parametrize("is_demo", [False, True])
def test_where_the_demo_is_over_a_demo_certificate_brings_nothing_into_force(
    is_demo: bool,
    elder_care_institution: Institution,
    elder_care_signatory: User,
    settings: Any,
    request: pytest.FixtureRequest,
) -> None:
    """Not even an agreement that is left over from the demo."""
    elder_care_institution.is_demo = is_demo
    elder_care_institution.save(update_fields=["is_demo"])
    on_screen: Agreement = request.getfixturevalue("on_screen")
    assert on_screen.is_demo is is_demo
    read_by(on_screen, elder_care_signatory)
    own = pen(elder_care_signatory, elder_care_institution)
    settings.DEMO = False
    with pytest.raises(Unacceptable, match="没有法律效力"):
        lifecycle.sign_electronically(
            on_screen,
            by=elder_care_signatory,
            pen=replace(own, identity=SigningIdentity(pk=own.identity.pk, **_as_demo(own.identity))),
            accepted=accepted(on_screen),
        )


def _as_demo(identity: SigningIdentity) -> dict[str, Any]:
    return {"person_id": identity.person_id, "institution_id": identity.institution_id, "level": "demo"}


def test_a_signatory_declines_and_everything_but_the_text_stays(
    on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution, medical_signatory: User
) -> None:
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    with pytest.raises(Unacceptable, match="请写明不签的原因"):
        lifecycle.decline_to_sign(row, by=medical_signatory, reason="  ")
    text = row.frozen
    row = lifecycle.decline_to_sign(row, by=medical_signatory, reason="第三条的费用要改。")
    assert (row.state, row.frozen, row.elder_care_signed_on) == (Agreement.State.DRAFT, None, None)
    assert row.return_reason == "第三条的费用要改。"
    assert text is not None
    text.refresh_from_db()
    assert text.voided_at is not None
    assert row.answers, "what was negotiated stays"
    assert Notice.objects.filter(kind="agreement_signing_declined", recipient=elder_care_signatory).exists()
    with pytest.raises(WrongState):
        lifecycle.decline_to_sign(row, by=medical_signatory, reason="再说一次")


def test_where_both_sign_on_screen_nobody_is_told_to_print(
    client: Client, on_screen: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    told = Notice.objects.get(kind="agreement_agreed", recipient=elder_care_clerk)
    assert "阅读以后电子签署" in told.body
    assert "打印" not in told.body
    assert turn_in_words(on_screen, Role.MEDICAL) == "双方都以电子签章签署，请授权签约人打开协议，阅读以后电子签署。"
    for person in (elder_care_clerk, medical_clerk):
        client.force_login(person)
        page = client.get(reverse("agreement-detail", args=[on_screen.number])).content.decode()
        assert "打印签章" not in page
        buttons = [words(each) for each in re.findall(r'<a class="btn.*?</a>', page, re.DOTALL)]
        assert "电子签署" in buttons
        assert "下载合并打印文件" not in buttons
        assert "下载合并打印文件" in words(page), "still there for who wants to read on paper"
        signing = client.get(reverse("agreement-signing", args=[on_screen.number])).content.decode()
        assert "打印签章" not in signing
        assert "电子签署" in words(signing)


def test_both_sides_are_told_whose_signatory_would_not_sign(
    client: Client, on_screen: Agreement, medical_signatory: User, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = lifecycle.decline_to_sign(on_screen, by=medical_signatory, reason="第三条的费用要改。")
    told = f"{row.party_name(Role.MEDICAL)}的签约人拒绝签署"
    pages = [reverse("agreement-detail", args=[row.number]), reverse("home")]
    for person, more in ((elder_care_clerk, [reverse("draft-step", args=[row.number, "check"])]), (medical_clerk, [])):
        client.force_login(person)
        for page in [*pages, *more]:
            shown = words(client.get(page).content.decode())
            assert told in shown, (person, page)
            assert "对方退回" not in shown, (person, page)
            assert "已撤回" not in shown, (person, page)
    for notice in Notice.objects.filter(kind="agreement_signing_declined"):
        assert notice.title.startswith(told)


def test_the_window_is_put_off_and_ends_with_who_had_signed(
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    stranger: User,
) -> None:
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    window = SigningWindow.objects.get()
    assert window.closes_on == timezone.localdate() + timedelta(days=30)
    with pytest.raises(NotAllowed):
        lifecycle.extend_window(row, by=stranger, until=window.closes_on + timedelta(days=5))
    for until in (window.closes_on, window.latest + timedelta(days=1)):
        with pytest.raises(Unacceptable):
            lifecycle.extend_window(row, by=elder_care_clerk, until=until)
    window = lifecycle.extend_window(row, by=elder_care_clerk, until=window.closes_on + timedelta(days=5))
    assert lifecycle.lapse_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=36), tick=False):
        assert lifecycle.lapse_due() == 1
        assert lifecycle.lapse_due() == 0, "safe to run twice"
    row.refresh_from_db()
    assert (row.state, row.frozen_id) == (Agreement.State.DRAFT, None)
    assert "越城区福星养老院已签" in row.return_reason
    assert "没有签" in row.return_reason


def test_a_refused_form_that_is_loaded_again_leads_back_to_where_one_signs(
    client: Client, on_screen: Agreement, elder_care_signatory: User, elder_care_clerk: User, stranger: User
) -> None:
    """A browser asks for the address of the form by GET: after a wrong PIN, or years later from a bookmark."""
    now = reverse("agreement-sign-now", args=[on_screen.number])
    client.force_login(elder_care_signatory)
    assert client.post(now, {}).status_code == 422
    assert client.get(now)["Location"] == reverse("agreement-sign", args=[on_screen.number])
    assert client.get(reverse("signing-batch-begin"))["Location"] == reverse("signing-batch")
    client.force_login(stranger)
    assert client.get(now).status_code == 404
    client.force_login(elder_care_clerk)
    assert client.get(now).status_code == 403
    for form in ("scan-attach", "scan-place", "scan-blanks"):
        where = client.get(reverse(form, args=[on_screen.number]))["Location"]
        assert where == reverse("agreement-signing", args=[on_screen.number])


def test_who_comes_back_to_where_they_signed_is_led_on(
    client: Client, on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    """By the browser's way back, or from a second window."""
    signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    client.force_login(elder_care_signatory)
    onward = f'href="{reverse("agreement-detail", args=[on_screen.number])}">查看最新情况'
    for answer in (
        client.get(reverse("agreement-sign", args=[on_screen.number])),
        client.post(reverse("agreement-sign-now", args=[on_screen.number]), {"pin": "246810"}),
    ):
        assert answer.status_code == 409
        assert "已经签署，不需要再签" in answer.content.decode()
        assert onward in answer.content.decode()
