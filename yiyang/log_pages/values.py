"""The words for what stands in entries as a code: of who holds what, of results, steps and services."""

from collections.abc import Mapping

from agreements.drafting.steps import STEPS
from agreements.models import AgreementKind
from audit.models import Work
from institutions.models import Authority, Duty, Role
from institutions.survey.services import catalogue

FACTORS = {
    "password": "密码",
    "code": "动态口令",
    "recovery_code": "恢复码",
    "enrolled": "绑定手机",
    "identity": "统一身份认证",
}
REASONS = {"forbidden": "没有权限", "unseen": "看不到的内容", "idle": "长时间没有操作"}


def in_words(key: str, value: str) -> str:
    """Return what people call the value of a fact, or the value itself: most are words already."""
    return _VOCABULARY.get(key, {}).get(value) or (_services().get(value, value) if key == "services" else value)


def _services() -> dict[str, str]:
    return {service.id: service.label for service in catalogue().services}


def _of(choices: list[tuple[str, str]]) -> dict[str, str]:
    return {value: str(label) for value, label in choices}


_VOCABULARY: Mapping[str, Mapping[str, str]] = {
    "duty": _of(Duty.choices),
    "role": _of(Role.choices),
    "kind": _of(AgreementKind.choices) | _of(Authority.Kind.choices) | _of(Work.Kind.choices),
    "state": _of(Work.State.choices),
    "step": {step.slug: step.title for step in STEPS},
    "first": FACTORS,
    "second": FACTORS,
    "reason": REASONS,
}
