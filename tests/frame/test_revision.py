"""A form that does not say at which state of a thing it was opened is late, and nothing of it is kept."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from frame.revision import NEVER, RevisionField, revision_seen
from imports.models import InstitutionImport
from institutions.models import Authority, Institution
from surveys import saving
from surveys.models import Survey
from tests import factories
from tests.agreements.making import CONTACT, sent
from tests.imports.making import book, checked, home
from tests.surveys.answers import ELDER_CARE, typed

pytestmark = pytest.mark.django_db
ODD = [None, "", "-1", "1.5", "x", "0x1", "9" * 5_000]
WITHOUT = [{}, {"revision": ""}, {"revision": "newest"}, {"revision": "-1"}, {"revision": "9" * 30}]


@pytest.mark.parametrize("value", ODD)
def test_what_is_no_revision_is_that_of_no_page(value: str | None) -> None:
    assert RevisionField(min_value=0).clean(value) == NEVER
    assert revision_seen(QueryDict("") if value is None else QueryDict(f"revision={value}")) == NEVER


@pytest.mark.parametrize("without", WITHOUT)
def test_a_draft_is_neither_sent_nor_saved(
    client: Client, draft: Agreement, elder_care_clerk: User, without: dict[str, str]
) -> None:
    client.force_login(elder_care_clerk)
    late = client.post(reverse("agreement-send", args=[draft.number]), without, follow=True)
    assert "核对最新内容后再送出" in late.content.decode()
    fields = {"partner": factories.HospitalFactory.create().pk, "go": "next"}
    answer = client.post(reverse("draft-step", args=[draft.number, "partner"]), fields | without)
    assert (answer.status_code, "刚刚在另一个窗口" in answer.content.decode()) == (409, True)
    kept = Agreement.objects.get(pk=draft.pk)
    assert (kept.state, kept.revision) == (Agreement.State.DRAFT, draft.revision)


@pytest.mark.parametrize("without", WITHOUT)
def test_nobody_agrees_to_a_text_that_they_do_not_name(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, without: dict[str, str]
) -> None:
    sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    late = client.post(reverse("agreement-agree", args=[draft.number]), CONTACT | without)
    assert (late.status_code, "通读最新的文本" in late.content.decode()) == (422, True)
    assert Agreement.objects.get(pk=draft.pk).state == Agreement.State.NEGOTIATING


@pytest.mark.parametrize("without", WITHOUT)
def test_a_survey_shows_what_stands_there(
    client: Client,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    colleague: User,
    without: dict[str, str],
) -> None:
    saving.save_draft(elder_care_institution, by=colleague, revision=0, values={**ELDER_CARE, "beds": 7})
    client.force_login(elder_care_clerk)
    fields = {name: value for name, value in typed(ELDER_CARE, revision=1).items() if name != "revision"}
    late = client.post(reverse("survey-edit", args=[elder_care_institution.pk]), fields | without)
    assert (late.status_code, "对方填 7 张，您填 120 张" in late.content.decode()) == (409, True)
    assert Survey.objects.get().beds == 7


def test_a_name_is_not_changed_nor_an_import_confirmed_unseen(
    client: Client, elder_care_institution: Institution, health_authority: Authority, health_reviewer: User
) -> None:
    client.force_login(health_reviewer)
    fields = {"kind": "renamed", "to": "越城区晚晴养老院", "on": "2026-11-02", "reason": "变更原因"}
    assert client.post(reverse("institution-rename", args=[elder_care_institution.pk]), fields).status_code == 409
    run = checked(book(home(1)), health_authority, health_reviewer)
    assert client.post(reverse("import-confirm", args=[run.pk])).status_code == 409
    run.refresh_from_db()
    assert run.state == InstitutionImport.State.CHECKED
    assert Institution.objects.get(pk=elder_care_institution.pk).name == elder_care_institution.name
