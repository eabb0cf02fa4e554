from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "duties"
    verbose_name = "职责与人员"

    def ready(self) -> None:
        """Fill the sockets of the apps below. Imported here: models are not there before."""
        from duties import panels
        from institutions import sockets

        sockets.CONTACTS.fill(panels.contacts)
        sockets.PANELS.fill(panels.people)
