"""Licences and filings that run out: logged once, told at their distances, caught up after days without a clock."""

from datetime import date, timedelta

import pytest

from accounts.models import User
from audit.models import Entry
from institutions import events, lifecycle, watch
from institutions.models import Institution, Lapse
from notifications.models import Notice
from tests import factories

END = date(2027, 3, 31)


@pytest.fixture
def ending(medical_institution: Institution, elder_care_institution: Institution) -> tuple[Institution, Institution]:
    medical_institution.medical_profile.licence_valid_to = END
    medical_institution.medical_profile.save()
    elder_care_institution.elder_care_profile.filing_valid_to = END
    elder_care_institution.elder_care_profile.save()
    return medical_institution, elder_care_institution


def told(on: date, kind: str) -> list[str]:
    """Return who is newly told on a day."""
    before = set(Notice.objects.values_list("pk", flat=True))
    watch.remind(on=on)
    new = Notice.objects.filter(kind=kind).exclude(pk__in=before).exclude(state="passed_over")
    return sorted(new.values_list("recipient__username", flat=True))


def test_its_people_and_its_bureau_are_told_before_and_after(
    ending: tuple[Institution, Institution],
    medical_clerk: User,
    elder_care_clerk: User,
    health_reviewer: User,
    civil_affairs_officer: User,
    stranger: User,
) -> None:
    licence, filing = ["health-reviewer", "medical-clerk"], ["civil-affairs-officer", "clerk"]
    for days in (-91, -90, -60, -30, -7, 0, 1, 2):
        on = END + timedelta(days=days)
        expected = days in watch.RUNGS
        assert told(on, "institution_licence_ends") == (licence if expected else []), days
        assert watch.remind(on=on) == 0
    assert sorted(
        Notice.objects.filter(kind="institution_filing_ends").values_list("recipient__username", flat=True)
    ) == (sorted(filing * len(watch.RUNGS)))
    assert "执业许可证已失效" in Notice.objects.filter(kind="institution_licence_ends").latest("pk").title


def test_days_without_a_clock_are_caught_up_with_the_nearest_word(
    ending: tuple[Institution, Institution], medical_clerk: User
) -> None:
    assert told(END - timedelta(days=6), "institution_licence_ends") == ["medical-clerk"]
    assert Notice.objects.filter(kind="institution_licence_ends", state="passed_over").count() == 2
    assert told(END + timedelta(days=60), "institution_licence_ends") == []  # no news any more


def test_each_lapse_is_logged_once(ending: tuple[Institution, Institution]) -> None:
    factories.ClosedElderCareFactory.create()
    assert watch.note_lapses(on=END) == 0
    assert watch.note_lapses(on=END + timedelta(days=3)) == 2
    assert watch.note_lapses(on=END + timedelta(days=3)) == 0
    lapsed = Entry.objects.filter(event=events.Lapsed.code).order_by("subject_id")
    assert [entry.data["document"] for entry in lapsed] == [
        {"medical": "licence", "elder_care": "filing"}[each.role] for each in sorted(ending, key=lambda row: row.pk)
    ]
    assert set(Lapse.objects.values_list("last_day", flat=True)) == {END}


def test_a_renewed_licence_may_lapse_again(ending: tuple[Institution, Institution], medical_clerk: User) -> None:
    medical, _ = ending
    watch.note_lapses(on=END + timedelta(days=1))
    lifecycle.enter_period(medical, lifecycle.Period("X", END, date(2030, 3, 31)), by=medical_clerk)
    assert watch.note_lapses(on=END + timedelta(days=2)) == 0
    assert watch.note_lapses(on=date(2030, 4, 1)) == 1
    assert medical.lapses.count() == 2


BEFORE = "请在到期前办理续期，并在机构页面登记新的有效期。"
AFTER = "续期并登记新的有效期之前不能签约。"


@pytest.mark.parametrize(
    ("days", "when", "need"),
    [(-90, "还有 90 天到期", BEFORE), (-7, "还有 7 天到期", BEFORE), (0, "今天到期", BEFORE), (1, "已失效", AFTER)],
)
def test_what_is_said_of_a_licence_and_of_a_filing(
    days: int, when: str, need: str, ending: tuple[Institution, Institution]
) -> None:
    for reminder, row, what in (
        (watch.LICENCE_ENDS, ending[0], "执业许可证"),
        (watch.FILING_ENDS, ending[1], "养老机构备案"),
    ):
        words = reminder.words(row, days)
        assert words.title == f"{what}{when}：{row.name}"
        assert words.body.split("\n") == [f"机构：{row.name}", "最后有效日：2027年3月31日", need]
        assert words.url == f"/institutions/{row.pk}/"
