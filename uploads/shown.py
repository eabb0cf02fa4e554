"""What a page tells of the files that were sent for its subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest

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


@dataclass(frozen=True)
class Reload:
    """How a page that waits for a verdict asks again where no script does: after so many seconds, each time later.

    Later, so that whoever goes through the page by keyboard is not taken back to its beginning all the time; and not at
    all once they have stopped it.
    """

    seconds: int

    FIRST: ClassVar[int] = 5
    LONGEST: ClassVar[int] = 60
    STOPPED: ClassVar[str] = "no"

    @property
    def then(self) -> int:
        return min(2 * self.seconds, self.LONGEST)


def reload_of(request: HttpRequest) -> Reload | None:
    """Return how the page asks again, by `?again=` of its own address; None when the person has stopped it."""
    asked = request.GET.get("again", "")
    if asked == Reload.STOPPED:
        return None
    seconds = int(asked) if re.fullmatch("[0-9]{1,2}", asked) else Reload.FIRST
    return Reload(min(max(seconds, Reload.FIRST), Reload.LONGEST))


def under_way(purpose: str, subject: int, *, for_user: User) -> UnderWay:
    """Return what everybody who works on the subject is told of its files, and what only the person is.

    Asked before what the files became is read: one that is kept in between would be told of by neither.
    """
    sent = Upload.objects.of(purpose, subject)
    return UnderWay(list(sent.waiting() | sent.refused_to(for_user)))


def waits(purpose: str, subject: int, part: str | None = None) -> bool:
    """Whether something was sent that has no verdict yet: no verb goes on as if it were there, or were not.

    A page asks this, too, before it reads what the files became.
    """
    return Upload.objects.of(purpose, subject, part).waiting().exists()
