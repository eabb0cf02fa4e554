"""Two people who certify the same scan at once, on two connections of a real PostgreSQL."""

import pytest

from accounts.models import User
from agreements import events
from agreements.models import Agreement
from audit.log import history
from filing.models import Filing
from tests.agreements.making import certified, signed
from tests.at_once import at_once
from verbs.errors import Unacceptable, WrongState

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_certifiers_one_wins_and_the_filings_are_opened_once(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    scanned = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    results = at_once(
        lambda: certified(scanned, by=colleague),
        lambda: certified(scanned, by=medical_clerk),
    )
    assert sum(isinstance(result, (WrongState, Unacceptable)) for result in results) == 1
    assert Filing.objects.filter(agreement=scanned).count() == 2
    assert history(scanned).filter(event=events.EnteredForce.code).count() == 1
