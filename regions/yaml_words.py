"""What is wrong with the syntax of a YAML file, in Chinese, where it is wrong, with the right form.

PyYAML speaks English and marks where it gave up. Where something was left open, the mistake stands where that began.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

ALIAS = "不支持 YAML 锚点和别名：以“*”开头的值要加引号"
INDENT = "缩进不对：同一层的各行要左对齐；值里有引号或以“{”开头的，给整个值加引号"
# (the problem or its context in PyYAML's words, whether the context's mark is meant, what to say); the first that fits.
SAYINGS = (
    (r"could not find expected ':'", True, "这一行没有写成“字段: 值”，英文冒号后面要有一个空格"),
    (r"unexpected end of stream|unexpected document separator", True, "引号没有闭合：这里的引号没有配上另一半"),
    (r"parsing a flow sequence", True, "“[”没有配上“]”：列表写成 [甲, 乙] 这样，或者每项一行、以“- ”开头"),
    (r"parsing a flow mapping", True, '“{”没有配上“}”：以“{”开头的文字要加引号，写成 "{medical_name}" 这样'),
    (r"mapping values are not allowed", False, "一行只能有一个“: ”，值里面有冒号的，给整个值加引号"),
    (r"mapping keys are not allowed", False, "以“?”开头的值要加引号"),
    (r"sequence entries are not allowed", False, "“- ”不能写在这里：列表的每一项另起一行并缩进"),
    (r"character '\\t'", False, "用了制表符（Tab），请改用空格"),
    (r"cannot start any token", False, "值不能以这个符号开头，请给整个值加引号"),
    (r"another document", False, "一个文件只能有一份内容，请去掉多余的“---”"),
    (r"unknown escape|escape sequence", False, "双引号里的“\\”写成“\\\\”，或者改用单引号"),
    (r"scanning an? (?:alias|anchor)", True, "以“*”或“&”开头的值要加引号"),
    (
        r"(?:scanning|parsing) a (?:tag|directive)|tag handle|constructor for the tag",
        True,
        "以“!”或“%”开头的值要加引号",
    ),
    (r"scanning a block scalar", False, "“|”或“>”后面不能再写字：长文字从下一行开始并缩进"),
    (r"unhashable key", False, "字段名只能是一个词，以“{”或“[”开头的文字要加引号"),
    (r"expected <block end>|document start|parsing a block", False, INDENT),
    (r"expected the node content", False, '这里缺少值，不填的写成 ""'),
)


class Told(NamedTuple):
    line: int
    column: int
    message: str


def of_syntax(text: str, error: yaml.MarkedYAMLError) -> Told:
    """Say what is wrong, at the line and column of the mistake, counted from 1."""
    problem, context = str(error.problem or ""), str(error.context or "")
    if problem == ALIAS:
        return _at(error.problem_mark, ALIAS)
    begun = _quote_begun_above(text, error)
    if begun is not None:
        return _at(begun, "引号可能没有闭合：从这里开始的引号一直到后面的行才配上另一半")
    said = f"{context}; {problem}"
    for words, is_context, message in SAYINGS:
        if re.search(words, said):
            mark = (error.context_mark if is_context else error.problem_mark) or error.problem_mark
            return _at(mark, message + _full_width(text, mark))
    return _at(error.problem_mark or error.context_mark, "这里读不懂，请对照 docs/regions.md 里的例子")


def of_characters(text: str, error: yaml.reader.ReaderError) -> Told:
    """Say where a character stands that no text may have."""
    before = text[: error.position]
    code = ord(error.character) if isinstance(error.character, str) else error.character
    column = error.position - before.rfind("\n")
    return Told(before.count("\n") + 1, column, f"有看不见的控制字符（U+{code:04X}），请删去")


def _at(mark: yaml.Mark | None, message: str) -> Told:
    return Told(mark.line + 1, mark.column + 1, message) if mark else Told(1, 1, message)


def _full_width(text: str, mark: yaml.Mark | None) -> str:
    """Name the commonest causes where they are seen on the line: no space after the dash, a Chinese colon."""
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if re.match(r"\s*-[^\s-]", line):
        return "；列表的“-”后面也要有一个空格"
    return "；这一行用了中文冒号“：”，请改成英文冒号加空格“: ”" if re.match(r"\s*(?:- )?\w+：", line) else ""


def _quote_begun_above(text: str, error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Return where a quoted value began on an earlier line and ended on that of the error: a quote left open is
    closed by the next one in the file, and the error is found only behind that."""
    if error.problem_mark is None or "unexpected end of stream" in str(error.problem):
        return None
    begun = None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken) and token.style in {"'", '"'}:
                over = token.start_mark.line < token.end_mark.line == error.problem_mark.line
                begun = token.start_mark if over else begun
    except yaml.YAMLError:
        pass
    return begun
