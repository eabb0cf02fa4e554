"""Who signs first on screen, where the template says so: asked by the verb, and told to both sides."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle, reminders
from agreements.documents import renditions
from agreements.lifecycle.batches import waiting_for
from agreements.models import Agreement, TemplateVersion
from agreements.text.schema import TemplateBody
from institutions.models import Authority, Institution, Role
from notifications.models import Notice
from tests.agreements.electronic import on_screen_for, signed_on_screen
from tests.agreements.making import complete_draft
from verbs.errors import NotAllowed, Unacceptable


@pytest.fixture
def ordered(
    signing_is_open: None,
    consortium: TemplateVersion,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_signatory: User,
    medical_signatory: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> Agreement:
    """A text of a template that lets the medical institution sign first."""
    version = TemplateVersion.objects.create(
        template=consortium.template,
        number=2,
        title=consortium.title,
        is_official=consortium.is_official,
        body={**consortium.body, "first_to_sign": "medical"},
        digest="f" * 64,
    )
    draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    row = on_screen_for(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    return Agreement.objects.with_parties().with_text().get(pk=row.pk)


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_who_comes_second_waits_and_is_told_when_it_is_their_turn(
    ordered: Agreement,
    elder_care_signatory: User,
    medical_signatory: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
) -> None:
    second, first = elder_care_signatory, medical_signatory
    assert (first.pk in told("agreement_to_be_signed"), second.pk in told("agreement_to_be_signed")) == (True, False)
    assert lifecycle.awaited_on_screen(ordered) == (Role.MEDICAL, Role.ELDER_CARE)
    assert lifecycle.turn_on_screen(ordered) == (Role.MEDICAL,)
    with pytest.raises(Unacceptable, match=f"约定由{ordered.party_name(Role.MEDICAL)}先签署"):
        signed_on_screen(ordered, second, elder_care_institution)
    assert not ordered.signatures.exists()
    assert list(waiting_for(second, elder_care_institution)) == []
    assert list(waiting_for(first, medical_institution)) == [ordered]
    row = signed_on_screen(ordered, first, medical_institution)
    assert second.pk in told("agreement_signed")
    assert list(waiting_for(second, elder_care_institution)) == [row]
    assert signed_on_screen(row, second, elder_care_institution).state == Agreement.State.IN_FORCE


def test_pages_say_whose_turn_it_is(
    ordered: Agreement, elder_care_clerk: User, elder_care_signatory: User, medical_signatory: User, client: Client
) -> None:
    def page(name: str) -> str:
        return client.get(reverse(name, args=[ordered.number])).content.decode()

    client.force_login(elder_care_clerk)
    assert "等待对方先签署" in client.get(reverse("home")).content.decode()
    client.force_login(elder_care_signatory)
    assert "按这份范本的约定后签" in page("agreement-signing")
    assert "您现在还不能签署：这份范本约定由" in page("agreement-sign"), "it can be read before"
    assert 'name="pin"' not in page("agreement-sign")
    assert client.get(reverse("agreement-decline", args=[ordered.number])).status_code == 200
    client.force_login(medical_signatory)
    assert ordered.number in client.get(reverse("home")).content.decode()
    assert 'name="pin"' in page("agreement-sign")


def test_reminders_go_to_who_may_sign(
    ordered: Agreement,
    elder_care_signatory: User,
    medical_signatory: User,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    assert lifecycle.remind(ordered, by=elder_care_clerk)
    with pytest.raises(NotAllowed):
        lifecycle.remind(ordered, by=medical_clerk)
    in_a_week = timezone.localdate() + timedelta(days=7)
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        reminders.SIGNING_WAITS.sweep(on=in_a_week)
    assert told("agreement_signing_waits") == {medical_clerk.pk, medical_signatory.pk}
    said = Notice.objects.filter(kind="agreement_signing_waits").latest("pk")
    assert ordered.party_name(Role.ELDER_CARE) not in said.body.split("尚未电子签署")[1]


def test_what_is_not_signed_in_time_says_who_had_not_come_to_it(ordered: Agreement) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert lifecycle.lapse_due() == 1
    ordered.refresh_from_db()
    assert f"{ordered.party_name(Role.MEDICAL)}没有签" in ordered.return_reason
    assert f"{ordered.party_name(Role.ELDER_CARE)}按约定后签，还没有轮到" in ordered.return_reason


def test_the_template_s_page_says_the_order(
    ordered: Agreement, consortium: TemplateVersion, elder_care_clerk: User, client: Client
) -> None:
    client.force_login(elder_care_clerk)
    address = reverse("template-detail", args=[consortium.template.slug])
    body = TemplateBody.from_json(ordered.chosen_version.body)
    assert f"{body.called['medical']}（医疗卫生机构）先签署，另一方再签署" in client.get(address).content.decode()
    assert "不分先后" in client.get(address, {"version": consortium.number}).content.decode()
    assert body.to_json()["first_to_sign"] == "medical"
    assert "first_to_sign" not in consortium.parsed.to_json(), "and no digest of before has changed"
