"""How verbs about institutions refuse what was entered; a wrong state is `verbs.errors.WrongState`."""


class Unacceptable(ValueError):
    """What was entered cannot be. `field` names where it was entered, or is None; the message is for people."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
