"""Data files written by people: YAML, checked against a JSON schema, every mistake named with file, line and column.

Knows nothing of Django or of our models; the scheme loader and the template catalogue both read through it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar
from unicodedata import category

import yaml
from jsonschema import Draft202012Validator

from regions import schema_words, yaml_words

JsonPath = tuple[str | int, ...]
T = TypeVar("T")
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn"})  # categories of Unicode that no reader sees and no font prints
# What constructing a value of a file may raise, besides YAML's own errors: !!int x, !!bool x, nesting without end.
UNREADABLE = (ValueError, LookupError, AttributeError, RecursionError)
LARGEST = 1024 * 1024  # bytes; the longest of ours has a thirtieth of them
NAMED_OTHERWISE = re.compile(r"([^.~][^~]*?)\.ya?ml(?:\.txt)?", re.IGNORECASE)
CLOSED = {FileNotFoundError: "文件不在了（如果是链接，它指向的文件不在）", IsADirectoryError: "这是文件夹，不是文件"}


class DataFileError(ValueError):
    """One or more mistakes in a data file; the text has one `file:line:column: …` per mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Place(NamedTuple):
    """Where a value stands, counted from 1: on the line of its key, if it has one."""

    line: int
    column: int
    key_column: int


@dataclass(frozen=True)
class DataFile:
    """The content of a data file, and where each part of it stands."""

    path: Path
    data: Any
    digest: str  # SHA-256 of the file's bytes, hex
    places: Mapping[JsonPath, Place]

    def place_of(self, path: Sequence[str | int]) -> Place:
        """Return where the value at this JSON path stands, or its nearest enclosing value."""
        steps = tuple(path)
        while steps not in self.places:
            steps = steps[:-1]
        return self.places[steps]

    def problem(self, path: Sequence[str | int], message: str, *, at_key: bool = False) -> str:
        """Return `file:line:column: message` for a mistake at this JSON path, of its value or of its key."""
        place = self.place_of(path)
        return said(self.path, place.line, place.key_column if at_key else place.column, message)

    def problems(self, mistakes: Iterable[tuple[JsonPath, str]]) -> list[str]:
        """Return `file:line:column: message` of each mistake, in the order of their lines."""
        found = sorted(mistakes, key=lambda mistake: self.place_of(mistake[0]))
        return list(dict.fromkeys(self.problem(where, message) for where, message in found))

    def error(self, path: Sequence[str | int], message: str) -> DataFileError:
        """Return the error to raise for one mistake at this JSON path."""
        return DataFileError([self.problem(path, message)])


@dataclass(frozen=True)
class FolderRead(Generic[T]):
    """The files of one folder: those that are good, the mistakes of the others, and their names without .yaml."""

    good: tuple[T, ...]
    problems: tuple[str, ...]
    bad: frozenset[str]

    def or_error(self) -> FolderRead[T]:
        """Return itself. Raises DataFileError when there is any mistake."""
        if self.problems:
            raise DataFileError(self.problems)
        return self

    def without_faults_in(self, own: Collection[str]) -> FolderRead[T]:
        """Return itself. Raises DataFileError when one of these files, by name without .yaml, is bad."""
        if self.bad & set(own):
            raise DataFileError(self.problems)
        return self


def read_folder(folder: Path, read_one: Callable[[Path], T]) -> FolderRead[T]:
    """Read every *.yaml of a folder, by name; a bad one is left out and keeps none of the others from being read.

    One that is meant to be read and named .yml, or .yaml.txt as an editor names it, is told with its right name.
    """
    good, problems, bad = list[T](), list[str](), set[str]()
    for path, stem in _named_otherwise(folder):
        problems.append(said(path, 1, 1, f"文件名要以 .yaml 结尾，这个文件没有读：请改名为 {stem}.yaml"))
        bad.add(stem)
    for path in sorted(folder.glob("*.yaml")):
        try:
            good.append(read_one(path))
        except DataFileError as error:
            problems += error.problems
            bad.add(path.stem)
    return FolderRead(tuple(good), tuple(problems), frozenset(bad))


def texts_in(value: Any, path: JsonPath = ()) -> Iterator[tuple[JsonPath, str]]:
    """Yield every text in a file's content, with its path."""
    if isinstance(value, str):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from texts_in(part, (*path, key))


def unseen(texts: Iterable[tuple[JsonPath, str]]) -> Iterator[tuple[JsonPath, str]]:
    """Yield where a text has characters that nobody sees: hidden, or turning round what is read after them."""
    for path, text in texts:
        if found := sorted({char for char in text if char != "\n" and category(char) in UNSEEN}):
            named = "、".join(f"U+{ord(char):04X}" for char in found)
            yield path, f"有看不见的字符（{named}），请删去"


def content_of(path: Path) -> bytes:
    """Return what a file holds. Raises OSError, with a Chinese reason and without a number for what is no plain file
    or is longer than any of ours could be."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(0, "这不是普通的文件")
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise OSError(0, "文件超过 1 兆，不会是范本或者方案：请核对是不是放错了文件")
    return raw


def _named_otherwise(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        found = NAMED_OTHERWISE.fullmatch(path.name)
        if found and not path.match("*.yaml"):
            yield path, found[1]


def said(path: Path, line: int, column: int, message: str) -> str:
    """Return `file:line:column: message`."""
    return f"{path.name}:{line}:{column}: {message}"


class _Loader(yaml.SafeLoader):
    """Dates and yes/no stay text; aliases are refused, so that a place belongs to one value only."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # missing in types-PyYAML
            raise yaml.constructor.ConstructorError(problem=yaml_words.ALIAS, problem_mark=mark)
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
    raw, text = _text(path)
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        raise _wrong(path, yaml_words.of_characters(text, error)) from error
    try:
        root = loader.get_single_node()
        if root is None:
            raise DataFileError([said(path, 1, 1, "文件是空的：照 docs/regions.md 里的例子填写")])
        places = dict(_places(root, (), _at(root)))
        _refuse_duplicate_keys(path, root)
        data = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise _wrong(path, yaml_words.of_syntax(text, error)) from error
    except DataFileError:
        raise
    except UNREADABLE as error:
        told = f"有读不懂的值（{error}），普通的文字请加引号"
        raise _wrong(path, yaml_words.Told(1, 1, told)) from error
    finally:
        loader.dispose()
    return DataFile(path=path, data=data, digest=hashlib.sha256(raw).hexdigest(), places=places)


def read_checked(path: Path, schema: Mapping[str, Any]) -> DataFile:
    """Read a YAML file and check it against a JSON schema (draft 2020-12).

    Raises DataFileError with every mistake found, in the order of their lines.
    """
    file = read(path)
    validator = Draft202012Validator(schema)
    found = {
        (file.place_of(mistake.path), file.problem(mistake.path, mistake.message, at_key=mistake.at_key))
        for mistake in schema_words.mistakes(validator.iter_errors(file.data), schema)
    }
    if found:
        raise DataFileError([problem for _, problem in sorted(found)])
    return file


def _text(path: Path) -> tuple[bytes, str]:
    try:
        raw = content_of(path)
    except OSError as error:
        why = CLOSED.get(type(error)) or str(error.strerror if error.errno == 0 else "") or "文件打不开，请检查它的权限"
        raise DataFileError([said(path, 1, 1, why)]) from error
    try:
        return raw, raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = raw[: error.start].count(b"\n") + 1, error.start - raw.rfind(b"\n", 0, error.start)
        message = "文件不是 UTF-8 编码，请另存为 UTF-8"
        raise DataFileError([said(path, line, column, message)]) from error


def _wrong(path: Path, told: yaml_words.Told) -> DataFileError:
    return DataFileError([said(path, told.line, told.column, f"YAML 写法有误：{told.message}")])


def _at(node: yaml.Node, key: yaml.Node | None = None) -> Place:
    """Return where a value stands; one that begins below its key stands at the key."""
    mark = node.start_mark
    above = key.start_mark if key else mark
    column = mark.column if mark.line == above.line else above.column
    return Place(above.line + 1, column + 1, above.column + 1)


def _places(node: yaml.Node, path: JsonPath, place: Place) -> Iterator[tuple[JsonPath, Place]]:
    yield path, place
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _places(value, (*path, str(key.value)), _at(value, key))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _places(value, (*path, index), _at(value))


def _refuse_duplicate_keys(path: Path, node: yaml.Node) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicate_keys(path, item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[Hashable, int] = {}
    for key, value in node.value:
        name = key.value if isinstance(key.value, str) else repr(key.value)
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if name in seen:
            message = f"“{name}”写了两次（第一次在第 {seen[name]} 行），请删去一处"
            raise DataFileError([said(path, line, column, message)])
        seen[name] = line
        _refuse_duplicate_keys(path, value)
