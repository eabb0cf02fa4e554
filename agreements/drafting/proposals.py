"""What the wizard proposes for an empty blank: where a copy is filed, and days that join a renewal to the old term."""

from datetime import timedelta

from agreements.models import Agreement, AgreementKind
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody, TermKind
from institutions.models import Authority


def proposals(agreement: Agreement, body: TemplateBody) -> dict[str, Value]:
    """Return proposed values by id, for blanks that were never saved."""
    return {**_authorities(agreement, body), **_next_term(agreement, body)}


def _next_term(agreement: Agreement, body: TemplateBody) -> dict[str, Value]:
    """The day after the old term, and as many days as that had; nothing where the term counts from the signature."""
    old, term = agreement.predecessor, body.term
    if agreement.kind != AgreementKind.RENEWAL or old is None or term.kind is not TermKind.DATE_RANGE:
        return {}
    if old.starts_on is None or old.expires_on is None or term.from_blank in agreement.answers:
        return {}
    begins = old.expires_on + timedelta(days=1)
    return {term.from_blank: begins, term.to_blank: begins + (old.expires_on - old.starts_on)}


def _authorities(agreement: Agreement, body: TemplateBody) -> dict[str, Value]:
    wanted = [b for b in body.blanks if b.kind is BlankKind.AUTHORITY and b.id not in agreement.answers]
    if not wanted:
        return {}
    known = {blank.id: Authority.objects.for_region(agreement.region, blank.fact) for blank in wanted}
    return {blank.id: _proposed(blank, found) for blank in wanted if (found := known[blank.id])}


def _proposed(blank: Blank, authority: Authority) -> str:
    """Leave out the authority's own word where the text prints it after the blank (报 XXX 民政局)."""
    name = authority.name
    return next((name.removesuffix(word) for word in blank.followed_by if name.endswith(word)), name)
