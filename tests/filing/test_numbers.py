"""Filing numbers: their form, their order, one series for each authority and year, and no two authorities alike."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from filing.numbering import Form, form_in, name_in_numbers, next_number, next_to_come, set_form
from institutions.models import Authority, Duty
from tests import factories
from tests.at_once import at_once
from tests.duties.closing import closed
from tests.filing.fixtures import InState
from verbs.errors import NotAllowed, Unacceptable

DECEMBER = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "name", "kind", "called"),
    [
        ("330602", "越城区", "health", "越城卫健"),
        ("640323", "盐池县", "civil_affairs", "盐池民政"),
        ("430000", "湖南省", "health", "湖南卫健"),
        ("640000", "宁夏回族自治区", "civil_affairs", "宁夏回族民政"),
        ("140203", "矿区", "health", "矿区卫健"),
    ],
)
@pytest.mark.django_db
def test_name_in_numbers(code: str, name: str, kind: str, called: str) -> None:
    authority = factories.AuthorityFactory.create(region=factories.region(code, name), kind=kind)
    assert name_in_numbers(authority) == called


def test_form_of_a_number(in_state: InState) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        assert in_state(Filing.State.ACCEPTED).number == "越城卫健医养备〔2026〕0001号"


def test_each_authority_counts_for_itself(
    filings: dict[str, Filing], elder_care_clerk: User, health_reviewer: User, civil_affairs_officer: User
) -> None:
    numbers = {}
    for kind, by in ((Authority.Kind.HEALTH, health_reviewer), (Authority.Kind.CIVIL_AFFAIRS, civil_affairs_officer)):
        submitted = lifecycle.submit(filings[kind], by=elder_care_clerk)
        numbers[kind] = lifecycle.accept(lifecycle.take_up(submitted, by=by), by=by).number
    assert numbers[Authority.Kind.HEALTH].endswith("0001号")
    assert numbers[Authority.Kind.CIVIL_AFFAIRS].endswith("0001号")
    assert len(set(numbers.values())) == 2


@pytest.mark.django_db
def test_two_counties_of_one_name_are_told_apart() -> None:
    beijing, changchun = (
        factories.AuthorityFactory.create(region=factories.region(code, "朝阳区"), kind=Authority.Kind.HEALTH)
        for code in ("110105", "220104")
    )
    for each, name in ((beijing, "北京市"), (changchun, "长春市")):
        assert each.region.parent is not None
        each.region.parent.name = name
    with time_machine.travel(DECEMBER, tick=False):
        numbers = [next_number(authority) for authority in (beijing, changchun, beijing)]
    assert numbers == [
        "北京市朝阳区卫健医养备〔2026〕0001号",
        "长春市朝阳区卫健医养备〔2026〕0001号",
        "北京市朝阳区卫健医养备〔2026〕0002号",
    ]


@pytest.mark.django_db
def test_who_follows_an_authority_of_the_same_name_counts_on() -> None:
    """A county becomes a city in the middle of a year: no number is given twice."""
    county = factories.region("431121", "祁阳县")
    county.valid_to = datetime(2026, 7, 1, tzinfo=UTC).date()
    county.save()
    old = factories.AuthorityFactory.create(region=county, kind=Authority.Kind.HEALTH)
    with time_machine.travel(datetime(2026, 6, 30, 8, tzinfo=UTC), tick=False):
        assert next_number(old) == "祁阳卫健医养备〔2026〕0001号"
    city = factories.AuthorityFactory.create(region=factories.region("431181", "祁阳市"), kind=Authority.Kind.HEALTH)
    with time_machine.travel(datetime(2026, 7, 1, 8, tzinfo=UTC), tick=False):
        assert next_number(city) == "祁阳卫健医养备〔2026〕0002号"


@pytest.mark.parametrize(("last", "following"), [("0009", "0010"), ("9999", "10000"), ("10000", "10001")])
def test_the_number_after(last: str, following: str, in_state: InState) -> None:
    """Of a database that is older than its counter: the highest of the authority's year counts."""
    filing = in_state(Filing.State.UNDER_REVIEW)
    year = 2026
    with time_machine.travel(datetime(year, 12, 1, tzinfo=UTC), tick=False):
        _accepted_elsewhere(filing, f"越城卫健医养备〔{year}〕0002号")
        _accepted_elsewhere(filing, f"越城卫健医养备〔{year}〕{last}号")
        assert next_number(filing.authority) == f"越城卫健医养备〔{year}〕{following}号"
    with time_machine.travel(datetime(year + 1, 1, 2, tzinfo=UTC), tick=False):
        assert next_number(filing.authority) == f"越城卫健医养备〔{year + 1}〕0001号"


YEAR = timezone.localdate().year


@pytest.mark.parametrize(
    ("example", "form", "counted"),
    [
        (f"越卫医养备字〔{YEAR}〕第0038号", "越卫医养备字〔YYYY〕第NNNN号", 38),
        (f"越卫医养备字[{YEAR}]38号", "越卫医养备字〔YYYY〕NN号", 38),
        (f"越卫医养备字({YEAR})1号", "越卫医养备字〔YYYY〕N号", 1),
        (f"越卫备-{YEAR}-007", "越卫备-YYYY-NNN", 7),
        (f"越卫备——{YEAR}—007", "越卫备-YYYY-NNN", 7),
        (f"越卫备〔{YEAR}〕{YEAR}号", "越卫备〔YYYY〕NNNN号", YEAR),
        (f"越卫备{YEAR}{YEAR}", "越卫备YYYYNNNN", YEAR),
    ],
)
def test_how_numbers_are_written_is_read_from_the_next(example: str, form: str, counted: int) -> None:
    assert [str(each) for each in form_in(example, YEAR)] == [form, str(counted)]
    assert Form.parsed(form) == form_in(example, YEAR)[0]


@pytest.mark.parametrize(
    ("example", "said"),
    [
        ("越卫医养备字第0038号", "恰好有一次年份"),
        (f"越卫{YEAR}备〔{YEAR}〕1号", "恰好有一次年份"),
        (f"越卫医养备字〔{YEAR}〕号", "只有一个序号"),
        (f"越卫3科备〔{YEAR}〕1号", "别处不要再有数字"),
        (f"〔{YEAR}〕0001号", "本部门的代字"),
        (f"NY备〔{YEAR}〕1号", "不要用字母 Y 和 N"),
        (f"越卫备〔{YEAR}〕0000号", "序号从 1 开始"),
        (f"越卫备〔{YEAR}〕99999999999号", "最多 6 位"),
        (f"越\u2ee0备〔{YEAR}〕1号", "只用汉字和英文字母"),  # a radical that looks like a word
        (f"越\u0410备〔{YEAR}〕1号", "“\u0410”容易看错"),  # Cyrillic
        (f"越\u3164备〔{YEAR}〕1号", "只用汉字和英文字母"),  # a letter that shows nothing
        (f"越备□〔{YEAR}〕1号", "只用汉字和英文字母"),
        ("\u00df" * 40 + f"〔{YEAR}〕1号", "只用汉字和英文字母"),  # twice as long when it is compared
        ("很" * 60 + f"〔{YEAR}〕0001号", "编号太长"),
    ],
)
def test_what_is_no_number_is_told_with_the_right_form(example: str, said: str) -> None:
    with pytest.raises(Unacceptable, match=said):
        form_in(example, YEAR)


def test_an_authority_counts_on_from_what_it_gave_on_paper(
    in_state: InState, health_authority: Authority, health_reviewer: User, authority_administrator: User
) -> None:
    filing = in_state(Filing.State.UNDER_REVIEW)
    assert set_form(health_authority, f"越卫医养备字〔{YEAR}〕第038号", by=authority_administrator)
    health_authority.refresh_from_db()
    assert next_to_come(health_authority) == f"越卫医养备字〔{YEAR}〕第038号"
    assert not set_form(health_authority, f"越卫医养备字〔{YEAR}〕第038号", by=authority_administrator)
    assert lifecycle.accept(filing, by=health_reviewer).number == f"越卫医养备字〔{YEAR}〕第038号"
    with pytest.raises(Unacceptable, match=f"今年已经发到 越卫医养备字〔{YEAR}〕第038号"):
        set_form(health_authority, f"越卫医养备字〔{YEAR}〕第012号", by=authority_administrator)
    with transaction.atomic():
        assert next_number(health_authority) == f"越卫医养备字〔{YEAR}〕第039号"
    with time_machine.travel(datetime(YEAR + 1, 1, 5, tzinfo=UTC), tick=False), transaction.atomic():
        assert next_number(health_authority) == f"越卫医养备字〔{YEAR + 1}〕第001号"


def test_no_two_write_theirs_so_that_they_could_be_confused(
    health_authority: Authority,
    civil_affairs_authority: Authority,
    authority_administrator: User,
) -> None:
    officer = factories.MembershipFactory.create(authority=civil_affairs_authority, duty=Duty.ADMINISTRATOR).user
    assert set_form(health_authority, f"越养备〔{YEAR}〕0001号", by=authority_administrator)
    for alike in (f"越养备字[{YEAR}]第1号", f"越养备 {YEAR}-0001", f"越城卫健医养备（{YEAR}）第5号"):
        if "卫健" in alike:
            Authority.objects.filter(pk=health_authority.pk).update(number_form="", number_key="", number_keys=[])
        with pytest.raises(Unacceptable, match="会和越城区卫生健康局的备案号混淆"):
            set_form(civil_affairs_authority, alike, by=officer)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_choose_the_same_at_once_one_is_told(
    health_authority: Authority, civil_affairs_authority: Authority, authority_administrator: User
) -> None:
    officer = factories.MembershipFactory.create(authority=civil_affairs_authority, duty=Duty.ADMINISTRATOR).user
    found = at_once(
        lambda: set_form(health_authority, f"越养备〔{YEAR}〕0001号", by=authority_administrator),
        lambda: set_form(civil_affairs_authority, f"越养备〔{YEAR}〕0001号", by=officer),
    )
    assert {type(each) for each in found} == {bool, Unacceptable}
    assert Authority.objects.exclude(number_key="").count() == 1


def test_what_was_typed_wrongly_is_put_right_while_nothing_was_given(
    health_authority: Authority, authority_administrator: User
) -> None:
    for typed in ("3800", "0038"):
        assert set_form(health_authority, f"越养备〔{YEAR}〕{typed}号", by=authority_administrator)
    health_authority.refresh_from_db()
    assert next_to_come(health_authority) == f"越养备〔{YEAR}〕0038号"


def test_another_writing_of_the_same_goes_on_and_never_repeats(
    in_state: InState, health_authority: Authority, authority_administrator: User
) -> None:
    assert in_state(Filing.State.ACCEPTED).number == f"越城卫健医养备〔{YEAR}〕0001号"
    with pytest.raises(Unacceptable, match="今年已经发到"):
        set_form(health_authority, f"越城卫健医养备〔{YEAR}〕第0001号", by=authority_administrator)
    assert set_form(health_authority, f"越城卫健医养备〔{YEAR}〕第0002号", by=authority_administrator)


def test_the_number_that_is_the_years_own_is_not_given_twice(
    in_state: InState, health_authority: Authority, authority_administrator: User, health_reviewer: User
) -> None:
    """〔2026〕2026号 was read as no number, so that another writing of the same could begin with it again."""
    filing = in_state(Filing.State.UNDER_REVIEW)
    assert set_form(health_authority, f"越养备〔{YEAR}〕{YEAR}号", by=authority_administrator)
    assert lifecycle.accept(filing, by=health_reviewer).number == f"越养备〔{YEAR}〕{YEAR}号"
    with pytest.raises(Unacceptable, match="今年已经发到"):
        set_form(health_authority, f"越养备〔{YEAR}〕第{YEAR}号", by=authority_administrator)


def test_whoever_follows_goes_on_with_the_series_in_its_own_name(
    in_state: InState,
    health_authority: Authority,
    authority_administrator: User,
    health_reviewer: User,
    platform_administrator: User,
) -> None:
    filing = in_state(Filing.State.UNDER_REVIEW)
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind="health")
    officer = factories.MembershipFactory.create(authority=neighbour, duty=Duty.ADMINISTRATOR).user
    assert set_form(health_authority, f"越养备〔{YEAR}〕0041号", by=authority_administrator)
    assert lifecycle.accept(filing, by=health_reviewer).number == f"越养备〔{YEAR}〕0041号"
    closed(health_authority, by=platform_administrator, successor=neighbour)
    with pytest.raises(Unacceptable, match=f"今年已经发到 越养备〔{YEAR}〕0041号"):
        set_form(neighbour, f"越养备〔{YEAR}〕0041号", by=officer)
    assert set_form(neighbour, f"越养备〔{YEAR}〕0042号", by=officer)
    neighbour.refresh_from_db()
    with transaction.atomic():
        assert next_number(neighbour) == f"越养备〔{YEAR}〕0042号"


def test_words_that_were_given_up_are_nobody_elses(
    health_authority: Authority, civil_affairs_authority: Authority, authority_administrator: User
) -> None:
    officer = factories.MembershipFactory.create(authority=civil_affairs_authority, duty=Duty.ADMINISTRATOR).user
    for words in ("越养备", "越医备"):
        assert set_form(health_authority, f"{words}〔{YEAR}〕0001号", by=authority_administrator)
    for words in ("越养备", "《越城卫健医养备"):
        with pytest.raises(Unacceptable, match="混淆"):
            set_form(civil_affairs_authority, f"{words}〔{YEAR}〕第0001号", by=officer)


def test_ours_gives_way_to_what_another_has_chosen(health_authority: Authority, authority_administrator: User) -> None:
    set_form(health_authority, f"柯桥卫健医养备〔{YEAR}〕0001号", by=authority_administrator)
    neighbour = factories.AuthorityFactory.create(region=factories.region("330603", "柯桥区"), kind="health")
    assert name_in_numbers(neighbour) == f"{neighbour.region.full_name}卫健" != "柯桥卫健"


@pytest.mark.parametrize("who", ["health_reviewer", "platform_administrator", "supervisor"])
def test_only_its_administrators_say_how(who: str, health_authority: Authority, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotAllowed):
        set_form(health_authority, f"越养备〔{YEAR}〕0001号", by=request.getfixturevalue(who))


def test_the_page_says_the_next_and_what_is_wrong(client: Client, authority_administrator: User) -> None:
    client.force_login(authority_administrator)
    assert f"越城卫健医养备〔{YEAR}〕0001号" in client.get(reverse("filing-numbers")).content.decode()
    wrong = client.post(reverse("filing-numbers"), {"example": "第 1 号"})
    assert wrong.status_code == 422
    assert "恰好有一次年份" in wrong.content.decode()
    done = client.post(reverse("filing-numbers"), {"example": f"越卫备〔{YEAR}〕12号"}, follow=True).content.decode()
    assert f"下一件受理的编号是 越卫备〔{YEAR}〕12号" in done


def _accepted_elsewhere(filing: Filing, number: str) -> None:
    """An accepted filing of another agreement with the same authority."""
    agreement = factories.DraftAgreementFactory.create()
    Filing.objects.create(
        agreement=agreement,
        authority=filing.authority,
        state=Filing.State.ACCEPTED,
        due_on=filing.due_on,
        due_basis="依据",
        submitted_at=filing.submitted_at,
        decided_at=filing.submitted_at,
        decided_by=filing.submitted_by,
        number=number,
    )
