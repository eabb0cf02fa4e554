"""How people are signed in: by user name and password, of an account that may. Its sessions ask again each time."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class AccountBackend(ModelBackend):
    """Django's own, but for who may: whoever may not is a stranger at the door, and in a session begun before."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked after the password, right or wrong, and by every request of a session."""
        return user is not None and bool(user.may_sign_in)
