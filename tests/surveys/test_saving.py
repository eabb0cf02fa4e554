"""Drafts and editions: what is kept, what is refused, what feeds the profile."""

import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from audit.log import history
from institutions.models import ElderCareProfile, Institution
from regions.official import OFFICIAL
from surveys import events, saving
from surveys.checking import Incomplete, doubts, errors
from surveys.comparing import blocks, services
from surveys.models import Survey
from surveys.service_catalogue import catalogue
from tests import factories
from tests.surveys.answers import ELDER_CARE, MEDICAL
from verbs.errors import WrongState


def test_the_catalogue_is_the_notices_own_in_its_order() -> None:
    known = catalogue()
    source = (OFFICIAL / known.file).read_bytes()
    assert hashlib.sha256(source).hexdigest() == known.digest
    text = "".join(source.decode().split())
    assert known.quote in text
    assert known.document_number in text
    listed = "、".join(service.label for service in known.services)
    assert listed in known.quote
    assert len(known.services) == 14


def test_a_draft_may_be_half_empty_and_feeds_nothing(
    elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    begun = saving.draft_of(elder_care_institution)
    assert begun.pk is None
    assert (begun.beds, begun.residents) == (120, 80)
    draft = saving.save_draft(elder_care_institution, by=elder_care_clerk, revision=0, values={"beds": 7})
    assert (draft.state, draft.edition, draft.residents) == (Survey.State.DRAFT, None, None)
    again = saving.save_draft(elder_care_institution, by=elder_care_clerk, revision=1, values={"beds": 8})
    assert (again.pk, again.revision) == (draft.pk, 2)
    assert ElderCareProfile.objects.get(institution=elder_care_institution).beds == 120


def test_nobody_of_an_age_counts_as_nobody(elder_care_institution: Institution, elder_care_clerk: User) -> None:
    """A home that is empty, though it may not leave the question open."""
    nobody = dict.fromkeys((name for name in ELDER_CARE if name.startswith("residents")), 0)
    values = {**ELDER_CARE, **nobody}
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=values, are_confirmed=True)
    profile = ElderCareProfile.objects.get(institution=elder_care_institution)
    ages = (profile.residents_60, profile.residents_65, profile.residents_80)
    assert (profile.beds, profile.residents, ages) == (120, 0, (0, 0, 0))


def test_an_edition_is_dated_numbered_logged_and_writes_the_profile(
    elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    values = {**ELDER_CARE, "beds": 150, "residents": 90, "residents_80_up": 41}
    first = saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=values)
    assert (first.edition, first.saved_by, first.surveyed_on) == (1, elder_care_clerk, ELDER_CARE["surveyed_on"])
    profile = ElderCareProfile.objects.get(institution=elder_care_institution)
    numbers = (profile.beds, profile.residents, profile.residents_60, profile.residents_65, profile.residents_80)
    assert numbers == (150, 90, 88, 80, 41)
    entry = history(elder_care_institution).get(event=events.Saved.code)
    assert entry.data["edition"] == 1
    assert entry.data["profile"]["beds"] == 150
    second = saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=first.revision, values=ELDER_CARE)
    assert second.edition == 2
    changed = [line for block in blocks(second, first) for line in block.lines if line.before]
    assert [(line.answer, line.before) for line in changed] == [
        ("120 张", "150 张"),
        ("80 人", "90 人"),
        ("31 人", "41 人"),
    ]
    assert not any(line.is_new or line.is_gone for line in services(second, first))


def test_a_medical_edition_leaves_the_profile_alone(medical_institution: Institution, medical_clerk: User) -> None:
    row = saving.hand_in(medical_institution, by=medical_clerk, revision=0, values=MEDICAL)
    assert history(medical_institution).get(event=events.Saved.code).data["profile"] == {}
    assert [line.service.id for line in services(row) if line.is_chosen] == ["treatment", "training"]


def test_what_was_handed_in_cannot_be_changed_or_deleted(
    elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    row = saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    for act in (lambda: Survey.objects.filter(pk=row.pk).update(beds=1), row.delete):
        with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("spoilt", "field", "words"),
    [
        ({"surveyed_on": None}, "surveyed_on", "请填写统计日期"),
        ({"surveyed_on": factories.FAR_AHEAD}, "surveyed_on", "不能晚于今天"),
        ({"beds": None}, "beds", "没有的填 0"),
        ({"has_coordinator": None}, "has_coordinator", "请选择"),
        ({"nursing_beds": 121}, "nursing_beds", "不能多于床位总数（120 张）"),
        ({"residents_65_to_79": 40}, "residents", "合计 81 人，与入住老年人总数 80 人不一致"),
        ({"residents_partly_disabled": 61}, "residents_partly_disabled", "合计 81 人"),
    ],
)
def test_errors_stand_at_their_field(spoilt: dict[str, Any], field: str, words: str) -> None:
    found = errors("elder_care", {**ELDER_CARE, **spoilt}, today=factories.today())
    assert [finding.field for finding in found] == [field]
    assert words in found[0].text


def test_doubts_are_confirmed_by_a_person(elder_care_institution: Institution, elder_care_clerk: User) -> None:
    assert doubts("elder_care", ELDER_CARE) == doubts("medical", MEDICAL) == []
    values = {**ELDER_CARE, "beds": 60, "services": []}
    with pytest.raises(Incomplete, match="多于床位 60 张。没有勾选") as refusal:
        saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=values)
    assert not any(finding.is_error for finding in refusal.value.findings)
    row = saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=values, are_confirmed=True)
    assert row.edition == 1
    assert [each.field for each in doubts("medical", {**MEDICAL, "team_members": 0})] == ["team_members"]
    assert [each.field for each in doubts("medical", {**MEDICAL, "teams": 0})] == ["teams"]
    wrong = errors("medical", {**MEDICAL, "services": []}, today=factories.today())
    assert [each.field for each in wrong] == ["services"]


def test_an_old_page_overwrites_nothing(
    elder_care_institution: Institution, elder_care_clerk: User, colleague: User
) -> None:
    saving.save_draft(elder_care_institution, by=colleague, revision=0, values={"beds": 7})
    with pytest.raises(saving.StaleSurvey) as stale:
        saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    assert (stale.value.newer.beds, stale.value.newer.edited_by) == (7, colleague)
    saving.hand_in(elder_care_institution, by=colleague, revision=1, values=ELDER_CARE)
    with pytest.raises(saving.StaleSurvey) as stale:
        saving.save_draft(elder_care_institution, by=elder_care_clerk, revision=1, values={"beds": 9})
    assert stale.value.newer.edition == 1


def test_a_closed_institution_fills_in_nothing(elder_care_clerk: User) -> None:
    closed = factories.ClosedElderCareFactory.create()
    with pytest.raises(WrongState, match="已经关闭"):
        saving.save_draft(closed, by=elder_care_clerk, revision=0, values={})


@pytest.mark.usefixtures("owner")
def test_a_failing_log_undoes_edition_and_profile(elder_care_institution: Institution, elder_care_clerk: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_log()"
        )
    values = {**ELDER_CARE, "beds": 150}
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=values)
    assert not Survey.objects.exists()
    assert ElderCareProfile.objects.get(institution=elder_care_institution).beds == 120
