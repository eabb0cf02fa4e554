"""Mistakes in data files are named with their file, line and column, and with the right form."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agreements.catalogue.reader import SCHEMA as TEMPLATE_SCHEMA
from regions.datafile import DataFileError, read, read_checked, read_folder
from regions.scheme_files import SCHEME_SCHEMA

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code", "rules"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": r"^\d{6}$", "examples": ["430000"], "description": "六位"},
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


def test_place_of_a_value_or_of_the_nearest_enclosing_one(tmp_path: Path) -> None:
    file = read(write(tmp_path, "code: x\nrules:\n  - rule: a\n    minimum: 1\n  - rule: b\n"))
    assert file.place_of(["rules", 0, "minimum"]) == (4, 14, 5)
    assert file.place_of(["rules", 1, "minimum"]) == (5, 5, 5)
    assert file.place_of(["rules"]) == (2, 1, 1), "what begins below its key stands at the key"
    assert file.place_of([]) == (1, 1, 1)
    assert str(file.error(["rules", 1], "不对")) == "made_up.yaml:5:5: 不对"


def test_digest_changes_with_the_file(tmp_path: Path) -> None:
    first = read(write(tmp_path, "a: 1\n")).digest
    assert read(write(tmp_path, "a: 1\n")).digest == first
    assert read(write(tmp_path, "a: 2\n")).digest != first


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code: '12'\nrules:\n  - rule: a\n", 'made_up.yaml:1:7: “code”写法不对：“12”。写成 "430000" 这样（六位）'),
        (
            "code: '123456'\nrules:\n  - rule: a\n  - rule: c\n",
            "made_up.yaml:4:11: “rules.1.rule”只能是“a”、“b”，现在是“c”",
        ),
        (
            "code: '123456'\nrules:\n  - rule: a\n    minimum: 0\n",
            "made_up.yaml:4:14: “rules.0.minimum”太小：0（最小 1），请改成 1 或更大的数",
        ),
        (
            "code: '123456'\nrules:\n  - rule: a\n    maximum: 0\n",
            "made_up.yaml:4:5: 不认识的字段“maximum”，是不是“minimum”？",
        ),
        ("code: '123456'\n", "made_up.yaml:1:1: 缺少“rules”：请加上，写成 rules: […] 这样"),
        ("code: '123456'\nrules: []\n", "made_up.yaml:2:8: “rules”不能为空，请填写"),
        (
            "code: '123456'\nrules:\n  - rule: a\n    limit: {day: 1}\n",
            "made_up.yaml:4:5: “rules.0.limit”缺少“date”：请加上，写成 date: … 这样",
        ),
        ("code: '123456'\nrules: 3\n", "made_up.yaml:2:8: “rules”应当是列表，现在是“3”：每项一行，以“- ”开头"),
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
    ("text", "place", "words"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "4:3", "写了两次（第一次在第 3 行）"),
        ("a: 1\nb: [1\nc: 2\n", "2:4", "“[”没有配上“]”"),
        ("a: 1\nb: {c: 1\nd: 2\n", "2:4", "“{”没有配上“}”"),
        ("a: 1\nb: {c}年\nd: 2\n", "2:7", "以“{”开头的，给整个值加引号"),
        ("a: &x 1\nb: *x\n", "2:4", "锚点"),
        ("a: 1\nb: *注\n", "2:4", "以“*”或“&”开头的值要加引号"),
        ("a: 1\nb: !注 c\n", "2:4", "以“!”或“%”开头的值要加引号"),
        ("a: 1\nb: @c\n", "2:4", "给整个值加引号"),
        ("a: 1\nb: ? c\n", "2:4", "以“?”开头的值要加引号"),
        ("a: 1\nb: - c\n", "2:4", "列表的每一项另起一行"),
        ("a: 1\nb: c: d\n", "2:5", "一行只能有一个“: ”"),
        ("a: 1\nb：2\nc: 3\n", "2:1", "中文冒号"),
        ("a: 1\nb:\n\t- c\n", "3:1", "制表符"),
        ("a:\n  - b\n  -c\n", "3:3", "“-”后面也要有一个空格"),
        ("a:\n  - b: 1\n   c: 2\n", "3:4", "缩进不对"),
        ("a:\n    b: 1\n  c: 2\n", "3:3", "缩进不对"),
        ('a: "1\nb: 2\n', "1:4", "引号没有闭合"),
        ('a: "1\nb: "2"\nc: 3\n', "1:4", "引号可能没有闭合"),
        ('a: "\\q"\n', "1:6", "改用单引号"),
        ("a: | b\n", "1:6", "长文字从下一行开始"),
        ("a: 1\n---\nb: 2\n", "2:1", "多余的“---”"),
        ("a: 1\nb: \x07\n", "2:4", "U+0007"),
        ("{[1]: 2}: 3\n", "1:1", "字段名只能是一个词"),
        ("a: !!int x\n", "1:1", "读不懂的值"),
        ("[" * 2000, "1:1", "读不懂的值"),
        ("", "1:1", "空的"),
    ],
)
def test_bad_syntax_is_told_in_chinese_where_it_stands(tmp_path: Path, text: str, place: str, words: str) -> None:
    with pytest.raises(DataFileError) as caught:
        read(write(tmp_path, text))
    (problem,) = caught.value.problems
    assert problem.startswith(f"made_up.yaml:{place}: ")
    assert words in problem
    assert not re.search("found|expected|while", problem), "no English of PyYAML"


def test_wrong_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes(b"a: 1\nb: " + "湖南".encode("gbk"))
    with pytest.raises(DataFileError, match=r"gbk\.yaml:2:4: 文件不是 UTF-8 编码，请另存为 UTF-8"):
        read(path)


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a JSON schema."""
    if isinstance(schema, dict):
        yield schema
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for part in inner:
        yield from parts(part)


@pytest.mark.parametrize("schema", [TEMPLATE_SCHEMA, SCHEME_SCHEMA], ids=["templates", "schemes"])
def test_every_form_that_is_asked_for_is_shown(schema: dict[str, Any]) -> None:
    """A pattern says in words or by an example what it wants, and the example is one."""
    asked = [part for part in parts(schema) if isinstance(part.get("pattern"), str)]
    assert len(asked) > 5
    assert [part["pattern"] for part in asked if not part.get("examples") and not part.get("description")] == []
    shown = [(part["pattern"], example) for part in asked for example in part.get("examples", ())]
    assert [example for pattern, example in shown if not re.search(pattern, example)] == []


@pytest.mark.parametrize("name", ["made-up.yml", "made-up.YAML", "made-up.yaml.txt"])
def test_a_file_that_is_named_otherwise_is_told_and_what_it_said_before_stays(name: str, tmp_path: Path) -> None:
    write(tmp_path, "a: 1\n")
    for each in (name, "README.md", ".made-up.yml.swp", "made-up.yml~"):
        (tmp_path / each).write_text("a: 1\n", encoding="utf-8")
    found = read_folder(tmp_path, read)
    assert len(found.good) == 1
    assert found.problems == (f"{name}:1:1: 文件名要以 .yaml 结尾，这个文件没有读：请改名为 made-up.yaml",)
    assert found.bad == {"made-up"}


def test_what_is_no_file_of_that_kind_says_so(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "huge.yaml").write_text("a: 1\n#" + "x" * 1024 * 1024, encoding="utf-8")
    found = read_folder(tmp_path, read)
    assert [problem.partition("：")[0] for problem in found.problems] == [
        "folder.yaml:1:1: 这是文件夹，不是文件",
        "gone.yaml:1:1: 文件不在了（如果是链接，它指向的文件不在）",
        "huge.yaml:1:1: 文件超过 1 兆，不会是范本或者方案",
    ]
