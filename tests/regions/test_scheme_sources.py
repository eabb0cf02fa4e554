"""Every sentence that a scheme cites stands in its official source, and every digest is that of the source."""

import hashlib
from collections.abc import Iterator
from dataclasses import fields

import pytest

from institutions.models import ElderCareProfile, MedicalProfile
from regions.official import OFFICIAL
from regions.rule import Rule
from regions.rules import KINDS, EligibilityChecklist, EligibleElderCare, EligibleMedical
from regions.scheme_body import SchemeBody
from regions.scheme_files import read_schemes

SCHEMES = {scheme.body.slug: scheme.body for scheme in read_schemes()}
SOURCED = [body for body in SCHEMES.values() if body.source]


def quotes(body: SchemeBody) -> Iterator[str]:
    yield from (target.quote for target in body.targets)
    yield from (deadline.quote for deadline in body.deadlines)
    for rule in body.rules:
        yield rule.quote
        if isinstance(rule.rule, EligibilityChecklist):
            yield from (item.quote for item in rule.rule.items)


def plain(text: str) -> str:
    """Without white space (page breaks included) and Markdown escapes, and nothing else changed."""
    return "".join(text.split()).replace("\\", "")


def source_of(body: SchemeBody) -> str:
    assert body.source
    return plain((OFFICIAL / body.source.file).read_text(encoding="utf-8"))


def test_each_region_of_the_product_has_its_scheme() -> None:
    assert {slug: body.region for slug, body in SCHEMES.items()} == {
        "national-defaults": "000000",
        "hunan-2020": "430000",
        "wuzhong-county-2022": "640323",
        "shaoxing-2024": "330600",
        "taihe-2021": "360826",
        "zhengzhou-2021": "410100",
    }
    assert {body.source.file for body in SOURCED if body.source} == {path.name for path in OFFICIAL.glob("*.txt")}


@pytest.mark.parametrize("body", SOURCED, ids=lambda body: body.slug)
def test_digest_is_that_of_the_source(body: SchemeBody) -> None:
    assert body.source
    assert hashlib.sha256((OFFICIAL / body.source.file).read_bytes()).hexdigest() == body.source.digest


@pytest.mark.parametrize("body", SOURCED, ids=lambda body: body.slug)
def test_every_quote_stands_in_the_source(body: SchemeBody) -> None:
    source = source_of(body)
    assert [quote for quote in quotes(body) if plain(quote) not in source] == []
    assert all(quotes(body))


@pytest.mark.parametrize("body", SOURCED, ids=lambda body: body.slug)
def test_numbers_and_titles_stand_in_the_source(body: SchemeBody) -> None:
    source = source_of(body)
    assert plain(body.document_number) in source
    assert (plain(body.title) in source) is body.title_in_source


def test_only_the_national_rules_have_no_source() -> None:
    assert [body.slug for body in SCHEMES.values() if not body.source] == ["national-defaults"]
    assert all(rule.platform_default and rule.lower_may_change for rule in SCHEMES["national-defaults"].rules)


def test_dates_are_as_precise_as_the_source() -> None:
    zhengzhou = SCHEMES["zhengzhou-2021"].in_force_on
    assert (zhengzhou.precision, str(zhengzhou)) == ("month", "2021年9月（日期空白）")
    assert str(SCHEMES["shaoxing-2024"].in_force_on) == "2024年2月19日"
    assert SCHEMES["hunan-2020"].in_force_on.precision == "unknown"
    assert str(SCHEMES["wuzhong-county-2022"].issued_on) == "未载明"


def test_unsure_county_says_so() -> None:
    body = SCHEMES["wuzhong-county-2022"]
    assert (body.certainty, body.shown_as) == ("probable", "吴忠市某县（待核实）")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_parameters_of_a_rule_are_its_fields(kind: type[Rule]) -> None:
    own = fields(kind)  # type: ignore[arg-type]  # every kind of rule is a dataclass
    assert set(kind.parameters) == {field.name for field in own}


def test_eligible_kinds_are_kinds_of_institutions() -> None:
    for body in SCHEMES.values():
        for rule in (set_rule.rule for set_rule in body.rules):
            if isinstance(rule, EligibleMedical):
                assert set(rule.kinds) <= set(MedicalProfile.Kind.values)
            if isinstance(rule, EligibleElderCare):
                assert set(rule.kinds) <= set(ElderCareProfile.Kind.values)
