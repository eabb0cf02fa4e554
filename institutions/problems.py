"""Whether a party may sign today: what speaks against it, as data. Pure; the models ask it about themselves."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chinese.dates import cn_ahead, cn_day

LICENCE_NOTICE_DAYS = 90


class Severity(StrEnum):
    BLOCKS = "blocks"  # no agreement may be sent to or by this institution
    WARNS = "warns"  # a person should look; the agreement may go on


@dataclass(frozen=True)
class Problem:
    """One thing that speaks against a party, with a stable code for tests and rules and a sentence for people."""

    code: str
    severity: Severity
    text: str

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCKS


def licence_problems(number: str, valid_from: date | None, valid_to: date | None, on: date) -> list[Problem]:
    """Return what is wrong with a practice licence (医疗机构执业许可证) on a day. Both end days are included."""
    if not number:
        return [Problem("licence_missing", Severity.BLOCKS, "没有登记医疗机构执业许可证，不能签约。")]
    if valid_from and on < valid_from:
        return [Problem("licence_not_yet", Severity.BLOCKS, f"执业许可证自{cn_day(valid_from)}起才有效。")]
    if valid_to is None:
        return [Problem("licence_end_unknown", Severity.WARNS, "没有登记执业许可证的有效期，请对照证照核对。")]
    if on > valid_to:
        return [Problem("licence_expired", Severity.BLOCKS, f"执业许可证已于{cn_day(valid_to)}到期，续期后才能签约。")]
    days = (valid_to - on).days
    if days <= LICENCE_NOTICE_DAYS:
        left = cn_ahead(days)
        return [Problem("licence_ending", Severity.WARNS, f"执业许可证{left}到期（{cn_day(valid_to)}），请提醒续期。")]
    return []


def filing_problems(valid_to: date | None, on: date) -> list[Problem]:
    """Return what is wrong with the end of an elder-care filing (养老机构备案) on a day. The last day is included."""
    if valid_to is None:
        return []
    if on > valid_to:
        sentence = f"养老机构备案已于{cn_day(valid_to)}失效，重新备案后才能签约。"
        return [Problem("filing_expired", Severity.BLOCKS, sentence)]
    days = (valid_to - on).days
    if days <= LICENCE_NOTICE_DAYS:
        left = cn_ahead(days)
        return [Problem("filing_ending", Severity.WARNS, f"养老机构备案{left}失效（{cn_day(valid_to)}），请提醒办理。")]
    return []


def capacity_problems(uscc: str, operator_name: str, operator_uscc: str) -> list[Problem]:
    """Return whether the party can be one at all (民事主体资格): by its own code, or through its operator."""
    if uscc:
        return []
    if not operator_name:
        sentence = "没有自己的统一社会信用代码，也没有登记举办单位，不具备签约的民事主体资格。"
        return [Problem("no_civil_capacity", Severity.BLOCKS, sentence)]
    sentence = f"没有自己的统一社会信用代码，应由举办单位（{operator_name}）签章。"
    problems = [Problem("signs_through_operator", Severity.WARNS, sentence)]
    if not operator_uscc:
        problems.append(Problem("operator_code_missing", Severity.WARNS, "没有登记举办单位的统一社会信用代码。"))
    return problems
