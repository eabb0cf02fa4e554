"""Write docs/lifecycle.md from the tables of states, so that the picture never says what the code does not."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from verbs.diagram import document


class Command(BaseCommand):
    help = "由状态表生成 docs/lifecycle.md"
    requires_system_checks = ()  # it reads tables and writes a file

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查文件是否与状态表一致，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
        wanted = document()
        if not options["check"]:
            path.write_text(wanted, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != wanted:
            raise CommandError(f"{path.name} 与状态表不一致，请运行 ./script/manage transition_diagrams")
        self.stdout.write(f"{path.name}：与状态表一致")
