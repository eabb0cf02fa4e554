"""An agreement's text, live or frozen, and who holds its copies. Preview, PDF, digest and pages all read here."""

from agreements.catalogue.filling import FilledText, fill
from agreements.catalogue.schema import CopyHolder
from agreements.documents.paper import CopyLabel
from agreements.drafting.answers import values_of
from agreements.models import Agreement, TemplateVersion
from institutions.models import Authority, Role


def template_of(agreement: Agreement) -> TemplateVersion:
    """Return the chosen template version. Raises ValueError while none is chosen."""
    if agreement.template_version is None:
        raise ValueError(f"{agreement.number} has no template yet")
    return agreement.template_version


def filled_text(agreement: Agreement) -> FilledText:
    """Return the frozen text, or the template filled with the draft's present values."""
    if agreement.frozen_text is not None:
        return FilledText.from_json(agreement.frozen_text)
    body = template_of(agreement).parsed
    return fill(body, values_of(agreement, body))


def copy_labels(agreement: Agreement) -> tuple[CopyLabel, ...]:
    """Return the copies in the template's order, each with its holder's label and name."""
    body = template_of(agreement).parsed
    names = _holder_names(agreement)
    return tuple(
        CopyLabel(number, len(body.copies), copy.holder, copy.label, _name_of(copy, names))
        for number, copy in enumerate(body.copies, 1)
    )


def _name_of(copy: CopyHolder, names: dict[str, str]) -> str:
    return copy.name or names.get(copy.holder, "")


def _holder_names(agreement: Agreement) -> dict[str, str]:
    names = {role.value: party_name(agreement, role) for role in Role}
    for kind in Authority.Kind:
        authority = Authority.objects.for_region(agreement.region, kind)
        names[kind.value] = authority.name if authority else ""
    return names


def party_name(agreement: Agreement, role: Role) -> str:
    """Return a party's name: as frozen, else live, else ""."""
    if agreement.party_snapshots is not None:
        return str(agreement.party_snapshots[role.value]["name"])
    institution = agreement.party(role)
    return institution.name if institution else ""
