"""Print the demo accounts as aligned lines: user name, password, name, place, duty."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.signing_in import demo_accounts

HEAD = ("用户名", "密码", "姓名", "单位", "身份")


def width(text: str) -> int:
    """Return the columns that a terminal gives the text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class Command(BaseCommand):
    help = "列出演示账号"

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = demo_accounts()
        lines = [HEAD, *((a.username, settings.DEMO_PASSWORD, a.full_name, a.place, a.duty) for a in accounts)]
        widths = [max(width(line[column]) for line in lines) for column in range(len(HEAD))]
        for line in lines:
            cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        self.stdout.write(f"签约人的签名密码：{settings.DEMO_PIN}")
