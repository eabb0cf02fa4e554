"""The demo data: loaded through the verbs, in every state, valid, marked as made up, and loaded only once."""

import io

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import HttpRequest
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from accounts.signing_in import demo_accounts
from agreements.models import Agreement, Scan
from agreements.text.filling import blanks_in
from audit.models import Entry
from demo.loading import rows_of
from demo.people import demo_people
from duties.models import AdministratorRequest
from filing.models import Filing
from institutions.acting import places_of
from institutions.models import (
    Authority,
    Duty,
    ElderCareProfile,
    Institution,
    MedicalProfile,
    Membership,
    Role,
    has_duty,
    institutions_of,
)
from institutions.uscc import validate_uscc
from institutions.validity import Validity, validity_of
from notifications.models import Notice
from tests import factories

COUNTIES = {"430103", "430121", "330602", "330604", "640323", "360826", "410105"}
FOLLOWING = 6  # a renewal in force, one being drafted, two supplements, two more on screen
TEMPLATES = {
    "hunan-2020",
    "wuzhong-2022",
    "shaoxing-2024-consortium",
    "shaoxing-2024-home-sickbed",
    "taihe-2021",
    "zhengzhou-2021",
}


def counts() -> list[int]:
    people = (Institution, MedicalProfile, ElderCareProfile, Authority, User, Membership)
    papers = (Agreement, Scan, Filing, Notice, Entry)
    return [model.objects.count() for model in (*people, *papers)]


def test_a_second_run_changes_nothing(demo: None) -> None:
    before, said = counts(), io.StringIO()

    call_command("load_demo", stdout=said)

    assert counts() == before
    assert "机构 0，账号 0，协议 0" in said.getvalue()


def test_every_county_has_both_sides_and_both_authorities(demo: None) -> None:
    demo_rows = Institution.objects.filter(is_demo=True)
    sides = set(demo_rows.values_list("region__code", "role"))
    bureaus = set(Authority.objects.filter(is_demo=True).values_list("region__code", "kind"))

    assert sides == {(code, role) for code in COUNTIES for role in ("medical", "elder_care")}
    assert bureaus >= {(code, kind) for code in COUNTIES for kind in ("health", "civil_affairs")}
    assert demo_rows.count() >= 60


def test_every_kind_of_institution_is_there(demo: None) -> None:
    assert set(MedicalProfile.objects.values_list("kind", flat=True)) == set(MedicalProfile.Kind.values)
    assert set(ElderCareProfile.objects.values_list("kind", flat=True)) == set(ElderCareProfile.Kind.values)


def test_institutions_are_marked_and_their_identifiers_hold(demo: None) -> None:
    for institution in Institution.objects.with_profiles():
        assert "演示" in institution.name
        assert institution.is_demo
        assert institution.identifier_warnings() == []
        if institution.uscc:
            validate_uscc(institution.uscc)


def test_there_is_something_wrong_to_look_at(demo: None) -> None:
    today = factories.today()
    codes = {p.code for institution in Institution.objects.with_profiles() for p in institution.problems(today)}

    assert codes >= {"closed", "suspended", "licence_expired", "licence_ending", "filing_missing", "no_civil_capacity"}
    assert any(not any(p.blocks for p in i.problems(today)) for i in Institution.objects.with_profiles())


def test_rare_characters_are_among_the_names(demo: None) -> None:
    names = "".join(Institution.objects.values_list("legal_representative", flat=True))

    assert set("堃喆昇祎赟䶮𠅤") <= set(names)


def test_agreements_on_every_template_reach_their_final_text(demo: None) -> None:
    agreements = Agreement.objects.filter(is_demo=True)
    frozen = agreements.exclude(frozen=None)

    assert agreements.count() == len(rows_of("agreements")) + FOLLOWING
    assert set(frozen.values_list("template_version__template__slug", flat=True)) == {*TEMPLATES, "supplement"}
    assert all(agreement.renditions.final().exists() for agreement in frozen)
    assert agreements.exclude(return_reason="").exists()


def test_every_clerk_has_something_to_answer(demo: None) -> None:
    clerks = [person for person in demo_people() if has_duty(person, Duty.CLERK)]
    assert len(clerks) == 15
    for person in clerks:
        waiting = Agreement.objects.visible_to(person).filter(state=Agreement.State.NEGOTIATING)
        assert any(agreement.partner in institutions_of(person) for agreement in waiting), person.username


def test_a_draft_came_back_with_remarks_at_clauses_with_and_without_a_blank(demo: None) -> None:
    [row] = Agreement.objects.filter(state="draft", rounds__is_withdrawn=False).exclude(rounds__remarks=[]).distinct()
    body = row.chosen_version.parsed
    blocks = {block.id: block for block in body.blocks}
    said = row.rounds.get().said
    assert {bool(blanks_in(blocks[remark.block].text)) for remark in said} == {True, False}
    assert all(remark.comment for remark in said)
    assert [len(remark.proposals) for remark in said].count(1) == 2


def test_everyone_on_the_printed_list_can_sign_in(demo: None) -> None:
    printed = io.StringIO()
    call_command("demo_accounts", stdout=printed)
    head, *lines, pin = printed.getvalue().splitlines()

    assert head.split() == ["用户名", "密码", "姓名", "单位", "身份"]
    assert pin.endswith(settings.DEMO_PIN)
    assert len(lines) == len(rows_of("people"))
    for line in lines:
        username, password, full_name, place, duty = line.split()
        user = authenticate(HttpRequest(), username=username, password=password)
        assert isinstance(user, User)
        assert user.full_name == full_name
        assert (place, duty) in {(held.place, held.in_words) for held in user.memberships.all()}


def test_a_newcomer_finds_a_countys_clerks_before_its_officials(demo: None) -> None:
    listed = [account for account in demo_accounts() if account.region_code == "330602"]
    assert [account.username for account in listed[:2]] == ["shaoxing-yl", "shaoxing-yl2"]
    assert [account.is_of_bureau for account in listed] == sorted(account.is_of_bureau for account in listed)


def test_every_role_is_there_and_in_every_county(demo: None) -> None:
    held = Membership.objects.filter(user__in=demo_people())
    of_institutions = set(held.values_list("institution__region__code", "institution__role", "duty"))
    of_bureaus = set(held.values_list("authority__region__code", "authority__kind", "duty"))

    assert set(held.values_list("duty", flat=True)) == set(Duty.values)
    assert of_institutions >= {
        (code, role, duty) for code in COUNTIES for role in Role for duty in (Duty.CLERK, Duty.SIGNATORY)
    }
    assert of_bureaus >= {(code, kind, Duty.REVIEWER) for code in COUNTIES for kind in Authority.Kind}
    supervised = set(held.filter(duty=Duty.SUPERVISOR).values_list("authority__region__code", flat=True))
    assert of_institutions >= {("330602", role, Duty.ADMINISTRATOR) for role in Role}
    assert AdministratorRequest.objects.get().state == AdministratorRequest.State.WAITING
    assert len(places_of(User.objects.get(username="shaoxing-liangchu"))) == 2
    assert supervised == {"330600", "330000", "430000"}


def test_a_demo_from_before_accounts_were_marked_is_taken_over(demo: None) -> None:
    with transaction.atomic():
        User.objects.filter(memberships__duty=Duty.CLERK).update(is_demo=False)
        # Those who have asked for certificates, confirmed them or registered seals stay for good.
        Membership.objects.filter(duty__in=[Duty.SUPERVISOR, Duty.AUDITOR, Duty.TEMPLATE_EDITOR]).delete()
        User.objects.filter(memberships=None).delete()
        call_command("load_demo", verbosity=0)
        assert len(demo_people()) == len({row["username"] for row in rows_of("people")})
        transaction.set_rollback(True)


def test_a_changed_password_setting_reaches_the_accounts(demo: None) -> None:
    with transaction.atomic(), override_settings(DEMO_PASSWORD="Another-Demo-2027"):
        call_command("load_demo", verbosity=0)
        assert authenticate(HttpRequest(), username="shaoxing-yl", password="Another-Demo-2027")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_refuses_outside_a_demo() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="DEMO=yes"):
        call_command("load_demo")


@pytest.mark.django_db
@override_settings(DEMO=True)
def test_says_what_to_load_first() -> None:
    with pytest.raises(CommandError, match="load_regions"):
        call_command("load_demo")


def test_refuses_to_take_over_a_real_person(demo: None) -> None:
    with transaction.atomic():
        Membership.objects.filter(user__username="shaoxing-yl").delete()
        User.objects.filter(username="shaoxing-yl").update(is_demo=False)
        with pytest.raises(CommandError, match="shaoxing-yl"):
            call_command("load_demo")
        transaction.set_rollback(True)


def test_one_home_was_renamed_and_licences_end(demo: None) -> None:
    renamed = Institution.objects.exclude(former_names="").get()
    former = renamed.past_names.get().name
    kept = Agreement.objects.filter(elder_care=renamed, state="in_force").get()
    assert kept.frozen is not None
    assert kept.frozen.party_snapshots["elder_care"]["name"] == former != renamed.name
    today = timezone.localdate()
    words = {validity_of(each, today) for each in Institution.objects.with_profiles()}
    assert {Validity.VALID, Validity.ENDING, Validity.LAPSED} <= words
