"""The survey's pages: filling in, editions, services side by side, and who may see which."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from institutions.models import Institution
from surveys import saving
from surveys.models import Survey
from tests.surveys.answers import ELDER_CARE, MEDICAL, typed


def test_a_clerk_saves_is_corrected_confirms_and_hands_in(
    client: Client, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    url = reverse("survey-edit", args=[elder_care_institution.pk])
    client.force_login(elder_care_clerk)
    assert 'value="120"' in client.get(url).content.decode()
    kept = client.post(url, {"revision": 0, "go": "save", "beds": "130"}, follow=True)
    assert "已保存，还没有提交" in kept.content.decode()
    bad = client.post(url, {"revision": 1, "go": "save", "beds": "很多"})
    assert bad.status_code == 422
    assert "请填写整数" in bad.content.decode()
    wrong = client.post(url, typed({**ELDER_CARE, "residents": 99}, revision=1))
    assert wrong.status_code == 422
    assert "合计 80 人" in wrong.content.decode()
    doubtful = client.post(url, typed({**ELDER_CARE, "beds": 60}, revision=1))
    assert doubtful.status_code == 422
    assert "已经核对，情况属实" in doubtful.content.decode()
    done = client.post(url, typed({**ELDER_CARE, "beds": 60}, revision=1, are_confirmed="on"), follow=True)
    assert "已提交第 1 次摸底信息" in done.content.decode()
    assert Survey.objects.saved().get(institution=elder_care_institution).beds == 60


def test_of_two_clerks_the_second_sees_what_the_first_saved(
    client: Client, elder_care_institution: Institution, elder_care_clerk: User, colleague: User
) -> None:
    url = reverse("survey-edit", args=[elder_care_institution.pk])
    saving.save_draft(elder_care_institution, by=colleague, revision=0, values={**ELDER_CARE, "beds": 7})
    client.force_login(elder_care_clerk)
    stale = client.post(url, typed(ELDER_CARE, revision=0, go="save"))
    assert stale.status_code == 409
    assert "床位总数：对方填 7 张，您填 120 张" in stale.content.decode()
    again = client.post(url, typed(ELDER_CARE, revision=stale.context["form"].data["revision"], go="save"))
    assert again.status_code == 302
    assert Survey.objects.get().beds == 120


def test_earlier_editions_stay_readable_with_what_changed(
    client: Client, elder_care_institution: Institution, elder_care_clerk: User, health_reviewer: User
) -> None:
    first = saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    later = {**ELDER_CARE, "clinic_rooms": 3, "services": ["training"]}
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=first.revision, values=later)
    client.force_login(health_reviewer)
    url = reverse("survey-detail", args=[elder_care_institution.pk])
    newest = client.get(url).content.decode()
    assert "原为 1 间" in newest
    assert newest.count("上次有") == 3
    assert "原为" not in client.get(url, {"edition": 1}).content.decode()


def test_services_side_by_side(
    client: Client,
    elder_care_institution: Institution,
    medical_institution: Institution,
    stranger_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
) -> None:
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    saving.hand_in(medical_institution, by=medical_clerk, revision=0, values=MEDICAL)
    url = reverse("survey-beside", args=[elder_care_institution.pk])
    for person in (elder_care_clerk, health_reviewer):
        client.force_login(person)
        page = client.get(url, {"with": medical_institution.pk}).content.decode()
        assert f"{elder_care_institution.name}需要 3 项，{medical_institution.name}能提供其中 1 项" in page
        # What the other side counts of itself is not shown.
        assert "全科医师" not in page
    assert client.get(url, {"with": stranger_institution.pk}).status_code == 403
    assert client.get(url, {"with": "²"}).status_code == 404, "a digit, but no number"
    client.force_login(medical_clerk)
    assert client.get(url, {"with": medical_institution.pk}).status_code == 404


def test_an_administrator_fills_in_a_signatory_reads_and_a_draft_is_the_institutions_own(
    client: Client,
    elder_care_institution: Institution,
    institution_administrator: User,
    signatory: User,
    health_reviewer: User,
    stranger: User,
) -> None:
    edit, read = (reverse(name, args=[elder_care_institution.pk]) for name in ("survey-edit", "survey-detail"))
    client.force_login(institution_administrator)
    assert client.post(edit, typed({**ELDER_CARE, "remark": "草稿里的话"}, revision=0, go="save")).status_code == 302
    for person, may_read, may_edit in ((signatory, 200, 403), (health_reviewer, 200, 403), (stranger, 404, 404)):
        client.force_login(person)
        assert (client.get(read).status_code, client.get(edit).status_code) == (may_read, may_edit)
        assert "草稿里的话" not in client.get(reverse("survey-home")).content.decode()
    assert list(Survey.objects.visible_to(health_reviewer)) == []
    assert Survey.objects.visible_to(signatory).count() == 1
