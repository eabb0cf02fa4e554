"""The kinds of rule that a region can set, each with parameters of fixed types. Knows nothing of Django.

Adding a kind of rule is adding a class here; setting a rule for a region is a line in a data file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from regions.checklist import ITEM, ChecklistItem
from regions.rule import COUNT, FLAG, TEXT, TEXTS, Rule, objects


@dataclass(frozen=True)
class MinMedicalPartners(Rule):
    key = "min_medical_partners"
    label = "签约医疗卫生机构数"
    parameters = {"minimum": COUNT}
    minimum: int  # signed medical institutions per elder-care institution


@dataclass(frozen=True)
class MinPrimaryPartners(Rule):
    key = "min_primary_partners"
    label = "其中基层医疗卫生机构数"
    parameters = {"minimum": COUNT}
    minimum: int


@dataclass(frozen=True)
class SeveralPartners(Rule):
    key = "several_partners"
    label = "可与多家机构签约"
    parameters = {"allowed": FLAG}
    allowed: bool


@dataclass(frozen=True)
class OwnClinicExempts(Rule):
    key = "own_clinic_exempts"
    label = "内设医疗机构的可不签约"
    parameters = {"exempts": FLAG}
    exempts: bool  # whether an institution with an internal medical unit need not sign


@dataclass(frozen=True)
class OwnClinicAdvised(Rule):
    key = "own_clinic_advised"
    label = "应积极申办内设医疗机构"
    parameters = {"residents": COUNT}
    residents: int  # from this number of residents on


@dataclass(frozen=True)
class CountyNamesMedical(Rule):
    key = "county_names_medical"
    label = "县级确定的签约机构数"
    parameters = {"minimum": COUNT}
    minimum: int  # medical institutions that each county's health authority names


@dataclass(frozen=True)
class EligibleMedical(Rule):
    """Which medical institutions may sign; empty kinds mean all. Kinds are those of institutions.MedicalProfile."""

    key = "eligible_medical"
    label = "医疗卫生机构的范围"
    parameters = {"kinds": TEXTS, "minimum_level": {"type": "integer", "minimum": 0, "maximum": 3}, "private": FLAG}
    kinds: tuple[str, ...] = ()
    minimum_level: int = 0  # 0 none, 1 一级, 2 二级, 3 三级
    private: bool = True  # whether private ones may sign


@dataclass(frozen=True)
class EligibleElderCare(Rule):
    """Which elder-care institutions may sign. Kinds are those of institutions.ElderCareProfile."""

    key = "eligible_elder_care"
    label = "养老服务机构的范围"
    parameters = {"kinds": TEXTS, "filed": FLAG, "civil_capacity": FLAG}
    kinds: tuple[str, ...] = ()
    filed: bool = False  # only those filed with civil affairs (备案)
    civil_capacity: bool = False  # only those that can be a party themselves (民事主体资格)


@dataclass(frozen=True)
class EligibilityChecklist(Rule):
    """What the medical side has to meet before it signs. Data alone: no code knows any item."""

    key = "eligibility_checklist"
    label = "资格核对清单"
    parameters = {
        "subject": {"enum": ["private_medical", "medical"]},
        "items": {"type": "array", "minItems": 1, "uniqueItems": True, "items": ITEM},
        "valid_months": COUNT,
        "without": {"enum": ["warns", "blocks"]},
    }
    subject: str  # whom the list is for
    items: tuple[ChecklistItem, ...]
    valid_months: int = 12  # how long a confirmation holds unless the authority says otherwise
    without: str = "warns"  # what becomes of an agreement with an institution that nobody has confirmed

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> Self:
        return cls(**{**parameters, "items": tuple(ChecklistItem(**item) for item in parameters["items"])})

    def is_for(self, *, is_private: bool) -> bool:
        """Tell whether the list is for a medical institution of that ownership."""
        return is_private or self.subject == "medical"


@dataclass(frozen=True)
class PracticeFiling(Rule):
    key = "practice_filing"
    label = "医疗方执业备案"
    parameters = {"required": FLAG}
    required: bool


@dataclass(frozen=True)
class YearlyAssessment(Rule):
    key = "yearly_assessment"
    label = "签约合作质量评估"
    parameters = {"times": COUNT}
    times: int  # a year


@dataclass(frozen=True)
class ExitOnFailedAssessment(Rule):
    key = "exit_on_failed_assessment"
    label = "评价不合格的退出"
    parameters = {"subject": {"enum": ["private_medical"]}}
    subject: str  # who stops serving after a failed assessment


@dataclass(frozen=True)
class HealthExamination(Rule):
    key = "health_examination"
    label = "健康体检"
    parameters = {"age": COUNT, "times": COUNT, "free": FLAG, "on_site": FLAG, "also": TEXT}
    age: int  # from this age on, in years
    times: int  # a year
    free: bool = False
    on_site: bool = False
    also: str = ""  # who has a right to it below that age


@dataclass(frozen=True)
class YearlyService:
    service: str
    age: int
    times: int
    free: bool


@dataclass(frozen=True)
class YearlyServices(Rule):
    key = "yearly_services"
    label = "每年提供的服务"
    parameters = {"items": objects({"service": TEXT, "age": COUNT, "times": COUNT, "free": FLAG})}
    items: tuple[YearlyService, ...]

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> Self:
        return cls(tuple(YearlyService(**item) for item in parameters["items"]))


@dataclass(frozen=True)
class ServiceGroup:
    label: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class ServicePackage(Rule):
    key = "service_package"
    label = "服务包"
    parameters = {"groups": objects({"label": TEXT, "services": TEXTS})}
    groups: tuple[ServiceGroup, ...]

    @classmethod
    def from_json(cls, parameters: Mapping[str, Any]) -> Self:
        return cls(tuple(ServiceGroup(group["label"], tuple(group["services"])) for group in parameters["groups"]))


@dataclass(frozen=True)
class AgreementElements(Rule):
    key = "agreement_elements"
    label = "协议应载明"
    parameters = {"elements": TEXTS}
    elements: tuple[str, ...]


@dataclass(frozen=True)
class Disclosure(Rule):
    key = "disclosure"
    label = "向社会公开"
    parameters = {"required": FLAG, "working_days": COUNT}
    required: bool
    working_days: int | None = None  # after acceptance; None when the source only says "promptly"


@dataclass(frozen=True)
class AdvisoryNotice(Rule):
    key = "advisory_notice"
    label = "发放告知书"
    parameters = {
        "at": {"enum": ["institution_filing"]},
        "by": {**TEXTS, "items": {"enum": ["health", "civil_affairs"]}},
    }
    at: str
    by: tuple[str, ...]  # authorities: "civil_affairs", "health"


@dataclass(frozen=True)
class FilingAuthorities(Rule):
    key = "filing_authorities"
    label = "报备部门"
    parameters = {"authorities": {**TEXTS, "items": {"enum": ["health", "civil_affairs"]}}}
    authorities: tuple[str, ...]


@dataclass(frozen=True)
class FilingDue(Rule):
    key = "filing_due"
    label = "报备期限"
    parameters = {"working_days": COUNT}
    working_days: int  # after the agreement takes effect


@dataclass(frozen=True)
class ReviewDue(Rule):
    key = "review_due"
    label = "受理期限"
    parameters = {"working_days": COUNT}
    working_days: int  # for the authority, after a copy is filed


@dataclass(frozen=True)
class CorrectionDue(Rule):
    key = "correction_due"
    label = "补正期限"
    parameters = {"working_days": COUNT}
    working_days: int  # for the institutions, after a copy is returned


@dataclass(frozen=True)
class SigningVouchedBy(Rule):
    """Whose word, beside the institution's own, an electronic signatory needs before they have a key."""

    key = "signing_vouched_by"
    label = "电子签约人的核实"
    parameters = {"by": {"enum": ["nobody", "bureau"]}}
    by: str  # "bureau": the one that watches the institution

    BUREAU: ClassVar[str] = "bureau"


@dataclass(frozen=True)
class ExpiryNotice(Rule):
    key = "expiry_notice"
    label = "到期提醒"
    parameters = {"days": {"type": "array", "minItems": 1, "uniqueItems": True, "items": COUNT}}
    days: tuple[int, ...]  # before the current term ends


@dataclass(frozen=True)
class Prohibition(Rule):
    key = "prohibition"
    label = "禁止事项"
    parameters = {"text": TEXT}
    text: str


KINDS: dict[str, type[Rule]] = {kind.key: kind for kind in Rule.__subclasses__()}
