"""Reading the scheme files: schema, dates, citations, and what a lower region may not change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from regions.datafile import DataFile, DataFileError, JsonPath, read_checked
from regions.divisions import NATION_CODE
from regions.rules import KINDS
from regions.scheme_body import PartialDate, SchemeBody

FOLDER = Path(__file__).resolve().parent / "data" / "schemes"
TEXT = {"type": "string", "minLength": 1}
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
PARTIAL_DATE = {"type": "string", "pattern": r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"}


def _object(properties: dict[str, Any], optional: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
        "properties": properties,
    }


TARGET = _object(
    {
        "id": TEXT,
        "label": TEXT,
        "metric": TEXT,
        "population": TEXT,
        "value": {"type": "integer", "minimum": 1},
        "unit": {"enum": ["percent", "count"]},
        "due": DAY,
        "quote": TEXT,
    },
    optional=["due"],
)
DEADLINE = _object(
    {
        "id": TEXT,
        "label": TEXT,
        "act": {"enum": ["sign", "hand_in"]},
        "due": DAY,
        "authorities": {"type": "array", "items": {"enum": ["health", "civil_affairs"]}},
        "quote": TEXT,
    },
    optional=["authorities"],
)
RULE = _object(
    {
        "rule": {"enum": list(KINDS)},
        "with": {"type": "object"},
        "quote": TEXT,
        "platform_default": {"const": True},
        "lower_may_change": {"type": "boolean"},
        "remark": TEXT,
    },
    optional=["quote", "platform_default", "remark"],
) | {
    "allOf": [
        {
            "if": {"required": ["rule"], "properties": {"rule": {"const": key}}},
            "then": {"properties": {"with": kind.schema()}},
        }
        for key, kind in KINDS.items()
    ]
}
SCHEME_SCHEMA = _object(
    {
        "slug": {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$"},
        "region": {"type": "string", "pattern": r"^\d{6}$"},
        "shown_as": TEXT,
        "certainty": {"enum": ["confirmed", "probable"]},
        "title": TEXT,
        "title_in_source": {"type": "boolean"},
        "issuers": {"type": "array", "items": TEXT},
        "document_number": {"type": "string"},
        "issued_on": PARTIAL_DATE,
        "in_force_on": PARTIAL_DATE,
        "source": _object({"file": TEXT, "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}),
        "remark": TEXT,
        "targets": {"type": "array", "items": TARGET},
        "deadlines": {"type": "array", "items": DEADLINE},
        "rules": {"type": "array", "items": RULE},
    },
    optional=["shown_as", "certainty", "title_in_source", "source", "remark", "targets", "deadlines"],
)


@dataclass(frozen=True)
class SchemeFile:
    file: DataFile
    body: SchemeBody


def read_schemes(folder: Path = FOLDER) -> list[SchemeFile]:
    """Return the schemes of every file of the folder, upper regions first.

    Raises DataFileError with the mistakes of all files, each with its file and line.
    """
    schemes: list[SchemeFile] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            schemes.append(_read_scheme(path))
        except DataFileError as error:
            problems += error.problems
    schemes.sort(key=lambda scheme: (scheme.body.region, str(scheme.body.in_force_from or ""), scheme.body.slug))
    problems += [*_same_slugs(schemes), *_locked_changes(schemes)]
    if problems:
        raise DataFileError(problems)
    return schemes


def _read_scheme(path: Path) -> SchemeFile:
    file = read_checked(path, SCHEME_SCHEMA)
    if problems := [file.problem(where, message) for where, message in _mistakes(file.data)]:
        raise DataFileError(problems)
    return SchemeFile(file, SchemeBody.from_json(file.data))


def _mistakes(content: dict[str, Any]) -> Iterator[tuple[JsonPath, str]]:
    """Yield what the JSON schema cannot say."""
    for key in ("issued_on", "in_force_on"):
        if not _exists(content[key]):
            yield (key,), f"没有“{content[key]}”这一天"
    for part in ("targets", "deadlines"):
        for index, item in enumerate(content.get(part, ())):
            if not _exists(item.get("due", "")):
                yield (part, index, "due"), f"没有“{item['due']}”这一天"
    seen: set[str] = set()
    for index, rule in enumerate(content["rules"]):
        if rule["rule"] in seen:
            yield ("rules", index, "rule"), f"规则“{rule['rule']}”写了两次"
        seen.add(rule["rule"])
        if ("quote" in rule) == ("platform_default" in rule):
            yield (
                ("rules", index),
                "规则要么引用原文（quote），要么标明是平台默认（platform_default: true），只能选一样",
            )
        if "quote" in rule and "source" not in content:
            yield ("rules", index, "quote"), "没有 source，不能引用原文"


def _exists(text: str) -> bool:
    try:
        day: date | None = PartialDate(text).first_day
    except ValueError:
        return False
    return day is not None or not text


def _same_slugs(schemes: Sequence[SchemeFile]) -> Iterator[str]:
    seen: dict[str, SchemeFile] = {}
    for scheme in schemes:
        if other := seen.get(scheme.body.slug):
            message = f"“{scheme.body.slug}”已用于 {other.file.path.name}"
            yield scheme.file.problem(["slug"], message)
        seen[scheme.body.slug] = scheme


def _locked_changes(schemes: Sequence[SchemeFile]) -> Iterator[str]:
    """Yield every rule with which a lower region changes what an upper one does not let it change."""
    for lower in schemes:
        for index, changed in enumerate(lower.body.rules):
            for upper in _above(lower, schemes):
                for locked in upper.body.rules:
                    is_change = locked.rule.key == changed.rule.key and locked.rule != changed.rule
                    if is_change and not locked.lower_may_change:
                        message = f"规则“{locked.rule.key}”由上级 {upper.file.path.name} 规定，下级不能改变"
                        yield lower.file.problem(["rules", index, "rule"], message)


def _above(lower: SchemeFile, schemes: Sequence[SchemeFile]) -> list[SchemeFile]:
    code = lower.body.region
    codes = {NATION_CODE, code[:2] + "0000", code[:4] + "00"} - {code}
    return [scheme for scheme in schemes if scheme.body.region in codes]
