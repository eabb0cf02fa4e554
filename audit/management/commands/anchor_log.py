"""Make the anchor of this hour now, if it has none: what was left open when the platform stopped, or before a copy."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.anchoring import anchor_due


class Command(BaseCommand):
    help = "为本小时生成日志锚（本小时已有锚、或还没有日志时不做任何事）。"

    def handle(self, *args: Any, **options: Any) -> None:
        anchor = anchor_due()
        if anchor is not None:
            self.stdout.write(f"已生成{anchor}（第 {anchor.number} 个）。")
