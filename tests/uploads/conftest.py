"""Agreements for which scans are sent."""

import pytest

from accounts.models import User
from agreements.models import Agreement
from tests.agreements.making import ready, signed


@pytest.fixture
def final(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """The text is frozen and its copies are made; nobody has signed."""
    return ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def scanned(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both dates are entered, and the elder-care clerk has uploaded the scan."""
    return signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
