"""Filings open with the agreement's entry into force: one for each authority, once."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from audit.log import history
from chinese.dates import cn_day
from filing import events as filing_events
from filing import opening
from filing.deadlines import filing_due
from filing.models import Filing
from filing.papers import own_copy
from institutions.models import Authority
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from tests import factories
from tests.agreements.making import agreed, certified, in_force, signed
from tests.filing.test_deadlines import SCHEME
from tests.made_up_schemes import write_scheme
from verbs.errors import WrongState

HEALTH, CIVIL_AFFAIRS = Authority.Kind.HEALTH, Authority.Kind.CIVIL_AFFAIRS


@pytest.fixture
def agreement(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """In force since before the county's bureaus were registered, so that no filing is open yet."""
    Authority.objects.update(region=factories.region("430102"))
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    Authority.objects.update(region=row.region)
    return row


def test_one_for_each_authority_that_holds_a_copy_in_the_order_of_the_copies(
    agreement: Agreement, elder_care_clerk: User
) -> None:
    filings = opening.open_filings(agreement, by=elder_care_clerk)
    assert [filing.authority.kind for filing in filings] == opening.kinds_filed_with(agreement)
    assert {filing.authority.kind for filing in filings} == {HEALTH, CIVIL_AFFAIRS}
    assert {(filing.state, filing.round, filing.submitted_at) for filing in filings} == {("due", 1, None)}
    assert agreement.effective_on is not None
    assert all(filing.due_on > agreement.effective_on and filing.due_basis for filing in filings)
    assert history(agreement).filter(event=filing_events.Opened.code).count() == 2


def test_opening_twice_opens_nothing_new(agreement: Agreement, elder_care_clerk: User) -> None:
    first = opening.open_filings(agreement, by=elder_care_clerk)
    assert opening.open_filings(agreement, by=None) == first
    assert Filing.objects.count() == 2
    assert history(agreement).filter(event=filing_events.Opened.code).count() == 2


def test_nothing_opens_before_entry_into_force(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    for not_yet in (draft, agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)):
        with pytest.raises(WrongState, match="生效后才需要报送备案"):
            opening.open_filings(not_yet, by=elder_care_clerk)
    assert not Filing.objects.exists()


def test_without_an_authority_here_the_nearest_above_gets_the_copy(
    agreement: Agreement, elder_care_clerk: User, health_authority: Authority
) -> None:
    health_authority.delete()
    above = factories.AuthorityFactory.create(region=factories.region("330600"), kind=HEALTH)
    filings = opening.open_filings(agreement, by=elder_care_clerk)
    assert above in {filing.authority for filing in filings}


def test_a_missing_authority_is_a_finding_and_is_made_up_for_later(
    agreement: Agreement, elder_care_clerk: User, civil_affairs_authority: Authority
) -> None:
    civil_affairs_authority.delete()
    assert opening.without_authority(agreement) == [CIVIL_AFFAIRS]
    assert [filing.authority.kind for filing in opening.open_filings(agreement, by=elder_care_clerk)] == [HEALTH]
    assert opening.open_missing() == 0
    factories.AuthorityFactory.create(region=agreement.region, kind=CIVIL_AFFAIRS)
    assert opening.without_authority(agreement) == []
    assert opening.open_missing() == 1
    assert opening.open_missing() == 0


@pytest.fixture
def with_two_copies(draft: Agreement, owner: None, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """In force; its template gives each side a copy and the authorities none."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # a published version is never changed otherwise
        cursor.execute(
            "UPDATE agreements_templateversion SET body = jsonb_set(body, '{copies}', jsonb_path_query_array("
            'body, \'$.copies[*] ? (@.holder == "medical" || @.holder == "elder_care")\')) WHERE id = %s',
            [draft.template_version_id],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    with_version = Agreement.objects.with_parties().get(pk=draft.pk)
    return in_force(with_version, drafter=elder_care_clerk, answerer=medical_clerk)


def test_the_regions_rule_says_with_whom_it_is_filed_where_the_template_gives_them_no_copy(
    with_two_copies: Agreement, elder_care_clerk: User
) -> None:
    assert opening.kinds_filed_with(with_two_copies) == []
    assert opening.open_missing() == 0
    # The platform's own: both, as long as no region says otherwise.
    load_scheme_files([each for each in read_schemes() if each.body.slug == "national-defaults"])
    assert opening.kinds_filed_with(with_two_copies) == [HEALTH, CIVIL_AFFAIRS]
    assert opening.open_missing() == 2
    assert opening.open_missing() == 0
    copies = [own_copy(filing) for filing in Filing.objects.with_parties().filter(agreement=with_two_copies)]
    assert [copy.number if copy else None for copy in copies] == [1, 1], "the first copy stands for theirs"


def _rule_from(folder: Path, day: date, slug: str, authorities: str) -> None:
    rule = f"{{rule: filing_authorities, with: {{authorities: [{authorities}]}}, quote: 报送, lower_may_change: true}}"
    text = SCHEME[: SCHEME.index("deadlines:")].replace("2026-01-01", str(day)).replace("made-up\n", f"{slug}\n", 1)
    text = text.replace("330602", factories.region("330000", "浙江省").code)
    folder.mkdir()
    write_scheme(folder, f"{text}rules:\n  - {rule}\n", slug)
    load_scheme_files(read_schemes(folder), loaded_from=str(folder))


def test_whom_a_later_rule_names_gets_no_copy_of_what_took_effect_before_it(
    with_two_copies: Agreement, health_authority: Authority, tmp_path: Path
) -> None:
    """The sweep, and the page of where a bureau is lacking, ask the rule of the day on which it took effect."""
    day = with_two_copies.effective_on
    assert day is not None
    health_authority.delete()
    _rule_from(tmp_path / "later", day + timedelta(days=1), "later", "health")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert opening.without_bureau() == []
        assert opening.open_missing() == 0


def test_whom_the_rule_of_the_day_named_gets_the_copy_also_once_a_later_rule_names_others(
    with_two_copies: Agreement, civil_affairs_authority: Authority, tmp_path: Path
) -> None:
    day = with_two_copies.effective_on
    assert day is not None
    _rule_from(tmp_path / "then", day, "then", "health, civil_affairs")
    _rule_from(tmp_path / "later", day + timedelta(days=1), "later", "health")
    civil_affairs_authority.delete()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert [(each.kind, each.waiting) for each in opening.without_bureau()] == [(CIVIL_AFFAIRS, 1)]
        assert opening.open_missing() == 1
        factories.AuthorityFactory.create(region=with_two_copies.region, kind=CIVIL_AFFAIRS)
        assert opening.open_missing() == 1


def test_the_platforms_administrator_sees_where_agreements_wait_for_a_bureau(
    client: Client, agreement: Agreement, civil_affairs_authority: Authority, platform_administrator: User
) -> None:
    client.force_login(platform_administrator)
    assert "没有部门可报" not in client.get(reverse("platform")).content.decode()
    civil_affairs_authority.delete()
    page = client.get(reverse("platform")).content.decode()
    assert "越城区没有民政部门：1 份协议在等" in " ".join(page.split())
    assert agreement.number not in page, "which they are is no matter of the platform's"
    asked = client.get(reverse("bureau-found"), {"region": agreement.region.code, "kind": "civil_affairs"})
    fields = asked.context["form"]
    assert (fields["region"].value(), fields["kind"].value()) == (agreement.region.code, "civil_affairs")


def test_the_sweep_opens_what_is_missing_once_and_signs_as_the_system(agreement: Agreement) -> None:
    assert opening.open_missing() == 2
    assert opening.open_missing() == 0
    assert {entry.actor_name for entry in history(agreement).filter(event=filing_events.Opened.code)} == {"系统"}


def test_the_sweep_opens_what_is_owed_of_an_agreement_that_ended_before_its_authority_was_registered(
    agreement: Agreement, civil_affairs_authority: Authority
) -> None:
    civil_affairs_authority.delete()
    assert opening.open_missing() == 1
    Agreement.objects.filter(pk=agreement.pk).update(state=Agreement.State.EXPIRED)
    assert opening.open_missing() == 0
    factories.AuthorityFactory.create(region=agreement.region, kind=CIVIL_AFFAIRS)
    assert opening.open_missing() == 1
    assert opening.open_missing() == 0
    late = Filing.objects.get(agreement=agreement, authority__kind=CIVIL_AFFAIRS)
    assert late.outlives_agreement
    assert late.state == Filing.State.DUE


def test_the_days_of_what_could_not_be_filed_count_from_the_day_on_which_it_first_could(agreement: Agreement) -> None:
    """Agreed long ago, its bureaus registered today: nobody is late with what nobody could do."""
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        today = timezone.localdate()
        assert opening.open_missing() == 2
        for late in Filing.objects.filter(agreement=agreement):
            assert late.due_on > today + timedelta(days=9)
            assert late.due_basis.startswith(f"备案部门登记、可以报送（{cn_day(today)}）后 10 个工作日内")
        assert not any(filing.is_late for filing in Filing.objects.with_clock(today))


def test_an_authority_registered_later_nearer_by_gets_no_second_filing(
    agreement: Agreement, elder_care_clerk: User, health_authority: Authority
) -> None:
    health_authority.delete()
    factories.AuthorityFactory.create(region=factories.region("330600"), kind=HEALTH)
    opening.open_filings(agreement, by=elder_care_clerk)
    factories.AuthorityFactory.create(region=agreement.region, kind=HEALTH)
    assert opening.open_missing() == 0


@pytest.mark.usefixtures("owner")
def test_failing_log_opens_nothing(agreement: Agreement, elder_care_clerk: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_log()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        opening.open_filings(agreement, by=elder_care_clerk)
    assert not Filing.objects.exists()


def test_whoever_certifies_the_filings_exist_in_the_same_transaction(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert {filing.authority.kind for filing in row.filings.select_related("authority")} == {HEALTH, CIVIL_AFFAIRS}
    opened = history(row).filter(event=filing_events.Opened.code)
    assert {entry.actor_name for entry in opened} == {medical_clerk.full_name}


@pytest.mark.usefixtures("owner")
def test_a_filing_that_cannot_be_opened_keeps_the_agreement_from_entering_force(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    ready = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON filing_filing FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        certified(ready, by=medical_clerk)
    assert Agreement.objects.get(pk=ready.pk).state == Agreement.State.SIGNING
    assert not Filing.objects.exists()


@pytest.mark.parametrize("missing", [HEALTH, CIVIL_AFFAIRS])
def test_the_sweep_finds_whichever_kind_is_missing(
    missing: Authority.Kind, agreement: Agreement, elder_care_clerk: User
) -> None:
    opening.open_filings(agreement, by=elder_care_clerk)
    Filing.objects.filter(authority__kind=missing).delete()
    assert opening.open_missing() == 1
    assert Filing.objects.filter(authority__kind=missing).count() == 1


def test_each_filing_has_the_deadline_of_its_kind(agreement: Agreement, elder_care_clerk: User) -> None:
    for filing in opening.open_filings(agreement, by=elder_care_clerk):
        due = filing_due(agreement, Authority.Kind(filing.authority.kind))
        assert (filing.due_on, filing.due_basis, filing.is_platform_default) == (due.on, due.basis, True)
    assert opening.notes(agreement) == []
    Authority.objects.update(region=factories.region("430102"))
    names = "、".join(kind.label for kind in opening.kinds_filed_with(agreement))
    assert opening.notes(agreement) == [
        f"系统里还没有登记本县区的{names}，暂时不能向其报送；登记后自动建立报送任务，不影响协议效力。"
    ]


def test_a_day_fixed_for_one_authority_is_its_filings_alone(
    agreement: Agreement, elder_care_clerk: User, tmp_path: Path
) -> None:
    fixed = SCHEME.replace("2026-06-30", "2099-06-30")
    write_scheme(tmp_path, fixed)
    load_scheme_files(read_schemes(tmp_path))
    due = {each.authority.kind: each.due_on for each in opening.open_filings(agreement, by=elder_care_clerk)}
    assert due[HEALTH] == date(2099, 6, 30)
    assert due[CIVIL_AFFAIRS] < date(2099, 1, 1)
