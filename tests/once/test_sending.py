"""One form sent again, in all the ways in which people do; and what is another form."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import pypdfium2
import pytest
import time_machine
import zxingcpp
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from duties import inviting
from duties.models import Invitation
from institutions.models import Institution
from once import sending
from once.models import SentForm
from once.schedule import forget_sent_forms
from once.tokens import FIELD
from surveys.models import SurveyRound
from tests import factories
from tests.at_once import at_once
from tests.once.forms import Fields, form_at

START = reverse("agreement-start")
ASK = reverse("survey-ask")


@pytest.fixture
def clerk(client: Client, elder_care_clerk: User) -> Client:
    client.force_login(elder_care_clerk)
    return client


@pytest.fixture
def reviewer(client: Client, health_reviewer: User) -> Client:
    client.force_login(health_reviewer)
    return client


def asked(client: Client, **typed: str) -> Fields:
    due = factories.FAR_AHEAD.isoformat()
    return form_at(client, ASK, ASK) | {"title": "摸底", "due_on": due} | typed


def test_the_second_answer_leads_to_the_first_and_says_so(clerk: Client) -> None:
    form = form_at(clerk, START, START)
    first, second = clerk.post(START, form), clerk.post(START, form, follow=True)
    assert Agreement.objects.count() == 1
    assert second.redirect_chain == [(first["Location"], 302)]
    assert sending.AGAIN in second.content.decode()


def test_two_tabs_of_one_form_are_one_and_what_is_opened_later_is_another(clerk: Client) -> None:
    tabs = [form_at(clerk, START, START) for _ in range(2)]
    assert tabs[0] == tabs[1]
    assert len({clerk.post(START, tab)["Location"] for tab in tabs}) == 1
    later = form_at(clerk, START, START)
    assert later[FIELD] != tabs[0][FIELD]
    clerk.post(START, later)
    assert Agreement.objects.count() == 2


def test_going_back_and_sending_something_else_is_something_else(reviewer: Client) -> None:
    form = asked(reviewer, title="春季摸底")
    for title in ("春季摸底", "秋季摸底", "春季摸底"):
        assert reviewer.post(ASK, form | {"title": title}).status_code == 302
    assert set(SurveyRound.objects.values_list("title", flat=True)) == {"春季摸底", "秋季摸底"}
    assert SurveyRound.objects.count() == 2


def test_what_was_refused_can_be_sent_again(reviewer: Client) -> None:
    form = asked(reviewer, title="")
    assert [reviewer.post(ASK, form).status_code for _ in range(2)] == [422, 422]
    assert not SentForm.objects.exists()
    assert reviewer.post(ASK, form | {"title": "摸底"}).status_code == 302
    assert (SurveyRound.objects.count(), SentForm.objects.count()) == (1, 1)


def test_nobody_is_led_by_the_form_of_another(clerk: Client, colleague: User) -> None:
    form = form_at(clerk, START, START)
    own = clerk.post(START, form)["Location"]
    clerk.force_login(colleague)
    assert clerk.post(START, form)["Location"] != own
    assert Agreement.objects.count() == 2


def test_each_page_of_somebody_who_is_not_signed_in_has_its_own_form(
    client: Client, elder_care_institution: Institution
) -> None:
    ask = reverse("administrator-ask", args=[elder_care_institution.pk])
    assert form_at(client, ask, ask)[FIELD] != form_at(client, ask, ask)[FIELD]


def test_what_is_kept_of_a_form_tells_nobody_its_token(clerk: Client) -> None:
    form = form_at(clerk, START, START)
    clerk.post(START, form)
    row = SentForm.objects.values().get()
    number = Agreement.objects.get().number
    assert str(form[FIELD]) not in str(row)
    assert (row["address"], row["leads_to"]) == (
        START,
        reverse("draft-step", args=[number, "partner"]),
    )


def test_a_form_without_a_token_is_not_looked_at(clerk: Client) -> None:
    for _ in range(2):
        clerk.post(START)
    assert (Agreement.objects.count(), SentForm.objects.exists()) == (2, False)


def test_rows_are_swept_when_no_session_can_send_their_forms_any_more(clerk: Client) -> None:
    clerk.post(START, form_at(clerk, START, START))
    for later, left in ((sending.KEPT - timedelta(minutes=1), 1), (sending.KEPT + timedelta(minutes=1), 0)):
        with time_machine.travel(timezone.now() + later):
            assert forget_sent_forms() == 1 - left
        assert SentForm.objects.count() == left


def same_session(client: Client) -> Client:
    """Another connection of the same browser."""
    other = Client()
    other.cookies = client.cookies
    return other


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(clerk: Client) -> None:
    form = form_at(clerk, START, START)
    senders = [same_session(clerk) for _ in range(4)]
    answers = at_once(*(partial(each.post, START, form) for each in senders))
    draft = Agreement.objects.get()
    assert {answer["Location"] for answer in answers} == {reverse("draft-step", args=[draft.number, "partner"])}


@pytest.fixture
def letter(client: Client, institution_administrator: User) -> tuple[str, Fields]:
    """The form that prints the sealed letter of an invitation, and its address."""
    client.force_login(institution_administrator)
    client.post(reverse("invite"), {"full_name": "许昇", "duty": "clerk"})
    pk = Invitation.objects.get().pk
    address = reverse("invitation-letter", args=[pk])
    return address, form_at(client, reverse("invitation-sent", args=[pk]), address)


def link_in(pdf: bytes) -> str:
    """Return the path that a letter's QR code leads to."""
    [code] = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil())
    return urlsplit(code.text).path


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_printing_gives_one_link(client: Client, letter: tuple[str, Fields]) -> None:
    senders = [same_session(client) for _ in range(2)]
    answers = at_once(*(partial(each.post, *letter) for each in senders))
    assert [answer.status_code for answer in answers] == [200, 200]
    [link] = {link_in(answer.content) for answer in answers}
    assert Client().get(link).status_code == 200


def test_a_letter_is_not_printed_again_once_it_is_used_or_replaced(client: Client, letter: tuple[str, Fields]) -> None:
    assert client.post(*letter).status_code == 200
    invitation = Invitation.objects.get()
    assert invitation.invited_by is not None
    inviting.print_letter(invitation, by=invitation.invited_by)
    assert client.post(*letter)["Location"] == reverse("invitation-sent", args=[invitation.pk])
    Invitation.objects.all().cancel()
    assert client.post(*letter)["Location"] == reverse("home")
