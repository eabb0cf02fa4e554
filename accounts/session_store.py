"""The session engine: Django's own in the database, whose rows also say whose session it is and from where.

It is extended in the way that Django's documentation names (`get_model_class`, `create_model_instance`).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.models import Session
from accounts.signed_in import BEGAN

SEEN_EVERY = timedelta(minutes=1)
OURS = re.compile("[0-9a-z]{32}")  # what Django's `_get_new_session_key` makes


class SessionStore(DatabaseStore):
    last_seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Of a cookie that is no key of ours the database is not asked: quoted octals in it can spell a NUL."""
        return bool(key and OURS.fullmatch(key))

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # documented; not in the stubs
        if row is not None:
            self.last_seen_at = row.last_seen_at
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        began = data.get(BEGAN, {})
        user = data.get(SESSION_KEY)
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]  # not in the stubs
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=int(user) if user else None,
            address=began.get("address"),
            browser=began.get("browser", ""),
            began_at=datetime.fromtimestamp(began["at"], UTC) if began else None,
            last_seen_at=self.last_seen_at or timezone.now(),
            idle_seconds=began.get("idle_seconds", 0),
        )

    def seconds_left(self) -> int:
        """Return how long the person may still do nothing before this session ends; 0 or less: it is over."""
        allowed = timedelta(seconds=self.get(BEGAN, {}).get("idle_seconds", 0))
        idle = timezone.now() - (self.last_seen_at or timezone.now())
        return int((allowed - idle).total_seconds())

    def touch(self) -> None:
        """Note that the person is here: in the row at most once a minute, more often where sessions are very short."""
        now = timezone.now()
        allowed = timedelta(seconds=self.get(BEGAN, {}).get("idle_seconds", 0))
        if self.last_seen_at is None or now - self.last_seen_at >= min(SEEN_EVERY, allowed / 10):
            self.last_seen_at = now
            Session.objects.filter(session_key=self.session_key).update(last_seen_at=now)
