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

# In this order: each command needs what those before it loaded.
REFERENCE_DATA = ["load_regions", "load_schemes", "load_calendar", "load_templates"]
DEMO_DATA = ["load_demo"]
DEMO_ACCOUNTS = "demo_accounts"


def main() -> int:
    """Run every step; return 1 with the reason when one fails."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
    django.setup()
    steps = ["migrate", *REFERENCE_DATA, *(DEMO_DATA if settings.DEMO else [])]
    try:
        for step in steps:
            call_command(
                step, verbosity=1 if step == "migrate" else 0, **({"interactive": False} if step == "migrate" else {})
            )
        if not settings.DEBUG:
            call_command("collectstatic", verbosity=0, interactive=False)
        if settings.DEMO and len(sys.argv) > 1:
            shown = io.StringIO()
            call_command(DEMO_ACCOUNTS, stdout=shown)
            Path(sys.argv[1]).write_text(shown.getvalue(), encoding="utf-8")
    except CommandError as error:
        print(f"错误：{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
