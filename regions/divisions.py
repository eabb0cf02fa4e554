"""The divisions of GB/T 2260 to county level, from the vendored tables and our list of changes (no database here)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from regions.datafile import DataFile, read_checked

FOLDER = Path(__file__).resolve().parent / "data" / "gb2260"
NATION_CODE = "000000"
NATION, PROVINCE, PREFECTURE, COUNTY = range(4)

# Prefecture-level cities without counties, which the statistical tables repeat as counties of their own.
CITIES_REPEATED_AS_COUNTIES = frozenset({"441900", "442000", "460400", "620201"})
# Statistical codes of Sansha's islands; the two districts of GB/T 2260 stand in changes.yaml.
SANSHA_ISLANDS = frozenset({"460321", "460322", "460323"})
# Prefecture rows that only group the counties which a province governs itself → what to call them after its name.
GROUPINGS = {
    "市辖区": "辖区",
    "县": "辖县",
    "省直辖县级行政区划": "直辖县级行政区划",
    "自治区直辖县级行政区划": "直辖县级行政区划",
}
DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
CHANGES_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["changes"],
    "additionalProperties": False,
    "properties": {
        "changes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "name", "source"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "pattern": r"^\d{6}$"},
                    "name": {"type": "string", "minLength": 1},
                    "valid_from": {"type": "string", "pattern": DATE_PATTERN},
                    "valid_to": {"type": "string", "pattern": DATE_PATTERN},
                    "successor": {"type": "string", "pattern": r"^\d{6}$"},
                    "source": {"type": "string", "minLength": 1},
                },
            },
        }
    },
}


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    level: int  # 0 nation, 1 province, 2 prefecture, 3 county
    parent_code: str | None
    full_name: str
    is_grouping: bool = False
    valid_from: date | None = None
    valid_to: date | None = None  # the first day on which the code no longer holds
    successor_code: str | None = None


def read_divisions(folder: Path = FOLDER) -> dict[str, Division]:
    """Return every division by its code, parents before children. Raises DataFileError for a wrong changes.yaml."""
    divisions = {NATION_CODE: Division(NATION_CODE, "全国", NATION, None, "全国")}
    for row in _rows(folder / "provinces.csv"):
        _add(divisions, row["code"] + "0000", row["name"], PROVINCE)
    for row in _rows(folder / "cities.csv"):
        _add(divisions, row["code"] + "00", row["name"], PREFECTURE)
    for row in _rows(folder / "areas.csv"):
        if _is_county(row["code"]):
            _add(divisions, row["code"], row["name"], COUNTY)
    _apply_changes(divisions, read_checked(folder / "changes.yaml", CHANGES_SCHEMA))
    return dict(sorted(divisions.items(), key=lambda item: (item[1].level, item[0])))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _is_county(code: str) -> bool:
    is_development_zone = code[4] == "7"
    return not is_development_zone and code not in CITIES_REPEATED_AS_COUNTIES | SANSHA_ISLANDS


def _add(divisions: dict[str, Division], code: str, name: str, level: int) -> None:
    parent = divisions[_parent_code(code, level)]
    is_grouping = level == PREFECTURE and name in GROUPINGS
    if is_grouping:
        name = parent.name + GROUPINGS[name]
    divisions[code] = Division(
        code=code,
        name=name,
        level=level,
        parent_code=parent.code,
        full_name=name if is_grouping else _named_below(divisions, parent) + name,
        is_grouping=is_grouping,
    )


def _parent_code(code: str, level: int) -> str:
    return code[: 2 * (level - 1)].ljust(6, "0")


def _named_below(divisions: dict[str, Division], parent: Division) -> str:
    """What stands before the name of a division below `parent` in its full name."""
    if parent.is_grouping and parent.parent_code:
        parent = divisions[parent.parent_code]
    return "" if parent.level == NATION else parent.full_name


def _apply_changes(divisions: dict[str, Division], file: DataFile) -> None:
    for index, change in enumerate(file.data["changes"]):
        code = change["code"]
        level = PROVINCE if code.endswith("0000") else PREFECTURE if code.endswith("00") else COUNTY
        if _parent_code(code, level) not in divisions:
            raise file.error(["changes", index, "code"], f"“{code}”的上级区划不存在")
        _add(divisions, code, change["name"], level)
        divisions[code] = replace(
            divisions[code],
            valid_from=_day(file, index, "valid_from"),
            valid_to=_day(file, index, "valid_to"),
            successor_code=change.get("successor"),
        )
    for index, change in enumerate(file.data["changes"]):
        if change.get("successor", NATION_CODE) not in divisions:
            raise file.error(["changes", index, "successor"], "后继区划不存在")


def _day(file: DataFile, index: int, key: str) -> date | None:
    text = file.data["changes"][index].get(key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise file.error(["changes", index, key], f"没有“{text}”这一天") from error
