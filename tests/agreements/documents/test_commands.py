"""Copies and lists from the command line."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, TemplateVersion
from institutions.models import Institution
from tests.agreements.documents import papers
from tests.agreements.making import complete_draft


def run(name: str, *arguments: str) -> list[str]:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_agreement_pdf_writes_every_copy_and_the_print_file(draft: Agreement, tmp_path: Path) -> None:
    said = run("agreement_pdf", draft.number, "--out", str(tmp_path / "new" / "folder"))
    names = [f"{draft.number}-copy{n}.pdf" for n in range(1, 5)] + [f"{draft.number}-print.pdf"]
    assert [Path(line.split()[0]).name for line in said] == names
    for number, name in enumerate(names[:4], 1):
        content = (tmp_path / "new" / "folder" / name).read_bytes()
        assert f"正本 {number}/4" in papers.poppler("pdftotext", content)
    assert not draft.renditions.exists(), "nothing is stored"


def test_agreement_pdf_of_an_unknown_number(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有编号为 YY-0 的协议"):
        run("agreement_pdf", "YY-0", "--out", str(tmp_path))


def test_agreement_pdf_without_a_template(
    elder_care_clerk: User, elder_care_institution: Institution, tmp_path: Path
) -> None:
    started = lifecycle.start_draft(elder_care_institution, by=elder_care_clerk)
    with pytest.raises(CommandError, match="还没有选择范本"):
        run("agreement_pdf", started.number, "--out", str(tmp_path))


def test_agreement_pdf_names_an_unprintable_character(draft: Agreement, tmp_path: Path) -> None:
    Institution.objects.filter(agreements_as_medical=draft).update(name="越城区𓂀医院")
    with pytest.raises(CommandError, match="𓂀"):
        run("agreement_pdf", draft.number, "--out", str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_agreement_list_shows_state_template_and_parties(draft: Agreement) -> None:
    (line,) = run("agreement_list")
    assert line.split("\t") == [
        draft.number,
        "起草中",
        "shaoxing-2024-consortium",
        "越城区塔山街道社区卫生服务中心 × 越城区福星养老院",
    ]


def test_one_per_template_lists_demo_agreements_only(
    draft: Agreement,
    published: dict[str, TemplateVersion],
    elder_care_clerk: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
) -> None:
    assert run("agreement_list", "--one-per-template") == []
    elder_care_institution.is_demo = True
    elder_care_institution.save(update_fields=["is_demo"])
    consortium = draft.chosen_version
    made_up = complete_draft(elder_care_institution, medical_institution, consortium, by=elder_care_clerk)
    sickbed = published["shaoxing-2024-home-sickbed"]
    other = complete_draft(elder_care_institution, medical_institution, sickbed, by=elder_care_clerk)
    complete_draft(elder_care_institution, medical_institution, sickbed, by=elder_care_clerk)
    assert run("agreement_list", "--one-per-template") == [
        f"{made_up.number}\tshaoxing-2024-consortium",
        f"{other.number}\tshaoxing-2024-home-sickbed",
    ]
