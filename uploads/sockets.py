"""What files are sent for: each app above says what it does with its own once they are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model

from accounts.models import User
from sockets import Socket
from uploads.models import Upload


@dataclass(frozen=True)
class Purpose:
    """One reason to send a file.

    `keep` is called in the transaction that keeps the file, as its sender (`upload.by`), whose rights it asks again. It
    raises UploadRefused, WrongState, NotAllowed or Unacceptable when nothing can be done with it any more: then the
    file is refused with that sentence.
    """

    name: str
    concerns: Callable[[Upload], Model]  # of what the log notes a refusal
    keep: Callable[[Upload], None]
    sees: Callable[[User, Upload], bool]  # who may look at the pages of a kept one
    leads_to: Callable[[Upload], str]  # the page on which its sender goes on, whatever became of it


PURPOSES: Socket[Purpose] = Socket("uploads.PURPOSES", is_mandatory=True)


def purpose_of(upload: Upload) -> Purpose:
    """Return what a file was sent for. Raises LookupError for what no app knows."""
    for purpose in PURPOSES:
        if purpose.name == upload.purpose:
            return purpose
    raise LookupError(upload.purpose)
