from django.apps import AppConfig
from django.core.checks import Tags, register

from accounts import signed_in


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        from accounts.checks import demo_accounts_are_closed

        register(demo_accounts_are_closed, Tags.database)
        signed_in.connect()
