"""List agreements on the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from agreements.models import Agreement


class Command(BaseCommand):
    help = "List agreements: number, state, template, parties. With --one-per-template: number and template only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--one-per-template", action="store_true", help="one demo agreement of each template")

    def handle(self, *args: Any, **options: Any) -> None:
        agreements = Agreement.objects.with_parties()
        if options["one_per_template"]:
            for agreement in _one_per_template():
                self._write(agreement.number, _slug(agreement))
            return
        for agreement in agreements.order_by("number"):
            parties = " × ".join(str(party) for party in (agreement.medical, agreement.elder_care) if party)
            self._write(agreement.number, agreement.get_state_display(), _slug(agreement), parties)

    def _write(self, *columns: str) -> None:
        self.stdout.write("\t".join(columns))


def _one_per_template() -> list[Agreement]:
    """Return the demo agreement of each template that is furthest along: frozen before drafts, then the oldest."""
    demo = Agreement.objects.with_parties().filter(is_demo=True, medical__isnull=False, elder_care__isnull=False)
    found: dict[str, Agreement] = {}
    for agreement in sorted(demo.filter(template_version__isnull=False), key=lambda a: (not a.is_frozen, a.number)):
        found.setdefault(_slug(agreement), agreement)
    return [found[slug] for slug in sorted(found)]


def _slug(agreement: Agreement) -> str:
    return agreement.template_version.template.slug if agreement.template_version else ""
