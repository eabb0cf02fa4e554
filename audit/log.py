"""The one way to write the log."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet

from audit.models import Entry, Event


def append(event: Event, *, by: Model | None, subject: Model, **data: Any) -> Entry:
    """Write one entry in the caller's transaction and return it.

    `by` is the acting user, or None for the clock. `data` must be JSON; names in it are kept as they were.
    """
    return Entry.objects.create(
        event=event,
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "系统",
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        data=data,
    )


def history(subject: Model, *, leave_out: frozenset[Event] = frozenset()) -> QuerySet[Entry]:
    """Return the entries about one subject, newest first."""
    entries = Entry.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    return entries.exclude(event__in=leave_out).order_by("-id")


def facts(entry: Entry) -> Mapping[str, Any]:
    """Return the data of an entry, read-only by type."""
    data: Mapping[str, Any] = entry.data
    return data
