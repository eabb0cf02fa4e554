"""From an agreement to files: the paper of its present text, the set of copies, the preview."""

from __future__ import annotations

from django.conf import settings

from agreements.documents.copies import copy_labels
from agreements.documents.layout import body_html, labels_html
from agreements.documents.renderer import TAGGED, render
from agreements.documents.stamping import StampedSet, stamp_all, stamp_one
from agreements.models import Agreement
from agreements.models.ways import Way
from agreements.text.attestation import attestation_of
from agreements.text.paper import DIGEST_DIGITS, Paper
from boundary.printing import UnprintableCharacters, unprintable
from institutions.models import Role

STYLES = ("paper.css", "attestation.css")


def paper_of(agreement: Agreement, *, site: str = "") -> Paper:
    """Return an agreement's paper: as frozen, or the draft as it stands. `site` is the address in the QR codes."""
    text = agreement.filled_text()
    digest = agreement.frozen.digest if agreement.frozen else text.digest
    return Paper(
        number=agreement.number,
        text=text,
        digest=digest,
        copies=copy_labels(agreement),
        is_draft=not agreement.is_frozen,
        site=(site or settings.SITE_URL).rstrip("/"),
        dated=agreement.agreed_at or agreement.updated_at,
        elsewhere=_elsewhere(agreement),
        parties=tuple(name for role in Role if (name := agreement.party_name(role))),
        attestation=attestation_of(
            agreement.chosen_version.parsed,
            number=agreement.number,
            digest=digest[:DIGEST_DIGITS],
            names={role.value: agreement.party_name(role) for role in Role},
            on_screen=_on_screen(agreement),
        ),
    )


def _elsewhere(agreement: Agreement) -> tuple[str, ...]:
    """Return which side signs electronically what the other signs on paper: none where both do the same."""
    on_screen = _on_screen(agreement)
    return on_screen if len(on_screen) < len(Role) else ()


def _on_screen(agreement: Agreement) -> tuple[str, ...]:
    """Return which sides sign on screen, none of a draft: that is said when the text is agreed on."""
    ways = agreement.frozen.ways if agreement.frozen else {}
    return tuple(role.value for role, way in ways.items() if way is Way.ELECTRONIC)


def copies_of(paper: Paper) -> StampedSet:
    """Return every copy and the print file. Raises UnprintableCharacters."""
    _check_characters(paper)
    return stamp_all(render(body_html(paper), labels_html(paper.copies), styles=STYLES, variant=TAGGED), paper)


def preview_pdf(paper: Paper, copy: int = 1) -> bytes:
    """Return one copy (counted from 1) only, for looking at within a request. Raises UnprintableCharacters."""
    _check_characters(paper)
    label = paper.copies[copy - 1]
    rendered = render(body_html(paper), labels_html([label]), styles=STYLES, variant=TAGGED)
    return stamp_one(rendered, paper, label).content


def _check_characters(paper: Paper) -> None:
    refused = unprintable(paper.everything_printed())
    if refused:
        raise UnprintableCharacters(refused)
