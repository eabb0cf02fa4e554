from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "eligibility"
    verbose_name = "资格核对"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from eligibility.panels import resting, surveyed
        from eligibility.purposes import EVIDENCE
        from institutions.sockets import PANELS, RESTS_WITH
        from uploads.sockets import PURPOSES

        PURPOSES.fill(EVIDENCE)
        PANELS.fill(surveyed)
        RESTS_WITH.fill(resting)
