"""Signatories and seals of the demo: usable at once, of both sides, and called a demo's."""

import pytest
from django.conf import settings
from django.utils import timezone

from demo.signing import HAVE_SEALS, SIGN
from institutions.models import Role
from sealing.models import Level, SigningIdentity
from sealing.seals import seals_usable_by
from sealing.unlocking import unlock

pytestmark = pytest.mark.django_db


def test_both_sides_have_a_signatory_whose_pin_is_known_and_who_may_use_a_seal(demo: None) -> None:
    identities = SigningIdentity.objects.filter(state=SigningIdentity.State.ACTIVE).select_related("institution")
    assert len(identities) == len(SIGN)
    assert {each.institution.role for each in identities} == set(Role)
    assert {each.level for each in identities} == {Level.DEMO}
    one = identities[0]
    unlocked = unlock(one, settings.DEMO_PIN, by=one.person, confirmed_at=timezone.now())
    assert "演示证书" in unlocked.certificate.subject.rfc4514_string()
    today = timezone.localdate()
    usable = [each for each in identities if seals_usable_by(each.person, each.institution, on=today)]
    assert len(usable) == len(HAVE_SEALS)
