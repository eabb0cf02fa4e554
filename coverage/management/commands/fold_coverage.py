"""Fold what the figures of coverage are read from."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from coverage.steps.folding import fold_all, fold_changed


class Command(BaseCommand):
    help = "计算各地区的覆盖数字（平时由后台每分钟自动进行）；--all 全部重新计算。可重复运行，运行时不影响使用。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="重新计算所有地区，而不只是有变化的")

    def handle(self, *args: Any, **options: Any) -> None:
        done = fold_all() if options["all"] else fold_changed()
        self.stdout.write(f"计算了 {done.regions} 个地区，共 {done.steps} 个变化日，改写 {done.changed} 行。")
