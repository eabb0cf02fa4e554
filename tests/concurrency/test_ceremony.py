"""Both parties, and one of them many times, sign on screen at once: connections of their own, real copies and keys."""

from functools import partial

import pytest

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.lifecycle.pens import Pen
from agreements.models import Agreement, IssuedFile, TemplateVersion
from filing.models import Filing
from institutions.models import Institution, Role
from tests.agreements.electronic import accepted, on_screen_for, pen, read_by
from tests.agreements.making import complete_draft
from tests.at_once import REFUSALS, at_once
from tests.proving import rows
from tests.sealing.making import set_up

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 20  # of each party, in one go


@pytest.fixture
def waiting(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    set_up()
    row = on_screen_for(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    return Agreement.objects.with_parties().with_text().get(pk=row.pk)


@pytest.fixture
def in_order(
    consortium: TemplateVersion,
    medical_institution: Institution,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Agreement:
    """A text of a template that lets the medical institution sign first."""
    set_up()
    facts = {"template": consortium.template, "title": consortium.title, "is_official": consortium.is_official}
    body = {**consortium.body, "first_to_sign": Role.MEDICAL.value}
    version = TemplateVersion.objects.create(number=2, body=body, digest="f" * 64, **facts)
    draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    row = on_screen_for(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    return Agreement.objects.with_parties().with_text().get(pk=row.pk)


def test_who_comes_second_never_signs_first_however_many_try_at_once(
    in_order: Agreement,
    medical_signatory: User,
    elder_care_signatory: User,
    medical_institution: Institution,
    elder_care_institution: Institution,
) -> None:
    """Whether the second side signs at once or is refused is a matter of luck; that it comes second is not."""
    pens: dict[User, Pen] = {}
    for person, house in ((elder_care_signatory, elder_care_institution), (medical_signatory, medical_institution)):
        pens[person] = pen(person, house)
        read_by(in_order, person)

    def attempt(person: User) -> Agreement:
        row = Agreement.objects.with_parties().with_text().get(pk=in_order.pk)
        return lifecycle.sign_electronically(row, by=person, pen=pens[person], accepted=accepted(row))

    results = at_once(*[partial(attempt, person) for person in pens for _ in range(4)])
    assert any(not isinstance(each, REFUSALS) for each in results[4:]), "the first side signs"
    order = list(in_order.signatures.order_by("pk").values_list("role", flat=True))
    assert order == [Role.MEDICAL.value, Role.ELDER_CARE.value][: len(order)]
    assert order


def test_both_parties_at_the_same_second_many_times_each_sign_once(
    waiting: Agreement,
    medical_signatory: User,
    elder_care_signatory: User,
    medical_institution: Institution,
    elder_care_institution: Institution,
) -> None:
    """One signature of each on every copy, one entry into force, and the filings opened once."""
    pens: dict[User, Pen] = {}
    for person, house in ((medical_signatory, medical_institution), (elder_care_signatory, elder_care_institution)):
        pens[person] = pen(person, house)
        read_by(waiting, person)

    def attempt(person: User) -> Agreement:
        row = Agreement.objects.with_parties().with_text().get(pk=waiting.pk)
        return lifecycle.sign_electronically(row, by=person, pen=pens[person], accepted=accepted(row))

    signed = []
    for _ in range(rows(100) // TOGETHER):
        acts = [partial(attempt, person) for person in pens for _ in range(TOGETHER)]
        signed += [each for each in at_once(*acts) if not isinstance(each, REFUSALS)]
    assert len(signed) == 2
    waiting.refresh_from_db()
    assert waiting.state == Agreement.State.IN_FORCE
    assert sorted(waiting.signatures.values_list("role", flat=True)) == sorted(Role.values)
    issued = IssuedFile.objects.filter(counterpart__rendition__agreement=waiting)
    assert issued.count() == 8
    assert set(issued.values_list("order", flat=True)) == {1, 2}
    assert Filing.objects.filter(agreement=waiting).count() == 2
