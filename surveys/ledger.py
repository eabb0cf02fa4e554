"""The surveys as a bureau's ledger (摸底台账), in xlsx: one row an institution, one column a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from accounts.models import User
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from institutions.models import Institution, InstitutionQuerySet, Role
from surveys.models import Survey, SurveyRound
from surveys.questions import ELDER_CARE, MEDICAL, questions
from surveys.service_catalogue import catalogue

CHUNK = 500
TITLE = "医养签约摸底台账"
# Heading and width in characters, by groups: the first says whose row it is.
FIRST: tuple[Group, ...] = (
    (("序号", 6), ("机构名称", 28)),
    (("类别", 14), ("机构类型", 16), ("所在县区", 10), ("行政区划代码", 9), ("统一社会信用代码", 22)),
    (("填报情况", 8), ("第几次填报", 6), ("统计日期", 11), ("提交日期", 11), ("提交人", 10)),
)
# Both sides stand in one sheet; a question of both has one column.
ASKED = tuple({question.field: question for question in (*ELDER_CARE, *MEDICAL)}.values())


def columns() -> list[Group]:
    """Return the columns by groups: whose row it is, what was asked, the services, what else was said."""
    asked = [(f"{each.label}（{each.unit}）" if each.is_count else each.label, 10) for each in ASKED]
    return [*FIRST, asked, [(service.label, 10) for service in catalogue().services], [("说明", 40)]]


def write_ledger(institutions: InstitutionQuerySet, *, opened: SurveyRound | None, asked: str, by: User) -> BytesIO:
    """Return the workbook of these institutions with what each said last; of a round, what it said since asked."""
    found = rows(institutions.with_profiles().order_by("region__code", "role", "name", "id"), opened)
    return ledgers.write_ledger(columns(), found, title=TITLE, asked=asked, by=by.full_name)


def rows(institutions: InstitutionQuerySet, opened: SurveyRound | None) -> Iterator[list[Cell]]:
    number, last = 0, list(institutions.values_list("pk", flat=True))
    for start in range(0, len(last), CHUNK):
        batch = institutions.filter(pk__in=last[start : start + CHUNK])
        editions = _editions(batch, opened)
        for institution in batch:
            number += 1
            yield _row(number, institution, editions.get(institution.pk))


def _editions(institutions: Iterable[Institution], opened: SurveyRound | None) -> dict[int, Survey]:
    said = opened.editions() if opened else Survey.objects.saved()
    found = said.filter(institution__in=list(institutions)).select_related("saved_by").newest()
    return {each.institution_id: each for each in found}


def _row(number: int, institution: Institution, survey: Survey | None) -> list[Cell]:
    profile = institution.profile
    return [
        number,
        institution.name,
        institution.get_role_display(),
        profile.get_kind_display() if profile else "",
        institution.region.name,
        institution.region.code,
        institution.uscc,
        "已提交" if survey else "未提交",
        *(
            [survey.edition, day_cell(survey.surveyed_on), day_cell(survey.saved_at), str(survey.saved_by)]
            if survey
            else [""] * 4
        ),
        *_answers(institution, survey),
        *("是" if survey and each.id in survey.services else "" for each in catalogue().services),
        survey.remark if survey else "",
    ]


def _answers(institution: Institution, survey: Survey | None) -> Iterator[Cell]:
    own = {question.field for question in questions(Role(institution.role))}
    for question in ASKED:
        value = getattr(survey, question.field) if survey and question.field in own else None
        yield ("是" if value else "否") if isinstance(value, bool) else value
