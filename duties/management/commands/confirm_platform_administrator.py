"""Confirming an administrator of the platform from the operator's console, while nobody on the platform can."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from duties.holders import Look, Seen, confirm_at_console
from verbs.errors import Unacceptable, WrongState


class Command(BaseCommand):
    help = "当面见过本人后，确认平台管理员的职责生效；已有平台管理员可以确认时不办理"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="等待确认的人的用户名")
        parser.add_argument("code", help="对方登录后“等待确认的职责”页面上的确认码")
        parser.add_argument("--mobile", default="", help="对方当面说的手机号")
        parser.add_argument("--seen", choices=Seen.values, default=Seen.IDENTITY_CARD.value, help="看过的证件")

    def handle(self, *args: Any, **options: Any) -> None:
        look = Look(options["seen"], options["mobile"], options["code"])
        try:
            held = confirm_at_console(options["username"], look)
        except (WrongState, Unacceptable) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{held.user.full_name}的{held.place}{held.get_duty_display()}职责已生效。")
