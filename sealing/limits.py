"""For which papers an authorisation to use a seal holds, in words."""

from __future__ import annotations

from regions.models import Region
from sealing.models import SealAuthorisation
from sealing.sockets import TEMPLATES


def templates_in(region: Region) -> dict[str, str]:
    """Return the titles of the templates that apply in a region, by slug, in the order in which they are offered."""
    return {slug: title for titles in TEMPLATES for slug, title in titles(region).items()}


def limits_of(authorisation: SealAuthorisation) -> str:
    """Say to what it is limited. A template that no longer applies where the institution lies is called by its slug."""
    if authorisation.agreement:
        return f"协议 {authorisation.agreement}"
    if not authorisation.templates:
        return "不限"
    titles = templates_in(authorisation.seal.institution.region)
    return "范本" + "、".join(f"《{titles[slug]}》" if slug in titles else slug for slug in authorisation.templates)
