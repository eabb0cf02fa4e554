"""Close the accounts that a demo has left, once DEMO is off. A second run changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo.closing import close_accounts
from demo.loading import DemoDataError


class Command(BaseCommand):
    help = "关闭演示留下的账号（仅在 DEMO=no 时）；可以重复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            closed = close_accounts()
        except DemoDataError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"已关闭 {closed} 个演示账号。")
