from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "摸底"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from exports.sockets import LISTS
        from institutions.sockets import RESTS_WITH
        from surveys.ledger import LISTED
        from surveys.rounds import resting

        LISTS.fill(LISTED)
        RESTS_WITH.fill(resting)
