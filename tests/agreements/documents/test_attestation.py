"""The page that attests the days of signing, of the one template whose text has no line for them."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.documents.press import copies_of, paper_of, preview_pdf
from agreements.models import TemplateVersion
from agreements.text.attestation import TITLE, attestation_of
from agreements.text.paper import Paper
from boundary.printing import UnprintableCharacters
from institutions.models import Institution
from tests import factories
from tests.agreements.documents import papers
from tests.agreements.making import complete_draft, ready

SLUG = "wuzhong-2022"


def with_page(*, is_filled: bool, names: Mapping[str, str] | None = None) -> Paper:
    paper = papers.template_paper(SLUG, is_filled=is_filled)
    known = (papers.NAMES if is_filled else {}) if names is None else names
    page = attestation_of(papers.bodies()[SLUG], number=paper.number, digest=paper.digest[:16], names=known)
    return replace(paper, attestation=page)


def test_the_template_decides_by_having_no_line_for_the_day() -> None:
    assert [slug for slug, body in papers.bodies().items() if body.needs_attestation] == [SLUG]
    others = [body for slug, body in papers.bodies().items() if slug != SLUG]
    assert all(attestation_of(body, number="1", digest="1", names={}) is None for body in others)


@pytest.mark.parametrize("is_filled", [False, True], ids=["blank", "filled"])
def test_it_is_a_last_page_of_its_own_and_the_text_stays_exact(*, is_filled: bool) -> None:
    plain = papers.made(SLUG, is_filled=is_filled)
    paper = with_page(is_filled=is_filled)
    made = copies_of(paper)
    assert made.pages_each == plain.pages_each + 1
    for copy in made.copies:
        text = papers.squeezed(papers.type_area_text(copy.content))
        official, title, page = text.partition(papers.squeezed(TITLE))
        assert official == papers.squeezed(paper.text.plain)
        assert title
        assert papers.squeezed(paper.number) in page
        assert page.count("代表签字：") == 2
        assert page.count("签章日期：年月日") == 2
        assert all(papers.squeezed(name) in page for name in papers.NAMES.values()) == is_filled
        last = papers.words_of(copy.content)[-1]
        assert TITLE in papers.squeezed("".join(word.text for word in last)), "on a page of its own"
        codes = papers.codes_of(copy.content)
        assert [len(each) for each in codes] == [1] * made.pages_each
        assert len({code for (code,) in codes}) == made.pages_each, "it is scanned like the others"


def test_both_days_have_room_to_be_written() -> None:
    last = papers.words_of(preview_pdf(with_page(is_filled=True)))[-1]
    years, months = ([word for word in last if word.text == each] for each in ("年", "月"))
    assert len(years) == len(months) == 2
    for year, month in zip(years, months, strict=True):
        assert month.left - year.right > 18, "millimetres"
    assert years[1].top - years[0].bottom > 30, "room for a signature in between"


def test_it_stays_one_page_with_the_longest_names() -> None:
    text = with_page(is_filled=True, names=papers.LONGEST)
    assert text.attestation
    plain = papers.made(SLUG, is_filled=True)
    made = copies_of(text)
    assert made.pages_each == plain.pages_each + 1
    last = papers.lines_of(made.copies[0].content)[-1]
    assert last[0].text == papers.squeezed(TITLE)
    assert papers.squeezed("".join(line.text for line in last)).endswith(papers.squeezed(text.attestation.from_when))
    years, signing = ([line for line in last if line.text.startswith(words)] for words in ("签章日期：", "代表签字："))
    for sign, year in zip(signing, years, strict=True):
        assert year.bottom - sign.bottom >= 15, "millimetres, as high as a signature"


def test_what_no_font_has_is_refused_on_it_too() -> None:
    with pytest.raises(UnprintableCharacters):
        copies_of(with_page(is_filled=True, names={"medical": "\U0010fffd"}))


def test_it_is_printed_with_the_copies_of_an_agreement_and_said_where_the_days_are_entered(
    client: Client,
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    version = published[SLUG]
    for party in (elder_care_institution, medical_institution):
        party.region = factories.region("640323")
        party.save(update_fields=["region"])
    row = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    before = row.filled_text().digest
    row = ready(row, drafter=elder_care_clerk, answerer=medical_clerk)
    page = paper_of(row).attestation
    assert page is not None
    assert [side.name for side in page.sides] == [medical_institution.name, elder_care_institution.name]
    assert row.filled_text().digest == before, "the text is not altered by it"
    client.force_login(elder_care_clerk)
    shown = client.get(reverse("agreement-signing", args=[row.number])).content.decode()
    assert "以正本最后一页（签章日期证明页）上手写的日期为准" in shown
    assert "每份正本的最后一页是签章日期证明页" in shown


def test_other_templates_say_nothing_of_it(
    client: Client,
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    version = published["shaoxing-2024-consortium"]
    row = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    row = ready(row, drafter=elder_care_clerk, answerer=medical_clerk)
    assert paper_of(row).attestation is None
    client.force_login(elder_care_clerk)
    assert TITLE not in client.get(reverse("agreement-signing", args=[row.number])).content.decode()
