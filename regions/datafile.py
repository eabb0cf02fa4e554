"""Data files written by people: YAML, checked against a JSON schema, every mistake named with file and line.

Knows nothing of Django or of our models; the scheme loader and the template catalogue both read through it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

TYPE_NAMES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "键值表",
    "null": "空",
}
MESSAGES = {
    "const": "只能是“{limit}”，现在是“{value}”",
    "pattern": "写法不对：“{value}”",
    "minimum": "太小：{value}（最小 {limit}）",
    "maximum": "太大：{value}（最大 {limit}）",
    "maxLength": "太长：最多 {limit} 个字",
    "maxItems": "太多：最多 {limit} 项",
    "uniqueItems": "有重复的项",
}
JsonPath = tuple[str | int, ...]


class DataFileError(ValueError):
    """One or more mistakes in a data file; the text has one `file:line: …` per mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class DataFile:
    """The content of a data file, and the line on which each part of it stands."""

    path: Path
    data: Any
    digest: str  # SHA-256 of the file's bytes, hex
    lines: Mapping[JsonPath, int]

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line (from 1) of the value at this JSON path, or of its nearest enclosing value."""
        steps = tuple(path)
        while steps not in self.lines:
            steps = steps[:-1]
        return self.lines[steps]

    def problem(self, path: Sequence[str | int], message: str) -> str:
        """Return `file:line: message` for a mistake at this JSON path."""
        return f"{self.path.name}:{self.line_of(path)}: {message}"

    def error(self, path: Sequence[str | int], message: str) -> DataFileError:
        """Return the error to raise for one mistake at this JSON path."""
        return DataFileError([self.problem(path, message)])


class _Loader(yaml.SafeLoader):
    """Dates and yes/no stay text; aliases are refused, so that a line belongs to one value only."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # missing in types-PyYAML
            raise yaml.constructor.ConstructorError(problem="不支持 YAML 锚点和别名", problem_mark=mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool", ":int", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
# Plain decimal only: a region code such as 000000 or 012345 stays text.
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9][0-9]*)$"), list("-0123456789"))


def read(path: Path) -> DataFile:
    """Read a YAML file without a schema. Raises DataFileError for bad syntax, a key given twice, or no content."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataFileError([f"{path.name}:{line}: 文件不是 UTF-8 编码"]) from error
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise DataFileError([f"{path.name}:1: 文件是空的"])
        lines = dict(_lines(root, (), root.start_mark.line + 1))
        _refuse_duplicate_keys(path, root)
        data = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise DataFileError([f"{path.name}:{_line(error)}: YAML 写法有误（{error.problem}）"]) from error
    finally:
        loader.dispose()
    return DataFile(path=path, data=data, digest=hashlib.sha256(raw).hexdigest(), lines=lines)


def read_checked(path: Path, schema: Mapping[str, Any]) -> DataFile:
    """Read a YAML file and check it against a JSON schema (draft 2020-12).

    Raises DataFileError with every mistake found, in the order of their lines.
    """
    file = read(path)
    validator = Draft202012Validator(schema)
    found = {_located(file, error) for error in _leaves(validator.iter_errors(file.data))}
    if found:
        raise DataFileError([f"{path.name}:{line}: {message}" for line, message in sorted(found)])
    return file


def _line(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


def _lines(node: yaml.Node, path: JsonPath, line: int) -> Iterator[tuple[JsonPath, int]]:
    """Yield the line of every value; a value in a mapping is found on the line of its key."""
    yield path, line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, str(key.value)), key.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index), value.start_mark.line + 1)


def _refuse_duplicate_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicate_keys(path, item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[Hashable, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            raise DataFileError([f"{path.name}:{line}: “{key.value}”写了两次（第一次在第 {seen[key.value]} 行）"])
        seen[key.value] = line
        _refuse_duplicate_keys(path, value)


def _leaves(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """Yield the mistakes themselves: of the branches of anyOf/oneOf, those of the branch that came nearest."""
    for error in errors:
        if not error.context:
            yield error
            continue
        branches: dict[object, list[ValidationError]] = {}
        for child in error.context:
            branches.setdefault(child.schema_path[0], []).append(child)
        nearest: list[ValidationError] = min(branches.values(), key=_distance)
        yield from _leaves(iter(nearest))


def _distance(branch: list[ValidationError]) -> tuple[int, int]:
    """A branch of another type or kind is further away than one with some wrong part."""
    return sum(error.validator in {"type", "const"} for error in branch), len(branch)


def _located(file: DataFile, error: ValidationError) -> tuple[int, str]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        unknown = _unknown_keys(error)
        path = (*path, unknown[0]) if unknown else path
        return file.line_of(path), f"不认识的字段{_listed(unknown)}"
    where = ".".join(str(step) for step in path)
    message = _message(str(error.validator), error.instance, error.validator_value)
    return file.line_of(path), f"“{where}”{message}" if where else message


def _unknown_keys(error: ValidationError) -> list[str]:
    schema: Any = error.schema
    content: Any = error.instance
    return [key for key in content if key not in schema.get("properties", {})]


def _listed(words: Sequence[object]) -> str:
    return "、".join(f"“{word}”" for word in words)


def _message(keyword: str, value: Any, limit: Any) -> str:
    match keyword:
        case "required":
            return f"缺少{_listed([key for key in limit if key not in value])}"
        case "type":
            kinds = [limit] if isinstance(limit, str) else limit
            return f"应当是{'或'.join(TYPE_NAMES[kind] for kind in kinds)}，现在是“{value}”"
        case "enum":
            return f"只能是{_listed(limit)}，现在是“{value}”"
        case "minLength" | "minItems" | "minProperties":
            return f"太少：至少要 {limit} 个" if limit > 1 else "不能为空"
    return MESSAGES.get(keyword, "不符合规定（{limit}）").format(value=value, limit=limit)
