"""What the clock does for accounts."""

from celery import shared_task

from accounts import sessions


@shared_task(name="accounts.schedule.forget_ended_sessions")  # type: ignore[untyped-decorator]  # Celery has no types
def forget_ended_sessions() -> int:
    """Delete the rows of sessions that are over."""
    return sessions.forget_ended()
