"""What files are sent for: each app above says what it does with its own once they are judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.db.models import Model

from accounts.models import User
from boundary.cell.seen import OurPage
from sockets import Socket
from uploads.models import Upload


@dataclass(frozen=True)
class Paper:
    """One PDF of ours, as it is stored, with which the pages of a file that is sent are compared.

    `picture` names where in the storage a picture of a page is kept, for whoever looks at both; None: nobody does.
    """

    file: File[Any]
    pages: Sequence[OurPage]
    picture: Callable[[int], str] | None = None


def no_papers(upload: Upload) -> Sequence[Paper]:
    """Return nothing: most files are no scans of a paper of ours."""
    return ()


def no_pages(user: User, upload: Upload) -> frozenset[int]:
    """Return nothing: of most files whoever sees one page sees all."""
    return frozenset()


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
    papers: Callable[[Upload], Sequence[Paper]] = no_papers  # of which the file may be a scan
    # Which pages, counted from 1, of a file that the person may look at they may not.
    hides: Callable[[User, Upload], frozenset[int]] = no_pages


PURPOSES: Socket[Purpose] = Socket("uploads.PURPOSES", is_mandatory=True)


def purpose_of(upload: Upload) -> Purpose:
    """Return what a file was sent for. Raises LookupError for what no app knows."""
    for purpose in PURPOSES:
        if purpose.name == upload.purpose:
            return purpose
    raise LookupError(upload.purpose)
