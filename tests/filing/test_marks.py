"""One chip for all filings of an agreement, in the list of agreements."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from agreements.register.viewer import Viewer
from filing.ledger import OF_AGREEMENTS
from filing.marks import filed
from filing.models import Filing
from filing.worklist import how_many_wait
from institutions.models import Authority, Duty, Institution
from tests import factories
from tests.filing.fixtures import InState

State = Filing.State


def test_what_has_no_filing_has_no_chip(draft: Agreement, elder_care_clerk: User) -> None:
    assert filed([draft], elder_care_clerk) == {}


@pytest.mark.parametrize(
    ("state", "word", "colour"),
    [
        (State.DUE, "待报送", "amber"),
        (State.SUBMITTED, "待报送", "amber"),  # the other authority's is still to be handed in
        (State.RETURNED, "退回补正", "cinnabar"),
        (State.ACCEPTED, "待报送", "amber"),
    ],
)
def test_the_most_urgent_stands_for_all(
    in_state: InState, state: Filing.State, word: str, colour: str, elder_care_clerk: User
) -> None:
    filing = in_state(state)
    chip = filed([filing.agreement], elder_care_clerk)[filing.agreement_id].chip
    assert (chip.word, chip.colour) == (word, colour)


def test_what_is_late_says_by_how_many_days(in_state: InState, elder_care_clerk: User) -> None:
    late = in_state(State.SUBMITTED)
    Filing.objects.filter(pk=late.pk).update(review_due_on=factories.yesterday())
    [row] = Viewer(elder_care_clerk).of_page([late.agreement])
    assert row.filed is not None
    assert (row.filed.chip.word, row.filed.chip.colour) == ("待接收，超期 1 天", "cinnabar")


def test_the_list_offers_what_the_reader_has_to_do_about_a_filing(
    client: Client, in_state: InState, elder_care_clerk: User, signatory: User
) -> None:
    """Not 查看, where the agreement's page says 重新报送: the list leads there in one press."""
    returned = in_state(State.RETURNED)
    for user, word, name, key in (
        (elder_care_clerk, "重新报送", "filing-resubmit", returned.pk),
        (signatory, "查看", "agreement-detail", returned.agreement.number),
    ):
        client.force_login(user)
        [row] = client.get(reverse("agreement-list")).context["rows"]
        assert (row.next_act.word, row.next_act.url) == (word, reverse(name, args=[key]))


def test_filings_under_review_cost_no_question_each(
    in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    row = in_state(State.UNDER_REVIEW)

    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            filed([row.agreement], elder_care_clerk)
        return len(questions)

    of_one = asked()
    facts = ("due_on", "due_basis", "state", "submitted_at", "submitted_by", "review_due_on", "taken_up_at")
    for code in ("330101", "330102", "330103"):
        Filing.objects.create(
            agreement=row.agreement,
            authority=factories.AuthorityFactory.create(region=factories.region(code)),
            taken_up_by=health_reviewer,
            **{name: getattr(row, name) for name in facts},
        )
    assert asked() == of_one


def test_who_sees_the_agreement_and_not_what_was_filed_of_it_is_told_nothing_of_the_filing(
    in_state: InState, health_reviewer: User
) -> None:
    """The partner moved its seat: the officials there answer for it, and the copies lie where they were handed in."""
    row = in_state(State.ACCEPTED)
    elsewhere = factories.region("430105")
    medical = row.agreement.medical
    assert medical is not None
    Institution.objects.filter(pk=medical.pk).update(region=elsewhere)
    bureau = factories.AuthorityFactory.create(region=elsewhere, kind=Authority.Kind.HEALTH)
    there = factories.MembershipFactory.create(authority=bureau, duty=Duty.SUPERVISOR).user
    seen = list(Agreement.objects.visible_to(there).with_parties().filter(pk=row.agreement_id))
    assert seen, "it concerns an institution of theirs"
    assert not Filing.objects.visible_to(there).exists()
    [viewed] = Viewer(there).of_page(seen)
    assert viewed.filed is None
    told = OF_AGREEMENTS.cells(seen, there)[row.agreement_id]
    assert not any(told)
    assert any(OF_AGREEMENTS.cells(seen, health_reviewer)[row.agreement_id]), "where it was filed it is told"
    assert filed(seen, health_reviewer)


def test_the_history_of_an_agreement_tells_of_its_filings_to_whoever_may_see_them(
    client: Client, in_state: InState, health_reviewer: User, elder_care_clerk: User
) -> None:
    """The officials of a partner's county answer for the agreement, and read nothing of what another returned."""
    row = in_state(State.RETURNED)
    elsewhere = factories.region("430105")
    assert row.agreement.medical is not None
    Institution.objects.filter(pk=row.agreement.medical.pk).update(region=elsewhere)
    bureau = factories.AuthorityFactory.create(region=elsewhere, kind=Authority.Kind.HEALTH)
    there = factories.MembershipFactory.create(authority=bureau, duty=Duty.REVIEWER).user

    def history(user: User) -> str:
        client.force_login(user)
        page = client.get(reverse("agreement-detail", args=[row.agreement.number])).content.decode()
        return page.partition('<h2 id="history">')[2]

    assert "核验" in history(there)
    assert row.reasons not in history(there)
    assert "退回补正" not in history(there)
    for person in (health_reviewer, elder_care_clerk):
        assert row.reasons in history(person)


def test_beside_what_is_late_the_first_page_denies_only_others(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    late = in_state(State.SUBMITTED)
    client.force_login(health_reviewer)
    Filing.objects.filter(pk=late.pk).update(review_due_on=factories.yesterday())
    page = client.get(reverse("home")).content.decode()
    assert "没有其他待接收的备案。" in page
    assert "没有待接收的备案。" not in page


@pytest.mark.parametrize("who", ["elder_care_clerk", "health_reviewer"])
def test_the_menu_counts_what_the_first_heading_of_the_list_counts(
    request: pytest.FixtureRequest, client: Client, in_state: InState, who: str
) -> None:
    in_state(State.SUBMITTED)
    user: User = request.getfixturevalue(who)
    client.force_login(user)
    first = client.get(reverse("filing-list")).context["tabs"][0]
    assert how_many_wait(user, reviews=who == "health_reviewer") == first.count == 1
