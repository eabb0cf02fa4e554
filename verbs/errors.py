"""How a verb of any app refuses an act. Stands lowest, so that every app raises the one that the 409 page shows."""


class WrongState(Exception):
    """The act does not fit the thing's present state; shown as a 409 page. The text is for the user."""
