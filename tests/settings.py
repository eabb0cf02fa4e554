"""Settings for the tests: the real ones, with a fast hasher and files in a throw-away folder."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DEBUG", "yes")

from yiyang.settings import *  # noqa: F403  -- DEBUG must be set first; overriding a settings module is what star imports are for

# A live server's thread that kept its connection would keep the test database from being dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405

FILES = os.environ.get("TEST_FILES")  # where tests/servers.py has made room, and clears up; else the system's folder
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {
        "BACKEND": "boundary.storage.WholeFilesStorage",
        "OPTIONS": {"location": tempfile.mkdtemp(prefix="yiyang-media-", dir=FILES)},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PLATFORM_KEY_FILE = f"{tempfile.mkdtemp(prefix='yiyang-keys-')}/platform.pem"
SIGNING_AUTHORITY_FOLDER = Path(tempfile.mkdtemp(prefix="yiyang-authority-"))
PIN_PEPPER_FILE = str(SIGNING_AUTHORITY_FOLDER / "pin-pepper")
CELL_SECONDS = 60  # a machine that runs tests beside each other gives a cell little; its work is bounded all the same
# Each process of tests for itself: none finds another's cell in its way.
TURNS_FOLDER = Path(tempfile.mkdtemp(prefix="yiyang-turns-"))
CELL_FOLDER = Path(tempfile.mkdtemp(prefix="yiyang-cells-"))
PAGE_WIDTHS = (300, 150)
WHITENOISE_AUTOREFRESH = True  # static files are found where they lie; collectstatic has not run
# No test trips over a limit but those of limits, which set their own.
RATE_LIMITS = {what: dict.fromkeys(by, "1000000 per 1 second") for what, by in RATE_LIMITS.items()}  # noqa: F405
