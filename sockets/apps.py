from django.apps import AppConfig
from django.core.checks import register

from sockets.checks import mandatory_sockets_are_filled


class SocketsConfig(AppConfig):
    name = "sockets"
    verbose_name = "接口"

    def ready(self) -> None:
        register(mandatory_sockets_are_filled)
