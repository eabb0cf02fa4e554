"""Load the working-day calendar; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from regions.datafile import DataFileError
from regions.loading import load_days
from regions.workdays import published_days


class Command(BaseCommand):
    help = "载入工作日历（含调休；尚无放假通知的年份标为暂定）；可以重复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            days = published_days()
        except DataFileError as error:
            raise CommandError(str(error)) from error
        result = load_days(days)
        provisional = sorted({day.date.year for day in days.values() if day.provisional})
        listed = "、".join(str(year) for year in provisional) or "无"
        self.stdout.write(f"工作日历：写入 {result.written}，未变 {result.unchanged}，暂定年份 {listed}")
