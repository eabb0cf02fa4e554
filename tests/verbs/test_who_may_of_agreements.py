"""Every verb about an agreement, called directly by whoever may not: it refuses, and nothing is written."""

from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.drafting.saving import save_step
from agreements.models import Agreement
from institutions.models import Institution, Role
from tests import factories
from tests.agreements.making import (
    CONTACT,
    approved,
    asked_to_approve,
    certified,
    in_force,
    ready,
    rejected,
    scan_pdf,
    seen_of,
    sent,
    signed,
    ticked,
)
from tests.factories import today
from tests.uploading import attach_scan
from tests.verbs.refusing import by_verb, refuse
from verbs.errors import NotAllowed

Verb = Callable[[Agreement, User], object]
NOTHING: dict[str, object] = {"answers": {}}


def signing(role: Role) -> Verb:
    return lambda row, by: lifecycle.record_signing(row, by=by, role=role, on=today())


# verb → the state in which it could be done, and the call
VERBS: dict[str, tuple[str, Verb]] = {
    "save_step": (
        "draft",
        lambda row, by: save_step(row, by=by, step="terms", revision=row.revision, changes=NOTHING),
    ),
    "send": ("draft", lambda row, by: lifecycle.send(row, by=by, revision=row.revision)),
    "discard": ("draft", lambda row, by: lifecycle.discard(row, by=by)),
    "return": ("sent", lambda row, by: lifecycle.return_to_drafter(row, by=by, reason="第三条费用偏高")),
    "agree": ("sent", lambda row, by: lifecycle.agree(row, by=by, contact=CONTACT)),
    "withdraw": ("sent", lambda row, by: lifecycle.withdraw(row, by=by, reason="写错了机构")),
    "withdraw_frozen": ("agreed", lambda row, by: lifecycle.withdraw(row, by=by, reason="写错了机构")),
    "order_copies": ("draft", lambda row, by: renditions.request(row, by=by)),
    "sign_elder_care": (
        "agreed",
        signing(Role.ELDER_CARE),
    ),
    "sign_medical": ("agreed", signing(Role.MEDICAL)),
    "attach_scan": ("signed", lambda row, by: attach_scan(row, by=by, content=scan_pdf(2), name="扫描.pdf")),
    "place_pages": ("signed", lambda row, by: lifecycle.place_pages(row, by=by, places=placed(row), reason="看页脚")),
    "set_blanks_aside": ("signed", lambda row, by: lifecycle.set_blanks_aside(row, by=by, pages=placed(row))),
    "tick_page": ("signed", lambda row, by: ticked(row, by=by)),
    "untick_page": ("signed", lambda row, by: lifecycle.untick_page(row, by=by, page=min(placed(row)))),
    "send_back_pages": (
        "signed",
        lambda row, by: lifecycle.send_back_pages(row, by=by, pages=frozenset(placed(row)), reason="缺印章"),
    ),
    "take_back_scan": ("signed", lambda row, by: lifecycle.take_back_scan(row, by=by, scan=row.scans.get().pk)),
    "certify_rescan": ("in_force", lambda row, by: lifecycle.certify_rescan(row, by=by, seen=seen_of(row))),
    "reject_scan": ("signed", lambda row, by: rejected(row, by=by, reason="缺页")),
    "certify": ("signed", lambda row, by: certified(row, by=by)),
    "terminate": ("in_force", lambda row, by: lifecycle.terminate(row, by=by, on=today(), reason="机构迁址")),
    "start_renewal": ("in_force", lambda row, by: lifecycle.start_renewal(row, by=by)),
    "start_replacement": ("in_force", lambda row, by: lifecycle.start_replacement(row, by=by)),
    "ask_to_rescind": ("signed", lambda row, by: lifecycle.ask_to_rescind(row, by=by, reason="重复签了一份")),
    "agree_to_rescind": ("asked", lambda row, by: lifecycle.agree_to_rescind(row, by=by)),
    "drop_rescission": ("asked", lambda row, by: lifecycle.drop_rescission(row, by=by)),
    "ask_for_approval": ("draft", lambda row, by: lifecycle.ask_for_approval(row, by=by)),
    "approve": ("to_approve", lambda row, by: approved(row, by=by)),
    "decline": ("to_approve", lambda row, by: lifecycle.decline(row.approvals.get(), by=by, reason="费用偏高")),
    "take_back_approval": ("to_approve", lambda row, by: lifecycle.take_back_approval(row.approvals.get(), by=by)),
    "start_supplement": ("in_force", lambda row, by: lifecycle.start_supplement(row, by=by)),
}


def placed(row: Agreement) -> dict[int, tuple[int, int]]:
    return {sheet.pk: (2, sheet.number) for sheet in row.scans.get().sheets.all()}


# Nobody but clerks of the parties does any of it. Who reads, supervises, audits or looks after people does not either.
OUTSIDERS = (
    "stranger",
    "signatory",
    "institution_administrator",
    "health_reviewer",
    "supervisor",
    "auditor",
    "template_editor",
    "platform_administrator",
    "nobodys_user",
)
# What only one side does: the other side's clerk is refused too.
OF_ONE_SIDE = {
    "save_step": "medical_clerk",
    "send": "medical_clerk",
    "discard": "medical_clerk",
    "return": "elder_care_clerk",
    "agree": "elder_care_clerk",
    "withdraw": "medical_clerk",
    "sign_elder_care": "medical_clerk",
    "sign_medical": "elder_care_clerk",
    "agree_to_rescind": "elder_care_clerk",
    "ask_for_approval": "medical_clerk",
    "approve": "medical_clerk",
    "decline": "medical_clerk",
    "take_back_approval": "medical_clerk",
    "place_pages": "medical_clerk",
    "set_blanks_aside": "medical_clerk",
    "take_back_scan": "medical_clerk",
}
# And whoever works beside the one who sent the text: that it was not they who sent it does not make them the partner.
CASES = [
    *((verb, person) for verb in VERBS for person in OUTSIDERS),
    *OF_ONE_SIDE.items(),
    *(("return", "colleague"), ("agree", "colleague"), ("agree_to_rescind", "colleague")),
    # A leader reads, and answers; and nobody answers who asked, or is a clerk and no leader.
    *((verb, "approver") for verb in VERBS if verb not in {"approve", "decline"}),
    *((verb, person) for verb in ("approve", "decline") for person in ("elder_care_clerk", "colleague")),
]


@pytest.fixture
def in_state(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, approver: User
) -> Callable[[str], Agreement]:
    ways: dict[str, Callable[[], Agreement]] = {
        "draft": lambda: draft,
        "sent": lambda: sent(draft, by=elder_care_clerk),
        "agreed": lambda: ready(draft, drafter=elder_care_clerk, answerer=medical_clerk),
        "signed": lambda: signed(draft, drafter=elder_care_clerk, answerer=medical_clerk),
        "asked": lambda: lifecycle.ask_to_rescind(
            signed(draft, drafter=elder_care_clerk, answerer=medical_clerk), by=elder_care_clerk, reason="重复签了一份"
        ),
        "to_approve": lambda: asked_to_approve(draft, by=elder_care_clerk).agreement,
        "in_force": lambda: in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk),
    }
    return lambda state: ways[state]()


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_verb_refuses_whoever_may_not(
    verb: str, people: list[str], in_state: Callable[[str], Agreement], request: pytest.FixtureRequest
) -> None:
    state, call = VERBS[verb]
    row = in_state(state)
    refuse(*(partial(call, row, by) for by in [request.getfixturevalue(person) for person in people]))


@pytest.mark.parametrize("person", OUTSIDERS)
def test_nobody_drafts_for_an_institution_that_they_are_no_clerk_of(
    person: str, elder_care_institution: Institution, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(person)
    with pytest.raises(NotAllowed, match="经办人"):
        lifecycle.start_draft(elder_care_institution, by=by)
    assert not Agreement.objects.exists()


def test_a_clerk_acting_for_another_place_is_refused(draft: Agreement, elder_care_clerk: User) -> None:
    """`by` carries person and place: what counts is the place that the person acts for now."""
    elder_care_clerk.acting = ("platform", 0)
    with pytest.raises(NotAllowed):
        lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision)
    elder_care_clerk.acting = ("institution", draft.drafted_by_id)
    assert lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision).sent_by == elder_care_clerk


def test_one_person_does_not_agree_to_what_they_sent_whatever_places_they_hold(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, medical_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    row = sent(draft, by=elder_care_clerk)
    elder_care_clerk.acting = ("institution", medical_institution.pk)
    with pytest.raises(NotAllowed, match="您本人送出"):
        lifecycle.agree(row, by=elder_care_clerk, contact=CONTACT)
    assert lifecycle.agree(row, by=medical_clerk, contact=CONTACT).is_frozen


def test_the_page_that_agrees_says_so_at_once(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    row = sent(draft, by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    client.post(reverse("acting-switch"), {"place": f"institution-{medical_institution.pk}"})
    page = client.get(reverse("agreement-agree", args=[row.number]))
    assert page.status_code == 403
    assert "您本人送出" in page.content.decode()
