"""Every row of a sheet against the rules, the other rows and the register. Writes nothing; two queries a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from boundary.cell.noted import WHOLE_ROW
from boundary.workbooks.tables import Row
from boundary.workbooks.wording import DOUBTFUL, WORDS
from imports.cells import Level, Remark, Unreadable, Value, beginning, read
from imports.column import Kind
from imports.facts import doubts
from imports.headings import Sheet
from imports.models import ImportRow, InstitutionImport
from imports.registered import Lookalikes, Registered, differences, likeness, registered
from imports.remit import Remit
from imports.saving import MODELS
from institutions.models import Institution, Role

Outcome = ImportRow.Outcome
Position = tuple[int, int]  # sheet and row number


@dataclass
class Taken:
    """One row as it was read."""

    sheet: int
    number: int
    role: Role
    values: dict[str, Value]
    remarks: list[Remark] = field(default_factory=list)
    twin: Registered | None = None
    outcome: Outcome = Outcome.NEW
    changes: dict[str, list[Value | None]] = field(default_factory=dict)
    called: str = ""  # where the name cannot be taken

    def say(self, name: str, level: Level, text: str) -> None:
        self.remarks.append(Remark(name, level, text))

    @property
    def is_wrong(self) -> bool:
        return any(remark.level == Level.ERROR for remark in self.remarks)


class Checker:
    """Checks batches of one import in the order of its rows, remembering what the earlier rows were."""

    def __init__(self, run: InstitutionImport, sheets: Sequence[Sheet]) -> None:
        self.run, self.sheets = run, sheets
        self.remit = Remit(run.authority)
        self.lookalikes = Lookalikes(self.remit.codes)
        self.today = timezone.localdate()
        self._codes: dict[tuple[str, str], Position] = {}
        self._likenesses: dict[int, Position] = {}
        self._twins: dict[int, Position] = {}

    def take(self, place: int, row: Row) -> Taken:
        """Read one row's cells."""
        sheet = self.sheets[place]
        taken = Taken(place, row.number, Role(sheet.role), {})
        taken.remarks += _noted(row, sheet)
        for column_place, column in sheet.columns.items():
            cell = row.cells[column_place] if column_place < len(row.cells) else None
            try:
                found = read(cell, column, sheet.epoch)
                value = found.value
                if column.kind is Kind.REGION and isinstance(value, str):
                    value = self.remit.find(value)
            except Unreadable as refusal:
                taken.say(column.field, Level.ERROR, str(refusal))
                if column.field == "name":
                    taken.called = beginning(cell, column)
                continue
            if value is not None:
                taken.values[column.field] = value
            for level, text in found.remarks:
                taken.say(column.field, level, text)
        return taken

    def check(self, batch: Sequence[Taken]) -> list[ImportRow]:
        """Return the rows of the batch with their problems and what could become of them."""
        codes = {str(taken.values["uscc"]) for taken in batch if taken.values.get("uscc")}
        by_code = {(each.facts["uscc"], each.role): each for each in registered(uscc__in=codes)}
        likes = {pk for taken in batch if (pk := self.lookalikes.find(taken.role, taken.values))}
        by_key = {each.pk: each for each in registered(pk__in=likes)}
        for taken in batch:
            self._judge(taken, by_code.get((taken.values.get("uscc"), taken.role)), by_key)
        return [self._row(taken) for taken in batch]

    def _judge(self, taken: Taken, same_code: Registered | None, by_key: dict[int, Registered]) -> None:
        like = by_key.get(self.lookalikes.find(taken.role, taken.values) or 0)
        taken.twin = same_code or like
        if taken.twin is not None:
            self._compare(taken, taken.twin, by_code=same_code is not None)
        else:
            self._leave_to_watchers(taken, is_known=False)
            if self.lookalikes.namesake(taken.role, taken.values):
                taken.say("name", Level.WARNING, "辖区内已登记同名机构，地址不同，请确认不是同一家。")
        unread = {remark.field for remark in taken.remarks if remark.level == Level.ERROR}
        known = taken.twin.facts if taken.twin else {}
        code = self.remit.codes.get(int(taken.values.get("region", 0)), "")
        found = doubts(taken.role, taken.values, known, region_code=code, today=self.today)
        taken.remarks += [remark for remark in found if remark.field not in unread]
        taken.remarks += self._repeated(taken)
        if taken.is_wrong:
            taken.outcome = Outcome.WRONG

    def _compare(self, taken: Taken, twin: Registered, *, by_code: bool) -> None:
        if twin.facts["region"] not in self.remit.codes:
            text = f"这个代码已由辖区外的机构“{twin.facts['name']}”登记，不能在这里更新，请与当地主管部门核对。"
            taken.say("uscc", Level.ERROR, text)
            taken.twin = None  # what else is registered there, its telephone for one, is not for this official
            return
        taken.changes = differences(twin.facts, taken.values)
        self._leave_to_watchers(taken, is_known=by_code)
        if not taken.changes and twin.has_profile:
            taken.outcome = Outcome.UNCHANGED
        else:
            taken.outcome = Outcome.CHANGED if by_code else Outcome.DOUBTFUL
        if twin.status == Institution.Status.CLOSED:
            taken.say("name", Level.WARNING, "这家机构已登记为关闭，导入不会改变它的状态。")

    def _leave_to_watchers(self, taken: Taken, *, is_known: bool) -> None:
        """A licence or filing is entered by the bureau that watches over it, by sheet as by page.

        Another bureau's cells are left out, and that is said: no row is held up by what its bureau cannot enter. Only
        a cell that contradicts the register is an error, because somebody must find out what is true. What a known
        institution has registered already needs no word; what may yet be added as a new one does.
        """
        kind = taken.role.watched_by
        if self.run.authority.kind == kind:
            return
        for name in MODELS[taken.role].PERIOD:
            if taken.values.pop(name, None) is None:
                continue
            known, _ = taken.changes.get(name, (None, None))
            if known:
                taken.say(name, Level.ERROR, f"与登记的不同，只能由{kind.label}更改。请改回登记的内容，或清空这一格。")
            elif name in taken.changes or not is_known:
                taken.changes.pop(name, None)
                taken.say(name, Level.WARNING, f"只能由{kind.label}登记，不写入这一格。")

    def _repeated(self, taken: Taken) -> Iterator[Remark]:
        """Yield what an earlier row of the sheet said already."""
        here = (taken.sheet, taken.number)
        code = str(taken.values.get("uscc", ""))
        name, address = (str(taken.values.get(each, "")) for each in ("name", "address"))
        if code:
            first = self._codes.setdefault((taken.role, code), here)
            if first != here:
                yield Remark("uscc", Level.ERROR, f"与{self._where(first)}的代码重复，请删去其中一行。")
                return
        if name and address:
            key = likeness(taken.role, int(taken.values.get("region", 0)), name, address)
            first = self._likenesses.setdefault(key, here)
            if first != here:
                level = Level.WARNING if code else Level.ERROR
                yield Remark("name", level, f"与{self._where(first)}的名称和地址相同，请核对。")
                return
        if taken.twin is not None:
            first = self._twins.setdefault(taken.twin.pk, here)
            if first != here:
                text = f"与{self._where(first)}指向同一家已登记的机构“{taken.twin.facts['name']}”，请删去其中一行。"
                yield Remark("name", Level.ERROR, text)

    def _where(self, place: Position) -> str:
        sheet, number = place
        return f"“{self.sheets[sheet].name}”表第 {number} 行" if len(self.sheets) > 1 else f"第 {number} 行"

    def _row(self, taken: Taken) -> ImportRow:
        fields = self.sheets[taken.sheet].fields
        problems = [
            [fields.index(remark.field) if remark.field in fields else -1, remark.level.value, remark.text]
            for remark in taken.remarks
        ]
        is_settled = taken.outcome == Outcome.UNCHANGED
        return ImportRow(
            run=self.run,
            sheet=taken.sheet,
            number=taken.number,
            role=taken.role,
            name=str(taken.values.get("name", taken.called)),
            outcome=taken.outcome,
            values={} if is_settled else taken.values,
            problems=problems,
            is_warned=any(remark.level == Level.WARNING for remark in taken.remarks),
            institution_id=taken.twin.pk if taken.twin else None,
            changes=taken.changes,
        )


def _noted(row: Row, sheet: Sheet) -> Iterator[Remark]:
    """Yield what the reader noted of a row and of those of its cells that are imported."""
    columns = sheet.columns
    for place, noted in row.notes:
        level = Level.WARNING if noted in DOUBTFUL else Level.NOTE
        if place == WHOLE_ROW or place in columns:
            yield Remark("" if place == WHOLE_ROW else columns[place].field, level, WORDS[noted])
