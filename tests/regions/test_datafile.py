"""Mistakes in data files are named with their file and line."""

from pathlib import Path
from typing import Any

import pytest

from regions.datafile import DataFileError, read, read_checked

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code", "rules"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": r"^\d{6}$"},
        "rules": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["rule"],
                "additionalProperties": False,
                "properties": {
                    "rule": {"enum": ["a", "b"]},
                    "minimum": {"type": "integer", "minimum": 1, "maximum": 9},
                    "limit": {"oneOf": [{"type": "integer"}, {"type": "object", "required": ["date"]}]},
                },
            },
        },
    },
}


def write(folder: Path, text: str) -> Path:
    path = folder / "made_up.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_dates_codes_and_yes_stay_text(tmp_path: Path) -> None:
    file = read(write(tmp_path, "day: 2024-02-19\ncode: 000000\nanswer: yes\ncount: 4\nflag: true\n"))
    assert file.data == {"day": "2024-02-19", "code": "000000", "answer": "yes", "count": 4, "flag": True}


def test_line_of_a_value_or_of_the_nearest_enclosing_one(tmp_path: Path) -> None:
    file = read(write(tmp_path, "code: x\nrules:\n  - rule: a\n    minimum: 1\n  - rule: b\n"))
    assert file.line_of(["rules", 0, "minimum"]) == 4
    assert file.line_of(["rules", 1, "minimum"]) == 5
    assert file.line_of([]) == 1
    assert str(file.error(["rules", 1], "不对")) == "made_up.yaml:5: 不对"


def test_digest_changes_with_the_file(tmp_path: Path) -> None:
    first = read(write(tmp_path, "a: 1\n")).digest
    assert read(write(tmp_path, "a: 1\n")).digest == first
    assert read(write(tmp_path, "a: 2\n")).digest != first


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code: '12'\nrules:\n  - rule: a\n", "made_up.yaml:1: “code”写法不对：“12”"),
        (
            "code: '123456'\nrules:\n  - rule: a\n  - rule: c\n",
            "made_up.yaml:4: “rules.1.rule”只能是“a”、“b”，现在是“c”",
        ),
        ("code: '123456'\nrules:\n  - rule: a\n    minimum: 0\n", "made_up.yaml:4: “rules.0.minimum”太小：0（最小 1）"),
        ("code: '123456'\nrules:\n  - rule: a\n    maximum: 0\n", "made_up.yaml:4: 不认识的字段“maximum”"),
        ("code: '123456'\n", "made_up.yaml:1: 缺少“rules”"),
        ("code: '123456'\nrules: []\n", "made_up.yaml:2: “rules”不能为空"),
        ("code: '123456'\nrules:\n  - rule: a\n    limit: {day: 1}\n", "made_up.yaml:4: “rules.0.limit”缺少“date”"),
        ("code: '123456'\nrules: 3\n", "made_up.yaml:2: “rules”应当是列表，现在是“3”"),
    ],
)
def test_schema_mistake_names_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DataFileError) as caught:
        read_checked(write(tmp_path, text), SCHEMA)
    assert caught.value.problems == (problem,)


def test_every_mistake_is_reported_in_the_order_of_lines(tmp_path: Path) -> None:
    with pytest.raises(DataFileError) as caught:
        read_checked(write(tmp_path, "code: 1\nrules:\n  - rule: a\n    extra: 1\n  - {}\n"), SCHEMA)
    assert [problem.split(":")[1] for problem in caught.value.problems] == ["1", "4", "5"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "写了两次（第一次在第 3 行）"),
        ("a: 1\nb: [1\nc: 2\n", 3, "YAML 写法有误"),
        ("a: &x 1\nb: *x\n", 2, "锚点"),
        ("", 1, "空的"),
    ],
)
def test_bad_syntax_names_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(DataFileError) as caught:
        read(write(tmp_path, text))
    assert caught.value.problems[0].startswith(f"made_up.yaml:{line}: ")
    assert words in caught.value.problems[0]


def test_wrong_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes(b"a: 1\nb: " + "湖南".encode("gbk"))
    with pytest.raises(DataFileError, match=r"gbk\.yaml:2: 文件不是 UTF-8 编码"):
        read(path)
