"""What an institution wrote last time is proposed, marked as such, and saved only with the page on which it stands."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.drafting.forms import ContactsForm, TermsForm
from agreements.models import Agreement, TemplateVersion
from institutions.models import Institution
from tests.agreements.making import CONTACT, complete_draft, save, sent

OWN = "elder_care"


@pytest.fixture
def begun(draft: Agreement, medical_institution: Institution, elder_care_clerk: User) -> Agreement:
    """A second draft by the same template, with nothing filled in; the first was saved with all its answers."""
    row = lifecycle.start_draft(draft.drafted_by, by=elder_care_clerk)
    row = save(row, by=elder_care_clerk, step="partner", medical=medical_institution)
    return save(row, by=elder_care_clerk, step="template", template_version=draft.template_version)


def test_own_signatory_and_contact_are_proposed_and_marked(
    client: Client, draft: Agreement, begun: Agreement, elder_care_clerk: User
) -> None:
    contact = {**CONTACT, "contact_name": "郑赟"}
    save(draft, by=elder_care_clerk, step="contacts", contacts={OWN: contact})
    form = ContactsForm(None, agreement=begun)
    assert form[f"{OWN}-signatory_name"].value() == CONTACT["signatory_name"]
    assert form[f"{OWN}-signatory_title"].value() == CONTACT["signatory_title"]
    assert form[f"{OWN}-contact_name"].value() == elder_care_clerk.full_name, "who drafts is the one to ask"
    client.force_login(elder_care_clerk)
    page = client.get(reverse("draft-step", args=[begun.number, "contacts"])).content.decode()
    assert f"上次填写的（{draft.number}），请核对" in page
    assert "从起草人的账户带来的，请核对" in page
    assert Agreement.objects.get(pk=begun.pk).contact(begun.drafting_role) == {}, "looking saves nothing"


def test_the_telephone_goes_with_the_person(begun: Agreement, elder_care_clerk: User) -> None:
    assert CONTACT["contact_name"] == elder_care_clerk.full_name
    form = ContactsForm(None, agreement=begun)
    assert form[f"{OWN}-contact_phone"].value() == CONTACT["contact_phone"]


def test_what_was_emptied_and_saved_stays_empty(begun: Agreement, elder_care_clerk: User) -> None:
    row = save(begun, by=elder_care_clerk, step="contacts", contacts={OWN: {**CONTACT, "signatory_title": ""}})
    form = ContactsForm(None, agreement=row)
    assert form[f"{OWN}-signatory_title"].value() == ""
    assert form.remembered == {}


def test_own_answers_are_proposed_but_no_days_bureaus_or_partners_people(begun: Agreement) -> None:
    form = TermsForm(None, agreement=begun)
    assert form["annual_fee"].value() == form.remembered["annual_fee"].value
    assert form["ward_round_doctors"].value() == 3
    assert "请核对" in str(form.fields["ward_round_doctors"].help_text)
    assert not {"valid_from", "valid_to", "health_authority", "civil_affairs_authority"} & set(form.remembered)
    assert begun.answers.get("annual_fee") is None


def test_people_of_the_partner_are_not_remembered(
    elder_care_institution: Institution,
    medical_institution: Institution,
    published: dict[str, TemplateVersion],
    elder_care_clerk: User,
) -> None:
    version = published["taihe-2021"]
    complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    row = lifecycle.start_draft(elder_care_institution, by=elder_care_clerk)
    row = save(row, by=elder_care_clerk, step="template", template_version=version)
    names = set(TermsForm(None, agreement=row).remembered)
    assert "elder_care_contact" in names
    assert "medical_contact" not in names


def test_what_the_partner_wrote_of_us_is_not_ours(
    draft: Agreement, elder_care_clerk: User, medical_institution: Institution, medical_clerk: User
) -> None:
    """Neither from a draft that we have not seen, nor from a text that we have not agreed to."""
    row = save(draft, by=elder_care_clerk, step="contacts", contacts={OWN: CONTACT, "medical": CONTACT})
    ours = lifecycle.start_draft(medical_institution, by=medical_clerk)
    assert "medical-signatory_name" not in ContactsForm(None, agreement=ours).remembered
    row = sent(row, by=elder_care_clerk)
    assert "medical-signatory_name" not in ContactsForm(None, agreement=ours).remembered
    lifecycle.agree(row, by=medical_clerk, contact=CONTACT)
    assert ContactsForm(None, agreement=ours).remembered["medical-signatory_name"].value == CONTACT["signatory_name"]


def test_a_change_in_another_window_is_no_conflict_with_what_was_only_proposed(
    client: Client, begun: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    form = TermsForm(None, agreement=begun)
    data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    save(begun, by=elder_care_clerk, step="contacts", contacts={OWN: CONTACT})
    page = client.post(reverse("draft-step", args=[begun.number, "terms"]), {**data, "go": "exit"})
    assert page.status_code == 302
    assert Agreement.objects.get(pk=begun.pk).answers["ward_round_doctors"] == 3
