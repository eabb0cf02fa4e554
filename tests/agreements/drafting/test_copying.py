"""照此另起一份: the terms of an agreement with another partner, and drafting from a template's own page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import events, lifecycle
from agreements.models import Agreement, AgreementKind, TemplateVersion
from agreements.text.schema import BlankKind
from audit.models import Entry
from institutions.models import Institution, Role
from tests import factories
from tests.agreements.making import CONTACT, complete_draft, in_force
from verbs.errors import NotAllowed, WrongState

State = Agreement.State


@pytest.fixture
def pattern(
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Agreement:
    draft = complete_draft(elder_care_institution, medical_institution, consortium, by=elder_care_clerk)
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.mark.parametrize("side", list(Role))
def test_either_side_has_the_terms_and_its_own_contact_and_nothing_that_was_the_others(
    pattern: Agreement, side: Role, elder_care_clerk: User, medical_clerk: User
) -> None:
    by = elder_care_clerk if side == Role.ELDER_CARE else medical_clerk
    copy = lifecycle.start_copy(pattern, by=by)
    body = pattern.chosen_version.parsed
    left_out = {body.term.from_blank, body.term.to_blank}
    left_out |= {blank.id for blank in body.blanks if blank.kind is BlankKind.AUTHORITY}
    assert copy.answers == {key: value for key, value in pattern.answers.items() if key not in left_out}
    assert copy.answers, "the terms are what it is for"
    assert copy.contacts == {side: CONTACT}
    assert (copy.state, copy.kind, copy.predecessor) == (State.DRAFT, AgreementKind.ORIGINAL, None)
    assert (copy.partner, copy.drafting_role, copy.drafted_by) == (None, side, getattr(pattern, side))
    assert copy.template_version == pattern.template_version
    pattern.refresh_from_db()
    assert pattern.state == State.IN_FORCE
    entry = Entry.objects.get(event=events.Drafted.code, subject_id=copy.pk)
    assert entry.data["pattern"] == pattern.number


def test_nobody_else_copies_and_no_supplement_is_copied(
    pattern: Agreement, stranger: User, signatory: User, health_reviewer: User, elder_care_clerk: User
) -> None:
    for other in (stranger, signatory, health_reviewer):
        with pytest.raises(NotAllowed, match="只有协议双方的经办人"):
            lifecycle.start_copy(pattern, by=other)
    supplement = lifecycle.start_supplement(pattern, by=elder_care_clerk)
    empty = lifecycle.start_draft(supplement.drafted_by, by=elder_care_clerk)
    for agreement in (supplement, empty):
        with pytest.raises(WrongState, match="不能照着另起一份"):
            lifecycle.start_copy(agreement, by=elder_care_clerk)
    assert Agreement.objects.count() == 3, "what was refused has left nothing"


def test_who_is_closed_copies_nothing(
    pattern: Agreement, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    Institution.objects.filter(pk=elder_care_institution.pk).update(status=Institution.Status.SUSPENDED)
    with pytest.raises(NotAllowed, match="暂停或关闭"):
        lifecycle.start_copy(pattern, by=elder_care_clerk)


def test_the_page_leads_to_the_new_drafts_first_step(
    client_of_clerk: Client, pattern: Agreement, medical_institution: Institution
) -> None:
    page = client_of_clerk.get(reverse("agreement-detail", args=[pattern.number])).content.decode()
    assert "照此另起一份" in page
    answer = client_of_clerk.post(reverse("agreement-copy", args=[pattern.number]), follow=True)
    copy = Agreement.objects.exclude(pk=pattern.pk).get()
    assert answer.redirect_chain[-1][0] == reverse("draft-step", args=[copy.number, "partner"])
    assert f"条款照抄自 {pattern.number}" in answer.content.decode()
    new = client_of_clerk.get(reverse("agreement-detail", args=[copy.number])).content.decode()
    assert f"条款照抄 {pattern.number}" in new


def test_a_templates_page_begins_a_draft_by_it(
    client_of_clerk: Client, consortium: TemplateVersion, elder_care_institution: Institution
) -> None:
    page = client_of_clerk.get(reverse("template-detail", args=[consortium.template.slug])).content.decode()
    assert "用这份范本起草" in page
    client_of_clerk.post(reverse("agreement-start"), {"template": consortium.template.slug})
    draft = Agreement.objects.get()
    assert (draft.template_version, draft.drafted_by) == (consortium, elder_care_institution)


def test_of_a_template_of_another_place_or_none_it_is_said_and_the_wizard_asks(
    client_of_clerk: Client, consortium: TemplateVersion
) -> None:
    consortium.template.region = factories.region("320500")
    consortium.template.save(update_fields=["region"])
    answer = client_of_clerk.post(reverse("agreement-start"), {"template": consortium.template.slug}, follow=True)
    assert f"《{consortium.title}》不适用于" in answer.content.decode()
    assert Agreement.objects.get().template_version is None
    client_of_clerk.post(reverse("agreement-start"), {"template": "no-such"})
    assert Agreement.objects.filter(template_version=None).count() == 2


def test_the_page_to_begin_keeps_the_template_and_says_whom_it_is_for(
    client_of_clerk: Client, consortium: TemplateVersion, elder_care_institution: Institution
) -> None:
    page = client_of_clerk.get(reverse("agreement-start"), {"template": consortium.template.slug}).content.decode()
    assert not Agreement.objects.exists()
    assert consortium.title in page
    assert elder_care_institution.name in page
    assert f'name="template" value="{consortium.template.slug}"' in page


def test_who_acts_for_a_closed_institution_is_told_whom_to_ask(
    client_of_clerk: Client, elder_care_institution: Institution
) -> None:
    Institution.objects.filter(pk=elder_care_institution.pk).update(status=Institution.Status.SUSPENDED)
    assert "已暂停、关闭" in client_of_clerk.post(reverse("agreement-start")).content.decode()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("side", list(Role))
def test_people_of_the_other_side_are_nobodys_of_the_next_partner(
    side: Role,
    elder_care_institution: Institution,
    medical_institution: Institution,
    published: dict[str, TemplateVersion],
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    by = elder_care_clerk if side == Role.ELDER_CARE else medical_clerk
    named = 0
    for version in published.values():
        pattern = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
        copied = lifecycle.start_copy(pattern, by=by).answers
        people = [blank for blank in version.parsed.blanks if blank.is_asked and blank.role == side.other]
        assert not {blank.id for blank in people} & set(copied), version
        own = [blank.id for blank in version.parsed.blanks if blank.is_asked and blank.role == side]
        assert set(own) <= set(copied), version
        named += len(people)
    assert named, "some template asks for the other side's people"
