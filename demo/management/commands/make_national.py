"""Fill an empty database with a nation of made-up rows, to measure on."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from coverage.steps.folding import fold_changed
from database.roles import as_owner
from demo.loading import DemoDataError
from demo.national.load import load_nation


class Command(BaseCommand):
    help = "在空的数据库里造出全国规模的演示数据，用来测量（--scale 1.0 约一百万份协议）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="1.0：全国规模")
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["scale"] <= 10:
            raise CommandError("--scale 请写 0 以上、10 以下的数，例如 0.1。")
        begun = time.monotonic()
        try:
            with as_owner():
                made = load_nation(scale=options["scale"], seed=options["seed"], today=timezone.localdate())
                fold_changed()
                with connection.cursor() as cursor:
                    cursor.execute("VACUUM ANALYZE")
        except DemoDataError as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = f"机构 {made.institutions}，协议 {made.agreements}，备案 {made.filings}"
        self.stdout.write(f"{rows}，用时 {time.monotonic() - begun:.0f} 秒")
