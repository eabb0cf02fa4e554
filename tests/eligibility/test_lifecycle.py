"""Each verb in allowed states, in forbidden states, and failing half-way; what the table cannot say."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from agreements.lifecycle.candidates import assess
from audit.log import history
from audit.models import Entry
from chinese.dates import cn_day
from eligibility import announcements, answering, reviewing, worklist
from eligibility.answering import Answer, Incomplete
from eligibility.confirmation import NOTICE_DAYS, eligibility_of
from eligibility.lifecycle import StaleCase
from eligibility.models import EligibilityAnswer, EligibilityCase, EligibilityEvidence
from eligibility.reviewing import Finding, default_validity
from institutions.models import Authority, Duty, Institution
from institutions.problems import Problem, Severity
from notifications.models import Notice
from regions.schemes import rules_for
from tests import factories
from tests.eligibility.conftest import ALL_MET, ANSWERS, InState, answered
from tests.verbs.written import steps_of
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = EligibilityCase.State
MISSING = "本地规定签约前由卫生健康部门逐项核对医疗机构的资格，目前没有有效的核对结果。"
Verb = Callable[[EligibilityCase], object]
TABLE = steps_of("eligibility case")
CLOCK = {"expire"}
BY_THE_CLERK = {"answer", "submit"}
HALF_A_YEAR = timedelta(days=180)


@pytest.fixture
def verbs(medical_clerk: User, health_reviewer: User) -> dict[str, Verb]:
    clerk, reviewer, today = medical_clerk, health_reviewer, factories.today()
    return {
        "answer": lambda case: answering.answer(case, by=clerk, revision=case.revision, answers=ANSWERS),
        "submit": lambda case: answering.submit(case, by=clerk, revision=case.revision),
        "review": lambda case: reviewing.review(case, by=reviewer, revision=case.revision, findings=ALL_MET),
        "confirm": lambda case: reviewing.confirm(case, by=reviewer, valid_from=today, valid_to=today + HALF_A_YEAR),
        "return": lambda case: reviewing.return_(case, by=reviewer, reason="看不清。"),
        "withdraw": lambda case: reviewing.withdraw(case, by=reviewer, reason="评价不合格。"),
    }


def test_every_transition_of_a_person_has_a_verb_here(verbs: dict[str, Verb]) -> None:
    assert verbs.keys() == TABLE.keys() - CLOCK


@pytest.mark.parametrize("state", list(State))
def test_verbs_follow_the_table(
    state: State, verbs: dict[str, Verb], in_state: InState, medical_clerk: User, health_reviewer: User
) -> None:
    case = in_state(state)
    before = EligibilityCase.objects.values().get(pk=case.pk)
    for verb, act in verbs.items():
        allowed = state in TABLE[verb].sources
        with transaction.atomic():
            entries = Entry.objects.count()
            if allowed:
                act(case)
                assert EligibilityCase.objects.get(pk=case.pk).state == TABLE[verb].target
                entry = history(case.institution).filter(event=TABLE[verb].event, data__case=case.pk)[0]
                assert entry.actor_id == (medical_clerk if verb in BY_THE_CLERK else health_reviewer).pk
            else:
                with pytest.raises(WrongState, match=state.label):
                    act(case)
                assert Entry.objects.count() == entries
                assert EligibilityCase.objects.values().get(pk=case.pk) == before
            transaction.set_rollback(True)


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("verb", [verb for verb in TABLE if verb not in CLOCK])
def test_a_failing_log_undoes_the_whole_verb(verb: str, verbs: dict[str, Verb], in_state: InState) -> None:
    case = in_state(State(next(iter(TABLE[verb].sources))))
    before = EligibilityCase.objects.values().get(pk=case.pk), list(EligibilityAnswer.objects.values())
    notices = Notice.objects.count()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_log()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        verbs[verb](case)
    assert (EligibilityCase.objects.values().get(pk=case.pk), list(EligibilityAnswer.objects.values())) == before
    assert Notice.objects.count() == notices


def test_nothing_is_handed_in_before_all_is_answered_and_proved(case: EligibilityCase, medical_clerk: User) -> None:
    with pytest.raises(Incomplete) as refusal:
        answering.submit(case, by=medical_clerk, revision=0)
    assert [each.item.id for each in refusal.value.missing] == ["licence", "licence", "physicians", "promise"]
    row = answering.answer(case, by=medical_clerk, revision=0, answers={**ANSWERS, "promise": Answer()})
    with pytest.raises(Incomplete, match="许可证”还没有上传证明材料。“承诺”还没有填写"):
        answering.submit(row, by=medical_clerk, revision=1)


def test_an_old_page_overwrites_nothing(case: EligibilityCase, in_state: InState, medical_clerk: User) -> None:
    answering.answer(case, by=medical_clerk, revision=0, answers=ANSWERS)
    with pytest.raises(StaleCase):
        answering.answer(case, by=medical_clerk, revision=0, answers={"promise": Answer(yes=False)})
    assert case.answers.get(item="promise").yes is True


def test_confirming_needs_every_item_met_and_sensible_days(in_state: InState, health_reviewer: User) -> None:
    case = in_state(State.SUBMITTED)
    findings = {**ALL_MET, "promise": Finding(is_met=None)}
    row = reviewing.review(case, by=health_reviewer, revision=case.revision, findings=findings)
    today = factories.today()
    with pytest.raises(WrongState, match="还有 1 项"):
        reviewing.confirm(row, by=health_reviewer, valid_from=today, valid_to=today + HALF_A_YEAR)
    for start, end in ((today, today - timedelta(days=1)), (today - timedelta(days=9), today - timedelta(days=1))):
        with pytest.raises(Unacceptable):
            reviewing.confirm(row, by=health_reviewer, valid_from=start, valid_to=end)
    start, end = default_validity(row, today.replace(day=1))
    assert (start.day, (end + timedelta(days=1)).day) == (1, 1)
    assert 180 <= (end - start).days <= 184
    assert default_validity(row, today.replace(year=2026, month=8, day=31))[1].isoformat() == "2027-02-28"


@pytest.mark.parametrize("still_there", [True, False])
def test_nobody_decides_on_what_they_submitted_or_on_their_own_house(
    still_there: bool, in_state: InState, medical_clerk: User, colleague: User, health_authority: Authority
) -> None:
    """Whoever has moved from the institution to the bureau meets what they submitted there."""
    submitted, met = in_state(State.SUBMITTED), {item: Finding(is_met=False) for item in ALL_MET}
    person = medical_clerk
    if still_there:
        person = colleague
        factories.MembershipFactory.create(user=person, institution=submitted.institution, duty=Duty.CLERK)
    else:
        medical_clerk.memberships.all().delete()
    factories.MembershipFactory.create(user=person, authority=health_authority, duty=Duty.REVIEWER)
    there, today = person.at("authority", health_authority.pk), factories.today()
    acts: list[Callable[[], object]] = [
        lambda: reviewing.review(submitted, by=there, revision=submitted.revision, findings=met),
        lambda: reviewing.confirm(submitted, by=there, valid_from=today, valid_to=today + HALF_A_YEAR),
        lambda: reviewing.return_(submitted, by=there, reason="看不清。"),
    ]
    for decide in acts:
        with pytest.raises(NotAllowed, match="另一位审核员"):
            decide()
    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED
    assert not list(worklist.groups_for_official(there))


def test_what_was_handed_in_is_kept_by_the_database(in_state: InState) -> None:
    case = in_state(State.CONFIRMED)
    acts: list[Callable[[], object]] = [
        lambda: case.answers.filter(item="promise").update(yes=False),
        lambda: case.answers.filter(item="promise").update(is_met=False),
        lambda: case.answers.all().delete(),
        lambda: case.evidence.update(original_name="x"),
        lambda: case.evidence.all().delete(),
        lambda: EligibilityCase.objects.filter(pk=case.pk).update(valid_to=factories.FAR_AHEAD),
        lambda: EligibilityCase.objects.filter(pk=case.pk).update(checklist={}),
        case.delete,
    ]
    for act in acts:
        with pytest.raises(DatabaseError, match=r"(stays|kept) as it was"), transaction.atomic():
            act()


def test_the_next_round_copies_answers_and_refers_to_the_same_files(
    in_state: InState, medical_institution: Institution, medical_clerk: User, health_reviewer: User
) -> None:
    returned = in_state(State.RETURNED)
    again = answering.begin(medical_institution, by=medical_clerk)
    assert (again.round, again.previous, again.state) == (2, returned, State.DRAFT)
    assert again.answers.get(item="physicians").number == 5
    assert again.answers.get(item="physicians").is_met is None
    assert again.evidence.get().file.name == returned.evidence.get().file.name
    with pytest.raises(WrongState, match="已经有一份"):
        answering.begin(medical_institution, by=medical_clerk)
    answering.detach(again.evidence.get(), by=medical_clerk)
    kept = EligibilityEvidence.objects.get()
    assert kept.case == returned
    assert Path(kept.file.path).is_file()


def test_both_sides_are_told_each_act_once(
    in_state: InState, medical_clerk: User, health_reviewer: User, second_reviewer: User
) -> None:
    in_state(State.WITHDRAWN)
    told = set(Notice.objects.filter(kind__startswith="eligibility").values_list("kind", "recipient__username"))
    assert told == {
        ("eligibility_submitted", "health-reviewer"),
        ("eligibility_submitted", "second-reviewer"),
        ("eligibility_confirmed", "medical-clerk"),
        ("eligibility_withdrawn", "medical-clerk"),
    }


def test_the_clock_warns_and_ends_once_and_a_renewal_silences_it(
    in_state: InState, medical_institution: Institution, medical_clerk: User, health_reviewer: User
) -> None:
    case, later = in_state(State.CONFIRMED), factories.today() + HALF_A_YEAR
    assert reviewing.expire_due(on=later) == 0
    assert announcements.sweep(on=later - timedelta(days=30)) == 2
    assert announcements.sweep(on=later - timedelta(days=29)) == 0
    row = answered(answering.begin(medical_institution, by=medical_clerk), medical_clerk)
    row = answering.submit(row, by=medical_clerk, revision=row.revision)
    row = reviewing.review(row, by=health_reviewer, revision=row.revision, findings=ALL_MET)
    reviewing.confirm(row, by=health_reviewer, valid_from=later, valid_to=later + HALF_A_YEAR)
    assert announcements.sweep(on=later - timedelta(days=7)) == 0
    assert [reviewing.expire_due(on=later + timedelta(days=1)) for _ in range(2)] == [1, 0]
    case.refresh_from_db()
    assert case.state == State.EXPIRED
    held = EligibilityCase.objects.filter(institution=medical_institution)
    assert held.valid_on(later).count() == 2  # the last day of the one is the first of the other
    assert held.valid_on(later + timedelta(days=1)).get() == row


def test_one_day_is_a_validity_and_what_cannot_be_is_refused_at_its_field(
    in_state: InState, health_reviewer: User
) -> None:
    case, today = in_state(State.SUBMITTED), factories.today()
    for start, end, told in (
        (today, today - timedelta(days=1), "有效期止不能早于有效期起。"),
        (today - timedelta(days=9), today - timedelta(days=1), "有效期止不能早于今天。"),
    ):
        with pytest.raises(Unacceptable) as refusal:
            reviewing.confirm(case, by=health_reviewer, valid_from=start, valid_to=end)
        assert (str(refusal.value), refusal.value.field) == (told, "valid_to")
    row = reviewing.confirm(case, by=health_reviewer, valid_from=today, valid_to=today)
    assert (row.valid_from, row.valid_to, row.decided_by) == (today, today, health_reviewer)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (-1, [("eligibility_missing", Severity.BLOCKS, MISSING)]),
        (0, [("eligibility_ending", Severity.WARNS, "资格核对结果今天到期（{day}）。")]),
        (30, [("eligibility_ending", Severity.WARNS, "资格核对结果还有 30 天到期（{day}）。")]),
        (NOTICE_DAYS + 1, []),
    ],
)
def test_what_is_said_before_signing(
    left: int,
    told: list[tuple[str, Severity, str]],
    in_state: InState,
    medical_institution: Institution,
    elder_care_institution: Institution,
) -> None:
    case = in_state(State.CONFIRMED)
    assert case.valid_to
    on = case.valid_to - timedelta(days=left)
    found = eligibility_of(medical_institution, rules_for(medical_institution.region, on), on)
    assert found is not None
    day = cn_day(case.valid_to)
    assert list(found.problems) == [Problem(code, weight, words.format(day=day)) for code, weight, words in told]
    assert (found.until == case.valid_to) is (left >= 0)


def test_a_partner_is_told_to_be_eligible_until_it_ends_soon(
    in_state: InState, medical_institution: Institution, elder_care_institution: Institution
) -> None:
    def told() -> dict[str, tuple[bool, bool]]:
        found = assess(elder_care_institution, medical_institution).verdicts
        return {each.text: (each.good, each.blocks) for each in found if "资格" in each.text}

    assert told() == {MISSING: (False, True)}
    case = in_state(State.CONFIRMED)
    assert case.valid_to
    day = cn_day(case.valid_to)
    assert told() == {f"资格核对有效至{day}": (True, False)}
    with time_machine.travel(timezone.now() + HALF_A_YEAR - timedelta(days=7)):
        assert told() == {f"资格核对结果还有 7 天到期（{day}）。": (False, False)}
