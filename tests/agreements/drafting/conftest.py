"""Who drafts in these tests."""

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def client_of_clerk(elder_care_clerk: User) -> Client:
    client = Client()
    client.force_login(elder_care_clerk)
    return client
