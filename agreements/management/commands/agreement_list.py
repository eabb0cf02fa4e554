"""List agreements on the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import F

from agreements.models import Agreement, Signature
from agreements.models.ways import Way
from institutions.models import Role


class Command(BaseCommand):
    help = (
        "List agreements: number, state, template, parties. With --one-per-template: number and template only; with "
        "--signed: the numbers alone of those that both parties signed electronically."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--one-per-template", action="store_true", help="one demo agreement of each template")
        which.add_argument("--signed", action="store_true", help="what both parties signed electronically")

    def handle(self, *args: Any, **options: Any) -> None:
        agreements = Agreement.objects.with_parties()
        if options["one_per_template"]:
            for agreement in _one_per_template():
                self._write(agreement.number, _slug(agreement))
            return
        if options["signed"]:
            for number in _signed_by_both():
                self._write(number)
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


def _signed_by_both() -> list[str]:
    """Return the numbers of agreements on whose text both parties' electronic signatures stand, in order."""
    signed = Signature.objects.current().filter(kind=Way.ELECTRONIC, frozen=F("agreement__frozen"))
    of_one = {role: signed.filter(role=role).values("agreement") for role in Role}
    both = Agreement.objects.filter(pk__in=of_one[Role.MEDICAL]).filter(pk__in=of_one[Role.ELDER_CARE])
    return list(both.order_by("number").values_list("number", flat=True))


def _slug(agreement: Agreement) -> str:
    return agreement.template_version.template.slug if agreement.template_version else ""
