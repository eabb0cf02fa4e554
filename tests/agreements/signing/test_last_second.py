"""What changes between the page and the signature: a deputy, a licence, a duty, a certificate, a failure half-way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from agreements import announcements, lifecycle
from agreements.documents.trust import TRUST
from agreements.lifecycle import electronic
from agreements.lifecycle.pens import Pen
from agreements.models import Agreement, IssuedFile
from audit.log import history
from duties import granting
from institutions.models import Duty, Institution, MedicalProfile, Membership, Role
from sealing import ending, enrolling
from sealing.models import Certificate, SealUse
from tests import factories
from tests.agreements.electronic import accepted, pen, read_by, signed_on_screen
from tests.sealing.making import PIN, in_use, requested_by_mandate, signatory_of
from verbs.errors import NotAllowed, WrongState


def _opened(row: Agreement, person: User, house: Institution) -> Pen:
    """The person reads the text and opens the key: nothing is left but to sign."""
    read_by(row, person)
    return pen(person, house)


def _sign(row: Agreement, by: User, pen: Pen) -> Agreement:
    return lifecycle.sign_electronically(row, by=by, pen=pen, accepted=accepted(row))


def test_a_deputy_signs_in_another_s_place_and_everything_says_so(
    on_screen: Agreement, elder_care_institution: Institution, institution_administrator: User
) -> None:
    deputy = signatory_of(elder_care_institution, "程昇")
    asked = requested_by_mandate(deputy, elder_care_institution)
    enrolling.activate(enrolling.confirm(asked, by=institution_administrator), PIN, by=deputy)
    named = on_screen.contact(Role.ELDER_CARE)["signatory_name"]
    row = signed_on_screen(on_screen, deputy, elder_care_institution)
    words = f"程昇代{named}签"
    signature = row.signatures.get()
    assert (signature.person, signature.proof["words"]) == (deputy, words)
    assert signature.proof["level"] in TRUST
    told = [entry.data for entry in history(row) if entry.event == "agreement.signed_electronically"]
    assert [data["on_behalf"] for data in told] == [words]


def test_a_licence_that_lapses_after_the_key_was_opened(
    on_screen: Agreement, medical_signatory: User, medical_institution: Institution
) -> None:
    opened = _opened(on_screen, medical_signatory, medical_institution)
    yesterday = timezone.localdate() - timedelta(days=1)
    MedicalProfile.objects.filter(institution=medical_institution).update(licence_valid_to=yesterday)
    with pytest.raises(WrongState, match="许可证"):
        _sign(on_screen, medical_signatory, opened)
    with pytest.raises(WrongState, match="许可证"):
        pen(medical_signatory, medical_institution)
    assert not on_screen.signatures.exists()


def test_a_duty_that_the_administrator_ends(
    on_screen: Agreement, medical_signatory: User, medical_institution: Institution
) -> None:
    opened = _opened(on_screen, medical_signatory, medical_institution)
    held = Membership.objects.get(user=medical_signatory, institution=medical_institution, duty=Duty.SIGNATORY)
    administrator = Membership.objects.get(institution=medical_institution, duty=Duty.ADMINISTRATOR).user
    granting.end(held, by=administrator, reason="调离岗位")
    with pytest.raises(NotAllowed):
        _sign(on_screen, medical_signatory, opened)
    assert not on_screen.signatures.exists()


def test_a_certificate_that_is_revoked(
    on_screen: Agreement, medical_signatory: User, medical_institution: Institution
) -> None:
    opened = _opened(on_screen, medical_signatory, medical_institution)
    ending.revoke(opened.identity, Certificate.Reason.KEY_COMPROMISE, by=medical_signatory, reason="手机丢了")
    with pytest.raises(WrongState):
        _sign(on_screen, medical_signatory, opened)
    assert not on_screen.signatures.exists()


def test_a_confirmation_that_is_too_old(
    on_screen: Agreement, medical_signatory: User, medical_institution: Institution
) -> None:
    opened = _opened(on_screen, medical_signatory, medical_institution)
    old = Pen(opened.identity, opened.hand, opened.serial, timezone.now() - timedelta(hours=1))
    with pytest.raises(WrongState, match="再次确认"):
        _sign(on_screen, medical_signatory, old)


def _breaking(step: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Return the step as it is, but for the call `at` (from 1), before which the machine fails."""
    calls = 0

    def broken(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise OSError("killed")
        return step(*args, **kwargs)

    return broken


STEPS = [
    *((electronic, "sign", at) for at in (1, 2, 3, 4)),  # each copy
    (electronic, "proof_of", 1),  # before the row of the signature
    *((electronic, "keep", at) for at in (1, 2, 3, 4)),  # each file
    (electronic, "use_seal", 1),
    (announcements, "signed_electronically", 1),
]
LAST_STEPS = [
    (electronic, "keep", 4),
    (electronic, "term_agreed", 1),
    (electronic, "refuse_signatures_of_another_text", 1),
    (electronic, "enter_force", 1),
    (announcements, "in_force", 1),
]


def test_a_failure_at_any_step_leaves_nothing_and_the_next_attempt_all(
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    institution_administrator: User,
    colleague: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factories.MembershipFactory.create(user=colleague, institution=elder_care_institution, duty=Duty.APPROVER)
    seal = in_use(elder_care_institution, elder_care_signatory, institution_administrator, colleague)
    own = pen(elder_care_signatory, elder_care_institution, seal=seal)
    read_by(on_screen, elder_care_signatory)
    for module, name, at in STEPS:
        _fails(monkeypatch, module, name, at, lambda: _sign(on_screen, elder_care_signatory, own))
        on_screen.refresh_from_db()
        assert on_screen.state == Agreement.State.AGREED, (name, at)
        counts = [on_screen.signatures.count(), IssuedFile.objects.count(), SealUse.objects.count()]
        assert counts == [0, 0, 0], (name, at)
    row = _sign(on_screen, elder_care_signatory, own)
    other = pen(medical_signatory, medical_institution)
    read_by(row, medical_signatory)
    for module, name, at in LAST_STEPS:
        _fails(monkeypatch, module, name, at, lambda: _sign(row, medical_signatory, other))
        row.refresh_from_db()
        assert (row.state, row.signatures.count()) == (Agreement.State.SIGNING, 1), (name, at)
        assert IssuedFile.objects.count() == 4, (name, at)
        assert not row.filings.exists(), (name, at)
    assert _sign(row, medical_signatory, other).state == Agreement.State.IN_FORCE


def _fails(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, at: int, act: Callable[[], object]) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(module, name, _breaking(getattr(module, name), at))
        with pytest.raises(OSError, match="killed"):
            act()
