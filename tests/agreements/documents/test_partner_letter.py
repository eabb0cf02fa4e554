"""The letter on paper to the side whose turn it is: one page, who waits for what, and where; logged."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents.partner_letter import PartnerLetter, partner_letter_pdf
from agreements.lifecycle.letters import (
    INVITES,
    REGISTERS,
    URGES,
    WHO_REGISTERS,
    write_letter,
    write_registering_letter,
)
from agreements.models import Agreement
from audit.log import history
from chinese.dates import cn_day
from duties import introducing
from duties.models import Introduction
from institutions.models import Authority, Institution, Role
from tests.agreements.documents.papers import codes_of, page_count, poppler, squeezed
from tests.agreements.making import CONTACT, in_force, ready, sent
from tests.agreements.test_freezing import refuse
from tests.factories import today
from verbs.errors import NotAllowed, WrongState

EVENT, REGISTERING = "agreement.letter_printed", "agreement.registering_letter_printed"
CODE = "ABCD-EFGH-JKMN"


@pytest.fixture
def waits(draft: Agreement, elder_care_clerk: User) -> Agreement:
    return sent(draft, by=elder_care_clerk)


def test_it_says_on_one_page_what_is_awaited_from_whom_and_where(
    client: Client, waits: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    there = reverse("partner-letter", args=[waits.number])
    assert there in client.get(reverse("agreement-detail", args=[waits.number])).content.decode()
    answer = client.get(there)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    printed = squeezed(poppler("pdftotext", answer.content))
    assert page_count(answer.content) == 1
    address = settings.SITE_URL + reverse("agreement-detail", args=[waits.number])
    whom = CONTACT["contact_name"], CONTACT["contact_phone"]
    wanted = [INVITES, waits.number, "请核对文本，确认或者退回修改。", *whom]
    for words in (*wanted, address, waits.party_name(Role.MEDICAL), waits.party_name(Role.ELDER_CARE)):
        assert squeezed(words) in printed
    assert squeezed(cn_day(today())) in printed
    assert "（周" not in printed, "an official letter names no weekday"
    assert codes_of(answer.content) == [[address]]
    entry = history(waits).filter(event=EVENT).get()
    assert (entry.actor_id, entry.data["role"]) == (elder_care_clerk.pk, "medical")
    assert not Introduction.objects.exists(), "who can sign in needs no code"


def test_to_an_institution_without_people_it_brings_a_code_to_apply_with(
    waits: Agreement, elder_care_clerk: User, medical_institution: Institution, health_authority: Authority
) -> None:
    letter = write_letter(waits, by=elder_care_clerk)
    pdf = partner_letter_pdf(letter)
    printed = squeezed(poppler("pdftotext", pdf))
    [row] = Introduction.objects.all()
    address = settings.SITE_URL + reverse("administrator-letter", args=[letter.code])
    until = cn_day(row.expires_on)
    finding = settings.SITE_URL + reverse("administrator-find")
    for words in (letter.code, until, finding, str(health_authority), "单独不能打开协议", waits.number):
        assert squeezed(words) in printed
    assert (page_count(pdf), codes_of(pdf)) == (1, [[address]])
    assert introducing.opened_by(letter.code) == row
    assert (row.institution, row.sender) == (medical_institution, waits.party_name(Role.ELDER_CARE))
    assert history(waits).filter(event=EVENT).get().data["code_until"] == row.expires_on.isoformat()
    kept = " ".join(str(value) for value in vars(row).values())
    assert letter.code not in kept
    assert letter.code.replace("-", "") not in kept
    assert write_letter(waits, by=elder_care_clerk).code == letter.code, "the same letter, the same code"


def test_only_a_clerk_of_the_side_that_waits_prints_it(
    waits: Agreement, medical_clerk: User, signatory: User, stranger: User, health_reviewer: User
) -> None:
    for person in (medical_clerk, signatory, stranger, health_reviewer):
        with pytest.raises(NotAllowed):
            write_letter(waits, by=person)
    assert not history(waits).filter(event=EVENT).exists()


def test_whose_turn_it_is_decides_what_it_says(waits: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    lifecycle.return_to_drafter(waits, by=medical_clerk, reason="费用偏高")
    letter = write_letter(waits, by=medical_clerk)
    assert (letter.heading, letter.reader) == (URGES, waits.party_name(Role.ELDER_CARE))
    assert "请按退回的原因修改" in letter.sentences[0]
    again = sent(Agreement.objects.get(pk=waits.pk), by=elder_care_clerk)
    assert write_letter(again, by=elder_care_clerk).heading == URGES, "invited once, urged afterwards"


def test_while_both_or_nobody_is_waited_for_there_is_no_letter(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    with pytest.raises(WrongState, match="没有要寄的函"):
        write_letter(draft, by=elder_care_clerk)
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(WrongState, match="没有要寄的函"):
        write_letter(row, by=elder_care_clerk)
    row = lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today())
    assert "登记签章日期" in write_letter(row, by=elder_care_clerk).sentences[0]


def test_nothing_is_awaited_of_what_is_in_force(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(WrongState):
        write_letter(row, by=elder_care_clerk)


def test_the_longest_names_still_fit_on_one_page_and_what_cannot_be_printed_is_named() -> None:
    def letter(reader: str) -> PartnerLetter:
        facts = (("我方联系人", "长" * 50), ("联系电话", "1" * 30), ("网址", "https://example.org/" + "a" * 60))
        sentences = ("长" * 160, "长" * 120)
        return PartnerLetter(URGES, reader, "长" * 100, sentences, facts, "https://example.org/", today(), CODE)

    pdf = partner_letter_pdf(letter("长" * 100))
    assert page_count(pdf) == 1
    lines = poppler("pdftotext", pdf, "-layout").splitlines()
    assert any("（盖章）" in line for line in lines), "the label stays in one piece"
    with pytest.raises(WrongState, match="打印不出"):
        partner_letter_pdf(letter("🙂"))


def test_what_was_returned_waits_since_then_whatever_is_saved_meanwhile(waits: Agreement, medical_clerk: User) -> None:
    """When the other side last worked at its draft is its own."""
    row = lifecycle.return_to_drafter(waits, by=medical_clerk, reason="费用偏高")
    later = timezone.now() + timedelta(days=9)
    Agreement.objects.filter(pk=row.pk).update(updated_at=later)  # as saving a step does
    told = dict(write_letter(row, by=medical_clerk).facts)["等待办理"]
    assert f"{cn_day(today())}起" in told


@pytest.fixture
def alone(elder_care_institution: Institution, elder_care_clerk: User, health_authority: Authority) -> Agreement:
    """A draft whose partner stands in no register."""
    return lifecycle.start_draft(elder_care_institution, by=elder_care_clerk)


@pytest.mark.usefixtures("owner")
def test_writing_that_fails_half_way_leaves_no_code(waits: Agreement, elder_care_clerk: User) -> None:
    refuse("audit_entry", "INSERT")
    with pytest.raises(DatabaseError), transaction.atomic():
        write_letter(waits, by=elder_care_clerk)
    assert not Introduction.objects.exists()


def test_to_a_partner_in_no_register_it_says_where_it_is_entered(
    client: Client, alone: Agreement, elder_care_clerk: User, health_authority: Authority
) -> None:
    client.force_login(elder_care_clerk)
    there = reverse("registering-letter", args=[alone.number])
    picker = client.get(reverse("draft-step", args=[alone.number, "partner"])).content.decode()
    assert there in picker
    assert WHO_REGISTERS[Role.MEDICAL] in picker
    answer = client.get(there)
    printed = squeezed(poppler("pdftotext", answer.content))
    address = settings.SITE_URL + reverse("administrator-find")
    wanted = REGISTERS, WHO_REGISTERS[Role.MEDICAL], address, alone.drafted_by.name, health_authority.name
    for words in wanted:
        assert squeezed(words) in printed
    assert (page_count(answer.content), codes_of(answer.content)) == (1, [[address]])
    assert alone.number not in printed
    assert history(alone).get(event=REGISTERING).actor_id == elder_care_clerk.pk
    assert not Introduction.objects.exists()


def test_who_drafts_alone_prints_it_and_only_without_a_partner(
    alone: Agreement, waits: Agreement, elder_care_clerk: User, medical_clerk: User, signatory: User
) -> None:
    for person in (medical_clerk, signatory):
        with pytest.raises(NotAllowed):
            write_registering_letter(alone, by=person)
    with pytest.raises(WrongState, match="已经选好了合作机构"):
        write_registering_letter(waits, by=elder_care_clerk)
    lifecycle.discard(alone, by=elder_care_clerk)
    with pytest.raises(WrongState):
        write_registering_letter(alone, by=elder_care_clerk)
    assert not history(alone).filter(event=REGISTERING).exists()
