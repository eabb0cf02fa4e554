"""How a verb of any app refuses an act. Stands lowest, so that every app raises the ones that the error pages show."""

from django.core.exceptions import PermissionDenied


class WrongState(Exception):
    """The act does not fit the thing's present state; shown as a 409 page. The text is for the user."""


class NotAllowed(PermissionDenied):
    """The person may not do this, whatever the state; shown as a 403 page. The text is for the user."""


class Unacceptable(ValueError):
    """What was entered cannot be, e.g. a date to come. The message is for people; `field` names the form's field."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
