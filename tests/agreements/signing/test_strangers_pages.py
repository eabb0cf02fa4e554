"""A page of another agreement in a scan: its picture and the file are for who sent it, and who may see that one."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Scan, ScanPage
from audit.log import history
from boundary.events import FileDownloaded
from institutions.models import Duty, Role
from tests import factories
from tests.agreements.making import certified, read_from, scan_pdf
from tests.reading import words
from tests.uploading import attach_read

FOREIGN = 2  # which page of the file it is
OWN = (1, 3, 4)


@dataclass(frozen=True)
class Sent:
    """A file of four pages that the medical clerk sent, one of them of another paper of the elder-care institution."""

    row: Agreement
    scan: Scan
    page: ScanPage


@pytest.fixture
def sent(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> Sent:
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        final = lifecycle.record_signing(final, by=clerk, role=role, on=timezone.localdate())
    other = lifecycle.start_draft(final.drafted_by, by=elder_care_clerk)
    one, two, three = read_from(final)
    seen = [one, {"codes": [f"/v/{other.number}/1/1-3/0123456789abcdef"]}, two, three]
    scan = attach_read(final, by=medical_clerk, content=scan_pdf(4), seen=seen, name="混装.pdf")
    return Sent(final, scan, scan.sheets.get(finding=ScanPage.Finding.FOREIGN))


@pytest.fixture
def second_medical_clerk(medical_clerk: User) -> User:
    """Works in the same institution as who sent the file."""
    user = factories.UserFactory.create(username="second-medical", full_name="何琳")
    place = medical_clerk.memberships.get().institution
    factories.MembershipFactory.create(user=user, institution=place, duty=Duty.CLERK)
    return user


def doors(sent: Sent, page: int) -> list[str]:
    where = [sent.scan.upload_id, page]
    picture = reverse("upload-picture", args=where)
    return [reverse("upload-page", args=where), picture, f"{picture}?large"]


def statuses(client: Client, user: User, *addresses: str) -> set[int]:
    client.force_login(user)
    answers = [client.get(address) for address in addresses]
    for answer in answers:
        getattr(answer, "getvalue", bytes)()  # one that gives a file out holds it open until it was read
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize(
    ("who", "own", "foreign", "file"),
    [
        ("medical_clerk", 200, 200, 200),  # sent it
        ("elder_care_clerk", 200, 200, 200),  # may see the other agreement
        ("signatory", 200, 200, 200),
        ("second_medical_clerk", 200, 404, 403),
        ("stranger", 404, 404, 404),
        ("health_reviewer", 404, 404, 404),
        ("auditor", 404, 404, 404),
    ],
)
def test_who_is_given_what(
    request: pytest.FixtureRequest, client: Client, sent: Sent, who: str, own: int, foreign: int, file: int
) -> None:
    user = request.getfixturevalue(who)
    assert {status for page in OWN for status in statuses(client, user, *doors(sent, page))} == {own}
    assert statuses(client, user, *doors(sent, FOREIGN)) == {foreign}
    assert statuses(client, user, reverse("scan-file", args=[sent.row.number, sent.scan.pk])) == {file}
    downloads = history(sent.row).filter(event=FileDownloaded.code).count()
    assert downloads == (file == 200)


def test_a_page_that_lay_beside_one_of_a_third_agreement_is_for_who_may_see_both(
    client: Client, final: Agreement, sent: Sent, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Two sheets on one glass: the one whose agreement is known does not open the other."""
    factories.DraftAgreementFactory.create(number="YY2026-999999")
    known = ScanPage.objects.get(pk=sent.page.pk).of_number
    codes = [f"/v/{number}/1/1-3/0123456789abcdef" for number in (known, "YY2026-999999")]
    scan = attach_read(final, by=medical_clerk, content=scan_pdf(1), seen=[{"codes": codes}], name="两张.pdf")
    both = Sent(final, scan, scan.sheets.get())
    assert both.page.of_number == known, "which is told does not change from time to time"
    assert statuses(client, elder_care_clerk, *doors(both, 1)) == {404}
    assert statuses(client, medical_clerk, *doors(both, 1)) == {200}


@pytest.mark.usefixtures("owner")
def test_an_official_sees_of_a_certified_file_what_is_of_this_agreement(
    client: Client, sent: Sent, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    """No verb certifies such a file, and the database takes none: only its owner writes that one was."""
    ScanPage.objects.filter(pk=sent.page.pk).update(
        sent_back_at=timezone.now(), sent_back_by=elder_care_clerk, sent_back_reason="是别人的"
    )
    for sheet in sent.scan.sheets.exclude(pk=sent.page.pk):
        lifecycle.tick_page(sent.row, by=elder_care_clerk, page=sheet.pk, seen=sheet.place)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Scan.objects.filter(pk=sent.scan.pk).update(
            state=Scan.State.CERTIFIED, checked_by=elder_care_clerk, checked_at=timezone.now() + timedelta(seconds=1)
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    attach_read(sent.row, by=medical_clerk, content=scan_pdf(3), seen=read_from(sent.row), name="正好.pdf")
    certified(sent.row, by=elder_care_clerk)
    assert statuses(client, health_reviewer, *doors(sent, OWN[0])) == {200}
    assert statuses(client, health_reviewer, *doors(sent, FOREIGN)) == {404}
    file = reverse("scan-file", args=[sent.row.number, sent.scan.pk])
    assert statuses(client, health_reviewer, file) == {403}
    page = client.get(reverse("agreement-signing", args=[sent.row.number])).content.decode()
    assert "混装.pdf" in page
    assert f'href="{file}"' not in page


def test_the_certifier_reads_why_they_are_not_shown_a_page_and_sends_it_back(
    client: Client, sent: Sent, second_medical_clerk: User, elder_care_clerk: User, medical_clerk: User
) -> None:
    """The same institution's second person: who sent the file certifies nothing of it."""
    number = sent.row.number
    look, certify = reverse("scan-page", args=[number, sent.page.pk]), reverse("agreement-certify", args=[number])
    file = reverse("scan-file", args=[number, sent.scan.pk])
    for user, is_shown in ((second_medical_clerk, False), (elder_care_clerk, True)):
        client.force_login(user)
        page = client.get(look).content.decode()
        assert ("只有上传的人和看得到那份协议的人能看" in words(page)) is not is_shown
        assert (f"{doors(sent, FOREIGN)[0]}?framed" in page) is is_shown
        page = client.get(certify).content.decode()
        assert (doors(sent, FOREIGN)[1] in page) is is_shown
        assert doors(sent, OWN[0])[1] in page
        assert (f'href="{file}"' in page) is is_shown
        assert ("只有上传的人和看得到那份协议的人能下载" in words(page)) is not is_shown
    client.force_login(second_medical_clerk)
    beside = client.get(doors(sent, 1)[0]).content.decode()
    assert f'href="{doors(sent, 3)[0]}?' in beside, "the next page that is shown"
    assert doors(sent, FOREIGN)[0] not in beside
    back = client.post(reverse("scan-page-return", args=[number, sent.page.pk]), {"reason": "是另一份协议的"})
    assert back.status_code == 302
    sent.page.refresh_from_db()
    assert sent.page.sent_back_by == second_medical_clerk
