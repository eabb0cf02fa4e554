from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = "机构"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from institutions.models import Authority, ElderCareProfile, MedicalProfile
        from regions import sockets

        sockets.INSTITUTION_KINDS.fill(dict(MedicalProfile.Kind.choices))
        sockets.INSTITUTION_KINDS.fill(dict(ElderCareProfile.Kind.choices))
        sockets.AUTHORITY_KINDS.fill(dict(Authority.Kind.choices))
