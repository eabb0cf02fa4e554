"""What the clock starts, and when. Each entry expires before its next, so that a stopped worker finds no pile."""

from typing import Any

from celery.schedules import crontab

Entry = dict[str, Any]


def _every(seconds: int, task: str) -> Entry:
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds - 5}}


def _at(task: str, **when: int) -> Entry:
    """Once a day, or with no `hour` once an hour; what is late by most of an hour waits for its next turn."""
    return {"task": task, "schedule": crontab(**when), "options": {"expires": 3000}}


TIMETABLE: dict[str, Entry] = {
    # What a killed worker held is another's within a minute: 25 s without a sign of life, and this turn.
    "rescue-jobs": _every(15, "jobs.schedule.rescue_jobs"),
    "sweep-renditions": _every(30, "agreements.schedule.sweep_renditions"),
    "sweep-previews": _every(30, "agreements.schedule.sweep_previews"),
    "drop-old-previews": _at("agreements.schedule.drop_old_previews", minute=5),
    "prove-issued-files": _at("agreements.schedule.prove_issued", minute=15),
    # Just after midnight, and hourly for what was missed while everything was down.
    "expire-agreements": _at("agreements.schedule.expire_due", minute=10, hour=0),
    "expire-missed-agreements": _at("agreements.schedule.expire_due", minute=40),
    "end-signing": _at("agreements.schedule.end_signing", minute=15),
    # Just after midnight, and hourly for what was missed; each lapse and each reminder is noted once.
    "watch-validity": _at("institutions.schedule.watch_validity", minute=20, hour=0),
    "watch-missed-validity": _at("institutions.schedule.watch_validity", minute=50),
    # A day old at most; it lasts a week, so a platform that was down for days still has one that holds.
    "publish-revocation-list": _at("sealing.schedule.publish_list", minute=55),
    # Before certificates are watched, so that what was revoked is known then.
    "fetch-revocation-lists": _at("sealing.schedule.fetch_lists", minute=10),
    "watch-certificates": _at("sealing.schedule.watch_certificates", minute=15),
    "sweep-receipts": _every(30, "filing.schedule.sweep_receipts"),
    "sweep-batches": _every(30, "filing.schedule.sweep_batches"),
    "open-missing-filings": _every(600, "filing.schedule.open_missing_filings"),
    "remind-of-agreements": _every(600, "agreements.schedule.remind"),
    "remind-of-filings": _every(600, "filing.schedule.remind"),
    "expire-eligibility": _at("eligibility.schedule.expire_due", minute=30),
    "remind-of-surveys": _every(600, "surveys.schedule.remind"),
    "remind-of-eligibility": _every(600, "eligibility.schedule.remind"),
    "sweep-uploads": _every(30, "uploads.schedule.sweep_uploads"),
    "delete-refused-uploads": _at("uploads.schedule.delete_refused_uploads", minute=35),
    # What changed meanwhile is counted afresh by whoever asks, so this only keeps it little.
    "fold-coverage": _every(60, "coverage.schedule.fold_changed"),
    "check-coverage": _at("coverage.schedule.check_sample", minute=45, hour=2),
    "sweep-exports": _every(30, "exports.schedule.sweep_exports"),
    "clear-away-exports": _at("exports.schedule.clear_away_exports", minute=25),
    "sweep-imports": _every(30, "imports.schedule.sweep_imports"),
    "drop-import-rows": _at("imports.schedule.drop_import_rows", minute=25, hour=3),
    "forget-sent-forms": _at("once.schedule.forget_sent_forms", minute=45),
    "sweep-invitation-letters": _every(600, "duties.schedule.sweep_letters"),
    "forget-ended-sessions": _at("accounts.schedule.forget_ended_sessions", minute=15),
    "sweep-outbox": _every(60, "notifications.schedule.sweep_outbox"),
    # And asks again for timestamps that did not come.
    "anchor-log": _at("audit.schedule.anchor_log", minute=5),
    "write-refusal-counts": _every(60, "boundary.schedule.write_refusal_counts"),
    "drop-parts": _at("boundary.schedule.drop_parts", minute=35, hour=3),
    # On a demo alone, and only until its agreements are signed.
    "sweep-demo-signing": _every(30, "demo.schedule.sign_on_screen"),
    "sweep-log-works": _every(30, "audit.schedule.sweep_works"),
}
