"""What is said to people, read in the sources: no day as a machine writes it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.template.loader import render_to_string

from accounts.forms import NewPasswordForm
from accounts.models import User
from chinese.sentences import joined
from duties.forms import NewAccountForm
from frame.templatetags.frame import form_errors
from tests.test_architecture import APPS, parsed, shown, sources

ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
A_DAY = re.compile(r"(_on|_until|_from|_day|localdate)$")
# The log's own checks name the days of anchors as its files do; what is imported is quoted as it was read.
AS_FILES_SAY = {"audit", "imports"}


def days_in(node: ast.JoinedStr) -> Iterator[str]:
    """Yield the days in a sentence that stand there as they are stored."""
    for part in node.values:
        value = part.value if isinstance(part, ast.FormattedValue) and part.format_spec is None else None
        called = value.func if isinstance(value, ast.Call) else value
        name = called.attr if isinstance(called, ast.Attribute) else ""
        if A_DAY.search(name):
            yield ast.unparse(part)


@pytest.mark.parametrize("app", sorted(set(APPS) - AS_FILES_SAY))
def test_days_are_told_as_people_write_them(app: str) -> None:
    found = [
        f"{shown(source)}:{node.lineno} {day}"
        for source in sources(app)
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.JoinedStr) and CHINESE.search(ast.unparse(node))
        for day in days_in(node)
    ]
    assert not found


def test_the_reading_finds_one() -> None:
    (sentence,) = (
        node for node in ast.walk(ast.parse('f"到 {row.expires_on} 为止"')) if isinstance(node, ast.JoinedStr)
    )
    assert list(days_in(sentence))


def test_nobody_is_sent_to_the_administrator_of_their_place_who_may_be_that_administrator() -> None:
    """Whom to ask is said in one place (accounts/who_helps.py), which leads administrators further up."""
    asks = re.compile("(?:联系|告诉|找|问)本单位管理员")
    texts = [*(ROOT / "templates").rglob("*"), *(source for app in APPS for source in sources(app))]
    assert not [shown(path) for path in texts if path.is_file() and asks.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("sentences", "one"),
    [
        ([], ""),
        (["缺页。"], "缺页。"),
        (["缺页", "看不清。", "没有盖章；"], "缺页；看不清；没有盖章。"),
    ],
)
def test_sentences_are_joined_into_one(sentences: list[str], one: str) -> None:
    assert joined(sentences) == one


def test_a_stop_stands_before_no_colon_and_no_semicolon() -> None:
    """A label that is a sentence (同意：……。) loses its stop in the list of what is wrong; sources join by `joined`."""

    class Consent(forms.Form):
        agreed = forms.BooleanField(label="同意：原协议提前结束。", error_messages={"required": "不同意的，请退回。"})

    shown_errors = render_to_string("_form_errors.html", form_errors(Consent({})))
    assert "同意：原协议提前结束</a>：不同意的，请退回。" in shown_errors
    joins = re.compile(r'"；"\.join\([^)]*(?:messages|\.text|findings?)\b')
    sentences = [
        path for path in (ROOT / "templates").rglob("*.html") if "field.label }}</a>：" in path.read_text("utf-8")
    ]
    assert not sentences
    assert not [shown(source) for app in APPS for source in sources(app) if joins.search(source.read_text("utf-8"))]


def test_what_is_wrong_with_a_password_is_one_sentence_at_the_field_where_it_is_chosen(elder_care_clerk: User) -> None:
    poor = {"new_password1": "12345", "new_password2": "12345"}
    form = NewPasswordForm(elder_care_clerk, poor)
    assert list(form.errors) == ["new_password1"]
    [said] = map(str, form.errors["new_password1"])
    assert said.startswith("密码太短，至少要 8 位；")
    assert said.endswith("。")
    assert (said.count("。"), said.count("；") >= 2) == (1, True)
    account = NewAccountForm(
        {"username": "zheng", "mobile": "", "password": "12345", "again": "12345"}, full_name="郑赟"
    )
    assert len(account.errors["password"]) == 1
