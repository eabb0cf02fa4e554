"""What the clock starts, and when. Each entry expires before its next, so that a stopped worker finds no pile."""

from typing import Any

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, Any]] = {
    "sweep-renditions": {
        "task": "agreements.schedule.sweep_renditions",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Just after midnight, and hourly for what was missed while everything was down.
    "expire-agreements": {
        "task": "agreements.schedule.expire_due",
        "schedule": crontab(minute=10, hour=0),
        "options": {"expires": 3000},
    },
    "expire-missed-agreements": {
        "task": "agreements.schedule.expire_due",
        "schedule": crontab(minute=40),
        "options": {"expires": 3000},
    },
    # Just after midnight, and hourly for what was missed; each lapse and each reminder is noted once.
    "watch-validity": {
        "task": "institutions.schedule.watch_validity",
        "schedule": crontab(minute=20, hour=0),
        "options": {"expires": 3000},
    },
    "watch-missed-validity": {
        "task": "institutions.schedule.watch_validity",
        "schedule": crontab(minute=50),
        "options": {"expires": 3000},
    },
    "sweep-receipts": {
        "task": "filing.schedule.sweep_receipts",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "open-missing-filings": {
        "task": "filing.schedule.open_missing_filings",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "remind-of-agreements": {
        "task": "agreements.schedule.remind",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "remind-of-filings": {
        "task": "filing.schedule.remind",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "expire-eligibility": {
        "task": "institutions.schedule.expire_eligibility",
        "schedule": crontab(minute=30),
        "options": {"expires": 3000},
    },
    "remind-of-surveys-and-eligibility": {
        "task": "institutions.schedule.remind_of_surveys_and_eligibility",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "sweep-imports": {
        "task": "institutions.schedule.sweep_imports",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "drop-import-rows": {
        "task": "institutions.schedule.drop_import_rows",
        "schedule": crontab(minute=25, hour=3),
        "options": {"expires": 3000},
    },
    "forget-ended-sessions": {
        "task": "accounts.schedule.forget_ended_sessions",
        "schedule": crontab(minute=15),
        "options": {"expires": 3000},
    },
    "sweep-outbox": {
        "task": "notifications.schedule.sweep_outbox",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Just after midnight, and hourly for missed days and timestamps that did not come.
    "anchor-log": {
        "task": "audit.schedule.anchor_log",
        "schedule": crontab(minute=5),
        "options": {"expires": 3000},
    },
    "write-refusal-counts": {
        "task": "boundary.schedule.write_refusal_counts",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "sweep-log-works": {
        "task": "audit.schedule.sweep_works",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
}
