"""Every kind of mistake in a template file is named, in Chinese, with the file and the line it stands on.

Each case changes a good file in one place; the expected line is where the named words stand after the change.
"""

from pathlib import Path

import pytest

from agreements.catalogue.reader import find_template, read_template, read_templates
from regions.datafile import DataFileError
from tests.agreements.catalogue.test_new_region import MADE_UP

GOOD = (MADE_UP / "qingshan-2026.yaml").read_text(encoding="utf-8")
FEE = """\
    unit: 元/年
    minimum: 0
    maximum: 10000000
"""
ADDRESS_BLANK = """\
  - id: elder_care_address
    kind: institution
    role: elder_care
    fact: address
    label: 甲方的地址
    printed: "                    "
"""
MEDICAL_SEAL = "role: medical\n      seal: true"
ELDER_CARE_PROMPT = 'prompt: （盖章）：\n        - "{elder_care_signing_date}"'
WITNESS = "- text: 见证方\n"
FIFTH = """\
  - holder: other
    label: 医保部门存
    name: 虚构县医疗保障局
"""


def line_of(text: str, words: str) -> int:
    """Return the line (from 1) on which `words`, which stand there once, begin."""
    assert text.count(words) == 1, words
    return text[: text.index(words)].count("\n") + 1


def problems_of(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "qingshan-2026.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_template(path)
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        # placeholders and blanks
        ("以{service_mode}方式", "以{servise_mode}方式", "以{servise_mode}", "没有名为“servise_mode”的填写项"),
        ("以{service_mode}方式", "以XXX方式", "- id: service_mode", "填写项“service_mode”在正文和签署栏里都没有用到"),
        ("以{service_mode}方式", "以{service_mode}方{式", "方{式", "花括号不成对"),
        ("以{service_mode}方式", "以{service_mode.capitals}方式", ".capitals}方式", "“service_mode”不是金额"),
        ('- "{medical_signing_date}"', '- "{medical_signed}"', "{medical_signed}", "没有名为“medical_signed”的填写项"),
        ("- id: free_remark", "- id: service_mode", "- id: service_mode\n    kind: text", "id 重复：“service_mode”"),
        ("- id: t1-1", "- id: t1", "- id: t1\n    kind: clause", "id 重复：“t1”"),
        ("- id: t1-1", "- id: T1", "- id: T1\n", "写法不对：“T1”"),
        ("{elder_care_name}（地址", "（地址", "- id: elder_care_name", "没有用到"),
        # kinds and limits
        ("kind: money", "kind: moeny", "kind: moeny", "只能是“institution”"),
        ("    maximum: 10000000\n", "", "- id: yearly_fee", "缺少“maximum”"),
        ("    minimum: 0\n", "    minimum: -1\n", "minimum: -1", "太小：-1（最小 0）"),
        ("maximum: 10000000", "maximum: 1000000000000", "maximum: 1000000000000", "太大"),
        (FEE, FEE.replace("minimum: 0", "minimum: 20000000"), "minimum: 20000000", "大于最大值 10000000"),
        ("      - 派驻医师\n      - 远程会诊\n", "", "    choices:", "至少要 2 个"),
        ("      - 派驻医师\n", "      - 定期上门\n", "    choices:", "有重复的项"),
        ("    required: false\n", "    choices: [一, 二]\n", "choices: [一, 二]", "只有 kind: choice 才有 choices"),
        ("    fact: address\n", "    fact: health\n", "fact: health", "只能是“name”、“address”"),
        ("    fact: name\n    label: 乙方", "    fact: address\n    label: 乙方", "blanks:", "缺少医疗卫生机构的名称"),
        ("另有什么约定？", "|\n      另有\n      什么？", "label: |", "写法不对"),
        # copies
        (FIFTH, "", "copies:", "正文写明一式 5 份，这里列出 4 份"),
        ("一式五份", "一式陆份", "copies:", "正文写明一式 6 份，这里列出 5 份"),
        (
            "holder: health\n",
            "holder: civil_affairs\n",
            "holder: civil_affairs\n    label: 卫",
            "“civil_affairs”写了两次",
        ),
        ("holder: medical\n", "holder: other\n    name: 某局\n", "copies:", "医疗卫生机构应当执存一份"),
        ("    name: 虚构县医疗保障局\n", "", "holder: other", "缺少“name”"),
        (FIFTH, FIFTH * 3, "copies:", "太多：最多 6 项"),
        # roles, title, source
        ("medical: 乙方", "medical: 甲方", "elder_care: 甲方", "双方的称呼不能相同"),
        ("  medical: 乙方\n", "", "called:", "缺少“medical”"),
        ("slug: qingshan-2026", "slug: lvshan-2026", "slug:", "slug 应与文件名相同：“qingshan-2026”"),
        ("\ntitle: 康养照护合作协议", "\ntitle: 另一个标题", "title: 另一个标题", "一行标题"),
        ("is_official: false", "is_official: true", "status: 平台拟稿", "只有 is_official 为 false"),
        ("is_official: false", "is_official: maybe", "is_official: maybe", "应当是true 或 false"),
        ("status: 平台拟稿", "status: 参考文本", "status: 参考文本", "必须写明“平台拟稿”"),
        ('region: "520000"', "region: 520000", "region: 520000", "应当是文字"),
        ("虚卫发〔2026〕1号", "虚卫发[2026]1号", "虚卫发[2026]1号", "写法不对"),
        ('issued_on: "2026-01"', 'issued_on: "2026-13"', "2026-13", "写法不对"),
        ('digest: ""', "digest: abc", "digest: abc", "写法不对"),
        # term, effect, signature
        ("kind: fixed_years", "kind: blank_years", "term:", "缺少“blank”"),
        ("  years: 3", "  years: 50", "years: 50", "太大：50（最大 20）"),
        (
            "kind: fixed_years\n  years: 3",
            "kind: blank_years\n  blank: no_years",
            "blank: no_years",
            "没有名为“no_years”",
        ),
        (
            "kind: fixed_years\n  years: 3",
            "kind: blank_years\n  blank: free_remark",
            "blank: free_remark",
            "“free_remark”应当是整数",
        ),
        (
            "kind: fixed_years\n  years: 3",
            "kind: date_range\n  from_blank: yearly_fee\n  to_blank: free_remark",
            "from_blank: yearly_fee",
            "应当是日期",
        ),
        (
            "effectiveness: both_seals",
            "effectiveness: both_seals\nfirst_to_sign: health",
            "first_to_sign: health",
            "只能是“medical”、“elder_care”",
        ),
        ("effectiveness: both_seals", "effectiveness: someday", "effectiveness: someday", "只能是“both_seals”"),
        (
            "- role: medical\n      seal: true",
            "- role: medical\n      seal: false",
            "seal: false",
            "双方签署栏都要有盖章处",
        ),
        ("- role: medical\n      seal", "- role: elder_care\n      seal", "  parties:", "双方各有一个签署栏"),
        # headings, prompts, the seal's line
        ('label: "第一条　"', "heading: 服务方式。", "kind: heading\n    heading", "只能是“clause”"),
        ("- id: t1-1\n", "- id: t1-1\n    heading: 方{式。\n", "heading: 方{式", "写法不对"),
        (ELDER_CARE_PROMPT, "prompt: '{yearly_fee}'", "prompt: '{yearly", "写法不对"),
        ("text: 乙方\n          prompt: （盖章）：", "text: 乙方", "text: 乙方\n        -", "缺少“prompt”"),
        (MEDICAL_SEAL, f"{MEDICAL_SEAL}\n      seal_line: 0", "seal_line: 0", "太小：0"),
        (MEDICAL_SEAL, f"{MEDICAL_SEAL}\n      seal_line: 3", "seal_line: 3", "没有第 3 行"),
        (MEDICAL_SEAL, f"{MEDICAL_SEAL}\n      seal_line: 2", "seal_line: 2", "写明盖章的第 1 行，而不是第 2 行"),
        (MEDICAL_SEAL, "role: medical\n      seal: false\n      seal_line: 2", "seal_line: 2", "不能写 seal_line"),
        # commitments, shape
        ("quote: 乙方每季度为甲方", "quote: 乙方每个季度为甲方", "quote: 乙方每个季度", "正文里没有这句话"),
        ("    per: quarter\n", "    per: moon\n", "per: moon", "只能是“year”"),
        ("    free: true\n", "    minimum_blank: yearly_fee\n", "minimum_blank", "应当是一个整数填写项"),
        ("shared_seal_line: 1", "shared_seal_line: 9", "shared_seal_line: 9", "没有第 9 行"),
        ("  shared_seal_line: 1\n", "", "- text: 见证方", "请在 signature 里写 shared_seal_line: 1"),
        (WITNESS, f"- 见证方\n    {WITNESS}", "- text: 见证方", "请在 signature 里写 shared_seal_line: 2"),
        (WITNESS, f"- 鉴证方（公章）\n    {WITNESS}", "- text: 见证方", "只能有一处盖章"),
        # headings without gaps, endings printed behind a name
        (
            'kind: heading\n    label: "第一条　"',
            'kind: subheading\n    label: "第一条　"',
            "kind: subheading",
            "小标题“第一条　服务方式”前面没有标题：请写 kind: heading",
        ),
        ("乙方：{medical_name}", "乙方：{medical_name}卫生院", "{medical_name}卫生院", "followed_by: [卫生院]"),
        ("乙方：{medical_name}", "乙方：{medical_name} 县医院", "{medical_name} 县", "followed_by: [县医院]"),
        (
            "  - id: medical_name\n",
            "  - id: medical_name\n    followed_by: [卫生院]\n",
            "followed_by",
            "后面没有印着“卫生院”",
        ),
        (
            "  - id: yearly_fee\n",
            "  - id: yearly_fee\n    followed_by: [元]\n",
            "followed_by",
            "只有机构名称和主管部门",
        ),
        ("side_by_side: true", "side_by_side: true\n  colour: red", "colour: red", "不认识的字段“colour”"),
        ("is_official: false", "is_official: false: no", "false: no", "YAML 写法有误"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    assert GOOD.count(old) == 1, old
    text = GOOD.replace(old, new)
    problems = problems_of(tmp_path, text)
    where = f"qingshan-2026.yaml:{line_of(text, at)}:"
    assert any(problem.startswith(where) and message in problem for problem in problems), problems


def test_the_good_file_is_good(tmp_path: Path) -> None:
    path = tmp_path / "qingshan-2026.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_template(path).body.slug == "qingshan-2026"


def test_all_mistakes_of_a_file_are_named_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = GOOD.replace("medical: 乙方", "medical: 甲方").replace(ADDRESS_BLANK, "").replace("一式五份", "一式三份")
    problems = problems_of(tmp_path, text)
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert len(problems) >= 2
    assert lines == sorted(lines)


def test_the_mistakes_of_all_files_of_a_folder_are_named_together(tmp_path: Path) -> None:
    for name in ("qingshan-2026", "lvshan-2026"):
        text = GOOD.replace("一式五份", "一式两份").replace("slug: qingshan-2026", f"slug: {name}")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_templates(tmp_path)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["lvshan-2026.yaml", "qingshan-2026.yaml"]


def test_a_folder_without_templates_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="没有找到范本文件"):
        read_templates(tmp_path)


def test_a_slug_cannot_reach_outside_the_folder() -> None:
    assert find_template("../made_up/qingshan-2026", MADE_UP) is None
    assert find_template("qingshan-2026", MADE_UP) is not None
