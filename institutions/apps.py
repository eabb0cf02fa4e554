from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = "机构"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from institutions import kinds
        from regions import sockets

        sockets.INSTITUTION_KINDS.fill(kinds.institution_kinds)
        sockets.AUTHORITY_KINDS.fill(kinds.authority_kinds)
