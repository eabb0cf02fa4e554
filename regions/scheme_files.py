"""Reading the scheme files: schema, dates, citations, sources, and what a lower region may not change."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from regions import official
from regions.datafile import (
    DataFile,
    DataFileError,
    FolderRead,
    JsonPath,
    read_checked,
    read_folder,
    texts_in,
    unseen,
)
from regions.divisions import NATION_CODE
from regions.rules import KINDS
from regions.scheme_body import PartialDate, SchemeBody

FOLDER = Path(__file__).resolve().parent / "data" / "schemes"
TEXT = {"type": "string", "minLength": 1, "maxLength": 1000}
TITLE = TEXT | {"maxLength": 200}
PERCENT = re.compile(r"([0-9]+)\s*[%％]")
DAY_IN_WORDS = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": ["2024-05-31"]}
PARTIAL_DATE = {
    "type": "string",
    "pattern": r"^(\d{4}(-\d{2}(-\d{2})?)?)?$",
    "examples": ["2024-02-19"],
    "description": '原文只有年月的写 2024-02，没有日期的写 ""',
}
NUMBER = {
    "type": "string",
    "pattern": r"^(|[\u4e00-\u9fff]{2,12}〔(19|20)\d{2}〕[1-9]\d{0,4}号)$",
    "examples": ["湘卫老龄发〔2020〕8号"],
    "description": '年份用六角括号“〔〕”；原文没有文号的写 ""',
}
SLUG = {
    "type": "string",
    "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "examples": ["shaoxing-2024"],
    "description": "小写英文字母、数字和连字符，与文件名相同",
}
ISSUER = {
    **TEXT,
    "pattern": r"^([^,，、；;（）]|（[^（）]*）)+$",
    "examples": ["绍兴市卫生健康委员会"],
    "description": "一项一个机关，几个机关之间用英文逗号加空格，或者每项一行",
}
CODE = {
    "type": "string",
    "pattern": r"^\d{6}$",
    "examples": ["330600"],
    "description": "六位行政区划代码，加引号",
}
SOURCE_FILE = {
    "type": "string",
    "pattern": r"^[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff._-]*\.txt$",
    "examples": ["shaoxing-2024-6.txt"],
    "description": "来源文件的文件名，放在 official 文件夹里",
}
DIGEST = {
    "type": "string",
    "pattern": "^[0-9a-f]{64}$",
    "examples": ["d9f89038ce43f8463f4e8c2f3c1e21ac749869f0067449666a4ace70cad5f9ab"],
    "description": "来源文件的 SHA-256，用 sha256sum 文件名 计算",
}


def _object(properties: dict[str, Any], optional: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
        "properties": properties,
    }


METRIC = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "examples": ["signed_coverage"]}
TARGET = _object(
    {
        "id": TEXT,
        "label": TEXT,
        "metric": METRIC,
        "population": TEXT,
        "value": {"type": "integer", "minimum": 1},
        "unit": {"enum": ["percent", "count"]},
        "due": DAY,
        "quote": TEXT,
    },
    optional=["due"],
) | {
    "if": {"required": ["unit"], "properties": {"unit": {"const": "percent"}}},
    "then": {"properties": {"value": {"maximum": 100}}},
}
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
        "slug": SLUG,
        "region": CODE,
        "shown_as": TEXT,
        "certainty": {"enum": ["confirmed", "probable"]},
        "title": TITLE,
        "title_in_source": {"type": "boolean"},
        "issuers": {"type": "array", "items": ISSUER},
        "document_number": NUMBER,
        "issued_on": PARTIAL_DATE,
        "in_force_on": PARTIAL_DATE,
        "source": _object({"file": SOURCE_FILE, "digest": DIGEST}),
        "remark": TEXT,
        "targets": {"type": "array", "items": TARGET},
        "deadlines": {"type": "array", "items": DEADLINE},
        "rules": {"type": "array", "items": RULE},
    },
    optional=["shown_as", "certainty", "title_in_source", "source", "remark", "targets", "deadlines"],
)


PLATFORM_OWN = frozenset({"national-defaults"})  # what holds where no region says anything: without it nothing starts


Named = tuple[str, SchemeBody]  # a scheme, with what a mistake calls it


@dataclass(frozen=True, eq=False)
class SchemeFile:
    file: DataFile
    body: SchemeBody


def look_through(folder: Path = FOLDER) -> FolderRead[SchemeFile]:
    """Read every scheme file of a folder: what is good, upper regions first, and the mistakes of the rest.

    A file that changes what an upper region does not let it change is left out as one with mistakes of its own is.
    """
    found = read_folder(folder, _read_scheme)
    known = (*found.good, *_of_the_platform_beside(folder, found))
    found = as_allowed(found, [(scheme.file.path.name, scheme.body) for scheme in known])
    in_order = sorted(
        found.good, key=lambda each: (each.body.region, str(each.body.in_force_from or ""), each.body.slug)
    )
    return FolderRead(tuple(in_order), found.problems, found.bad)


def as_allowed(found: FolderRead[SchemeFile], known: Sequence[Named]) -> FolderRead[SchemeFile]:
    """Leave out the files that change what these schemes, each with what it is called, lock for lower regions."""
    changes = {scheme: list(_locked_changes(scheme, known)) for scheme in found.good}
    good = [scheme for scheme, problems in changes.items() if not problems]
    problems = [problem for each in changes.values() for problem in each]
    bad = found.bad | {scheme.body.slug for scheme, told in changes.items() if told}
    return FolderRead(tuple(good), (*found.problems, *problems), bad)


def _of_the_platform_beside(folder: Path, found: FolderRead[SchemeFile]) -> list[SchemeFile]:
    """Return the platform's own schemes, which hold above those of a bureau's folder too."""
    if folder.resolve() == FOLDER:
        return []
    there = {scheme.body.slug for scheme in found.good} | found.bad
    return [scheme for scheme in read_folder(FOLDER, _read_scheme).good if scheme.body.slug not in there]


def read_schemes(folder: Path = FOLDER) -> list[SchemeFile]:
    """Return the schemes of every file of the folder, upper regions first.

    Raises DataFileError with the mistakes of all files, each with its file, line and column.
    """
    return list(look_through(folder).or_error().good)


def _read_scheme(path: Path) -> SchemeFile:
    file = read_checked(path, SCHEME_SCHEMA)
    if problems := file.problems([*_mistakes(file.data, path.stem), *_against_source(file)]):
        raise DataFileError(problems)
    return SchemeFile(file, SchemeBody.from_json(file.data))


def _mistakes(content: dict[str, Any], stem: str) -> Iterator[tuple[JsonPath, str]]:
    """Yield what the JSON schema cannot say."""
    yield from unseen(texts_in(content))
    if content["slug"] != stem:
        yield ("slug",), f"slug 应与文件名相同，写成 {stem}"
    for key in ("issued_on", "in_force_on"):
        if not _exists(content[key]):
            yield (key,), f"没有“{content[key]}”这一天，请照原文核对"
    for part in ("targets", "deadlines"):
        for index, item in enumerate(content.get(part, ())):
            if not _exists(item.get("due", "")):
                yield (part, index, "due"), f"没有“{item['due']}”这一天，请照原文核对"
    yield from _goals(content)
    yield from _rule_mistakes(content)


def _goals(content: dict[str, Any]) -> Iterator[tuple[JsonPath, str]]:
    """Yield the figures and days of targets and deadlines that their own sentences say otherwise."""
    for part in ("targets", "deadlines"):
        for index, item in enumerate(content.get(part, ())):
            shares = {int(number) for number in PERCENT.findall(item["quote"])}
            if item.get("unit") == "percent" and shares and item["value"] not in shares:
                yield (part, index, "value"), f"引用的原话是“{item['quote']}”，这里是 {item['value']}，请改成一致"
            days = {"-".join((y, m.zfill(2), d.zfill(2))) for y, m, d in DAY_IN_WORDS.findall(item["quote"])}
            if days and item.get("due") not in days:
                yield (part, index), f"引用的原话是“{item['quote']}”，请写 due: {min(days)}"


def _rule_mistakes(content: dict[str, Any]) -> Iterator[tuple[JsonPath, str]]:
    seen: set[str] = set()
    for index, rule in enumerate(content["rules"]):
        if rule["rule"] in seen:
            yield ("rules", index, "rule"), f"规则“{rule['rule']}”写了两次，请并成一条"
        seen.add(rule["rule"])
        if ("quote" in rule) == ("platform_default" in rule):
            yield (
                ("rules", index),
                "规则要么引用原文（quote），要么标明是平台默认（platform_default: true），只能选一样",
            )
        if "quote" in rule and "source" not in content:
            yield ("rules", index, "quote"), "没有 source，不能引用原文：请写明来源文件（source: file、digest）"


def _against_source(file: DataFile) -> Iterator[tuple[JsonPath, str]]:
    """Yield what does not stand so in the official document that the scheme names."""
    source = file.data.get("source")
    if source is None:
        return
    found = official.document(source["file"], cited_in=file.path)
    if found is None:
        yield ("source", "file"), official.missing(source["file"], cited_in=file.path)
        return
    if found.digest != source["digest"]:
        yield ("source", "digest"), official.wrong_digest(found)
    if file.data.get("title_in_source", True) and official.words_of(file.data["title"]) not in found.words:
        yield ("title",), f"来源文件 {found.name} 里没有这个标题，请照原文写；原文没有标题的，写 title_in_source: false"
    if file.data["document_number"] and file.data["document_number"] not in found.words:
        yield ("document_number",), f"来源文件 {found.name} 里没有文号“{file.data['document_number']}”，请照原文写"
    for where, quote in quotes_in(file.data):
        if not official.words_of(quote):
            yield where, "引用的原话是空的，请从原文照抄"
        elif official.words_of(quote) not in found.words:
            yield where, f"来源文件 {found.name} 里没有这句话：“{quote}”，请从原文照抄"


def quotes_in(value: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, str]]:
    """Yield every sentence that a scheme quotes, wherever it stands, with its path."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key == "quote" and isinstance(part, str):
            yield (*path, key), part
        else:
            yield from quotes_in(part, (*path, key))


def _exists(text: str) -> bool:
    try:
        day: date | None = PartialDate(text).first_day
    except ValueError:
        return False
    return day is not None or not text


def _locked_changes(lower: SchemeFile, schemes: Sequence[Named]) -> Iterator[str]:
    """Yield every rule with which a lower region changes what an upper one does not let it change."""
    for index, changed in enumerate(lower.body.rules):
        for name, upper in _above(lower, schemes):
            for locked in upper.rules:
                is_change = locked.rule.key == changed.rule.key and locked.rule != changed.rule
                if is_change and not locked.lower_may_change:
                    message = f"规则“{locked.rule.key}”由上级 {name} 规定，下级不能改变：请删去这一条"
                    yield lower.file.problem(["rules", index, "rule"], message)


def _above(lower: SchemeFile, schemes: Sequence[Named]) -> list[Named]:
    code = lower.body.region
    codes = {NATION_CODE, code[:2] + "0000", code[:4] + "00"} - {code}
    return [(name, body) for name, body in schemes if body.region in codes]
