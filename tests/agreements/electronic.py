"""Agreements that are signed on screen: whom it takes, and each side's signature as its page makes it."""

import pytest

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.lifecycle.electronic import Accepted, show_page, unread_pages
from agreements.lifecycle.pens import Pen, pen_of
from agreements.models import Agreement
from agreements.models.ways import Way
from institutions.models import Duty, Institution
from sealing.models import Seal, SigningIdentity
from sealing.unlocking import unlock
from tests import factories
from tests.agreements.making import CONTACT
from tests.sealing.making import PIN, active, just_now, set_up, signatory_of


@pytest.fixture
def signing_is_open() -> None:
    set_up()


def _signatory(institution: Institution, full_name: str) -> User:
    """A person with a certificate; the institution's legal representative by name."""
    person = signatory_of(institution, full_name)
    administrator = factories.UserFactory.create()
    factories.MembershipFactory.create(user=administrator, institution=institution, duty=Duty.ADMINISTRATOR)
    active(person, institution, administrator)
    return person


@pytest.fixture
def medical_signatory(medical_institution: Institution) -> User:
    return _signatory(medical_institution, "徐赟")


@pytest.fixture
def elder_care_signatory(elder_care_institution: Institution) -> User:
    return _signatory(elder_care_institution, "沈祎")


def on_screen_for(draft: Agreement, *, drafter: User, answerer: User, way: Way = Way.ELECTRONIC) -> Agreement:
    """Take a complete draft to a frozen text that the drafting side signs on screen; `way` is the other side's."""
    row = lifecycle.send(draft, by=drafter, revision=draft.revision, way=Way.ELECTRONIC)
    return lifecycle.agree(row, by=answerer, contact=CONTACT, way=way)


@pytest.fixture
def on_screen(signing_is_open: None, draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both sides sign on screen; the copies are made by the renderer."""
    row = on_screen_for(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    return Agreement.objects.with_parties().with_text().get(pk=row.pk)


def pen(by: User, institution: Institution, *, seal: Seal | None = None) -> Pen:
    """Open the person's key, as their page does with the PIN."""
    identity = SigningIdentity.objects.get(person=by, institution=institution)
    return pen_of(unlock(identity, PIN, by=by, confirmed_at=just_now()), confirmed_at=just_now(), seal=seal)


def read_by(row: Agreement, person: User) -> None:
    for page in unread_pages(row, by=person):
        show_page(row, by=person, page=page)


def accepted(row: Agreement) -> Accepted:
    assert row.frozen is not None
    return Accepted(row.frozen.digest)


def signed_on_screen(row: Agreement, person: User, house: Institution, *, seal: Seal | None = None) -> Agreement:
    """The person reads every page and signs."""
    read_by(row, person)
    return lifecycle.sign_electronically(row, by=person, pen=pen(person, house, seal=seal), accepted=accepted(row))
