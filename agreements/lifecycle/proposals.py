"""What is proposed for a blank that nobody has filled: where a copy is filed, and days that join a renewal to the old.

What is proposed is saved with the step from which it follows: it counts as filled wherever the draft is looked at.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from agreements.models import Agreement, AgreementKind
from agreements.text.answers import to_json
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody, TermKind
from institutions.models import Authority
from regions.models import Region


def proposals(agreement: Agreement, body: TemplateBody) -> dict[str, Value]:
    """Return proposed values by id, for blanks that were never saved."""
    proposed: dict[str, Value] = {**bureaus(agreement.region, body)}
    if agreement.kind == AgreementKind.RENEWAL and agreement.predecessor is not None:
        proposed |= next_term(agreement.predecessor, body)
    return {id_: value for id_, value in proposed.items() if id_ not in agreement.answers}


def with_proposals(agreement: Agreement, body: TemplateBody) -> dict[str, Any]:
    """Return the draft's answers, as they are stored, with what is proposed where nothing was ever saved."""
    return {**agreement.answers, **stored(proposals(agreement, body))}


def next_term(old: Agreement, body: TemplateBody) -> dict[str, Value]:
    """The day after the old term, and as many days as that had; nothing where the term counts from the signature."""
    term = body.term
    if term.kind is not TermKind.DATE_RANGE or old.starts_on is None or old.expires_on is None:
        return {}
    begins = old.expires_on + timedelta(days=1)
    return {term.from_blank: begins, term.to_blank: begins + (old.expires_on - old.starts_on)}


def bureaus(region: Region, body: TemplateBody) -> dict[str, str]:
    """Return for each blank that names a bureau the one with which the copies of this region are filed."""
    wanted = [blank for blank in body.blanks if blank.kind is BlankKind.AUTHORITY]
    known = {blank.id: Authority.objects.for_region(region, blank.fact) for blank in wanted}
    return {blank.id: _proposed(blank, found) for blank in wanted if (found := known[blank.id])}


def filed_elsewhere(agreement: Agreement, region: Region, body: TemplateBody) -> dict[str, Any]:
    """Return the draft's answers, as they are stored, with another region's bureaus for the former ones."""
    named = {blank.id for blank in body.blanks if blank.kind is BlankKind.AUTHORITY}
    others = {id_: value for id_, value in agreement.answers.items() if id_ not in named}
    return {**others, **bureaus(region, body)}


def stored(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return typed answers as they are stored."""
    return {id_: to_json(value) for id_, value in values.items()}


def _proposed(blank: Blank, authority: Authority) -> str:
    """Leave out the authority's own word where the text prints it after the blank (报 XXX 民政局)."""
    name = authority.name
    return next((name.removesuffix(word) for word in blank.followed_by if name.endswith(word)), name)
