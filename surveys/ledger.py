"""The surveys as a bureau's ledger (摸底台账), in xlsx: one row an institution, one column a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import IO

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from boundary.paths import asked_key
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from exports.reading import counting, in_chunks
from exports.sockets import Asked, Counted, Listed
from institutions.models import Institution, InstitutionQuerySet, Role, is_official
from surveys.models import Survey, SurveyRound
from surveys.questions import ELDER_CARE, MEDICAL, questions
from surveys.service_catalogue import catalogue
from surveys.worklist import in_remit

TITLE = "医养签约摸底台账"
ORDER = ("region__code", "role", "name", "id")
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


def _ask(user: User, query: QueryDict) -> Asked:
    """Of a round with `?round=`, else of every open institution of the remit with what it said last."""
    if not is_official(user):
        raise PermissionDenied
    chosen = asked_key(query.get("round", ""))
    visible = SurveyRound.objects.visible_to(user).select_related("authority__region")
    opened = get_object_or_404(visible, pk=chosen) if chosen is not None else None
    words = f"{opened.authority.name}：{opened.title}" if opened else "最近一次填报"
    found = in_remit(opened.asked() if opened else Institution.objects.open(), user).order_by(*ORDER)

    def write(target: IO[bytes], counted: Counted) -> None:
        lines = counted(rows(found, opened))
        ledgers.write_ledger(target, columns(), lines, title=TITLE, asked=words, by=user.full_name)

    return Asked(words, TITLE, counting(lambda: found), write)


def _address(query: QueryDict) -> str:
    chosen = asked_key(query.get("round", ""))
    return reverse("survey-home") if chosen is None else reverse("survey-round", args=[chosen])


LISTED = Listed("surveys", TITLE, _address, _ask)


def rows(institutions: InstitutionQuerySet, opened: SurveyRound | None) -> Iterator[list[Cell]]:
    number = count(1)
    for batch in in_chunks(institutions, _read):
        editions = _editions(batch, opened)
        for institution in batch:
            yield _row(next(number), institution, editions.get(institution.pk))


def _read(keys: Sequence[int]) -> InstitutionQuerySet:
    return Institution.objects.filter(pk__in=keys).with_profiles()


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
