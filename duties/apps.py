from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "duties"
    verbose_name = "职责与人员"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from duties import panels
        from duties.purposes import LICENCES
        from institutions import sockets
        from uploads.sockets import PURPOSES

        PURPOSES.fill(LICENCES)
        sockets.CONTACTS.fill(panels.contacts)
        sockets.PANELS.fill(panels.people)
