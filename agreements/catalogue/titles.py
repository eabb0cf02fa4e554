"""What templates are called, for apps below that name them."""

from __future__ import annotations

from agreements.models import TemplateVersion
from regions.models import Region


def titles_in(region: Region) -> dict[str, str]:
    """Return the titles of the templates that apply in a region by slug, supplements too: its own and those above."""
    applying = TemplateVersion.objects.filter(template__region__code__in=region.chain_codes)
    rows = applying.latest_of_each().values_list("template__slug", "title")
    return dict(sorted(rows, key=lambda row: row[1]))
