"""Something to tell people, and the table of what was told once."""

import pytest

from accounts.models import User
from notifications import ledger
from notifications.models import Notice


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
