"""Between midnight and eight the day here is not the day by UTC: every day and number of a filing is the local one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from regions.models import CalendarDay
from tests.filing.fixtures import InState

# Friday, 1 January 2027, half past midnight in Shanghai; by UTC still the Thursday before.
SMALL_HOURS = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small_hours() -> Iterator[None]:
    with time_machine.travel(SMALL_HOURS, tick=False):
        yield


def test_the_days_of_a_filing_are_local(in_state: InState, medical_clerk: User) -> None:
    """Without a calendar weekdays are counted: five after a Friday end on the next Friday, ten a week later."""
    assert not CalendarDay.objects.exists()
    filing = in_state(Filing.State.RETURNED)
    assert filing.review_due_on == date(2027, 1, 8)
    assert filing.correction_due_on == date(2027, 1, 15)
    again = lifecycle.resubmit(filing, by=medical_clerk, remark="已补。")
    assert (again.due_on, again.review_due_on) == (date(2027, 1, 15), date(2027, 1, 8))


def test_the_number_is_of_the_new_year(in_state: InState) -> None:
    filing = in_state(Filing.State.ACCEPTED)
    assert filing.number == "越城卫健医养备〔2027〕0001号"
    assert filing.agreement.number.startswith("YY2027-")
    assert filing.agreement.effective_on == date(2027, 1, 1)
