"""One side on paper, the other electronically: the choice, what it means, and what verbs and database hold to it."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle import ways
from agreements.models import Agreement
from agreements.models.ways import Way
from institutions.models import Role
from tests import factories
from tests.agreements.making import CONTACT, certified, printed, scan_pdf, sent
from tests.uploading import attach_scan
from verbs.errors import Unacceptable

FILE = {"file": "f" * 64}


@pytest.fixture
def closed(settings: Any) -> None:
    """A site on which nobody can sign electronically."""
    settings.PIN_PEPPER_FILE = "/nowhere/pin-pepper"


@pytest.fixture
def mixed(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """The drafting elder care side signs on paper, the medical side electronically."""
    row = sent(draft, by=elder_care_clerk)
    return printed(lifecycle.agree(row, by=medical_clerk, contact=CONTACT, way=Way.ELECTRONIC))


def test_nothing_is_offered_that_nobody_can_do(
    closed: None, client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    assert ways.offered() == (Way.PAPER,)
    with pytest.raises(Unacceptable, match=r"电子签约暂时关闭.*现在请选择纸质签章"):
        lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision, way=Way.ELECTRONIC)
    client.force_login(elder_care_clerk)
    assert 'name="way"' not in client.get(reverse("draft-step", args=[draft.number, "check"])).content.decode()
    row = sent(draft, by=elder_care_clerk)
    with pytest.raises(Unacceptable, match="电子签约暂时关闭"):
        lifecycle.agree(row, by=medical_clerk, contact=CONTACT, way=Way.ELECTRONIC)
    client.force_login(medical_clerk)
    agree = reverse("agreement-agree", args=[row.number])
    page = client.get(agree).content.decode()
    assert 'name="way"' not in page
    assert "电子" not in page[page.index("怎样签章") : page.index("</section>", page.index("怎样签章"))]
    assert "双方都在纸上签章" in page
    refused = client.post(
        agree, {**CONTACT, "way": "electronic", "revision": row.revision, "text": row.filled_text().digest}
    )
    assert refused.status_code == 422
    assert "电子签约暂时关闭" in refused.content.decode()


def test_both_choose_and_the_choice_is_frozen(mixed: Agreement) -> None:
    assert mixed.frozen is not None
    assert mixed.frozen.ways == {Role.MEDICAL: Way.ELECTRONIC, Role.ELDER_CARE: Way.PAPER}


def test_the_pages_let_both_choose(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    assert 'name="way"' in client.get(reverse("draft-step", args=[draft.number, "check"])).content.decode()
    client.post(reverse("agreement-send", args=[draft.number]), {"revision": draft.revision, "way": "electronic"})
    row = Agreement.objects.get(pk=draft.pk)
    assert row.drafting_way == Way.ELECTRONIC
    client.force_login(medical_clerk)
    agree = reverse("agreement-agree", args=[row.number])
    page = client.get(agree).content.decode()
    assert "选择了电子签章" in page
    assert "本方选择纸质签章的：" in page
    text = row.filled_text().digest
    assert client.post(agree, {**CONTACT, "revision": row.revision, "text": text, "way": "paper"}).status_code == 302
    row = Agreement.objects.select_related("frozen").get(pk=draft.pk)
    assert row.frozen is not None
    assert row.frozen.ways == {Role.MEDICAL: Way.PAPER, Role.ELDER_CARE: Way.ELECTRONIC}


def test_what_both_chose_before_is_proposed_again(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """After a text that was given up; on paper at first."""

    def chosen(person: User, name: str, *args: object) -> list[str]:
        client.force_login(person)
        page = client.get(reverse(name, args=args)).content.decode()
        shown = page[page.index('name="way"') :].partition("</select>")[0]
        return re.findall(r'value="(\w+)"\s+selected', shown)

    row = lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision, way=Way.ELECTRONIC)
    assert chosen(medical_clerk, "agreement-agree", row.number) == ["paper"]
    row = lifecycle.agree(row, by=medical_clerk, contact=CONTACT, way=Way.ELECTRONIC)
    row = lifecycle.withdraw(row, by=medical_clerk, reason="费用要改。")
    assert chosen(elder_care_clerk, "draft-step", row.number, "check") == ["electronic"]
    row = lifecycle.send(row, by=elder_care_clerk, revision=row.revision, way=Way.ELECTRONIC)
    assert chosen(medical_clerk, "agreement-agree", row.number) == ["electronic"]


def test_what_is_whose_original_is_said_where_it_is_signed(
    client: Client, mixed: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    paper, electronic = mixed.party_name(Role.ELDER_CARE), mixed.party_name(Role.MEDICAL)
    client.force_login(elder_care_clerk)
    page = client.get(reverse("agreement-signing", args=[mixed.number])).content.decode()
    assert f"{paper}的原件是盖章的纸质正本，{electronic}的原件是签署后的电子文件" in page
    assert reverse("signing-record", args=[mixed.number, "elder_care"]) in page
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-signing", args=[mixed.number])).content.decode()
    assert reverse("signing-record", args=[mixed.number, "medical"]) not in page, "it enters no day of a paper"


def test_each_side_signs_in_its_own_way_and_the_scan_proves_the_paper_alone(
    mixed: Agreement, elder_care_clerk: User, medical_clerk: User, colleague: User
) -> None:
    today = factories.today()
    with pytest.raises(Unacceptable, match="选择了电子签章"):
        lifecycle.record_signing(mixed, by=medical_clerk, role=Role.MEDICAL, on=today)
    row = lifecycle.record_signing(mixed, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    facts: dict[str, Any] = {"frozen": row.frozen, "role": Role.MEDICAL, "on_behalf_of": row.medical, "day": today}
    facts |= {"entered_by": medical_clerk, "person": medical_clerk}
    with pytest.raises(IntegrityError, match="frozen with the text"), transaction.atomic():
        row.signatures.create(**facts, kind=Way.PAPER)
    row.signatures.create(**facts, kind=Way.ELECTRONIC, proof=FILE)
    row.refresh_from_db()
    assert row.both_signed, "equal in effect: the day stands like one on paper"
    scan = attach_scan(row, by=elder_care_clerk, content=scan_pdf(3), name="扫描件.pdf")
    row = certified(row, by=colleague)
    assert row.state == Agreement.State.IN_FORCE
    proofs = dict(row.signatures.current().values_list("role", "proof"))
    assert proofs == {"elder_care": {"scans": [scan.sha256]}, "medical": FILE}


@pytest.mark.parametrize("way", Way)
def test_of_one_way_on_both_sides_one_sentence_is_said(draft: Agreement, way: Way) -> None:
    [words] = ways.ways_in_words(draft, dict.fromkeys(Role, way))
    assert "原件" in words
