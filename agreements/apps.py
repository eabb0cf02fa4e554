from django.apps import AppConfig
from django.core.checks import register

from agreements.checks import CHECKS


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "协议"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from agreements.catalogue.titles import titles_in
        from agreements.contacts import is_partner
        from agreements.documents.sealed_letter import letter_pdf
        from agreements.register import panels
        from agreements.register.ledger import LISTED
        from agreements.signing.purposes import SCANS
        from duties.sockets import CONTACT_RULES, LETTER_PDF
        from exports.sockets import LISTS
        from institutions import sockets
        from sealing.sockets import TEMPLATES
        from uploads.sockets import PURPOSES

        CONTACT_RULES.fill(is_partner)
        LETTER_PDF.fill(letter_pdf)
        TEMPLATES.fill(titles_in)
        PURPOSES.fill(SCANS)
        LISTS.fill(LISTED)
        sockets.PANELS.fill(panels.approval)
        sockets.PANELS.fill(panels.agreements)
        sockets.CONCERNED.fill(panels.concerned)
        for check in CHECKS:
            register(check)
