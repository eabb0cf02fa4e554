"""The first platform administrator, invited from the operator's console: before there is one, nobody else can."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from boundary.printing import printed
from duties.inviting import invite_first_administrator
from duties.letters import link_of
from verbs.errors import NotAllowed


class Command(BaseCommand):
    help = "邀请第一位平台管理员，打印邀请链接；已有平台管理员时不办理"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("full_name", help="姓名，接受邀请的人必须是这个姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            printed(options["full_name"])
            invitation, secret = invite_first_administrator(options["full_name"])
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from refusal
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"邀请链接（七天内有效，只显示这一次）：{link_of(secret)}")
        self.stdout.write(f"交给 {invitation.full_name} 本人打开。接受后职责还不生效：当面见到本人，看过证件和")
        self.stdout.write("对方页面上的确认码，再由另一个人运行 confirm_platform_administrator。")
