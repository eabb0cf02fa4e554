"""What the platform checks for a reviewer: what it says of dates, parties, text and papers, and how grave that is."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from filing import lifecycle
from filing.checks import Check, Verdict, checks
from filing.comparison import Comparison, compared
from filing.models import Filing
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from tests import factories
from tests.filing.test_deadlines import SCHEME
from tests.made_up_schemes import write_scheme

HOME, CLINIC = "越城区福星养老院", "越城区塔山街道社区卫生服务中心"
LAW = "民法典第四百九十条、第二百零一条、第二百零二条"
GOOD, DOUBTFUL, WRONG = Verdict
TODAY = factories.today()
Change = Callable[[Filing], object]


def found(filing: Filing, comparison: Comparison | None = None) -> dict[str, Check]:
    """Return the checks by their subject; no subject comes twice here."""
    every = checks(filing, comparison or compared(filing.agreement))
    assert len({each.subject for each in every}) == len(every)
    return {each.subject: each for each in every}


@pytest.fixture
def submitted(filing: Filing, elder_care_clerk: User) -> Filing:
    return lifecycle.submit(filing, by=elder_care_clerk)


def test_of_a_sound_filing_everything_is_good(submitted: Filing) -> None:
    agreement, today = submitted.agreement, cn_day(TODAY)
    due, basis = cn_day(submitted.due_on), submitted.due_basis
    handed_in = Check("报送时间", GOOD, f"{today}报送，在期限{due}之内。", basis)
    assert found(submitted) == {
        "定稿文本": Check("定稿文本", GOOD, "与定稿时的摘要一致，此后没有改动。"),
        "对照范本": Check("对照范本", GOOD, "固定文字与范本一字不差。", str(agreement.chosen_version)),
        "签章日期": Check("签章日期", GOOD, f"医疗卫生机构 {today}；养老服务机构 {today}。"),
        "生效与期限": Check("生效与期限", GOOD, f"{today}生效，期限2098年1月1日至2099年12月31日。", LAW),
        "报送时间": handed_in,
        "医疗卫生机构资格": Check("医疗卫生机构资格", GOOD, f"{CLINIC}在签章日（{today}）符合签约条件。"),
        "养老服务机构资格": Check("养老服务机构资格", GOOD, f"{HOME}在签章日（{today}）符合签约条件。"),
        "签章扫描件": Check("签章扫描件", GOOD, "共 3 页，由吴䶮核验，不是上传人自己。"),
    }


def test_the_days_of_signing_and_the_term(submitted: Filing) -> None:
    agreement = submitted.agreement
    agreement.expires_on = date(2099, 12, 30)
    wrong_term = Check("生效与期限", WRONG, "登记的日期与按范本和法律推算的不同，请核对。", LAW)
    assert found(submitted)["生效与期限"] == wrong_term
    agreement.expires_on = date(2099, 12, 31)
    signed = agreement.medical_signed_on
    agreement.medical_signed_on = TODAY + timedelta(days=1)
    words = f"医疗卫生机构 {cn_day(TODAY + timedelta(days=1))}；养老服务机构 {cn_day(TODAY)}。日期尚未到来。"
    assert found(submitted)["签章日期"] == Check("签章日期", WRONG, words)
    assert found(submitted)["生效与期限"] == wrong_term
    agreement.medical_signed_on = date(2100, 1, 1)
    late = "协议约定的截止日期早于双方签章的日期，请核对签章日期。"
    assert found(submitted)["生效与期限"] == Check("生效与期限", WRONG, late, LAW)
    agreement.medical_signed_on = None
    assert found(submitted)["签章日期"] == Check("签章日期", WRONG, "没有双方的签章日期。")
    assert {"生效与期限", "医疗卫生机构资格"} & found(submitted).keys() == set()
    agreement.medical_signed_on, agreement.effective_on = signed, None
    assert found(submitted)["签章日期"] == Check("签章日期", WRONG, "没有双方的签章日期。")


def test_what_is_wrong_comes_first_and_what_is_good_last(submitted: Filing) -> None:
    submitted.agreement.expires_on = date(2099, 12, 30)
    submitted.due_on = TODAY - timedelta(days=1)
    verdicts = [each.verdict for each in checks(submitted, compared(submitted.agreement))]
    assert verdicts == [WRONG, DOUBTFUL, *[GOOD] * (len(verdicts) - 2)]


def test_a_text_that_was_changed(submitted: Filing) -> None:
    frozen = submitted.agreement.frozen
    assert frozen is not None
    frozen.digest = "0" * 64
    words = "与定稿时的摘要不一致，请联系管理员查明原因。"
    assert found(submitted)["定稿文本"] == Check("定稿文本", WRONG, words)
    same = compared(submitted.agreement)
    other = Comparison((*same.lines, *(same.lines[0].__class__(line.line, "added") for line in same.lines[:2])))
    assert found(submitted, other)["对照范本"] == Check(
        "对照范本",
        DOUBTFUL,
        "有 2 处与范本的固定文字不同，已在文本中标出。",
        str(submitted.agreement.chosen_version),
    )


def test_when_it_was_handed_in(filing: Filing, elder_care_clerk: User) -> None:
    due, basis = cn_day(filing.due_on), filing.due_basis
    assert found(filing)["报送时间"] == Check("报送时间", DOUBTFUL, f"尚未报送，期限{due}。", basis)
    for days, text in ((0, "{day}报送，在期限{due}之内。"), (2, "{day}报送，比期限{due}晚 2 天。逾期不影响协议效力。")):
        moment = timezone.now() + (filing.due_on - TODAY) + timedelta(days=days)
        filing.submitted_at = moment
        day = cn_day(timezone.localtime(moment).date())
        verdict = DOUBTFUL if days else GOOD
        assert found(filing)["报送时间"] == Check(
            "报送时间", verdict, text.format(day=day, due=due), basis, is_told_only=bool(days)
        )


@pytest.mark.parametrize(
    ("facts", "verdict", "words"),
    [
        ({"status": "suspended"}, WRONG, "签章日：该机构已暂停服务，恢复后才能签约。"),
        ({"status": "closed", "closed_on": TODAY}, WRONG, f"签章日：该机构已于{cn_day(TODAY)}关闭，不能签约。"),
        ({"status": "closed", "closed_on": None}, WRONG, "签章日：该机构已关闭，不能签约。"),
        ({"status": "closed", "closed_on": TODAY + timedelta(days=1)}, GOOD, ""),
    ],
)
def test_how_a_party_stood_on_the_day_it_signed(
    facts: dict[str, object], verdict: Verdict, words: str, submitted: Filing
) -> None:
    party = submitted.agreement.elder_care
    assert party is not None
    for name, value in facts.items():
        setattr(party, name, value)
    good = f"{HOME}在签章日（{cn_day(TODAY)}）符合签约条件。"
    assert found(submitted)["养老服务机构资格"] == Check("养老服务机构资格", verdict, words or good)


def test_a_party_of_which_a_person_should_look_at_something(submitted: Filing) -> None:
    medical = submitted.agreement.medical
    assert medical is not None
    medical.medical_profile.licence_valid_to = TODAY
    words = f"签章日：执业许可证今天到期（{cn_day(TODAY)}），请提醒续期。"
    assert found(submitted)["医疗卫生机构资格"] == Check("医疗卫生机构资格", DOUBTFUL, words)


def test_what_the_regions_rules_say_with_their_source(submitted: Filing) -> None:
    load_scheme_files([scheme for scheme in read_schemes() if scheme.body.region == "330600"])
    medical, home = submitted.agreement.medical, submitted.agreement.elder_care
    assert medical is not None
    assert home is not None

    def said() -> dict[str, tuple[Verdict, str]]:
        every = found(submitted)
        rules = {"医疗卫生机构范围", "基层医疗卫生机构", "养老服务机构范围"} & every.keys()
        assert all(every[subject].citation.startswith("《") for subject in rules)
        return {subject: (every[subject].verdict, every[subject].text) for subject in rules}

    assert said()["基层医疗卫生机构"] == (GOOD, f"{CLINIC}是基层医疗卫生机构。")
    medical.medical_profile.is_primary = False
    more = "；养老机构须另有一家基层医疗卫生机构签约。"
    assert said()["基层医疗卫生机构"] == (DOUBTFUL, f"{CLINIC}不是基层医疗卫生机构{more}")


def test_whom_the_scheme_does_not_foresee(submitted: Filing) -> None:
    taihe = factories.region("360826")
    load_scheme_files([scheme for scheme in read_schemes() if scheme.body.region == taihe.code])
    agreement = submitted.agreement
    agreement.region = taihe
    medical, home = agreement.medical, agreement.elder_care
    assert medical is not None
    assert home is not None
    medical.medical_profile.kind, medical.medical_profile.level = "township_health_centre", 1
    home.elder_care_profile.kind = "township_elderly_home"
    inside, outside = "在规定的范围内。", "不在规定的范围内，请核实。"
    every = found(submitted)
    kind = home.elder_care_profile.get_kind_display()
    wanted = every["养老服务机构范围"]
    assert (wanted.verdict, wanted.text) == (GOOD, f"{HOME}（{kind}）{inside}")
    assert "推行乡镇卫生院和敬老院签约合作模式。" in wanted.citation
    offered = every["医疗卫生机构范围"]
    assert (offered.verdict, offered.text) == (GOOD, f"{CLINIC}（乡镇卫生院）{inside}")
    medical.medical_profile.kind, medical.medical_profile.level = "general_hospital", 2
    home.elder_care_profile.kind = "elders_canteen"
    every = found(submitted)
    kind = home.elder_care_profile.get_kind_display()
    assert every["养老服务机构范围"] == Check(
        "养老服务机构范围", DOUBTFUL, f"{HOME}（{kind}）{outside}", wanted.citation
    )
    kind = medical.medical_profile.get_kind_display()
    assert every["医疗卫生机构范围"] == Check(
        "医疗卫生机构范围", DOUBTFUL, f"{CLINIC}（{kind}）{outside}", offered.citation
    )


RULES = """rules:
  - rule: eligible_medical
    with: {kinds: [community_health_centre], minimum_level: 1, private: false}
    quote: 与公办社区卫生服务中心签约
    lower_may_change: true
  - {rule: filing_authorities, with: {authorities: [civil_affairs]}, quote: 报民政局备案, lower_may_change: true}
"""


@pytest.mark.parametrize(
    ("level", "ownership", "is_inside"),
    [
        (1, "public", True),
        (2, "public", True),
        (0, "public", False),
        (1, "private_nonprofit", False),
        (1, "private_for_profit", False),
    ],
)
def test_kind_level_and_ownership_are_asked_of_the_medical_side(
    level: int, ownership: str, is_inside: bool, submitted: Filing, tmp_path: Path
) -> None:
    # For the province: below it 绍兴 says by a rule of its own with whom it is filed.
    write_scheme(tmp_path, SCHEME.partition("deadlines:")[0].replace("330602", "330000") + RULES)
    load_scheme_files(read_schemes(tmp_path))
    medical = submitted.agreement.medical
    assert medical is not None
    medical.medical_profile.level, medical.ownership = level, ownership
    every = found(submitted)
    text = f"{CLINIC}（社区卫生服务中心）{'在规定的范围内。' if is_inside else '不在规定的范围内，请核实。'}"
    source = "演示方案（演示〔2026〕1号）：“{}”"
    assert every["医疗卫生机构范围"] == Check(
        "医疗卫生机构范围", GOOD if is_inside else DOUBTFUL, text, source.format("与公办社区卫生服务中心签约")
    )
    told = "本地区规定不要求报卫生健康部门备案。"
    assert every["备案部门"] == Check("备案部门", DOUBTFUL, told, source.format("报民政局备案"))
    submitted.authority.kind = "civil_affairs"
    assert "备案部门" not in found(submitted)
    assert "基层医疗卫生机构" not in every
