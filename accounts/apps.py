from django.apps import AppConfig

from accounts import signed_in


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        signed_in.connect()
