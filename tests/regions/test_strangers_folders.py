"""Folders of regions that are wrong or meant to harm: told in Chinese, and nothing else stops."""

import hashlib
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from agreements.models import Template
from regions.datafile import LARGEST
from regions.left_out import FilesLeftOut
from regions.models import Scheme
from tests import factories
from tests.agreements.catalogue.test_new_region import MADE_UP
from tests.made_up_schemes import NO_DIGEST

pytestmark = pytest.mark.django_db
SCHEME = f"""\
slug: made-up
region: "330000"
title: 演示方案
issuers: [演示局]
document_number: 演示〔2026〕1号
issued_on: 2026-01-01
in_force_on: 2026-01-01
source: {{file: made-up.txt, digest: "{NO_DIGEST}"}}
rules:
  - {{rule: review_due, with: {{working_days: 4}}, quote: 四日内受理, lower_may_change: true}}
"""
TEMPLATE = (MADE_UP / "qingshan-2026.yaml").read_text(encoding="utf-8")


def _scheme(folder: Path, text: str = SCHEME) -> Path:
    """Write a scheme with a document in which stands whatever it is called and says."""
    factories.region("330000")
    folder.mkdir(exist_ok=True)
    document = folder / "made-up.txt"
    document.write_text("演示〔2026〕1号 四日内受理 演示\u202e方案 演示方案" + "演" * 300, encoding="utf-8")
    digest = hashlib.sha256(document.read_bytes()).hexdigest()
    (folder / "made-up.yaml").write_text(text.replace(NO_DIGEST, digest), encoding="utf-8")
    return folder


def _template(folder: Path, text: str = TEMPLATE) -> Path:
    factories.region("520000")
    folder.mkdir(exist_ok=True)
    (folder / "qingshan-2026.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("working_days: 4", "working_days: 1000000000", "10:45: “rules.0.with.working_days”太大"),
        ("title: 演示方案", "title: " + "演" * 300, "3:8: “title”太长：最多 200 个字，现在有 300 个"),
        ("[演示局]", "[" + "演" * 3000 + "]", "4:11: “issuers.0”太长"),
        ("title: 演示方案", "title: 演示\u202e方案", r"3:8: 有看不见的字符（U\+202E），请删去"),
        ("[演示局]", "[演\ue000示局]", r"4:11: 有看不见的字符（U\+E000），请删去"),
        ("quote: 四日内受理", 'quote: " "', "引用的原话是空的，请从原文照抄"),
        (
            "{rule: review_due, with: {working_days: 4}",
            "{rule: eligible_medical, with: {kinds: [火星医院], minimum_level: 0, private: true}",
            "没有“火星医院”这类机构，可以写：",
        ),
        (
            "{rule: review_due, with: {working_days: 4}",
            "{rule: advisory_notice, with: {at: institution_filing, by: [火星局]}",
            "只能是“health”",
        ),
    ],
)
def test_what_a_scheme_says_that_cannot_be_is_told_and_left_out(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert SCHEME.count(old) == 1
    with pytest.raises(FilesLeftOut, match=said):
        call_command("load_schemes", dir=_scheme(tmp_path / "schemes", SCHEME.replace(old, new)), verbosity=0)
    assert not Scheme.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("以{service_mode}方式", "以{service_mode}𓂀方式", r"这些字打印不出来：𓂀（U\+13080）"),
        ("以{service_mode}方式", "以{service_mode}\u2011方式", "这些字打印不出来"),
        ("label: 医保部门存", "label: 医保𓂀部门存", "这些字打印不出来"),
        ("label: 医保部门存", "label: 医保\ue000部门存", r"有看不见的字符（U\+E000），请删去"),
    ],
)
def test_what_no_paper_can_show_is_told_before_anybody_begins_by_it(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    assert TEMPLATE.count(old) == 1
    with pytest.raises(FilesLeftOut, match=said):
        call_command("load_templates", dir=_template(tmp_path / "templates", TEMPLATE.replace(old, new)), verbosity=0)
    assert not Template.objects.exists()


def test_what_is_no_file_or_has_no_end_is_told_and_the_rest_loads(tmp_path: Path) -> None:
    folder = _scheme(tmp_path / "schemes")
    (folder / "a-folder.yaml").mkdir()
    (folder / "endless.yaml").symlink_to("/dev/zero")
    os.mkfifo(folder / "waits.yaml")
    (folder / "long.yaml").write_text("#" * (LARGEST + 1), encoding="utf-8")
    (folder / "round.yaml").symlink_to(folder / "round.yaml")
    with pytest.raises(FilesLeftOut) as told:
        call_command("load_schemes", dir=folder, verbosity=0)
    for line in (
        "a-folder.yaml:1:1: 这是文件夹，不是文件",
        "endless.yaml:1:1: 这不是普通的文件",
        "waits.yaml:1:1: 这不是普通的文件",
        "long.yaml:1:1: 文件超过 1 兆",
        "round.yaml:1:1: 文件打不开",
    ):
        assert line in str(told.value)
    assert Scheme.objects.get().slug == "made-up"


def test_no_folder_takes_what_another_has_brought_in(tmp_path: Path) -> None:
    """A folder that was moved, and is where it was no more, is none that owns anything."""
    for put, command, rows in (
        (_scheme, "load_schemes", Scheme.objects),
        (_template, "load_templates", Template.objects),
    ):
        first, second = put(tmp_path / f"{command}-1"), put(tmp_path / f"{command}-2")
        call_command(command, dir=first, verbosity=0)
        with pytest.raises(FilesLeftOut, match=f"这个代号已经用在 {first} 里，请换一个"):
            call_command(command, dir=second, verbosity=0)
        assert rows.get().loaded_from == str(first)
        moved = first.rename(tmp_path / f"{command}-3")
        call_command(command, dir=moved, verbosity=0)
        assert rows.get().loaded_from == str(moved)
