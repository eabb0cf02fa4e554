from django.apps import AppConfig
from django.core.checks import Tags, register

from database.checks import application_may_no_more


class DatabaseConfig(AppConfig):
    name = "database"
    verbose_name = "数据库角色"

    def ready(self) -> None:
        register(application_may_no_more, Tags.database)
