"""The workbooks as a reader sees them that shares no code with what writes them."""

from datetime import date, datetime
from io import BytesIO

from django.test import Client
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.models import User
from tests.access.world import World
from tests.exporting import content_of, exported


def plain(value: object) -> object:
    """Return a cell's value without what the two readers say differently: nothing, whole numbers, midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


LEDGERS = ("agreements", "filings", "institutions", "surveys", "coverage")


def test_every_cell_says_the_same_to_both(client: Client, world: World) -> None:
    client.force_login(User.objects.get(username="health-reviewer"))
    days = []
    for name in LEDGERS:
        where = {"code": str(world["county"]["code"])} if name == "coverage" else {}
        days.append(compared(content_of(exported(client, name, where))))
    assert sum(count > 0 for count in days) >= 3, "days are days to both, neither texts nor numbers"


def compared(content: bytes) -> int:
    """Read a workbook twice, and return how many of its cells are days."""
    ours, theirs = load_workbook(BytesIO(content)), CalamineWorkbook.from_filelike(BytesIO(content))
    assert theirs.sheet_names == ours.sheetnames
    days = 0
    for name in ours.sheetnames:
        rows = [[plain(value) for value in row] for row in ours[name].iter_rows(values_only=True)]
        found = [[plain(value) for value in row] for row in theirs.get_sheet_by_name(name).to_python()]
        width = max(map(len, rows))
        assert [row + [""] * (width - len(row)) for row in found] == rows
        days += sum(isinstance(value, date) for row in found for value in row)
    return days
