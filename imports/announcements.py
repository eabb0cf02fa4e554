"""What an import's people are told when a run in the background ends, inside the transaction that ends it.

Only the run that holds the claim ends an import, so a task delivered twice tells once; the moment of the claim
distinguishes one check from the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse

from imports.models import ImportRow, InstitutionImport
from notifications import ledger

Outcome = ImportRow.Outcome
LONGEST_NAME = 60  # of the file, in a title


def checked(run: InstitutionImport, tally: Mapping[str, int]) -> None:
    """Tell that every row was looked at, and what is to be done next."""
    open_count = tally[Outcome.CHANGED] + tally[Outcome.DOUBTFUL]
    if tally[Outcome.WRONG]:
        lines = [f"{tally[Outcome.WRONG]} 行有错误，什么也没有写入。请下载标注问题的表格，改好后重新上传。"]
    elif open_count:
        lines = [f"没有错误。有 {open_count} 行与已登记的机构有关，请看清变化，决定以后再导入。"]
    elif tally[Outcome.NEW]:
        lines = [f"没有错误，可以导入：新增 {tally[Outcome.NEW]} 家。还没有写入，请您确认。"]
    else:
        lines = ["表格里的内容与登记的一致，没有需要导入的行。"]
    if tally["warned"]:
        lines.append(f"有 {tally['warned']} 行带有提醒，请留意。")
    _tell(run, "import_checked", "导入表格核对完毕", lines)


def written(run: InstitutionImport, tally: Mapping[str, int]) -> None:
    """Tell what the register has gained."""
    renamed = f"（其中更名 {tally['renamed']} 家）" if tally["renamed"] else ""
    line = f"新增 {tally['added']} 家，更新 {tally['updated']} 家{renamed}，跳过 {tally['skipped']} 行。"
    _tell(run, "import_done", "机构导入完成", [line])


def failed(run: InstitutionImport, reason: str) -> None:
    """Tell that nothing was written, and why."""
    _tell(run, "import_failed", "机构没有导入", [reason, "登记内容没有变化。"])


def refused(run: InstitutionImport, reason: str) -> None:
    """Tell that the sheet itself was not taken, and what helps."""
    _tell(run, "import_failed", "导入表格没有收下", [reason])


def _tell(run: InstitutionImport, kind: str, what: str, lines: Iterable[str]) -> None:
    people = dict.fromkeys(pk for pk in (run.uploaded_by_id, run.ordered_by_id) if pk is not None)
    ledger.tell(
        kind,
        subject=run,
        recipients=people,
        period=run.started_at.isoformat() if run.started_at else "",
        title=f"{what}：{run.file_name[:LONGEST_NAME]}",
        body="\n".join([f"部门：{run.authority.name}", *lines]),
        url=reverse("import-detail", args=[run.pk]),
    )
