"""Who holds the copies of an agreement, as they are labelled."""

from agreements.models import Agreement
from agreements.text.paper import CopyLabel
from agreements.text.schema import CopyHolder
from institutions.models import Authority, Role


def copy_labels(agreement: Agreement) -> tuple[CopyLabel, ...]:
    """Return the copies in the template's order, each with its holder's label and name."""
    body = agreement.chosen_version.parsed
    names = _holder_names(agreement)
    return tuple(
        CopyLabel(number, len(body.copies), copy.holder, copy.label, _name_of(copy, names))
        for number, copy in enumerate(body.copies, 1)
    )


def _name_of(copy: CopyHolder, names: dict[str, str]) -> str:
    return copy.name or names.get(copy.holder, "")


def _holder_names(agreement: Agreement) -> dict[str, str]:
    names = {role.value: agreement.party_name(role) for role in Role}
    for kind in Authority.Kind:
        authority = Authority.objects.for_region(agreement.region, kind)
        names[kind.value] = authority.name if authority else ""
    return names
