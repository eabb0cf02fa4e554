"""The figures in words: who is counted, who is not and why, what is missing."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils import timezone

from chinese.dates import cn_day
from coverage.figures import (
    ENDING_DAYS,
    Counts,
    Coverage,
    FiledWith,
    InstitutionFigure,
    Obligation,
    Overview,
    Population,
    TargetFigure,
)
from frame.chips import Chip
from institutions.models import ElderCareProfile
from regions.models import Region

MOST_NAMES = 6
SIGNED = "signed_coverage"  # the metric of a scheme's target that the one number answers
KINDS = dict(ElderCareProfile.Kind.choices)


COVERAGE_CHIPS = {
    Coverage.SIGNED: Chip("协议覆盖", "tick", "pine"),
    Coverage.OWN_CLINIC: Chip("内设医疗机构覆盖", "building", "sky"),
    Coverage.UNCOVERED: Chip("未覆盖", "warning", "cinnabar"),
}
FILED_WITH = {
    FiledWith.BOTH: "两部门均已备案",
    FiledWith.HEALTH: "仅卫生健康部门已备案",
    FiledWith.CIVIL_AFFAIRS: "仅民政部门已备案",
    FiledWith.NEITHER: "两部门均未备案",
}
LEFT_OUT = {
    "left_unfiled": "养老机构、敬老院没有登记备案日期",
    "left_not_yet": "当日尚未备案或尚未开业",
    "left_closed": "当日已关闭",
    "left_closed_undated": "已关闭，但没有登记关闭日期",
    "left_other_kind": "机构类型不在当地要求签约的范围，或没有登记类型",
    "left_no_capacity": "没有统一社会信用代码，也没有举办单位，不能作为签约一方",
}
# Every number, as an auditor reads of it.
FIGURES = {
    "obliged": "应覆盖",
    "signed": "协议覆盖",
    "own_clinic": "内设医疗机构覆盖",
    "uncovered": "未覆盖",
    "clinic_unexempt": "未覆盖，但有内设医疗机构",
    "agreements": "生效协议",
    **{f"filed_{filed.value}": word for filed, word in FILED_WITH.items()},
    **{f"ending_{days}": f"{days} 天内到期" for days in ENDING_DAYS},
    **LEFT_OUT,
    "undated_opening": "没有登记开业日期",
    "undated_clinic": "内设医疗机构没有登记设立日期",
}
# What has no history: one line on every page that shows figures.
UNDATED = (
    "机构类型、所在县区、统一社会信用代码和医疗机构是否属于基层，按现在的登记计算，没有留下变更日期；"
    "补录的签章、终止和备案按其本身的日期计入。"
)


NO_RATE = "—"


def rate(value: Decimal | None) -> str:
    return NO_RATE if value is None else f"{value}%"


def until(on: date) -> str:
    """Return as of which day: of one that has not come only what is written by today can be said."""
    return f"截至{cn_day(on)}{'（预计）' if on > timezone.localdate() else ''}"


def headline(figures: Overview) -> str:
    """Return the one number with its denominator, its date and, where a scheme sets one, its target."""
    counts, until_then = figures.counts, until(figures.on)
    if not counts.obliged:
        return f"{until_then}，没有应当覆盖的养老服务机构"
    target = next((goal(each) for each in figures.targets if each.metric == SIGNED), "")
    said = [f"覆盖 {counts.covered} / {counts.obliged} 家", rate(counts.rate), until_then, target]
    return "，".join(filter(None, said))


def goal(target: TargetFigure) -> str:
    due = f"（{cn_day(target.due)}前）" if target.due else "（未载明期限）"
    return f"目标 {target.value}%{due}"


def who(obligation: Obligation) -> str:
    """Return who must be covered and by what, in one sentence."""
    kinds = "、".join(KINDS[kind] for kind in ElderCareProfile.Kind.values if kind in obligation.kinds)
    filed = "已备案的" if obligation.filed or set(obligation.kinds) <= ElderCareProfile.KINDS_TO_FILE else ""
    capacity = "（能作为签约一方的）" if obligation.civil_capacity else ""
    primary = f"，其中至少 {obligation.primary_partners} 家基层医疗卫生机构" if obligation.primary_partners else ""
    clinic = "有内设医疗机构而未签约的，计为内设医疗机构覆盖" if obligation.clinic_exempts else "内设医疗机构不代替签约"
    return f"{filed}{kinds}{capacity}；须与至少 {obligation.partners} 家医疗卫生机构签约{primary}；{clinic}。"


def where(population: Population) -> str:
    names = "、".join(population.places[:MOST_NAMES])
    more = len(population.places) - MOST_NAMES
    return f"{names}等 {len(population.places)} 个县区" if more > 0 else names


def left_out(counts: Counts) -> list[tuple[str, int]]:
    """Return why registered institutions are not counted, with how many each; only reasons that occur."""
    return [(reason, number) for name, reason in LEFT_OUT.items() if (number := getattr(counts, name))]


def undated(counts: Counts, on: date) -> Iterator[str]:
    """Yield what was counted by facts without a date, and that a day to come is foretold by what is known today."""
    if on > timezone.localdate():
        yield "所选日期还没有到：按今天已经登记的协议、备案和机构预计，以后新签、终止或续签的没有计入。"
    if counts.undated_opening:
        yield f"{counts.undated_opening} 家没有登记开业日期，视为一直存在。"
    if counts.undated_clinic:
        yield f"{counts.undated_clinic} 家的内设医疗机构没有登记设立日期，视为一直都有。"
    yield UNDATED


def place(name: str, full_name: str, within: Region) -> str:
    """Return what a place is called in a list of a region: many counties have one name, so with what lies between."""
    return full_name.removeprefix(within.full_name) or name


def lack(figure: InstitutionFigure) -> str:
    """Return what an institution still needs; "" when it is covered."""
    if figure.is_covered:
        return ""
    if not figure.partners:
        return "没有生效的协议"
    if figure.partners < figure.partners_asked:
        return f"已与 {figure.partners} 家医疗卫生机构签约，应有 {figure.partners_asked} 家"
    return f"没有与 {figure.primary_asked} 家基层医疗卫生机构签约"


def past(figure: InstitutionFigure) -> str:
    """Return when its last agreement ended."""
    if figure.last_end:
        return f"上一份协议止于{cn_day(figure.last_end)}"
    return "从未签约" if not figure.partners else ""
