"""What the wizard proposes for an empty blank: the authorities of the county where a copy is filed."""

from agreements.models import Agreement
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody
from institutions.models import Authority


def proposals(agreement: Agreement, body: TemplateBody) -> dict[str, Value]:
    """Return proposed values by id, for the blanks of authorities that were never saved."""
    wanted = [b for b in body.blanks if b.kind is BlankKind.AUTHORITY and b.id not in agreement.answers]
    if not wanted:
        return {}
    known = {blank.id: Authority.objects.for_region(agreement.region, blank.fact) for blank in wanted}
    return {blank.id: _proposed(blank, found) for blank in wanted if (found := known[blank.id])}


def _proposed(blank: Blank, authority: Authority) -> str:
    """Leave out the authority's own word where the text prints it after the blank (报 XXX 民政局)."""
    name = authority.name
    return next((name.removesuffix(word) for word in blank.followed_by if name.endswith(word)), name)
