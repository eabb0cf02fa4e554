"""Adding a region is adding data: a made-up one, unlike all others, is onboarded from a directory without code."""

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from agreements.models import TemplateVersion
from agreements.text.filling import fill
from agreements.text.schema import TermKind
from tests.factories import region

MADE_UP = Path(__file__).parent / "made_up"


@pytest.fixture
def made_up(db: None) -> TemplateVersion:
    region("520100")
    call_command("load_templates", dir=MADE_UP, stdout=StringIO())
    return TemplateVersion.objects.get(template__slug="qingshan-2026")


def test_it_is_offered_in_the_counties_below_and_nowhere_else(made_up: TemplateVersion) -> None:
    assert list(TemplateVersion.objects.for_region(region("520102"))) == [made_up]
    assert not TemplateVersion.objects.for_region(region("330602")).exists()


def test_what_makes_it_unlike_the_others_is_data(made_up: TemplateVersion) -> None:
    body = made_up.parsed
    assert body.called == {"elder_care": "甲方", "medical": "乙方"}
    assert (body.term.kind, body.term.years) == (TermKind.FIXED_YEARS, 3)
    assert len(body.copies) == 5
    assert (body.copies[4].holder, body.copies[4].name) == ("other", "虚构县医疗保障局")


def test_its_blank_text_is_printed_as_written(made_up: TemplateVersion) -> None:
    out = StringIO()
    call_command("template_text", "qingshan-2026", stdout=out)
    assert out.getvalue().splitlines()[:5] == [
        "康养照护合作协议",
        "甲方：____________（地址：                    ）",
        "乙方：____________",
        "第一条　服务方式",
        "乙方以XXX方式为甲方入住老年人服务。",
    ]


def test_it_is_filled_like_any_other(made_up: TemplateVersion) -> None:
    text = fill(
        made_up.parsed,
        {
            "elder_care_name": "青山颐养院",
            "medical_name": "青山镇卫生院",
            "service_mode": "派驻医师",
            "yearly_fee": Decimal("10010.10"),
            "free_remark": "{yearly_fee}",
            "medical_signing_date": date(2026, 11, 22),
        },
    ).plain
    assert "乙方以派驻医师方式为甲方入住老年人服务，另约定：{yearly_fee}。" in text
    assert "服务费10,010.10元（大写：人民币壹万零壹拾元壹角）。" in text
    assert text.endswith("乙方（盖章）：\n2026年11月22日\n见证方（盖章）：")
