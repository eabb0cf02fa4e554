"""Print the coverage of a region on a day as JSON."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coverage.as_json import to_json
from coverage.days import OUT_OF_RANGE, is_askable
from coverage.overview import overview
from regions.models import Region


class Command(BaseCommand):
    help = "Print the coverage of a region as JSON: coverage 330600 --on 2026-11-22 (default: today)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="region code of GB/T 2260, six digits")
        parser.add_argument("--on", default="", help="as-of day, YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        code, on = options["code"], _day(options["on"])
        region = Region.objects.filter(code=code).first() if "\0" not in code else None
        if region is None:
            raise CommandError(f"没有代码为“{code}”的地区。请写六位行政区划代码，例如 330600。")
        self.stdout.write(to_json(overview(region, on)))


def _day(text: str) -> date:
    try:
        on = date.fromisoformat(text) if text else timezone.localdate()
    except ValueError as mistake:
        raise CommandError(f"日期“{text}”写法不对，请写成 2026-11-22 这样。") from mistake
    if not is_askable(on):
        raise CommandError(OUT_OF_RANGE)
    return on
