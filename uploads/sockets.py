"""What files are sent for: each app above says what it does with its own once they are judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Model

from accounts.models import User
from sockets import Socket
from uploads.models import Upload

Area = tuple[float, float, float, float]  # left, top, width, height in mm from the top left of the page


@dataclass(frozen=True)
class PaperPage:
    """A page that a file may be a scan of: what its code says, and the areas in which ink is looked for."""

    number: int
    code: str
    areas: Mapping[str, Area] = field(default_factory=dict)


@dataclass(frozen=True)
class Paper:
    """A file of ours that was printed, by its name in the storage."""

    file: str
    pages: Sequence[PaperPage]


@dataclass(frozen=True)
class Purpose:
    """One reason to send a file.

    `keep` is called in the transaction that keeps the file, as its sender (`upload.by`), whose rights it asks again. It
    raises UploadRefused, WrongState, NotAllowed or Unacceptable when nothing can be done with it any more: then the
    file is refused with that sentence. `papers`: what of ours the file is a scan of, for reading its pages.
    """

    name: str
    concerns: Callable[[Upload], Model]  # of what the log notes a refusal
    keep: Callable[[Upload], None]
    sees: Callable[[User, Upload], bool]  # who may look at the pages of a kept one
    leads_to: Callable[[Upload], str]  # the page on which its sender goes on, whatever became of it
    papers: Callable[[Upload], Sequence[Paper]] | None = None


PURPOSES: Socket[Purpose] = Socket("uploads.PURPOSES", is_mandatory=True)


def purpose_of(upload: Upload) -> Purpose:
    """Return what a file was sent for. Raises LookupError for what no app knows."""
    for purpose in PURPOSES:
        if purpose.name == upload.purpose:
            return purpose
    raise LookupError(upload.purpose)
