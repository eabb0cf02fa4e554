"""Bring a database up to date before the web server starts: one process, every step safe to run again.

`python -m yiyang.prepare [FILE]` writes the demo accounts to FILE when DEMO is on.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from database.roles import as_owner
from regions.left_out import FilesLeftOut
from yiyang import static

# In this order: each command needs what those before it loaded.
REFERENCE_DATA = ["load_regions", "load_schemes", "load_calendar", "load_templates"]
DEMO_DATA = ["load_demo"]
DEMO_ACCOUNTS = "demo_accounts"
ANOTHER_HISTORY = """这个数据库是另一个版本建立的，不能直接使用；没有改动任何数据。
（其中有 {count} 个本版本没有的迁移，如 {first}。）
- 试用数据不必保留：停止后把 var 文件夹移走（mv var var-old），再运行 ./script/server，会建立新的数据库。
- 用的是自己的 PostgreSQL：请新建一个空数据库，并把 DATABASE_URL 指向它。
- 数据要保留：请用建立它的那个版本打开。"""


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
    with as_owner():
        refuse_another_history()
        call_command("check")  # a start with a mandatory socket unfilled, or without its fonts, ends here
        call_command("migrate", interactive=False, verbosity=0)
    # As the application from here on. Names what a former demo has left, and what its role may beyond its list.
    call_command("check", tags=["database"], databases=["default"])
    call_command("signing_authority", "init")
    load_data()
    call_command("fold_coverage", verbosity=0)  # what was loaded, or was folded by another release
    call_command("anchor_log")  # what was left open when the platform stopped
    if not settings.DEBUG:
        static.publish()


def load_data() -> None:
    """Load what the platform knows. A region's bad file is told and left out: nobody else waits for it.

    Only the platform's own data stop a start (CommandError of the command itself).
    """
    left_out = [told for command in REFERENCE_DATA if (told := _left_out_by(command))]
    try:
        for command in DEMO_DATA if settings.DEMO else []:
            call_command(command)
    except CommandError as error:
        if not left_out:
            raise
        _tell(f"没有载入演示数据，因为缺少上面没有载入的文件：{error}")  # it is loaded whole or not at all


def _left_out_by(command: str) -> FilesLeftOut | None:
    """Run a loader; tell and return what it left out."""
    try:
        call_command(command)
    except FilesLeftOut as told:
        _tell(f"有的地区的数据文件有错误\n{told}")
        return told
    return None


def _tell(words: str) -> None:
    print(f"注意：{words}", file=sys.stderr, flush=True)


def refuse_another_history() -> None:
    """Raise CommandError, having changed nothing, for a database whose tables were made by other migrations than ours.

    Until the first release the migrations may be replaced by one clean set (docs/decisions/0017-the-house.md). Applied
    to tables of the old set they would stop half-way.
    """
    applied = MigrationRecorder(connection).applied_migrations()
    known = MigrationLoader(connection).disk_migrations
    ours = {each.label for each in apps.get_app_configs() if Path(each.path).parent == settings.BASE_DIR}
    strangers = sorted(".".join(each) for each in applied if each[0] in ours and each not in known)
    if strangers:
        raise CommandError(ANOTHER_HISTORY.format(count=len(strangers), first=strangers[0]))


def demo_accounts() -> str:
    """Return the demo accounts as text; nothing when this is no demo."""
    shown = io.StringIO()
    if settings.DEMO:
        call_command(DEMO_ACCOUNTS, stdout=shown)
    return shown.getvalue()


if __name__ == "__main__":
    sys.exit(main())
