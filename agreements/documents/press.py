"""From an agreement to files: the paper of its present text, the set of copies, the preview."""

from __future__ import annotations

from django.conf import settings

from agreements.documents.copies import copy_labels
from agreements.documents.layout import body_html, labels_html
from agreements.documents.renderer import TAGGED, render
from agreements.documents.stamping import StampedSet, stamp_all, stamp_one
from agreements.models import Agreement
from agreements.text.fonts import UnprintableCharacters, unprintable
from agreements.text.paper import Paper
from institutions.models import Role


def paper_of(agreement: Agreement, *, site: str = "") -> Paper:
    """Return an agreement's paper: as frozen, or the draft as it stands. `site` is the address in the QR codes."""
    text = agreement.filled_text()
    return Paper(
        number=agreement.number,
        text=text,
        digest=agreement.frozen.digest if agreement.frozen else text.digest,
        copies=copy_labels(agreement),
        is_draft=not agreement.is_frozen,
        site=(site or settings.SITE_URL).rstrip("/"),
        dated=agreement.agreed_at or agreement.updated_at,
        parties=tuple(name for role in Role if (name := agreement.party_name(role))),
    )


def copies_of(paper: Paper) -> StampedSet:
    """Return every copy and the print file. Raises UnprintableCharacters."""
    _check_characters(paper)
    return stamp_all(render(body_html(paper), labels_html(paper.copies), variant=TAGGED), paper)


def preview_pdf(paper: Paper, copy: int = 1) -> bytes:
    """Return one copy (counted from 1) only, for looking at within a request. Raises UnprintableCharacters."""
    _check_characters(paper)
    label = paper.copies[copy - 1]
    return stamp_one(render(body_html(paper), labels_html([label]), variant=TAGGED), paper, label).content


def _check_characters(paper: Paper) -> None:
    refused = unprintable(paper.everything_printed())
    if refused:
        raise UnprintableCharacters(refused)
