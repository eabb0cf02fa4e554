"""What the clock starts: every entry names a job that exists, and gives up before its next turn."""

from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from yiyang.celery import app

ENTRIES: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE


@pytest.fixture(scope="module", autouse=True)
def jobs() -> None:
    app.loader.import_default_modules()


@pytest.mark.parametrize("name", list(ENTRIES))
def test_every_entry_names_a_job_and_expires_before_its_next_turn(name: str) -> None:
    entry = ENTRIES[name]
    assert entry["task"] in app.tasks
    schedule = entry["schedule"]
    turn = 3600.0 if isinstance(schedule, crontab) else schedule
    assert 0 < entry["options"]["expires"] < turn


def test_agreements_expire_just_after_midnight_and_hourly_for_what_was_missed() -> None:
    nightly, hourly = (ENTRIES[name]["schedule"] for name in ("expire-agreements", "expire-missed-agreements"))
    assert (nightly.hour, nightly.minute) == ({0}, {10})
    assert (len(hourly.hour), len(hourly.minute)) == (24, 1)
    assert str(timezone.get_current_timezone()) == settings.CELERY_TIMEZONE


# How long anything may wait for the clock, in seconds (docs/operations.md): what a killed worker held and what a form
# has ordered, a letter, a reminder. Whatever else there is comes round once a day at least.
AT_LATEST = {"rescue-": 15, "fold-": 60, "sweep-": 60, "write-refusal-": 60, "remind-": 600, "open-missing-": 600}
SLOWER = {"sweep-invitation-letters": 600}


@pytest.mark.parametrize("name", list(ENTRIES))
def test_nothing_waits_longer_for_the_clock_than_is_promised(name: str) -> None:
    schedule = ENTRIES[name]["schedule"]
    promised = SLOWER.get(name) or next((longest for kind, longest in AT_LATEST.items() if name.startswith(kind)), None)
    if promised is None:
        assert isinstance(schedule, crontab), "what comes round more often than hourly says how often here"
        assert (len(schedule.day_of_week), len(schedule.day_of_month), len(schedule.month_of_year)) == (7, 31, 12)
    else:
        assert schedule <= promised
