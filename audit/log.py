"""The one way to write the log."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model, QuerySet

from audit.models import Entry, Event

PLATFORM = "platform"  # the subject of what is about no row of ours: an unknown name, a refused address


def append(event: Event, *, by: Model | None, subject: Model | None, **data: Any) -> Entry:
    """Write one entry in the caller's transaction and return it.

    `by` is the acting user, or None for the clock; `subject` None stands for the platform itself. `data` must be JSON
    of texts, whole numbers, yes or no, lists and maps; names in it are kept as they were.
    """
    return Entry.objects.create(
        event=event,
        actor_id=by.pk if by else None,
        actor_name=str(by) if by else "系统",
        subject_type=subject._meta.label_lower if subject else PLATFORM,
        subject_id=subject.pk if subject else 0,
        data=data,
    )


def append_many(event: Event, *, by: Model | None, about: Sequence[tuple[Model, Mapping[str, Any]]]) -> int:
    """Write one entry for each subject, in the caller's transaction and in few queries; return how many."""
    for subject, data in about:
        append(event, by=by, subject=subject, **data)
    return len(about)


def history(subject: Model, *, leave_out: frozenset[Event] = frozenset()) -> QuerySet[Entry]:
    """Return the entries about one subject, newest first."""
    entries = Entry.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    return entries.exclude(event__in=leave_out).order_by("-id")


def facts(entry: Entry) -> Mapping[str, Any]:
    """Return the data of an entry, read-only by type."""
    data: Mapping[str, Any] = entry.data
    return data
