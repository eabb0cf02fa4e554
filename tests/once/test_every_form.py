"""Every form that creates something, sent twice: it creates once, and the second answer leads where the first did.

A new address that takes a POST fails here until it is in one of the two lists.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement, Approval, TemplateVersion
from audit.models import Work
from duties.models import Invitation
from eligibility.models import EligibilityCase
from exports.models import Export
from filing import lifecycle as filings
from filing.models import Batch, Filing, RescanCall
from imports.models import InstitutionImport
from institutions.models import Authority, Institution, Membership
from once.models import SentForm
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from sealing import ending, enrolling
from sealing.models import Certificate, SealAuthorisation, SigningIdentity
from surveys.models import Survey, SurveyRound
from tests import factories
from tests.access.surveyed import MADE_UP
from tests.access.test_matrix import BY_NAME, ROWS
from tests.access.world import World
from tests.agreements.making import complete_draft, in_force, scan_pdf
from tests.imports.making import book, home
from tests.once.forms import form_at
from tests.sealing.picture import picture
from tests.surveys.answers import ELDER_CARE, typed
from uploads.models import Upload

DAY = "%Y-%m-%d"
SCAN = ("证照.pdf", scan_pdf(1))
SHEET = ("机构.xlsx", book(home(7)))
PASSWORD = "Yiyang-2026-duli"
TODAY = timezone.localdate()


@dataclass(frozen=True)
class Creating:
    """One form: who sends it, on which page it stands ("" for its own address), what is filled in, what it makes."""

    by: str  # of the cast; "" for somebody who is not signed in
    makes: type[Model]
    about: str = "-"
    page: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    before: Callable[[World], dict[str, str | int]] | None = None  # makes what the address is about
    days_later: int = 0


def _without_administrator(_: World) -> dict[str, str | int]:
    return {"pk": Authority.objects.get(region__code="330602", kind=Authority.Kind.CIVIL_AFFAIRS).pk}


def _with_checklist(world: World) -> dict[str, str | int]:
    load_scheme_files(read_schemes(MADE_UP))
    other = factories.OpenMedicalInstitutionFactory.create(region=factories.region("330602"))
    factories.MembershipFactory.create(user=User.objects.get(username="medical-clerk"), institution=other)
    return {"pk": other.pk}


def _returned(world: World) -> dict[str, str | int]:
    filing = Filing.objects.get(pk=world["under-review"]["filing"])
    reviewer = User.objects.get(username="civil-affairs-officer")
    return {"filing": filings.return_(filing, by=reviewer, reasons="缺页。").pk}


def _complete_draft(world: World) -> dict[str, str | int]:
    """A draft with a partner with whom nothing is agreed yet: nothing stands in the way of its approval."""
    own = Institution.objects.get(pk=world["institution"]["pk"])
    other = factories.OpenMedicalInstitutionFactory.create(region=own.region)
    version = TemplateVersion.objects.get(template__slug="shaoxing-2024-consortium")
    return {"number": complete_draft(own, other, version, by=User.objects.get(username="clerk")).number}


def _without_a_request(world: World) -> dict[str, str | int]:
    """A certificate for whose holder no other one is on the way."""
    on_the_way = SigningIdentity.objects.get(pk=world["identity-confirmed"]["pk"])
    enrolling.withdraw(on_the_way, by=on_the_way.person)
    return world["identity-active"]


def _without_a_certificate(world: World) -> dict[str, str | int]:
    _without_a_request(world)
    held = SigningIdentity.objects.get(pk=world["identity-active"]["pk"])
    ending.revoke(held, Certificate.Reason.CESSATION, by=held.person, reason="不再签约")
    return world["institution"]


def _filed_nowhere(_: World) -> dict[str, str | int]:
    """In force in a county that has no authority here."""
    clerk = User.objects.get(username="stranger")
    own = Institution.objects.get(memberships__user=clerk)
    other = factories.OpenMedicalInstitutionFactory.create(region=own.region)
    partner = factories.MembershipFactory.create(institution=other).user
    version = TemplateVersion.objects.get(template__slug="shaoxing-2024-consortium")
    return {"number": in_force(complete_draft(own, other, version, by=clerk), drafter=clerk, answerer=partner).number}


CREATING: dict[str, Creating] = {
    "approval-ask": Creating("elder_care_clerk", Approval, before=_complete_draft),
    "agreement-start": Creating("elder_care_clerk", Agreement),
    "agreement-copy": Creating("elder_care_clerk", Agreement, "in-force", page="agreement-detail"),
    "agreement-supplement": Creating("elder_care_clerk", Agreement, "in-force", page="agreement-detail"),
    "agreement-renew": Creating("elder_care_clerk", Agreement, "in-force", page="agreement-detail", days_later=-30),
    "agreement-replace": Creating("elder_care_clerk", Agreement, "in-force", page="agreement-detail"),
    "institution-add": Creating(
        "civil_affairs_officer",
        Institution,
        typed={
            "name": "越城区新开养老院",
            "address": "越城区测试路 9 号",
            "legal_representative": "赵堃",
            "ownership": "public",
            "kind": "residential_care",
            "filing_number": "备2026-9",
            "filed_on": "2026-10-01",
        },
    ),
    "institution-validity": Creating(
        "elder_care_clerk",
        Upload,
        "institution",
        typed={"number": "备00100", "valid_from": TODAY.strftime(DAY), "valid_to": "2099-10-31", "looked": "yes"},
        files={"scan": SCAN},
    ),
    "invite": Creating("institution_administrator", Invitation, typed={"full_name": "许昇", "duty": "clerk"}),
    "invitation-letter": Creating("institution_administrator", SentForm, "invitation", page="invitation-sent"),
    "platform-appoint": Creating(
        "platform_administrator",
        Invitation,
        before=_without_administrator,
        typed={"full_name": "许昇", "duty": "administrator"},
    ),
    "bureau-found": Creating(
        "platform_administrator",
        Authority,
        typed={"region": "330600", "kind": "health", "name": "绍兴市卫生健康委员会"},
    ),
    "administrator-confirm": Creating("civil_affairs_officer", Invitation, "request", page="administrator-request"),
    "administrator-ask": Creating(
        "",
        Upload,
        "institution",
        typed={"full_name": "许昇", "mobile": "13800000009"},
        files={"licence": SCAN},
    ),
    "invitation": Creating(
        "",
        Membership,
        "invitation",
        typed={"username": "zheng-yun", "mobile": "13800000008", "password": PASSWORD, "again": PASSWORD},
    ),
    "duty-grant": Creating("institution_administrator", Membership, "colleague", typed={"duty": "signatory"}),
    "signing-ask": Creating("signatory", SigningIdentity, before=_without_a_certificate, typed={"level": "agreed"}),
    "signing-again": Creating("signatory", SigningIdentity, before=_without_a_request, typed={"why": "renewed"}),
    "seal-add": Creating(
        "institution_administrator",
        Upload,
        "institution",
        typed={"kind": "official", "number": "99"},
        files={"picture": ("公章.png", picture())},
    ),
    "signing-handwriting": Creating("signatory", Upload, files={"picture": ("签名.png", picture())}),
    "seal-authorise": Creating(
        "institution_administrator",
        SealAuthorisation,
        "seal-in-use",
        typed={"starts_on": TODAY.strftime(DAY), "ends_on": "2099-10-31"},
    ),
    "survey-ask": Creating(
        "health_reviewer", SurveyRound, typed={"title": "又一次摸底", "due_on": factories.FAR_AHEAD.strftime(DAY)}
    ),
    "survey-edit": Creating(
        "elder_care_clerk", Survey, "institution", typed=typed(ELDER_CARE, revision=0, are_confirmed="on")
    ),
    "eligibility-begin": Creating(
        "medical_clerk", EligibilityCase, page="eligibility-institution", before=_with_checklist
    ),
    "eligibility-answer": Creating("medical_clerk", SentForm, "case-draft", typed={"go": "save"}),
    "import-upload": Creating("health_reviewer", InstitutionImport, files={"sheet": SHEET}),
    "filing-resubmit": Creating("elder_care_clerk", Filing, before=_returned, typed={"remark": "已补正。"}),
    "filing-rescan": Creating("elder_care_clerk", RescanCall, "submitted", typed={"reason": "第二页缺角"}),
    "agreement-rescan": Creating("stranger", RescanCall, before=_filed_nowhere, typed={"reason": "第二页缺角"}),
    "filing-batch": Creating("health_reviewer", Batch, page="filing-list", typed={"verb": "take_up"}),
    "export-order": Creating("elder_care_clerk", Export, "of-agreements", page="agreement-list"),
    "log-verify": Creating("auditor", Work, page="log-works"),
    "log-export": Creating("auditor", Work, page="log-works"),
}
# What takes a POST and creates nothing that a second one would create again, with the reason.
NOT_CREATING = {
    "the person's own sign-in and account": {
        *("sign-in", "sign-in-code", "sign-in-enrol", "sign-in-finish", "sign-out", "confirm", "session"),
        *("password-change", "sessions-end", "second-factor", "recovery-codes", "identity-link", "identity-unlink"),
        *("large-print", "roomy-lists", "acting-switch", "inbox-read", "inbox-open"),
    },
    "shows or changes what is there": {
        *("people-contacts", "institution-contacts", "authority-phone", "draft-live", "institution-edit"),
        *("filing-batch-ask", "filing-numbers", "bureau-rename"),
        *(
            "filing-numbers",
            "bureau-rename",
            "institution-rename",
            "person-password",
            "person-second-factor",
            "administrator-asked",
        ),
    },
    "keeps nothing of what is shown": {"verify-file"},
    "what was read stays read": {"signing-template", "agreement-blanks"},
    "each agreement is signed once, whatever batches it is in": {"signing-batch-begin"},
    "once a working day": {"agreement-remind"},
    "holds for the revision of the draft that was shown": {"draft-step"},
    "the order or the file that is there stands for a second one": {
        *("copies-request", "agreement-preview", "bureau-sheet"),
        "scan-attach",
        *("scan-place", "scan-blanks"),
    },
    "a step from one state to the next: a second one finds the next": {
        *("agreement-send", "agreement-agree", "agreement-return", "agreement-withdraw", "agreement-discard"),
        *("agreement-rescind", "rescission-answer", "approval-answer", "approval-take-back", "approval-switch"),
        *("signing-record", "agreement-certify", "agreement-reject-scan", "agreement-terminate"),
        *("agreement-recertify", "scan-take-back", "scan-page", "scan-page-untick", "scan-page-return"),
        *("agreement-sign-now", "agreement-decline", "signing-extend"),
        *("signing-batch-go-on", "signing-batch-stop", "signing-batch-end"),
        *("institution-suspend", "institution-close", "institution-reopen", "institution-withdraw-filing"),
        *("invitation-cancel", "duty-end", "administrator-refuse", "account-suspend", "account-restore"),
        *("survey-round-close", "eligibility-submit", "eligibility-review", "eligibility-confirm"),
        *("eligibility-return", "eligibility-withdraw", "import-columns", "import-decide", "import-confirm"),
        *("import-recheck", "import-abandon", "filing-submit", "filing-withdraw", "filing-take-up", "filing-accept"),
        *("filing-return", "filing-close", "filing-hand-over", "background-again", "holder", "holder-decline"),
        *("bureau-ask-to-close", "bureau-close"),
        *("signing-confirm", "signing-vouch", "signing-refuse", "signing-withdraw", "signing-activate"),
        *("signing-import", "signing-pin", "signing-revoke", "seal-confirm", "seal-refuse", "seal-suspend"),
        *("seal-resume", "seal-destroy", "seal-keeper", "seal-take-back"),
        *("filing-rescan-drop", "filing-hand-in", "filing-hand-in-note", "filing-hand-in-return", "upload-dismiss"),
        "agreement-rescan-drop",
        "export-delete",
    },
}
OTHER_METHOD = 405


def test_every_address_that_takes_a_post_is_in_one_of_the_lists() -> None:
    taking = {row.address for row in ROWS if row.method == "POST" and set(row.expected.values()) - {302, OTHER_METHOD}}
    taking |= {row.address for row in ROWS if row.method == "POST" and OTHER_METHOD not in row.expected.values()}
    listed = set().union(*NOT_CREATING.values())
    assert taking - listed == set(CREATING)
    assert listed <= set(BY_NAME)
    marked = {name for name, pattern in BY_NAME.items() if getattr(pattern.callback, "creates_once", False)}
    assert marked == set(CREATING)


def test_every_form_that_creates_creates_once(
    world: World, request: pytest.FixtureRequest, platform_administrator: User, auditor: User
) -> None:
    wrong = []
    for name, form in CREATING.items():
        with transaction.atomic():
            person = request.getfixturevalue(form.by) if form.by else None
            wrong += [f"{name}: {what}" for what in _sent_twice(name, form, world, person)]
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def _sent_twice(name: str, form: Creating, world: World, person: User | None) -> list[str]:
    about = form.before(world) if form.before else world[form.about]
    url, page = (_url(each, about) for each in (name, form.page or name))
    ends = Agreement.objects.get(number=about["number"]).expires_on if form.days_later else None
    moment = timezone.now() if ends is None else timezone.now() + (ends - TODAY) + timedelta(days=form.days_later)
    with time_machine.travel(moment):
        client = Client()
        if person is not None:
            client.force_login(person)
        fields = form_at(client, page, url) | form.typed
        fields |= {"region": str(factories.region("330602").pk)} if name == "institution-add" else {}
        fields |= {"keeper": str(world["colleague"]["pk"])} if name == "seal-add" else {}
        fields |= {"person": str(world["colleague"]["pk"])} if name == "seal-authorise" else {}
        fields |= {"filing": str(world["submitted"]["filing"])} if name == "filing-batch" else {}
        before = form.makes._default_manager.count()
        answers = []
        for _ in range(2):
            files = {key: SimpleUploadedFile(*file) for key, file in form.files.items()}
            answers.append(client.post(url, fields | files))
    first, second = answers
    made = form.makes._default_manager.count() - before
    wrong = [] if made == 1 else [f"made {made}, answered {first.status_code}: {_words(first.content)}"]
    if first.status_code != second.status_code or first.headers.get("Location") != second.headers.get("Location"):
        wrong.append(
            f"{first.status_code} {first.get('Location')} and then {second.status_code} {second.get('Location')}"
        )
    if first.status_code == 200 and _main(first.content) != _main(second.content):
        wrong.append("shows something else the second time")
    if first.status_code == 302 and client.get(first["Location"], follow=True).status_code != 200:
        wrong.append(f"leads to {first['Location']}, which is not there")
    return wrong


def _url(name: str, about: dict[str, str | int]) -> str:
    return reverse(name, kwargs={word: about[word] for word in BY_NAME[name].pattern.converters})


def _main(content: bytes) -> str:
    """Return what a page is about, without its frame."""
    return content.decode(errors="replace").partition("<main")[2].partition("</main>")[0]


def _words(content: bytes) -> str:
    """Return the errors of a page."""
    return content.decode().partition('id="errors"')[2][:600]
