"""What the database itself refuses the application to change of files that were sent, and of those that were kept."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests import factories
from uploads.models import Page, Upload

pytestmark = pytest.mark.django_db
State = Upload.State
WAITING: dict[str, Any] = {"state": State.WAITING, "decided_at": None, "content_type": "", "page_count": 0}
REFUSED: dict[str, Any] = {**WAITING, "state": State.REFUSED, "decided_at": timezone.now(), "reason": "看不清"}
WHAT_IT_IS: dict[str, Any] = {
    "purpose": "another",
    "subject": 2,
    "part": "another",
    "facts": {"number": "1"},
    "acting": [1, 2],
    "sender": "account-2",
    "origin": {"address": "192.0.2.1"},
    "token": "f" * 32,
    "file": "uploads/another/original",
    "name": "另一份.pdf",
    "size": 1,
    "sha256": "f" * 64,
}
VERDICT: dict[str, Any] = {
    "state": State.REFUSED,
    "decided_at": None,
    "reason": "看不清",
    "content_type": "image/png",
    "page_count": 7,
    "attempts": 3,
    "turn": 3,
}


def sent(**facts: Any) -> Upload:
    return factories.KeptUploadFactory.create(**facts)


def kept() -> Upload:
    """Return a file that was kept with its page, in the order in which the worker writes them."""
    upload = sent(**WAITING)
    Page.objects.create(upload=upload, number=1, width=10, height=10)
    row = Upload.objects.filter(pk=upload.pk)
    row.update(state=State.OPENING, claimed_at=timezone.now(), attempts=1)
    row.update(
        state=State.KEPT,
        claimed_at=None,
        decided_at=timezone.now(),
        content_type="application/pdf",
        page_count=1,
    )
    return row.get()


def refused(changes: dict[str, Any], upload: Upload) -> None:
    row = Upload.objects.filter(pk=upload.pk)
    for name, value in {**changes, "sent_at": timezone.now(), "uploaded_by": factories.UserFactory.create()}.items():
        with pytest.raises(DatabaseError, match="as it was sent"), transaction.atomic():
            row.update(**{name: value})


def deleted(table: str, pk: int) -> None:
    """Delete it in the database, past Django, which would begin with what refers to it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])  # noqa: S608 -- a name of ours


@pytest.mark.parametrize("facts", [WAITING, REFUSED, {}], ids=["waiting", "refused", "kept"])
def test_what_was_sent_is_what_was_sent(facts: dict[str, Any]) -> None:
    refused(WHAT_IT_IS, sent(**facts))


def test_what_was_kept_is_changed_in_nothing() -> None:
    upload = kept()
    refused(VERDICT, upload)
    assert Upload.objects.filter(pk=upload.pk).update(page_count=1) == 1, "what changes nothing is no change"


@pytest.mark.parametrize("facts", [WAITING, {}], ids=["waiting", "kept"])
def test_only_what_was_refused_is_deleted(facts: dict[str, Any]) -> None:
    upload = sent(**facts)
    with pytest.raises(DatabaseError, match="as it was sent"), transaction.atomic():
        deleted("uploads_upload", upload.pk)
    deleted("uploads_upload", sent(**REFUSED).pk)
    assert Upload.objects.get() == upload


def test_a_page_is_what_was_drawn_and_goes_only_with_a_file_that_was_not_kept() -> None:
    upload = kept()
    page = upload.pages.get()
    with pytest.raises(DatabaseError, match="that were drawn"), transaction.atomic():
        Page.objects.update(doubt="")
    with pytest.raises(DatabaseError, match="that were drawn"), transaction.atomic():
        deleted("uploads_page", page.pk)
    with pytest.raises(DatabaseError, match="that were drawn"), transaction.atomic():
        Page.objects.create(upload=upload, number=2, width=10, height=10)
    waiting = sent(**WAITING)
    other = Page.objects.create(upload=waiting, number=1, width=10, height=10)
    with pytest.raises(DatabaseError, match="that were drawn"), transaction.atomic():
        Page.objects.filter(pk=other.pk).update(upload=upload)
    deleted("uploads_page", other.pk)
    assert Page.objects.get() == page
