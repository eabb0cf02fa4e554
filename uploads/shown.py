"""What a page tells of the files that were sent for its subject."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from uploads.models import Upload


@dataclass(frozen=True)
class UnderWay:
    """Files without a verdict, and those refused that their sender has not taken note of."""

    uploads: list[Upload]

    @property
    def is_waiting(self) -> bool:
        """Whether a verdict is still to come, so that the page asks again by itself."""
        return any(upload.is_waiting for upload in self.uploads)

    def __bool__(self) -> bool:
        return bool(self.uploads)


def under_way(purpose: str, subject: int, *, for_user: User) -> UnderWay:
    """Return what everybody who works on the subject is told of its files, and what only the person is."""
    sent = Upload.objects.of(purpose, subject)
    return UnderWay(list(sent.waiting() | sent.refused_to(for_user)))


def waits(purpose: str, subject: int, part: str | None = None) -> bool:
    """Whether something was sent that has no verdict yet: no verb goes on as if it were there, or were not."""
    return Upload.objects.of(purpose, subject, part).waiting().exists()
