from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = "机构"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from exports.sockets import DUTIES, LISTS
        from institutions import kinds
        from institutions.posts import keys_in_use
        from institutions.register.ledger import LISTED
        from institutions.register.purposes import PERIODS
        from regions import sockets
        from uploads.sockets import PURPOSES

        PURPOSES.fill(PERIODS)
        DUTIES.fill(keys_in_use)
        LISTS.fill(LISTED)
        sockets.INSTITUTION_KINDS.fill(kinds.institution_kinds)
        sockets.AUTHORITY_KINDS.fill(kinds.authority_kinds)
