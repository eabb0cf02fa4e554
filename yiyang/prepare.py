"""Bring a database up to date before the web server starts: one process, every step safe to run again.

`python -m yiyang.prepare [FILE]` writes the demo accounts to FILE when DEMO is on.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError

from yiyang import static

# In this order: each command needs what those before it loaded.
REFERENCE_DATA = ["load_regions", "load_schemes", "load_calendar", "load_templates"]
DEMO_DATA = ["load_demo"]
DEMO_ACCOUNTS = "demo_accounts"


def main() -> int:
    """Run every step; return 1 with the reason when one fails."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
    django.setup()
    try:
        load()
        if len(sys.argv) > 1:
            Path(sys.argv[1]).write_text(demo_accounts(), encoding="utf-8")
    except (CommandError, OperationalError) as error:
        print(f"错误：{str(error).strip()}", file=sys.stderr)
        return 1
    return 0


def load() -> None:
    """Migrate, then load what the platform knows and, on a demo, what it pretends; publish the static files."""
    print("准备数据库、基础数据和静态文件……", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    for command in [*REFERENCE_DATA, *(DEMO_DATA if settings.DEMO else [])]:
        call_command(command)
    if not settings.DEBUG:
        static.publish()


def demo_accounts() -> str:
    """Return the demo accounts as text; nothing when this is no demo."""
    shown = io.StringIO()
    if settings.DEMO:
        call_command(DEMO_ACCOUNTS, stdout=shown)
    return shown.getvalue()


if __name__ == "__main__":
    sys.exit(main())
