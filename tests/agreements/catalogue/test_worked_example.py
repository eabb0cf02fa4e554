"""The worked example of docs/regions.md: a region onboarded by it, without code, and every mistake made in it told."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.catalogue import reader
from agreements.models import Agreement, Template, TemplateVersion
from agreements.text.filling import Value
from agreements.text.terms import TermUnknown, term_of
from regions import scheme_files
from regions.left_out import FilesLeftOut
from regions.models import LeftOutProblem, Region, Scheme
from regions.rules import FilingDue
from regions.schemes import rules_for
from tests import factories
from tests.agreements.catalogue.example_mistakes import DOCUMENT, MISTAKES

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "xugou"
NAMED_IN_THE_ISSUE = ["一式柒份", "0" * 8, "value: 1000", "maximum: 1000", "虚卫老龄发[2026]3号", "自愿签订"]
Answer = Callable[..., Any]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example's folder, to be changed."""
    return shutil.copytree(EXAMPLE, tmp_path / "xugou")


def digest_of(example: Path) -> str:
    return hashlib.sha256((example / DOCUMENT).read_bytes()).hexdigest()


def all_problems(example: Path) -> list[str]:
    """Everything that is said of the example's files, as `folder/line:column: message`."""
    found = {
        "templates": reader.look_through(example / "templates").problems,
        "schemes": scheme_files.look_through(example / "schemes").problems,
    }
    return [problem.replace("xugou-2026.yaml:", f"{name}/", 1) for name, told in found.items() for problem in told]


def test_there_are_at_least_twenty_two_mistakes_and_those_that_were_named() -> None:
    assert len(MISTAKES) >= 22
    assert len({row[:3] for row in MISTAKES}) == len(MISTAKES)
    assert [name for name in NAMED_IN_THE_ISSUE if not any(name in new for _, _, new, _ in MISTAKES)] == []


def test_the_example_itself_has_none(example: Path) -> None:
    assert all_problems(example) == []


@pytest.mark.parametrize(("which", "old", "new", "told"), MISTAKES, ids=[f"{new[:24]!r}" for _, _, new, _ in MISTAKES])
def test_each_mistake_is_told_where_it_stands_with_the_right_form(
    example: Path, which: str, old: str, new: str, told: list[str]
) -> None:
    path, as_it_is = example / which, digest_of(example)
    text = path.read_text(encoding="utf-8")
    old, new = old.replace("DIGEST", as_it_is), new.replace("DIGEST", as_it_is)
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    now = digest_of(example)
    assert all_problems(example) == [
        each.replace("DIGEST", now).replace("FOLDER", str(example.resolve())) for each in told
    ]


@pytest.fixture
def county(db: None) -> Region:
    factories.region("000000")
    return factories.region("520102")


def onboard(example: Path) -> str:
    out = StringIO()
    call_command("load_schemes", dir=example / "schemes", stdout=out)
    call_command("load_templates", dir=example / "templates", stdout=out)
    return out.getvalue()


@pytest.fixture
def version(county: Region, example: Path) -> TemplateVersion:
    onboard(example)
    return TemplateVersion.objects.get(template__slug="xugou-2026")


def loaded_from_here(example: Path) -> None:
    """Let the example's rows be of this copy: what a fixture wrote may come from an earlier one that is there still."""
    Scheme.objects.filter(slug="xugou-2026").update(loaded_from=str(example / "schemes"))
    Template.objects.filter(slug="xugou-2026").update(loaded_from=str(example / "templates"))


def test_it_is_onboarded_by_two_commands(county: Region, example: Path) -> None:
    assert onboard(example).splitlines() == [
        "政策方案：写入 1，撤下 0，未变 0",
        "xugou-2026：第 1 版（新发布）",
    ]
    assert onboard(example).splitlines() == [
        "政策方案：写入 0，撤下 0，未变 1",
        "xugou-2026：第 1 版（未变）",
    ]
    rules = rules_for(county)
    assert rules.min_primary_partners == 1
    applied = rules.get(FilingDue)
    assert applied
    assert (applied.rule.working_days, applied.citation.document_number) == (10, "虚卫老龄发〔2026〕3号")
    (version,) = TemplateVersion.objects.for_region(county)
    assert version.is_official


def test_a_scheme_whose_file_went_bad_stays_as_it_was(version: TemplateVersion, county: Region, example: Path) -> None:
    loaded_from_here(example)
    path = example / "schemes" / "xugou-2026.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("value: 90", "value: 900"), encoding="utf-8")
    with pytest.raises(FilesLeftOut, match=r"xugou-2026\.yaml:17:12: “targets\.0\.value”太大：900（最大 100）"):
        call_command("load_schemes", dir=example / "schemes", stdout=StringIO())
    assert rules_for(county).targets[0].value == 90
    path.unlink()
    call_command("load_schemes", dir=example / "schemes", stdout=StringIO())
    assert Scheme.objects.get().is_withdrawn


def test_a_folder_of_another_place_withdraws_none_of_this(version: TemplateVersion, county: Region) -> None:
    for code in ("430000", "640323", "330600", "360826", "410100"):
        factories.region(code)
    call_command("load_schemes", stdout=StringIO())
    call_command("load_templates", stdout=StringIO())
    assert rules_for(county).min_primary_partners == 1
    assert list(TemplateVersion.objects.for_region(county)) == [version]


START, END = date(2031, 3, 2), date(2034, 3, 1)
TERMS: dict[str, Any] = {
    "rounds": 2,
    "managed_share": 70,
    "yearly_fee": "10000",
    "term_years": 3,
    "valid_from": START.isoformat(),
    "valid_to": END.isoformat(),
    "contact_name": "赵堃",
    "contact_phone": "0851-88000001",
}


@pytest.fixture
def answer(version: TemplateVersion, county: Region) -> Answer:
    """A function that answers a page of a draft on the example, by the pages."""
    home = factories.OpenElderCareFactory.create(name="青山颐养院", region=county)
    medical = factories.OpenMedicalInstitutionFactory.create(name="青山镇卫生院", region=county)
    client = Client()
    client.force_login(factories.MembershipFactory.create(institution=home).user)
    client.post(reverse("agreement-start"))
    number = Agreement.objects.get().number

    def send(step: str, **data: Any) -> Any:
        address = reverse("draft-step", args=[number, step])
        if not data:
            return client.get(address)
        return client.post(address, {"revision": Agreement.objects.get().revision, **data})

    assert send("partner", partner=medical.pk).status_code == 302
    assert send("template", template_version=version.pk).status_code == 302
    return send


def test_what_the_signature_block_requires_is_asked_in_the_wizard(answer: Answer) -> None:
    page = answer("terms")
    assert 'name="contact_name"' in page.content.decode()
    assert "签署处（甲方）" in page.content.decode()
    assert answer("terms", **TERMS).status_code == 302
    contacts = {"elder_care-signatory_name": "赵堃", "elder_care-contact_phone": "0851-88000001"}
    assert answer("contacts", **contacts).status_code == 302
    check = answer("check")
    assert check.context["can_send"]
    assert "联系人：赵堃　电话：0851-88000001" in Agreement.objects.get().filled_text().plain


def test_the_other_side_may_say_something_of_it(answer: Answer, client: Client) -> None:
    answer("terms", **TERMS)
    answer("contacts", **{"elder_care-signatory_name": "赵堃", "elder_care-contact_phone": "0851-88000001"})
    draft = Agreement.objects.with_parties().get()
    lifecycle.send(draft, by=draft.created_by, revision=draft.revision)
    client.force_login(factories.MembershipFactory.create(institution=draft.medical).user)
    address = reverse("agreement-return", args=[draft.number])
    assert 'name="comment-signature-elder_care-2"' in client.get(address).content.decode()
    said = {"revision": Agreement.objects.get().revision, "value-contact_name": "钱喆"}
    assert client.post(address, said).status_code == 302
    page = answer("terms").content.decode()
    assert "建议改为" in page
    assert "钱喆" in page


def test_what_is_missing_there_leads_to_its_field(answer: Answer) -> None:
    assert answer("terms", **{**TERMS, "contact_name": ""}).status_code == 302
    page = answer("check")
    assert not page.context["can_send"]
    assert "的联系人是谁？”还没有填写" in page.content.decode()
    assert "#id_contact_name" in page.content.decode()


@pytest.mark.parametrize(
    ("years", "ends", "is_right"),
    [(3, END, True), (3, END + timedelta(1), True), (3, END - timedelta(1), False), (2, END, False), (4, END, False)],
)
def test_years_and_last_day_must_agree(answer: Answer, years: int, ends: date, *, is_right: bool) -> None:
    page = answer("terms", **{**TERMS, "term_years": years, "valid_to": ends.isoformat()})
    assert (page.status_code == 302) is is_right
    if not is_right:
        assert "请改年数或者改日期，使两处一致" in page.content.decode()


def test_the_registers_term_is_the_one_that_the_text_states(version: TemplateVersion) -> None:
    signed = {"medical": date(2025, 1, 5), "elder_care": date(2025, 1, 8)}
    values: dict[str, Value] = {"term_years": 3, "valid_from": date(2025, 1, 1), "valid_to": date(2028, 1, 1)}
    term = term_of(version.parsed, values, signed)
    assert (term.starts_on, term.expires_on) == (date(2025, 1, 8), date(2028, 1, 1))
    with pytest.raises(TermUnknown, match="应到2029年1月1日为止，却又写明到2028年1月1日为止"):
        term_of(version.parsed, {**values, "valid_from": date(2026, 1, 1)}, signed)


def test_what_was_left_out_is_shown_to_the_platform_until_it_is_mended(
    version: TemplateVersion, example: Path, client: Client, platform_administrator: User
) -> None:
    loaded_from_here(example)
    client.force_login(platform_administrator)
    path = example / "templates" / "xugou-2026.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("一式四份", "一式柒份"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(FilesLeftOut):
            call_command("load_templates", dir=example / "templates", stdout=StringIO())
        page = client.get(reverse("platform-background")).content.decode()
        assert page.count("xugou-2026.yaml:30:1: 正文写明一式 7 份，这里列出 4 份") == 1
    path.write_text(good, encoding="utf-8")
    call_command("load_templates", dir=example / "templates", stdout=StringIO())
    assert "没有载入的数据文件" not in client.get(reverse("platform-background")).content.decode()


def test_what_was_left_out_of_a_folder_that_is_gone_is_told_no_longer(county: Region, example: Path) -> None:
    path = example / "templates" / "xugou-2026.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("一式四份", "一式柒份"), encoding="utf-8")
    with pytest.raises(FilesLeftOut):
        call_command("load_templates", dir=example / "templates", stdout=StringIO())
    assert LeftOutProblem.objects.exists()
    call_command("load_schemes", dir=example / "schemes", stdout=StringIO())
    assert LeftOutProblem.objects.exists(), "another folder's"
    shutil.rmtree(example / "templates")
    call_command("load_schemes", dir=example / "schemes", stdout=StringIO())
    assert not LeftOutProblem.objects.exists()
