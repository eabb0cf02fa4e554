"""Returning is commenting at clauses: comments and proposals are kept, shown where they belong, and answered."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.drafting.forms import TermsForm
from agreements.lifecycle.errors import StaleDraft
from agreements.lifecycle.rounds import answered_remarks
from agreements.models import Agreement, TemplateVersion
from agreements.negotiation.forms import ReturnForm
from agreements.text.filling import Value
from agreements.text.passages import NO_SECTION, asking, clauses, passages_of
from agreements.text.schema import TemplateBody
from notifications.models import Notice
from tests.agreements.making import in_force, save, sent
from verbs.errors import Unacceptable

FEE, ROUNDS = "annual_fee", "ward_rounds_per_month"
TOO_MUCH = "比去年高出不少，我们付不起。"


def fresh(row: Agreement) -> Agreement:
    return Agreement.objects.with_parties().get(pk=row.pk)


def block_of(row: Agreement, blank: str) -> str:
    passages = asking(passages_of(row.chosen_version.parsed))
    return next(passage.block.id for passage in passages if blank in {each.id for each in passage.blanks})


@pytest.fixture
def waiting(draft: Agreement, elder_care_clerk: User) -> Agreement:
    return sent(draft, by=elder_care_clerk)


@pytest.fixture
def remarked(waiting: Agreement, medical_clerk: User) -> Agreement:
    """Given back with a comment at the fee, and another value for it and for the ward rounds."""
    comments = {block_of(waiting, FEE): TOO_MUCH}
    values: dict[str, Value | None] = {FEE: Decimal("9000.00"), ROUNDS: 5}
    return lifecycle.return_to_drafter(waiting, by=medical_clerk, comments=comments, values=values)


def give_back(client: Client, row: Agreement, by: User, **fields: Any) -> HttpResponse:
    client.force_login(by)
    data = {"revision": row.revision, **fields}
    return client.post(reverse("agreement-return", args=[row.number]), data)  # type: ignore[return-value]


def terms(client: Client, row: Agreement, by: User) -> str:
    client.force_login(by)
    return str(client.get(reverse("draft-step", args=[row.number, "terms"])).content.decode())


def test_the_page_has_the_text_and_a_place_to_comment_at_each_clause(
    client: Client, waiting: Agreement, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-return", args=[waiting.number]))
    words = page.content.decode()
    assert "12,000.00" in words
    assert "先诊疗后结算" in words, "clauses stand there as they were sent"
    for passage in clauses(passages_of(waiting.chosen_version.parsed)):
        assert f'name="comment-{passage.block.id}"' in words
        assert all(f'name="value-{blank.id}"' in words for blank in passage.blanks)


def test_one_comment_or_one_proposal_or_a_reason_is_enough(
    client: Client, waiting: Agreement, medical_clerk: User
) -> None:
    nothing = give_back(client, waiting, medical_clerk)
    assert nothing.status_code == 422
    assert "请写明退回原因，或者在要改的条款旁写意见" in nothing.content.decode()
    block = block_of(waiting, FEE)
    for fields in ({"reason": "请改"}, {f"comment-{block}": "请改"}, {f"value-{FEE}": "9000"}):
        assert ReturnForm(fields, agreement=waiting).is_valid(), fields
    with pytest.raises(Unacceptable, match="退回原因"):
        lifecycle.return_to_drafter(waiting, by=medical_clerk, comments={"no-such-clause": "x"}, values={FEE: None})


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({f"value-{FEE}": "很多"}, "请填写金额"),
        ({f"value-{ROUNDS}": "99"}, "31"),
        ({f"value-{FEE}": "12000"}, "送来的文本就是这样写的"),
    ],
)
def test_a_proposal_is_what_the_blank_takes_and_nothing_typed_is_lost(
    client: Client, waiting: Agreement, medical_clerk: User, typed: dict[str, str], says: str
) -> None:
    block = block_of(waiting, FEE)
    page = give_back(client, waiting, medical_clerk, **{f"comment-{block}": TOO_MUCH, "reason": "总的说来"}, **typed)
    words = page.content.decode()
    assert page.status_code == 422
    for kept in (says, TOO_MUCH, "总的说来", *(f'value="{text}"' for text in typed.values())):
        assert kept in words
    assert fresh(waiting).state == Agreement.State.NEGOTIATING


def test_a_text_that_came_again_changed_is_read_again_first(
    client: Client, waiting: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    back = lifecycle.withdraw(waiting, by=elder_care_clerk)
    again = sent(
        save(back, by=elder_care_clerk, step="terms", answers={**back.answers, FEE: "9500.00"}), by=elder_care_clerk
    )
    page = give_back(client, waiting, medical_clerk, reason="费用偏高", **{"comment-gone": "这一条没有了"})
    words = page.content.decode()
    assert page.status_code == 409
    for kept in ("费用偏高", "这一条没有了", "9,500.00", f'name="revision" value="{again.revision}"'):
        assert kept in words
    with pytest.raises(StaleDraft):
        lifecycle.return_to_drafter(again, by=medical_clerk, reason="x", revision=waiting.revision)


def test_who_comes_after_a_colleague_finds_what_they_typed_and_nothing_of_the_draft(
    client: Client, remarked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    save(remarked, by=elder_care_clerk, step="terms", answers={**remarked.answers, FEE: "7654.00"})
    page = give_back(client, remarked, medical_clerk, reason="我也有意见", **{f"value-{FEE}": "8888"})
    words = page.content.decode()
    assert page.status_code == 409
    assert "我也有意见" in words
    assert "8888" in words
    assert "7,654" not in words
    assert client.get(reverse("agreement-return", args=[remarked.number])).status_code == 409


def test_remarks_are_kept_with_the_round_and_told_in_words(
    client: Client, remarked: Agreement, medical_clerk: User, elder_care_clerk: User
) -> None:
    ended = remarked.rounds.get()
    fee, rounds = sorted((remark for remark in ended.said), key=lambda remark: remark.comment, reverse=True)
    assert (fee.comment, fee.proposals[0].words, fee.proposals[0].before) == (TOO_MUCH, "9,000.00", "12,000.00")
    assert (rounds.comment, rounds.proposals[0].value) == ("", 5)
    for words in (TOO_MUCH.rstrip("。"), "建议改为 9,000.00", "建议改为 5"):
        assert words in remarked.return_reason
        assert words in Notice.objects.filter(recipient=elder_care_clerk).latest("pk").body
    client.force_login(medical_clerk)
    for name, args in (("agreement-detail", []), ("agreement-round", [1])):
        page = client.get(reverse(name, args=[remarked.number, *args])).content.decode()
        assert TOO_MUCH in page
        assert "9,000.00" in page
    listed = client.get(reverse("agreement-list")).content.decode()
    assert "第 1 轮退回：二、开展医疗查房服务：" in listed
    assert "……" in listed, "a list names the first of several"
    assert remarked.answers[FEE] == "12000.00", "a proposal changes nothing by itself"


def test_each_remark_stands_at_its_clause_and_the_reason_on_every_step(
    client: Client, remarked: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    form = TermsForm(None, agreement=remarked)
    said = {group.block.id: group.said for group in form.groups() if group.said}
    assert set(said) == {block_of(remarked, FEE), block_of(remarked, ROUNDS)}
    page = terms(client, remarked, elder_care_clerk)
    assert page.count('name="adopt"') == 2
    for slug in ("contacts", "check"):
        shown = client.get(reverse("draft-step", args=[remarked.number, slug])).content.decode()
        assert "建议改为 9,000.00" in shown, slug


def test_adopting_fills_the_field_and_saves_nothing(
    client: Client, remarked: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    form = TermsForm(None, agreement=remarked)
    typed = {name: form[name].value() or "" for name in form.fields} | {"ward_round_doctors": "7"}
    page = client.post(reverse("draft-step", args=[remarked.number, "terms"]), {**typed, "adopt": FEE})
    words = page.content.decode()
    assert page.status_code == 200
    assert page.context["form"][FEE].value() == "9000.00"
    assert page.context["form"]["ward_round_doctors"].value() == "7", "what was typed beside it stays"
    assert "还没有保存" in words
    buttons = {
        each: "hidden" in words.partition(f'value="{each}"\n                data-adopt')[2].partition(">")[0]
        for each in (FEE, ROUNDS)
    }
    assert buttons == {FEE: True, ROUNDS: False}, "what is filled in is not offered again"
    assert "已保存" not in words
    assert fresh(remarked).revision == remarked.revision
    for strange in ("revision", "no_such", "clinic_doctors"):  # no proposal is of these
        page = client.post(reverse("draft-step", args=[remarked.number, "terms"]), {**typed, "adopt": strange})
        assert page.context["form"]["ward_round_doctors"].value() == "7"


def test_the_resent_text_answers_each_remark(
    client: Client, remarked: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = save(remarked, by=elder_care_clerk, step="terms", answers={**remarked.answers, FEE: "9000.00"})
    row = sent(row, by=elder_care_clerk)
    taken = {each.proposal.blank: each.is_taken for answered in answered_remarks(row) for each in answered.taken}
    assert taken == {FEE: True, ROUNDS: False}
    assert [answered.is_changed for answered in answered_remarks(row)] == [False, True]
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-detail", args=[row.number])).content.decode()
    for words in ("与上一轮送出的文本相比，改了", "已采用", "没有采用，现在是 3", "协商经过"):
        assert words in page


def test_remarks_on_a_text_that_is_no_longer_chosen_are_still_read(
    client: Client, remarked: Agreement, published: dict[str, TemplateVersion], elder_care_clerk: User
) -> None:
    other = published["shaoxing-2024-home-sickbed"]
    row = save(remarked, by=elder_care_clerk, step="template", template_version=other)
    page = terms(client, row, elder_care_clerk)
    assert TOO_MUCH in page
    assert 'name="adopt"' not in page


def test_rounds_are_of_the_two_sides_only(
    client: Client, remarked: Agreement, stranger: User, health_reviewer: User, elder_care_clerk: User
) -> None:
    for person in (stranger, health_reviewer):
        client.force_login(person)
        assert client.get(reverse("agreement-round", args=[remarked.number, 1])).status_code == 404
    client.force_login(elder_care_clerk)
    assert client.get(reverse("agreement-round", args=[remarked.number, 2])).status_code == 404


def test_officials_see_an_agreement_in_force_but_not_how_it_was_negotiated(
    client: Client, remarked: Agreement, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    row = in_force(remarked, drafter=elder_care_clerk, answerer=medical_clerk)
    for person, sees in ((health_reviewer, False), (elder_care_clerk, True), (medical_clerk, True)):
        client.force_login(person)
        page = client.get(reverse("agreement-detail", args=[row.number])).content.decode()
        assert ("协商经过" in page) is sees
        status = client.get(reverse("agreement-round", args=[row.number, 1])).status_code
        assert status == (200 if sees else 403)


def test_a_clause_without_a_blank_takes_a_comment_which_stands_at_it(
    client: Client, waiting: Agreement, medical_clerk: User, elder_care_clerk: User
) -> None:
    body = waiting.chosen_version.parsed
    fixed = next(each for each in clauses(passages_of(body)) if each.block.text.startswith("本协议未尽事宜"))
    assert (
        give_back(client, waiting, medical_clerk, **{f"comment-{fixed.block.id}": "请写明几天内协商。"}).status_code
        == 302
    )
    row = fresh(waiting)
    assert row.return_reason == "“本协议未尽事宜”一段：请写明几天内协商。"
    form = TermsForm(None, agreement=row)
    said = [each for group in form.groups() for each in group.before.lines if each.said] + [
        each for each in form.after.lines if each.said
    ]
    assert [(each.line.id, each.is_fixed) for each in said] == [(fixed.block.id, True)]
    assert not form.remarks_elsewhere
    page = terms(client, row, elder_care_clerk)
    assert '<details class="between" open>' in page
    assert "这里是范本的固定文字" in page


def test_a_clause_is_called_by_its_own_number_wherever_it_has_one(template_bodies: list[TemplateBody]) -> None:
    for body in template_bodies:
        for passage in clauses(passages_of(body)):
            assert passage.block.label in passage.heading, (body.slug, passage.heading)
    named = {body.slug: [passage.heading for passage in asking(passages_of(body))] for body in template_bodies}
    assert named["shaoxing-2024-home-sickbed"] == ["三、其他事项 · 2.本协议一式四份"]
    assert "（一）甲方职责 · 5. 其他经双方协议需甲方提供的健康服务" in named["hunan-2020"]


def test_no_two_clauses_are_called_the_same_nor_by_nothing(template_bodies: list[TemplateBody]) -> None:
    for body in template_bodies:
        headings = [passage.heading for passage in clauses(passages_of(body))]
        assert len(headings) == len(set(headings)), body.slug
        assert not [heading for heading in headings if NO_SECTION in heading], body.slug
        assert {blank.id for blank in body.blanks if blank.is_asked} == {
            blank.id for passage in passages_of(body) for blank in passage.blanks
        }, body.slug
