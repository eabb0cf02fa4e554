"""Verify the whole log: every chain, every anchor. Exit code 0 when nothing is broken, 1 otherwise."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from audit.checking import check_log
from audit.verifier.command import summary
from audit.verifier.rules import Tally


class Command(BaseCommand):
    help = "核验日志：逐条核对所有的链和锚，说明哪里被改动。未发现改动时退出码为 0，否则为 1。"

    def handle(self, *args: Any, **options: Any) -> None:
        tally, found = Tally(), 0
        for finding in check_log(tally):
            found += 1
            self.stdout.write(f"✗ {finding.where}：{finding.what}")
        self.stdout.write("\n".join(summary(tally)))
        self.stdout.write(f"结论：发现 {found} 处改动。" if found else "结论：未发现改动。")
        sys.exit(1 if found else 0)
