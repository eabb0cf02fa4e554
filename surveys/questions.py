"""What the survey asks of each side, under the headings of the notice, each question with where its words come from.

湘卫老龄发〔2020〕8号, 一: 基本情况及基础设施条件、服务能力和服务保障等方面情况调查，摸清……供给和需求情况.
"""

from __future__ import annotations

from dataclasses import dataclass

from institutions.models import Role
from surveys.models import Survey

LABELS = {field.name: field.verbose_name for field in Survey._meta.concrete_fields}
BASICS, PREMISES, ABILITY, SUPPORT = "基本情况", "基础设施条件", "服务能力", "服务保障"
HEADINGS = (BASICS, PREMISES, ABILITY, SUPPORT)
AGE_BANDS = ("residents_under_60", "residents_60_to_64", "residents_65_to_79", "residents_80_up")


@dataclass(frozen=True)
class Question:
    """One question. `unit` is "" for one that is answered by yes or no; `among` names the count it is a part of."""

    field: str
    heading: str
    unit: str = ""
    among: str = ""
    hint: str = ""

    @property
    def label(self) -> str:
        return str(LABELS[self.field])

    @property
    def is_count(self) -> bool:
        return bool(self.unit)


ELDER_CARE = (
    Question("beds", BASICS, "张", hint="日间照料等没有床位的填 0。"),
    Question("nursing_beds", BASICS, "张", among="beds"),
    Question("residents", BASICS, "人"),
    *(Question(band, BASICS, "人", among="residents") for band in AGE_BANDS),
    Question("residents_disabled", BASICS, "人", among="residents", hint="只填人数，不填姓名和病情。"),
    Question("residents_partly_disabled", BASICS, "人", among="residents"),
    Question("residents_destitute", BASICS, "人", among="residents"),
    Question("clinic_rooms", PREMISES, "间"),
    Question("visiting_rooms", PREMISES, "间", hint="医生上门时可以使用的其他房间。"),
    Question("has_coordinator", SUPPORT, hint="负责组织有关人员参加上门服务。"),
)
MEDICAL = (
    Question("beds", BASICS, "张", hint="没有床位的填 0。"),
    Question("nursing_beds", BASICS, "张", among="beds"),
    Question("physicians", BASICS, "人"),
    Question("general_practitioners", BASICS, "人", among="physicians"),
    Question("nurses", BASICS, "人"),
    Question("teams", ABILITY, "个"),
    Question("team_members", ABILITY, "人"),
    Question("partners_possible", ABILITY, "家", hint="按现有人员，还能再签约几家。"),
    Question("has_fast_track", SUPPORT),
)
OF_ROLE: dict[Role, tuple[Question, ...]] = {Role.ELDER_CARE: ELDER_CARE, Role.MEDICAL: MEDICAL}
SERVICES_WORD: dict[Role, str] = {Role.ELDER_CARE: "需要的服务", Role.MEDICAL: "能够提供的服务"}


def questions(role: Role | str) -> tuple[Question, ...]:
    """Return the questions for institutions of this role, in their order."""
    return OF_ROLE[Role(role)]


def answer_in_words(question: Question, survey: Survey) -> str:
    """Return an answer as people read it: 120 张, 是, or — where nothing was answered."""
    value = getattr(survey, question.field)
    if value is None:
        return "—"
    return f"{value} {question.unit}" if question.is_count else ("是" if value else "否")
