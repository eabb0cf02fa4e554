"""The four official texts stand in the catalogue character for character.

The sources are the official documents under regions/data/official (named in its README). From each the annex is cut,
from its title line to the end of its signature block; then only white space and Markdown escapes are removed.
"""

import hashlib
import re
from io import StringIO

import pytest
from django.core.management import call_command

from agreements.catalogue.reader import DATA, read_template
from agreements.text.filling import fill
from agreements.text.schema import BlankKind, TemplateBody
from regions.official import OFFICIAL

# slug → file, title line of the annex, line after its end ("" for the end of the file)
ANNEXES = {
    "hunan-2020": ("hunan-2020-8.txt", "医养签约合作协议书（范本）", ""),
    "wuzhong-2022": ("wuzhong-county-2022.txt", "医养合作协议书（参考样本）", ""),
    "shaoxing-2024-consortium": ("shaoxing-2024-6.txt", "# 养医联合体服务协议", "## 附件 2"),
    "shaoxing-2024-home-sickbed": ("shaoxing-2024-6.txt", "# 医养结合项目服务合作协议", ""),
}
DRAFTED = {"taihe-2021": "taihe-2021.txt", "zhengzhou-2021": "zhengzhou-2021.txt"}
SOURCES = {slug: annex[0] for slug, annex in ANNEXES.items()} | DRAFTED


def annex(file: str, title: str, end: str) -> str:
    lines = (OFFICIAL / file).read_text(encoding="utf-8").split("\n")
    start = lines.index(title)
    stop = lines.index(end, start) if end else len(lines)
    return "\n".join(lines[start:stop])


def without_markdown(text: str) -> str:
    text = re.sub(r"^#+ ", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([_-])", r"\1", text)


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


def body(slug: str) -> TemplateBody:
    return read_template(DATA / f"{slug}.yaml").body


def printed(slug: str) -> str:
    out = StringIO()
    call_command("template_text", slug, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ANNEXES)
def test_every_character_of_the_annex_in_order(slug: str) -> None:
    source = without_space(without_markdown(annex(*ANNEXES[slug])))
    assert len(source) > 600
    assert without_space(printed(slug)) == source


def test_the_documents_are_the_ones_that_were_published() -> None:
    """Their digests stand in the README; nobody changes a document and its template together unseen."""
    listed = dict(
        re.findall(r"^([0-9a-f]{64})  (\S+)$", (OFFICIAL / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in OFFICIAL.glob("*.txt")} == listed
    assert len(listed) == 5


@pytest.mark.parametrize("slug", SOURCES)
def test_the_source_digest_is_that_of_the_document(slug: str) -> None:
    document = (OFFICIAL / SOURCES[slug]).read_bytes()
    assert body(slug).source.digest == hashlib.sha256(document).hexdigest()


@pytest.mark.parametrize(
    ("slug", "labels"),
    [
        ("hunan-2020", ["三、", "1. ", "2. ", "2. "]),  # the source counts 1, 2, 2
        ("wuzhong-2022", ["三、", "（一）", "（二）", "（三）"]),
        ("shaoxing-2024-home-sickbed", ["三、", "1.", "2.", "3."]),
    ],
)
def test_the_last_labels_are_the_sources_own(slug: str, labels: list[str]) -> None:
    assert [block.label for block in body(slug).blocks][-len(labels) :] == labels


def test_hunans_doubled_number_has_ids_of_its_own_and_a_note() -> None:
    last = body("hunan-2020").blocks[-3:]
    assert [block.id for block in last] == ["fz-1", "fz-2", "fz-3"]
    assert any("编号重复" in note for note in last[2].notes)


@pytest.mark.parametrize("slug", ANNEXES)
def test_notes_never_reach_the_text(slug: str) -> None:
    template = body(slug)
    notes = [note for block in template.blocks for note in block.notes] + list(template.signature.notes)
    assert notes
    assert not any(note in fill(template, {}).plain for note in notes)


@pytest.mark.parametrize(
    ("slug", "called_first", "copies", "term", "effectiveness"),
    [
        ("hunan-2020", "medical", "medical elder_care health civil_affairs", "blank_years", "both_seals"),
        ("wuzhong-2022", "medical", "medical elder_care civil_affairs health", "fixed_years", "both_signatures"),
        (
            "shaoxing-2024-consortium",
            "elder_care",
            "elder_care medical civil_affairs health",
            "date_range",
            "later_of_seals",
        ),
        (
            "shaoxing-2024-home-sickbed",
            "elder_care",
            "elder_care medical civil_affairs health",
            "fixed_years",
            "both_signatures",
        ),
        ("taihe-2021", "medical", "medical elder_care health civil_affairs", "blank_years", "both_seals"),
        ("zhengzhou-2021", "medical", "medical elder_care health civil_affairs", "blank_years", "both_seals"),
    ],
)
def test_roles_copies_term_and_effect_follow_the_source(
    slug: str, called_first: str, copies: str, term: str, effectiveness: str
) -> None:
    template = body(slug)
    assert template.called[called_first] == "甲方"
    assert [copy.holder for copy in template.copies] == copies.split()
    assert template.term.kind == term
    assert template.effectiveness == effectiveness


@pytest.mark.parametrize("slug", DRAFTED)
def test_a_platform_drafted_text_says_so_and_claims_nothing(slug: str) -> None:
    template = body(slug)
    assert not template.is_official
    assert template.source.status == "平台拟稿"
    assert "不是官方范本" in template.source.remark
    text = fill(template, {}).plain
    assert not [word for word in ("官方", "范本", "参考模板", "参考样本") if word in text]


@pytest.mark.parametrize("slug", DRAFTED)
def test_a_platform_drafted_text_has_the_four_required_elements(slug: str) -> None:
    """内容、方式、费用、双方责任: 泰和县深入推进医养结合发展实施方案, 三（二）1."""
    headings = [block.text for block in body(slug).blocks if block.kind == "heading"]
    assert {"合作内容", "合作方式", "费用", "双方责任"} <= set(headings)


def test_taihe_offers_seven_guarantees_three_priorities_four_services() -> None:
    ids = [block.id for block in body("taihe-2021").blocks]
    assert [sum(id_.startswith(f"nr-{n}-") for id_ in ids) for n in (1, 2, 3)] == [7, 3, 4]


@pytest.mark.parametrize("slug", SOURCES)
def test_every_question_is_asked_in_words(slug: str) -> None:
    for blank in body(slug).blanks:
        assert blank.label
        if blank.is_asked and blank.kind is not BlankKind.AUTHORITY:
            assert blank.label.endswith("？")
