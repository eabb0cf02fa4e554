"""Freeing what got stuck, and deleting what was refused or belongs to nothing."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

import jobs
from uploads.background import JUDGE
from uploads.models import FOLDER, Upload

REFUSED_KEPT = timedelta(days=7)  # long enough for its sender to read why
ORPHANS_KEPT = timedelta(days=1)  # longer than any request takes to store its row


def sweep() -> None:
    """Ring again for files that nobody took up or whose worker died."""
    jobs.sweep(JUDGE)


def delete(upload: Upload) -> None:
    """Delete a refused file with everything that was entered with it. The log keeps that it was refused, and why.

    The row first: files without a row are found later, a row without its file would be an error to whoever opens it.
    """
    gone, _ = Upload.objects.filter(pk=upload.pk, state=Upload.State.REFUSED).delete()
    if gone:
        _delete_folder(upload.token)


def delete_refused() -> int:
    """Delete files that were refused a week ago. Return how many."""
    old = Upload.objects.filter(state=Upload.State.REFUSED, decided_at__lt=timezone.now() - REFUSED_KEPT)
    for upload in (found := list(old)):
        delete(upload)
    return len(found)


def delete_orphans() -> int:
    """Delete folders whose row was never committed, or whose deletion was cut short. Return how many."""
    if not default_storage.exists(FOLDER):
        return 0
    tokens, _ = default_storage.listdir(FOLDER)
    known = set(Upload.objects.filter(token__in=tokens).values_list("token", flat=True))
    orphans = [token for token in tokens if token not in known and _is_old(token)]
    for token in orphans:
        _delete_folder(token)
    return len(orphans)


def _is_old(token: str) -> bool:
    before = timezone.now() - ORPHANS_KEPT
    _, names = default_storage.listdir(f"{FOLDER}/{token}")
    return all(default_storage.get_modified_time(f"{FOLDER}/{token}/{name}") < before for name in names)


def _delete_folder(token: str) -> None:
    folder = f"{FOLDER}/{token}"
    if not default_storage.exists(folder):  # a bucket has no folders, only names
        return
    for name in default_storage.listdir(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)
