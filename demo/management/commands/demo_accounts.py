"""Print the demo accounts as aligned lines: user name, password, name, institution, duty."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from demo.loading import demo_people
from institutions.models import Membership

HEAD = ("用户名", "密码", "姓名", "机构", "身份")


def width(text: str) -> int:
    """Return the columns that a terminal gives the text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class Command(BaseCommand):
    help = "列出演示账号"

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [HEAD] + [line for person in demo_people() for line in self._lines(person.pk)]
        widths = [max(width(line[column]) for line in lines) for column in range(len(HEAD))]
        for line in lines:
            cells = (cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())

    def _lines(self, person_id: int) -> list[tuple[str, ...]]:
        memberships = Membership.objects.filter(user=person_id).select_related("user", "institution")
        return [
            (
                membership.user.username,
                settings.DEMO_PASSWORD,
                membership.user.full_name,
                membership.institution.name,
                f"{membership.institution.get_role_display()}{membership.get_duty_display()}",
            )
            for membership in memberships
        ]
