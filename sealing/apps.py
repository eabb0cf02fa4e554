from django.apps import AppConfig
from django.core.checks import Tags, register


class SealingConfig(AppConfig):
    name = "sealing"
    verbose_name = "证书与印章"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from institutions import sockets
        from sealing import lapsing, panels
        from sealing.checks import check_signing, check_signing_files
        from sealing.purposes import HANDWRITING, MANDATES, SEALS
        from uploads.sockets import PURPOSES

        register(check_signing)
        register(check_signing_files, Tags.database)
        PURPOSES.fill(MANDATES)
        PURPOSES.fill(SEALS)
        PURPOSES.fill(HANDWRITING)
        sockets.PANELS.fill(panels.signing)
        sockets.RIGHT_LOST.fill(lapsing.lapse_of)
