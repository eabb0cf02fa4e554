"""One side on paper and the other on screen, from the frozen text to in force, in either order."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.documents.issued import newest
from agreements.documents.signed import signed_sides
from agreements.lifecycle.pages import pages_expected
from agreements.models import Agreement
from agreements.models.ways import Way
from filing.papers import own_copy
from institutions.models import Institution, Role
from tests.agreements.electronic import signed_on_screen
from tests.agreements.making import CONTACT, certified, scan_pdf, sent
from tests.uploading import attach_scan
from verbs.errors import Unacceptable

WAITS = "越城区塔山街道社区卫生服务中心还没有以电子签章签署，签署以后才能核验生效。"


@pytest.fixture
def mixed(signing_is_open: None, draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """The drafting elder care side signs on paper, the medical side on screen; the copies are made by the renderer."""
    row = lifecycle.agree(sent(draft, by=elder_care_clerk), by=medical_clerk, contact=CONTACT, way=Way.ELECTRONIC)
    renditions.render(row.renditions.final().get().pk)
    return Agreement.objects.with_parties().with_text().get(pk=row.pk)


def _on_paper(row: Agreement, clerk: User) -> Agreement:
    """The elder care side seals the paper: its clerk enters the day and sends the scan."""
    row = lifecycle.record_signing(row, by=clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    attach_scan(row, by=clerk, content=scan_pdf(pages_expected(row)), name="扫描件.pdf")
    return row


def test_the_paper_first_and_certifying_waits_for_the_file(
    mixed: Agreement,
    client: Client,
    elder_care_clerk: User,
    colleague: User,
    medical_signatory: User,
    medical_institution: Institution,
) -> None:
    row = _on_paper(mixed, elder_care_clerk)
    client.force_login(colleague)
    page = client.get(reverse("agreement-certify", args=[row.number])).content.decode()
    assert WAITS in page
    assert "另一方的落款处没有印章是对的" in page
    assert "双方印章（签字）清晰" not in page
    with pytest.raises(Unacceptable, match=WAITS):
        certified(row, by=colleague)
    row.refresh_from_db()
    assert row.state == Agreement.State.SIGNING
    row = signed_on_screen(row, medical_signatory, medical_institution)
    assert row.state == Agreement.State.SIGNING, "a second person has still to compare the paper"
    page = client.get(reverse("agreement-certify", args=[row.number])).content.decode()
    assert WAITS not in page
    assert "由徐赟于" in page
    assert certified(row, by=colleague).state == Agreement.State.IN_FORCE
    assert {one.kind for one in row.signatures.current()} == set(Way)


def test_the_copies_are_shown_as_printed_once_the_side_on_paper_has_signed(
    mixed: Agreement,
    client: Client,
    elder_care_clerk: User,
    medical_signatory: User,
    medical_institution: Institution,
) -> None:
    client.force_login(elder_care_clerk)
    address = reverse("agreement-signing", args=[mixed.number])
    row = signed_on_screen(mixed, medical_signatory, medical_institution)
    assert "<details>" not in client.get(address).content.decode(), "the clerk has still to print them"
    _on_paper(row, elder_care_clerk)
    assert "<details>" in client.get(address).content.decode()


def test_the_file_first_and_the_paper_after_it(
    mixed: Agreement,
    client: Client,
    elder_care_clerk: User,
    colleague: User,
    medical_signatory: User,
    medical_institution: Institution,
    health_reviewer: User,
) -> None:
    """What the register says of the signature stands on the agreement's page and beside the official's decision."""
    row = signed_on_screen(mixed, medical_signatory, medical_institution)
    with pytest.raises(Unacceptable):
        certified(row, by=colleague)
    row = certified(_on_paper(row, elder_care_clerk), by=colleague)
    assert row.state == Agreement.State.IN_FORCE
    [said] = signed_sides(Agreement.objects.with_parties().get(pk=row.pk))
    assert (said.party, said.by, said.words) == (str(medical_institution), "徐赟", "徐赟代赵堃签")
    assert (said.trust, said.level, said.has_time) == ("双方约定采用的证书", "只有签约人自己的时间", False)
    assert said.copies == 4
    filing = row.filings.get(authority=health_reviewer.memberships.get().authority)
    copy = own_copy(filing)
    assert copy is not None
    held = newest(copy)[1]
    assert held is not None
    for person, address, file in (
        (elder_care_clerk, reverse("agreement-detail", args=[row.number]), said.file),
        (health_reviewer, reverse("filing-detail", args=[filing.pk]), held.sha256),
    ):
        client.force_login(person)
        page = client.get(address).content.decode()
        panel = page[page.index('id="signed"') :]
        for words in ("徐赟代赵堃签", "双方约定采用的证书", "签名人自己的时间，还没有时间戳", file, "4 份正本"):
            assert words in panel, (address, words)
    client.force_login(elder_care_clerk)
    page = client.get(reverse("filing-detail", args=[filing.pk])).content.decode()
    assert reverse("filing-rescan", args=[filing.pk]) in page, "the paper of one side can be scanned again"
