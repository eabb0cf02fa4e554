"""Load the demo: institutions, people and agreements. Refuses where DEMO is off; a second run changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from demo import agreements, approvals, loading, people, renames, signing, surveys


class Command(BaseCommand):
    help = "载入演示数据（仅在 DEMO=yes 时）；可以重复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("未设置 DEMO=yes，不载入演示数据。")
        try:
            with transaction.atomic():
                authorities = loading.load_authorities()
                officials = people.load_officials()
                by_key, institutions = loading.load_institutions()
                accounts = officials + people.load_people(by_key)
                people.load_request(by_key)
                signing.open_authority()
                signed = agreements.load_agreements(by_key)
                if signed:
                    approvals.load_approval(by_key)
                renames.load_renames(by_key)
                surveys.load_surveys(by_key)
                surveys.load_eligibility(by_key)
                signing.load_signing(by_key)
                _ring_no_bells()
        except loading.DemoDataError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            made = f"主管部门 {authorities}，机构 {institutions}，账号 {accounts}，协议 {signed}"
            self.stdout.write(f"演示数据：新增{made}")


def _ring_no_bells() -> None:
    """Leave the work that the verbs would ring for on commit to the sweeps of the clock, which find it in a minute.

    Hundreds of bells, one after the other, would keep a demo from starting where the broker is not up yet.
    """
    transaction.get_connection().run_on_commit.clear()
