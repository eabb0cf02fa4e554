"""Load the policy schemes of the regions; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from regions.datafile import DataFileError
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes


class Command(BaseCommand):
    help = "载入各地政策方案；可以重复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = load_scheme_files(read_schemes())
        except DataFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"政策方案：写入 {result.written}，撤下 {result.closed}，未变 {result.unchanged}")
