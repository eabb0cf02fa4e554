"""A mail server, people with addresses, and something to tell them."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from notifications import ledger
from notifications.models import Notice
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


def told(person: User, period: str = "1", *, kind: str = "test", url: str = "/") -> Notice:
    """Tell a person something about themselves, and return the row."""
    ledger.tell(
        kind, subject=person, recipients=[person], period=period, title=f"第 {period} 期提醒", body="内容", url=url
    )
    return Notice.objects.get(kind=kind, recipient=person, period=period)


def state_of(notice: Notice) -> str:
    return Notice.objects.values_list("state", flat=True).get(pk=notice.pk)


ONCE_ONLY = "once-only"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the once-only table: what each case left in the ledger and in the mailbox."""
    lines = [
        str(value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == ONCE_ONLY
    ]
    if lines:
        terminalreporter.section("each due notice exactly once")
        terminalreporter.write_line(f"{'due':>4} {'told':>5} {'sent':>5} {'letters':>8}  case")
        for line in sorted(lines):
            terminalreporter.write_line(line)
