"""When each template's agreements take effect and end: the later signature, leap days, month ends, agreed dates."""

from collections.abc import Mapping
from datetime import date

import pytest

from agreements.catalogue.reader import DATA, read_template
from agreements.text.filling import Value
from agreements.text.schema import TemplateBody
from agreements.text.terms import Term, TermUnknown, term_of

ONE_DAY = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 1, 1)}
FROM_TO = {"valid_from": date(2026, 1, 1), "valid_to": date(2027, 12, 31)}


def body(slug: str) -> TemplateBody:
    return read_template(DATA / f"{slug}.yaml").body


def term(slug: str, values: Mapping[str, Value], medical: date, elder_care: date) -> Term:
    return term_of(body(slug), values, {"medical": medical, "elder_care": elder_care})


@pytest.mark.parametrize(
    ("slug", "values", "medical", "elder_care", "effective", "starts", "ends"),
    [
        # Blank years: from the later seal, to the corresponding day.
        ("hunan-2020", 3, "2026-03-02", "2026-02-27", "2026-03-02", "2026-03-02", "2029-03-02"),
        ("hunan-2020", 1, "2024-02-28", "2024-02-29", "2024-02-29", "2024-02-29", "2025-02-28"),
        ("hunan-2020", 4, "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29", "2028-02-29"),
        ("taihe-2021", 2, "2026-12-31", "2026-12-30", "2026-12-31", "2026-12-31", "2028-12-31"),
        ("zhengzhou-2021", 5, "2025-08-31", "2025-08-31", "2025-08-31", "2025-08-31", "2030-08-31"),
        # A fixed term: the signature counts, and the example of two years from 2022-11-30.
        ("wuzhong-2022", None, "2022-11-30", "2022-11-29", "2022-11-30", "2022-11-30", "2024-11-30"),
        ("wuzhong-2022", None, "2024-02-29", "2024-02-01", "2024-02-29", "2024-02-29", "2026-02-28"),
        ("shaoxing-2024-home-sickbed", None, "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29", "2025-02-28"),
        ("shaoxing-2024-home-sickbed", None, "2026-04-30", "2026-05-31", "2026-05-31", "2026-05-31", "2027-05-31"),
        # Agreed dates: they stand, but nothing runs before both have sealed.
        ("shaoxing-2024-consortium", FROM_TO, "2025-12-20", "2025-12-28", "2025-12-28", "2026-01-01", "2027-12-31"),
        ("shaoxing-2024-consortium", FROM_TO, "2026-01-01", "2026-01-01", "2026-01-01", "2026-01-01", "2027-12-31"),
        ("shaoxing-2024-consortium", ONE_DAY, "2026-01-01", "2025-12-30", "2026-01-01", "2026-01-01", "2026-01-01"),
        ("shaoxing-2024-consortium", FROM_TO, "2026-02-10", "2026-03-05", "2026-03-05", "2026-03-05", "2027-12-31"),
        ("shaoxing-2024-consortium", FROM_TO, "2027-12-31", "2026-03-05", "2027-12-31", "2027-12-31", "2027-12-31"),
    ],
)
def test_dates_by_the_templates_rule(
    slug: str,
    values: int | dict[str, Value] | None,
    medical: str,
    elder_care: str,
    effective: str,
    starts: str,
    ends: str,
) -> None:
    given = {body(slug).term.blank: values} if isinstance(values, int) else values or {}
    found = term(slug, given, date.fromisoformat(medical), date.fromisoformat(elder_care))
    assert [str(day) for day in (found.effective_on, found.starts_on, found.expires_on)] == [effective, starts, ends]


def test_the_order_of_signing_makes_no_difference() -> None:
    early, late = date(2026, 5, 1), date(2026, 6, 1)
    assert term("wuzhong-2022", {}, early, late) == term("wuzhong-2022", {}, late, early)


@pytest.mark.parametrize(
    ("slug", "values", "reason"),
    [
        ("hunan-2020", {}, "没有写明合作年限"),
        ("taihe-2021", {"term_years": 0}, "没有写明合作年限"),
        ("zhengzhou-2021", {"term_years": "三"}, "没有写明合作年限"),
        ("shaoxing-2024-consortium", {"valid_from": date(2026, 1, 1)}, "没有写明起止日期"),
        ("shaoxing-2024-consortium", {**FROM_TO, "valid_to": date(2025, 12, 31)}, "没有写明起止日期"),
        ("shaoxing-2024-consortium", {**FROM_TO, "valid_to": date(2026, 1, 31)}, "早于双方签章"),
    ],
)
def test_a_term_that_cannot_be_known_is_told(slug: str, values: Mapping[str, Value], reason: str) -> None:
    with pytest.raises(TermUnknown, match=reason):
        term(slug, values, date(2026, 3, 1), date(2026, 3, 1))


def test_a_supplement_runs_as_long_as_its_agreement() -> None:
    signed = {"medical": date(2026, 3, 1), "elder_care": date(2026, 3, 4)}
    found = term_of(body("supplement"), {}, signed, main_until=date(2027, 12, 31))
    assert found == Term(date(2026, 3, 4), date(2026, 3, 4), date(2027, 12, 31))
    assert term_of(body("supplement"), {}, signed, main_until=date(2026, 3, 4)).expires_on == date(2026, 3, 4)


@pytest.mark.parametrize("main_until", [None, date(2026, 3, 3)])
def test_a_supplement_to_what_has_ended_has_no_term(main_until: date | None) -> None:
    signed = {"medical": date(2026, 3, 1), "elder_care": date(2026, 3, 4)}
    with pytest.raises(TermUnknown, match="到期"):
        term_of(body("supplement"), {}, signed, main_until=main_until)
