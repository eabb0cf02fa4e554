"""Period arithmetic by 民法典 201, 202 and 490, with the examples that courts and textbooks use."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.text.filling import Value
from agreements.text.schema import TemplateBody
from agreements.text.terms import Term, TermUnknown, formed_on, last_day_after_years, term_of
from tests.agreements.documents import papers


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2022, 11, 30), 2, date(2024, 11, 30)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2026, 12, 31), 3, date(2029, 12, 31)),
        (date(2026, 1, 1), 1, date(2027, 1, 1)),
    ],
)
def test_years_end_on_the_corresponding_day(start: date, years: int, end: date) -> None:
    assert last_day_after_years(start, years) == end


def test_formed_when_the_later_side_has_sealed() -> None:
    assert formed_on({"medical": date(2026, 3, 2), "elder_care": date(2026, 2, 27)}) == date(2026, 3, 2)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 20))
def test_the_end_is_the_same_day_or_the_month_end(start: date, years: int) -> None:
    end = last_day_after_years(start, years)
    assert (end.year - start.year, end.month) == (years, start.month)
    assert end.day == start.day or (end + timedelta(days=1)).month != end.month


SIGNED = {"medical": date(2024, 2, 29), "elder_care": date(2024, 1, 31)}
RANGE = {"from": date(2024, 1, 1), "to": date(2026, 12, 31)}
LATER = date(2024, 2, 29)


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("hunan-2020", Term(LATER, LATER, date(2026, 2, 28))),
        ("wuzhong-2022", Term(LATER, LATER, date(2026, 2, 28))),
        ("shaoxing-2024-consortium", Term(LATER, LATER, date(2026, 12, 31))),
        ("shaoxing-2024-home-sickbed", Term(LATER, LATER, date(2025, 2, 28))),
        ("taihe-2021", Term(LATER, LATER, date(2026, 2, 28))),
        ("zhengzhou-2021", Term(LATER, LATER, date(2026, 2, 28))),
        ("supplement", Term(LATER, LATER, date(2025, 5, 31))),
    ],
)
def test_each_template_has_its_own_term(slug: str, expected: Term) -> None:
    """Signed on a leap day by the later side; the blanks say two years, or 2024 to 2026."""
    body = papers.bodies()[slug]
    assert term_of(body, answered(body), SIGNED, main_until=date(2025, 5, 31)) == expected


def answered(body: TemplateBody, years: int = 2, starts: date = RANGE["from"]) -> dict[str, Value]:
    return {body.term.blank: years, body.term.from_blank: starts, body.term.to_blank: RANGE["to"]}


def test_every_template_is_among_them() -> None:
    assert len(papers.bodies()) == 7


@pytest.mark.parametrize(
    ("medical", "elder_care", "years", "end"),
    [
        (date(2022, 11, 30), date(2022, 11, 28), 2, date(2024, 11, 30)),
        (date(2022, 11, 28), date(2022, 11, 30), 2, date(2024, 11, 30)),
        (date(2024, 2, 29), date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 28), date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2026, 1, 1), date(2026, 8, 31), 3, date(2029, 8, 31)),
    ],
)
def test_years_run_from_the_later_signing(medical: date, elder_care: date, years: int, end: date) -> None:
    body = papers.bodies()["hunan-2020"]
    term = term_of(body, answered(body, years), {"medical": medical, "elder_care": elder_care})
    assert (term.effective_on, term.expires_on) == (max(medical, elder_care), end)


def test_a_range_that_begins_later_takes_effect_at_once_and_runs_from_its_first_day() -> None:
    body = papers.bodies()["shaoxing-2024-consortium"]
    term = term_of(body, answered(body, starts=date(2024, 7, 1)), SIGNED)
    assert term == Term(LATER, date(2024, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("slug", "values", "main_until"),
    [
        ("hunan-2020", {}, None),
        ("shaoxing-2024-consortium", {}, None),
        ("shaoxing-2024-consortium", {"valid_from": date(2024, 3, 1), "valid_to": date(2024, 2, 1)}, None),
        ("shaoxing-2024-consortium", {"valid_from": date(2020, 1, 1), "valid_to": date(2024, 2, 28)}, None),
        ("supplement", {}, None),
        ("supplement", {}, date(2024, 2, 28)),
    ],
    ids=["no-years", "no-range", "range-backwards", "range-over-before-signing", "no-main", "main-over"],
)
def test_a_term_that_cannot_be_known_is_refused(slug: str, values: dict[str, Value], main_until: date | None) -> None:
    with pytest.raises(TermUnknown):
        term_of(papers.bodies()[slug], values, SIGNED, main_until=main_until)


def stating(slug: str, **stated: Any) -> TemplateBody:
    """Return a template whose text states more of its term than it does."""
    body = papers.bodies()[slug]
    return replace(body, term=replace(body.term, **stated))


@pytest.mark.parametrize(
    ("slug", "stated", "values", "last"),
    [
        # what ran for three years from the signature although the text ends it in 2028
        ("wuzhong-2022", {"years": 3, "ends_on": "2028-01-01"}, {}, None),
        ("wuzhong-2022", {"years": 4, "ends_on": "2028-02-28"}, {}, date(2028, 2, 28)),
        ("wuzhong-2022", {"years": 4, "ends_on": "2028-03-15"}, {}, date(2028, 3, 15)),
        ("wuzhong-2022", {"years": 4, "ends_on": "2028-04-15"}, {}, None),
        ("wuzhong-2022", {"years": 4, "starts_on": "2024-01-01", "ends_on": "2027-12-31"}, {}, date(2027, 12, 31)),
        ("wuzhong-2022", {"years": 4, "starts_on": "2024-01-01", "ends_on": "2028-01-01"}, {}, date(2028, 1, 1)),
        ("wuzhong-2022", {"years": 4, "starts_on": "2024-01-01", "ends_on": "2028-01-02"}, {}, None),
        ("wuzhong-2022", {"years": 4, "starts_on": "2024-01-01"}, {}, date(2028, 1, 1)),
        ("hunan-2020", {"ends_on": "2028-01-01"}, {"term_years": 3}, None),
        ("hunan-2020", {"ends_on": "2028-02-28"}, {"term_years": 4}, date(2028, 2, 28)),
        ("shaoxing-2024-consortium", {"years": 2}, {}, None),
        ("shaoxing-2024-consortium", {"years": 3}, {}, date(2026, 12, 31)),
    ],
)
def test_years_and_days_of_the_text_agree_or_give_no_term(
    slug: str, stated: dict[str, Any], values: dict[str, Value], last: date | None
) -> None:
    body = stating(slug, **stated)
    values = {body.term.from_blank: date(2024, 1, 1), body.term.to_blank: date(2026, 12, 31), **values}
    if last is None:
        with pytest.raises(TermUnknown, match="请改年数或者改日期，使两处一致"):
            term_of(body, values, SIGNED)
    else:
        assert term_of(body, values, SIGNED).expires_on == last
