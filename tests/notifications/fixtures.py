"""A mail server, and somebody with an address."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from tests import factories
from tests.notifications.smtp_server import SmtpServer


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[SmtpServer]:
    """A running mail server that this process sends to."""
    with SmtpServer().running() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        yield server


@pytest.fixture
def person(db: None) -> User:
    return factories.UserFactory.create(username="reader", full_name="陈喆", email="reader@example.invalid")
