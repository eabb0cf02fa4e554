"""Two counties, each with an agreement, filings, an eligibility case and an import of its own.

No list, ledger or work list of the one shows a row of the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from exports.sockets import LISTS
from filing import lifecycle as filings
from filing import opening
from imports import check_run
from imports.permissions import reads_imports
from institutions.models import Authority, Institution
from institutions.posts import posts_of
from tests import factories
from tests.access.surveyed import applied
from tests.agreements.making import complete_draft, in_force
from tests.exporting import exported
from tests.imports.making import book, home, uploaded

IMPORTS = ["import-list {}"]
PLACES: list[tuple[str, dict[str, str]]] = [
    ("home", {}),
    ("agreement-list", {}),
    ("agreements", {}),
    *(("filing-list", {"group": group}) for group in ("open", "late", "submitted", "due", "decided", "all")),
    ("filings", {"group": "all"}),
    ("eligibility-list", {}),
    ("import-list", {}),
    ("inbox", {}),
]


@dataclass(frozen=True)
class Two:
    here: Agreement
    there: Agreement


@pytest.fixture
def two(
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    stranger: User,
    stranger_institution: Institution,
    consortium: TemplateVersion,
    health_authority: Authority,
    civil_affairs_authority: Authority,
    health_reviewer: User,
    other_reviewer: User,
) -> Two:
    """An agreement in 越城区 and one in 上虞区, in force, filed with both bureaus of their county."""
    partner = factories.OpenMedicalInstitutionFactory.create(
        name="上虞区百官卫生院", region=stranger_institution.region
    )
    partners_clerk = factories.MembershipFactory.create(institution=partner).user
    for kind in Authority.Kind:
        factories.AuthorityFactory.create(region=stranger_institution.region, kind=kind)
    for medical, clerk in ((medical_institution, medical_clerk), (partner, partners_clerk)):
        applied(medical, clerk, words="见附件")
    for place, reviewer in ((elder_care_institution, health_reviewer), (stranger_institution, other_reviewer)):
        bureau = Authority.objects.get(memberships__user=reviewer)
        check_run.check(uploaded(book(home(1, name=place.name)), bureau, reviewer, f"{place.name}.xlsx").pk)
    return Two(
        _handed_in(elder_care_institution, medical_institution, consortium, elder_care_clerk, medical_clerk),
        _handed_in(stranger_institution, partner, consortium, stranger, partners_clerk),
    )


def _handed_in(own: Institution, partner: Institution, version: TemplateVersion, by: User, other: User) -> Agreement:
    agreement = in_force(complete_draft(own, partner, version, by=by), drafter=by, answerer=other)
    for filing in opening.open_filings(agreement, by=by):
        filings.submit(filing, by=by)
    return agreement


def shown(client: Client, user: User, name: str, asked: dict[str, str]) -> str:
    """Return all text of a page, or of every cell of a workbook."""
    client.force_login(user)
    is_list = any(each.slug == name for each in LISTS)
    response = exported(client, name, asked) if is_list else client.get(reverse(name), asked, follow=True)
    assert response.status_code == 200, name
    content = response.getvalue()
    if not content.startswith(b"PK"):
        return content.decode()
    book = load_workbook(BytesIO(content), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.fixture
def leaks(client: Client, two: Two) -> Callable[[User, Agreement], list[str]]:
    """Return the places where a person reads an agreement's number, or the name of a side that is not their own."""

    @cache  # a person's pages are opened once, whichever agreement is looked for in them
    def texts_of(user: User) -> dict[str, str]:
        return {
            f"{place} {asked}": shown(client, user, place, asked)
            for place, asked in PLACES
            if place != "import-list" or reads_imports(user)
        }

    def found(user: User, agreement: Agreement) -> list[str]:
        traces = {agreement.number, str(agreement.elder_care), str(agreement.medical)} - set(posts_of(user).places)
        return [place for place, text in texts_of(user).items() if any(trace in text for trace in traces)]

    return found


Leaks = Callable[[User, Agreement], list[str]]


def test_the_two_sides_and_their_bureaus_read_their_own_and_no_others(
    two: Two,
    leaks: Leaks,
    elder_care_clerk: User,
    medical_clerk: User,
    signatory: User,
    health_reviewer: User,
    civil_affairs_officer: User,
) -> None:
    for user in (elder_care_clerk, medical_clerk, signatory, health_reviewer, civil_affairs_officer):
        assert leaks(user, two.there) == [], user.username
        assert {"agreement-list {}", "agreements {}"} <= set(leaks(user, two.here)), user.username
    assert {"eligibility-list {}", "import-list {}"} <= set(leaks(health_reviewer, two.here))


def test_the_neighbours_likewise(two: Two, leaks: Leaks, stranger: User, other_reviewer: User) -> None:
    for user in (stranger, other_reviewer):
        assert leaks(user, two.here) == [], user.username
        assert {"agreement-list {}", "agreements {}"} <= set(leaks(user, two.there)), user.username
    assert {"eligibility-list {}", "import-list {}"} <= set(leaks(other_reviewer, two.there))


def test_the_prefecture_reads_both(two: Two, leaks: Leaks, supervisor: User) -> None:
    for agreement in (two.here, two.there):
        assert {"agreement-list {}", "agreements {}", "filings {'group': 'all'}"} <= set(leaks(supervisor, agreement))


def test_nobody_else_reads_either(
    two: Two,
    leaks: Leaks,
    other_supervisor: User,
    auditor: User,
    template_editor: User,
    institution_administrator: User,
    authority_administrator: User,
    platform_administrator: User,
    nobodys_user: User,
) -> None:
    administrators = (institution_administrator, platform_administrator)
    for user in (other_supervisor, template_editor, *administrators, nobodys_user):
        assert leaks(user, two.here) == leaks(user, two.there) == [], user.username
    # A bureau's administrator imports for it as well.
    assert (leaks(authority_administrator, two.here), leaks(authority_administrator, two.there)) == (IMPORTS, [])
    # The auditor's first page is the log, which names what happened to what; they open none of it.
    assert {*leaks(auditor, two.here), *leaks(auditor, two.there)} <= {"home {}"}


def test_an_agreement_across_a_border_concerns_both_counties(
    two: Two,
    leaks: Leaks,
    medical_institution: Institution,
    stranger: User,
    medical_clerk: User,
    stranger_institution: Institution,
    consortium: TemplateVersion,
    health_reviewer: User,
    other_reviewer: User,
) -> None:
    draft = complete_draft(stranger_institution, medical_institution, consortium, by=stranger)
    across = in_force(draft, drafter=stranger, answerer=medical_clerk)
    for user in (health_reviewer, other_reviewer):
        assert "agreement-list {}" in leaks(user, across), user.username
