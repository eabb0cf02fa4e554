"""Load the divisions of GB/T 2260 to county level; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from regions.datafile import DataFileError
from regions.divisions import read_divisions
from regions.loading import load_divisions


class Command(BaseCommand):
    help = "载入行政区划（到县级）；可以重复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            divisions = read_divisions()
        except DataFileError as error:
            raise CommandError(str(error)) from error
        result = load_divisions(divisions)
        self.stdout.write(f"行政区划：写入 {result.written}，停用 {result.closed}，未变 {result.unchanged}")
