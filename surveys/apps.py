from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "摸底"

    def ready(self) -> None:
        """Fill a socket of an app below. Imported here: models are not there before."""
        from institutions.sockets import RESTS_WITH
        from surveys.rounds import resting

        RESTS_WITH.fill(resting)
