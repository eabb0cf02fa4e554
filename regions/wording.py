"""Rules in words, as the page of a region shows them."""

from collections import ChainMap
from collections.abc import Iterable
from functools import singledispatch

from regions.rule import Rule
from regions.rules import (
    AdvisoryNotice,
    AgreementElements,
    CorrectionDue,
    CountyNamesMedical,
    Disclosure,
    EligibilityChecklist,
    EligibleElderCare,
    EligibleMedical,
    ExitOnFailedAssessment,
    ExpiryNotice,
    FilingAuthorities,
    FilingDue,
    HealthExamination,
    MinMedicalPartners,
    MinPrimaryPartners,
    OwnClinicAdvised,
    OwnClinicExempts,
    PracticeFiling,
    Prohibition,
    ReviewDue,
    ServicePackage,
    SeveralPartners,
    SigningVouchedBy,
    YearlyAssessment,
    YearlyServices,
)
from regions.scheme_body import Target
from regions.sockets import AUTHORITY_KINDS, INSTITUTION_KINDS, KindWords

LEVELS = {0: "不限等级", 1: "一级及以上", 2: "二级及以上", 3: "三级"}


def _words(keys: Iterable[str], called: Iterable[KindWords]) -> str:
    known = ChainMap(*(dict(words()) for words in called))
    return "、".join(known[key] for key in keys)


def target_in_words(target: Target) -> str:
    """Return the aim of a target: 100 %, or at least one."""
    return f"{target.value}%" if target.unit == "percent" else f"至少 {target.value} 个"


@singledispatch
def in_words(rule: Rule) -> str:
    """Return what the rule says in this region, in one sentence."""
    raise NotImplementedError(rule.key)


@in_words.register
def _(rule: MinMedicalPartners) -> str:
    return f"每家养老机构至少与 {rule.minimum} 家医疗卫生机构签约"


@in_words.register
def _(rule: MinPrimaryPartners) -> str:
    return f"其中至少 {rule.minimum} 家是基层医疗卫生机构"


@in_words.register
def _(rule: SeveralPartners) -> str:
    return "可以与多家医疗卫生机构签约" if rule.allowed else "只与一家医疗卫生机构签约"


@in_words.register
def _(rule: OwnClinicExempts) -> str:
    return "内设医疗机构的，可自主选择是否签约" if rule.exempts else "内设医疗机构的，也应签约"


@in_words.register
def _(rule: OwnClinicAdvised) -> str:
    return f"入住 {rule.residents} 人以上的，应积极申办内设医疗机构"


@in_words.register
def _(rule: CountyNamesMedical) -> str:
    return f"县级卫生健康部门至少确定 {rule.minimum} 家医疗卫生机构为签约机构"


@in_words.register
def _(rule: EligibleMedical) -> str:
    kinds = _words(rule.kinds, INSTITUTION_KINDS) or "各类医疗卫生机构"
    private = "民办机构可以参与" if rule.private else "只限公办机构"
    return f"{kinds}，{LEVELS[rule.minimum_level]}，{private}"


@in_words.register
def _(rule: EligibleElderCare) -> str:
    parts = [_words(rule.kinds, INSTITUTION_KINDS) or "各类养老服务机构"]
    parts += ["已备案"] if rule.filed else []
    parts += ["具有民事主体资格"] if rule.civil_capacity else []
    return "，".join(parts)


@in_words.register
def _(rule: EligibilityChecklist) -> str:
    whom = "社会办医疗机构" if rule.subject == "private_medical" else "医疗卫生机构"
    holds = f"核对结果 {rule.valid_months} 个月内有效"
    return f"{whom}逐项核对，{holds}：" + "；".join(item.label for item in rule.items)


@in_words.register
def _(rule: PracticeFiling) -> str:
    return "签约医疗卫生机构应做好执业备案" if rule.required else "不要求执业备案"


@in_words.register
def _(rule: YearlyAssessment) -> str:
    return f"每年至少评估检查 {rule.times} 次"


@in_words.register
def _(rule: ExitOnFailedAssessment) -> str:
    return "社会办医疗机构评价不合格的，停止服务"


@in_words.register
def _(rule: HealthExamination) -> str:
    how = ("免费" if rule.free else "") + ("上门" if rule.on_site else "")
    also = f"（含{rule.also}）" if rule.also else ""
    return f"{rule.age} 岁及以上老年人{also}每年 {rule.times} 次{how}健康体检"


@in_words.register
def _(rule: YearlyServices) -> str:
    lines = [
        f"{item.age} 岁及以上老年人每年 {item.times} 次{'免费' if item.free else ''}{item.service}"
        for item in rule.items
    ]
    return "；".join(lines)


@in_words.register
def _(rule: ServicePackage) -> str:
    return "；".join(f"{group.label}：{'、'.join(group.services)}" for group in rule.groups)


@in_words.register
def _(rule: AgreementElements) -> str:
    return "、".join(rule.elements)


@in_words.register
def _(rule: Disclosure) -> str:
    if not rule.required:
        return "不要求公开"
    return f"{rule.working_days} 个工作日内公开" if rule.working_days else "及时公开"


@in_words.register
def _(rule: AdvisoryNotice) -> str:
    return f"备案养老服务机构时，由{_words(rule.by, AUTHORITY_KINDS)}联合发放"


@in_words.register
def _(rule: FilingAuthorities) -> str:
    return _words(rule.authorities, AUTHORITY_KINDS)


@in_words.register
def _(rule: FilingDue) -> str:
    return f"协议生效后 {rule.working_days} 个工作日内"


@in_words.register
def _(rule: ReviewDue) -> str:
    return f"收到报备后 {rule.working_days} 个工作日内"


@in_words.register
def _(rule: CorrectionDue) -> str:
    return f"退回补正后 {rule.working_days} 个工作日内"


@in_words.register
def _(rule: ExpiryNotice) -> str:
    return "到期前 " + "、".join(str(days) for days in rule.days) + " 天"


@in_words.register
def _(rule: SigningVouchedBy) -> str:
    return "由对口主管部门核实" if rule.by == SigningVouchedBy.BUREAU else "由本单位第二人确认，不需主管部门核实"


@in_words.register
def _(rule: Prohibition) -> str:
    return rule.text
